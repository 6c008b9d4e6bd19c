"""What a server tells Prometheus, read as Prometheus reads it."""

import time
from collections.abc import Callable

from prometheus_client.parser import text_string_to_metric_families

from tests.support.api import Api

SECONDS_TO_WAIT = 60


class Numbers:
    """One answer of ``/metrics``."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._samples = [
            sample for family in text_string_to_metric_families(text) for sample in family.samples
        ]

    def __call__(self, name: str, **labels: str) -> float:
        """The sum of all series of that name that have these labels."""
        return sum(
            sample.value
            for sample in self._samples
            if sample.name == name and labels.items() <= sample.labels.items()
        )

    def series(self, name: str) -> list[dict[str, str]]:
        return [sample.labels for sample in self._samples if sample.name == name]

    @property
    def names(self) -> set[str]:
        return {sample.name for sample in self._samples}


def read(client: Api) -> Numbers:
    """By the token that the client has."""
    answer = client.get("/metrics")
    assert answer.status_code == 200, answer.text
    return Numbers(answer.text)


def until(client: Api, is_so: Callable[[Numbers], object]) -> Numbers:
    deadline = time.monotonic() + SECONDS_TO_WAIT
    while not is_so(numbers := read(client)):
        assert time.monotonic() < deadline, numbers.text
        time.sleep(0.05)
    return numbers
