"""Where a client really is, seen through the proxies that we run ourselves."""

import ipaddress
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

IPV6_HOUSEHOLD: Final = 64  # one household has that many bits of addresses to choose from


def client_address(peer: str, forwarded_for: str, trusted: int) -> str:
    """The address of the client that reached us from ``peer`` through ``trusted`` proxies of ours.

    ``forwarded_for`` is the X-Forwarded-For header, several of them joined by commas. Each proxy
    of ours appends whom it saw, so the ``trusted``-th from the right is the last entry that no
    client can forge. A shorter list came past fewer proxies and was begun by one of them. Garbage
    in that place counts as not sent: the answer is ``peer``.
    """
    if trusted <= 0:
        return peer
    entries = forwarded_for.split(",")
    return _parsed(entries[-min(trusted, len(entries))]) or peer


def address_in(scope: Mapping[str, Any], trusted: int) -> str:
    """The same, of an ASGI scope."""
    client = scope.get("client")
    peer = str(client[0]) if client else ""
    forwarded_for = ",".join(
        value.decode("latin-1")
        for name, value in scope["headers"]
        if name.lower() == b"x-forwarded-for"
    )
    return client_address(peer, forwarded_for, trusted)


# asked for each request; to parse an address takes longer than to judge it
@lru_cache(maxsize=4096)
def household(address: str) -> str:
    """What one client cannot multiply: an IPv4 address, or the IPv6 network that it is in."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv4Address):
        return str(parsed)
    return str(ipaddress.ip_network((int(parsed), IPV6_HOUSEHOLD), strict=False))


def _parsed(entry: str) -> str | None:
    """The address in one entry, which some proxies write with a port; ``None`` if there is none."""
    text = entry.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(address)
