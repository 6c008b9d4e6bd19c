"""``manage.py import_event FILE [--until DAY.GAME]``"""

from argparse import ArgumentTypeError
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from gal_dashboard.core.context import SYSTEM
from gal_dashboard.core.errors import DomainError
from tournaments.event_plan import EVERY_GAME
from tournaments.import_service import import_event
from tournaments.importing import read_event_file
from tournaments.standings import GameRef

STEPS = 4


def game_ref(text: str) -> GameRef:
    try:
        return GameRef.parse(text)
    except ValueError:
        raise ArgumentTypeError(f"{text!r} is not DAY.GAME, such as 2.6") from None


class Command(BaseCommand):
    help = (
        "Import an event with its results. An event of the same name is replaced and keeps its "
        "number, so that graphics stay tied to it; the command may be repeated at will."
    )

    def add_arguments(self, parser) -> None:
        parser.add_argument("file", type=Path, help="the event file (JSON)")
        parser.add_argument(
            "--until",
            type=game_ref,
            default=EVERY_GAME,
            metavar="DAY.GAME",
            help="leave out the results after this game; the next game is drawn",
        )

    def handle(self, *, file: Path, until: GameRef, **options) -> None:
        try:
            plan = read_event_file(file)
            with tqdm(total=STEPS, desc=plan.name, unit="step", file=self.stderr) as bar:

                def on_progress(step: str) -> None:
                    bar.set_postfix_str(step)
                    bar.update()

                tournament = import_event(
                    actor=SYSTEM, plan=plan, until=until, on_progress=on_progress
                )
        except DomainError as error:
            raise CommandError(str(error)) from error
        played = [ref for ref in plan.games if ref <= until]
        self.stdout.write(
            f"Tournament {tournament.pk}: {plan.name}, {len(plan.participants)} participants, "
            f"{len(played)} of {len(plan.games)} games."
        )
