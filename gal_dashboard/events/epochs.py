"""The life of this database, and the beginning of a new one."""

from gal_dashboard.events.models import Epoch, new_epoch
from gal_dashboard.events.recording import recording


def begin_epoch() -> str:
    """Give the database a new life; the epoch's name.

    Numbers that clients remember mean nothing from now on: they get a snapshot instead of events.
    """
    value = new_epoch()
    with recording():
        Epoch.objects.update_or_create(pk=1, defaults={"value": value})
    return value
