"""The page of what is connected: who sees what of it, and the order to reload."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from gal_dashboard.core.context import SYSTEM
from gal_dashboard.events import streams
from gal_dashboard.events.models import StreamEntry
from gal_dashboard.realtime import processes
from gal_dashboard.realtime.sockets import OverlaySocket, Sockets, StaffSocket
from graphics.claims import Claim
from graphics.locks import acquire_lock
from graphics.models import Graphic
from graphics.services import create_graphic
from tests.admin.staff import Staff, leaves, new_account
from users.choices import Role

LIVE = reverse("admin:graphics_live")
NOW = reverse("admin:graphics_live_now")
RELOAD = reverse("admin:graphics_live_reload")
ADDRESS = "192.0.2.77"


def overlay_of(graphic: Graphic, name: str, **fields: Any) -> OverlaySocket:
    told = {
        "connection_id": name,
        "graphic_id": graphic.pk,
        "since": timezone.now(),
        "address": ADDRESS,
        "version": 1,
        "seq": 1,
        "drawn_at": timezone.now(),
        "delay_ms": 38,
    }
    return OverlaySocket(**told | fields)


def connect(*overlays: OverlaySocket, viewing: int | None = None) -> None:
    """Another process of the server, which has these overlays and one member of staff."""
    kim = StaffSocket(
        connection_id="kim-1", user_id=1, user_name="kim", since=timezone.now(), viewing=viewing
    )
    processes.write("another", Sockets(overlays=list(overlays), staff=[kim]))


def test_page_tells_what_every_overlay_shows(ann, board):
    behind = overlay_of(board, "o1", version=0, seq=0, delay_ms=None)
    idle = overlay_of(board, "o2", version=None, seq=None, drawn_at=None, delay_ms=None)
    connect(behind, idle, overlay_of(board, "o3"), viewing=board.pk)
    acquire_lock(graphic_id=board.pk, claim=Claim(actor=SYSTEM))

    page = ann.open(LIVE)

    assert page.count(ADDRESS) == 6  # three cells, and the names of three buttons
    assert "Behind</strong>" in page
    assert "version 0 of 1, event 0 of 1" in page
    assert "Nothing yet</strong>" in page
    assert "Up to date</span>" in page
    assert "38 ms" in page
    assert "<td>kim" not in page
    assert ">kim</th>" in page
    assert page.count(reverse("admin:graphics_graphic_change", args=[board.pk])) == 3
    assert "system" in page.split("Editing now")[1]


def test_page_says_that_nobody_is_there(ann):
    page = ann.open(LIVE)

    assert "No overlay is connected." in page
    assert "No dashboard or bot is connected." in page
    assert "Nobody holds a lock." in page
    assert RELOAD not in page


def test_titles_are_texts(ann):
    nasty = create_graphic(
        actor=SYSTEM, title="<script>alert(1)</script>", event_name="Cup", document="{}"
    )
    connect(overlay_of(nasty, "o1", address="<b>"), viewing=nasty.pk)

    for path in (LIVE, NOW, f"{RELOAD}?overlay=o1"):
        page = ann.open(path)
        assert "<script>alert" not in page, path
        assert "<b>" not in page, path


def test_who_may_only_look_sees_no_addresses_and_no_buttons(board):
    connect(overlay_of(board, "o1"))
    vic = Staff(new_account("vic", Role.VIEWER))

    page = vic.open(LIVE)

    assert "Up to date" in page
    assert ADDRESS not in page
    assert RELOAD not in page
    assert vic.get(RELOAD).status_code == 403
    assert vic.post(RELOAD, {"reason": ""}).status_code == 403


def test_who_has_no_role_sees_nothing(db):
    kim = Staff(new_account("kim"))

    assert LIVE not in kim.open("/admin/")
    assert [kim.get(path).status_code for path in (LIVE, NOW, RELOAD)] == [403, 403, 403]


def test_first_page_leads_to_it(ann):
    assert f'href="{LIVE}"' in ann.open("/admin/")


@pytest.mark.parametrize(
    ("query", "question", "expected"),
    [
        ("?overlay=o1", "Reload the overlay of Board at 192.0.2.77?", (True, "o1")),
        ("?graphic={pk}", "Reload the 2 overlays of Board?", (True, None)),
        ("", "Reload the 3 overlays that are connected?", (False, None)),
    ],
)
def test_order_is_asked_for_and_given(pia, board, query, question, expected):
    other = create_graphic(actor=SYSTEM, title="Other", event_name="Cup", document="{}")
    connect(overlay_of(board, "o1"), overlay_of(board, "o2"), overlay_of(other, "o3"))
    path = RELOAD + query.format(pk=board.pk)
    assert question in pia.open(path)

    with leaves(deeds=["overlay.reload_ordered"], events=[]):
        answer = pia.post(path, {"reason": "New fonts."}, follow=True)

    [entry] = StreamEntry.objects.filter(stream=streams.internal("reloads"))
    names_graphic, connection_id = expected
    assert "told to reload." in answer.content.decode()
    assert answer.redirect_chain == [(LIVE, 302)]
    assert f'"graphic_id":{board.pk if names_graphic else "null"},' in entry.event.payload
    assert (f'"connection_id":"{connection_id}"' in entry.event.payload) is bool(connection_id)
    assert '"reason":"New fonts."' in entry.event.payload


@pytest.mark.parametrize(
    "query", ["?overlay=gone", "?graphic=0", "?graphic=x", f"?graphic={'9' * 30}", "?graphic=²"]
)
def test_order_for_what_is_not_there_is_refused(pia, board, query):
    connect(overlay_of(board, "o1"))
    assert "No such overlay is connected now." in pia.open(RELOAD + query)

    with leaves(deeds=[], events=[]):
        answer = pia.post(RELOAD + query, {"reason": ""}, follow=True)

    assert "errornote" in answer.content.decode() or 'class="error"' in answer.content.decode()


def test_reason_has_a_length(pia, board):
    connect(overlay_of(board, "o1"))

    with leaves(deeds=[], events=[]):
        answer = pia.post(RELOAD, {"reason": "x" * 501})

    assert answer.status_code == 200
    assert "at most 500 characters" in answer.content.decode()


def test_only_a_post_orders(ann, board):
    connect(overlay_of(board, "o1"))

    with leaves(deeds=[], events=[]):
        assert ann.get(f"{RELOAD}?reason=x").status_code == 200
        assert ann.post(NOW).status_code == 405
        assert ann.post(LIVE).status_code == 405


def test_page_costs_the_same_queries_however_many_are_connected(ann):
    counts = []
    for size in (1, 30):
        while Graphic.objects.count() < size:
            made = create_graphic(actor=SYSTEM, title="Board", event_name="Cup", document="{}")
            acquire_lock(graphic_id=made.pk, claim=Claim(actor=SYSTEM))
        connect(*(overlay_of(one, f"o{one.pk}") for one in Graphic.objects.all()))
        ann.open(LIVE)
        with CaptureQueriesContext(connection) as queries:
            ann.open(LIVE)
        counts.append(len(queries))

    assert counts[0] == counts[1]
