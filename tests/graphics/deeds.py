"""What tests of graphics do again and again."""

from tests.support.rows import rows
from tests.support.server import RunningServer

PATH = "/api/v1/graphics"


def path_of(graphic: dict) -> str:
    return f"{PATH}/{graphic['id']}"


def archive(server: RunningServer, graphic: dict) -> None:
    rows(
        server,
        "UPDATE graphics_graphic SET archived = true, archived_at = CURRENT_TIMESTAMP "
        "WHERE id = %s",
        graphic["id"],
    )
