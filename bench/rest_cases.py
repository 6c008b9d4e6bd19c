"""What is asked over REST, and what must be in the answers before anybody's speed is measured."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bench.documents import Saves, document
from bench.http import Client, ContractError, request_bytes
from bench.load import Script
from bench.rest_subjects import GRAPHICS, PLAYERS, Filled

LIST = f"/api/v1/graphics?limit={GRAPHICS}"


@dataclass(frozen=True, slots=True)
class Case:
    name: str
    script: Callable[[Filled, int], Script]
    """What the nth client does: each has a graphic of its own."""

    check: Callable[[Filled, Client], None]
    """Raises ``ContractError`` if the subject does not do its work. It leaves all as it was, but
    for documents that were saved."""

    unit: str = "requests/s"


def expect(is_so: object, what: str) -> None:
    if not is_so:
        raise ContractError(what)


# --- Reads ----------------------------------------------------------------------------------------


def _list(subject: Filled, client: int) -> Script:
    request = [request_bytes("GET", LIST, token=subject.token)]
    return lambda unit: request


def _check_list(subject: Filled, client: Client) -> None:
    answer = client.ask("GET", LIST)
    documents = {graphic["id"]: graphic["data_json"] for graphic in answer["graphics"]}
    wanted = {pk: document(number) for number, pk in enumerate(subject.graphic_ids)}
    expect(answer["total"] == GRAPHICS, "the list tells another total")
    expect(documents == wanted, "the list holds other documents")


def _retrieve(subject: Filled, client: int) -> Script:
    request = [request_bytes("GET", _graphic(subject, client), token=subject.token)]
    return lambda unit: request


def _check_retrieve(subject: Filled, client: Client) -> None:
    answer = client.ask("GET", _graphic(subject, 7))
    expect(answer["data_json"] == document(7), "the graphic has another document")
    expect(answer["version"] >= 1 and answer["canvas_lock"] is None, "the graphic is not whole")


def _view(subject: Filled, client: int) -> Script:
    request = [request_bytes("GET", f"{_graphic(subject, client)}/view")]
    return lambda unit: request


def _check_view(subject: Filled, client: Client) -> None:
    stranger = Client(subject.server.port)
    answer = stranger.ask("GET", f"{_graphic(subject, 8)}/view")
    stranger.close()
    expect(answer["data_json"] == document(8), "the public view has another document")
    expect("created_by" not in answer, "the public view tells who drew it")


def _standings(subject: Filled, client: int) -> Script:
    request = [request_bytes("GET", _ranked(subject))]
    return lambda unit: request


def _check_standings(subject: Filled, client: Client) -> None:
    answer = client.ask("GET", _ranked(subject))
    expect(len(answer["players"]) == PLAYERS, "the standings are not of all players")
    expect(answer["players"] == subject.players, "the standings are others")


# --- Writes ---------------------------------------------------------------------------------------


def _put(subject: Filled, client: int) -> Script:
    saves, path = Saves(client), _graphic(subject, client)
    return lambda unit: [request_bytes("PUT", path, token=subject.token, body=saves.next())]


def _check_put(subject: Filled, client: Client) -> None:
    path, before = _graphic(subject, 99), document(99)
    changed: dict[str, Any] = {**before, "saved": "just now.."}
    names = {"title": "Board 00099", "event_name": "Guardian Angel Cup"}
    version = client.ask("GET", path)["version"]
    answer = client.ask("PUT", path, {**names, "data_json": changed})
    expect(answer["data_json"] == changed, "the answer to a save has another document")
    stored = client.ask("GET", path)
    expect(stored["data_json"] == changed, "the save is not stored")
    expect(stored["version"] == version + 1, "a save is not one version")
    client.ask("PUT", path, {**names, "data_json": before})


def _lock_pair(subject: Filled, client: int) -> Script:
    path = f"/api/v1/lock/{subject.graphic_ids[client]}"
    pair = [request_bytes(method, path, token=subject.token) for method in ("POST", "DELETE")]
    return lambda unit: pair


def _check_lock_pair(subject: Filled, client: Client) -> None:
    pk = subject.graphic_ids[5]
    lock = client.ask("POST", f"/api/v1/lock/{pk}")
    expect(lock["graphic_id"] == pk and lock["locked"], "the answer is no lock")
    held = client.ask("GET", f"/api/v1/graphics/{pk}")["canvas_lock"]
    expect(held and held["graphic_id"] == pk, "a lock that was taken is not seen")
    client.ask("DELETE", f"/api/v1/lock/{pk}")
    held = client.ask("GET", f"/api/v1/graphics/{pk}")["canvas_lock"]
    expect(held is None, "a lock that was released is still seen")


def _graphic(subject: Filled, client: int) -> str:
    return f"/api/v1/graphics/{subject.graphic_ids[client]}"


def _ranked(subject: Filled) -> str:
    return f"/api/v1/players/ranked?tournament_id={subject.tournament_id}&limit=0"


STANDINGS = Case(f"standings of {PLAYERS}", _standings, _check_standings)
CASES = (
    Case("list of 100", _list, _check_list),
    Case("retrieve", _retrieve, _check_retrieve),
    Case("PUT", _put, _check_put),
    Case("lock pair", _lock_pair, _check_lock_pair, unit="pairs/s"),
    Case("public view", _view, _check_view),
    STANDINGS,
)
