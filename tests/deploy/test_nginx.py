"""The shipped nginx in front of two processes on PostgreSQL and Redis, as on air."""

import asyncio
import json
import secrets
import select
import shutil
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest

from tests.support.api import Api
from tests.support.installation import Installation
from tests.support.proxy import SHIPPED, Proxy
from tests.support.stream_client import StreamClient

pytestmark = [
    pytest.mark.nginx,
    pytest.mark.postgresql,
    pytest.mark.redis,
    pytest.mark.timeout(300),
]

KIB = 1024
MIB = 1024 * KIB
SECONDS = 60
SCREENS = 8
PLACES = 5  # wrong passwords of one address in a minute
THREADS = 8  # of both processes together
BODIES = 32  # that the proxy lets one address send at once
GRACE = 10  # seconds after which the proxy ends what is slow
RESTARTING = 1012
BACK_WITHIN = 5


def screen(installation: Installation, graphic_id: int) -> StreamClient:
    proxy = installation.proxy
    return StreamClient.overlay(proxy.http_url, graphic_id, ssl=proxy.tls())


def desk(installation: Installation, client: Api) -> StreamClient:
    """A dashboard of somebody who is signed in, and so hears everything."""
    proxy = installation.proxy
    token = client.tokens["access_token"]
    return StreamClient.staff(proxy.http_url, token=token, ssl=proxy.tls())


def rename(client: Api, graphic_id: int, title: str) -> None:
    answer = client.put(f"/api/v1/graphics/{graphic_id}", json={"title": title})
    assert answer.status_code == 200, answer.text


async def write_until(
    client: Api, graphic_id: int, screens: list[StreamClient], titles: list[str]
) -> None:
    """Rename the graphic to each title; everybody hears of all of it."""
    places = [one.seq or 0 for one in screens]
    for title in titles:
        await asyncio.to_thread(rename, client, graphic_id, title)
    for one, place in zip(screens, places, strict=True):
        await one.until_seq(place + len(titles))


def log_lines(installation: Installation) -> list[dict[str, Any]]:
    return [json.loads(line) for line in installation.proxy.access_log.splitlines()]


# --- What it lets through -------------------------------------------------------------------------


@pytest.mark.parametrize("upstream", [None, "upstream.conf", "upstream.docker.conf"])
def test_the_configuration_is_accepted_without_a_warning(
    installation: Installation, tmp_path: Path, upstream: str | None
):
    proxy = Proxy(tmp_path / "nginx", installation.servers)
    if upstream is not None:
        shutil.copy(SHIPPED / "gal" / upstream, proxy.folder / "gal" / "upstream.conf")

    done = proxy.check()

    assert done.returncode == 0, done.stderr
    assert "warn" not in done.stderr


async def test_rest_and_sockets_work_through_it(installation: Installation, crew: Api):
    graphic = crew.new_graphic()
    proxy = installation.proxy
    async with (
        screen(installation, graphic["id"]) as overlay,
        desk(installation, crew) as staff,
    ):
        await overlay.until_connected()
        await staff.until_connected()
        await write_until(crew, graphic["id"], [overlay], ["Semifinal", "Final"])
        await staff.until(lambda client: len(client.events) >= 2)
        assert (await overlay.picture())["graphic"]["title"] == "Final"
        await overlay.say({"type": "ping"})
        await overlay.until(lambda client: client.asides)

    assert overlay.asides[0]["type"] == "pong"
    page = crew.get(f"/overlay/{graphic['id']}")
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    assert f"wss://localhost:{proxy.port}" in page.headers["Content-Security-Policy"]


def test_both_processes_are_asked(installation: Installation, crew: Api):
    for _ in range(20):
        crew.get("/health").raise_for_status()

    asked = {line["upstream"] for line in log_lines(installation)}
    assert asked >= {f"127.0.0.1:{server.port}" for server in installation.servers}


@pytest.mark.slow
def test_a_document_of_20_mib_goes_in_and_comes_out(installation: Installation, crew: Api):
    picture = "data:image/png;base64," + "QUJD" * (20 * MIB // 4)
    document = {"background": {"imageUrl": picture, "width": 1920, "height": 1080}, "elements": []}
    body = orjson.dumps({"title": "Large", "event_name": "Cup", "data_json": document})

    made = crew.post(
        "/api/v1/graphics",
        content=body,
        headers={"Content-Type": "application/json"},
        timeout=120,
    )

    assert made.status_code == 201, made.text[:500]
    shown = crew.get(f"/api/v1/graphics/{made.json()['id']}/view", timeout=120)
    assert shown.json()["data_json"] == document


@pytest.mark.parametrize(
    ("path", "size"), [("/api/v1/graphics", 33 * MIB), ("/auth/login", 2 * MIB)]
)
def test_a_body_beyond_all_limits_is_refused_as_the_server_would(
    installation: Installation, crew: Api, path, size
):
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {size}\r\n\r\n"
    with tls_connection(installation) as connection:
        connection.sendall(head.encode())
        answer = httpx.Response(413, content=read_answer(connection))

    assert answer.json()["code"] == "body_too_large"


def test_the_servers_own_refusals_come_through(installation: Installation, crew: Api):
    body = b"x" * 300 * KIB

    answer = crew.post("/auth/login", content=body)

    assert answer.status_code == 413
    assert answer.json()["limit"] == 256 * KIB


def test_answers_of_the_api_are_kept_by_nobody(installation: Installation, crew: Api):
    graphic_id = crew.new_graphic()["id"]

    for title in ("Semifinal", "Final", "Winners"):
        rename(crew, graphic_id, title)
        answer = crew.get(f"/api/v1/graphics/{graphic_id}")
        assert answer.json()["title"] == title
        assert answer.headers["Cache-Control"] == "no-store"


# --- Who is there ---------------------------------------------------------------------------------


def test_the_address_of_a_client_is_the_one_that_the_proxy_saw(installation: Installation):
    with installation.client(come_from="127.0.0.4") as client:
        client.login()
        [session] = [one for one in client.sessions() if one["is_current"]]

    assert session["address"] == "127.0.0.4"


def test_sign_ins_are_counted_by_the_true_address(installation: Installation):
    def attempt(come_from: str, claimed: str) -> int:
        with installation.client(come_from=come_from) as client:
            client.headers.update({"X-Forwarded-For": claimed, "Forwarded": f"for={claimed}"})
            return client.post("/auth/login", json={"master_password": "wrong" * 4}).status_code

    with ThreadPoolExecutor() as crowd:  # all within a minute, however busy the machine is
        guesses = list(crowd.map(attempt, ["127.0.0.2"] * 8, [f"203.0.113.{n}" for n in range(8)]))

    assert sorted(guesses) == [401] * PLACES + [429] * 3
    assert attempt("127.0.0.3", "203.0.113.0") == 401


def test_plain_http_leads_to_https_on_the_same_host(installation: Installation):
    url = f"http://127.0.0.1:{installation.proxy.plain_port}/overlay/1?a=b"

    answer = httpx.get(url, headers={"Host": "localhost"})

    assert answer.status_code == 301
    assert answer.headers["Location"] == "https://localhost/overlay/1?a=b"


def test_nobody_is_told_a_version(installation: Installation, crew: Api):
    answers = [
        crew.get("/health"),
        crew.get("/nowhere"),
        httpx.get(f"http://127.0.0.1:{installation.proxy.plain_port}/"),
    ]

    for answer in answers:
        assert answer.headers["Server"] == "nginx"
        assert "nginx/" not in answer.text
        assert "X-Powered-By" not in answer.headers


async def test_the_log_has_neither_queries_nor_keys(installation: Installation, crew: Api):
    graphic_id = crew.new_graphic()["id"]
    made = crew.post(f"/api/v1/graphics/{graphic_id}/keys", json={"name": "Studio"})
    key = made.json()["key"]
    said = secrets.token_hex(16)
    proxy = installation.proxy
    async with StreamClient(proxy.http_url, f"/ws/overlay/k/{key}", ssl=proxy.tls()) as overlay:
        await overlay.until_connected()
    for path in (f"/overlay/k/{key}", f"/api/v1/graphics/k/{key}/view", f"/nowhere/{key}"):
        crew.get(path, params={"said": said})

    deadline = time.monotonic() + SECONDS
    while not any(line["path"].startswith("/ws/") for line in log_lines(installation)):
        assert time.monotonic() < deadline, "the socket is not logged"
        await asyncio.sleep(0.05)
    text = proxy.access_log + proxy.error_log
    assert key not in text
    assert said not in text
    assert "/overlay/k/[key]" in text


# --- Who is slow ----------------------------------------------------------------------------------


@contextmanager
def tls_connection(
    installation: Installation, *, come_from: str = "127.0.0.1"
) -> Iterator[socket.socket]:
    plain = socket.create_connection(
        ("127.0.0.1", installation.proxy.port), timeout=SECONDS, source_address=(come_from, 0)
    )
    with plain, installation.proxy.tls().wrap_socket(plain, server_hostname="localhost") as tls:
        yield tls


def read_answer(connection: socket.socket) -> bytes:
    """The body of an answer after which the connection stays open or is closed."""
    with connection.makefile("rb") as answer:
        length = 0
        answer.readline()
        while line := answer.readline().strip():
            name, _, value = line.partition(b":")
            length = int(value) if name.lower() == b"content-length" else length
        return answer.read(length)


def seconds_until_ended(connection: socket.socket, drip: bytes, *, every: float) -> float:
    """How long a client may go on that sends a little now and then."""
    began = time.monotonic()
    connection.settimeout(every)
    while time.monotonic() - began < SECONDS:
        try:
            connection.sendall(drip)
            if connection.recv(KIB) == b"":
                break
        except TimeoutError:
            continue
        except OSError:
            break
    return time.monotonic() - began


@pytest.mark.slow
def test_a_head_that_never_ends_is_ended(installation: Installation):
    with tls_connection(installation) as connection:
        connection.sendall(b"GET /health HTTP/1.1\r\nHost: localhost\r\nX-Slow: ")

        seconds = seconds_until_ended(connection, b"x", every=0.5)

    assert GRACE - 1 < seconds < SECONDS


@pytest.mark.slow
def test_slow_bodies_are_ended_and_the_server_never_hears_of_them(
    installation: Installation, crew: Api
):
    head = b"POST /auth/login?slow HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999\r\n\r\n{"
    with ExitStack() as opened:
        slow = [opened.enter_context(tls_connection(installation)) for _ in range(3 * THREADS)]
        for connection in slow:
            connection.sendall(head)
        answers = [crew.get("/api/v1/graphics").status_code for _ in range(THREADS)]
        for connection in slow:
            await_end(connection)

    assert answers == [200] * THREADS
    ended = [
        line
        for line in log_lines(installation)
        if (line["path"], line["status"]) == ("/auth/login", 408)
    ]
    assert len(ended) == len(slow)
    assert {line["upstream"] for line in ended} == {""}


def test_one_address_may_send_so_many_bodies_at_once(installation: Installation, crew: Api):
    head = b"POST /auth/login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999\r\n\r\n{"
    with ExitStack() as opened:

        def begin(come_from: str) -> socket.socket:
            connection = opened.enter_context(tls_connection(installation, come_from=come_from))
            connection.sendall(head)
            return connection

        crowd = [begin("127.0.0.5") for _ in range(BODIES + 1)]
        refused, _, _ = select.select(crowd, [], [], SECONDS)
        answers = [json.loads(read_answer(connection)) for connection in refused[:1]]
        with installation.client(come_from="127.0.0.6") as other:
            other.login()

    assert [answer["code"] for answer in answers] == ["too_many_connections"]


def await_end(connection: socket.socket) -> None:
    """Until the other side ends it; a time-out if it does not."""
    with suppress(ConnectionError):
        while connection.recv(KIB):
            pass


# --- Processes that end ---------------------------------------------------------------------------


async def test_a_killed_process_costs_its_clients_seconds_and_no_frame(
    installation: Installation, crew: Api
):
    graphic_id = crew.new_graphic()["id"]
    titles = ["One", "Two", "Three", "Four"]
    overlays = [screen(installation, graphic_id) for _ in range(SCREENS // 2)]
    desks = [desk(installation, crew) for _ in range(SCREENS // 2)]
    async with AsyncExitStack() as stack:
        screens = [await stack.enter_async_context(one) for one in overlays + desks]
        for one in screens:
            await one.until_connected()
        await write_until(crew, graphic_id, screens, titles[:2])

        installation.servers[0].kill()
        killed_at = time.monotonic()
        await write_until(crew, graphic_id, screens, titles[2:3])
        seconds = time.monotonic() - killed_at
        orphans = [one for one in screens if one.endings]
        await write_until(crew, graphic_id, screens, titles[3:])

    assert 0 < len(orphans) < SCREENS
    assert seconds < BACK_WITHIN
    for one in screens:
        first = one.seqs[0]
        assert one.seqs == list(range(first, first + 4))
        assert one.established[-1]["recovered"] or one not in orphans
    assert {one.fold.graphic["title"] for one in overlays} == {titles[-1]}
    for one in desks:
        assert [event["data"]["graphic"]["title"] for event in one.events] == titles


async def test_an_upgrade_of_one_process_after_the_other_loses_no_viewer(
    installation: Installation, crew: Api
):
    graphic_id = crew.new_graphic()["id"]
    async with AsyncExitStack() as stack:
        screens = [
            await stack.enter_async_context(screen(installation, graphic_id))
            for _ in range(SCREENS)
        ]
        for one in screens:
            await one.until_connected()
        await write_until(crew, graphic_id, screens, ["One"])
        for number, server in enumerate(installation.servers):
            assert await asyncio.to_thread(server.stop) == 0
            await write_until(crew, graphic_id, screens, [f"Without {number}"])
            assert crew.get(f"/api/v1/graphics/{graphic_id}/view").status_code == 200
            await asyncio.to_thread(server.start)

    for one in screens:
        first = one.seqs[0]
        assert one.seqs == list(range(first, first + 3))
        assert set(one.endings) == {RESTARTING}
        assert all(said["recovered"] for said in one.established[1:])


def test_without_any_process_the_proxy_says_so_in_json(installation: Installation, crew: Api):
    for server in installation.servers:
        server.kill()

    answer = crew.get("/api/v1/graphics")

    assert answer.status_code == 503
    assert answer.json()["code"] == "server_away"
    assert answer.headers["Retry-After"] == "1"
    assert answer.headers["Content-Type"] == "application/json"
