"""Hashes are dear: through all doors together no more than two are computed at once."""

import threading
from collections.abc import Callable
from functools import partial

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from tests.admin.staff import PASSWORD, Staff, new_account
from tests.support.api import new_address
from tests.support.threads import at_once
from tests.users.counting import PATH, Count, CountingHasher
from users import authentication, league_passwords
from users.errors import NotReadyError, SessionEndedError
from users.passwords import HASHES_AT_ONCE

OF_EACH = 4
WRONG = "not-the-password"


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
