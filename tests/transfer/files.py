"""Show files in tests: taken apart, changed, and put together again."""

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

MANIFEST = "manifest.json"
Members = dict[str, bytes]


def members_in(file: Path | bytes) -> Members:
    source = io.BytesIO(file) if isinstance(file, bytes) else file
    with zipfile.ZipFile(source) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def packed(members: Mapping[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, content in members.items():
            opened.writestr(name, content)
    return file.getvalue()


def sealed(members: Mapping[str, bytes], **facts: Any) -> bytes:
    """A file whose manifest tells the truth about members that somebody has changed."""
    manifest = json.loads(members[MANIFEST]) | facts
    others = {name: content for name, content in members.items() if name != MANIFEST}
    manifest["members"] = {
        name: {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        for name, content in others.items()
    }
    return packed({**others, MANIFEST: json.dumps(manifest).encode()})


def changed(members: Members, member: str, *path: str | int, to: Any) -> Members:
    """The members with one value of one of them replaced."""
    document = json.loads(members[member])
    node = document
    for step in path[:-1]:
        node = node[step]
    node[path[-1]] = to
    return {**members, member: json.dumps(document).encode()}
