"""A REST client as an existing dashboard is one."""

import itertools
from typing import Any

import httpx

from tests.support.canaries import canaries
from tests.support.server import MASTER_PASSWORD, VIEWER_PASSWORD, RunningServer

_addresses = itertools.count(1)


def new_address() -> str:
    """A client address that no other test uses, for what is counted by address."""
    number = next(_addresses)
    return f"198.51.{number // 250 % 250}.{number % 250 + 1}"


class Api(httpx.Client):
    """Talks JSON to one server, from an address of its own; ``login`` adds its token to all."""

    def __init__(self, server: RunningServer, **options: Any) -> None:
        self.server = server
        headers = {"X-Forwarded-For": new_address(), **options.pop("headers", {})}
        # plain HTTP: nobody's certificate is looked at, and loading them takes longer than a test
        options = {"timeout": 30, "verify": False, **options}
        super().__init__(base_url=server.http_url, headers=headers, **options)

    def request(self, *args: Any, **options: Any) -> httpx.Response:
        """Any request; an answer that is an error has no secret in it."""
        answer = super().request(*args, **options)
        canaries.look_at(answer)
        return answer

    def login(self, password: str = MASTER_PASSWORD) -> "Api":
        return self._login({"master_password": password})

    def login_as(self, username: str, password: str) -> "Api":
        """As a staff account."""
        return self._login({"username": username, "password": password})

    def login_as_viewer(self) -> "Api":
        return self.login(VIEWER_PASSWORD)

    def _login(self, credentials: dict[str, str]) -> "Api":
        answer = self.post("/auth/login", json=credentials)
        assert answer.status_code == httpx.codes.OK, answer.text
        self.tokens = answer.json()
        self.headers["Authorization"] = f"Bearer {self.tokens['access_token']}"
        return self

    def sessions(self) -> list[dict[str, Any]]:
        """The newest of the sessions that one may see."""
        answer = self.get("/auth/sessions")
        assert answer.status_code == httpx.codes.OK, answer.text
        return answer.json()["sessions"]

    def new_graphic(self, **fields: Any) -> dict[str, Any]:
        body = {"title": "Standings", "event_name": "Cup", **fields}
        answer = self.post("/api/v1/graphics", json=body)
        assert answer.status_code == httpx.codes.CREATED, answer.text
        return answer.json()

    def new_tournament(self, **fields: Any) -> dict[str, Any]:
        body = {"name": "Cup", "max_participants": 8, **fields}
        answer = self.post("/api/v1/tournaments", json=body)
        assert answer.status_code == httpx.codes.CREATED, answer.text
        return answer.json()
