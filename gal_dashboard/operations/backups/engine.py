"""What each database engine can do for a backup."""

from pathlib import Path
from typing import Protocol


class BackupError(Exception):
    """Raised with a sentence for the person who runs the command. Nothing was changed."""


class Engine(Protocol):
    SUFFIX: str

    def copy_to(self, path: Path) -> None:
        """Write the database, as it is at one moment, to the new file ``path``.

        Writers go on meanwhile. Raises ``BackupError``.
        """

    def migrations_in(self, path: Path) -> set[tuple[str, str]]:
        """The migrations, as (app, name), that made the copied database.

        Raises ``BackupError`` for a file that is no backup of this engine.
        """

    def put_back(self, path: Path) -> None:
        """Replace the database by the copy, with what ``new_life`` says, in one step.

        Whoever reads sees the one or the other. Raises ``BackupError``.
        """
