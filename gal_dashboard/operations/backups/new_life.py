"""What must not come back with an old copy of the database.

Numbers of events would be given a second time with another meaning, and logins that were ended
since would be good again.
"""

from typing import Final

from django.contrib.sessions.models import Session as AdminSession

from gal_dashboard.events.models import Epoch, new_epoch
from users.choices import EndReason
from users.models import Session

_EPOCHS: Final = Epoch._meta.db_table  # noqa: SLF001 - _meta is documented
_SESSIONS: Final = Session._meta.db_table  # noqa: SLF001
_ADMIN_SESSIONS: Final = AdminSession._meta.db_table  # noqa: SLF001


def statements() -> list[str]:
    """SQL that either engine runs at the end of the transaction which puts a copy back."""
    ended = f"ended_at = CURRENT_TIMESTAMP, ended_reason = '{EndReason.RESTORED}'"
    # Nothing of a client's stands in them, and an epoch has letters, digits, - and _ only.
    return [
        f"UPDATE {_EPOCHS} SET value = '{new_epoch()}'",  # noqa: S608
        f"UPDATE {_SESSIONS} SET {ended} WHERE ended_at IS NULL",  # noqa: S608
        f"DELETE FROM {_ADMIN_SESSIONS}",  # noqa: S608
    ]
