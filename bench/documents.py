"""Canvas documents of one size, as editors write them."""

import itertools
from typing import Any

import orjson

SIZE = 4096  # bytes as JSON
ELEMENTS = 20
_COUNTER = "0000000000"
_numbers = itertools.count(1)


def document(number: int, size: int = SIZE) -> dict[str, Any]:
    """The ``number``-th document: texts over a background, exactly ``size`` bytes as JSON."""
    made: dict[str, Any] = {
        "background": {"imageUrl": "/static/board.png", "width": 1920, "height": 1080},
        "elements": [
            {
                "id": f"text-{number}-{position}",
                "type": "text",
                "x": 96 + position,
                "y": 54 * position,
                "fontSize": 32,
                "fontFamily": "Sofia Sans Condensed",
                "color": "#f5e6c8",
                "bold": position % 2 == 0,
                "content": f"Player {position} of lobby {number}",
            }
            for position in range(ELEMENTS)
        ],
        "saved": _COUNTER,
        "notes": "",
    }
    made["notes"] = "n" * (size - len(orjson.dumps(made)))
    return made


class Saves:
    """Bodies that each save another document, of the same length, without encoding any anew."""

    def __init__(self, number: int) -> None:
        body = orjson.dumps(graphic(number))
        self._before, self._after = body.split(_COUNTER.encode())

    def next(self) -> bytes:
        return b"%s%010d%s" % (self._before, next(_numbers), self._after)


def graphic(number: int) -> dict[str, Any]:
    """What POST and PUT of a graphic send."""
    return {
        "title": f"Board {number:05}",
        "event_name": "Guardian Angel Cup",
        "data_json": document(number),
    }
