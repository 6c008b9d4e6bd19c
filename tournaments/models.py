"""A tournament: its rules, its people, its games, and the standings that were published."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from gal_dashboard.core import options
from gal_dashboard.core.models import TimestampedModel
from tournaments.choices import DrawRule, EntryStatus, SheetStatus, TournamentStatus
from tournaments.limits import LARGEST_TOURNAMENT, LONGEST_NAME, LONGEST_RIOT_ID, LONGEST_TITLE
from tournaments.options import CHAIN, POINTS
from tournaments.querysets import (
    ParticipantQuerySet,
    SheetQuerySet,
    SnapshotQuerySet,
    TournamentQuerySet,
)
from tournaments.standings import LOBBY_SIZE

LARGEST_TEAM = LOBBY_SIZE // 2


def default_points() -> dict[str, int]:
    return dict(options.value(POINTS))


def default_chain() -> list[str]:
    return list(options.value(CHAIN))


class Tournament(TimestampedModel):
    name = models.CharField(max_length=LONGEST_TITLE, db_index=True)
    description = models.TextField(blank=True, max_length=5000)
    status = models.CharField(
        max_length=20, choices=TournamentStatus, default=TournamentStatus.DRAFT
    )
    max_participants = models.PositiveIntegerField(
        validators=[MinValueValidator(2), MaxValueValidator(LARGEST_TOURNAMENT)]
    )
    team_size = models.PositiveSmallIntegerField(
        default=1,
        db_default=1,
        validators=[MinValueValidator(1), MaxValueValidator(LARGEST_TEAM)],
        help_text="Players of one participant: 1, or 2 for Double Up.",
    )
    start_date = models.DateTimeField(null=True, blank=True)
    end_date = models.DateTimeField(null=True, blank=True)
    points_table = models.JSONField(
        default=default_points, help_text='Points by place: {"1": 8, ... "8": 1}.'
    )
    tie_chain = models.JSONField(
        default=default_chain,
        help_text="Metrics that order the standings, the first difference wins.",
    )
    source = models.CharField(
        max_length=LONGEST_TITLE, blank=True, help_text="Where imported results come from."
    )

    objects = TournamentQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=TournamentStatus.values),
                name="tournaments_tournament_status_known",
            ),
            models.CheckConstraint(
                condition=Q(start_date__isnull=True)
                | Q(end_date__isnull=True)
                | Q(end_date__gte=models.F("start_date")),
                name="tournaments_tournament_ends_after_start",
                violation_error_message="The end lies before the start.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def lobby_size(self) -> int:
        """How many participants a lobby seats: its eight players may come in teams."""
        return LOBBY_SIZE // self.team_size


class Participant(models.Model):
    """One entry of the standings: a player, or a team."""

    tournament = models.ForeignKey(
        Tournament, on_delete=models.CASCADE, related_name="participants"
    )
    name = models.CharField(max_length=LONGEST_NAME)
    aliases = models.JSONField(
        default=list, blank=True, help_text="Other spellings under which results may come."
    )
    user = models.ForeignKey(
        "users.User", on_delete=models.SET_NULL, null=True, blank=True, related_name="entries"
    )
    riot_id = models.CharField(max_length=LONGEST_RIOT_ID, blank=True)
    members = models.JSONField(
        default=list,
        db_default=models.Value([], models.JSONField()),
        blank=True,
        help_text='The players of a team: [{"name": "Ann", "riot_id": "Ann#EUW"}].',
    )
    status = models.CharField(
        max_length=12,
        choices=EntryStatus,
        default=EntryStatus.REGISTERED,
        db_default=EntryStatus.REGISTERED,
    )
    arrival = models.PositiveIntegerField(
        default=0,
        db_default=0,
        help_text="The order of arrival; who comes back after a withdrawal is last.",
    )
    checked_in_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    seed = models.PositiveIntegerField(null=True, blank=True)
    manual_rank = models.PositiveIntegerField(
        null=True,
        blank=True,
        help_text="Set by staff where the chain leaves a tie; lower is better.",
    )

    objects = ParticipantQuerySet.as_manager()

    class Meta:
        ordering = ["tournament", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["tournament", "name"], name="tournaments_participant_name_unique"
            ),
            models.CheckConstraint(
                condition=Q(status__in=EntryStatus.values),
                name="tournaments_participant_status_known",
            ),
        ]
        indexes = [
            models.Index(fields=["tournament", "status", "arrival"], name="tournaments_by_arrival")
        ]

    def __str__(self) -> str:
        return self.name


class Stage(models.Model):
    """Days whose points count together. A new stage starts from zero, unless it carries."""

    tournament = models.ForeignKey(Tournament, on_delete=models.CASCADE, related_name="stages")
    number = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=LONGEST_NAME)
    days = models.JSONField(help_text="The numbers of its days, such as [1, 2].")
    cuts = models.JSONField(
        default=list,
        blank=True,
        help_text='Who goes on: [{"day": 2, "game": null, "to": 8}]; game null is the day\'s last.',
    )
    threshold = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="Checkmate: points that put a player in check."
    )
    carries = models.BooleanField(
        default=False, db_default=False, help_text="Goes on with the points of the stage before."
    )
    points_table = models.JSONField(
        null=True, blank=True, help_text="Points by place; null: those of the tournament."
    )
    tie_chain = models.JSONField(
        null=True, blank=True, help_text="Metrics in order; null: those of the tournament."
    )
    games_a_day = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="Null: until it is decided."
    )
    redraw_every = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="Games for which a draw holds; null: the whole day."
    )
    draw_rule = models.CharField(
        max_length=8, choices=DrawRule, default=DrawRule.SNAKE, db_default=DrawRule.SNAKE
    )

    class Meta:
        ordering = ["tournament", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["tournament", "number"], name="tournaments_stage_number_unique"
            )
        ]

    def __str__(self) -> str:
        return f"{self.tournament}: {self.name}"


class Draw(models.Model):
    """Who was drawn into which lobby, and by which rule; one that was replaced is kept."""

    tournament = models.ForeignKey(Tournament, on_delete=models.CASCADE, related_name="draws")
    day = models.PositiveSmallIntegerField()
    number = models.PositiveSmallIntegerField(help_text="The first game that it holds for.")
    rule = models.CharField(max_length=8, choices=DrawRule)
    seed = models.BigIntegerField(null=True, blank=True, help_text="What chance began with.")
    after = models.CharField(
        max_length=12, blank=True, help_text="The game whose standings ordered it; blank: none."
    )
    lobbies = models.JSONField(help_text="Numbers of participants: lobby 1 first.")
    drawn_by = models.CharField(max_length=150)
    drawn_at = models.DateTimeField(auto_now_add=True)
    replaced_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["tournament", "day", "number"],
                condition=Q(replaced_at__isnull=True),
                name="tournaments_draw_one_holds",
            ),
            models.CheckConstraint(
                condition=Q(rule__in=DrawRule.values), name="tournaments_draw_rule_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.tournament} {self.day}.{self.number}: {self.get_rule_display()}"


class Game(models.Model):
    tournament = models.ForeignKey(Tournament, on_delete=models.CASCADE, related_name="games")
    stage = models.ForeignKey(Stage, on_delete=models.CASCADE, related_name="games")
    day = models.PositiveSmallIntegerField()
    number = models.PositiveSmallIntegerField(help_text="Counted from 1 within its day.")
    draw = models.ForeignKey(
        Draw,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="games",
        help_text="What seated its lobbies; null: nobody drew them here.",
    )

    class Meta:
        ordering = ["tournament", "day", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["tournament", "day", "number"], name="tournaments_game_unique"
            )
        ]

    def __str__(self) -> str:
        return f"{self.tournament} {self.day}.{self.number}"


class Lobby(models.Model):
    game = models.ForeignKey(Game, on_delete=models.CASCADE, related_name="lobbies")
    number = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["game", "number"]
        verbose_name_plural = "lobbies"
        constraints = [
            models.UniqueConstraint(fields=["game", "number"], name="tournaments_lobby_unique")
        ]

    def __str__(self) -> str:
        return f"{self.game} lobby {self.number}"


class Correction(models.Model):
    """Results of one or several lobbies that were replaced together, and why."""

    tournament = models.ForeignKey(Tournament, on_delete=models.CASCADE, related_name="corrections")
    lobbies = models.JSONField(
        help_text='[{"game": "3.1", "lobby": 1, "before": {"5": 1}, "after": {"5": 2}}]: places by '
        "the number of the participant, null for who was absent."
    )
    reason = models.CharField(max_length=500, blank=True)
    made_by = models.CharField(max_length=150)
    made_at = models.DateTimeField(auto_now_add=True)
    undoes = models.OneToOneField(
        "self",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="undone_by",
        help_text="The correction that this one takes back.",
    )

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.tournament}: correction {self.pk}"


class ResultSheet(models.Model):
    """What somebody said came of a lobby, and what became of that. One of each lobby counts."""

    lobby = models.ForeignKey(Lobby, on_delete=models.CASCADE, related_name="sheets")
    placements = models.JSONField(
        help_text="Places by the number of the participant, null for who was absent."
    )
    status = models.CharField(max_length=9, choices=SheetStatus, default=SheetStatus.SUBMITTED)
    note = models.CharField(max_length=500, blank=True)
    submitted_by = models.CharField(max_length=150)
    submitted_at = models.DateTimeField()
    decided_by = models.CharField(
        max_length=150, blank=True, help_text="Who confirmed or rejected it."
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=500, blank=True, help_text="Why it was rejected.")
    correction = models.ForeignKey(
        Correction,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="sheets",
        help_text="What confirmed it, if it was one of several that were corrected together.",
    )

    objects = SheetQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["lobby"],
                condition=Q(status=SheetStatus.CONFIRMED),
                name="tournaments_sheet_one_confirmed",
            ),
            models.CheckConstraint(
                condition=Q(status__in=SheetStatus.values), name="tournaments_sheet_status_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.lobby}: {self.get_status_display()}"

    @property
    def places(self) -> dict[int, int | None]:
        return {int(pk): place for pk, place in self.placements.items()}


class Placement(models.Model):
    """A seat in a lobby, and what came of it: a place, an absence, or nothing yet.

    Those with an outcome are the confirmed sheet of the lobby, laid out.
    """

    lobby = models.ForeignKey(Lobby, on_delete=models.CASCADE, related_name="placements")
    participant = models.ForeignKey(
        Participant, on_delete=models.PROTECT, related_name="placements"
    )
    place = models.PositiveSmallIntegerField(null=True, blank=True)
    is_absent = models.BooleanField(default=False)

    class Meta:
        ordering = ["lobby", "place", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["lobby", "participant"], name="tournaments_placement_seat_unique"
            ),
            models.UniqueConstraint(
                fields=["lobby", "place"], name="tournaments_placement_place_unique"
            ),
            models.CheckConstraint(
                condition=Q(place__isnull=True) | Q(place__range=(1, LOBBY_SIZE)),
                name="tournaments_placement_place_in_lobby",
            ),
            models.CheckConstraint(
                condition=Q(place__isnull=True) | Q(is_absent=False),
                name="tournaments_placement_absent_without_place",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.lobby}: {self.participant}"


class ScoreboardSnapshot(TimestampedModel):
    """Standings as they were published, with the chain that ordered them."""

    tournament = models.ForeignKey(Tournament, on_delete=models.CASCADE, related_name="snapshots")
    tournament_name = models.CharField(max_length=LONGEST_TITLE)
    source = models.CharField(max_length=40)
    source_timestamp = models.DateTimeField()
    round_names = models.JSONField(default=list)
    extras = models.JSONField(default=dict)
    document = models.TextField(help_text="The standings as JSON, ready for the wire.")

    objects = SnapshotQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.tournament_name} #{self.pk}"


class ScoreboardEntry(models.Model):
    snapshot = models.ForeignKey(
        ScoreboardSnapshot, on_delete=models.CASCADE, related_name="entries"
    )
    player_name = models.CharField(max_length=LONGEST_NAME)
    player_id = models.BigIntegerField(null=True)
    discord_id = models.CharField(max_length=32, null=True)  # noqa: DJ001 - null on the wire
    riot_id = models.CharField(max_length=LONGEST_RIOT_ID, null=True)  # noqa: DJ001 - null on the wire
    standing_rank = models.PositiveIntegerField()
    total_points = models.IntegerField()
    round_scores = models.JSONField(default=dict)
    extras = models.JSONField(default=dict)

    class Meta:
        ordering = ["snapshot", "standing_rank", "pk"]
        verbose_name_plural = "scoreboard entries"

    def __str__(self) -> str:
        return f"{self.standing_rank}. {self.player_name}"
