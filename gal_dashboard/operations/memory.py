"""What large requests took of the memory goes back to the machine when they are answered.

By itself it would not. The garbage collector counts objects, not bytes: a request and its view
refer to each other, so a body of 20 MiB waits for hundreds of further requests. glibc raises the
size from which it maps memory apart with each large block that it is given back, and then keeps
such blocks in its heaps. And a database connection keeps room for the largest value that it ever
carried.
"""

import ctypes
import gc
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

from django.db import connections

from gal_dashboard.core import footprint

LARGE: Final = 1024 * 1024

_M_MMAP_THRESHOLD: Final = -3  # malloc.h of glibc

StartResponse = Callable[..., Any]
WSGIApp = Callable[[dict[str, Any], StartResponse], Iterable[bytes]]


def settle() -> None:
    """To be called once, when all is loaded and nothing has been served yet.

    Large blocks are mapped apart from now on, so each is given back when it is freed. What was
    loaded stays for the life of the process: the collector need not look through it again, which
    makes a full collection, during which nothing else runs, ten times shorter.
    """
    if (mallopt := _of_glibc("mallopt")) is not None:
        mallopt(_M_MMAP_THRESHOLD, LARGE)
    gc.collect()
    gc.freeze()
    # By default it looks for cycles after each 700 new objects, several times in a request, and
    # finds next to nothing: a tenth of what a lock costs. What is large is collected by give_back.
    gc.set_threshold(10_000, 20, 20)


def give_back() -> None:
    """Let go of what this thread is done with."""
    connections.close_all()
    gc.collect()
    if (malloc_trim := _of_glibc("malloc_trim")) is not None:
        malloc_trim(0)


def _of_glibc(name: str) -> Callable[..., int] | None:
    """A function of the C library; ``None`` where it is another one, which has other habits."""
    try:
        return getattr(ctypes.CDLL(None), name, None)
    except (OSError, TypeError):  # Windows
        return None


class GivesMemoryBack:
    """WSGI layer right around Django.

    After a large request its thread gives memory back: when the answer has been handed over, so
    that its client does not wait for it, and before the thread takes another request.
    """

    def __init__(self, app: WSGIApp) -> None:
        self._app = app

    def __call__(self, request: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        footprint.take()  # what a thread did before belongs to nobody here
        taken_in = int(request.get("CONTENT_LENGTH") or 0)  # as the gate counted it
        return _Answer(self._app(request, start_response), taken_in)


class _Answer:
    def __init__(self, parts: Iterable[bytes], taken_in: int) -> None:
        self._parts = parts
        self._size = taken_in

    def __iter__(self) -> Iterator[bytes]:
        for part in self._parts:
            self._size += len(part)
            yield part

    def close(self) -> None:
        parts, self._parts = self._parts, ()
        if hasattr(parts, "close"):
            parts.close()  # the end of the request, as Django sees it
        del parts
        if self._size + footprint.take() >= LARGE:
            give_back()
