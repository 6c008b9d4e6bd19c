"""The lock of a graphic in the admin: who opens a page reads, who presses the button edits."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from graphics import locks
from graphics.claims import Claim
from graphics.models import CanvasLease
from tests.admin.locking import edit, lock_of, page_of, take
from tests.admin.staff import PASSWORD, Staff, errors_in, leaves, new_account
from users.choices import Role
from users.selectors import actor_in_admin


def hold_elsewhere(graphic, staff: Staff) -> CanvasLease:
    """The lock of somebody who edits with another program."""
    actor = actor_in_admin(staff.user, session_key="another")
    return locks.acquire_lock(graphic_id=graphic.pk, claim=Claim(actor=actor, session_id="editor"))


def end_by_time(graphic) -> None:
    past = timezone.now() - timedelta(seconds=1)
    CanvasLease.objects.filter(graphic=graphic, end="").update(expires_at=past)


def test_opening_a_page_locks_nothing_and_shows_no_form(ann, board):
    with leaves(deeds=[], events=[]):
        page = ann.open(page_of(board))

    assert "Nobody is editing this graphic." in page
    assert 'value="Edit (take the lock)">' in page
    assert 'name="title"' not in page
    assert 'name="_save"' not in page
    assert not CanvasLease.objects.exists()


def test_the_button_takes_the_lock_and_opens_the_form(ann, board):
    with leaves(deeds=["graphic.lock_acquired"], events=["graphic.lock_acquired"]):
        take(ann, board)

    lease = CanvasLease.objects.get()
    assert (lease.user_name, lease.end) == ("ann", "")
    assert lease.session_id.startswith("admin:")
    assert ann.session.session_key not in lease.session_id
    page = ann.open(page_of(board))
    assert f'name="_fence" value="{lease.fence}"' in page
    assert "You are editing. Your lock holds until" in page


def test_another_sees_who_edits_until_when_and_cannot_press_the_button(ann, bob, board):
    take(ann, board)

    page = bob.open(page_of(board))

    assert re.search(r"ann is editing until \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC\.", page)
    assert 'value="Edit (take the lock)" disabled>' in page
    assert 'name="title"' not in page


def test_a_second_sign_in_of_the_same_person_is_another_editor(ann, board):
    hold_elsewhere(board, ann)

    page = ann.open(page_of(board))

    assert "ann is editing, in another window or sign-in, until" in page
    assert 'name="title"' not in page


def test_taking_a_lock_that_another_holds_is_refused_with_the_holder(ann, bob, board):
    take(ann, board)

    with leaves(deeds=[], events=[]):
        answer = bob.post(lock_of(board, "take"), follow=True)

    assert "Ann is editing this graphic until" in answer.content.decode()
    assert CanvasLease.objects.get().user_name == "ann"


def test_a_save_is_refused_while_another_holds_the_lock_and_stores_nothing(ann, bob, board):
    take(bob, board)
    form = bob.fill(page_of(board), "title", title="By Bob")
    bob.post(lock_of(board, "release"))
    lease = hold_elsewhere(board, ann)

    with leaves(deeds=[], events=[]):
        answer = bob.post(page_of(board), form)

    assert errors_in(answer) == [
        f"ann is editing this graphic until {lease.expires_at:%Y-%m-%d %H:%M:%S} UTC, "
        "so nothing was changed."
    ]
    assert 'value="By Bob"' in answer.content.decode()
    board.refresh_from_db()
    assert (board.title, board.version) == ("Board", 1)


def test_who_lost_the_lock_to_another_overwrites_nothing(ann, bob, board):
    take(ann, board)
    form = ann.fill(page_of(board), "title", title="By Ann")
    end_by_time(board)
    take(bob, board)
    bob.post(lock_of(board, "release"))

    answer = ann.post(page_of(board), form)

    assert errors_in(answer)[0].startswith("Your lock has ended and somebody else had one since.")
    board.refresh_from_db()
    assert board.version == 1


def test_a_lock_that_ran_out_unnoticed_does_not_lose_what_was_typed(ann, board):
    take(ann, board)
    form = ann.fill(page_of(board), "title", title="By Ann")
    end_by_time(board)

    assert ann.post(page_of(board), form).status_code == 302
    board.refresh_from_db()
    assert board.title == "By Ann"


@pytest.mark.parametrize("fence", ["0", "x", "-1", "9" * 5000, "²"])
def test_a_made_up_fence_is_a_lost_lock(ann, board, fence):
    answer = edit(ann, board, title="Scores", _fence=fence)

    assert errors_in(answer)[0].startswith("Your lock has ended")


def test_save_and_stay_keeps_the_lock_and_save_and_leave_gives_it_back(ann, board):
    take(ann, board)

    ann.save(page_of(board), "title", title="One", _continue="1")
    assert CanvasLease.objects.get().end == ""
    ann.save(page_of(board), "title", title="Two")

    assert CanvasLease.objects.get().end == "released"


def test_who_adds_a_graphic_and_stays_goes_on_editing(ann, db):
    add = reverse("admin:graphics_graphic_add")

    answer = ann.post(
        add, ann.fill(add, "title", title="New", event_name="Cup", _continue="1"), follow=True
    )

    assert b'name="_save"' in answer.content
    assert CanvasLease.objects.get().user_name == "ann"


def test_stop_editing_gives_the_lock_back(ann, bob, board):
    take(ann, board)

    with leaves(deeds=["graphic.lock_released"], events=["graphic.lock_released"]):
        ann.post(lock_of(board, "release"))

    take(bob, board)


def test_an_open_page_renews_its_lock_until_it_is_lost(ann, bob, board):
    take(ann, board)
    end = CanvasLease.objects.get().expires_at

    renewed = ann.post(lock_of(board, "refresh"))
    ann.post(lock_of(board, "release"))
    take(bob, board)
    lost = ann.post(lock_of(board, "refresh"))

    assert renewed.json()["is_mine"] is True
    assert 290 < renewed.json()["held_for_seconds"] <= 300
    assert CanvasLease.objects.earliest("fence").expires_at > end
    assert lost.status_code == 409
    assert (lost.json()["is_mine"], lost.json()["is_free"]) == (False, False)
    assert lost.json()["sentence"].startswith("bob is editing until")


def test_the_status_says_nothing_that_would_let_others_take_part(ann, bob, board):
    take(ann, board)

    status = bob.get(lock_of(board))

    lease = CanvasLease.objects.get()
    assert lease.session_id not in status.content.decode()
    assert lease.session_id not in bob.open(reverse("admin:graphics_canvaslease_changelist"))
    own = reverse("admin:graphics_canvaslease_change", args=[lease.pk])
    assert lease.session_id not in bob.open(own)


def test_an_administrator_breaks_a_lock_with_a_reason(ann, bob, board):
    take(ann, board)
    path = lock_of(board, "force")
    assert "ann is editing until" in bob.open(path)

    without = bob.post(path, {"reason": " "})
    with leaves(deeds=["graphic.lock_forced"], events=["graphic.lock_forced"]):
        bob.save(path, "reason", reason="The show begins.")

    assert b"This field is required." in without.content
    assert CanvasLease.objects.get().end == "forced"
    lost = ann.post(lock_of(board, "refresh"))
    assert lost.status_code == 409
    history = bob.open(reverse("admin:graphics_graphic_history", args=[board.pk]))
    assert "The show begins." in history


def test_a_producer_breaks_no_lock_and_is_offered_none(pia, ann, board):
    take(ann, board)

    assert lock_of(board, "force") not in pia.open(page_of(board))
    assert pia.get(lock_of(board, "force")).status_code == 403
    assert pia.post(lock_of(board, "force"), {"reason": "x"}).status_code == 403


def test_a_viewer_sees_who_edits_and_takes_nothing(ann, board):
    vic = Staff(new_account("vic", Role.VIEWER))
    take(ann, board)

    page = vic.open(page_of(board))

    assert "ann is editing until" in page
    assert "Edit (take the lock)" not in page
    for verb in ("take", "refresh", "release"):
        assert vic.post(lock_of(board, verb)).status_code == 403, verb


@pytest.mark.parametrize("verb", ["take", "refresh", "release"])
def test_a_lock_changes_by_post_alone(ann, board, verb):
    assert ann.get(lock_of(board, verb)).status_code == 405
    missing = lock_of(board, verb).replace(f"/{board.pk}/", "/999999/")
    assert ann.post(missing).status_code == 404


def test_the_list_names_who_edits(ann, bob, board):
    take(ann, board)

    listed = bob.open(reverse("admin:graphics_graphic_changelist"))
    end_by_time(board)
    later = bob.open(reverse("admin:graphics_graphic_changelist"))

    assert '<td class="field-editor">ann</td>' in listed
    assert '<td class="field-editor">-</td>' in later


def test_the_list_of_locks_says_how_each_ended(ann, bob, board):
    take(ann, board)
    ann.post(lock_of(board, "release"))
    take(bob, board)
    listed = reverse("admin:graphics_canvaslease_changelist")

    page = ann.open(listed)
    held = ann.open(f"{listed}?state=held")
    end_by_time(board)
    late = ann.open(listed)

    assert re.search(r"Released by its holder at \d{4}-", page)
    assert ">Holds<" in page
    assert ("bob" in held, 'field-user_name">ann' in held) == (True, False)
    assert ">Ran out<" in late


def test_signing_in_again_is_another_editor(ann, board):
    take(ann, board)
    again = Staff(ann.user)
    assert again.login(username="ann", password=PASSWORD)

    assert 'name="title"' not in again.open(page_of(board))
