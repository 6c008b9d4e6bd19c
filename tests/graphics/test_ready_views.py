"""The public view answers alike from ready bytes and from Django: one table for both."""

import functools
import json
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from graphics.ready_views import SERVED_FOR_SECONDS
from tests.api.refusals import refusal
from tests.support.api import Api
from tests.support.server import RunningServer

VERSION = 3
# Keys out of order, floats and other scripts: what went in must come out.
DOCUMENT = '{"b":1.50,"a":{"z":[1e3,0.1],"ü":"漢"},"elements":[]}'
OF_ONE_REQUEST = {"x-request-id", "x-process-time", "date"}
FOREIGN = "https://somebody.example"
LISTED = "http://localhost:3000"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request for a view, and the answer that it must get."""

    method: str = "GET"
    graphic: str = "live"
    path: str = "/api/v1/graphics/{id}/view"
    query: str = ""
    headers: Any = field(default_factory=dict)
    status: int = 200
    code: str | None = None


def found(**fields: Any) -> Asked:
    return Asked(**fields)


def known(**fields: Any) -> Asked:
    return Asked(status=304, **fields)


def refused(status: int, code: str, **fields: Any) -> Asked:
    return Asked(status=status, code=code, **fields)


def no_id(spelling: str, code: str = "not_found") -> Asked:
    return refused(404, code, path=f"/api/v1/graphics/{spelling}/view")


def if_none_match(etags: str) -> dict[str, Any]:
    return {"headers": {"If-None-Match": etags}}


TABLE: Mapping[str, Asked] = {
    "as it is": found(),
    "with a slash at its end": found(path="/api/v1/graphics/{id}/view/"),
    "in percent signs": found(path="/api/v1/graphics/{id}/%76iew"),
    "by HEAD": found(method="HEAD"),
    "archived": refused(404, "graphic_not_found", graphic="archived"),
    "archived, by HEAD": Asked(method="HEAD", graphic="archived", status=404),
    "archived, whose ETag is known": refused(
        404, "graphic_not_found", graphic="archived", **if_none_match("*")
    ),
    "deleted": refused(404, "graphic_not_found", graphic="deleted"),
    "unknown": no_id("987654321", "graphic_not_found"),
    "the largest id": no_id(str(2**63 - 1), "graphic_not_found"),
    "beyond the largest id": no_id(str(2**63)),
    "nineteen nines": no_id("9" * 19),
    "twenty nines": no_id("9" * 20),
    "zero": no_id("0"),
    "a leading zero": no_id("01"),
    "a sign": no_id("+1"),
    "below zero": no_id("-1"),
    "a fraction": no_id("1.0"),
    "another script": no_id("%D9%A1"),
    "a space": no_id("1%20"),
    "a line break": no_id("1%0A"),
    "no id": no_id("view"),
    "two slashes": refused(404, "not_found", path="/api/v1/graphics//{id}/view"),
    "two slashes at the end": refused(404, "not_found", path="/api/v1/graphics/{id}/view//"),
    "in capitals": refused(404, "not_found", path="/api/v1/graphics/{id}/VIEW"),
    "more behind it": refused(404, "not_found", path="/api/v1/graphics/{id}/view/more"),
    "a line break behind it": refused(404, "not_found", path="/api/v1/graphics/{id}/view%0A"),
    "a version long reached": found(query="version=1"),
    "a version just reached": found(query="version=3"),
    "a version with zeros in front": found(query="version=0000000003"),
    "version zero": found(query="version=0"),
    "no version": found(query="version="),
    "a version not reached": refused(404, "version_not_reached", query="version=4"),
    "a version not reached, by HEAD": Asked(method="HEAD", query="version=4", status=404),
    "a version not reached, whose ETag is known": refused(
        404, "version_not_reached", query="version=4", **if_none_match("*")
    ),
    "the highest version": refused(404, "version_not_reached", query="version=2147483647"),
    "beyond the highest version": refused(400, "validation_failed", query="version=2147483648"),
    "a version of ten nines": refused(400, "validation_failed", query="version=9999999999"),
    "a version of twenty nines": refused(400, "validation_failed", query=f"version={'9' * 20}"),
    "a version below zero": refused(400, "validation_failed", query="version=-1"),
    "a version that is none": refused(400, "validation_failed", query="version=new"),
    "a version in another script": refused(400, "validation_failed", query="version=%D9%A1"),
    "two versions": refused(404, "version_not_reached", query="version=1&version=4"),
    "another question": found(query="t=1700000000"),
    "a known ETag": known(**if_none_match('"3"')),
    "a known ETag, by HEAD": known(method="HEAD", **if_none_match('"3"')),
    "a known weak ETag": known(**if_none_match('W/"3"')),
    "a list with the ETag": known(**if_none_match('"1", W/"2" , W/"3"')),
    "any ETag": known(**if_none_match("*")),
    "the ETag in a second header": known(
        headers=[("If-None-Match", '"1"'), ("If-None-Match", '"3"')]
    ),
    "a known ETag and a version": known(query="version=3", **if_none_match('"3"')),
    "an older ETag": found(**if_none_match('"2"')),
    "an ETag without quotes": found(**if_none_match("3")),
    "an ETag behind a letter": found(**if_none_match('x"3"')),
    "two ETags without a comma": found(**if_none_match('"3" "3"')),
    "an ETag without an end": found(**if_none_match('"1, "3')),
    "an empty ETag": found(**if_none_match("")),
    "a star in a list": found(**if_none_match('"1", *')),
    "If-Match that holds": found(headers={"If-Match": '"3"'}),
    "If-Match of any": found(headers={"If-Match": "*"}),
    "If-Match that does not hold": refused(412, "precondition_failed", headers={"If-Match": '"2"'}),
    "an If-Match that holds and a known ETag": known(
        headers={"If-Match": '"3"', "If-None-Match": '"3"'}
    ),
    "If-Unmodified-Since": refused(
        412,
        "precondition_failed",
        headers={"If-Unmodified-Since": "Sat, 01 Jan 2000 00:00:00 GMT"},
    ),
    "If-Modified-Since": found(headers={"If-Modified-Since": "Sat, 01 Jan 2050 00:00:00 GMT"}),
    "a range": found(headers={"Range": "bytes=0-9"}),
    "from a listed page": found(headers={"Origin": LISTED}),
    "from a foreign page": found(headers={"Origin": FOREIGN}),
    "from no page": found(headers={"Origin": "null"}),
    "from a broken page": found(headers={"Origin": "http://[::1"}),
    "from a foreign page that knows it": known(headers={"Origin": FOREIGN, "If-None-Match": "*"}),
    "archived, from a foreign page": refused(
        404, "graphic_not_found", graphic="archived", headers={"Origin": FOREIGN}
    ),
    "with a bad token": found(headers={"Authorization": "Bearer nonsense"}),
    "with a cookie": found(headers={"Cookie": "sessionid=nonsense"}),
    "for HTML": found(headers={"Accept": "text/html"}),
    "under another name of ours": found(headers={"Host": "localhost"}),
    "under a foreign name": refused(400, "unknown_host", headers={"Host": "evil.example"}),
    "under a name that is none": refused(400, "unknown_host", headers={"Host": "a b"}),
    "by POST": refused(405, "method_not_allowed", method="POST"),
    "by PUT": refused(405, "method_not_allowed", method="PUT"),
    "by DELETE": refused(405, "method_not_allowed", method="DELETE"),
}
each_case = pytest.mark.parametrize("case", TABLE.values(), ids=TABLE)


class Way:
    """How a view is asked for so that a certain part of the server answers."""

    is_by_key = False

    def __init__(self, client: Api, crew: Api, graphics: Mapping[str, int]) -> None:
        self.client = client
        self.crew = crew
        self.graphics = graphics

    def place(self, case: Asked) -> str:
        if self.is_by_key:
            return f"k/{key_of(self.crew, self.graphics[case.graphic])}"
        return str(self.graphics[case.graphic])

    def ask(self, case: Asked) -> httpx.Response:
        path = case.path.format(id=self.place(case))
        query = self.query(case.query)
        # httpx would tidy up what must stay untidy
        url = f"{self.client.base_url}".rstrip("/") + path + (f"?{query}" if query else "")
        return self.client.request(case.method, url, headers=case.headers)

    def query(self, query: str) -> str:
        return query


class AtFirst(Way):
    """After a change, so that no bytes are there."""

    def ask(self, case: Asked) -> httpx.Response:
        if case.graphic == "live":
            self.crew.post(f"/api/v1/archive/{self.graphics['live']}")
            self.crew.post(f"/api/v1/archive/{self.graphics['live']}/restore")
        return super().ask(case)


class FromReadyBytes(Way):
    """Asked a moment ago, so that the bytes are there."""

    def ask(self, case: Asked) -> httpx.Response:
        self.client.get(f"/api/v1/graphics/{self.place(case)}/view")
        return super().ask(case)


class FromDjango(Way):
    """With a question that only Django would know."""

    def query(self, query: str) -> str:
        return f"{query}&by=django" if query else "by=django"


class AtFirstByKey(AtFirst):
    is_by_key = True


class FromReadyBytesByKey(FromReadyBytes):
    is_by_key = True


class FromDjangoByKey(FromDjango):
    is_by_key = True


WAYS: Mapping[str, type[Way]] = {
    "at first": AtFirst,
    "from ready bytes": FromReadyBytes,
    "from Django": FromDjango,
    "at first, by key": AtFirstByKey,
    "from ready bytes, by key": FromReadyBytesByKey,
    "from Django, by key": FromDjangoByKey,
}


@functools.cache
def key_of(crew: Api, graphic: int) -> str:
    """A key of the graphic, made when it is asked for first."""
    answer = crew.post(f"/api/v1/graphics/{graphic}/keys", json={"name": "OBS"})
    assert answer.status_code == 201, answer.text
    return answer.json()["key"]


@pytest.fixture(scope="module")
def crew(server: RunningServer) -> Iterator[Api]:
    with Api(server) as client:
        yield client.login()


@pytest.fixture(scope="module")
def reader(server: RunningServer) -> Iterator[Api]:
    with Api(server) as client:
        yield client


@pytest.fixture(scope="module")
def graphics(crew: Api) -> dict[str, int]:
    """One that is live at version 3, one that is archived, one that is deleted."""
    ids = {name: crew.new_graphic()["id"] for name in ("live", "archived", "deleted")}
    crew.put(f"/api/v1/graphics/{ids['live']}", json={"title": "Between"})
    saved = {"title": "Board", "data_json": DOCUMENT}
    assert crew.put(f"/api/v1/graphics/{ids['live']}", json=saved).json()["version"] == VERSION
    for graphic in ids.values():
        key_of(crew, graphic)
    assert crew.delete(f"/api/v1/graphics/{ids['archived']}").status_code == 200
    assert crew.delete(f"/api/v1/graphics/{ids['deleted']}/permanent").status_code == 200
    return ids


@pytest.fixture(params=WAYS.values(), ids=WAYS)
def way(request: pytest.FixtureRequest, reader: Api, crew: Api, graphics: dict[str, int]) -> Way:
    return request.param(reader, crew, graphics)


@each_case
def test_a_view_is_answered_as_it_is_asked_for(case: Asked, way: Way):
    answer = way.ask(case)

    if case.code is not None:
        refusal(answer, case.status, case.code)
        return
    assert answer.status_code == case.status, answer.text
    if case.status == 304 or case.method == "HEAD":
        assert answer.content == b""
    else:
        expected = f'"title":"Board","data_json":{json.dumps(json.loads(DOCUMENT))}'
        text = f'{{"id":{way.graphics["live"]},{expected},"version":3,"tournament_id":null}}'
        assert json.dumps(answer.json()) == json.dumps(json.loads(text))


@each_case
def test_all_ways_answer_with_the_same_head_and_body(case: Asked, reader: Api, crew: Api, graphics):
    answers = [way(reader, crew, graphics).ask(case) for way in WAYS.values()]

    seen = [_without_the_request(answer) for answer in answers]
    assert all(one == seen[0] for one in seen)


def _without_the_request(answer: httpx.Response) -> tuple[int, list[tuple[str, str]], Any]:
    """An answer without what differs from request to request."""
    assert all(answer.headers[name] for name in OF_ONE_REQUEST)
    head = sorted(
        (name, value) for name, value in answer.headers.multi_items() if name not in OF_ONE_REQUEST
    )
    if answer.status_code < 400 or not answer.content:
        return answer.status_code, head, answer.content
    assert answer.json()["request_id"] == answer.headers["X-Request-ID"]
    return answer.status_code, head, answer.json() | {"request_id": None}


def test_an_answer_carries_the_id_of_its_own_request(way: Way):
    for sent in ("first", "second"):
        answer = way.ask(found(headers={"X-Request-ID": sent}))

        assert answer.headers.get_list("X-Request-ID") == [sent]


# What may happen to a graphic, in order, and what stands at its view afterwards.
CHANGES: Mapping[str, tuple[Callable[[Api, int], httpx.Response], Any]] = {
    "a save": (
        lambda crew, pk: crew.put(f"/api/v1/graphics/{pk}", json={"title": "Saved"}),
        {"title": "Saved", "version": 2},
    ),
    "a save of nothing": (
        lambda crew, pk: crew.put(f"/api/v1/graphics/{pk}", json={"title": "Saved"}),
        {"title": "Saved", "version": 2},
    ),
    "a restored revision": (
        lambda crew, pk: crew.post(f"/api/v1/graphics/{pk}/revisions/1/restore"),
        {"title": "Standings", "version": 3},
    ),
    "an archive": (lambda crew, pk: crew.post(f"/api/v1/archive/{pk}"), None),
    "a restore": (
        lambda crew, pk: crew.post(f"/api/v1/archive/{pk}/restore"),
        {"title": "Standings", "version": 3},
    ),
    "a lock": (
        lambda crew, pk: crew.post(f"/api/v1/lock/{pk}"),
        {"title": "Standings", "version": 3},
    ),
    "a removal": (lambda crew, pk: crew.delete(f"/api/v1/graphics/{pk}/permanent"), None),
}


def test_no_change_is_answered_before_every_view_shows_it(crew: Api, reader: Api):
    graphic = crew.new_graphic()["id"]
    kinds = (FromReadyBytes, FromDjango, FromReadyBytesByKey, FromDjangoByKey)
    ways = [way(reader, crew, {"live": graphic}) for way in kinds]
    for way in ways:
        assert way.ask(found()).json()["version"] == 1

    for name, (change, shown) in CHANGES.items():
        answer = change(crew, graphic)
        assert answer.status_code == 200, (name, answer.text)
        for way in ways:
            view = way.ask(found())
            if shown is None:
                refusal(view, 404, "graphic_not_found")
            else:
                assert view.json().items() >= shown.items(), name


def test_a_deleted_tournament_is_gone_from_every_view(crew: Api, reader: Api):
    tournament = crew.new_tournament()["id"]
    graphic = crew.new_graphic(tournament_id=tournament)["id"]
    ways = [way(reader, crew, {"live": graphic}) for way in (FromReadyBytes, FromDjango)]
    assert {way.ask(found()).json()["tournament_id"] for way in ways} == {tournament}

    assert crew.delete(f"/api/v1/tournaments/{tournament}").status_code == 200

    assert {way.ask(found()).json()["tournament_id"] for way in ways} == {None}


def test_django_is_asked_once_in_two_seconds(crew: Api, reader: Api, server: RunningServer):
    graphic = crew.new_graphic()["id"]
    way = Way(reader, crew, {"live": graphic})

    def asked() -> int:
        return server.log.read_text(encoding="utf-8").count(
            f"GET /api/v1/graphics/{graphic}/view 200"
        )

    for _ in range(20):
        assert way.ask(found()).status_code == 200
    assert asked() == 1

    time.sleep(SERVED_FOR_SECONDS)
    for _ in range(20):
        assert way.ask(found(query="version=1")).status_code == 200
    assert asked() == 2
