"""What a thread has held in memory that neither its request nor its answer shows.

An archiving reads a document of 20 MiB and answers with a sentence. Whoever reads such a thing says
so here; who gives memory back afterwards (``operations.memory``) asks.
"""

import threading


class _Thread(threading.local):
    size = 0


_thread = _Thread()


def add(size: int) -> None:
    _thread.size += size


def take() -> int:
    """The bytes added by this thread since it was last asked."""
    size, _thread.size = _thread.size, 0
    return size
