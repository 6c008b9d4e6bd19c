"""What a thread lets go of after a large request, and what it keeps after a small one."""

import gc
import weakref
from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from django.db import connection

from gal_dashboard.core import footprint
from gal_dashboard.operations.memory import LARGE, GivesMemoryBack


class Django:
    """Answers ``answer``, having read ``read`` bytes, and leaves a cycle behind as its views do."""

    def __init__(self, *, answer: bytes = b"", read: int = 0) -> None:
        self.answer = answer
        self.read = read
        self.ended = 0
        self.left_behind: weakref.ref[Any] | None = None

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        view = Cyclic()
        view.me = view
        self.left_behind = weakref.ref(view)
        footprint.add(self.read)
        start_response("200 OK", [])
        return Parts(self)


class Cyclic:
    me: "Cyclic"


class Parts(list[bytes]):
    def __init__(self, django: Django) -> None:
        super().__init__([django.answer[:10], django.answer[10:]])
        self._django = django

    def close(self) -> None:
        self._django.ended += 1


@pytest.fixture
def no_collector() -> Iterator[None]:
    """As long as it looks at nothing by itself, only what is asked for is collected."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def request(django: Django, *, body: int = 0) -> bytes:
    """What a server does with a request whose body has that many bytes."""
    environ = {"CONTENT_LENGTH": str(body)} if body else {"CONTENT_LENGTH": ""}
    answer = GivesMemoryBack(django)(environ, lambda status, headers: None)
    parts = b"".join(answer)
    answer.close()  # type: ignore[attr-defined]
    return parts


@pytest.mark.parametrize(
    ("body", "read", "answer", "is_collected"),
    [
        (LARGE - 1, 0, 0, False),
        (LARGE, 0, 0, True),
        (0, 0, LARGE - 1, False),
        (0, 0, LARGE, True),
        (0, LARGE - 1, 0, False),
        (0, LARGE, 0, True),
    ],
    ids=["body", "large body", "answer", "large answer", "read", "much read"],
)
@pytest.mark.usefixtures("no_collector")
@pytest.mark.django_db(transaction=True)
def test_only_after_large_requests_is_memory_given_back(body, read, answer, is_collected):
    connection.ensure_connection()
    before = connection.connection
    django = Django(answer=bytes(answer), read=read)

    given = request(django, body=body)

    assert given == django.answer
    assert django.ended == 1
    assert django.left_behind is not None
    assert (django.left_behind() is None) == is_collected
    is_in_memory = connection.vendor == "sqlite" and connection.is_in_memory_db()
    assert (connection.connection is not before) == (is_collected and not is_in_memory)


def test_what_another_request_read_does_not_count():
    footprint.add(LARGE)
    django = Django()

    request(django)

    assert footprint.take() == 0
