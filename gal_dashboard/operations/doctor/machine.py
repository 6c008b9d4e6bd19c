"""The machine and the files of the program: room, static files, fonts."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from django.conf import settings
from django.contrib.staticfiles import finders

from gal_dashboard.operations.doctor.database import is_sqlite
from gal_dashboard.operations.doctor.findings import Finding, ok, problem, warning

MIB: Final = 1024 * 1024
LITTLE: Final = 1024 * MIB
TOO_LITTLE: Final = 100 * MIB
# One of each part: the page on air, its letters, the admin, the documentation.
STATIC_FILES: Final = (
    "graphics/overlay/main.js",
    "core/admin.css",
    "admin/css/base.css",
    "operations/swagger.js",
)
FONTS: Final = ("cinzel-latin-wght-normal.woff2", "sofia-sans-condensed-latin-wght-normal.woff2")


def disk() -> Iterator[Finding]:
    places = {Path(tempfile.gettempdir())}
    if is_sqlite():
        places.add(Path(settings.DATABASES["default"]["NAME"]).resolve().parent)
    for place in sorted(place for place in places if place.is_dir()):
        free = shutil.disk_usage(place).free
        message = f"{free // MIB} MiB are free at {place}."
        if free < TOO_LITTLE:
            yield problem("disk", message, "Make room now: writes fail when the disk is full.")
        elif free < LITTLE:
            yield warning("disk", message, "Make room before the next show.")
        else:
            yield ok("disk", message)


def static_files() -> Iterator[Finding]:
    advice = "Install the program again: files of it are missing."
    for part, names in (
        ("static files", STATIC_FILES),
        ("fonts", [f"graphics/fonts/{name}" for name in FONTS]),
    ):
        missing = [name for name in names if finders.find(name) is None]
        if missing:
            yield problem(part, f"Not found: {', '.join(missing)}.", advice)
        else:
            yield ok(part, "All are there.")
