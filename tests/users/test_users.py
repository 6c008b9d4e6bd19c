"""Accounts over REST: staff and players."""

import itertools

import pytest

from tests.api.refusals import refusal
from tests.realtime.wire import staff as staff_socket
from tests.support.api import Api
from tests.support.rows import audited, rows
from tests.support.threads import at_once
from tests.users.staff import PASSWORD, make_account

USERS = "/api/v1/users"
MEMBERS = {
    "id", "discord_id", "username", "display_name", "email", "riot_id", "is_active", "roles",
    "created_at", "updated_at",
}  # fmt: skip
_numbers = itertools.count(1)


def new_name() -> str:
    return f"member-{next(_numbers)}"


def new_discord_id() -> str:
    return f"9007199254740{next(_numbers):05d}"


def new_user(api: Api, **fields) -> dict:
    answer = api.post(USERS, json={"username": new_name(), **fields})
    assert answer.status_code == 201, answer.text
    return answer.json()


def address(user: dict) -> str:
    return f"{USERS}/{user['id']}"


@pytest.fixture
def member(api, server):
    """Somebody with an account of their own and the role Producer, signed in."""
    user = new_user(api, roles=["Producer"], password=PASSWORD, email="member@example.org")
    with Api(server) as client:
        client.user = user
        yield client.login_as(user["username"], PASSWORD)


def test_an_account_is_made_with_all_that_it_has(api):
    discord_id = new_discord_id()
    fields = {
        "username": new_name(),
        "discord_id": discord_id,
        "display_name": "Dishsoap",
        "email": "dishsoap@example.org",
        "riot_id": "Dishsoap#NA1",
        "roles": ["Viewer", "Scorer"],
    }

    user = new_user(api, **fields)

    assert set(user) == MEMBERS
    assert user == user | fields | {"is_active": True, "roles": ["Scorer", "Viewer"]}
    assert api.get(address(user)).json() == user
    assert api.get(f"{USERS}/discord/{discord_id}").json() == user


def test_a_player_has_a_name_and_nothing_else(api):
    user = new_user(api)

    assert (user["discord_id"], user["email"], user["riot_id"]) == (None, None, None)
    assert (user["display_name"], user["roles"]) == ("", [])


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("username", ""),
        ("username", "with space"),
        ("username", "x" * 151),
        ("username", 7),
        ("username", None),
        ("discord_id", "a/b"),
        ("discord_id", "1" * 33),
        ("discord_id", 184467440737),
        ("email", "nobody"),
        ("email", []),
        ("display_name", "a\u202eb"),
        ("riot_id", "x" * 65),
        ("is_active", "yes"),
        ("is_active", None),
        ("roles", ["Emperor"]),
        ("roles", "Viewer"),
        ("roles", None),
        ("roles", [[]]),
        ("password", "short"),
        ("password", "password123456"),
        ("password", 12345678901234),
    ],
)
def test_an_odd_field_is_refused_by_its_name(field, value, api):
    answer = api.post(USERS, json={"username": new_name(), field: value})

    errors = refusal(answer, 400, "validation_failed")["errors"]
    assert [path.split(".")[0] for path in errors] == [field]


def test_a_taken_discord_id_is_a_conflict(api):
    first = new_user(api, discord_id=new_discord_id())
    other = new_user(api)

    again = api.post(USERS, json={"username": new_name(), "discord_id": first["discord_id"]})
    moved = api.patch(address(other), json={"discord_id": first["discord_id"]})

    refusal(again, 409, "discord_id_taken")
    refusal(moved, 409, "discord_id_taken")
    assert api.get(address(other)).json() == other


def test_a_taken_user_name_is_a_conflict_in_any_case(api):
    first = new_user(api)

    answer = api.post(USERS, json={"username": first["username"].upper()})

    refusal(answer, 409, "username_taken")


def test_of_several_who_take_a_discord_id_at_once_one_gets_it(api):
    """Some lose by the first look, some by the model's own, some by the database."""
    for _ in range(8):
        discord_id = new_discord_id()
        bodies = [{"username": new_name(), "discord_id": discord_id} for _ in range(6)]

        answers = at_once([lambda body=body: api.post(USERS, json=body) for body in bodies])

        assert sorted(answer.status_code for answer in answers) == [201] + [409] * 5
        assert {answer.json().get("code") for answer in answers} == {None, "discord_id_taken"}


def test_many_accounts_without_a_discord_id_are_no_conflict(api):
    users = [new_user(api, discord_id=value) for value in (None, "", None)]

    assert [user["discord_id"] for user in users] == [None] * 3


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_what_is_named_is_changed_and_nothing_else(method, api):
    user = new_user(api, display_name="Old", riot_id="Old#EUW", discord_id=new_discord_id())

    answer = api.request(method, address(user), json={"display_name": "New", "riot_id": None})

    changed = answer.json()
    assert answer.status_code == 200
    assert changed == user | {
        "display_name": "New", "riot_id": None, "updated_at": changed["updated_at"]
    }  # fmt: skip
    assert changed["updated_at"] > user["updated_at"]


def test_a_change_of_nothing_leaves_no_trace(api, server):
    user = new_user(api, roles=["Viewer"])
    before = len(audited(server, "user.updated"))

    answer = api.put(address(user), json={"roles": ["Viewer"], "is_active": True, "email": ""})

    assert answer.json() == user
    assert len(audited(server, "user.updated")) == before


def test_delete_disables_and_ends_the_sessions(api, member):
    first = api.delete(address(member.user))
    second = api.delete(address(member.user))

    assert (first.status_code, list(first.json())) == (200, ["message"])
    assert second.status_code == 200
    assert api.get(address(member.user)).json()["is_active"] is False
    refusal(member.get("/auth/verify"), 401, "session_ended")
    credentials = {"username": member.user["username"], "password": PASSWORD}
    refusal(member.post("/auth/login", json=credentials), 401, "incorrect_password")


def test_a_disabled_account_can_come_back(api, member):
    api.delete(address(member.user))

    api.patch(address(member.user), json={"is_active": True})

    assert member.login_as(member.user["username"], PASSWORD).get("/auth/verify").is_success


@pytest.mark.parametrize(
    "change",
    [
        {"roles": ["Administrator"]},
        {"roles": []},
        {"is_active": False},
        {"password": "four words that nobody guesses"},
        {"username": "renamed"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_what_a_token_says_ends_with_the_session_when_it_is_no_longer_so(change, api, member):
    if "username" in change:
        change = {"username": new_name()}

    assert api.patch(address(member.user), json=change).status_code == 200

    refusal(member.get("/auth/verify"), 401, "session_ended")
    body = {"refresh_token": member.tokens["refresh_token"]}
    refusal(member.post("/auth/refresh", json=body), 401, "session_ended")


def test_what_no_token_says_ends_no_session(api, member):
    api.patch(address(member.user), json={"display_name": "Else", "discord_id": new_discord_id()})

    assert member.get("/auth/verify").status_code == 200


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE"])
def test_an_unknown_account_is_not_found(method, api):
    refusal(api.request(method, f"{USERS}/{2**62}", json={}), 404, "user_not_found")


@pytest.mark.parametrize("discord_id", ["1", "%00", "a%2Fb", "x" * 200, "%F0%9F%8F%86", "%"])
def test_an_unknown_discord_id_is_not_found(discord_id, api):
    answer = api.get(f"{USERS}/discord/{discord_id}")

    assert answer.status_code == 404, answer.text


def test_the_list_is_filtered_and_counted(api, server):
    mark = new_name()
    active = new_user(api, display_name=f"{mark} one")
    scorer = new_user(api, riot_id=f"{mark}#EUW", roles=["Scorer"])
    gone = new_user(api, username=f"{mark}.x", is_active=False)

    def found(**query) -> list[int]:
        body = api.get(USERS, params={"search": mark, **query}).json()
        assert body["total"] == len(body["users"])
        return [user["id"] for user in body["users"]]

    assert found() == [gone["id"], scorer["id"], active["id"]]
    assert found(is_active="true") == [scorer["id"], active["id"]]
    assert found(is_active="false") == [gone["id"]]
    assert found(role="Scorer") == [scorer["id"]]
    assert found(search=f"{mark.upper()} ONE") == [active["id"]]
    rows(server, "UPDATE users_user SET is_superuser = true WHERE id = %s", gone["id"])
    assert found(role="Administrator") == [gone["id"]]
    page = api.get(USERS, params={"search": mark, "skip": 2, "limit": 2}).json()
    assert (page["total"], page["page"], page["per_page"]) == (3, 2, 2)
    assert page["users"] == [active]


def test_the_statistics_add_up(api):
    before = api.get(f"{USERS}/statistics/overview").json()
    new_user(api)
    new_user(api, is_active=False)

    after = api.get(f"{USERS}/statistics/overview").json()

    assert after["total_users"] == before["total_users"] + 2
    assert after["active_users"] == before["active_users"] + 1
    assert after["inactive_users"] == before["inactive_users"] + 1
    rate = after["active_users"] / after["total_users"] * 100
    assert after["activity_rate"] == pytest.approx(rate, abs=0.01)
    assert after["total_users"] == api.get(USERS).json()["total"]


def test_e_mail_is_for_administrators_and_oneself(api, member, viewer):
    other = new_user(api, email="secret@example.org")

    def seen_by(client: Api, user: dict) -> list:
        one = client.get(address(user)).json()
        [listed] = client.get(USERS, params={"search": user["username"]}).json()["users"]
        assert one == listed
        return one["email"]

    assert seen_by(api, other) == "secret@example.org"
    assert seen_by(member, other) is None
    assert seen_by(viewer, other) is None
    assert seen_by(member, member.user) == "member@example.org"
    assert member.get(USERS, params={"search": "secret@example"}).json()["total"] == 0
    assert member.get(f"{USERS}/me").json() == member.user


def test_ones_own_profile_can_be_changed_but_not_raised(member, api):
    wanted = {
        "display_name": "Me", "email": "me@example.org", "riot_id": "Me#EUW",
        "roles": ["Administrator"], "is_active": False, "username": "other", "discord_id": "1",
        "is_staff": True, "is_superuser": True, "password": "another-long-password",
    }  # fmt: skip

    answer = member.patch(f"{USERS}/me", json=wanted)

    changed = answer.json()
    assert answer.status_code == 200
    assert changed == member.user | {
        "display_name": "Me", "email": "me@example.org", "riot_id": "Me#EUW",
        "updated_at": changed["updated_at"],
    }  # fmt: skip
    assert api.get(address(member.user)).json() == changed
    assert member.get("/auth/verify").json()["roles"] == ["Producer"]


def test_who_may_not_write_users_cannot_raise_oneself(member):
    answer = member.patch(address(member.user), json={"roles": ["Administrator"]})

    refusal(answer, 403, "permission_denied")


def test_the_leagues_accounts_stand_as_they_are(api, viewer):
    for client in (api, viewer):
        me = client.get(f"{USERS}/me").json()
        for method, body in (("PUT", {"roles": ["Viewer"]}), ("DELETE", {})):
            refusal(api.request(method, address(me), json=body), 409, "league_account")
    refusal(viewer.patch(f"{USERS}/me", json={"display_name": "x"}), 403, "permission_denied")


def test_passwords_and_their_hashes_are_shown_nowhere(api, server):
    secret = "a-secret-that-nobody-guesses"
    user = new_user(api, roles=["Viewer"], password=secret)
    api.patch(address(user), json={"password": f"{secret}-2"})

    shown = [
        api.get(address(user)).text,
        str(rows(server, "SELECT changes FROM audit_auditentry WHERE target_id = %s", user["id"])),
        str(rows(server, "SELECT payload FROM events_event WHERE type = 'user_update'")),
        server.log.read_text(),
    ]

    assert not [text for text in shown if secret in text or "argon2" in text]


async def test_administrators_hear_of_it_and_nobody_else(api, member, server):
    async with (
        staff_socket(server, token=api.tokens["access_token"]) as administrator,
        staff_socket(server, token=member.tokens["access_token"]) as producer,
    ):
        await administrator.begin()
        await producer.begin()

        user = new_user(api, email="told@example.org")
        graphic = api.new_graphic()

        told = await administrator.frame_of_type("user_update")
        assert told["data"]["action"] == "created"
        assert told["data"]["user"] == user
        while (frame := await producer.frame())["type"] != "graphic_update":
            assert frame["type"] == "skipped"
        assert frame["data"]["graphic"]["id"] == graphic["id"]


@pytest.mark.parametrize("change", [{"is_active": False}, {"roles": ["Viewer"]}], ids=str)
def test_the_last_administrator_stays_one(change, new_server, databases):
    for engine in ("sqlite", "postgresql"):
        server = new_server(engine=engine)
        names = [f"boss-{number}" for number in range(2)]
        for name in names:
            make_account(server, name, "Administrator")
        with Api(server) as league:
            league.login()
            ids = [
                user["id"] for user in league.get(USERS, params={"search": "boss"}).json()["users"]
            ]

            answers = at_once(
                [lambda pk=pk: league.patch(f"{USERS}/{pk}", json=change) for pk in ids]
            )

            assert sorted(answer.status_code for answer in answers) == [200, 409]
            assert {answer.json().get("code") for answer in answers} == {
                None, "last_administrator"
            }  # fmt: skip
            roles = {"role": "Administrator", "is_active": "true", "search": "boss"}
            assert league.get(USERS, params=roles).json()["total"] == 1
