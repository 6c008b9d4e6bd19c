"""A PostgreSQL of a test's own, whose data lies where the test wants it."""

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.operations.servers import await_listening
from tests.support.server import free_port

DEBIANS = Path("/usr/lib/postgresql")
USER = "postgres"  # it refuses to be run by root
SMALL = ("shared_buffers=16MB", "fsync=off", "max_wal_size=32MB", "min_wal_size=2MB")


def programs() -> Path | None:
    """The folder of ``initdb`` and ``postgres``: Debian keeps them out of the path."""
    found = [*DEBIANS.glob("*/bin/initdb"), *filter(None, [shutil.which("initdb")])]
    return Path(sorted(found, key=str)[-1]).parent if found else None


@contextmanager
def postgres_server(*, data: Path, log: Path) -> Iterator[str]:
    """The URL of a database of a new server, whose tables lie in ``data`` and its log beside it.

    Its write-ahead log does too, but on another disk: in ``log``.
    """
    folder = programs()
    assert folder is not None
    for path in (data, log):
        path.mkdir()
        shutil.chown(path, USER, USER)
    as_user = ["setpriv", f"--reuid={USER}", f"--regid={USER}", "--init-groups"]
    make = ["--auth=trust", "--wal-segsize=1", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"]
    subprocess.run(
        [*as_user, folder / "initdb", *make, f"--waldir={log / 'wal'}", f"--pgdata={data}"],
        cwd="/",
        check=True,
        capture_output=True,
    )
    port = free_port()
    options = [f"unix_socket_directories={log}", "listen_addresses=127.0.0.1", *SMALL]
    with (log / "said").open("wb") as said:
        server = subprocess.Popen(
            [*as_user, folder / "postgres", "-D", data, "-p", str(port)]
            + [word for option in options for word in ("-c", option)],
            cwd="/",
            stdout=said,
            stderr=said,
            start_new_session=True,
            env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"},
        )
    try:
        await_listening(port)
        yield f"postgres://{USER}@127.0.0.1:{port}/postgres"
    finally:
        server.send_signal(signal.SIGINT)  # at once, whoever is connected
        try:
            server.wait(timeout=20)
        except subprocess.TimeoutExpired:
            server.send_signal(signal.SIGQUIT)
            server.wait(timeout=20)
