"""Reading an event file: a whole tournament with its format and its results.

The file is judged as a whole before anything is written; see ``demo/README.md`` for its form.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path

from gal_dashboard.core import ijson
from gal_dashboard.core.errors import DomainError
from tournaments.event_nodes import EventFaultError, Node
from tournaments.event_plan import EventPlan, LobbyPlan, StagePlan
from tournaments.limits import (
    HIGHEST_DAY,
    HIGHEST_GAME,
    HIGHEST_LOBBY,
    HIGHEST_THRESHOLD,
    LARGEST_TOURNAMENT,
    LONGEST_NAME,
    LONGEST_TITLE,
    MOST_POINTS,
)
from tournaments.standings import LOBBY_SIZE, METRICS, GameRef

_CUT = re.compile(r"([1-9][0-9]{0,3})(?:\.([1-9][0-9]{0,3}))?\Z")
_PLACE = re.compile(rf"[1-{LOBBY_SIZE}]\Z")

Games = Mapping[GameRef, tuple[LobbyPlan, ...]]


class EventFileError(DomainError):
    """Raised when a file cannot be an event; the sentence says where in it and why."""

    code = "event_file_invalid"
    message = "{file}: {fault}"


def read_event_file(path: Path) -> EventPlan:
    """Raises ``EventFileError``, also for a file that cannot be read."""
    try:
        return _plan(Node(ijson.loads(path.read_bytes())))
    except OSError as error:
        raise EventFileError(file=path.name, fault=error.strerror or "cannot be read") from None
    except (ijson.IJSONError, EventFaultError) as error:
        raise EventFileError(file=path.name, fault=str(error)) from None


def _plan(event: Node) -> EventPlan:
    rules = event.member("format")
    stages = tuple(_stages(rules))
    spelling = _spelling(event)
    games = _games(event, {day for stage in stages for day in stage.days})
    _check_seats(games, spelling)
    participants = _participants(games, spelling)
    start, end = _moment(event, "start_date"), _moment(event, "end_date")
    if start and end and end < start:
        raise EventFaultError("end_date lies before start_date")
    source = event.optional("source")
    return EventPlan(
        name=event.member("name").text(LONGEST_TITLE),
        source=source.text(LONGEST_TITLE) if source else "",
        start=start,
        end=end,
        points=_points(rules.member("points")),
        chain=_chain(rules.member("tie_break")),
        stages=stages,
        games=games,
        participants=participants,
        aliases=_aliases(spelling, participants),
    )


def _moment(event: Node, name: str) -> datetime | None:
    """A day or a time; without a zone it is UTC."""
    node = event.optional(name)
    if node is None:
        return None
    text = node.text(LONGEST_TITLE)
    try:
        moment = datetime.fromisoformat(text)
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        raise node.fault("must be a date such as 2024-07-12") from None


def _points(table: Node) -> Mapping[str, int]:
    points = {}
    for place, node in table.members():
        if not _PLACE.match(place):
            raise node.fault(f"is no place from 1 to {LOBBY_SIZE}")
        points[place] = node.number(0, MOST_POINTS)
    if not points:
        raise table.fault("must give points to a place")
    return points


def _chain(chain: Node) -> tuple[str, ...]:
    names: list[str] = []
    for node in chain.items():
        name = node.text(LONGEST_NAME)
        if name not in METRICS:
            raise node.fault(f"is {name}, which is no metric")
        if name in names:
            raise node.fault(f"is {name}, which stands in the chain twice")
        names.append(name)
    return tuple(names)


def _stages(rules: Node) -> Iterable[StagePlan]:
    groups = _groups(rules.member("carry"))
    days = {day for group in groups for day in group}
    cuts = _cuts(rules.optional("cut_after"), days)
    final_day, threshold = _final(rules.optional("final"), days)
    redrawn = rules.optional("lobbies_redrawn_every")
    redraw_every = redrawn.number(1, HIGHEST_GAME) if redrawn else None
    for number, group in enumerate(groups, start=1):
        is_final = final_day in group
        yield StagePlan(
            number=number,
            name="Final" if is_final else _stage_name(group),
            days=group,
            cuts=tuple(cut for cut in cuts if cut["day"] in group),
            threshold=threshold if is_final else None,
            redraw_every=None if is_final else redraw_every,  # a final is one lobby
        )


def _groups(carry: Node) -> list[tuple[int, ...]]:
    groups: list[tuple[int, ...]] = []
    seen: set[int] = set()
    for group in carry.items():
        days = []
        for node in group.items():
            day = node.number(1, HIGHEST_DAY)
            if day in seen:
                raise node.fault(f"is day {day}, which stands there twice")
            seen.add(day)
            days.append(day)
        groups.append(tuple(days))
    return groups


def _cuts(cut_after: Node | None, days: set[int]) -> list[Mapping[str, int | None]]:
    cuts: list[Mapping[str, int | None]] = []
    for key, node in cut_after.members() if cut_after else ():
        match = _CUT.match(key)
        if match is None:
            raise node.fault("is no DAY and no DAY.GAME")
        day, game = int(match[1]), int(match[2]) if match[2] else None
        if day not in days:
            raise node.fault(f"is of day {day}, which belongs to no stage")
        cuts.append({"day": day, "game": game, "to": node.number(1, LARGEST_TOURNAMENT)})
    return cuts


def _final(final: Node | None, days: set[int]) -> tuple[int | None, int | None]:
    """The day of the checkmate final, and the points that put a player in check."""
    if final is None:
        return None, None
    kind, day = final.member("kind"), final.member("day")
    if kind.value != "checkmate":
        raise kind.fault("must be checkmate")
    if day.number(1, HIGHEST_DAY) not in days:
        raise day.fault(f"is day {day.value}, which belongs to no stage")
    return day.value, final.member("threshold").number(1, HIGHEST_THRESHOLD)


def _stage_name(days: tuple[int, ...]) -> str:
    return f"Day {days[0]}" if len(days) == 1 else f"Days {days[0]} to {days[-1]}"


def _games(event: Node, known_days: set[int]) -> Games:
    games: dict[GameRef, tuple[LobbyPlan, ...]] = {}
    for day in event.member("days").items():
        number = day.member("day").number(1, HIGHEST_DAY)
        if number not in known_days:
            raise day.fault(f"is day {number}, which belongs to no stage")
        for game in day.member("games").items():
            ref = GameRef(number, game.member("game").number(1, HIGHEST_GAME))
            if ref in games:
                raise game.fault(f"is game {ref}, which stands there twice")
            games[ref] = tuple(_lobby(lobby) for lobby in game.member("lobbies").items())
    return games


def _lobby(lobby: Node) -> LobbyPlan:
    placements = {}
    for name, node in lobby.member("placements").members():
        Node(name, node.path).text(LONGEST_NAME)
        placements[name] = node.number(1, LOBBY_SIZE)
    absent = lobby.optional("absent")
    return LobbyPlan(
        number=lobby.member("lobby").number(1, HIGHEST_LOBBY),
        placements=placements,
        absent=tuple(node.text(LONGEST_NAME) for node in absent.items()) if absent else (),
    )


def _check_seats(games: Games, spelling: Mapping[str, str]) -> None:
    for ref, lobbies in games.items():
        seated: set[str] = set()
        numbers: set[int] = set()
        for lobby in lobbies:
            where = f"game {ref}, lobby {lobby.number}"
            if lobby.number in numbers:
                raise EventFaultError(f"{where}: stands there twice")
            numbers.add(lobby.number)
            if sorted(lobby.placements.values()) != list(range(1, len(lobby.placements) + 1)):
                raise EventFaultError(f"{where}: the places must be 1, 2, 3 ..., each once")
            if not lobby.placements or len(lobby.names) > LOBBY_SIZE:
                raise EventFaultError(f"{where}: a lobby has 1 to {LOBBY_SIZE} players")
            for name in (spelling.get(name, name) for name in lobby.names):
                if name in seated:
                    raise EventFaultError(f"{where}: {name} plays twice in this game")
                seated.add(name)


def _spelling(event: Node) -> Mapping[str, str]:
    """The name that counts, by each other spelling of it."""
    aliases = event.optional("aliases")
    nodes = dict(aliases.members()) if aliases else {}
    for other, node in nodes.items():
        Node(other, node.path).text(LONGEST_NAME)
        if node.text(LONGEST_NAME) in nodes:
            raise node.fault(f"is {node.value}, itself another spelling")
    return {other: node.value for other, node in nodes.items()}


def _participants(games: Games, spelling: Mapping[str, str]) -> tuple[str, ...]:
    names = dict.fromkeys(
        spelling.get(name, name)
        for _, lobbies in sorted(games.items())
        for lobby in lobbies
        for name in lobby.names
    )
    if len(names) > LARGEST_TOURNAMENT:
        raise EventFaultError(f"the file names more than {LARGEST_TOURNAMENT} players")
    return tuple(names)


def _aliases(
    spelling: Mapping[str, str], participants: tuple[str, ...]
) -> Mapping[str, tuple[str, ...]]:
    aliases: dict[str, tuple[str, ...]] = {}
    for other, name in spelling.items():
        if name not in participants:
            raise EventFaultError(f"aliases.{other} is {name}, who plays in no game")
        aliases[name] = (*aliases.get(name, ()), other)
    return aliases
