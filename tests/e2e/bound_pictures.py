"""Pictures made by hand, elements that are bound to what is in them, and what the page draws."""

from typing import Any

from playwright.sync_api import Page

SHOWN = """
(root) => Object.fromEntries(
  [...(root ?? document).querySelectorAll(".element")].map((element) => [
    element.dataset.element,
    [...element.querySelectorAll(".row, .line")].map((line) => line.dataset.value),
  ]),
)
"""
# The page's own drawing, of a picture that no server has sent.
DRAW = f"""
async ({{ elements, picture }}) => {{
  const {{ Drawing }} = await import("/static/graphics/overlay/draw.js");
  const stage = document.createElement("div");
  document.body.append(stage);
  const graphic = {{ id: 1, data_json: {{ elements }} }};
  const whole = {{ graphic, tournament: null, standings: null, ...picture }};
  const isDrawn = new Drawing(stage).draw(whole);
  const shown = ({SHOWN})(stage);
  stage.remove();
  return isDrawn ? shown : null;
}}
"""


def element(name: str, kind: str, **fields: Any) -> dict[str, Any]:
    return {"id": name, "type": kind, "x": 100, "y": 100, **fields}


def drawn(page: Page, *elements: dict[str, Any], **picture: Any) -> dict[str, list[str]]:
    """What each element says, row by row; an element that is not drawn is not there."""
    return page.evaluate(DRAW, {"elements": list(elements), "picture": picture})


def says(page: Page, kind: str, picture: dict[str, Any], **fields: Any) -> list[str] | None:
    """What one element says."""
    return drawn(page, element("one", kind, **fields), **picture).get("one")


def row(rank: int, **fields: Any) -> dict[str, Any]:
    return {
        "rank": rank,
        "tied": False,
        "participant_id": 10 + rank,
        "player_name": f"P{rank}",
        "total_points": 20 - rank,
        "event_points": 40 - rank,
        "round_scores": {"round_1": 8, "round_2": 12 - rank},
        "rank_change": 0,
        "status": None,
        "explanation": None,
        "points_to_cut": 3 - rank,
        "max_points": 28 - rank,
        "clinched": False,
        "eliminated": False,
        "needed_place": None,
        **fields,
    }


STAGES = [
    {
        "number": 1,
        "name": "Groups",
        "rounds": ["round_1"],
        "carried": [],
        "players": 5,
        "order": [[13], [11, 12], [14], [15]],
    },
    {
        "number": 2,
        "name": "Semis",
        "rounds": ["round_2"],
        "carried": ["round_1"],
        "players": 4,
        "order": None,
    },
    {"number": 3, "name": "Final", "rounds": [], "carried": [], "players": None, "order": None},
]
STANDINGS = {
    "tournament_id": 1,
    "snapshot_id": 1,
    "after": "2.1",
    "complete": True,
    "stage": {"number": 2, "name": "Semis", "kind": "points", "threshold": None},
    "label": "After game 1",
    "cut": 2,
    "games_left": 2,
    "chain": ["points"],
    "round_names": ["round_1", "round_2"],
    "lobbies": [{"game": "2.2", "lobby": 1, "participant_ids": [14, 11, 12]}],
    "stages": STAGES,
    "standings": [
        row(1, clinched=True),
        row(2, needed_place=4, points_to_cut=1),
        row(3, points_to_cut=0, round_scores={"round_1": 8}, rank_change=None),
        row(4, eliminated=True, points_to_cut=-1),
        row(5, status="eliminated", eliminated=True, points_to_cut=None, max_points=None),
    ],
}
TOURNAMENT = {
    "id": 1,
    "name": "Cup",
    "status": "in_progress",
    "max_participants": 8,
    "current_participants": 5,
    "start_date": None,
    "end_date": None,
}
PICTURE = {"tournament": TOURNAMENT, "standings": STANDINGS}
# As standings were published before they told of stages.
OLD = {**PICTURE, "standings": {key: STANDINGS[key] for key in STANDINGS if key != "stages"}}
BEFORE = {
    **PICTURE,
    "standings": {
        **STANDINGS,
        "after": None,
        "stage": None,
        "cut": None,
        "games_left": None,
        "lobbies": [],
        "round_names": [],
        "stages": [{**STAGES[0], "rounds": [], "players": None, "order": None}, *STAGES[2:]],
        "standings": [
            row(1, round_scores={}, tied=True),
            row(1, round_scores={}, tied=True, participant_id=12, player_name="P2"),
        ],
    },
}
BARE = {
    **PICTURE,
    "standings": {
        "tournament_id": 1,
        "after": "2.1",
        "standings": [{"rank": 1, "player_name": "P1", "total_points": 5}],
    },
}
FINAL = {
    **PICTURE,
    "standings": {
        **STANDINGS,
        "stage": {"number": 3, "name": "Final", "kind": "checkmate", "threshold": 20},
        "after": "3.4",
        "cut": None,
        "games_left": None,
        "standings": [row(1, status="champion"), row(2, status="in_check", clinched=None)],
    },
}
NOTHING: dict[str, Any] = {}
