"""The numbers that the running server tells Prometheus.

Each app declares its own in its ``monitoring.py`` and counts beside the code that they are about.
Labels have few values, all of them ours: never what a client wrote. With several processes each
writes into a file of its own and whoever is asked adds them up, so a gauge says what its values of
several processes are together. ``docs/monitoring.md`` lists all of them.
"""

from collections.abc import Callable, Sequence
from typing import Final, Literal

from django.db import transaction
from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
)

# Half of what would be told otherwise: when each series began, which Prometheus does not read.
disable_created_metrics()

REGISTRY: Final = CollectorRegistry()

# Upper ends in seconds. An answer takes milliseconds; a login a tenth of a second.
BUCKETS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)

_LOOKS: Final[list[Callable[[], None]]] = []


def counter(
    name: str, text: str, labels: Sequence[str] = (), *, known: Sequence[str] = ()
) -> Counter:
    """Its name on the wire ends in ``_total``.

    ``known`` values of its one label are told from the beginning, as 0: an alert that looks for a
    rise misses one that begins with the first number.
    """
    made = Counter(name, text, labels, registry=REGISTRY)
    for value in known:
        made.labels(value)
    return made


def histogram(name: str, text: str, labels: Sequence[str] = ()) -> Histogram:
    return Histogram(name, text, labels, buckets=BUCKETS, registry=REGISTRY)


def gauge(
    name: str,
    text: str,
    labels: Sequence[str] = (),
    *,
    together: Literal["livesum", "livemax", "livemin", "liveall", "livemostrecent"],
    known: Sequence[str] = (),
) -> Gauge:
    """``together``: how the values of several live processes become one (``liveall``: not)."""
    made = Gauge(name, text, labels, multiprocess_mode=together, registry=REGISTRY)
    for value in known:
        made.labels(value)
    return made


def count_after_commit(counted: Counter) -> None:
    """Count what the transaction under way makes true; nothing if it does not commit."""
    transaction.on_commit(counted.inc, robust=True)


def look_with(look: Callable[[], None]) -> None:
    """Have ``look`` set gauges every few seconds, in the event loop. It returns soon."""
    if look not in _LOOKS:
        _LOOKS.append(look)


def look() -> None:
    """Bring the gauges of this process up to date. Belongs to the event loop."""
    for one in _LOOKS:
        one()
