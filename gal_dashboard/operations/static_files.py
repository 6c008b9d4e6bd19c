"""Static files by ASGI, straight from the apps' folders: no collecting, no thread of Django."""

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from servestatic import ServeStaticASGI

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "cross-origin",
}


def _add_headers(headers, path: str, url: str) -> None:
    for name, value in HEADERS.items():
        headers[name] = value


def static_files(application) -> ServeStaticASGI:
    """``application`` behind every file of ``STATIC_URL`` that the apps bring along.

    Files are found once, at start. Browsers ask again each minute and mostly get 304.
    """
    server = ServeStaticASGI(application, max_age=60, add_headers_function=_add_headers)
    for finder in get_finders():
        for storage in _storages(finder):
            server.add_files(storage.location, prefix=settings.STATIC_URL)
    return server


def _storages(finder):
    storages = getattr(finder, "storages", None)
    return storages.values() if storages else []
