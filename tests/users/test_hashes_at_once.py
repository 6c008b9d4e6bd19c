"""Hashes are dear: no more than two are computed at once, and the database waits for none."""

import threading
from collections.abc import Callable
from functools import partial

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from tests.admin.staff import PASSWORD, Staff, new_account
from tests.support.api import new_address
from tests.support.threads import at_once
from tests.users.counting import PATH, Count, CountingHasher
from users import authentication, league_passwords
from users.errors import NotReadyError, SessionEndedError
from users.models import User
from users.passwords import HASHES_AT_ONCE

OF_EACH = 4
WRONG = "not-the-password"
LONG_ENOUGH = "another-password-of-staff"
# Longer than any write takes; in SQLite's line for the one writer one waits longer.
LOCKED_OUT_SECONDS = 10


@pytest.fixture
def _league(settings, transactional_db) -> None:
    """It has two passwords, so that a wrong one costs two hashes."""
    settings.PASSWORD_HASHERS = [PATH]
    settings.DASHBOARD_VIEWER_PASSWORD = "only-looking-around"
    league_passwords.ensure_adopted()
    league_passwords.adopt()


@pytest.fixture
def count(_league, monkeypatch) -> Count:
    """What is computed from now on."""
    count = Count()
    monkeypatch.setattr(CountingHasher, "count", count)
    return count


@pytest.fixture
def staff(_league) -> list[Staff]:
    return [Staff(new_account(f"guest-{number}")) for number in range(OF_EACH)]


def status_of(request: Callable[..., object]) -> int:
    try:
        return request(REMOTE_ADDR=new_address()).status_code
    finally:
        connection.close()


def test_all_doors_together_compute_two_hashes_at_once(staff, count):
    login, own = "/auth/login", reverse("admin:password_change")
    json = "application/json"
    doors = [
        partial(Client().post, login, {"master_password": WRONG}, content_type=json),
        partial(Client().post, login, {"username": "ann", "password": WRONG}, content_type=json),
        partial(Client().post, "/admin/login/", {"username": "ann", "password": WRONG}),
    ]
    changes = {"old_password": PASSWORD, "new_password1": WRONG, "new_password2": WRONG}
    requests = [*doors * OF_EACH, *(partial(one.post, own, changes) for one in staff)]

    answers = at_once([partial(status_of, request) for request in requests])

    assert sorted(set(answers)) == [200, 302, 401]
    assert count.all == OF_EACH * (2 + 1 + 1 + 2)
    assert count.most == HASHES_AT_ONCE


def test_a_wrong_password_of_the_league_costs_the_hashes_of_both(count):
    body = {"master_password": WRONG}

    Client().post("/auth/login", body, content_type="application/json")

    assert count.all == 2


def test_sockets_wait_for_no_hash(count, monkeypatch):
    monkeypatch.setitem(league_passwords._state, "is_adopted", False)

    with pytest.raises(NotReadyError):
        authentication.revive("nobody's")
    for thread in threading.enumerate():
        if thread.name == "adopter":
            thread.join(timeout=60)

    assert count.all == 2  # by that thread
    with pytest.raises(SessionEndedError):
        authentication.revive("nobody's")


# --- Nobody waits for them ------------------------------------------------------------------------
def new_account_by_form(staff: Staff) -> HttpResponse:
    path = reverse("admin:users_user_add")
    new = {"username": "new-by-form", "password1": LONG_ENOUGH, "password2": LONG_ENOUGH}
    return staff.save(path, "username", usable_password="true", **new)


def other_password_by_form(staff: Staff) -> HttpResponse:
    path = reverse("admin:users_user_password", args=[staff.user.pk])
    return staff.save(path, "password1", password1=LONG_ENOUGH, password2=LONG_ENOUGH)


def own_password_by_form(staff: Staff) -> HttpResponse:
    path = reverse("admin:password_change")
    changes = {"old_password": PASSWORD, "new_password1": LONG_ENOUGH, "new_password2": LONG_ENOUGH}
    return staff.save(path, "old_password", **changes)


def login_by_rest(staff: Staff) -> HttpResponse:
    body = {"username": staff.user.username, "password": PASSWORD}
    return staff.post("/auth/login", body, content_type="application/json")


def new_account_by_rest(staff: Staff) -> HttpResponse:
    body = {"username": "new-by-rest", "password": LONG_ENOUGH}
    token = login_by_rest(staff).json()["access_token"]
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": "once-and-for-all"}
    return staff.post("/api/v1/users", body, content_type="application/json", headers=headers)


def other_password_by_rest(staff: Staff) -> HttpResponse:
    token = login_by_rest(staff).json()["access_token"]
    address = f"/api/v1/users/{new_account('guest').pk}"
    headers = {"Authorization": f"Bearer {token}"}
    body = {"password": LONG_ENOUGH}
    return staff.patch(address, body, content_type="application/json", headers=headers)


@pytest.mark.parametrize(
    ("door", "status"),
    [
        (new_account_by_form, 302),
        (other_password_by_form, 302),
        (own_password_by_form, 302),
        (login_by_rest, 200),
        (new_account_by_rest, 201),
        (other_password_by_rest, 200),
    ],
)
def test_others_write_while_a_password_is_hashed(door, status, count, monkeypatch):
    chief = new_account("chief")
    User.objects.filter(pk=chief.pk).update(is_superuser=True)
    staff = Staff(chief)
    bystander = new_account("bystander")
    written: list[int] = []

    def write() -> None:
        try:
            written.append(User.objects.filter(pk=bystander.pk).update(riot_id="Other#EUW"))
        finally:
            connection.close()

    def let_somebody_write() -> None:
        somebody = threading.Thread(target=write)
        somebody.start()
        somebody.join(timeout=LOCKED_OUT_SECONDS)

    monkeypatch.setattr(count, "meanwhile", let_somebody_write)
    hashes = count.all
    answer = door(staff)

    assert answer.status_code == status, answer.content
    assert count.all > hashes
    assert written == [1] * (count.all - hashes), "somebody waited for a hash"


def test_who_may_not_make_accounts_costs_no_hash(count):
    staff = Staff(new_account("guest"))
    hashes = count.all
    new = {"username": "new", "password1": LONG_ENOUGH, "password2": LONG_ENOUGH}

    answer = staff.post(reverse("admin:users_user_add"), {"usable_password": "true", **new})

    assert answer.status_code == 403
    assert count.all == hashes
