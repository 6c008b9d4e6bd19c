"""Reads of tournaments and scoreboards, as plain rows ready for the wire."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import orjson
from django.db.models import Count, F, Q, QuerySet

from gal_dashboard.core import wire
from gal_dashboard.core.kept import Kept
from tournaments import events, lifecycle, rulebook, scoreboard, stages
from tournaments.choices import EntryStatus
from tournaments.errors import (
    ParticipantNotFoundError,
    SnapshotNotFoundError,
    TournamentNotFoundError,
)
from tournaments.event_data import PublicTournament
from tournaments.models import (
    Draw,
    Participant,
    Placement,
    ScoreboardEntry,
    ScoreboardSnapshot,
    Tournament,
)
from tournaments.presets import PRESETS
from tournaments.standings import GameRef

TOURNAMENT_FIELDS = (
    "id",
    "name",
    "description",
    "status",
    "max_participants",
    "current_participants",
    "team_size",
    "start_date",
    "end_date",
    "points_table",
    "tie_chain",
    "source",
    "created_at",
    "updated_at",
)
PARTICIPANT_FIELDS = (
    "id",
    "name",
    "riot_id",
    "seed",
    "status",
    "waitlist_position",
    "members",
    "aliases",
    "manual_rank",
    "checked_in_at",
    "withdrawn_at",
)
SNAPSHOT_FIELDS = (
    "id",
    "tournament_id",
    "tournament_name",
    "source",
    "source_timestamp",
    "round_names",
    "extras",
    "created_at",
    "updated_at",
)
ENTRY_FIELDS = (
    "id",
    "snapshot_id",
    "player_name",
    "player_id",
    "discord_id",
    "riot_id",
    "standing_rank",
    "total_points",
    "round_scores",
    "extras",
)
PLAYER_FIELDS = (
    "player_name",
    "total_points",
    "standing_rank",
    "player_id",
    "discord_id",
    "riot_id",
    "round_scores",
)
OVERHEAD_OF_ENTRY = 100  # bytes beside its JSON, roughly

# The number and moment of a snapshot, the order of its entries, and their fields.
_EntriesKey = tuple[int, datetime, tuple[str, ...], tuple[str, ...]]
# 50 KB for 128 players
_entries: Kept[_EntriesKey, Sequence[orjson.Fragment]] = Kept(
    most=8 * 1024 * 1024, largest=1024 * 1024
)


def tournament_rows() -> QuerySet:
    return Tournament.objects.with_counts().values(*TOURNAMENT_FIELDS)


def tournament_body(tournament_id: int) -> dict[str, Any]:
    """One tournament as REST and frames show it. Raises ``TournamentNotFoundError``."""
    row = tournament_rows().filter(pk=tournament_id).first()
    if row is None:
        raise TournamentNotFoundError
    return row


def public_tournament(tournament_id: int) -> PublicTournament:
    """What overlays may know of it. Raises ``TournamentNotFoundError``."""
    return events.public_part(tournament_body(tournament_id))


def tournament_exists(tournament_id: int) -> bool:
    return Tournament.objects.filter(pk=tournament_id).exists()


def participant_rows(tournament_id: int) -> QuerySet:
    """Everybody who registered, in the order of arrival."""
    rows = Participant.objects.filter(tournament_id=tournament_id).with_waitlist_position()
    return rows.by_arrival().values(*PARTICIPANT_FIELDS)


def participant_body(tournament_id: int, participant_id: int) -> dict[str, Any]:
    """One of them. Raises ``ParticipantNotFoundError``."""
    everybody = Participant.objects.filter(tournament_id=tournament_id)
    stored = [name for name in PARTICIPANT_FIELDS if name != "waitlist_position"]
    row = everybody.filter(pk=participant_id).values(*stored, "arrival").first()
    if row is None:
        raise ParticipantNotFoundError
    # counted, not numbered: numbering would read the whole list for one of it
    before = everybody.waiting().filter(arrival__lt=row["arrival"])
    is_waiting = row["status"] == EntryStatus.WAITING
    row["waitlist_position"] = before.count() + 1 if is_waiting else None
    return {name: row[name] for name in PARTICIPANT_FIELDS}


def participant_exists(tournament_id: int, participant_id: int) -> bool:
    return Participant.objects.filter(tournament_id=tournament_id, pk=participant_id).exists()


def transitions(tournament_id: int) -> dict[str, Any]:
    """What a tournament is and may become. Raises ``TournamentNotFoundError``."""
    rows = Tournament.objects.filter(pk=tournament_id).values_list("status", flat=True)
    status = rows.first()
    if status is None:
        raise TournamentNotFoundError
    return {"status": status, "legal": lifecycle.legal_moves(status)}


def statistics(tournament_id: int) -> dict[str, Any]:
    """Numbers of one tournament: how full it is and how far it has come."""
    row = tournament_body(tournament_id)
    entries = Participant.objects.filter(tournament_id=tournament_id).count_by_status()
    seats = Placement.objects.filter(lobby__game__tournament_id=tournament_id)
    played = seats.aggregate(
        games_played=Count("lobby__game", filter=Q(place__isnull=False), distinct=True),
        results=Count("place"),
        absences=Count("pk", filter=Q(is_absent=True)),
    )
    return {
        "tournament_id": tournament_id,
        "name": row["name"],
        "status": row["status"],
        "max_participants": row["max_participants"],
        "current_participants": row["current_participants"],
        "participation_rate": round(row["current_participants"] / row["max_participants"] * 100, 2),
        "checked_in": entries.get(EntryStatus.CHECKED_IN, 0),
        "waiting": entries.get(EntryStatus.WAITING, 0),
        "withdrawn": entries.get(EntryStatus.WITHDRAWN, 0),
        **played,
    }


def standings(
    tournament_id: int, *, after: GameRef | None = None
) -> orjson.Fragment | dict[str, Any]:
    """The standings now, as they were published, or computed for after a game.

    Before anything was published they are computed too: everybody shares rank 1.
    Raises ``TournamentNotFoundError``.
    """
    tournament = Tournament.objects.filter(pk=tournament_id).first()
    if tournament is None:
        raise TournamentNotFoundError
    _, document = (None, None) if after else newest_document(tournament_id)
    if document is not None:
        return orjson.Fragment(document)
    book = rulebook.read(tournament)
    return scoreboard.document(book, scoreboard.compute(book, after=after), snapshot_id=None)


def result_rows(tournament_id: int) -> QuerySet:
    """Every seat that has a result, in the order of games, lobbies and places, absences last."""
    seats = Placement.objects.filter(lobby__game__tournament_id=tournament_id)
    return (
        seats.filter(Q(place__isnull=False) | Q(is_absent=True))
        .order_by(
            "lobby__game__day",
            "lobby__game__number",
            "lobby__number",
            F("place").asc(nulls_last=True),
            "participant_id",
        )
        .values(
            "place",
            "is_absent",
            day=F("lobby__game__day"),
            game=F("lobby__game__number"),
            lobby_number=F("lobby__number"),
            player=F("participant__name"),
        )
    )


def newest_document(tournament_id: int | None) -> tuple[int | None, str | None]:
    """The newest published standings: the snapshot's id and its JSON text, or twice ``None``."""
    if tournament_id is None:
        return None, None
    rows = ScoreboardSnapshot.objects.filter(tournament_id=tournament_id).order_by("-id")
    return rows.values_list("pk", "document").first() or (None, None)


def newest_snapshot_id(tournament_id: int) -> int | None:
    """The number of the newest published standings, without reading them."""
    rows = ScoreboardSnapshot.objects.filter(tournament_id=tournament_id).order_by("-id")
    return rows.values_list("pk", flat=True).first()


def presets() -> dict[str, Any]:
    """The formats that a tournament may be given."""
    formats = [
        {
            "preset": name,
            "title": preset.title,
            "description": preset.description,
            "stages": [stages.wire(stage) for stage in preset.stages],
        }
        for name, preset in PRESETS.items()
    ]
    return {"formats": formats, "total": len(formats)}


def tournament_format(tournament_id: int) -> dict[str, Any]:
    """The stages of a tournament, in the order of their days."""
    return {
        "tournament_id": tournament_id,
        "stages": [stages.wire(stage) for stage in stages.read(tournament_id)],
    }


def draws(tournament_id: int, *, window: slice) -> dict[str, Any]:
    """All draws, the newest first, with the names as they are now."""
    rows = Draw.objects.filter(tournament_id=tournament_id).order_by("-pk")
    names = _names(tournament_id)
    return {"draws": [_draw(row, names) for row in rows[window]], "total": rows.count()}


def draw_body(draw: Draw) -> dict[str, Any]:
    return _draw(draw, _names(draw.tournament_id))


def _names(tournament_id: int) -> dict[int, str]:
    rows = Participant.objects.filter(tournament_id=tournament_id)
    return dict(rows.values_list("pk", "name"))


def _draw(draw: Draw, names: Mapping[int, str]) -> dict[str, Any]:
    return {
        "id": draw.pk,
        "game": f"{draw.day}.{draw.number}",
        "rule": draw.rule,
        "seed": draw.seed,
        "after": draw.after or None,
        "drawn_by": draw.drawn_by,
        "drawn_at": draw.drawn_at,
        "replaced_at": draw.replaced_at,
        "lobbies": [
            {
                "lobby": number,
                "seats": [{"participant_id": pk, "name": names.get(pk, "")} for pk in lobby],
            }
            for number, lobby in enumerate(draw.lobbies, start=1)
        ],
    }


def snapshot_rows() -> QuerySet:
    return ScoreboardSnapshot.objects.newest_first().values(*SNAPSHOT_FIELDS)


def snapshot_summaries(tournament_id: int | None) -> QuerySet:
    """Snapshots with the number of their entries, the newest first."""
    rows = ScoreboardSnapshot.objects.newest_first().with_counts()
    if tournament_id is not None:
        rows = rows.filter(tournament_id=tournament_id)
    return rows.values(*SNAPSHOT_FIELDS, "entry_count")


def newest_snapshot(tournament_id: int | None) -> dict[str, Any] | None:
    """The newest snapshot, of one tournament or of all; ``None`` if nothing was published."""
    rows = snapshot_rows()
    if tournament_id is not None:
        rows = rows.filter(tournament_id=tournament_id)
    return rows.first()


def is_alone_in_its_second(snapshot: Mapping[str, Any], tournament_id: int | None) -> bool:
    """Whether the snapshot before it, of this tournament or of any, is from an earlier second."""
    rows = ScoreboardSnapshot.objects.newest_first().filter(pk__lt=snapshot["id"])
    if tournament_id is not None:
        rows = rows.filter(tournament_id=tournament_id)
    before = rows.values_list("updated_at", flat=True).first()
    second: datetime = snapshot["updated_at"].replace(microsecond=0)
    return before is None or before < second


def snapshot_body(snapshot_id: int) -> dict[str, Any]:
    """One snapshot with its entries. Raises ``SnapshotNotFoundError``."""
    row = snapshot_rows().filter(pk=snapshot_id).first()
    if row is None:
        raise SnapshotNotFoundError
    return row | {"entries": list(_entries_of(row, ("standing_rank", "pk"), ENTRY_FIELDS))}


def ranked_players(snapshot: Mapping[str, Any], order: str) -> Sequence[orjson.Fragment]:
    """The players of a snapshot as JSON, by this column of their entries; ``-`` turns it round."""
    return _entries_of(snapshot, (order, "standing_rank", "pk"), PLAYER_FIELDS)


def _entries_of(
    snapshot: Mapping[str, Any], order: tuple[str, ...], fields: tuple[str, ...]
) -> Sequence[orjson.Fragment]:
    """Kept, as what was published never changes. Whether it is still there the caller has asked."""
    # a number may come again, as after a restore; not with the same moment
    key = snapshot["id"], snapshot["created_at"], order, fields
    kept = _entries.get(key)
    if kept is None:
        rows = ScoreboardEntry.objects.filter(snapshot_id=snapshot["id"]).order_by(*order)
        texts = [bytes(memoryview(wire.dumps(row))) for row in rows.values(*fields)]
        kept = tuple(orjson.Fragment(text) for text in texts)
        _entries.keep(key, kept, sum(len(text) + OVERHEAD_OF_ENTRY for text in texts))
    return kept
