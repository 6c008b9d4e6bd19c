"""The login throttle: failed attempts of one address, counted in the shared cache."""

import ipaddress
from typing import Final

from django.http import HttpRequest
from django_ratelimit.core import get_usage

from users.errors import TooManyLoginsError

GROUP: Final = "login"
RATE: Final = "5/m"
IPV6_HOUSEHOLD: Final = 64  # one household has that many addresses to choose from


def _address(_group: str, request: HttpRequest) -> str:
    text = request.META["REMOTE_ADDR"]
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return text or "unknown"
    if address.version == 4:  # noqa: PLR2004 - a version, not a quantity
        return str(address)
    return str(ipaddress.ip_network((address, IPV6_HOUSEHOLD), strict=False))


def refuse_if_too_many(request: HttpRequest) -> None:
    """Raises ``TooManyLoginsError`` when this address failed too often. Counts nothing itself."""
    usage = get_usage(request, group=GROUP, key=_address, rate=RATE, increment=False)
    if usage and usage["count"] >= usage["limit"]:
        raise TooManyLoginsError(retry_after=max(1, usage["time_left"]))


def count_failure(request: HttpRequest) -> None:
    get_usage(request, group=GROUP, key=_address, rate=RATE, increment=True)
