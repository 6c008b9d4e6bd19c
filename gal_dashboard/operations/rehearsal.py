"""What the first request would wait for is done before anybody can ask.

Each thread of Django opens its connection, writes the SQL of what is prepared, lets the database
see what locks no rows there, and sends one request through the whole of Django, which does much
only once. That request is nobody's: it passes no gate, limit or counter, and no line of the log
tells of it.
"""

import io
import logging
from typing import Final

from django.conf import settings
from django.db import Error, connection
from django.urls import reverse

from gal_dashboard.core import prepared
from gal_dashboard.operations.django_threads import DjangoThreads, WSGIApp, environ_of

# In the ASGI scope of a request that nobody has sent.
REHEARSAL: Final = "gal.rehearsal"
LONGEST_SECONDS: Final = 8.0  # a database that says nothing is given up after 5

logger = logging.getLogger(__name__)


async def rehearse(threads: DjangoThreads) -> None:
    """Never in the way of a start: what fails here the first requests find out for themselves."""
    try:
        await threads.on_each(_rehearse_on_this_thread, within=LONGEST_SECONDS)
    except (Error, TimeoutError) as error:
        logger.warning("The first requests will be slow: %s", type(error).__name__)
    except Exception:
        logger.exception("The first requests will be slow")


def _rehearse_on_this_thread(app: WSGIApp) -> None:
    try:
        prepared.rehearse()
    except Error:
        connection.close()  # the first request begins with a fresh one
        raise
    _ask(app)


def _ask(app: WSGIApp) -> None:
    """Send the one question that every installation answers to everybody, without its database."""
    scope = {
        REHEARSAL: True,
        "method": "GET",
        "path": reverse("health"),
        "query_string": b"",
        "http_version": "1.1",
        "headers": [(b"host", _name_of_ours().encode())],
    }
    statuses: list[str] = []
    answer = app(environ_of(scope, io.BytesIO()), lambda status, *_: statuses.append(status))
    for _ in answer:
        pass
    if close := getattr(answer, "close", None):
        close()
    if statuses != ["200 OK"]:
        raise RuntimeError(f"The rehearsal was answered by {statuses}.")


def _name_of_ours() -> str:
    """One under which the server may be asked."""
    name = next(iter(settings.ALLOWED_HOSTS), "localhost")
    return "localhost" if name == "*" else name.removeprefix(".")
