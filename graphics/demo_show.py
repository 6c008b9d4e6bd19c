"""The demo: a real event and two graphics that show it, for a first look and for tests."""

from pathlib import Path

from gal_dashboard.core import ijson
from gal_dashboard.core.context import Actor
from gal_dashboard.core.wire import dumps
from gal_dashboard.events.recording import recording
from graphics.models import Graphic
from graphics.services import create_graphic
from tournaments.event_plan import EVERY_GAME
from tournaments.import_service import import_event
from tournaments.importing import read_event_file
from tournaments.models import Tournament

ROOT = Path(__file__).resolve().parents[1]
EVENT = ROOT / "tournaments" / "demo" / "inkborn-fables-tacticians-crown.json"
GRAPHICS = (
    ROOT / "graphics" / "demo" / "standings_board.json",
    ROOT / "graphics" / "demo" / "lower_third.json",
)


def is_database_empty() -> bool:
    return not Tournament.objects.exists() and not Graphic.objects.exists()


def load_demo(*, actor: Actor) -> list[Graphic]:
    """Import the demo event and make its graphics, all or nothing."""
    plan = read_event_file(EVENT)
    with recording():
        tournament = import_event(actor=actor, plan=plan, until=EVERY_GAME)
        return [_make_graphic(path, tournament=tournament, actor=actor) for path in GRAPHICS]


def _make_graphic(path: Path, *, tournament: Tournament, actor: Actor) -> Graphic:
    data = ijson.loads(path.read_bytes())
    return create_graphic(
        actor=actor,
        title=data["title"],
        event_name=data["event_name"],
        document=dumps(data["data_json"]).decode(),
        tournament_id=tournament.pk,
    )
