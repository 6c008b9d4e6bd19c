"""A show into this installation: first what it would do, then all of it in one transaction."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import Any

from configuration import exchange
from configuration.exchange import ImportReport
from gal_dashboard.audit import trail
from gal_dashboard.core import wire
from gal_dashboard.core.context import SYSTEM, Actor
from gal_dashboard.core.errors import DomainError, ErrorKind, InvalidFieldsError
from gal_dashboard.events.recording import recording
from graphics.models import Graphic
from graphics.transfer import writing
from graphics.transfer.exporting import Progress
from graphics.transfer.forms import SETTINGS
from graphics.transfer.reading import Show, refusing_faulty_files
from tournaments import scoreboard
from tournaments.limits import LONGEST_TITLE
from tournaments.models import Tournament
from tournaments.transfer import people
from tournaments.transfer import writing as tournament_writing
from tournaments.transfer.people import Match
from tournaments.transfer.reading import ShowFileError
from tournaments.transfer.tables import GAMES, PARTICIPANTS

TOP = 3


class ImportChangedError(DomainError):
    """Raised when an import would not do any more what somebody looked at."""

    kind = ErrorKind.CONFLICT
    code = "import_changed"
    message = "It would do something else now than what you looked at: look again."


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What an import would do now. ``fingerprint`` tells it from every other.

    ``settings`` is ``None`` where they are not wanted.
    """

    name: str
    name_in_file: str
    origin: str
    digest: str
    participants: int
    games: int
    top: Sequence[tuple[int, str, int]]
    champion: str | None
    graphics: Sequence[tuple[str, str, int, bool]]
    revisions: int
    matches: Sequence[Match]
    settings: ImportReport | None
    left_out: Sequence[str]

    @property
    def is_renamed(self) -> bool:
        return self.name != self.name_in_file

    @property
    def made(self) -> list[str]:
        """Accounts that are not here yet."""
        return [one.username for one in self.matches if one.user_id is None]

    @property
    def found(self) -> list[str]:
        return [one.username for one in self.matches if one.user_id is not None]

    @property
    def fingerprint(self) -> str:
        return sha256(wire.dumps(asdict(self))).hexdigest()[:16]


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    tournament: Tournament
    graphics: Sequence[Graphic]


def plan(show: Show, *, name: str = "", with_settings: bool = False) -> Plan:
    """Look at what ``import_show`` would do; writes nothing. Raises ``ShowFileError``."""
    wanted = name.strip() or show.tournament.tournament.name
    if len(wanted) > LONGEST_TITLE:
        raise ShowFileError(fault=f"The name has more than {LONGEST_TITLE} characters.")
    standing = scoreboard.compute(show.book)
    names = {pk: one.name for pk, one in show.book.everybody.items()}
    return Plan(
        name=tournament_writing.free_name(wanted),
        name_in_file=show.tournament.tournament.name,
        origin=show.origin,
        digest=show.digest,
        participants=len(show.tournament.rows[PARTICIPANTS]),
        games=len(show.tournament.rows[GAMES]),
        top=[(row.rank, names[row.participant], row.total_points) for row in standing.rows[:TOP]],
        champion=None if standing.champion is None else names[standing.champion],
        graphics=[(one.title, one.event_name, one.version, one.archived) for one in show.graphics],
        revisions=sum(len(one.revisions) for one in show.graphics),
        matches=people.match(show.tournament.people),
        settings=_settings(show, is_dry_run=True) if with_settings else None,
        left_out=show.left_out,
    )


def import_show(
    show: Show,
    *,
    actor: Actor,
    source: str,
    name: str = "",
    with_settings: bool = False,
    fingerprint: str | None = None,
    on_progress: Progress = lambda step, total: None,
) -> Imported:
    """Make all of it anew, in one transaction; nothing that is here already is changed.

    Settings are changed where they are wanted. ``source`` is what the file was called. With a
    ``fingerprint`` only the plan that had it is carried out. Raises ``ShowFileError``,
    ``ImportChangedError``.
    """
    with refusing_faulty_files(), recording():
        planned = plan(show, name=name, with_settings=with_settings)
        if fingerprint is not None and fingerprint != planned.fingerprint:
            raise ImportChangedError
        total = 1 + len(show.graphics)
        tournament = tournament_writing.write(
            show.tournament, planned.matches, actor=actor, name=planned.name
        )
        trail.record(
            "show.imported",
            actor=actor,
            target=tournament,
            changes=_told(planned, source),
        )
        on_progress("tournament", total)
        graphics = []
        for form in show.graphics:
            graphics.append(writing.write(form, show, tournament, actor=actor))
            on_progress("graphics", total)
        if with_settings:
            _settings(show, actor=actor, is_dry_run=False)
        return Imported(tournament=tournament, graphics=graphics)


def _told(planned: Plan, source: str) -> dict[str, tuple[Any, Any]]:
    told: dict[str, Any] = {
        "file": source,
        "sha256": planned.digest,
        "origin": planned.origin,
        "name_in_file": planned.name_in_file,
        "participants": planned.participants,
        "games": planned.games,
        "graphics": len(planned.graphics),
        "accounts_made": planned.made,
    }
    return {name: (None, value) for name, value in told.items() if value not in ("", [])}


def _settings(show: Show, *, is_dry_run: bool, actor: Actor = SYSTEM) -> ImportReport:
    """Through the same import as a file of settings. Raises ``ShowFileError``."""
    try:
        return exchange.import_yaml(actor=actor, text=show.settings, is_dry_run=is_dry_run)
    except InvalidFieldsError as error:
        path, sentences = next(iter(error.errors.items()))
        raise ShowFileError(fault=f"{SETTINGS}, {path}: {' '.join(sentences)}") from None
