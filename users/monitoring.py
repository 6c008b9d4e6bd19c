"""What of signing in is counted."""

from typing import Final

from gal_dashboard.core import monitoring

LOGINS: Final = monitoring.counter(
    "gal_logins",
    "Logins over the API and the admin: accepted; refused for their password; throttled, as too "
    "many failed; busy, as the line was full; closed, as failures could not be counted.",
    ["result"],
    known=("accepted", "refused", "throttled", "busy", "closed"),
)
