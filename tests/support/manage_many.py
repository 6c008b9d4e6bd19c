"""Runs manage.py many times: each run a fork of one process that has imported the libraries.

A run that is refused at its settings takes a tenth of the time of one in a fresh interpreter. Reads
``[[arguments, environment], ...]`` from stdin as JSON, writes ``[[code, stdout, stderr], ...]``.
"""

import json
import os
import runpy
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from tests.support.databases import ROOT


class Done(NamedTuple):
    returncode: int
    stdout: str
    stderr: str


def manage_many(runs: Sequence[tuple[Sequence[str], Mapping[str, str]]]) -> list[Done]:
    """What each of ``(arguments, environment)`` ended with."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.support.manage_many"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"]},
        input=json.dumps(runs),
        capture_output=True,
        text=True,
        timeout=240,
        check=True,
    )
    return [Done(*one) for one in json.loads(done.stdout)]


def _import_libraries() -> None:
    """All that the settings import, and nothing of this project that reads the environment."""
    import csp.constants
    import dj_database_url
    import django.core.management
    import environs
    import redis.retry
    from cryptography.hazmat.primitives.kdf import hkdf

    assert all((csp, dj_database_url, django, environs, redis, hkdf))


def _run(arguments: Sequence[str], environment: Mapping[str, str]) -> Done:
    with tempfile.TemporaryFile() as stdout, tempfile.TemporaryFile() as stderr:
        if (pid := os.fork()) == 0:
            os.environ.clear()
            os.environ.update(environment)
            os.dup2(stdout.fileno(), 1)
            os.dup2(stderr.fileno(), 2)
            sys.argv = ["manage.py", *arguments]
            _become_manage()
        _, status = os.waitpid(pid, 0)
        return Done(os.waitstatus_to_exitcode(status), _read(stdout), _read(stderr))


def _become_manage() -> None:
    code = 0
    try:
        runpy.run_path("manage.py", run_name="__main__")
    except SystemExit as end:
        # as the interpreter does with what sys.exit() was given
        code = end.code if isinstance(end.code, int) else int(bool(end.code))
        if isinstance(end.code, str):
            sys.stderr.write(f"{end.code}\n")
    except BaseException:  # noqa: BLE001 - the interpreter would show it, too
        sys.excepthook(*sys.exc_info())
        code = 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _read(file) -> str:
    return os.pread(file.fileno(), 1 << 20, 0).decode()


if __name__ == "__main__":
    _import_libraries()
    json.dump(
        [_run(arguments, environment) for arguments, environment in json.load(sys.stdin)],
        sys.stdout,
    )
