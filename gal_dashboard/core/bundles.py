"""Many texts in one zip file with a manifest: every member with its size and its SHA-256.

Nothing is ever extracted to a disk, and no member is read that the manifest does not name. Sizes
are judged before anything is unpacked, and again while it is, so a small file cannot become a large
one. The same members always give the same bytes, but for what the manifest says of the moment.
"""

import hashlib
import re
import struct
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import IO, Any, Final, Self

import msgspec

from gal_dashboard.core import ijson, wire

MIB: Final = 1024 * 1024
MANIFEST: Final = "manifest.json"
LARGEST_MANIFEST: Final = 4 * MIB
LARGEST_DIRECTORY: Final = 4 * MIB  # the list of names at the end of a zip file
CHUNK: Final = MIB
# Pictures are packed already, as base64: harder work makes them no smaller.
FASTEST: Final = 1

_OLDEST: Final = (1980, 1, 1, 0, 0, 0)  # the first day of a zip file: no clock stands in ours
_UNIX: Final = 3
_READABLE: Final = 0o644 << 16
# The last record of a zip file that has no comment: signature, ..., size of the directory, ...
_END: Final = struct.Struct("<4s4H2LH")
_END_SIGNATURE: Final = b"PK\x05\x06"
_ENCRYPTED: Final = 0x1
_SHA256: Final = re.compile(r"[0-9a-f]{64}\Z")
_METHODS: Final = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_DAMAGED: Final = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    NotImplementedError,
    OverflowError,  # of an offset that no file could have
)
# Before the last record of files over 4 GiB: it leads to another list of names than that names.
_LARGE_END_SIGNATURE: Final = b"PK\x06\x07"
_LARGE_END_SIZE: Final = 20


class BundleError(ValueError):
    """Raised with a sentence that names the member. Nothing of its content stands in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """What bundles of one kind are, and how large they may be, in bytes.

    ``name`` and ``version`` stand in the manifest; a reader takes versions up to its own.
    ``members`` matches every name that a member may have, ``largest`` says how large it may be.
    """

    name: str
    version: int
    members: re.Pattern[str]
    most_members: int
    largest: Callable[[str], int]
    largest_whole: int


class BundleWriter:
    """Writes members one by one; ``finish`` adds the manifest. Holds one member at a time.

    Without its manifest the file is no bundle.
    """

    def __init__(self, file: IO[bytes], kind: Kind) -> None:
        self._kind = kind
        self._zip = zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, allowZip64=False)
        self._members: dict[str, dict[str, Any]] = {}
        self._size = 0

    def add(self, name: str, content: bytes) -> None:
        """Raises ``BundleError`` for what no reader would take."""
        kind = self._kind
        self._size += len(content)
        if len(content) > kind.largest(name):
            raise BundleError(f"{name} has more than {kind.largest(name) // MIB} MiB.")
        if self._size > kind.largest_whole:
            raise BundleError(f"All together is more than {kind.largest_whole // MIB} MiB.")
        if len(self._members) >= kind.most_members:
            raise BundleError(f"These are more than {kind.most_members} members.")
        digest = hashlib.sha256(content).hexdigest()
        self._members[name] = {"bytes": len(content), "sha256": digest}
        self._write(name, content)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._zip.close()

    def finish(self, facts: Mapping[str, Any]) -> None:
        manifest = {
            "format": self._kind.name,
            "version": self._kind.version,
            **facts,
            "members": {name: self._members[name] for name in sorted(self._members)},
        }
        self._write(MANIFEST, msgspec.json.format(wire.dumps(manifest), indent=1) + b"\n")

    def _write(self, name: str, content: bytes) -> None:
        info = zipfile.ZipInfo(name, _OLDEST)
        info.compress_type = zipfile.ZIP_DEFLATED
        info.create_system, info.external_attr = _UNIX, _READABLE
        try:
            self._zip.writestr(info, content, compresslevel=FASTEST)
        except zipfile.LargeZipFile as error:
            raise BundleError("The file would have more than 4 GiB.") from error


class Bundle:
    """A bundle that somebody sent: ``manifest`` is judged, members are when they are read.

    Raises ``BundleError``. The file stays the caller's, open until the last member is read.
    """

    def __init__(self, file: IO[bytes], kind: Kind) -> None:
        self._kind = kind
        _refuse_large_directory(file)
        try:
            self._zip = zipfile.ZipFile(file)
        except (*_DAMAGED, ValueError) as error:
            raise BundleError("This is not a zip file, or it is damaged.") from error
        self._infos = _by_name(self._zip.infolist())
        self.manifest = self._manifest()
        self._members = self._named()
        self._refuse_sizes()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._zip.close()

    @property
    def names(self) -> list[str]:
        """All members but the manifest, sorted."""
        return sorted(self._members)

    def size_of(self, name: str) -> int:
        return int(self._members[name]["bytes"])

    def read(self, name: str) -> bytes:
        """One member, as the manifest promises it. Raises ``BundleError``."""
        known = self._members.get(name)
        if known is None:
            raise BundleError(f"{name} is missing.")
        content = self._unpacked(name, known["bytes"])
        if hashlib.sha256(content).hexdigest() != known["sha256"]:
            raise BundleError(f"{name} is damaged: it is not what its SHA-256 says.")
        return content

    def json(self, name: str) -> Any:
        """The value that a member holds. Raises ``BundleError``."""
        return _json(name, self.read(name))

    def _unpacked(self, name: str, size: int) -> bytes:
        """Never more than ``size`` bytes and one, whatever the member would become."""
        try:
            with self._zip.open(self._infos[name]) as member:
                content = member.read(size + 1)
        except (*_DAMAGED, RuntimeError, ValueError) as error:
            raise BundleError(f"{name} is damaged and cannot be unpacked.") from error
        if len(content) != size:
            raise BundleError(f"{name} has not the size that the manifest names.")
        return content

    def _manifest(self) -> dict[str, Any]:
        info = self._infos.get(MANIFEST)
        if info is None:
            raise BundleError(f"{MANIFEST} is missing: this is no {self._kind.name} file.")
        if info.file_size > LARGEST_MANIFEST:
            raise BundleError(f"{MANIFEST} has more than {LARGEST_MANIFEST // MIB} MiB.")
        manifest = _json(MANIFEST, self._unpacked(MANIFEST, info.file_size))
        if not isinstance(manifest, dict) or manifest.get("format") != self._kind.name:
            raise BundleError(f"{MANIFEST}, format: this is no {self._kind.name} file.")
        version = manifest.get("version")
        if isinstance(version, bool) or not isinstance(version, int) or version < 1:
            raise BundleError(f"{MANIFEST}, version: must be a whole number from 1.")
        if version > self._kind.version:
            raise BundleError(
                f"The file has version {version} of its format, and this release reads up to "
                f"{self._kind.version}: import it into a newer release."
            )
        return manifest

    def _named(self) -> dict[str, dict[str, Any]]:
        """What the manifest says of each member. Raises unless those are the members."""
        members = self.manifest.get("members")
        if not isinstance(members, dict):
            raise BundleError(f"{MANIFEST}, members: must be an object.")
        for name, said in members.items():
            if not self._kind.members.fullmatch(name):
                raise BundleError(f"{MANIFEST}, members: {name[:100]!r} is no name of a member.")
            if not _is_entry(said):
                raise BundleError(f"{MANIFEST}, members.{name}: must have bytes and sha256.")
            if name not in self._infos:
                raise BundleError(f"{name} is missing.")
        strangers = sorted(self._infos.keys() - members.keys() - {MANIFEST})
        if strangers:
            raise BundleError(f"{strangers[0][:100]!r} is in the file but not in its manifest.")
        return members

    def _refuse_sizes(self) -> None:
        kind = self._kind
        if len(self._members) > kind.most_members:
            raise BundleError(f"The file has more than {kind.most_members} members.")
        for name, said in self._members.items():
            if said["bytes"] > kind.largest(name):
                raise BundleError(f"{name} has more than {kind.largest(name) // MIB} MiB.")
            if said["bytes"] != self._infos[name].file_size:
                raise BundleError(f"{name} has not the size that the manifest names.")
        if sum(said["bytes"] for said in self._members.values()) > kind.largest_whole:
            raise BundleError(
                f"All members together have more than {kind.largest_whole // MIB} MiB."
            )


def digest_of(file: IO[bytes]) -> str:
    """The SHA-256 of a whole file, which is left at its beginning."""
    file.seek(0)
    digest = hashlib.sha256()
    while chunk := file.read(CHUNK):
        digest.update(chunk)
    file.seek(0)
    return digest.hexdigest()


def _refuse_large_directory(file: IO[bytes]) -> None:
    """Before Python reads it whole: it would make an object of every name in it."""
    size = file.seek(0, 2)
    if size < _END.size:
        raise BundleError("This is not a zip file.")
    file.seek(size - _END.size)
    signature, _, _, _, _, directory, _, comment = _END.unpack(file.read(_END.size))
    if signature != _END_SIGNATURE or comment:
        raise BundleError("This is not a zip file, or it is damaged.")
    file.seek(max(0, size - _END.size - _LARGE_END_SIZE))
    if directory > LARGEST_DIRECTORY or file.read(4) == _LARGE_END_SIGNATURE:
        raise BundleError("The file has too many members.")
    file.seek(0)


def _by_name(infos: list[zipfile.ZipInfo]) -> dict[str, zipfile.ZipInfo]:
    twice = [name for name, count in Counter(info.filename for info in infos).items() if count > 1]
    if twice:
        raise BundleError(f"{twice[0][:100]!r} stands in the file twice.")
    for info in infos:
        if info.flag_bits & _ENCRYPTED or info.compress_type not in _METHODS:
            raise BundleError(f"{info.filename[:100]!r} is packed in a way that is not read here.")
    return {info.filename: info for info in infos}


def _is_entry(said: Any) -> bool:
    if not isinstance(said, dict) or said.keys() != {"bytes", "sha256"}:
        return False
    size, digest = said["bytes"], said["sha256"]
    is_size = isinstance(size, int) and not isinstance(size, bool) and size >= 0
    return is_size and isinstance(digest, str) and bool(_SHA256.match(digest))


def _json(name: str, content: bytes) -> Any:
    try:
        return ijson.loads(content)
    except ijson.IJSONError as error:
        raise BundleError(f"{name}: {error}") from None
