"""What stands in the members of a tournament: one struct for each, by which they are judged.

Rows name each other by their place in their member, from 1. So a file says nothing of the numbers
that rows have in a database, and the same show gives the same file wherever it is.
"""

from datetime import datetime
from typing import Annotated, Final

from msgspec import Meta, Struct

from tournaments.choices import DrawRule, EntryStatus, SheetStatus, TournamentStatus
from tournaments.limits import (
    HIGHEST_DAY,
    HIGHEST_GAME,
    HIGHEST_LOBBY,
    HIGHEST_THRESHOLD,
    LARGEST_SEED,
    LARGEST_TOURNAMENT,
    LONGEST_NAME,
    LONGEST_RIOT_ID,
    LONGEST_TITLE,
    MOST_POINTS,
)
from tournaments.models import LARGEST_TEAM
from tournaments.standings import LOBBY_SIZE

MOST_ROWS: Final = 100_000  # of one member
LARGEST_COUNT: Final = 2**31 - 1  # of a column

Ref = Annotated[int, Meta(ge=1, le=MOST_ROWS)]
RefText = Annotated[str, Meta(pattern=r"^[1-9][0-9]{0,5}\Z")]
Title = Annotated[str, Meta(min_length=1, max_length=LONGEST_TITLE)]
Name = Annotated[str, Meta(min_length=1, max_length=LONGEST_NAME)]
RiotId = Annotated[str, Meta(max_length=LONGEST_RIOT_ID)]
Author = Annotated[str, Meta(max_length=150)]
Remark = Annotated[str, Meta(max_length=500)]
Moment = Annotated[datetime, Meta(tz=True)]
Count = Annotated[int, Meta(ge=0, le=LARGEST_COUNT)]
Day = Annotated[int, Meta(ge=1, le=HIGHEST_DAY)]
GameNumber = Annotated[int, Meta(ge=1, le=HIGHEST_GAME)]
LobbyNumber = Annotated[int, Meta(ge=1, le=HIGHEST_LOBBY)]
GameName = Annotated[str, Meta(pattern=r"^[1-9][0-9]{0,3}\.[1-9][0-9]{0,3}\Z")]
Place = Annotated[int, Meta(ge=1, le=LOBBY_SIZE)]
PlaceText = Annotated[str, Meta(pattern=rf"^[1-{LOBBY_SIZE}]\Z")]
Points = Annotated[dict[PlaceText, Annotated[int, Meta(ge=0, le=MOST_POINTS)]], Meta(min_length=1)]
Chain = Annotated[list[Name], Meta(min_length=1, max_length=LOBBY_SIZE * 4)]
Places = dict[RefText, Place | None]


class FileForm(Struct, kw_only=True, forbid_unknown_fields=True):
    """A struct that takes nothing that it does not know."""


class TournamentForm(FileForm):
    """``is_published``: whether standings were published, so that they are again."""

    name: Title
    description: Annotated[str, Meta(max_length=5000)]
    status: TournamentStatus
    max_participants: Annotated[int, Meta(ge=2, le=LARGEST_TOURNAMENT)]
    team_size: Annotated[int, Meta(ge=1, le=LARGEST_TEAM)]
    start_date: Moment | None
    end_date: Moment | None
    points_table: Points
    tie_chain: Chain
    source: Annotated[str, Meta(max_length=LONGEST_TITLE)]
    created_at: Moment
    updated_at: Moment
    is_published: bool


class PersonForm(FileForm):
    """An account by which a participant is known: no roles, no password, no e-mail address."""

    username: Annotated[str, Meta(min_length=1, max_length=150)]
    display_name: Author
    discord_id: Annotated[str, Meta(max_length=32)] | None
    riot_id: RiotId


class MemberForm(FileForm):
    name: Name
    riot_id: RiotId = ""


class ParticipantForm(FileForm):
    name: Name
    aliases: list[Name]
    user: Ref | None
    riot_id: RiotId
    members: Annotated[list[MemberForm], Meta(max_length=LOBBY_SIZE)]
    status: EntryStatus
    arrival: Count
    checked_in_at: Moment | None
    withdrawn_at: Moment | None
    seed: Count | None
    manual_rank: Count | None


class CutForm(FileForm):
    day: Day
    game: GameNumber | None
    to: Annotated[int, Meta(ge=1, le=LARGEST_TOURNAMENT)]


class StageForm(FileForm):
    number: Annotated[int, Meta(ge=1, le=999)]
    name: Name
    days: Annotated[list[Day], Meta(min_length=1, max_length=HIGHEST_DAY)]
    cuts: Annotated[list[CutForm], Meta(max_length=HIGHEST_DAY)]
    threshold: Annotated[int, Meta(ge=1, le=HIGHEST_THRESHOLD)] | None
    carries: bool
    points_table: Points | None
    tie_chain: Chain | None
    games_a_day: GameNumber | None
    redraw_every: GameNumber | None
    draw_rule: DrawRule


class DrawForm(FileForm):
    day: Day
    number: GameNumber
    rule: DrawRule
    seed: Annotated[int, Meta(ge=-LARGEST_SEED, le=LARGEST_SEED)] | None
    after: Annotated[str, Meta(pattern=r"^(?:[1-9][0-9]{0,3}\.[1-9][0-9]{0,3})?\Z")]
    lobbies: Annotated[list[list[Ref | None]], Meta(max_length=HIGHEST_LOBBY)]
    drawn_by: Author
    drawn_at: Moment
    replaced_at: Moment | None


class GameForm(FileForm):
    stage: Ref
    day: Day
    number: GameNumber
    draw: Ref | None


class LobbyForm(FileForm):
    game: Ref
    number: LobbyNumber


class CorrectedForm(FileForm):
    game: GameName
    lobby: LobbyNumber
    before: Places
    after: Places


class CorrectionForm(FileForm):
    lobbies: Annotated[list[CorrectedForm], Meta(min_length=1, max_length=HIGHEST_LOBBY)]
    reason: Remark
    made_by: Author
    made_at: Moment
    undoes: Ref | None


class SheetForm(FileForm):
    lobby: Ref
    placements: Places
    status: SheetStatus
    note: Remark
    submitted_by: Author
    submitted_at: Moment
    decided_by: Author
    decided_at: Moment | None
    reason: Remark
    correction: Ref | None


class PlacementForm(FileForm):
    lobby: Ref
    participant: Ref
    place: Place | None
    is_absent: bool


class RankForm(FileForm):
    """A row of the standings, as the exporting installation computed it."""

    participant: Ref
    rank: int
    tied: bool
    total_points: int
    event_points: int
    round_scores: dict[str, int]
    status: str | None


class StandingsForm(FileForm):
    """What results come to: an import has to come to the same."""

    after: GameName | None
    complete: bool
    stage: int | None
    cut: int | None
    chain: list[Name]
    rows: list[RankForm]
