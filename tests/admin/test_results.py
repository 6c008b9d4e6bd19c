from typing import Any

import orjson
import pytest
from django.http import HttpResponse
from django.urls import reverse

from gal_dashboard.core.context import SYSTEM
from gal_dashboard.core.wire import dumps
from gal_dashboard.realtime import ports
from graphics.services import create_graphic
from tests.admin.forms import form_with
from tests.admin.staff import Staff, errors_in, leaves, new_account
from tournaments.models import Placement, ScoreboardSnapshot, Tournament
from tournaments.selectors import newest_document
from users.choices import Role

FINALISTS = (
    "FNC Dishsoap",
    "KC Double61",
    "TBD Ningli",
    "VSPO LiShao",
    "Asta1",
    "TBD LiTuChuan",
    "T1 Binteum",
    "Dr OH",
)


def board_of(tournament: Tournament) -> str:
    return reverse("admin:tournaments_tournament_results", args=[tournament.pk])


def sheet_of(tournament: Tournament, game: str, lobby: int = 1) -> str:
    return reverse("admin:tournaments_tournament_lobby", args=[tournament.pk, game, lobby])


def rows(names, outcomes=range(1, 9)) -> dict[str, str]:
    return {
        f"seats-{index}-{field}": str(value)
        for index, (name, outcome) in enumerate(zip(names, outcomes, strict=False))
        for field, value in (("player", name), ("outcome", outcome))
    }


def correct(
    staff: Staff, tournament: Tournament, game: str, changes: dict[str, Any], **fields: Any
) -> HttpResponse:
    """Correct lobby 1 as its sheet does: look at what changes, then say so with ``fields``."""
    looked = staff.save(sheet_of(tournament, game), "seats-0-player", **changes)
    values = form_with(looked.content.decode(), "fingerprint")
    path = reverse("admin:tournaments_tournament_correct", args=[tournament.pk, game, 1])
    return staff.post(path, values | fields)


def standings(tournament: Tournament) -> dict:
    return orjson.loads(newest_document(tournament.pk)[1])


def test_the_board_leads_to_the_lobby_that_was_drawn(ann, crown):
    page = ann.open(board_of(crown))

    assert f'href="{sheet_of(crown, "3.1")}"' in page
    assert sheet_of(crown, "3.2") not in page
    assert sheet_of(crown, "1.1") in page


def test_the_sheet_of_a_drawn_lobby_names_its_players(ann, crown):
    form = ann.fill(sheet_of(crown, "3.1"), "seats-0-player")

    players = {form[f"seats-{seat}-player"][0] for seat in range(8)}
    assert players == set(FINALISTS)
    assert all(form[f"seats-{seat}-outcome"] == [""] for seat in range(8))


def test_a_result_changes_the_standings_and_every_overlay(ann, crown):
    graphic = create_graphic(actor=SYSTEM, title="Board", event_name="Cup", tournament_id=crown.pk)

    with leaves(deeds=["placement.recorded"], events=["placement.recorded", "standings.published"]):
        answer = ann.save(sheet_of(crown, "3.1"), "seats-0-player", **rows(FINALISTS))

    assert answer.url == reverse("admin:tournaments_tournament_run", args=[crown.pk])
    table = standings(crown)
    assert [row["player_name"] for row in table["standings"][:8]] == list(FINALISTS)
    assert (table["after"], table["complete"]) == ("3.1", True)
    shown = orjson.loads(dumps(ports.snapshot(graphic.pk)))
    assert shown["standings"] == table
    assert sheet_of(crown, "3.2") in ann.open(board_of(crown))


def test_a_correction_replaces_the_result(ann, crown):
    ann.save(sheet_of(crown, "3.1"), "seats-0-player", **rows(FINALISTS))

    with leaves(
        deeds=["placement.corrected_together"],
        events=["placement.corrected_together", "standings.published"],
    ):
        answer = correct(ann, crown, "3.1", rows(FINALISTS[::-1]))

    assert answer.url == reverse("admin:tournaments_tournament_run", args=[crown.pk])

    assert standings(crown)["standings"][0]["player_name"] == "Dr OH"


def test_the_same_result_again_tells_nobody(ann, crown):
    ann.save(sheet_of(crown, "3.1"), "seats-0-player", **rows(FINALISTS))

    with leaves(deeds=[], events=[]):
        answer = ann.save(sheet_of(crown, "3.1"), "seats-0-player")

    assert answer.status_code == 302


def test_somebody_absent_scores_nothing(ann, crown):
    places = [*range(1, 8), "absent"]

    ann.save(sheet_of(crown, "3.1"), "seats-0-player", **rows(FINALISTS, places))

    last = next(row for row in standings(crown)["standings"] if row["player_name"] == FINALISTS[-1])
    assert last["total_points"] == 0
    assert Placement.objects.filter(is_absent=True).count() == 1


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"seats-0-player": "FNC Dishsop"}, "No participant is called FNC Dishsop."),
        ({"seats-0-player": "FNC Dishsop"}, "Did you mean FNC Dishsoap?"),
        ({"seats-1-outcome": "1"}, "Place 1 is given to FNC Dishsoap too."),
        ({"seats-1-outcome": ""}, "Give KC Double61 a place, or say absent."),
        ({"seats-1-player": ""}, "Whose place is this?"),
        ({"seats-1-player": "FNC Dishsoap"}, "FNC Dishsoap is named twice."),
        ({"seats-7-outcome": "absent", "seats-6-outcome": "8"}, "The places have a gap"),
        ({"seats-1-outcome": "9"}, "Select a valid choice."),
        ({f"seats-{seat}-outcome": "absent" for seat in range(8)}, "Nobody has a place yet."),
        ({"seats-0-player": "\0"}, "Null characters are not allowed."),
    ],
)
def test_a_faulty_result_is_refused_and_nothing_is_stored(ann, crown, changes, sentence):
    published = ScoreboardSnapshot.objects.count()

    with leaves(deeds=[], events=[]):
        answer = ann.save(sheet_of(crown, "3.1"), "seats-0-player", **rows(FINALISTS) | changes)

    assert any(sentence in error for error in errors_in(answer)), errors_in(answer)
    assert ScoreboardSnapshot.objects.count() == published


def test_a_fault_stands_at_the_row_of_its_player(ann, crown):
    answer = ann.save(
        sheet_of(crown, "3.1"),
        "seats-0-player",
        **rows(FINALISTS) | {"seats-4-player": "Somebody"},
    )

    assert [bool(form.errors) for form in answer.context["sheet"]] == [False] * 4 + [True] + [
        False
    ] * 3


def test_a_game_cannot_be_entered_before_its_turn(ann, crown):
    with leaves(deeds=[], events=[]):
        answer = ann.save(sheet_of(crown, "3.4"), "seats-0-player", **rows(FINALISTS))

    assert "Game 3.4 cannot have a result yet" in errors_in(answer)[0]


def test_of_two_who_enter_one_lobby_the_second_is_told_who_was_first(ann, bob, crown):
    anns_sheet = ann.fill(sheet_of(crown, "3.1"), "seats-0-player", **rows(FINALISTS))
    bob.save(sheet_of(crown, "3.1"), "seats-0-player", **rows(FINALISTS[::-1]))

    with leaves(deeds=[], events=[]):
        answer = ann.post(sheet_of(crown, "3.1"), anns_sheet)

    assert errors_in(answer)[0].startswith("bob changed this at")
    assert standings(crown)["standings"][0]["player_name"] == "Dr OH"


def test_lobbies_that_nobody_drew_are_entered_by_name(ann, small_cup):
    page = ann.open(board_of(small_cup))
    assert sheet_of(small_cup, "1.1", 2) in page
    assert sheet_of(small_cup, "1.1", 3) not in page

    first, second = ([f"Player {n}" for n in range(start, start + 8)] for start in (1, 9))
    answer = ann.save(sheet_of(small_cup, "1.1", 1), "seats-0-player", **rows(first))
    assert answer.url == sheet_of(small_cup, "1.1", 2)
    assert standings(small_cup)["complete"] is False
    ann.save(sheet_of(small_cup, "1.1", 2), "seats-0-player", **rows(second))

    assert standings(small_cup)["complete"] is True
    assert standings(small_cup)["standings"][0]["tied"] is True


def test_a_player_cannot_sit_in_two_lobbies_of_a_game(ann, small_cup):
    names = [f"Player {number}" for number in range(1, 9)]
    ann.save(sheet_of(small_cup, "1.1", 1), "seats-0-player", **rows(names))

    answer = ann.save(sheet_of(small_cup, "1.1", 2), "seats-0-player", **rows(names))

    assert "Player 1 sits in lobby 1 of this game." in errors_in(answer)


def test_standings_can_be_published_again(ann, crown):
    path = reverse("admin:tournaments_tournament_publish", args=[crown.pk])

    with leaves(deeds=["standings.republished"], events=["standings.published"]):
        assert ann.post(path).url == board_of(crown)
    assert ann.get(path).status_code == 405


def test_a_scorer_enters_results_and_others_only_see_them(crown):
    sam = Staff(new_account("sam", Role.SCORER))
    pia = Staff(new_account("pia", Role.PRODUCER))

    assert sheet_of(crown, "3.1") not in pia.open(board_of(crown))
    assert pia.get(sheet_of(crown, "3.1")).status_code == 403
    assert pia.post(sheet_of(crown, "3.1"), rows(FINALISTS)).status_code == 403
    assert sam.save(sheet_of(crown, "3.1"), "seats-0-player", **rows(FINALISTS)).status_code == 302


@pytest.mark.parametrize("game", ["3", "0.1", "3.1x", "٣.1", "99999.1"])
def test_what_is_no_game_has_no_sheet(ann, crown, game):
    assert ann.get(f"{board_of(crown)}{game}/1/").status_code == 404


def test_a_tournament_that_is_not_there_has_no_board(ann):
    for pk in (1, 2**63, 10**30):
        assert ann.get(f"/admin/tournaments/tournament/{pk}/results/").status_code == 404
