"""What the database holds: people, sessions, options, the event log."""

from collections.abc import Iterator
from datetime import timedelta

from django.conf import settings
from django.db.models import Max, Min
from django.utils import timezone

from configuration import registry
from gal_dashboard.core import options
from gal_dashboard.events.models import Event, Stream, StreamEntry
from gal_dashboard.events.options import KEPT_HOURS, KEPT_NEWEST
from gal_dashboard.operations.doctor.findings import Finding, ok, problem, warning
from users.models import Session, User
from users.options import SESSIONS_KEPT_DAYS

# The pruner comes every hour; a day of delay is no accident.
LATE = timedelta(days=1)


def configuration() -> Iterator[Finding]:
    """Stored values that this release cannot obey."""
    registry.load()
    faults = registry.problems()
    for key, sentence in faults.items():
        message = f"The stored value of {key} {sentence}; the last good one or the default holds."
        yield problem("configuration", message, "Correct it in the admin, under Configuration.")
    if not faults:
        yield ok("configuration", "Every stored value can be obeyed.")


def people() -> Iterator[Finding]:
    """Whether somebody can get in."""
    able = [user for user in User.objects.administrators() if user.has_usable_password()]
    if able:
        yield ok("people", f"{len(able)} Administrators can sign in to the admin.")
    else:
        yield warning(
            "people",
            "No Administrator can sign in to the admin.",
            "manage.py createsuperuser makes one; so does manage.py first_start.",
        )
    if settings.DASHBOARD_VIEWER_PASSWORD:
        yield ok("people", "The dashboard opens by the master and the viewer password.")
    else:
        yield ok("people", "The dashboard opens by the master password; none only reads.")
    due = timezone.now() - timedelta(days=options.value(SESSIONS_KEPT_DAYS)) - LATE
    if overdue := Session.objects.over_before(due).count():
        message = f"{overdue} sessions have been over for so long that they should be gone."
        yield warning("sessions", message, "A running server removes them: look into its log why.")
    else:
        yield ok("sessions", f"{Session.objects.live().count()} sessions are live.")


def event_log() -> Iterator[Finding]:
    """How large it is, and whether anybody prunes it."""
    kept = options.snapshot()
    count = Event.objects.count()
    longest = Stream.objects.aggregate(longest=Max("head"))["longest"] or 0
    due = timezone.now() - timedelta(hours=kept[KEPT_HOURS]) - LATE
    overdue = False
    for name, head in Stream.objects.filter(head__gt=kept[KEPT_NEWEST]).values_list("name", "head"):
        old = StreamEntry.objects.filter(stream=name, seq__lte=head - kept[KEPT_NEWEST])
        oldest = old.aggregate(oldest=Min("event__created_at"))["oldest"]
        overdue = overdue or (oldest is not None and oldest < due)
    if overdue:
        message = f"The event log has {count} events, and nobody has pruned it for a day."
        yield warning("event log", message, "manage.py prune_events, and look into the log why.")
    else:
        yield ok("event log", f"{count} events; the longest stream is at {longest}.")
