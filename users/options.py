"""What staff may change about signing in."""

from typing import Final

from gal_dashboard.core.option_kinds import Kind
from gal_dashboard.core.options import Option

LOGIN_ATTEMPTS: Final = "users.login_attempts_per_minute"

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
)
