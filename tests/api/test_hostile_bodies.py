"""What is refused is not stored: on every endpoint that takes a body."""

import contextlib
from collections.abc import Iterator, Mapping

import httpx
import pytest

from tests.api import hostile
from tests.api.refusals import fault_of, refusal
from tests.api.world import BODIES, make_world
from tests.support.api import Api
from tests.support.routes import Route, writing_calls
from tests.support.rows import connect, execute
from tests.support.server import RunningServer

LISTS = [
    "/api/v1/graphics?include_archived=true",
    "/api/v1/archive",
    "/api/v1/lock/status",
    "/api/v1/events",
    "/api/v1/tournaments",
    "/api/v1/users",
    "/api/v1/players/ranked?limit=0",
    "/api/v1/scoreboard/snapshots",
    "/api/v1/scoreboard/latest",
]
OTHER_TYPES = [
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "application/jsonp",
    "application/vnd.api+json",
    "nonsense",
    "",
]
WRITING = writing_calls()
# Its body may be any value, and it makes a key only once: tests/configuration knows it.
OF_ANY_VALUE = ("POST", "/api/v1/configuration/{key}")
# They act on an empty body, which is their usual one, and find nothing left to do after that.
DONE_AT_ONCE = {
    ("POST", "/auth/logout"),
    ("POST", "/api/v1/archive/{pk}"),
    ("POST", "/api/v1/archive/{pk}/restore"),
    ("DELETE", "/api/v1/archive/{pk}/permanent"),
    ("DELETE", "/api/v1/graphics/{pk}"),
    ("DELETE", "/api/v1/graphics/{pk}/keys/{key_id}"),
    ("DELETE", "/api/v1/graphics/{pk}/permanent"),
    ("DELETE", "/api/v1/tournaments/{pk}"),
    ("DELETE", "/api/v1/configuration/{key}"),
    OF_ANY_VALUE,
    ("DELETE", "/api/v1/tournaments/{pk}/participants/{participant}"),
    ("POST", "/api/v1/tournaments/{pk}/participants/{participant}/admit"),
    ("POST", "/api/v1/tournaments/{pk}/submissions/{submission}/confirm"),
    ("POST", "/api/v1/tournaments/{pk}/submissions/{submission}/reject"),
    ("POST", "/api/v1/tournaments/{pk}/corrections/{correction}/undo"),
}


def each(calls: list[tuple[str, Route]]) -> pytest.MarkDecorator:
    ids = [f"{method} {route.template}" for method, route in calls]
    return pytest.mark.parametrize(("method", "route"), calls, ids=ids)


writing = each([call for call in WRITING if (call[0], call[1].template) != OF_ANY_VALUE])


@pytest.fixture
def unchanged(server: RunningServer, api: Api) -> Iterator[None]:
    """The test leaves every table as it was, and every list readable."""
    release_locks(api)  # their end by time would be written down in the middle
    before = row_counts(server)
    yield
    assert row_counts(server) == before
    for path in LISTS:
        assert api.get(path).status_code == 200


def release_locks(api: Api) -> None:
    for lock in api.get("/api/v1/lock/status").json()["locks"]:
        api.delete(f"/api/v1/lock/{lock['graphic_id']}?force=true")


def row_counts(server: RunningServer) -> dict[str, int]:
    with contextlib.closing(connect(server)) as connection:
        names = execute(
            connection,
            "SELECT name FROM sqlite_master WHERE type = 'table'"
            if server.environment["DATABASE_URL"].startswith("sqlite")
            else "SELECT tablename FROM pg_tables WHERE schemaname = 'public'",
        )
        counts = " UNION ALL ".join(
            f"SELECT '{name}', count(*) FROM \"{name}\""  # noqa: S608 - our own tables
            for (name,) in names
        )
        return dict(execute(connection, counts))


def send(
    api: Api, method: str, address: str, body: bytes | None, kind: str | None = "application/json"
) -> httpx.Response:
    headers = {} if kind is None else {"Content-Type": kind}
    return api.request(method, address, content=body, headers=headers)


def only_faults(faults: Mapping[str, str | None]) -> dict[str, str]:
    return {name: fault for name, fault in faults.items() if fault}


def test_every_writing_endpoint_is_tested_here():
    assert {(method, route.template) for method, route in WRITING} == set(BODIES)


@writing
def test_what_is_no_i_json_is_refused(method, route, api, world, unchanged):
    body = world.body(method, route)
    bodies = {name: hostile.with_member(body, value) for name, value in hostile.VALUES.items()}
    bodies["a duplicate of a member"] = hostile.with_duplicate(body)

    faults = {
        name: fault_of(send(api, method, world.address(route), sent), 400, "malformed_json")
        for name, sent in bodies.items()
    }

    assert only_faults(faults) == {}


@writing
def test_what_is_no_json_object_is_refused(method, route, api, world, unchanged):
    faults = {
        name: fault_of(send(api, method, world.address(route), body), 400)
        for name, body in hostile.BODIES.items()
    }

    assert only_faults(faults) == {}


@writing
def test_other_content_types_are_refused(method, route, api, world, unchanged):
    body, code = b'{"a": 1}', "unsupported_media_type"

    faults = {
        kind: fault_of(send(api, method, world.address(route), body, kind), 415, code)
        for kind in OTHER_TYPES
    }

    assert only_faults(faults) == {}


@writing
def test_the_least_body_is_accepted_in_chunks_too(method, route, api, server):
    with Api(server) as own:
        if route.template == "/auth/logout":
            api = own.login()
        playground = make_world(api)
        body = hostile.with_member(playground.body(method, route), '"fine"')
        chunks = (body[start : start + 7] for start in range(0, len(body), 7))

        answer = send(api, method, playground.address(route), chunks)

    assert answer.is_success, answer.text


@each([call for call in WRITING if (call[0], call[1].template) not in DONE_AT_ONCE])
def test_no_body_is_an_empty_object_whatever_it_says_it_is(method, route, api, playground):
    empty = send(api, method, playground.address(route), b"{}")

    for kind in ("application/json", "application/x-www-form-urlencoded", "text/plain", None):
        answer = send(api, method, playground.address(route), None, kind)
        assert answer.status_code == empty.status_code, answer.text
        assert answer.json().get("errors") == empty.json().get("errors")


def test_a_refusal_repeats_nothing_of_the_body(stranger):
    secret = b"0123456789-hunter2"
    bodies = [
        b'{"' + secret + b'": 1, "' + secret + b'": 2}',
        b'{"a": ' + secret + b"}",
        b'{"a": "' + secret,
        b'"' + secret + b'"',
        b'{"a": "\\u0000' + secret + b'"}',
        b'{"master_password": ["' + secret + b'"]}',
        b'{"master_password": {"a": "' + secret + b'"}}',
    ]

    answers = [send(stranger, "POST", "/auth/login", body) for body in bodies]

    assert [answer.status_code for answer in answers] == [400] * len(bodies)
    assert not any(b"hunter2" in answer.content for answer in answers)


def test_32_levels_and_the_largest_integers_are_stored_as_they_came(api):
    document = {"deep": [], "high": 2**53 - 1, "low": -(2**53) + 1, "text": "\U0001f3c6 \u0001"}
    inner = document["deep"]
    for _ in range(29):  # in the body's object, in the document's, in the outermost array
        inner.append([])
        inner = inner[0]

    graphic = api.new_graphic(data_json=document)

    assert api.get(f"/api/v1/graphics/{graphic['id']}").json()["data_json"] == document


def test_a_document_in_a_string_passes_the_same_gate(api, unchanged):
    faults = {}
    for name, value in hostile.VALUES.items():
        text = hostile.with_member({"elements": []}, value).decode()
        body = {"title": "Board", "event_name": "Cup", "data_json": text}
        code = "malformed_json" if "\0" in text else "validation_failed"
        faults[name] = fault_of(api.post("/api/v1/graphics", json=body), 400, code)

    assert only_faults(faults) == {}


def test_a_document_in_a_string_may_have_32_levels_of_its_own(api):
    text = '{"a":' + hostile.nested(31) + "}"

    assert api.new_graphic(data_json=text)["data_json"]["a"]


def test_a_body_over_its_limit_is_refused(api, unchanged):
    mib = b" " * 1024 * 1024

    stated = send(api, "POST", "/api/v1/graphics", mib * 26)
    in_chunks = send(api, "POST", "/api/v1/graphics", (mib for _ in range(26)))
    elsewhere = send(api, "POST", "/api/v1/tournaments", mib)

    assert refusal(stated, 413, "body_too_large")["limit"] == 25 * len(mib)
    assert refusal(in_chunks, 413, "body_too_large")["limit"] == 25 * len(mib)
    assert refusal(elsewhere, 413, "body_too_large")["limit"] == len(mib) // 4


def test_a_picture_of_20_mib_is_stored(api):
    document = {"background": {"imageUrl": "data:image/png;base64," + "A" * 20 * 1024 * 1024}}

    graphic = api.new_graphic(data_json=document)

    assert api.get(f"/api/v1/graphics/{graphic['id']}/view").json()["data_json"] == document
    api.put(f"/api/v1/graphics/{graphic['id']}", json={"data_json": {}})
