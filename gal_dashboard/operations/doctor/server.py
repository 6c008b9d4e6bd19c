"""The running server: does it answer where it should, and what does it say of itself?"""

import json
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPException
from typing import Any, Final

from django.conf import settings

from gal_dashboard.core import options
from gal_dashboard.operations.addresses import EVERY_INTERFACE
from gal_dashboard.operations.doctor.findings import Finding, ok, problem, warning
from gal_dashboard.operations.options import MONITORING_TOKEN

PART: Final = "server"
SECONDS: Final = 10.0
MOST_BYTES: Final = 64 * 1024


def is_ready() -> Iterator[Finding]:
    host = "127.0.0.1" if settings.HOST in EVERY_INTERFACE else settings.HOST
    where = f"port {settings.PORT} of {host}"
    try:
        body = _ask(host)
    except ConnectionRefusedError:
        advice = "Start it: manage.py serve (or the service that does)."
        yield warning(PART, f"Nothing listens on {where}: the server is not running.", advice)
    except (OSError, HTTPException, ValueError) as error:
        yield problem(
            PART,
            f"What listens on {where} does not answer as this server ({type(error).__name__}).",
            "Stop it, or give this server another PORT.",
        )
    else:
        yield from _judge(body, where)


def _ask(host: str) -> dict[str, Any]:
    """What ``/health/ready`` says. Raises ``ValueError`` if that is not ours."""
    connection = HTTPConnection(host, settings.PORT, timeout=SECONDS)
    headers = {"Host": _known_name()}
    if token := options.value(MONITORING_TOKEN):
        headers["Authorization"] = f"Bearer {token}"
    try:
        connection.request("GET", "/health/ready", headers=headers)
        body = json.loads(connection.getresponse().read(MOST_BYTES))
    finally:
        connection.close()
    if not isinstance(body, dict) or "status" not in body:
        raise ValueError("no answer of this server")
    return body


def _known_name() -> str:
    """A name that the server answers under, whatever the one is that it listens on."""
    names = [name.lstrip(".") for name in settings.ALLOWED_HOSTS if name != "*"]
    return next(iter(names), "localhost")


def _judge(body: dict[str, Any], where: str) -> Iterator[Finding]:
    away = [part for part, answers in body.get("parts", {}).items() if not answers]
    if body["status"] != "ready":
        named = f": {', '.join(away)} does not answer" if away else ""
        yield problem(
            PART,
            f"The server on {where} says that it is not ready{named}.",
            "Solve what is named above; its log says more. With a monitoring token the doctor is "
            "told which part it is.",
        )
    elif away:
        message = f"The server on {where} serves, but {', '.join(away)} does not answer."
        yield warning(PART, message, "Start it. Until then events of other processes come late.")
    else:
        yield ok(PART, f"The server on {where} is ready.")
