"""Results that wait, and corrections of several lobbies."""

from typing import Any, Final

from gal_dashboard.operations.examples.shared import AT

_OUTCOME = {"placements": {"Dishsoap": 1, "Double61": 2}, "absent": ["Wilted"]}
_OTHER_OUTCOME = {"placements": {"Double61": 1, "Dishsoap": 2}, "absent": ["Wilted"]}
_SUBMISSION = {
    "id": 41,
    "game": "3.4",
    "lobby": 1,
    "status": "submitted",
    **_OUTCOME,
    "note": "As the lobby's captain wrote.",
    "submitted_by": "ann",
    "submitted_at": AT,
    "decided_by": None,
    "decided_at": None,
    "reason": "",
    "correction_id": None,
}
_DECIDED = {"decided_by": "dashboard_user", "decided_at": AT}
_LOBBY_CHANGE = {"game": "3.4", "lobby": 1, "before": _OTHER_OUTCOME, "after": _OUTCOME}
_CORRECTION = {
    "id": 6,
    "reason": "The recording shows it.",
    "made_by": "dashboard_user",
    "made_at": AT,
    "undoes": None,
    "undone_by": None,
    "lobbies": [_LOBBY_CHANGE],
}
_DISHSOAP = {"participant_id": 5, "name": "Dishsoap"}
_DOUBLE61 = {"participant_id": 6, "name": "Double61"}

REQUESTS: Final[dict[str, Any]] = {
    "tournaments_submit": {**_OUTCOME, "note": "As the lobby's captain wrote."},
    "tournaments_reject_submission": {"reason": "The recording says otherwise."},
    "tournaments_preview_correction": {"results": [{"game": "3.4", "lobby": 1, **_OUTCOME}]},
    "tournaments_correct": {
        "results": [{"game": "3.4", "lobby": 1, **_OUTCOME}],
        "reason": "The recording shows it.",
    },
    "tournaments_undo_correction": {"reason": "It was right before."},
}

ANSWERS: Final[dict[str, Any]] = {
    "tournaments_submit": _SUBMISSION,
    "tournaments_lobby_results": {
        "results": [{**_SUBMISSION, "status": "confirmed", **_DECIDED}],
        "total": 1,
    },
    "tournaments_submissions": {"submissions": [_SUBMISSION], "total": 1},
    "tournaments_confirm_submission": {**_SUBMISSION, "status": "confirmed", **_DECIDED},
    "tournaments_reject_submission": {
        **_SUBMISSION,
        "status": "rejected",
        **_DECIDED,
        "reason": "The recording says otherwise.",
    },
    "tournaments_preview_correction": {
        "fingerprint": "5f0c1d92ab3e4876",
        "lobbies": [_LOBBY_CHANGE],
        "standings": [
            {
                "participant_id": 5,
                "player_name": "Dishsoap",
                "before": {"rank": 2, "tied": False, "total_points": 22, "status": "in_check"},
                "after": {"rank": 1, "tied": False, "total_points": 23, "status": "champion"},
            }
        ],
        "champion": {"before": _DOUBLE61, "after": _DISHSOAP},
        "cuts": [
            {
                "day": 2,
                "game": None,
                "to": 8,
                "is_played": True,
                "comes_in": [_DISHSOAP],
                "falls_out": [_DOUBLE61],
            }
        ],
        "draws": [
            {
                "draw_id": 9,
                "game": "3.1",
                "rule": "snake",
                "after": "2.6",
                "is_played": True,
                "drawn": [{"lobby": 1, "seats": [_DOUBLE61]}],
                "would_be": [{"lobby": 1, "seats": [_DISHSOAP]}],
            }
        ],
        "graphics": [{"id": 3, "title": "Standings", "archived": False, "overlays": 2}],
    },
    "tournaments_corrections": {"corrections": [_CORRECTION], "total": 1},
    "tournaments_correct": _CORRECTION,
    "tournaments_undo_correction": {
        **_CORRECTION,
        "id": 7,
        "reason": "It was right before.",
        "undoes": 6,
        "lobbies": [{**_LOBBY_CHANGE, "before": _OUTCOME, "after": _OTHER_OUTCOME}],
    },
}
