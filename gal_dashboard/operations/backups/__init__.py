"""Backups of the database, taken and put back while the server runs.

A backup is one file of the engine's own kind with its digest beside it, so that it can also be read
without this program.
"""

from django.db import connection

from gal_dashboard.operations.backups import postgresql, sqlite
from gal_dashboard.operations.backups.engine import Engine

ENGINES: dict[str, Engine] = {"sqlite": sqlite, "postgresql": postgresql}


def engine() -> Engine:
    """How the database of this installation is copied and put back."""
    return ENGINES[connection.vendor]
