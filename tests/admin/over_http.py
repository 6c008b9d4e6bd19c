"""Staff at a real server: cookies, CSRF tokens and forms, as a browser sends them."""

import itertools
from typing import Any

import httpx

from tests.admin.forms import form_with
from tests.support.api import new_address
from tests.support.databases import run_manage
from tests.support.server import RunningServer

PASSWORD = "a-password-of-staff"
_numbers = itertools.count(1)


def new_superuser(server: RunningServer) -> str:
    """The name of a new account that may do everything; its password is ``PASSWORD``."""
    name = f"staff-{next(_numbers)}"
    environment = {**server.environment, "DJANGO_SUPERUSER_PASSWORD": PASSWORD}
    run_manage(environment, "createsuperuser", "--noinput", "--username", name)
    return name


class Desk(httpx.Client):
    """One browser, from an address of its own."""

    def __init__(self, server: RunningServer) -> None:
        headers = {"X-Forwarded-For": new_address()}
        super().__init__(base_url=server.http_url, headers=headers, timeout=30)

    def sign_in(self, name: str) -> "Desk":
        answer = self.save("/admin/", "username", username=name, password=PASSWORD)
        assert answer.url.path == "/admin/", answer.text
        return self

    def fill(self, path: str, field: str, **changes: Any) -> dict[str, Any]:
        answer = self.get(path, follow_redirects=True)
        assert answer.status_code == httpx.codes.OK, (path, answer.status_code)
        self.opened = answer.url
        return form_with(answer.text, field) | changes

    def take(self, path: str) -> httpx.Response:
        """Press the button that takes the lock of the graphic at ``path``."""
        opened = self.get(path, follow_redirects=True)
        values = form_with(opened.text, "csrfmiddlewaretoken")
        return self.post(path.replace("/change/", "/lock/take/"), data=values)

    def edit(self, path: str, **changes: Any) -> httpx.Response:
        self.take(path)
        return self.save(path, "title", **changes)

    def save(self, path: str, field: str, **changes: Any) -> httpx.Response:
        """Open the form, change it, send it, and follow to where it leads."""
        values = self.fill(path, field, **changes)
        return self.post(self.opened, data=values, follow_redirects=True)
