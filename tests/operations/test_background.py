"""What works beside the requests: one thread of a kind, in servers alone, whatever befalls it."""

import threading
import time

import pytest
from django.core.management import call_command

from gal_dashboard.core import background
from gal_dashboard.core.background import BackgroundWorker


class Clumsy(BackgroundWorker):
    """Falls twice before it walks."""

    name = "clumsy"

    def __init__(self) -> None:
        super().__init__()
        self.falls = 0
        self.walks = threading.Event()

    def run(self) -> None:
        if self.falls < 2:
            self.falls += 1
            raise ZeroDivisionError
        self.walks.set()
        self.is_over.wait(60)


def names() -> list[str]:
    return [thread.name for thread in threading.enumerate()]


def test_a_worker_that_fails_begins_anew_and_says_so(monkeypatch, caplog):
    monkeypatch.setattr(background, "BEGIN_ANEW_SECONDS", 0.01)
    worker = Clumsy()
    for _ in range(2):
        worker.start()
    try:
        assert worker.walks.wait(timeout=60)
        assert names().count("clumsy") == 1
    finally:
        worker.stop()

    assert [record.getMessage() for record in caplog.records] == [
        "The clumsy failed; it begins anew"
    ] * 2
    assert "clumsy" not in names()


def test_a_worker_that_fails_is_stopped_without_waiting(monkeypatch):
    monkeypatch.setattr(background, "BEGIN_ANEW_SECONDS", 600)
    worker = Clumsy()
    worker.start()
    while not worker.falls:
        time.sleep(0.01)

    worker.stop()

    assert "clumsy" not in names()


@pytest.mark.django_db(transaction=True)
def test_commands_start_no_worker(capsys):
    for command in ("prune_events", "prune_graphics", "check"):
        call_command(command)

    assert {"sweeper", "pruner"}.isdisjoint(names())
