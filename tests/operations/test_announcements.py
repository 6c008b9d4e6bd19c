"""``manage.py announce``: a word to everybody who has a dashboard open."""

import pytest

from tests.events import logbook


def test_the_crew_is_told_and_overlays_are_not(server):
    server.manage("announce", "  We restart at eight. ", "--level", "warning")

    told = logbook.entries(server)[-1]
    assert (told.type, told.name, told.public) == ("system_notification", "system.announced", None)
    assert told.payload == {
        "action": "announced",
        "level": "warning",
        "message": "We restart at eight.",
        "actor": "system",
    }


@pytest.mark.parametrize("arguments", [[" "], ["Hello", "--level", "panic"]])
def test_nothing_and_unknown_levels_are_refused(server, arguments):
    head = logbook.head(server)

    with pytest.raises(AssertionError, match=r"nothing to say|invalid choice"):
        server.manage("announce", *arguments)

    assert logbook.head(server) == head
