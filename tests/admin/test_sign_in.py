from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from gal_dashboard.audit.models import AuditEntry
from tests.admin.staff import PASSWORD, Staff, new_account
from users.choices import Role
from users.sessions import drop_expired_of_admin

LOGIN = "/admin/login/"
INDEX = "/admin/"


def sign_in(client: Client, name: str, password: str = PASSWORD, *, address: str = "192.0.2.1"):
    fields = {"username": name, "password": password, "next": INDEX}
    return client.post(LOGIN, fields, REMOTE_ADDR=address)


def deeds() -> list[tuple[str, str]]:
    return list(AuditEntry.objects.order_by("pk").values_list("actor_name", "action"))


@pytest.fixture
def sam(db):
    return new_account("sam", Role.SCORER)


def test_staff_sign_in_and_out(client, sam):
    assert sign_in(client, "sam").url == INDEX
    assert b"sam" in client.get(INDEX).content

    farewell = client.post(reverse("admin:logout"))

    assert farewell["Clear-Site-Data"] == '"cache"'
    assert client.get(INDEX).status_code == 302
    assert deeds()[-2:] == [("sam", "session.started"), ("sam", "session.ended")]


def test_sessions_that_are_over_are_dropped_and_no_others(client, sam):
    sign_in(client, "sam")
    over, _ = sign_in(Client(), "sam"), sign_in(Client(), "sam")
    key = over.client.cookies["sessionid"].value
    Session.objects.filter(pk=key).update(expire_date=timezone.now() - timedelta(seconds=1))

    assert drop_expired_of_admin() == 1

    assert not Session.objects.filter(pk=key).exists()
    assert client.get(INDEX).status_code == 200


def test_the_trail_names_a_login_without_giving_its_key_away(client, sam):
    sign_in(client, "sam")

    entry = AuditEntry.objects.latest("pk")
    assert len(entry.session_sid) == 32
    assert entry.session_sid not in client.cookies["sessionid"].value
    assert client.cookies["sessionid"].value not in entry.session_sid


@pytest.mark.parametrize(
    ("name", "password"), [("sam", "wrong"), ("nobody", PASSWORD), ("dashboard_user", PASSWORD)]
)
def test_a_wrong_name_or_password_is_refused_alike(client, sam, name, password):
    answer = sign_in(client, name, password)

    assert b"Incorrect user name or password" in answer.content
    assert deeds()[-1] == ("anonymous", "session.refused")


def test_who_may_not_use_the_admin_is_refused(client, db):
    new_account("paul", Role.SCORER, may_use_admin=False)

    assert b"Incorrect user name or password" in sign_in(client, "paul").content
    assert client.get(INDEX).status_code == 302


def test_a_signed_in_player_is_no_staff(db):
    paul = Staff(new_account("paul", may_use_admin=False))

    assert paul.get(INDEX).status_code == 302
    assert paul.get("/admin/graphics/graphic/").status_code == 302


def test_staff_without_a_role_find_nothing(db):
    kim = Staff(new_account("kim"))

    assert "Your account has no role yet" in kim.open(INDEX)
    assert kim.get("/admin/graphics/graphic/").status_code == 403
    assert kim.get("/admin/users/user/").status_code == 403


def test_five_failed_attempts_close_the_door_for_that_address_only(client, sam):
    for _ in range(5):
        sign_in(client, "sam", "wrong")

    refused = sign_in(client, "sam")
    elsewhere = sign_in(client, "sam", address="192.0.2.2")

    assert b"Too many failed attempts. Try again in" in refused.content
    assert elsewhere.status_code == 302


def test_attempts_count_together_with_those_of_the_api(client, sam):
    for _ in range(5):
        client.post(
            "/auth/login",
            {"master_password": "wrong"},
            content_type="application/json",
            REMOTE_ADDR="192.0.2.1",
        )

    assert b"Too many failed attempts" in sign_in(client, "sam").content


def test_after_signing_in_one_is_where_one_wanted_to_be(client, sam):
    wanted = "/admin/tournaments/tournament/?q=x"
    redirect = client.get(wanted)
    login = client.post(redirect.url, {"username": "sam", "password": PASSWORD, "next": wanted})

    assert login.url == wanted


def test_a_form_without_its_token_is_refused(sam):
    client = Client(enforce_csrf_checks=True)

    answer = sign_in(client, "sam")

    assert answer.status_code == 403
    assert b"This form has expired" in answer.content
