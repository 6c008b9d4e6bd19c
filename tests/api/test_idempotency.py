"""``Idempotency-Key``: what is sent again is answered again, and carried out once."""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from tests.api.refusals import refusal
from tests.api.world import make_registrations
from tests.events import logbook
from tests.support.api import Api
from tests.support.routes import calls
from tests.support.rows import rows, value
from tests.support.server import MASTER_PASSWORD, RunningServer
from tests.support.threads import at_once
from tests.tournaments.deeds import corrected, enter, new_lobby, path_of, submit

KEY = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
THREADS = 20
OF_ONE_REQUEST = {"x-request-id", "x-process-time", "date", "idempotency-replayed"}
GRAPHIC = {"title": "Board", "event_name": "Cup"}

# What signs in or makes a key answers with a secret, which is not kept.
SECRET = "/api/v1/graphics/{pk}/keys"
POSTS = [
    (method, route)
    for method, route in calls()
    if method == "POST" and not route.template.startswith("/auth/") and route.template != SECRET
]


def new_key() -> str:
    return uuid.uuid4().hex


def post(api: Api, address: str, body: Any = None, *, key: str, **options: Any) -> httpx.Response:
    headers = {KEY: key, **options.pop("headers", {})}
    return api.post(address, json={} if body is None else body, headers=headers, **options)


def is_replay(answer: httpx.Response) -> bool:
    return answer.headers.get(REPLAYED) == "true"


def assert_replay(again: httpx.Response, first: httpx.Response) -> None:
    assert is_replay(again), again.text
    assert not is_replay(first)
    assert again.status_code == first.status_code
    assert again.content == first.content
    assert again.headers.get("ETag") == first.headers.get("ETag")
    assert again.headers["Content-Type"] == "application/json"
    assert int(again.headers["Content-Length"]) == len(again.content)


def count(server: RunningServer, title: str) -> int:
    return value(server, "SELECT count(*) FROM graphics_graphic WHERE title = %s", title)


def age(server: RunningServer, key: str, seconds: int) -> None:
    """Let the request with ``key`` have begun so long ago."""
    began: Any = datetime.now(UTC) - timedelta(seconds=seconds)
    if server.environment["DATABASE_URL"].startswith("sqlite"):
        began = began.replace(tzinfo=None).isoformat(sep=" ")  # as Django writes it there
    rows(server, "UPDATE api_idempotentrequest SET started_at = %s WHERE key = %s", began, key)


def leave_in_flight(server: RunningServer, key: str) -> None:
    """As a server leaves it that is killed before it has carried the request out."""
    rows(
        server,
        "UPDATE api_idempotentrequest SET status = NULL, answer = '', etag = '' WHERE key = %s",
        key,
    )


def test_a_success_is_answered_again_and_not_done_again(api: Api, server: RunningServer):
    key, body = new_key(), GRAPHIC | {"title": new_key(), "data_json": {"b": 1.5, "a": "漢"}}
    first = post(api, "/api/v1/graphics", body, key=key)

    again = [post(api, "/api/v1/graphics", body, key=key) for _ in range(3)]

    assert first.status_code == 201
    assert first.headers["ETag"] == '"1"'
    for answer in again:
        assert_replay(answer, first)
    assert count(server, body["title"]) == 1


def test_a_replay_has_the_head_of_every_answer(api: Api):
    key, origin = new_key(), {"Origin": "http://localhost:3000"}
    first = post(api, "/api/v1/graphics", GRAPHIC, key=key, headers=origin)

    again = post(api, "/api/v1/graphics", GRAPHIC, key=key, headers=origin)

    assert set(again.headers) - OF_ONE_REQUEST == set(first.headers) - OF_ONE_REQUEST
    assert REPLAYED.lower() in again.headers["Access-Control-Expose-Headers"].split(", ")
    assert again.headers["X-Request-ID"] != first.headers["X-Request-ID"]


@pytest.mark.parametrize(
    ("address", "body", "status"),
    [
        ("/api/v1/graphics", {"title": ""}, 400),
        ("/api/v1/graphics", [], 400),
        ("/api/v1/graphics", GRAPHIC | {"data_json": {"elements": [1]}}, 400),
        ("/api/v1/graphics/987654321/duplicate", {}, 404),
        ("/api/v1/lock/987654321", [], 404),
    ],
)
def test_a_refusal_is_answered_again(api: Api, address: str, body: Any, status: int):
    key = new_key()
    first = post(api, address, body, key=key)
    refusal(first, status)

    assert_replay(post(api, address, body, key=key), first)


@pytest.mark.parametrize("content", [b"{", b"\xff", b'{"a": 1, "a": 2}', b"null"])
def test_a_refusal_of_a_broken_body_is_answered_again(api: Api, content: bytes):
    headers = {KEY: new_key(), "Content-Type": "application/json"}
    first = api.post("/api/v1/graphics", content=content, headers=headers)
    refusal(first, 400)

    assert_replay(api.post("/api/v1/graphics", content=content, headers=headers), first)


def test_a_conflict_is_answered_again_though_it_is_over(api: Api):
    graphic, key = api.new_graphic()["id"], new_key()
    api.post(f"/api/v1/archive/{graphic}")
    first = post(api, f"/api/v1/archive/{graphic}", key=key)
    refusal(first, 409, "already_archived")
    api.post(f"/api/v1/archive/{graphic}/restore")

    assert_replay(post(api, f"/api/v1/archive/{graphic}", key=key), first)
    assert api.get(f"/api/v1/graphics/{graphic}").json()["archived"] is False


def test_a_success_is_answered_again_though_its_object_is_gone(api: Api):
    graphic, key = api.new_graphic()["id"], new_key()
    first = post(api, f"/api/v1/graphics/{graphic}/duplicate", key=key)
    assert first.status_code == 201
    api.delete(f"/api/v1/graphics/{graphic}/permanent")

    assert_replay(post(api, f"/api/v1/graphics/{graphic}/duplicate", key=key), first)


def test_a_key_belongs_to_one_body(api: Api, server: RunningServer):
    key, title = new_key(), new_key()
    first = post(api, "/api/v1/graphics", GRAPHIC | {"title": title}, key=key)

    for other in (GRAPHIC, {}, [], GRAPHIC | {"title": title, "x": 1}):
        refusal(post(api, "/api/v1/graphics", other, key=key), 422, "idempotency_key_reused")

    assert_replay(post(api, "/api/v1/graphics", GRAPHIC | {"title": title}, key=key), first)
    assert count(server, title) == 1


def test_a_key_belongs_to_one_address_in_both_slash_forms(api: Api):
    one, other = api.new_graphic()["id"], api.new_graphic()["id"]
    key = new_key()
    first = post(api, f"/api/v1/graphics/{one}/duplicate", key=key)

    elsewhere = post(api, f"/api/v1/graphics/{other}/duplicate", key=key)
    with_slash = post(api, f"/api/v1/graphics/{one}/duplicate/", key=key)

    assert elsewhere.status_code == 201
    assert not is_replay(elsewhere)
    assert_replay(with_slash, first)


def test_a_key_belongs_to_one_login(api: Api, server: RunningServer):
    key = new_key()
    first = post(api, "/api/v1/graphics", GRAPHIC, key=key)
    with Api(server) as elsewhere:
        second = post(elsewhere.login(), "/api/v1/graphics", GRAPHIC, key=key)

    assert not is_replay(second)
    assert second.json()["id"] != first.json()["id"]


def test_a_key_outlives_the_token_it_came_with(server: RunningServer):
    key = new_key()
    with Api(server) as client:
        first = post(client.login(), "/api/v1/graphics", GRAPHIC, key=key)
        tokens = client.post("/auth/refresh").json()
        client.headers["Authorization"] = f"Bearer {tokens['access_token']}"

        assert_replay(post(client, "/api/v1/graphics", GRAPHIC, key=key), first)


@pytest.mark.parametrize(
    "key", ["", "a b", "a\tb", "x" * 256, b"\xe9", "ключ".encode(), "a\u00a0b".encode()]
)
def test_a_key_that_is_none_is_refused(api: Api, server: RunningServer, key: str | bytes):
    title = new_key()
    answer = api.post(
        "/api/v1/graphics", json=GRAPHIC | {"title": title}, headers=[(KEY.encode(), key)]
    )

    assert list(refusal(answer, 400, "validation_failed")["errors"]) == [KEY]
    assert count(server, title) == 0


@pytest.mark.parametrize("key", ["0", "!", "~", '"quoted"', "a,b", "%00", "x" * 255])
def test_every_visible_text_is_a_key(api: Api, key: str):
    """Twice, as another test's run may have used it."""
    post(api, f"/api/v1/graphics/{2**62}/duplicate", key=key)

    assert is_replay(post(api, f"/api/v1/graphics/{2**62}/duplicate", key=key))


def test_of_twenty_at_once_one_is_carried_out(api: Api, server: RunningServer):
    key, body = new_key(), GRAPHIC | {"title": new_key()}
    clients = [Api(server, headers=dict(api.headers)) for _ in range(THREADS)]

    answers = at_once(
        [lambda c=client: post(c, "/api/v1/graphics", body, key=key) for client in clients]
    )

    done = [answer for answer in answers if answer.status_code == 201]
    firsts = [answer for answer in done if not is_replay(answer)]
    assert len(firsts) == 1
    assert {answer.content for answer in done} == {firsts[0].content}
    for answer in answers:
        if answer.status_code != 201:
            refusal(answer, 409, "idempotency_in_flight")
    assert count(server, body["title"]) == 1
    for client in clients:
        client.close()


def test_a_request_under_way_is_not_begun_again(api: Api, server: RunningServer):
    key, body = new_key(), GRAPHIC | {"title": new_key()}
    post(api, "/api/v1/graphics", body, key=key)
    leave_in_flight(server, key)
    age(server, key, 55)

    refusal(post(api, "/api/v1/graphics", body, key=key), 409, "idempotency_in_flight")
    refusal(post(api, "/api/v1/graphics", GRAPHIC, key=key), 422, "idempotency_key_reused")

    assert count(server, body["title"]) == 1


def test_a_request_under_way_for_a_minute_is_dead(api: Api, server: RunningServer):
    key, body = new_key(), GRAPHIC | {"title": new_key()}
    post(api, "/api/v1/graphics", body, key=key)
    leave_in_flight(server, key)
    age(server, key, 61)

    second = post(api, "/api/v1/graphics", body, key=key)

    assert second.status_code == 201
    assert not is_replay(second)
    assert_replay(post(api, "/api/v1/graphics", body, key=key), second)


def test_of_twenty_who_find_a_dead_request_one_carries_it_out(api: Api, server: RunningServer):
    key, body = new_key(), GRAPHIC | {"title": new_key()}
    post(api, "/api/v1/graphics", body, key=key)
    leave_in_flight(server, key)
    age(server, key, 61)

    answers = at_once(
        [lambda: post(api, "/api/v1/graphics", body, key=key) for _ in range(THREADS)]
    )

    firsts = [a for a in answers if a.status_code == 201 and not is_replay(a)]
    assert len(firsts) == 1
    assert count(server, body["title"]) == 2  # with the one from before it was left


def test_an_answer_is_kept_for_a_day(api: Api, server: RunningServer):
    young, old = new_key(), new_key()
    first = {key: post(api, "/api/v1/graphics", GRAPHIC, key=key) for key in (young, old)}
    age(server, young, 24 * 3600 - 60)
    age(server, old, 24 * 3600 + 60)

    assert_replay(post(api, "/api/v1/graphics", GRAPHIC, key=young), first[young])
    assert not is_replay(post(api, "/api/v1/graphics", GRAPHIC, key=old))


def test_who_may_not_is_told_so_and_nothing_is_kept(
    api: Api, viewer: Api, stranger: Api, server: RunningServer
):
    key = new_key()

    refusal(post(stranger, "/api/v1/graphics", GRAPHIC, key=key), 401)
    refusal(post(viewer, "/api/v1/graphics", GRAPHIC, key=key), 403)

    assert rows(server, "SELECT 1 FROM api_idempotentrequest WHERE key = %s", key) == []
    stranger.headers["Authorization"] = api.headers["Authorization"]
    assert post(stranger, "/api/v1/graphics", GRAPHIC, key=key).status_code == 201


def test_a_body_that_was_too_large_does_not_use_the_key_up(api: Api):
    key = new_key()
    large = {"name": "Cup", "max_participants": 8, "description": "x" * 300_000}
    refusal(post(api, "/api/v1/tournaments", large, key=key), 413)

    answer = post(api, "/api/v1/tournaments", {"name": "Cup", "max_participants": 8}, key=key)

    assert answer.status_code == 201


def test_signing_in_and_out_knows_no_keys(server: RunningServer):
    key = new_key()
    with Api(server) as client:
        logins = [
            post(client, "/auth/login", {"master_password": MASTER_PASSWORD}, key=key)
            for _ in range(2)
        ]
        client.headers["Authorization"] = f"Bearer {logins[0].json()['access_token']}"
        tickets = [post(client, "/auth/ws-ticket", key=key) for _ in range(2)]
        refreshed = [post(client, "/auth/refresh", key=key) for _ in range(2)]
        odd = post(client, "/auth/ws-ticket", key="a b")
        left = post(client, "/auth/logout", key=key)

    for pair in (logins, tickets, refreshed):
        assert [answer.status_code for answer in pair] == [200, 200]
        assert not any(is_replay(answer) for answer in pair)
        assert pair[0].json() != pair[1].json()
    assert odd.status_code == left.status_code == 200
    assert rows(server, "SELECT 1 FROM api_idempotentrequest WHERE key = %s", key) == []


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "GET"])
def test_other_methods_know_no_keys(api: Api, server: RunningServer, method: str):
    graphic, key = api.new_graphic()["id"], new_key()
    for _ in range(2):
        answer = api.request(method, f"/api/v1/graphics/{graphic}", headers={KEY: key})

        assert answer.status_code == 200
        assert not is_replay(answer)
    assert rows(server, "SELECT 1 FROM api_idempotentrequest WHERE key = %s", key) == []


def world(api: Api) -> Mapping[str, tuple[str, dict[str, Any]]]:
    """For each POST an address and a body with which it succeeds, once."""
    new = [api.new_graphic()["id"] for _ in range(7)]
    tournament = api.new_tournament()["id"]
    made = make_registrations(api)
    bot_key, other_key = (f"/api/v1/configuration/bots.k{new_key()[:12]}" for _ in range(2))
    api.post(other_key, json=1)
    api.put(other_key, json={"value": 2})
    change = api.get(f"{other_key}/history").json()["history"][0]["id"]
    in_world = f"/api/v1/tournaments/{made['checking_in']}"
    ann = f"{in_world}/participants/{made['participant']}"
    api.post(f"/api/v1/archive/{new[1]}")
    api.put(f"/api/v1/graphics/{new[3]}", json={"title": "Changed"})
    api.post(f"/api/v1/lock/{new[5]}")
    cup, newcomer = {"name": "Cup", "max_participants": 8}, {"name": "Newcomer"}
    return {
        "/api/v1/graphics": ("/api/v1/graphics", GRAPHIC),
        "/api/v1/archive/{pk}": (f"/api/v1/archive/{new[0]}", {"reason": "Over"}),
        "/api/v1/archive/{pk}/restore": (f"/api/v1/archive/{new[1]}/restore", {}),
        "/api/v1/graphics/{pk}/duplicate": (f"/api/v1/graphics/{new[2]}/duplicate", {}),
        "/api/v1/graphics/{pk}/revisions/{version}/restore": (
            f"/api/v1/graphics/{new[3]}/revisions/1/restore",
            {},
        ),
        "/api/v1/lock/{pk}": (f"/api/v1/lock/{new[4]}", {}),
        "/api/v1/lock/{pk}/refresh": (f"/api/v1/lock/{new[5]}/refresh", {}),
        "/api/v1/maintenance/cleanup-locks": ("/api/v1/maintenance/cleanup-locks", {}),
        "/api/v1/ws/overlays/reload": ("/api/v1/ws/overlays/reload", {"reason": "New fonts."}),
        "/api/v1/tournaments": ("/api/v1/tournaments", cup),
        "/api/v1/tournaments/{pk}/participants": (
            f"/api/v1/tournaments/{tournament}/participants",
            newcomer,
        ),
        "/api/v1/tournaments/{pk}/participants/{participant}/check-in": (f"{ann}/check-in", {}),
        "/api/v1/tournaments/{pk}/participants/{participant}/withdraw": (f"{ann}/withdraw", {}),
        "/api/v1/tournaments/{pk}/participants/{participant}/admit": (
            f"/api/v1/tournaments/{made['with_a_gap']}/participants/{made['waiting']}/admit",
            {},
        ),
        "/api/v1/tournaments/{pk}/draws": (f"{in_world}/draws", {"rule": "snake"}),
        "/api/v1/tournaments/{pk}/draws/proposal": (f"{in_world}/draws/proposal", {}),
        "/api/v1/tournaments/{pk}/check-in/close": (f"{in_world}/check-in/close", {}),
        "/api/v1/tournaments/{pk}/results/import": (
            f"{in_world}/results/import",
            {"document": "game,lobby,player,place\n1.1,1,Ann,1\n", "dry_run": False},
        ),
        **results_world(api),
        "/api/v1/tournaments/{pk}/transition": (f"{in_world}/transition", {"status": "postponed"}),
        "/api/v1/users": ("/api/v1/users", {"username": f"player-{new_key()[:16]}"}),
        "/api/v1/configuration/{key}": (bot_key, 1),
        "/api/v1/configuration/{key}/rollback": (f"{other_key}/rollback", {"change_id": change}),
        "/api/v1/configuration/bulk-update": (
            "/api/v1/configuration/bulk-update",
            {other_key.rpartition("/")[2]: 4},
        ),
        "/api/v1/configuration/import": (
            "/api/v1/configuration/import",
            {"document": "format: gal-configuration/1\nsettings: []\n"},
        ),
        "/api/v1/scoreboard/refresh": (
            "/api/v1/scoreboard/refresh",
            {"tournament_id": tournament},
        ),
    }


def results_world(api: Api) -> Mapping[str, tuple[str, dict[str, Any]]]:
    """A lobby with a result that was corrected, and two submissions that wait."""
    cup = new_lobby(api)
    enter(api, cup, "1.1", cup["names"])
    first, second, third = (corrected("1.1", order) for order in orders(cup["names"]))
    path = path_of(cup)
    made = api.post(f"{path}/corrections", json={"results": [first]}).json()["id"]
    waiting = [submit(api, cup, "1.1", one).json() for one in [*orders(cup["names"])][1:]]
    lobby = "/api/v1/tournaments/{pk}/games/{ref}/lobbies/{lobby}"
    return {
        f"{lobby}/submissions": (
            f"{path}/games/1.1/lobbies/1/submissions",
            {"placements": third["placements"]},
        ),
        "/api/v1/tournaments/{pk}/submissions/{submission}/confirm": (
            f"{path}/submissions/{waiting[0]['id']}/confirm",
            {},
        ),
        "/api/v1/tournaments/{pk}/submissions/{submission}/reject": (
            f"{path}/submissions/{waiting[1]['id']}/reject",
            {},
        ),
        "/api/v1/tournaments/{pk}/corrections": (f"{path}/corrections", {"results": [second]}),
        "/api/v1/tournaments/{pk}/corrections/preview": (
            f"{path}/corrections/preview",
            {"results": [second]},
        ),
        "/api/v1/tournaments/{pk}/corrections/{correction}/undo": (
            f"{path}/corrections/{made}/undo",
            {},
        ),
    }


def orders(names: Sequence[str]) -> Iterator[list[str]]:
    """Three other ways in which a lobby may have ended."""
    for first in range(1, 4):
        yield [*names[first:], *names[:first]]


@pytest.mark.parametrize("template", [route.template for _, route in POSTS])
def test_every_post_is_carried_out_once(template: str, api: Api, server: RunningServer):
    address, body = world(api)[template]
    key = new_key()
    first = post(api, address, body, key=key)
    assert first.status_code in {200, 201}, first.text
    head = logbook.head(server)
    audited = logbook.deeds(server)

    assert_replay(post(api, address, body, key=key), first)

    assert logbook.head(server) == head
    assert logbook.deeds(server) == audited


@pytest.mark.parametrize(
    ("address", "body", "query", "other"),
    [
        ("/api/v1/graphics/{id}/duplicate", {}, "new_title=One", "new_title=Two"),
        ("/api/v1/graphics/{id}/duplicate", {}, "", "new_event_name=Two"),
        ("/api/v1/lock/{id}", {}, "session_id=one", "session_id=two"),
        ("/api/v1/configuration/bots.{unique}", 7, "description=one", "description=two"),
        ("/api/v1/configuration/bots.{unique}", 7, "category=Bots", ""),
        ("/api/v1/configuration/bulk-update", {}, "atomic=true", "atomic=false"),
    ],
)
def test_another_query_under_a_used_key_is_refused(api: Api, address, body, query, other):
    key, graphic = new_key(), api.new_graphic()["id"]
    address = address.format(id=graphic, unique=key)
    first = post(api, f"{address}?{query}", body, key=key)

    answer = post(api, f"{address}?{other}", body, key=key)

    assert first.status_code in {200, 201}, first.text
    refusal(answer, 422, "idempotency_key_reused")
    again = post(api, f"{address}?unknown=1&{query}", body, key=key)
    assert_replay(again, first)


def test_every_post_that_reads_the_query_says_so(api: Api):
    """Its parameters are part of what is asked under a key."""
    described = api.get("/openapi.json").json()["paths"]
    found = {
        route.template: {
            parameter["name"]
            for parameter in described[path]["post"].get("parameters", ())
            if parameter["in"] == "query"
        }
        - route.view.query_members
        for method, route in POSTS
        if (path := route.template.replace("{pk}", "{id}")) in described
    }

    assert len(found) > 20
    assert {template: names for template, names in found.items() if names} == {}
