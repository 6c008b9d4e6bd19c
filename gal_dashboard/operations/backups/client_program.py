"""PostgreSQL's own client programs, on the database of this installation."""

import os
import shutil
import subprocess
import tempfile
from contextlib import suppress
from types import TracebackType
from typing import IO, Final, Self

from django.db import connection

from gal_dashboard.operations.backups.engine import BackupError

# The password stands in the environment of the program: arguments are seen by the whole machine.
_VARIABLES: Final = {
    "HOST": "PGHOST",
    "PORT": "PGPORT",
    "USER": "PGUSER",
    "PASSWORD": "PGPASSWORD",
    "NAME": "PGDATABASE",
}


class ClientProgram:
    """A running program, killed at the end of the ``with`` block if it still runs.

    Raises ``BackupError`` if it is not installed.
    """

    def __init__(self, name: str, *arguments: str) -> None:
        program = shutil.which(name)
        if program is None:
            raise BackupError(f"{name} is missing: install PostgreSQL's client programs.")
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - a pipe would fill up
        self._process = subprocess.Popen(  # noqa: S603 - no word of it is a client's
            [program, *arguments],
            env=_environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
        )

    @property
    def input(self) -> IO[bytes]:
        assert self._process.stdin is not None  # noqa: S101 - for the types
        return self._process.stdin

    @property
    def output(self) -> IO[bytes]:
        assert self._process.stdout is not None  # noqa: S101
        return self._process.stdout

    def wait(self) -> int:
        return self._process.wait()

    def last_words(self) -> str:
        """The end of what it complained about, in one line."""
        self._errors.seek(0)
        lines = self._errors.read().decode(errors="replace").split("\n")
        return " ".join(line.strip() for line in lines if line.strip())[-500:]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._process.kill()
        self._process.wait()
        self._errors.close()
        self.output.close()
        with suppress(BrokenPipeError):
            self.input.close()


def output_of(name: str, *arguments: str) -> str:
    """What a program prints. Raises ``BackupError`` with its last words if it fails."""
    with ClientProgram(name, *arguments) as program:
        program.input.close()
        output = program.output.read().decode()
        if program.wait() != 0:
            raise BackupError(program.last_words())
        return output


def _environment() -> dict[str, str]:
    settings = connection.settings_dict
    named = {variable: str(settings[key]) for key, variable in _VARIABLES.items() if settings[key]}
    return {**os.environ, **named}
