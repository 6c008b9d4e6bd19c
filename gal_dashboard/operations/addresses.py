"""Where this server is reached."""

from django.conf import settings

EVERY_INTERFACE = frozenset({"0.0.0.0", "::", ""})  # noqa: S104 - compared with, not bound to


def base_url(host: str | None = None, port: int | None = None) -> str:
    """The address for a browser on this machine; defaults from the settings."""
    host = settings.HOST if host is None else host
    name = "127.0.0.1" if host in EVERY_INTERFACE else host
    return f"http://{f'[{name}]' if ':' in name else name}:{port or settings.PORT}"
