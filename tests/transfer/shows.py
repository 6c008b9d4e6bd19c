"""A show with every kind of row and every column of it, made as people make one."""

from datetime import UTC, datetime

from configuration.exchange import import_yaml
from gal_dashboard.core.context import SYSTEM, Actor
from graphics import archive
from graphics import services as graphic_services
from graphics.claims import Claim
from graphics.models import Graphic
from graphics.services import Changes
from tournaments import corrections, drawing, registration, results, roster, services, submissions
from tournaments import format as formats
from tournaments.choices import DrawRule, TournamentStatus
from tournaments.judging import LobbyResult
from tournaments.models import Lobby, Participant, Tournament
from tournaments.presets import StageFormat
from tournaments.seating import Wish
from tournaments.standings import Cut, GameRef
from users import accounts
from users.models import User

ANN = Actor(name="ann", sid="a" * 32)
BOB = Actor(name="bob", sid="b" * 32)
TEAMS = 8
# Values that a lossy way would change: the order of keys, a float that looks whole, a long tail.
DOCUMENT = (
    '{"z":1.0,"background":null,'
    '"elements":[{"type":"text","id":"t","content":"H\\u00e9 \U0001f3c6",'
    '"x":0.1,"y":1e2}],"a":[1,2.50,-0.0],"own":{"tournament_id":77}}'
)
SETTINGS = """
format: gal-configuration/1
settings:
  - {key: graphics.lock_ttl_seconds, value: 120, description: Short, environment: production}
  - {key: tournaments.current, value: 1}
  - {key: overlay.colours, value: {gold: "#f3cf86"}, category: custom}
"""
POINTS = {"1": 10, "2": 6, "3": 3, "4": 1}


def make_rich_show() -> Tournament:
    """The last of its standings are published; one result waits, one game is drawn."""
    import_yaml(actor=ANN, text=SETTINGS, is_dry_run=False)
    other = services.create_tournament(
        actor=ANN, fields={"name": "Another cup", "max_participants": 8}
    )
    cup = _cup()
    _people(cup)
    _games(cup)
    _graphics(cup, other)
    cup.refresh_from_db()
    return cup


def _cup() -> Tournament:
    cup = services.create_tournament(
        actor=ANN,
        fields={
            "name": "Double Up Cup",
            "description": "Teams of two.",
            "max_participants": TEAMS,
            "team_size": 2,
            "start_date": datetime(2026, 5, 1, 18, 30, 0, 123456, tzinfo=UTC),
            "end_date": datetime(2026, 5, 2, tzinfo=UTC),
            "points_table": POINTS,
            "tie_chain": ["points", "average_placement"],
            "source": "by hand",
        },
    )
    stages = [
        StageFormat(
            name="Groups",
            days=(1,),
            cuts=(Cut(1, 2, 6), Cut(1, None, 4)),
            points=POINTS | {"4": 2},
            chain=("points", "manual_rank"),
            games=3,
            redraw_every=1,
            draw_rule=DrawRule.SWISS.value,
        ),
        StageFormat(name="Final", days=(2, 3), threshold=20, carries=True),
    ]
    formats.change_stages(actor=ANN, tournament_id=cup.pk, wanted=stages)
    return cup


def _people(cup: Tournament) -> None:
    for number in range(1, TEAMS + 3):
        registration.register_participant(
            actor=ANN,
            tournament_id=cup.pk,
            fields={
                "name": f"Team {number}",
                "riot_id": f"Team{number}#EUW",
                "seed": TEAMS + 3 - number,
                "members": [
                    {"name": f"Ann {number}", "riot_id": f"Ann{number}#EUW"},
                    {"name": f"Bob {number}", "riot_id": ""},
                ],
            },
        )
    entries = list(cup.participants.order_by("pk"))
    for number, entry in enumerate(entries[:3], start=1):
        fields = {"user": _account(number), "aliases": [f"T{number}"], "manual_rank": number}
        roster.change_participant(actor=ANN, participant_id=entry.pk, fields=fields)
    services.change_status(
        actor=ANN, tournament_id=cup.pk, status=TournamentStatus.REGISTRATION_OPEN.value
    )
    services.change_status(actor=ANN, tournament_id=cup.pk, status=TournamentStatus.CHECK_IN.value)
    for entry in entries[: TEAMS - 1]:
        registration.check_in(actor=ANN, participant_id=entry.pk)
    registration.withdraw(actor=ANN, participant_id=entries[TEAMS - 1].pk)
    services.change_status(
        actor=ANN, tournament_id=cup.pk, status=TournamentStatus.IN_PROGRESS.value
    )


def _account(number: int) -> User:
    fields = {
        "username": f"player{number}",
        "display_name": f"Player {number}",
        "discord_id": str(1000 + number) if number > 1 else None,
        "riot_id": f"Player{number}#EUW",
        "email": f"player{number}@example.org",
    }
    return accounts.create_account(actor=ANN, fields=fields, roles=["Scorer"], password=None)


def _games(cup: Tournament) -> None:
    drawing.publish_draw(
        actor=ANN, tournament_id=cup.pk, wish=Wish(rule=DrawRule.RANDOM.value, seed=4711)
    )
    drawing.publish_draw(actor=BOB, tournament_id=cup.pk, wish=Wish(rule=DrawRule.SNAKE.value))
    for lobby in (1, 2):
        enter(cup, GameRef(1, 1), lobby)
    drawing.publish_draw(actor=ANN, tournament_id=cup.pk, wish=Wish())
    enter(cup, GameRef(1, 2), 1, absent=1)
    second = result_of(cup, GameRef(1, 2), 2)
    waiting = submissions.submit_result(
        actor=BOB, tournament_id=cup.pk, result=second, note="By phone"
    )
    submissions.reject_submission(
        actor=ANN, tournament_id=cup.pk, submission_id=waiting.pk, reason="Wrong lobby"
    )
    taken = submissions.submit_result(actor=BOB, tournament_id=cup.pk, result=second)
    submissions.confirm_submission(actor=ANN, tournament_id=cup.pk, submission_id=taken.pk)
    wrong = [result_of(cup, GameRef(1, 1), lobby, is_turned=True) for lobby in (1, 2)]
    made = corrections.correct_results(
        actor=ANN, tournament_id=cup.pk, wanted=wrong, reason="Read from below"
    )
    corrections.undo_correction(actor=BOB, tournament_id=cup.pk, correction_id=made.pk)
    corrections.correct_results(actor=ANN, tournament_id=cup.pk, wanted=wrong[:1])
    drawing.publish_draw(actor=ANN, tournament_id=cup.pk, wish=Wish())
    submissions.submit_result(
        actor=BOB, tournament_id=cup.pk, result=result_of(cup, GameRef(1, 3), 1), note="Waits"
    )


def enter(cup: Tournament, ref: GameRef, lobby: int, *, absent: int = 0) -> None:
    result = result_of(cup, ref, lobby, absent=absent)
    results.record_lobby_result(actor=ANN, tournament_id=cup.pk, result=result)


def result_of(
    cup: Tournament, ref: GameRef, lobby: int, *, absent: int = 0, is_turned: bool = False
) -> LobbyResult:
    """Those who sit there, in the order of their numbers, or turned round."""
    seats = Lobby.objects.get(
        game__tournament=cup, game__day=ref.day, game__number=ref.game, number=lobby
    ).placements
    people = Participant.objects.filter(pk__in=seats.values("participant")).order_by("pk")
    names = [one.name for one in people]
    placed = names[: len(names) - absent]
    return LobbyResult(
        ref=ref,
        lobby=lobby,
        placements={
            name: place for place, name in enumerate(reversed(placed) if is_turned else placed, 1)
        },
        absent=names[len(placed) :],
    )


def _graphics(cup: Tournament, other: Tournament) -> None:
    board = graphic_services.create_graphic(
        actor=ANN, title="Board", event_name="Cup", document=DOCUMENT, tournament_id=other.pk
    )
    for actor, changes in (
        (ANN, Changes(title="Board two", tournament_id=cup.pk)),
        (BOB, Changes(document='{"elements":[]}')),
        (BOB, Changes(event_name="Cup, day 1")),
    ):
        graphic_services.update_graphic(
            graphic_id=board.pk, changes=changes, claim=Claim(actor=actor)
        )
    graphic_services.restore_revision(graphic_id=board.pk, version=2, claim=Claim(actor=ANN))
    old = graphic_services.create_graphic(
        actor=BOB, title="Old", event_name="Cup", document=DOCUMENT, tournament_id=cup.pk
    )
    archive.archive_graphic(graphic_id=old.pk, claim=Claim(actor=ANN), reason="Not needed")
    graphic_services.create_graphic(actor=SYSTEM, title="Not of the cup", event_name="Other")
    assert Graphic.objects.filter(tournament=cup).count() == 2
