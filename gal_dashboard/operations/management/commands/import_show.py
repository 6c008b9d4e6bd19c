"""``manage.py import_show FILE [--check] [--name NAME] [--with-settings]``"""

from collections.abc import Iterator
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError
from tqdm import tqdm

from gal_dashboard.core.context import SYSTEM
from gal_dashboard.core.errors import DomainError
from graphics.transfer.importing import Plan, import_show, plan
from graphics.transfer.reading import Show, read_show


class Command(BaseCommand):
    help = (
        "Make a tournament with its graphics of a file of export_show: all of it new, or nothing. "
        "Nothing that is here is changed; settings are, with --with-settings."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--check", action="store_true", help="only say what it would do")
        parser.add_argument("--name", default="", help="what the tournament is to be called here")
        parser.add_argument(
            "--with-settings", action="store_true", help="store the file's settings too"
        )

    def handle(self, *, file: Path, check: bool, name: str, with_settings: bool, **options) -> None:
        try:
            with file.open("rb") as opened:
                show = self._read(file, opened)
                planned = plan(show, name=name, with_settings=with_settings)
                for line in lines_of(planned):
                    self.stdout.write(line)
                if check:
                    self.stdout.write("Nothing was changed.")
                    return
                self._import(file, show, name, with_settings=with_settings)
        except OSError as error:
            raise CommandError(f"{file} cannot be read: {error.strerror}.") from error
        except DomainError as error:
            raise CommandError(f"{file.name}: {error} Nothing was changed.") from error
        except DatabaseError as error:
            raise CommandError(f"The database refused it: {error} Nothing was changed.") from error

    def _read(self, file: Path, opened) -> Show:
        with tqdm(desc=f"Looking at {file.name}", unit="part", file=self.stderr) as bar:
            return read_show(opened, on_progress=_progress_on(bar))

    def _import(self, file: Path, show: Show, name: str, *, with_settings: bool) -> None:
        with tqdm(desc="Importing", unit="part", file=self.stderr) as bar:
            done = import_show(
                show,
                actor=SYSTEM,
                source=file.name,
                name=name,
                with_settings=with_settings,
                on_progress=_progress_on(bar),
            )
        self.stdout.write(f"Tournament {done.tournament.pk}: {done.tournament.name}")
        for graphic in done.graphics:
            self.stdout.write(f"Graphic {graphic.pk}: {graphic.title}")


def _progress_on(bar: tqdm):
    def on_progress(step: str, total: int) -> None:
        bar.total = total
        bar.set_postfix_str(step)
        bar.update()

    return on_progress


def lines_of(planned: Plan) -> Iterator[str]:
    """What an import would do, in the words of the terminal."""
    yield f"{planned.name_in_file}, written by {planned.origin}; SHA-256 {planned.digest}"
    if planned.is_renamed:
        yield f"It will be called {planned.name}."
    yield f"{planned.participants} participants, {planned.games} games."
    for rank, name, points in planned.top:
        is_champion = name == planned.champion
        yield f"  {rank}. {name}: {points}{' (champion)' if is_champion else ''}"
    yield f"{len(planned.graphics)} graphics with {planned.revisions} versions."
    if planned.found:
        yield f"Accounts that are here: {', '.join(planned.found)}"
    if planned.made:
        yield f"Accounts that will be made, without password: {', '.join(planned.made)}"
    if planned.settings is not None:
        added, changed = len(planned.settings.added), len(planned.settings.changed)
        same = planned.settings.unchanged
        yield f"Settings: {added} new, {changed} changed, {same} same."
    if planned.left_out:
        yield f"Settings that stayed behind: {', '.join(planned.left_out)}"
