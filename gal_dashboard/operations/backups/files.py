"""Backup files: how they are named, that they are whole, and which are kept."""

import hashlib
import os
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Final

from gal_dashboard.operations.backups.engine import BackupError

PREFIX: Final = "gal-"


def default_path(folder: Path, suffix: str, now: datetime) -> Path:
    """A name by the moment, so that names are in the order of time."""
    return folder / f"{PREFIX}{now:%Y%m%dT%H%M%SZ}{suffix}"


def write(path: Path, make: Callable[[Path], None]) -> None:
    """Let ``make`` write a file, and give it its name and its digest only when it is whole.

    Only its owner may read it: it holds hashes of passwords. Raises ``BackupError``; a file that is
    there is never replaced.
    """
    if path.exists():
        raise BackupError(f"{path} is there already; name another file.")
    part = path.with_name(f"{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.unlink(missing_ok=True)
        os.close(os.open(part, os.O_CREAT | os.O_EXCL, 0o600))
        make(part)
        digest = digest_of(part)
        with part.open("rb") as written:
            os.fsync(written.fileno())
        part.rename(path)
        _digest_path(path).write_text(f"{digest}  {path.name}\n", encoding="ascii")
    except OSError as error:
        raise BackupError(f"{path} cannot be written: {error.strerror}.") from error
    finally:
        with suppress(OSError):  # the folder may be none
            part.unlink(missing_ok=True)


def refuse_damaged(path: Path) -> None:
    """Raises ``BackupError`` unless the file is there and as its digest says, if it has one."""
    if not path.is_file():
        raise BackupError(f"There is no file {path}.")
    beside = _digest_path(path)
    if beside.exists() and beside.read_text(encoding="ascii").split()[:1] != [digest_of(path)]:
        raise BackupError(f"{path} is damaged: it is not what {beside.name} says.")


def remove_old(folder: Path, suffix: str, *, keep: int) -> list[Path]:
    """Remove all but the newest ``keep`` backups with names of ours; what was removed."""
    found = sorted(folder.glob(f"{PREFIX}*{suffix}"))
    old = found[:-keep] if keep else found
    for path in old:
        path.unlink()
        _digest_path(path).unlink(missing_ok=True)
    return old


def digest_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _digest_path(path: Path) -> Path:
    """Beside it, in the form that ``sha256sum --check`` reads."""
    return path.with_name(f"{path.name}.sha256")
