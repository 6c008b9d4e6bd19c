"""Publishing draws: seats in the lobbies of a game, and the account of how they came about.

A draw holds for as many games as the stage says; each next one is seated as soon as the one before
it is complete.
"""

from collections.abc import Sequence

from django.db.models import F, Q
from django.utils import timezone

from gal_dashboard.audit import trail
from gal_dashboard.core.context import Actor
from gal_dashboard.events.recording import recording
from tournaments import rulebook, scoreboard, seating
from tournaments.errors import DrawChangedError, TournamentNotFoundError
from tournaments.event_data import Change
from tournaments.models import Draw, Game, Lobby, Placement, Tournament
from tournaments.querysets import TAKING_PART
from tournaments.rulebook import GameSheet, Rulebook
from tournaments.seating import Proposal, Wish
from tournaments.services import announce, lock_tournament, publish_standings
from tournaments.standings import GameRef


def propose_draw(*, tournament_id: int, wish: Wish) -> Proposal:
    """The draw that ``publish_draw`` would make now. Writes nothing; raises as that does."""
    tournament = Tournament.objects.filter(pk=tournament_id).first()
    if tournament is None:
        raise TournamentNotFoundError
    return seating.propose(rulebook.read(tournament), wish)


def publish_draw(
    *, actor: Actor, tournament_id: int, wish: Wish, fingerprint: str | None = None
) -> Draw:
    """Seat the game, keep who was drawn where and why, and show it on every overlay.

    An earlier draw of the game is replaced as long as it has no result. With a ``fingerprint`` only
    the proposal that had it is published. Raises ``TournamentNotFoundError``,
    ``GameNotFoundError``, ``GamePlayedError``, ``GameOpenError``, ``GameOutOfOrderError``,
    ``EventDecidedError``, ``NobodyToDrawError``, ``CutUndecidedError``, ``DrawChangedError``,
    ``InvalidFieldsError``.
    """
    with recording():
        tournament = lock_tournament(tournament_id)
        book = rulebook.read(tournament)
        proposal = seating.propose(book, wish)
        if fingerprint is not None and fingerprint != proposal.fingerprint:
            raise DrawChangedError(fingerprint=proposal.fingerprint)
        drop_skipped(tournament, proposal.game)
        draw = _keep(tournament, proposal, actor)
        _seat(tournament, draw, proposal.game, proposal.numbers)
        trail.record(
            "draw.published",
            actor=actor,
            target=tournament,
            changes={
                "game": (None, str(proposal.game)),
                "rule": (None, proposal.rule),
                "lobbies": (None, _spoken(proposal)),
            },
        )
        announce(tournament, actor, change=Change(kind="draw.published", game=str(proposal.game)))
        publish_standings(tournament=tournament, source="draw", actor=actor)
        return draw


def drop_skipped(tournament: Tournament, ref: GameRef) -> None:
    """Forget games before ``ref`` that were seated and not played. The caller holds the row.

    A game for which results wait to be confirmed only loses its seats.
    """
    before = tournament.games.filter(Q(day__lt=ref.day) | Q(day=ref.day, number__lt=ref.game))
    seated_on = before.filter(draw__isnull=False).exclude(draw__number=F("number"))
    skipped = seated_on.exclude(lobbies__placements__place__isnull=False)
    numbers = list(skipped.values_list("pk", flat=True))
    if numbers:
        Placement.objects.filter(lobby__game__in=numbers).delete()
        Game.objects.filter(pk__in=numbers).exclude(lobbies__sheets__isnull=False).delete()


def seat_next_game(tournament: Tournament, book: Rulebook) -> Rulebook:
    """After the newest game: seat the next one, if that is complete and its draw holds further.

    The event as it is then. Who has withdrawn meanwhile leaves a gap. The caller holds the
    tournament's row.
    """
    newest = book.games[-1]
    if not newest.is_drawn or not book.results()[-1].complete:
        return book
    ref = newest.ref
    game = tournament.games.select_related("draw").get(day=ref.day, number=ref.game)
    following = GameRef(ref.day, ref.game + 1)
    if game.draw is None or not seating.holds(game.draw, book, following):
        return book
    if scoreboard.compute(book).champion is not None:
        return book
    inside = {pk for pk, one in book.participants.items() if one.status in TAKING_PART}
    lobbies = [[pk for pk in lobby if pk in inside] for lobby in game.draw.lobbies]
    return book.with_game(_seat(tournament, game.draw, following, lobbies))


def _keep(tournament: Tournament, proposal: Proposal, actor: Actor) -> Draw:
    held = tournament.draws.filter(
        day=proposal.game.day, number=proposal.game.game, replaced_at__isnull=True
    )
    held.update(replaced_at=timezone.now())
    draw = Draw(
        tournament=tournament,
        day=proposal.game.day,
        number=proposal.game.game,
        rule=proposal.rule,
        seed=proposal.seed,
        after=str(proposal.after) if proposal.after else "",
        lobbies=proposal.numbers,
        drawn_by=actor.name,
    )
    draw.full_clean()
    draw.save()
    return draw


def _seat(
    tournament: Tournament, draw: Draw, ref: GameRef, lobbies: Sequence[Sequence[int]]
) -> GameSheet:
    """Open seats for everybody, in place of what was drawn before."""
    stage = next(stage for stage in tournament.stages.all() if ref.day in stage.days)
    game, _ = Game.objects.update_or_create(
        tournament=tournament,
        day=ref.day,
        number=ref.game,
        defaults={"draw": draw},
        create_defaults={"draw": draw, "stage": stage},
    )
    Placement.objects.filter(lobby__game=game).delete()
    # a lobby for which results wait to be confirmed is the same one, whoever sits in it now
    game.lobbies.filter(sheets__isnull=True).delete()
    rows = {lobby.number: lobby for lobby in game.lobbies.all()}
    seated = {number: lobby for number, lobby in enumerate(lobbies, start=1) if lobby}
    new = [Lobby(game=game, number=number) for number in seated if number not in rows]
    rows |= {lobby.number: lobby for lobby in Lobby.objects.bulk_create(new)}
    Placement.objects.bulk_create(
        Placement(lobby=rows[number], participant_id=pk)
        for number, people in seated.items()
        for pk in people
    )
    return rulebook.seated(ref, draw, seated)


def _spoken(proposal: Proposal) -> str:
    return " | ".join(", ".join(seat.name for seat in lobby) for lobby in proposal.lobbies)
