from django.db import models


class TournamentStatus(models.TextChoices):
    DRAFT = "draft", "Draft"
    REGISTRATION_OPEN = "registration_open", "Registration open"
    REGISTRATION_CLOSED = "registration_closed", "Registration closed"
    CHECK_IN = "check_in", "Check-in"
    IN_PROGRESS = "in_progress", "In progress"
    COMPLETED = "completed", "Completed"
    CANCELLED = "cancelled", "Cancelled"
    POSTPONED = "postponed", "Postponed"


class EntryStatus(models.TextChoices):
    """Where a participant stands before and beside the games."""

    REGISTERED = "registered", "Registered"
    CHECKED_IN = "checked_in", "Checked in"
    WAITING = "waiting", "On the waitlist"
    WITHDRAWN = "withdrawn", "Withdrawn"


class ParticipantStatus(models.TextChoices):
    """What a row of the standings says beside the points; ``None`` on the wire if nothing."""

    CHAMPION = "champion"
    IN_CHECK = "in_check"
    ELIMINATED = "eliminated"


class DrawRule(models.TextChoices):
    """How lobbies are dealt."""

    SNAKE = "snake", "Snake over the standings"
    SWISS = "swiss", "Swiss: equals meet"
    RANDOM = "random", "By chance"
    MANUAL = "manual", "By hand"


class SheetStatus(models.TextChoices):
    """What became of what somebody said about the result of a lobby."""

    SUBMITTED = "submitted", "Waits to be confirmed"
    CONFIRMED = "confirmed", "Confirmed: it counts"
    REPLACED = "replaced", "Was confirmed, until a later one was"
    REJECTED = "rejected", "Rejected"
