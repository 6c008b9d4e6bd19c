"""People at editor windows: whose lock it is depends on the login and the window's name."""

from typing import Any

import httpx

from tests.support.api import Api


class Editor:
    """A login, and the name that the window gives itself; ``None`` if it gives none."""

    def __init__(self, client: Api, window: str | None = None) -> None:
        self.client = client
        self.window = window

    def lock(self, graphic_id: int) -> httpx.Response:
        return self.client.post(f"/api/v1/lock/{graphic_id}", json=self._named())

    def locked(self, graphic_id: int) -> dict[str, Any]:
        """The lock, which must be there for the taking."""
        answer = self.lock(graphic_id)
        assert answer.status_code == httpx.codes.OK, answer.text
        return answer.json()

    def refresh(self, graphic_id: int) -> httpx.Response:
        return self.client.post(f"/api/v1/lock/{graphic_id}/refresh", json=self._named())

    def release(self, graphic_id: int, **query: str) -> httpx.Response:
        return self.client.delete(f"/api/v1/lock/{graphic_id}", params=self._named() | query)

    def status(self, graphic_id: int) -> dict[str, Any]:
        answer = self.client.get(f"/api/v1/lock/{graphic_id}/status", params=self._named())
        assert answer.status_code == httpx.codes.OK, answer.text
        return answer.json()

    def save(
        self, graphic_id: int, *, if_match: str | None = None, **changes: Any
    ) -> httpx.Response:
        headers = {} if if_match is None else {"If-Match": if_match}
        return self.client.put(
            f"/api/v1/graphics/{graphic_id}", json=self._named() | changes, headers=headers
        )

    def restore(self, graphic_id: int, version: int, **fields: Any) -> httpx.Response:
        path = f"/api/v1/graphics/{graphic_id}/revisions/{version}/restore"
        return self.client.post(path, json=self._named() | fields)

    def withdraw(self, method: str, path: str) -> httpx.Response:
        """Archive or delete, in the name of this window."""
        return self.client.request(method, f"/api/v1{path}", json=self._named())

    def _named(self) -> dict[str, str]:
        return {} if self.window is None else {"session_id": self.window}
