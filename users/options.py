"""What staff may change about signing in."""

from typing import Final

from gal_dashboard.core.option_kinds import Kind
from gal_dashboard.core.options import Option

LOGIN_ATTEMPTS: Final = "users.login_attempts_per_minute"
SESSIONS_KEPT_DAYS: Final = "users.sessions_kept_days"

OPTIONS: Final = (
    Option(
        key=LOGIN_ATTEMPTS,
        kind=Kind.INTEGER,
        default=5,
        low=1,
        high=100,
        title="Failed logins of one address",
        help="So many within a minute; then the address waits. Right passwords are not counted.",
    ),
    Option(
        key=SESSIONS_KEPT_DAYS,
        kind=Kind.INTEGER,
        default=30,
        low=1,
        high=3650,
        title="How long sessions are listed that are over",
        help="Days after a session ended or expired. The audit trail keeps who came and went.",
    ),
)
