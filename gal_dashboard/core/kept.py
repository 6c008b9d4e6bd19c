"""Values that are kept up to a number of bytes; those that were wanted last stay longest."""

import threading
from collections import OrderedDict
from collections.abc import Hashable
from typing import Final, Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")

OVERHEAD: Final = 500  # of a value beside its own bytes, roughly


class Kept(Generic[Key, Value]):
    """For any thread. ``largest`` is what a single value may have; a larger one is not kept.

    Who keeps bytes of orjson keeps a copy: its own hold on to the whole buffer of the writer, of 4
    KiB at least, which nobody counts.
    """

    def __init__(self, *, most: int, largest: int) -> None:
        self._most = most
        self._largest = largest
        self._lock = threading.Lock()
        self._values: OrderedDict[Key, tuple[Value, int]] = OrderedDict()
        self._size = 0

    def get(self, key: Key) -> Value | None:
        with self._lock:
            known = self._values.get(key)
            if known is None:
                return None
            self._values.move_to_end(key)
            return known[0]

    def keep(self, key: Key, value: Value, size: int) -> None:
        """``size`` is that of the value's bytes. What is there under this key stays."""
        if size > self._largest:
            return
        with self._lock:
            if key in self._values:
                return
            self._values[key] = value, size
            self._size += size + OVERHEAD
            while self._size > self._most:
                _, (_, gone) = self._values.popitem(last=False)
                self._size -= gone + OVERHEAD
