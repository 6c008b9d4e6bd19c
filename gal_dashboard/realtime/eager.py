"""Run a coroutine at once as far as it goes, and pay for a task only if it has to wait.

A server's ``send`` rarely waits. A task for each of 500 sends makes the last client wait half as
long again (Python 3.12 has eager tasks for this; 3.11 does not).
"""

from collections.abc import Callable, Coroutine, Generator
from functools import partial
from typing import Any


def begin(coroutine: Coroutine[Any, Any, None]) -> "Rest | None":
    """Run ``coroutine`` until it ends or has to wait; what is left of it, ``None`` if it ended.

    What the coroutine raises, this raises. Must be called in the event loop's thread.
    """
    try:
        waits_for = coroutine.send(None)
    except StopIteration:
        return None
    return Rest(coroutine, waits_for)


class Rest:
    """A coroutine that was begun outside of any task. To be awaited once, in a task."""

    __slots__ = ("_coroutine", "_waits_for")

    def __init__(self, coroutine: Coroutine[Any, Any, None], waits_for: Any) -> None:
        self._coroutine = coroutine
        self._waits_for = waits_for

    def __await__(self) -> Generator[Any, Any, None]:
        waits_for = self._waits_for
        while True:
            go_on: Callable[[], Any]
            try:
                go_on = partial(self._coroutine.send, (yield waits_for))
            except BaseException as error:  # noqa: BLE001 - a cancellation belongs to the coroutine
                go_on = partial(self._coroutine.throw, error)
            try:
                waits_for = go_on()
            except StopIteration:
                return
