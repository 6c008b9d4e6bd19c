"""What the gate makes of a request's line and headers before anybody relies on them."""

import time
from collections.abc import MutableMapping
from typing import Any
from urllib.parse import quote_from_bytes

Scope = MutableMapping[str, Any]
Headers = list[tuple[bytes, bytes]]

INTERNAL_PREFIX = b"x-gal-"
# `daphne-root-path` moves the whole server for Daphne; `expect` is settled once the body is here.
DROPPED_HEADERS = frozenset({b"daphne-root-path", b"expect"})
# All that the answer to an oversized head depends on.
HEADERS_OF_A_REFUSED_HEAD = frozenset(
    {b"host", b"origin", b"x-request-id", b"access-control-request-method"}
)
LONGEST_KEPT = 1024  # bytes of a path or a header value in an oversized head
LONGEST_LENGTH = 15  # digits: a Content-Length beyond is no size of anything
ASCII = bytes(range(128))

# The admin's own addresses end in a slash; static files are names of files.
PREFIXES_WITH_SLASH = ("/admin/", "/static/")


class RequestHead:
    """The head of one request, cleaned of all that could pass for something else.

    - ``size`` is that of the head as it came: headers, path and query string, in bytes;
    - ``path`` has lost its trailing slash (not below ``PREFIXES_WITH_SLASH``, and not one of two);
    - ``announces_body`` says whether there is a body to read, ``declared_length`` how long it will
      be (None: known at its end), ``is_framed_well`` whether both can be relied on.
    """

    __slots__ = (
        "_arrived",
        "_lengths",
        "_original",
        "_raw_path",
        "announces_body",
        "declared_length",
        "headers",
        "http_version",
        "is_framed_well",
        "path",
        "query",
        "size",
    )

    def __init__(self, scope: Scope) -> None:
        self._arrived = time.time()
        self._original = scope
        self.http_version: str = scope.get("http_version", "1.1")
        self.query: bytes = scope.get("query_string", b"")
        self.path: str = scope["path"]
        self._raw_path: bytes = scope.get("raw_path") or self.path.encode()
        self.size = len(self._raw_path) + len(self.query)
        self.headers: Headers = []
        self._lengths: list[bytes] = []
        codings: list[bytes] = []
        for name, value in scope["headers"]:
            self.size += len(name) + len(value)
            if name == b"content-length":
                self._lengths.append(value)
            elif name == b"transfer-encoding":
                codings.append(value)
            # WSGI spells "-" and "_" alike, so X_Forwarded_For would pass for X-Forwarded-For.
            elif (
                b"_" not in name
                and name not in DROPPED_HEADERS
                and not name.startswith(INTERNAL_PREFIX)
            ):
                self.headers.append((name, value))
        self._judge_framing(codings)
        self._normalise_address()

    def _judge_framing(self, codings: list[bytes]) -> None:
        self.declared_length: int | None = None
        self.is_framed_well = True
        if codings:
            chunked = len(codings) == 1 and codings[0].strip().lower() == b"chunked"
            self.is_framed_well = chunked and not self._lengths
            self.announces_body = True
        elif self._lengths:
            value = self._lengths[0]
            # bytes.isdigit() knows ASCII digits only and takes no sign, space or comma.
            self.is_framed_well = (
                len(self._lengths) == 1 and value.isdigit() and len(value) <= LONGEST_LENGTH
            )
            self.declared_length = int(value) if self.is_framed_well else None
            self.announces_body = self.declared_length != 0
        else:
            # Before HTTP/2 a request that announces no body has none.
            self.announces_body = not self.http_version.startswith("1")

    def _normalise_address(self) -> None:
        # A "%2F" at the end is part of a name, not a slash: only the raw path tells them apart.
        if (
            self.path.endswith("/")
            and self._raw_path.endswith(b"/")
            and not self.path.endswith("//")
            and len(self.path) > 1
            and not self.path.startswith(PREFIXES_WITH_SLASH)
        ):
            self.path = self.path[:-1]
            self._raw_path = self._raw_path[:-1]
        # The thread hop decodes the query string as ASCII.
        if not self.query.isascii():
            self.query = quote_from_bytes(self.query, safe=ASCII).encode()

    def cut_down(self) -> None:
        """Keep what an answer needs, so that nobody behind works on a head of this size."""
        self.path = self.path[:LONGEST_KEPT]
        self._raw_path = self._raw_path[:LONGEST_KEPT]
        self.query = b""
        self.headers = [
            (name, value)
            for name, value in self.headers
            if name in HEADERS_OF_A_REFUSED_HEAD and len(value) <= LONGEST_KEPT
        ]

    def scope(self, *more_headers: tuple[bytes, bytes]) -> Scope:
        """A copy of the server's scope with this head, and ``more_headers`` at its end."""
        return {
            **self._original,
            "path": self.path,
            "raw_path": self._raw_path,
            "query_string": self.query,
            "headers": [*self.headers, *more_headers],
            # We are mounted nowhere; under Daphne a client's header could say otherwise.
            "root_path": "",
            "gal.arrived": self._arrived,
        }
