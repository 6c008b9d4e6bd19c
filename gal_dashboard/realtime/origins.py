"""Which web pages may open a socket. Browsers name the page; programs name none."""

from collections.abc import Collection, Sequence

from django.http.request import split_domain_port, validate_host


def is_welcome(
    *,
    origins: Sequence[str],
    host: str,
    known_origins: Collection[str],
    allowed_hosts: Collection[str],
) -> bool:
    """Whether a handshake with these ``Origin`` headers may go on.

    Welcome are programs (no Origin), the pages that are listed by scheme, host and port, and those
    of this very host. The host must be one of ours, or a stranger's name that points here would be
    its own proof.
    """
    if not origins:
        return True
    if len(origins) > 1:
        return False
    origin = origins[0].lower()
    if origin in known_origins:
        return True
    name, _ = split_domain_port(host)
    is_ours = bool(name) and validate_host(name, list(allowed_hosts))
    # A proxy that speaks TLS hands plain sockets on, so the scheme says nothing here.
    return is_ours and origin in {f"http://{host.lower()}", f"https://{host.lower()}"}
