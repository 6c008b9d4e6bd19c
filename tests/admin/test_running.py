"""An event run from its own page: where it stands, the one next step, and the way to the end."""

import re

import pytest
from django.urls import reverse

from gal_dashboard.core.context import SYSTEM
from tests.admin.staff import Staff, leaves, new_account
from tournaments import drawing, registration, results, services
from tournaments.format import change_stages
from tournaments.models import Participant, Tournament
from tournaments.presets import StageFormat
from tournaments.results import LobbyResult
from tournaments.seating import Wish
from tournaments.standings import Cut, GameRef
from users.choices import Role


def page(name: str, *args: object) -> str:
    return reverse(f"admin:tournaments_tournament_{name}", args=args)


def next_step(staff: Staff, cup: Tournament) -> tuple[str, str]:
    """The primary button of the page: what it says and where it leads."""
    text = staff.open(page("run", cup.pk))
    found = re.search(r'<a class="button default" href="([^"]+)">([^<]+)</a>', text)
    assert found is not None, text
    return found[2], found[1]


def new_cup(players: int, **fields: object) -> Tournament:
    cup = services.create_tournament(
        actor=SYSTEM, fields={"name": "Cup", "max_participants": 16, **fields}
    )
    names = [f"Player {number:02}" for number in range(1, players + 1)]
    registration.register_participants(actor=SYSTEM, tournament_id=cup.pk, names=names)
    return cup


def become(cup: Tournament, status: str) -> None:
    services.change_status(actor=SYSTEM, tournament_id=cup.pk, status=status)


def play(cup: Tournament, ref: str) -> None:
    """Everybody finishes in the order of the draw."""
    game = GameRef.parse(ref)
    for lobby in cup.games.get(day=game.day, number=game.game).lobbies.all():
        seats = lobby.placements.order_by("pk").values_list("participant__name", flat=True)
        places = {name: place for place, name in enumerate(seats, start=1)}
        result = LobbyResult(ref=game, lobby=lobby.number, placements=places)
        results.record_lobby_result(actor=SYSTEM, tournament_id=cup.pk, result=result)


def draw(cup: Tournament) -> None:
    drawing.publish_draw(actor=SYSTEM, tournament_id=cup.pk, wish=Wish())


@pytest.fixture
def two_games(db) -> Tournament:
    """Sixteen players, two games in two lobbies; after the first one eight go on."""
    cup = new_cup(16)
    stage = StageFormat(name="Day", days=(1,), cuts=(Cut(1, 1, 8),), games=2, redraw_every=1)
    change_stages(actor=SYSTEM, tournament_id=cup.pk, wanted=[stage])
    become(cup, "in_progress")
    return cup


def test_each_step_leads_to_the_next_from_a_draft_to_the_first_draw(ann, db):
    cup = new_cup(0, preset="checkmate_final")
    assert next_step(ann, cup) == (
        "Open the registration",
        page("transition", cup.pk, "registration_open"),
    )

    become(cup, "registration_open")
    assert next_step(ann, cup) == ("Add participants", page("roster", cup.pk))
    ann.post(page("roster", cup.pk), {"names": "Ann\nBob"})
    assert "2 of 16 places are taken." in ann.open(page("run", cup.pk))
    assert next_step(ann, cup)[0] == "Close the registration"

    become(cup, "registration_closed")
    assert next_step(ann, cup)[0] == "Start the check-in"
    become(cup, "check_in")
    assert "2 have not checked in yet." in ann.open(page("run", cup.pk))
    assert next_step(ann, cup) == ("Check participants in", page("registration", cup.pk))
    ann.post(page("check_in_all", cup.pk))
    assert next_step(ann, cup)[0] == "Start the event"

    become(cup, "in_progress")
    assert next_step(ann, cup) == ("Draw game 1.1", page("draw", cup.pk) + "?propose=1")


def test_a_game_in_play_leads_from_lobby_to_lobby(ann, two_games):
    draw(two_games)
    sheet = page("lobby", two_games.pk, "1.1", 1)
    assert next_step(ann, two_games) == ("Enter lobby 1 of game 1.1", sheet)
    assert "0 of 2 lobbies of game 1.1 are in." in ann.open(page("run", two_games.pk))

    outcomes = {f"seats-{seat}-outcome": str(seat + 1) for seat in range(8)}
    answer = ann.save(sheet, "seats-0-player", **outcomes)

    assert answer.url == page("lobby", two_games.pk, "1.1", 2)
    assert next_step(ann, two_games)[0] == "Enter lobby 2 of game 1.1"
    last = ann.save(answer.url, "seats-0-player", **outcomes)
    assert last.url == page("run", two_games.pk)


def test_the_page_says_who_is_in_and_who_is_out_at_the_cut(ann, two_games):
    # the snake of the order of arrival: both lobbies finish in it, so pairs are level
    draw(two_games)
    play(two_games, "1.1")

    text = ann.open(page("run", two_games.pk))

    assert next_step(ann, two_games)[0] == "Draw game 1.2 and cut to 8"
    inside, outside = text.split("The first who are out, of 8")
    assert "Player 08" in inside.split("The last who go on, of 8")[1]
    assert "Player 09" in outside
    assert "share the rank" not in text


def test_a_tie_at_the_cut_is_named_before_anybody_draws(ann, db):
    cup = new_cup(16)
    stage = StageFormat(name="Day", days=(1,), cuts=(Cut(1, 1, 7),), games=2, redraw_every=1)
    change_stages(actor=SYSTEM, tournament_id=cup.pk, wanted=[stage])
    become(cup, "in_progress")
    draw(cup)
    play(cup, "1.1")

    text = ann.open(page("run", cup.pk))

    assert "share the rank at the cut to 7" in text
    seventh = Participant.objects.get(tournament=cup, name="Player 07")
    assert reverse("admin:tournaments_participant_change", args=[seventh.pk]) in text
    ann.post(
        reverse("admin:tournaments_participant_change", args=[seventh.pk]),
        ann.fill(
            reverse("admin:tournaments_participant_change", args=[seventh.pk]),
            "manual_rank",
            manual_rank="1",
        ),
    )
    assert "share the rank" not in ann.open(page("run", cup.pk))


def test_an_event_whose_games_are_played_is_finished(ann, two_games):
    for ref in ("1.1", "1.2"):
        draw(two_games)
        play(two_games, ref)
    path = page("transition", two_games.pk, "completed")
    assert next_step(ann, two_games) == ("Finish the event", path)
    assert "Player 01 has won the event." in ann.open(page("run", two_games.pk))

    with leaves(deeds=["tournament.status_changed"], events=["tournament.status_changed"]):
        answer = ann.post(path)

    assert answer.url == page("run", two_games.pk)
    assert next_step(ann, two_games) == (
        "Look at the final standings",
        page("standings", two_games.pk),
    )


def test_after_the_champion_of_a_stage_the_next_stage_is_drawn(ann, db):
    cup = new_cup(8)
    stages = [
        StageFormat(name="Morning", days=(1,), threshold=8),
        StageFormat(name="Evening", days=(2,), threshold=8),
    ]
    change_stages(actor=SYSTEM, tournament_id=cup.pk, wanted=stages)
    become(cup, "in_progress")
    for steps in (["Draw game 1.1", "Draw game 2.1"], ["Draw game 2.1", "Finish the event"]):
        assert next_step(ann, cup)[0] == steps[0]
        draw_game = GameRef.parse(steps[0].removeprefix("Draw game "))
        drawing.publish_draw(actor=SYSTEM, tournament_id=cup.pk, wish=Wish(game=draw_game))
        for number in (1, 2):
            play(cup, f"{draw_game.day}.{number}")
        assert next_step(ann, cup)[0] == steps[1]


def test_who_finishes_an_event_too_early_says_why(ann, two_games):
    draw(two_games)
    path = page("transition", two_games.pk, "completed")
    assert path in ann.open(page("run", two_games.pk))
    assert "not decided: game 1.1 has no result yet" in ann.open(path)

    with leaves(deeds=[], events=[]):
        refused = ann.post(path, {"reason": "  "})
    assert "This field is required." in refused.content.decode()
    with leaves(deeds=["tournament.status_changed"], events=["tournament.status_changed"]):
        ann.post(path, {"reason": "The power is out."})

    two_games.refresh_from_db()
    assert two_games.status == "completed"


def test_a_move_says_what_it_brings(ann, db):
    cup = new_cup(3, status="registration_open")
    become(cup, "check_in")
    ann.post(page("step", cup.pk, cup.participants.earliest("pk").pk, "check-in"))

    text = ann.open(page("transition", cup.pk, "in_progress"))

    assert "3 take part." in text
    assert "2 of them have not checked in and stay all the same." in text
    assert "Registration and check-in are over then." in text


def test_an_open_page_is_answered_anew_when_something_happened(ann, two_games):
    path = page("run_now", two_games.pk)
    known = ann.get(path)["ETag"]
    assert ann.get(path, headers={"If-None-Match": known}).status_code == 304
    vera = Staff(new_account("vera", Role.VIEWER))
    assert vera.get(path, headers={"If-None-Match": known}).status_code == 200

    deeds = [
        lambda: draw(two_games),
        lambda: play(two_games, "1.1"),
        lambda: registration.withdraw(
            actor=SYSTEM, participant_id=two_games.participants.earliest("pk").pk
        ),
        lambda: become(two_games, "postponed"),
    ]
    for deed in deeds:
        deed()
        answer = ann.get(path, headers={"If-None-Match": known})
        assert answer.status_code == 200
        known = answer["ETag"]


def test_the_list_of_tournaments_leads_to_where_they_are_run(ann, crown):
    text = ann.open(reverse("admin:tournaments_tournament_changelist"))

    assert f'href="{page("run", crown.pk)}"' in text
    assert page("change", crown.pk) in ann.open(page("run", crown.pk))


def test_a_scorer_runs_it_and_who_may_only_read_watches(crown):
    sam = Staff(new_account("sam", Role.SCORER))
    vera = Staff(new_account("vera", Role.VIEWER))
    nobody = Staff(new_account("nina"))

    assert next_step(sam, crown)[0] == "Enter lobby 1 of game 3.1"
    text = vera.open(page("run", crown.pk))
    assert "Game 3.1 is being played." in text
    assert "button default" not in text
    assert page("transition", crown.pk, "completed") not in text
    assert vera.post(page("format", crown.pk), {"preset": "single_day"}).status_code == 403
    assert vera.post(page("check_in_all", crown.pk)).status_code == 403
    for name in ("run", "run_now", "standings", "standings_now", "format"):
        assert vera.get(page(name, crown.pk)).status_code == 200
        assert nobody.get(page(name, crown.pk)).status_code == 403
        assert sam.get(page(name, crown.pk + 1)).status_code == 404
