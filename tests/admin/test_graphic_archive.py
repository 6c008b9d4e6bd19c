"""Archiving, restoring and copying graphics, on their page and from the list."""

import pytest
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.urls import reverse

from gal_dashboard.core.context import SYSTEM
from graphics.models import CanvasLease, Graphic
from graphics.services import create_graphic
from tests.admin.locking import edit, lock_of, page_of, take
from tests.admin.staff import Staff, leaves, new_account
from users.choices import Role

LIST = "/admin/graphics/graphic/"


def address(name: str, graphic: Graphic) -> str:
    return reverse(f"admin:graphics_graphic_{name}", args=[graphic.pk])


def choose(staff: Staff, action: str, *graphics: Graphic, path: str = LIST, **fields: str):
    boxes = {ACTION_CHECKBOX_NAME: [graphic.pk for graphic in graphics]}
    return staff.post(path, {"action": action, **boxes, **fields}, follow=True)


@pytest.fixture
def ticker(db) -> Graphic:
    return create_graphic(actor=SYSTEM, title="Ticker", event_name="Cup")


def test_a_graphic_is_archived_with_a_reason_and_restored(ann, board):
    with leaves(deeds=["graphic.archived"], events=["graphic.archived"]):
        ann.save(address("archive", board), "reason", reason="The cup is over.")

    board.refresh_from_db()
    assert (board.archived, board.archived_by) == (True, "ann")
    page = ann.open(page_of(board))
    assert "This graphic is archived by ann" in page
    assert "Reason: The cup is over." in page
    assert "Edit (take the lock)" not in page

    with leaves(deeds=["graphic.restored"], events=["graphic.restored", "standings.published"]):
        ann.post(address("restore", board))
    board.refresh_from_db()
    assert not board.archived


def test_asking_is_not_doing(ann, board):
    with leaves(deeds=[], events=[]):
        for name in ("archive", "restore", "duplicate"):
            ann.open(address(name, board))


def test_a_graphic_that_another_edits_is_not_archived(ann, bob, board):
    take(ann, board)

    with leaves(deeds=[], events=[]):
        answer = bob.post(address("archive", board), {"reason": ""}, follow=True)

    assert "Ann is editing this graphic until" in answer.content.decode()
    board.refresh_from_db()
    assert not board.archived


def test_the_editor_archives_and_the_lock_ends_with_it(ann, board):
    take(ann, board)

    ann.post(address("archive", board), {"reason": ""})

    assert CanvasLease.objects.get().end == "archived"


def test_a_reason_that_is_too_long_is_refused_at_its_field(ann, board):
    answer = ann.post(address("archive", board), {"reason": "x" * 501})

    assert b"at most 500 characters" in answer.content
    board.refresh_from_db()
    assert not board.archived


def test_restoring_what_is_not_archived_says_so(ann, board):
    answer = ann.post(address("restore", board), follow=True)

    assert "This graphic is not archived." in answer.content.decode()


def test_a_copy_has_a_name_of_its_own(ann, board):
    edit(ann, board, document='{"elements": [], "mine": 1}')

    answer = ann.save(address("duplicate", board), "event_name", event_name="Finals")

    copy = Graphic.objects.latest("pk")
    assert answer.url == page_of(copy)
    assert (copy.title, copy.event_name, copy.version) == ("Board (Copy)", "Finals", 1)
    assert copy.document == '{"elements":[],"mine":1}'


def test_several_are_archived_after_a_question(ann, board, ticker):
    asked = choose(ann, "archive_selected", board, ticker)
    assert "Archive: 2 graphics?" in asked.content.decode()
    assert not Graphic.objects.filter(archived=True).exists()

    choose(ann, "archive_selected", board, ticker, confirmed="yes", reason="Over.")

    rows = Graphic.objects.filter(archived=True).order_by("pk")
    assert list(rows.values_list("title", "archive_reason")) == [
        ("Board", "Over."),
        ("Ticker", "Over."),
    ]


def test_the_question_about_several_sends_itself(ann, board, ticker):
    from tests.admin.forms import form_with

    asked = choose(ann, "archive_selected", board, ticker)

    ann.post(LIST, form_with(asked.content.decode(), "confirmed"))

    assert Graphic.objects.filter(archived=True).count() == 2


def test_of_several_one_that_is_edited_does_not_keep_the_others(ann, bob, board, ticker):
    take(ann, board)

    answer = choose(bob, "archive_selected", board, ticker, confirmed="yes", reason="")

    said = answer.content.decode()
    assert "“Board”: ann is editing this graphic until" in said
    assert "Archived: 1." in said
    assert list(Graphic.objects.filter(archived=True)) == [ticker]


def test_several_are_restored_and_copied(ann, board, ticker):
    Graphic.objects.update(archived=True)
    everything = f"{LIST}?state=all"

    choose(ann, "restore_selected", board, ticker, path=everything)
    answer = choose(ann, "duplicate_selected", board, ticker)

    assert "Duplicated: 2." in answer.content.decode()
    titles = Graphic.objects.on_air().order_by("pk").values_list("title", flat=True)
    assert list(titles) == ["Board", "Ticker", "Board (Copy)", "Ticker (Copy)"]


def test_the_locks_of_several_are_broken_by_administrators_alone(ann, bob, pia, board, ticker):
    take(ann, board)

    choose(pia, "unlock_selected", board, confirmed="yes", reason="Now.")
    assert CanvasLease.objects.get().end == ""
    without = choose(bob, "unlock_selected", board, ticker, confirmed="yes", reason="")
    assert b"This field is required." in without.content
    choose(bob, "unlock_selected", board, ticker, confirmed="yes", reason="Now.")

    assert CanvasLease.objects.get().end == "forced"
    assert ann.post(lock_of(board, "refresh")).status_code == 409


def test_a_viewer_is_offered_nothing_and_refused_everything(board):
    vic = Staff(new_account("vic", Role.VIEWER))

    page = vic.open(page_of(board))

    for name in ("archive", "restore", "duplicate"):
        assert address(name, board) not in page, name
        assert vic.get(address(name, board)).status_code == 403, name
        assert vic.post(address(name, board)).status_code == 403, name
    choose(vic, "archive_selected", board, confirmed="yes", reason="")
    choose(vic, "duplicate_selected", board)
    assert list(Graphic.objects.values_list("title", "archived")) == [("Board", False)]


def test_titles_are_text_wherever_they_are_shown(ann, db):
    nasty = create_graphic(actor=SYSTEM, title="<img src=x>&", event_name="<b>")

    for name in ("archive", "restore", "duplicate", "lock_force", "versions"):
        page = ann.open(address(name, nasty))
        assert "<img src=x>" not in page, name
        assert "&lt;img src=x&gt;&amp;" in page, name
    assert "<img src=x>" not in choose(ann, "archive_selected", nasty).content.decode()
