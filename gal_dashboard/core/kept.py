"""Values that are kept up to a number of bytes; those that were wanted last stay longest."""

import threading
from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Kept(Generic[Key, Value]):
    """For any thread. The sizes of all values together are at most ``most``, that of each at most
    ``largest``: a larger one is not kept.

    Whoever keeps bytes of orjson keeps a copy: its own hold on to the whole buffer of the writer,
    of 4 KiB at least, which nobody counts.
    """

    def __init__(self, *, most: int, largest: int) -> None:
        self._most = most
        self._largest = largest
        self._lock = threading.Lock()
        self._values: OrderedDict[Key, tuple[Value, int]] = OrderedDict()
        self._size = 0

    def __len__(self) -> int:
        return len(self._values)

    @property
    def size(self) -> int:
        return self._size

    def get(self, key: Key) -> Value | None:
        with self._lock:
            known = self._values.get(key)
            if known is None:
                return None
            self._values.move_to_end(key)
            return known[0]

    def keep(self, key: Key, value: Value, size: int) -> None:
        """Keep a value instead of the one under this key. ``size`` is in bytes, with whatever the
        value takes beside its own.
        """
        with self._lock:
            self._drop(key)
            if size > self._largest:
                return
            self._values[key] = value, size
            self._size += size
            while self._size > self._most:
                self._drop(next(iter(self._values)))

    def drop(self, key: Key) -> None:
        with self._lock:
            self._drop(key)

    def _drop(self, key: Key) -> None:
        _, size = self._values.pop(key, (None, 0))
        self._size -= size
