"""The way of a request to a WSGI application on a thread, and of its answer back."""

import asyncio
import logging
import threading
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest

from gal_dashboard.operations.django_threads import DjangoThreads

SCOPE = {
    "type": "http",
    "method": "POST",
    "path": "/größe",
    "query_string": b"a=%C3%A4",
    "http_version": "1.1",
    "scheme": "http",
    "server": ("127.0.0.1", 8000),
    "client": ("127.0.0.9", 4711),
    "root_path": "",
    "headers": [(b"x-kind", b"one"), (b"x-kind", b"two"), (b"content-length", b"4")],
}

App = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


async def ask(threads: DjangoThreads) -> list[dict[str, Any]]:
    """What the server would send."""
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"body", "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    async with asyncio.timeout(10):
        await threads(dict(SCOPE), receive, send)
    return sent


async def test_application_gets_the_whole_request_and_gives_the_whole_answer():
    seen: dict[str, Any] = {}

    def app(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        seen.update(environ, body=environ["wsgi.input"].read())
        start("201 Created", [("Set-Cookie", " a=b"), ("Set-Cookie", " c=d"), ("X-N", "ü")])
        return [b"one ", b"", b"two"]

    sent = await ask(DjangoThreads(app, workers=1))

    assert sent == [
        {
            "type": "http.response.start",
            "status": 201,
            "headers": [(b"set-cookie", b"a=b"), (b"set-cookie", b"c=d"), (b"x-n", b"\xfc")],
        },
        {"type": "http.response.body", "body": b"one two"},
    ]
    assert seen["body"] == b"body"
    assert seen["wsgi.input"].closed
    assert seen["PATH_INFO"].encode("latin-1").decode() == "/größe"
    assert seen["QUERY_STRING"] == "a=%C3%A4"
    assert (seen["HTTP_X_KIND"], seen["CONTENT_LENGTH"]) == ("one,two", "4")
    assert (seen["REMOTE_ADDR"], seen["REMOTE_PORT"]) == ("127.0.0.9", "4711")


class Answer:
    def __init__(self, closing: Callable[[], None]) -> None:
        self.close = closing

    def __iter__(self) -> Iterator[bytes]:
        return iter([b"whole"])


async def test_fault_after_the_answer_is_logged_and_the_next_request_served(caplog):
    def fail() -> None:
        raise RuntimeError("afterwards")

    def app(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        start("200 OK", [])
        return Answer(fail)

    threads = DjangoThreads(app, workers=1)
    with caplog.at_level(logging.ERROR):
        first, second = await ask(threads), await ask(threads)

    assert first[-1]["body"] == second[-1]["body"] == b"whole"
    # one thread serves both: what follows the first answer comes before the second
    assert str(caplog.records[0].exc_info[1]) == "afterwards"


@pytest.mark.parametrize("fault", [ValueError("before"), StopIteration()], ids=str)
async def test_fault_of_the_application_is_raised_to_the_server(fault: Exception):
    def app(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        raise fault

    with pytest.raises((ValueError, RuntimeError), match=r"before|StopIteration"):
        await ask(DjangoThreads(app, workers=1))


async def test_each_thread_does_the_same_work_once():
    seen: list[tuple[int, object]] = []

    def app(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        return []

    threads = DjangoThreads(app, workers=5)

    await threads.on_each(lambda given: seen.append((threading.get_ident(), given)), within=10)

    assert len({thread for thread, _ in seen}) == len(seen) == 5
    assert {given for _, given in seen} == {app}


async def test_fault_on_one_thread_is_raised_when_all_have_done_what_they_could():
    seen: list[int] = []

    def app(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        start("200 OK", [])
        return [b"served"]

    def work(_app: App) -> None:
        seen.append(threading.get_ident())
        if len(seen) == 1:
            raise RuntimeError("cold")

    threads = DjangoThreads(app, workers=3)

    with pytest.raises(RuntimeError, match="cold"):
        await threads.on_each(work, within=10)

    assert len(set(seen)) == 3
    assert (await ask(threads))[-1]["body"] == b"served"


async def test_work_that_does_not_end_is_not_waited_for():
    def app(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        start("200 OK", [])
        return [b"served"]

    go_on = threading.Event()
    threads = DjangoThreads(app, workers=2)

    with pytest.raises(TimeoutError):
        await threads.on_each(lambda _: go_on.wait(10), within=0.1)

    go_on.set()
    assert (await ask(threads))[-1]["body"] == b"served"
