"""Results that wait, corrections that are looked at first, and the history of a lobby."""

from functools import partial

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from gal_dashboard.core.context import SYSTEM, Actor
from graphics.services import create_graphic
from tests.admin.forms import form_with
from tests.admin.staff import Staff, errors_in, leaves
from tests.admin.test_results import FINALISTS, board_of, correct, rows, sheet_of, standings
from tournaments import corrections, drawing, results, services, submissions
from tournaments.judging import LobbyResult
from tournaments.models import Correction, ResultSheet, Tournament
from tournaments.seating import Wish
from tournaments.standings import GameRef

BACKWARDS = FINALISTS[::-1]
PLACES = {f"Player {place}": place for place in range(1, 9)}


@pytest.fixture
def played(crown) -> Tournament:
    """The first game of the final is in."""
    results.record_lobby_result(actor=SYSTEM, tournament_id=crown.pk, result=said(FINALISTS))
    return crown


def said(names) -> LobbyResult:
    placements = {name: place for place, name in enumerate(names, start=1)}
    return LobbyResult(ref=GameRef(3, 1), lobby=1, placements=placements)


def submitted(tournament: Tournament, names=FINALISTS, note: str = "") -> ResultSheet:
    return submissions.submit_result(
        actor=SYSTEM, tournament_id=tournament.pk, result=said(names), note=note
    )


def page(name: str, tournament: Tournament, *args: object) -> str:
    return reverse(f"admin:tournaments_tournament_{name}", args=[tournament.pk, *args])


def told(answer) -> str:
    """What the page to which one is led says of the newest deed."""
    return [str(message) for message in answer.context["messages"]][-1]


def looked_at(staff: Staff, tournament: Tournament, names) -> dict:
    """The form of the page that says what a correction of the first lobby changes."""
    answer = staff.save(sheet_of(tournament, "3.1"), "seats-0-player", **rows(names))
    assert b"What this correction changes" in answer.content
    return form_with(answer.content.decode(), "fingerprint")


# --- Results that wait ----------------------------------------------------------------------------


def test_a_result_is_saved_for_confirmation_and_confirmed_by_another(sam, ann, crown):
    fields = rows(FINALISTS) | {"note": "By the captain.", "_submit": "Save for confirmation"}
    with leaves(deeds=["placement.submitted"], events=["placement.submitted"]):
        answer = sam.save(sheet_of(crown, "3.1"), "seats-0-player", **fields)
    assert answer.url == board_of(crown)

    board = ann.open(board_of(crown))
    assert all(text in board for text in ("Waiting to be confirmed", "By sam", "By the captain."))
    assert "1 result waits to be confirmed" in ann.open(page("run", crown))
    sheet = ResultSheet.objects.waiting().get()
    with leaves(deeds=["placement.recorded"], events=["placement.recorded", "standings.published"]):
        confirmed = ann.post(page("confirm_submission", crown, sheet.pk), follow=True)

    said_so = "The result of lobby 1 of game 3.1 is confirmed, and every overlay shows it."
    assert told(confirmed) == said_so
    assert standings(crown)["standings"][0]["player_name"] == FINALISTS[0]
    assert b"Waiting to be confirmed" not in confirmed.content


def test_what_waits_stands_beside_what_counts(ann, played):
    submitted(played, [FINALISTS[1], FINALISTS[0], *FINALISTS[2:]])

    [waiting] = ann.get(board_of(played)).context["queue"].shown

    assert waiting.is_correction
    changed = [(line.player, line.before, line.after) for line in waiting.lines if line.has_changed]
    assert changed == [(FINALISTS[1], "2", "1"), (FINALISTS[0], "1", "2")]


class TestReplacing:
    """A submission for a lobby that has another result: its consequences are looked at first."""

    @pytest.fixture
    def waiting(self, played) -> ResultSheet:
        return submitted(played, BACKWARDS, note="By the captain.")

    @pytest.fixture
    def confirm(self, played, waiting) -> str:
        return page("confirm_submission", played, waiting.pk)

    @pytest.fixture
    def look(self, played, waiting) -> str:
        return page("submission", played, waiting.pk)

    def test_it_says_first_what_it_changes(self, ann, played, look):
        create_graphic(actor=SYSTEM, title="Board", event_name="Cup", tournament_id=played.pk)
        assert look in ann.open(board_of(played))

        with leaves(deeds=[], events=[]):
            answer = ann.get(look)

        moved = {row["name"]: (row["before"], row["after"]) for row in answer.context["moved"]}
        assert (moved["Dr OH"][0]["rank"], moved["Dr OH"][1]["rank"]) == ("8", "1")
        shown = answer.content.decode()
        assert all(text in shown for text in ("Board: 0 overlays now", "By system", "captain"))
        assert standings(played)["standings"][0]["player_name"] == FINALISTS[0]

    def test_what_was_shown_is_done(self, ann, played, confirm, look):
        shown = form_with(ann.open(look), "fingerprint")

        events = ["placement.corrected", "standings.published"]
        with leaves(deeds=["placement.corrected"], events=events):
            answer = ann.post(confirm, shown, follow=True)

        assert "is confirmed, and every overlay shows it" in told(answer)
        assert standings(played)["standings"][0]["player_name"] == BACKWARDS[0]

    def test_what_was_not_shown_is_not_done(self, ann, played, confirm, look):
        """Somebody else corrects the lobby while the page is open."""
        other = [FINALISTS[1], FINALISTS[0], *FINALISTS[2:]]
        shown = form_with(ann.open(look), "fingerprint")
        correct(ann, played, "3.1", rows(other))

        with leaves(deeds=[], events=[]):
            answer = ann.post(confirm, shown).content.decode()

        assert "Nothing was changed. The correction would not do what its preview said" in answer
        assert standings(played)["standings"][0]["player_name"] == other[0]
        ann.post(confirm, form_with(answer, "fingerprint"))
        assert standings(played)["standings"][0]["player_name"] == BACKWARDS[0]

    def test_a_result_that_came_in_meanwhile_is_not_replaced(self, ann, crown):
        """It came in after the page with the button was opened."""
        sheet = submitted(crown, BACKWARDS)
        board = ann.open(board_of(crown))
        assert page("submission", crown, sheet.pk) + '"' not in board
        results.record_lobby_result(actor=SYSTEM, tournament_id=crown.pk, result=said(FINALISTS))

        with leaves(deeds=[], events=[]):
            answer = ann.post(page("confirm_submission", crown, sheet.pk)).content.decode()

        assert "Nothing was changed. The lobby has got another result meanwhile." in answer
        assert form_with(answer, "fingerprint")["fingerprint"]

    def test_what_says_the_same_needs_no_look(self, ann, played):
        sheet = submitted(played)
        board = ann.open(board_of(played))
        assert "It would replace a result." in board
        assert page("submission", played, sheet.pk) + '"' not in board

        with leaves(deeds=["placement.corrected"], events=["placement.corrected"]):
            answer = ann.post(page("confirm_submission", played, sheet.pk), follow=True)

        assert "is confirmed, and every overlay shows it" in told(answer)

    def test_what_is_decided_is_not_looked_at(self, ann, played, confirm, look):
        ann.post(confirm, form_with(ann.open(look), "fingerprint"))

        with leaves(deeds=[], events=[]):
            answer = ann.get(look, follow=True)

        assert told(answer) == "This submission is confirmed already, by ann."


def test_a_submission_is_rejected_with_a_reason(ann, crown):
    sheet = submitted(crown)
    path = page("reject_submission", crown, sheet.pk)
    with leaves(deeds=[], events=[]):
        assert "will not count" in ann.open(path)

    with leaves(deeds=["placement.rejected"], events=["placement.rejected"]):
        answer = ann.save(path, "reason", reason="The wrong game.")

    assert answer.url == board_of(crown)
    history = ann.open(page("lobby_history", crown, "3.1", 1))
    assert "The wrong game." in history
    assert "Rejected" in history


def test_what_is_decided_is_not_decided_again(ann, crown):
    sheet = submitted(crown)
    ann.post(page("confirm_submission", crown, sheet.pk))

    for name in ("confirm_submission", "reject_submission"):
        with leaves(deeds=[], events=[]):
            answer = ann.post(page(name, crown, sheet.pk), follow=True)
        assert told(answer) == "This submission is confirmed already, by ann."


def test_a_confirmation_that_is_refused_says_what_is_wrong(ann, small_cup):
    lobby = partial(LobbyResult, ref=GameRef(1, 1), placements=PLACES)
    kept = partial(submissions.submit_result, actor=SYSTEM, tournament_id=small_cup.pk)
    sheet = kept(result=lobby(lobby=1))
    ann.post(page("confirm_submission", small_cup, kept(result=lobby(lobby=2)).pk))

    with leaves(deeds=[], events=[]):
        answer = ann.post(page("confirm_submission", small_cup, sheet.pk), follow=True)

    assert told(answer).startswith("Player 1 sits in lobby 2 of this game. Player 2 sits in")


def test_a_faulty_result_cannot_be_saved_for_confirmation(ann, crown):
    faulty = rows(FINALISTS) | {"seats-0-player": "Somebody", "_submit": "on"}

    with leaves(deeds=[], events=[]):
        answer = ann.save(sheet_of(crown, "3.1"), "seats-0-player", **faulty)

    assert "No participant is called Somebody." in errors_in(answer)


@pytest.mark.parametrize("note", ["\0", "x" * 501])
def test_a_note_that_cannot_be_kept_is_refused(ann, crown, note):
    with leaves(deeds=[], events=[]):
        answer = ann.save(
            sheet_of(crown, "3.1"), "note", **rows(FINALISTS), note=note, _submit="on"
        )

    assert answer.context["note"].errors


def test_an_open_run_page_hears_of_a_result_that_waits(ann, crown):
    known = ann.get(page("run_now", crown))["ETag"]

    submitted(crown)
    answer = ann.get(page("run_now", crown), headers={"If-None-Match": known})

    assert b"1 result waits to be confirmed" in answer.content


# --- Corrections ----------------------------------------------------------------------------------


def test_a_correction_says_first_what_it_changes_and_writes_nothing(ann, played):
    create_graphic(actor=SYSTEM, title="Board", event_name="Cup", tournament_id=played.pk)

    with leaves(deeds=[], events=[]):
        answer = ann.save(sheet_of(played, "3.1"), "seats-0-player", **rows(BACKWARDS))

    moved = {row["name"]: (row["before"], row["after"]) for row in answer.context["moved"]}
    assert set(moved) == set(FINALISTS)
    assert (moved["Dr OH"][0]["rank"], moved["Dr OH"][1]["rank"]) == ("8", "1")
    assert b"Board: 0 overlays now" in answer.content
    assert standings(played)["standings"][0]["player_name"] == FINALISTS[0]


def test_a_correction_of_before_a_cut_names_who_falls_out(ann, crown):
    path = sheet_of(crown, "2.6")
    sheet = ann.fill(path, "seats-0-player")
    players = [sheet[f"seats-{seat}-player"][0] for seat in range(8)]

    answer = ann.post(path, sheet | rows(players[::-1]))

    [cut] = answer.context["cuts"]
    assert (cut["to"], cut["is_played"]) == (8, False)
    assert len(cut["comes_in"]) == len(cut["falls_out"]) > 0
    for one in (*cut["comes_in"], *cut["falls_out"]):
        assert f"<strong>{one['name']}</strong>" in answer.content.decode()


def test_a_correction_shows_the_draws_that_would_be_others(ann, small_cup):
    drawn = partial(drawing.publish_draw, actor=SYSTEM, tournament_id=small_cup.pk)
    enter = partial(results.record_lobby_result, actor=SYSTEM, tournament_id=small_cup.pk)
    names = dict(small_cup.participants.values_list("pk", "name"))
    for number, lobby in enumerate(drawn(wish=Wish()).lobbies, start=1):
        placements = {names[pk]: place for place, pk in enumerate(lobby, start=1)}
        enter(result=LobbyResult(ref=GameRef(1, 1), lobby=number, placements=placements))
    drawn(wish=Wish(game=GameRef(1, 2)))

    path = sheet_of(small_cup, "1.1", 2)
    answer = ann.save(path, "seats-0-player", **rows([*placements][::-1]))

    [draw] = answer.context["draws"]
    assert (draw["game"], draw["after"], draw["is_played"]) == ("1.2", "1.1", False)
    text = answer.content.decode()
    assert "They stay as they are" in text
    for pair in draw["pairs"]:
        assert ", ".join(pair["drawn"]) in text
        assert ", ".join(pair["would_be"]) in text
        assert pair["drawn"] != pair["would_be"]


def test_a_correction_keeps_its_reason_in_the_history(ann, played):
    answer = correct(ann, played, "3.1", rows(BACKWARDS), reason="The recording shows it.")

    assert answer.url == page("run", played)
    assert standings(played)["standings"][0]["player_name"] == BACKWARDS[0]
    history = ann.open(page("lobby_history", played, "3.1", 1))
    correction = Correction.objects.get()
    assert f"#correction-{correction.pk}" in history
    assert "Was confirmed, until a later one was" in history
    listed = ann.open(page("corrections", played))
    assert "The recording shows it." in listed
    assert "Dr OH 8 → 1" in listed


def test_what_changed_meanwhile_is_looked_at_again(ann, bob, played):
    anns = looked_at(ann, played, BACKWARDS)
    correct(bob, played, "3.1", rows([FINALISTS[1], FINALISTS[0], *FINALISTS[2:]]))

    with leaves(deeds=[], events=[]):
        answer = ann.post(page("correct", played, "3.1", 1), anns | {"reason": "Said once."})

    text = answer.content.decode()
    assert "Nothing was changed. The correction would not do what its preview said" in text
    again = form_with(text, "fingerprint")
    assert again["reason"] == ["Said once."]
    assert again["fingerprint"] != anns["fingerprint"]
    ann.post(page("correct", played, "3.1", 1), again)
    assert standings(played)["standings"][0]["player_name"] == BACKWARDS[0]


def test_of_two_who_correct_one_lobby_the_second_is_told_who_was_first(ann, bob, played):
    anns = ann.fill(sheet_of(played, "3.1"), "seats-0-player", **rows(BACKWARDS))
    correct(bob, played, "3.1", rows([FINALISTS[1], FINALISTS[0], *FINALISTS[2:]]))

    answer = ann.post(sheet_of(played, "3.1"), anns)

    assert errors_in(answer)[0].startswith("bob changed this at")


def test_a_sheet_of_before_another_draw_is_refused_with_who_drew(ann, small_cup):
    drawn = partial(drawing.publish_draw, actor=Actor(name="dana"), tournament_id=small_cup.pk)
    drawn(wish=Wish(game=GameRef(1, 1)))
    anns = ann.fill(sheet_of(small_cup, "1.1"), "seats-0-player", **rows(PLACES))
    drawn(wish=Wish(game=GameRef(1, 1), rule="random", seed=1))

    with leaves(deeds=[], events=[]):
        answer = ann.post(sheet_of(small_cup, "1.1"), anns)

    assert errors_in(answer)[0].startswith("dana changed this at")


def test_somebody_elses_correction_of_the_same_needs_no_second(ann, bob, played):
    anns = looked_at(ann, played, BACKWARDS)
    correct(bob, played, "3.1", rows(BACKWARDS))

    with leaves(deeds=[], events=[]):
        answer = ann.post(page("correct", played, "3.1", 1), anns, follow=True)

    assert (
        told(answer) == "Nothing was changed. All of these results are confirmed like this already."
    )


def test_a_faulty_correction_is_refused_at_the_row_of_its_player(ann, played):
    with leaves(deeds=[], events=[]):
        answer = ann.save(
            sheet_of(played, "3.1"),
            "seats-0-player",
            **rows(FINALISTS) | {"seats-4-player": "Somebody"},
        )

    rows_with_faults = [bool(form.errors) for form in answer.context["sheet"]]
    assert rows_with_faults == [False] * 4 + [True] + [False] * 3


@pytest.mark.parametrize("changes", [{"seats-0-outcome": "9"}, {"reason": "x" * 501}])
def test_a_correction_that_no_page_would_send_is_refused(ann, played, changes):
    form = looked_at(ann, played, BACKWARDS)

    with leaves(deeds=[], events=[]):
        answer = ann.post(page("correct", played, "3.1", 1), form | changes)

    assert answer.url == sheet_of(played, "3.1")


def test_back_keeps_what_was_typed(ann, played):
    form = looked_at(ann, played, BACKWARDS)

    with leaves(deeds=[], events=[]):
        answer = ann.post(sheet_of(played, "3.1"), form | {"_back": "Back"})

    sheet = form_with(answer.content.decode(), "seats-0-player")
    assert {
        sheet[f"seats-{seat}-player"][0]: sheet[f"seats-{seat}-outcome"][0] for seat in range(8)
    } == {name: str(place) for place, name in enumerate(BACKWARDS, start=1)}
    assert sheet["_seen"] == form["_seen"]


def test_a_correction_is_undone_and_not_twice(ann, played):
    correct(ann, played, "3.1", rows(BACKWARDS))
    made = Correction.objects.get()
    path = page("undo_correction", played, made.pk)
    with leaves(deeds=[], events=[]):
        assert "Game 3.1, lobby 1: FNC Dishsoap 1" in ann.open(path)

    answer = ann.post(path, {"reason": "It was right."}, follow=True)
    again = ann.post(path, follow=True)

    undoing = Correction.objects.get(undoes=made)
    assert told(answer) == f"Correction {made.pk} is undone, and every overlay shows it."
    assert told(again) == f"Correction {undoing.pk} has taken this one back already."
    assert standings(played)["standings"][0]["player_name"] == FINALISTS[0]
    assert f"Undone by correction {undoing.pk}" in answer.content.decode()


def test_what_was_corrected_since_is_not_undone(ann, played):
    correct(ann, played, "3.1", rows(BACKWARDS))
    first = Correction.objects.get()
    correct(ann, played, "3.1", rows([FINALISTS[1], FINALISTS[0], *FINALISTS[2:]]))

    with leaves(deeds=[], events=[]):
        answer = ann.post(page("undo_correction", played, first.pk), follow=True)

    assert told(answer) == "Not as this correction left them any more: game 3.1, lobby 1."


# --- Roles, addresses, cost -----------------------------------------------------------------------


def test_a_viewer_sees_everything_and_changes_nothing(vic, ann, played):
    correct(ann, played, "3.1", rows(BACKWARDS))
    sheet, correction = submitted(played), Correction.objects.get()
    confirm = page("confirm_submission", played, sheet.pk)
    reject = page("reject_submission", played, sheet.pk)
    look = page("submission", played, sheet.pk)
    undo = page("undo_correction", played, correction.pk)

    board = vic.open(board_of(played))
    assert "Waiting to be confirmed" in board
    assert page("lobby_history", played, "3.1", 1) in board
    assert confirm not in board
    assert reject not in board
    assert "ann" in vic.open(page("lobby_history", played, "3.1", 1))
    assert undo not in vic.open(page("corrections", played))
    for path in (confirm, reject, undo, page("correct", played, "3.1", 1)):
        assert vic.post(path).status_code == 403, path
    assert vic.get(look).status_code == 403
    assert ResultSheet.objects.waiting().count() == Correction.objects.count() == 1


def test_what_is_not_there_is_not_found(ann, crown):
    other = services.create_tournament(
        actor=SYSTEM, fields={"name": "Other", "max_participants": 8}
    )
    sheet = submitted(crown)

    for number in (sheet.pk, 0, 2**63, 10**30):
        assert ann.post(page("confirm_submission", other, number)).status_code == 404
        assert ann.get(page("reject_submission", other, number)).status_code == 404
        assert ann.get(page("submission", other, number)).status_code == 404
        assert ann.get(page("undo_correction", other, number)).status_code == 404
    assert ann.get(page("confirm_submission", crown, sheet.pk)).status_code == 405
    assert ann.get(page("lobby_history", crown, "x", 1)).status_code == 404
    assert "Nobody has said anything" in ann.open(page("lobby_history", crown, "3.9", 1))
    assert "Nothing was corrected yet." in ann.open(page("corrections", crown))


def test_pages_cost_the_same_queries_for_one_row_and_for_thirty(ann, played):
    correct(ann, played, "3.1", rows(BACKWARDS))
    submitted(played)
    paths = [
        board_of(played),
        page("lobby_history", played, "3.1", 1),
        page("corrections", played),
    ]
    few = [_queries(ann, path) for path in paths]
    for turn in range(29):
        submitted(played)
        wanted = [said((FINALISTS, BACKWARDS)[turn % 2])]
        corrections.correct_results(actor=SYSTEM, tournament_id=played.pk, wanted=wanted)

    assert [_queries(ann, path) for path in paths] == few
    assert max(few) <= 12


def _queries(staff: Staff, path: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        staff.open(path)
    return len(queries)
