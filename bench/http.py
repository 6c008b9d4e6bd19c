"""Requests as bytes that stand ready, and one request at a time for setting up and checking."""

import http.client
from typing import Any

import orjson

JSON = "application/json"


class ContractError(Exception):
    """Raised when a subject does not answer what it is asked: its speed would mean nothing."""


def request_bytes(method: str, path: str, *, token: str = "", body: bytes | None = None) -> bytes:
    """A request of HTTP/1.1 as a browser's dashboard would send it, on a kept connection."""
    head = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", "Accept: */*"]
    if token:
        head.append(f"Authorization: Bearer {token}")
    if body is not None:
        head += [f"Content-Type: {JSON}", f"Content-Length: {len(body)}"]
    return "\r\n".join([*head, "", ""]).encode() + (body or b"")


class Client:
    """Asks one server, one request after another, and reads what it says."""

    def __init__(self, port: int, token: str = "") -> None:
        self.token = token
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)

    def close(self) -> None:
        self._connection.close()

    def ask(self, method: str, path: str, body: Any = None, *, status: int = 200) -> Any:
        """The JSON of the answer. Raises ``ContractError`` at another status."""
        content = None if body is None else orjson.dumps(body)
        return orjson.loads(self.send(method, path, content, status=status))

    def send(
        self, method: str, path: str, content: bytes | None = None, *, status: int = 200
    ) -> bytes:
        """The body of the answer. Raises ``ContractError`` at another status."""
        headers = {"Content-Type": JSON} if content is not None else {}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        self._connection.request(method, path, content, headers)
        answer = self._connection.getresponse()
        found = answer.read()
        if answer.status != status:
            raise ContractError(
                f"{method} {path}: {answer.status} instead of {status}: {found[:500]!r}"
            )
        return found
