"""Whether the rows of a show file can be true together, by the rules that services hold to.

What services would refuse today but a database of ours may hold is let in, such as a team whose
tournament was resized since, or cuts of an event file. An export is judged by the same rules, so
that every file that was written can be read.
"""

from collections.abc import Iterator, Mapping, Sequence
from operator import itemgetter
from typing import Any, Final

from tournaments import format as formats
from tournaments import judging, stages
from tournaments.choices import SheetStatus
from tournaments.limits import LARGEST_TOURNAMENT
from tournaments.models import Participant, Tournament
from tournaments.rulebook import Rulebook, assemble
from tournaments.standings import METRICS
from tournaments.transfer import results
from tournaments.transfer.making import made
from tournaments.transfer.reading import ShowFileError, TournamentShow
from tournaments.transfer.tables import (
    CORRECTIONS,
    DRAWS,
    GAMES,
    LOBBIES,
    PARTICIPANTS,
    PEOPLE,
    PLACEMENTS,
    SHEETS,
    STAGES,
    STANDINGS,
    TOURNAMENT,
)

MOST_GAMES: Final = 2000

Faults = Iterator[str]
Places = Mapping[str, int | None]


def refuse_impossible(show: TournamentShow) -> Rulebook:
    """Raises ``ShowFileError`` with the first fault; else the rulebook by the file's numbers."""
    for faults in (
        _faults_of_rules,
        _faults_of_names,
        _faults_of_games,
        _faults_of_draws,
        _faults_of_corrections,
        _faults_of_results,
    ):
        for fault in faults(show):
            raise ShowFileError(fault=fault)
    book = _rulebook(show)
    for fault in _faults_of_standings(show, book):
        raise ShowFileError(fault=fault)
    return book


def _faults_of_rules(show: TournamentShow) -> Faults:
    tournament = show.tournament
    start, end = tournament.start_date, tournament.end_date
    if start and end and end < start:
        yield f"{TOURNAMENT}, end_date: The end lies before the start."
    yield from _faults_of_chain(f"{TOURNAMENT}, tie_chain", tournament.tie_chain)
    rows = show.rows[STAGES]
    for number, stage in enumerate(rows, start=1):
        if stage.number != number:
            yield f"{STAGES}, row {number}, number: Must be {number}."
        if len(set(stage.days)) != len(stage.days):
            yield f"{STAGES}, row {number}, days: A day stands here twice."
        yield from _faults_of_chain(f"{STAGES}, row {number}, tie_chain", stage.tie_chain or [])
    played = {game.day for game in show.rows[GAMES]}
    wanted = [stages.format_of(stage) for stage in made(STAGES, show)]
    for path, sentences in formats.faults(wanted, played=played).items():
        yield f"{STAGES}, {path}: {' '.join(sentences)}"


def _faults_of_chain(where: str, chain: Sequence[str]) -> Faults:
    for name in chain:
        if name not in METRICS:
            yield f"{where}: {name} is no metric."
    if len(set(chain)) != len(chain):
        yield f"{where}: A metric stands here twice."


def _faults_of_names(show: TournamentShow) -> Faults:
    people = show.rows[PARTICIPANTS]
    if len(people) > LARGEST_TOURNAMENT:
        yield f"{PARTICIPANTS} has more than {LARGEST_TOURNAMENT} rows."
    named = {one.user for one in people}
    for number in range(1, len(show.people) + 1):
        if number not in named:
            yield f"{PEOPLE}, row {number}: No participant is known by this account."
    owners = {one.name: number for number, one in enumerate(people, start=1)}
    for number, one in enumerate(people, start=1):
        for alias in one.aliases:
            if owners.setdefault(alias, number) != number:
                yield f"{PARTICIPANTS}, row {number}, aliases: {alias} is somebody else already."


def _faults_of_games(show: TournamentShow) -> Faults:
    games = show.rows[GAMES]
    if len(games) > MOST_GAMES:
        yield f"{GAMES} has more than {MOST_GAMES} rows."
    for number, game in enumerate(games, start=1):
        if game.day not in show.row(STAGES, game.stage).days:
            yield f"{GAMES}, row {number}, stage: That stage has no day {game.day}."
        if game.draw is not None and show.row(DRAWS, game.draw).day != game.day:
            yield f"{GAMES}, row {number}, draw: That draw is of another day."


def _faults_of_draws(show: TournamentShow) -> Faults:
    days = {day for stage in show.rows[STAGES] for day in stage.days}
    for number, draw in enumerate(show.rows[DRAWS], start=1):
        if draw.replaced_at is None and draw.day not in days:
            yield f"{DRAWS}, row {number}, day: No stage has day {draw.day}."
        named = [one for lobby in draw.lobbies for one in lobby if one is not None]
        if len(set(named)) != len(named):
            yield f"{DRAWS}, row {number}, lobbies: Somebody sits in two places."


def _faults_of_corrections(show: TournamentShow) -> Faults:
    for number, correction in enumerate(show.rows[CORRECTIONS], start=1):
        if correction.undoes is not None and correction.undoes >= number:
            yield f"{CORRECTIONS}, row {number}, undoes: Must name an earlier one."
        for index, corrected in enumerate(correction.lobbies):
            for side in ("before", "after"):
                where = f"{CORRECTIONS}, row {number}, lobbies[{index}].{side}"
                yield from _faults_of_places(where, getattr(corrected, side), show)


def _faults_of_results(show: TournamentShow) -> Faults:
    confirmed: dict[int, Places] = {}
    for number, sheet in enumerate(show.rows[SHEETS], start=1):
        yield from _faults_of_places(f"{SHEETS}, row {number}, placements", sheet.placements, show)
        if sheet.status == SheetStatus.CONFIRMED:
            confirmed[sheet.lobby] = sheet.placements
    laid_out: dict[int, dict[str, int | None]] = {}
    seated: set[tuple[int, int]] = set()
    for number, seat in enumerate(show.rows[PLACEMENTS], start=1):
        if seat.is_absent and seat.place is not None:
            yield f"{PLACEMENTS}, row {number}, place: Who was absent has none."
        game = show.row(LOBBIES, seat.lobby).game
        if (game, seat.participant) in seated:
            yield f"{PLACEMENTS}, row {number}, participant: Sits in another lobby of the game."
        seated.add((game, seat.participant))
        if seat.is_absent or seat.place is not None:
            laid_out.setdefault(seat.lobby, {})[str(seat.participant)] = seat.place
    for lobby in sorted(confirmed.keys() | laid_out.keys()):
        if confirmed.get(lobby, {}) != laid_out.get(lobby, {}):
            yield f"{PLACEMENTS}: Lobby {lobby} does not say what its confirmed sheet says."


def _faults_of_places(where: str, places: Places, show: TournamentShow) -> Faults:
    """As of every result that is entered: 1, 2, 3 ... without a gap, and no more than have room."""
    names = {number: one.name for number, one in enumerate(show.rows[PARTICIPANTS], start=1)}
    said = {names[int(number)]: place for number, place in places.items()}
    size = Tournament(team_size=show.tournament.team_size).lobby_size
    yield from (f"{where}: {sentence}" for sentence in judging.faults_of_seats(said, size))


def _rulebook(show: TournamentShow) -> Rulebook:
    """As ``rulebook.read`` would give it of the rows, by the file's numbers."""
    tournament, lobbies = show.tournament, show.rows[LOBBIES]
    participants: dict[int, Participant] = dict(enumerate(made(PARTICIPANTS, show), start=1))
    for number, participant in participants.items():
        participant.pk = number
    seats = (
        (lobbies[seat.lobby - 1], seat.participant, seat.place, seat.is_absent)
        for seat in show.rows[PLACEMENTS]
    )
    return assemble(
        Tournament(
            name=tournament.name,
            team_size=tournament.team_size,
            points_table=tournament.points_table,
            tie_chain=tournament.tie_chain,
        ),
        made(STAGES, show),
        participants,
        games=[
            (number, game.day, game.number, *_drawn(game, show))
            for number, game in enumerate(show.rows[GAMES], start=1)
        ],
        seats=sorted(
            ((lobby.game, lobby.number, *seat) for lobby, *seat in seats), key=itemgetter(1)
        ),
    )


def _drawn(game: Any, show: TournamentShow) -> tuple[int | None, list[list[int]] | None]:
    if game.draw is None:
        return None, None
    draw = show.row(DRAWS, game.draw)
    return draw.number, [[one or 0 for one in lobby] for lobby in draw.lobbies]


def _faults_of_standings(show: TournamentShow, book: Rulebook) -> Faults:
    numbers = {number: number for number in book.everybody}
    ours, theirs = results.come_to(book, numbers), show.standings
    for name in ours.__struct_fields__:
        if name != "rows" and getattr(ours, name) != getattr(theirs, name):
            yield f"{STANDINGS}, {name}: The results come to something else here."
    if len(ours.rows) != len(theirs.rows):
        yield f"{STANDINGS}, rows: The results come to {len(ours.rows)} rows here."
    for number, (mine, other) in enumerate(zip(ours.rows, theirs.rows, strict=False), start=1):
        for name in mine.__struct_fields__:
            if getattr(mine, name) != getattr(other, name):
                yield f"{STANDINGS}, row {number}, {name}: The results come to something else here."
