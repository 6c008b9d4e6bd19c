"""Who may see how the server is: the monitoring by its token, and staff."""

from django.utils.crypto import constant_time_compare

from gal_dashboard.core import options
from gal_dashboard.core.errors import DomainError
from gal_dashboard.operations.options import MONITORING_TOKEN
from users.tokens import read_access_token


def is_insider(bearer: str) -> bool:
    """By the signature alone: whoever looks for the fault has no database to look up a session."""
    token = options.value(MONITORING_TOKEN)
    if token and constant_time_compare(bearer, token):
        return True
    try:
        read_access_token(bearer)
    except DomainError:
        return False
    return True
