"""A judged tournament into the database: all of it new, in the caller's transaction."""

from collections.abc import Mapping, Sequence
from itertools import count
from typing import Any, Final

import msgspec
from django.db.models import DateTimeField, Model

from gal_dashboard.core.context import Actor
from tournaments import services
from tournaments.limits import LONGEST_TITLE
from tournaments.models import Tournament
from tournaments.transfer import people
from tournaments.transfer.making import made
from tournaments.transfer.people import Match
from tournaments.transfer.reading import TournamentShow
from tournaments.transfer.tables import PEOPLE, TABLES, Table

BATCH: Final = 500
_NOT_A_COLUMN: Final = frozenset({"name", "is_published"})


def free_name(wanted: str) -> str:
    """The name, or "X (2)": an import of an event file replaces the tournament of its name."""
    name = wanted
    numbers = count(2)
    while Tournament.objects.filter(name=name).exists():
        suffix = f" ({next(numbers)})"
        name = wanted[: LONGEST_TITLE - len(suffix)] + suffix
    return name


def write(show: TournamentShow, matches: Sequence[Match], *, actor: Actor, name: str) -> Tournament:
    """Make the tournament with all its rows; then announce it, and publish what was published.

    Joins the caller's ``recording()``. Nobody else can know the new row before the commit, so it
    needs no lock.
    """
    fields = {
        column: value
        for column, value in _columns(show.tournament).items()
        if column not in _NOT_A_COLUMN
    }
    tournament = Tournament(name=name, **fields)
    tournament.full_clean()
    tournament.save()
    keep_times(tournament, created_at=fields["created_at"], updated_at=fields["updated_at"])
    numbers: dict[str, Sequence[int]] = {PEOPLE: people.make(matches, actor=actor)}
    for table in TABLES:
        numbers[table.member] = _make_rows(table, show, numbers, tournament)
    services.announce(tournament, actor, action="created")
    if show.tournament.is_published:
        services.publish_standings(tournament=tournament, source="import", actor=actor)
    return tournament


def keep_times(row: Model, **times: Any) -> None:
    """Give a new row the times of the old one; ``save`` has set those of now."""
    type(row)._default_manager.filter(pk=row.pk).update(**times)  # noqa: SLF001 - documented
    for name, moment in times.items():
        setattr(row, name, moment)


def _columns(form: msgspec.Struct) -> dict[str, Any]:
    return {name: getattr(form, name) for name in form.__struct_fields__}


def _make_rows(
    table: Table,
    show: TournamentShow,
    numbers: Mapping[str, Sequence[int]],
    tournament: Tournament,
) -> list[int]:
    fixed = {"tournament": tournament} if table.of == "tournament" else {}
    rows = made(table.member, show, numbers=numbers, **fixed)
    late = _late_columns(table)
    table.model._default_manager.bulk_create(rows, batch_size=BATCH)  # noqa: SLF001 - documented
    pks = [row.pk for row in rows]
    if rows and late:
        for row, kept in zip(rows, show.rows[table.member], strict=True):
            for column in late:
                value = getattr(kept, column)
                if column in table.refs:
                    value = None if value is None else pks[value - 1]
                    setattr(row, f"{column}_id", value)
                else:
                    setattr(row, column, value)
        table.model._default_manager.bulk_update(rows, late, batch_size=BATCH)  # noqa: SLF001 - as above
    return pks


def _late_columns(table: Table) -> list[str]:
    """Columns that a new row cannot have: its time is that of now, and its twin is not there."""
    by_clock = [
        name
        for name in table.columns
        if isinstance(field := table.model._meta.get_field(name), DateTimeField)  # noqa: SLF001 - documented
        and field.auto_now_add
    ]
    own = [name for name, member in table.refs.items() if member == table.member]
    return [*by_clock, *own]
