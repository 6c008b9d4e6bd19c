"""What is said about tournaments: the members of frames."""

from typing import Annotated, Final

import msgspec
from msgspec import Meta

from gal_dashboard.events.catalogue import EventData, EventType, Moment, by_action
from tournaments.choices import ParticipantStatus, TournamentStatus

CHANGES: Final = [
    "tournament.status_changed",
    "tournament.format_changed",
    "participant.registered",
    "participant.changed",
    "participant.checked_in",
    "participant.check_in_taken_back",
    "participant.withdrawn",
    "participant.promoted",
    "participant.removed",
    "draw.published",
]
Status = Annotated[str, Meta(extra_json_schema={"enum": TournamentStatus.values})]
ChangeKind = Annotated[str, Meta(extra_json_schema={"enum": CHANGES})]
RowStatus = Annotated[str, Meta(extra_json_schema={"enum": ParticipantStatus.values})]
StageKind = Annotated[str, Meta(extra_json_schema={"enum": ["points", "checkmate"]})]
GameName = Annotated[
    str, Meta(pattern=r"^[0-9]+\.[0-9]+$", description="A game as `day.number`.", examples=["3.4"])
]
RoundScores = Annotated[
    dict[str, int],
    Meta(description="Points by round: `round_1`, `round_2` ... through the whole event."),
]


PlaceByName = Annotated[dict[str, int], Meta(description="Place by the player's name.")]


class Form(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """An object whose members are all known."""


class PublicTournament(Form, kw_only=True):
    """What everybody may know of a tournament. Notes, rules and sources are the crew's."""

    id: int
    name: str
    status: Status
    max_participants: int
    current_participants: int
    start_date: Moment | None
    end_date: Moment | None


class StaffTournament(Form, kw_only=True):
    """A tournament as REST shows it."""

    id: int
    name: str
    description: str
    status: Status
    max_participants: int
    current_participants: int
    team_size: int
    start_date: Moment | None
    end_date: Moment | None
    points_table: dict[str, int]
    tie_chain: list[str]
    source: str
    created_at: Moment
    updated_at: Moment


class Person(Form, kw_only=True):
    """A participant of the tournament."""

    id: int
    name: str


class Change(Form, kw_only=True):
    """What an update was; ``kind`` is the name that the audit trail gives to it.

    A new status has ``before`` and ``after``, a draw the ``game``. ``participants`` are those whom
    it concerns, ``promoted`` those who moved up from the waitlist by it.
    """

    kind: ChangeKind
    before: Status | None = None
    after: Status | None = None
    reason: str | None = None
    game: GameName | None = None
    participants: list[Person] = []  # msgspec copies an empty one for each
    promoted: list[Person] = []


class StageInPlay(Form, kw_only=True):
    number: int
    name: str
    kind: StageKind
    threshold: int | None


class LobbyInPlay(Form, kw_only=True):
    game: GameName
    lobby: int
    participant_ids: list[int]


Rounds = Annotated[list[str], Meta(examples=[["round_1", "round_2"]])]


class StageSoFar(Form, kw_only=True):
    """A stage of the event and what was played of it.

    Its points are those of its own ``rounds`` and of those that it ``carried`` from before.
    ``players`` took part; null: it has not begun. ``order`` is how it ended, best first, those who
    shared a rank together; null until the next stage begins.
    """

    number: int
    name: str
    rounds: Rounds
    carried: Rounds
    players: int | None
    order: list[list[int]] | None


class StandingsRow(Form, kw_only=True):
    """Those who share a rank are ``tied``. What may still happen is null where it is not known."""

    rank: int
    tied: bool
    participant_id: int
    player_name: str
    total_points: int
    event_points: int
    round_scores: RoundScores
    rank_change: int | None
    status: RowStatus | None
    explanation: str | None
    points_to_cut: int | None
    max_points: int | None
    clinched: bool | None
    eliminated: bool | None
    needed_place: int | None


class Standings(Form, kw_only=True):
    """Standings as they were published, with the chain that ordered them.

    Those that were published by an older server, and not since, have no ``stages``.
    """

    tournament_id: int
    snapshot_id: int | None
    after: GameName | None
    complete: bool
    stage: StageInPlay | None
    label: str
    cut: int | None
    games_left: int | None
    chain: list[str]
    round_names: list[str]
    lobbies: list[LobbyInPlay]
    stages: list[StageSoFar] = []
    standings: list[StandingsRow]


class TournamentUpdated(EventData, kw_only=True, tag="updated"):
    """The tournament that an overlay shows changed."""

    tournament_id: int
    tournament: PublicTournament


class StaffTournamentChanged(EventData, kw_only=True):
    """``change`` is null where fields of the tournament changed, and for what is new or gone."""

    tournament_id: int
    tournament: StaffTournament
    change: Change | None
    actor: str


class StaffTournamentCreated(StaffTournamentChanged, kw_only=True, tag="created"):
    """A new tournament."""


class StaffTournamentUpdated(StaffTournamentChanged, kw_only=True, tag="updated"):
    """Its fields, its status, its format or its participants changed."""


class StaffTournamentDeleted(StaffTournamentChanged, kw_only=True, tag="deleted"):
    """Gone with all its results, as it was."""


class StandingsPublished(EventData, kw_only=True, tag="published"):
    """Over 64 KiB only ``snapshot_id`` is told. If that is null too, there are none any more."""

    tournament_id: int | None
    snapshot_id: int | None
    standings: Standings | None


class StaffStandingsPublished(StandingsPublished, kw_only=True, tag="published"):
    """The same, and who did what they were published for."""

    actor: str


class LobbyResult(EventData, kw_only=True):
    tournament_id: int
    game: GameName
    lobby: int
    placements: PlaceByName
    absent: list[str]
    actor: str


class LobbyResultConfirmed(LobbyResult, kw_only=True):
    """``submission_id`` names the submission that was confirmed; null if the result came at once.

    One that says what counts already is ``corrected`` too, and no standings follow.
    """

    submission_id: int | None


class LobbyResultRecorded(LobbyResultConfirmed, kw_only=True, tag="recorded"):
    """The first result of a lobby."""


class LobbyResultCorrected(LobbyResultConfirmed, kw_only=True, tag="corrected"):
    """A later result, which replaces the one before."""


class ResultSubmitted(LobbyResult, kw_only=True, tag="submitted"):
    """Somebody says what came of a lobby; it counts for nothing until it is confirmed."""

    submission_id: int
    note: str


class ResultRejected(LobbyResult, kw_only=True, tag="rejected"):
    """A submission that will not count."""

    submission_id: int
    reason: str


class CorrectedLobby(Form, kw_only=True):
    """What counts for a lobby now."""

    game: GameName
    lobby: int
    placements: PlaceByName
    absent: list[str]


class ResultsCorrectedTogether(EventData, kw_only=True, tag="corrected_together"):
    """Results of lobbies were replaced at once; ``undoes`` is the correction taken back by it."""

    tournament_id: int
    correction_id: int
    undoes: int | None
    reason: str
    lobbies: list[CorrectedLobby]
    actor: str


TO_STAFF: Final = by_action(StaffTournamentCreated, StaffTournamentUpdated, StaffTournamentDeleted)
RESULTS: Final = by_action(LobbyResultRecorded, LobbyResultCorrected)
OF_PLACEMENTS: Final[tuple[type[EventData], ...]] = (
    *RESULTS.values(),
    ResultSubmitted,
    ResultRejected,
    ResultsCorrectedTogether,
)

EVENT_TYPES: Final = (
    EventType(
        name="tournament_update",
        summary="A tournament was created, changed or deleted.",
        staff=tuple(TO_STAFF.values()),
        public=(TournamentUpdated,),
    ),
    EventType(
        name="standings_update",
        summary="Standings were published, or what an overlay shows has others now.",
        staff=(StaffStandingsPublished,),
        public=(StandingsPublished,),
    ),
    EventType(
        name="placement_update",
        summary="A result was entered, submitted, rejected or corrected.",
        staff=OF_PLACEMENTS,
    ),
)
