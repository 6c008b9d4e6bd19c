"""Tournaments and scoreboards."""

from typing import Any, Final

from gal_dashboard.operations.examples.shared import AT

_TOURNAMENT = {
    "id": 1,
    "name": "Tactician's Crown",
    "description": "",
    "status": "in_progress",
    "max_participants": 32,
    "current_participants": 32,
    "team_size": 1,
    "start_date": "2026-11-20T00:00:00Z",
    "end_date": "2026-11-22T00:00:00Z",
    "points_table": {"1": 8, "2": 7, "3": 6, "4": 5, "5": 4, "6": 3, "7": 2, "8": 1},
    "tie_chain": ["points", "top4_plus_wins", "count_1st", "most_recent_game"],
    "source": "",
    "created_at": AT,
    "updated_at": AT,
}
_PARTICIPANT = {
    "id": 5,
    "name": "Dishsoap",
    "riot_id": "Dishsoap#NA1",
    "seed": 1,
    "status": "registered",
    "waitlist_position": None,
    "members": [],
    "aliases": [],
    "manual_rank": None,
    "checked_in_at": None,
    "withdrawn_at": None,
}
_STAGE = {
    "name": "Final",
    "days": [1],
    "cuts": [],
    "threshold": 20,
    "points": None,
    "chain": None,
    "carries": False,
    "games": None,
    "redraw_every": None,
    "draw_rule": "snake",
}
_SEAT = {"participant_id": 5, "name": "Dishsoap"}
_DRAW = {
    "id": 9,
    "game": "1.1",
    "rule": "snake",
    "seed": None,
    "after": None,
    "drawn_by": "dashboard_user",
    "drawn_at": AT,
    "replaced_at": None,
    "lobbies": [{"lobby": 1, "seats": [_SEAT]}],
}
_STANDINGS = {
    "tournament_id": 1,
    "snapshot_id": 17,
    "after": "3.4",
    "complete": True,
    "stage": {"number": 2, "name": "Final", "kind": "checkmate", "threshold": 20},
    "label": "Final · after game 4",
    "cut": None,
    "games_left": None,
    "chain": _TOURNAMENT["tie_chain"],
    "round_names": ["round_1", "round_2"],
    "lobbies": [{"game": "3.5", "lobby": 1, "participant_ids": [5]}],
    "stages": [
        {
            "number": 1,
            "name": "Days 1 to 2",
            "rounds": ["round_1"],
            "carried": [],
            "players": 32,
            "order": [[5]],
        },
        {
            "number": 2,
            "name": "Final",
            "rounds": ["round_2"],
            "carried": [],
            "players": 8,
            "order": None,
        },
    ],
    "standings": [
        {
            "rank": 1,
            "tied": False,
            "participant_id": 5,
            "player_name": "Dishsoap",
            "total_points": 23,
            "event_points": 85,
            "round_scores": {"round_1": 8, "round_2": 2},
            "rank_change": 1,
            "status": "in_check",
            "explanation": None,
            "points_to_cut": None,
            "max_points": None,
            "clinched": None,
            "eliminated": None,
            "needed_place": 1,
        }
    ],
}
_PLAYER = {
    "player_name": "Dishsoap",
    "total_points": 23,
    "standing_rank": 1,
    "player_id": 5,
    "discord_id": None,
    "riot_id": "Dishsoap#NA1",
    "round_scores": {"round_1": 8, "round_2": 2},
}
_SNAPSHOT = {
    "id": 17,
    "tournament_id": 1,
    "tournament_name": "Tactician's Crown",
    "source": "results",
    "source_timestamp": AT,
    "round_names": ["round_1", "round_2"],
    "extras": {"after": "3.4", "label": "Final · after game 4"},
    "created_at": AT,
    "updated_at": AT,
}
_FULL_SNAPSHOT = {
    **_SNAPSHOT,
    "entries": [{"id": 170, "snapshot_id": 17, **_PLAYER, "extras": {"participant_id": 5}}],
}
_RESULTS = """\
game,lobby,player,place,absent
1.1,1,Dishsoap,1,no
1.1,1,Double61,2,no
1.1,1,Wilted,,yes
"""

REQUESTS: Final[dict[str, Any]] = {
    "tournaments_create": {
        "name": "Tactician's Crown",
        "max_participants": 32,
        "start_date": "2026-11-20",
        "end_date": "2026-11-22",
    },
    "tournaments_update": {"description": "Three days, thirty-two players."},
    "tournaments_partial_update": {"status": "in_progress"},
    "tournaments_register": {"name": "Dishsoap", "riot_id": "Dishsoap#NA1", "seed": 1},
    "tournaments_change": {"seed": 3, "members": []},
    "tournaments_change_format": {"preset": "tacticians_crown"},
    "tournaments_propose": {"rule": "random", "seed": 2026},
    "tournaments_publish": {"rule": "snake"},
    "tournaments_transition": {"status": "postponed", "reason": "The servers are down."},
    "tournaments_placements": {"placements": {"Dishsoap": 1, "Double61": 2}, "absent": ["Wilted"]},
    "tournaments_import_results": {"document": _RESULTS, "dry_run": True},
    "scoreboard_refresh": {"tournament_id": 1},
}

ANSWERS: Final[dict[str, Any]] = {
    "scoreboard_latest": _FULL_SNAPSHOT,
    "scoreboard_list": [{**_SNAPSHOT, "entry_count": 32}],
    "scoreboard_ranked": {
        "players": [_PLAYER],
        "total": 1,
        "snapshot_id": 17,
        "snapshot_created_at": AT,
        "tournament_id": 1,
        "tournament_name": "Tactician's Crown",
    },
    "scoreboard_refresh": {**_FULL_SNAPSHOT, "source": "refresh"},
    "scoreboard_retrieve": _FULL_SNAPSHOT,
    "tournaments_list": {"tournaments": [_TOURNAMENT], "total": 1, "page": 1, "per_page": 100},
    "tournaments_create": {**_TOURNAMENT, "status": "draft", "current_participants": 0},
    "tournaments_retrieve": _TOURNAMENT,
    "tournaments_update": _TOURNAMENT,
    "tournaments_partial_update": _TOURNAMENT,
    "tournaments_destroy": {"message": "Tournament Tactician's Crown was deleted."},
    "tournaments_statistics": {
        "tournament_id": 1,
        "name": "Tactician's Crown",
        "status": "in_progress",
        "max_participants": 32,
        "current_participants": 32,
        "participation_rate": 100.0,
        "checked_in": 32,
        "waiting": 4,
        "withdrawn": 1,
        "games_played": 16,
        "results": 416,
        "absences": 0,
    },
    "tournaments_standings": _STANDINGS,
    "tournaments_participants": {"participants": [_PARTICIPANT], "total": 1},
    "tournaments_register": _PARTICIPANT,
    "tournaments_participant": _PARTICIPANT,
    "tournaments_change": {**_PARTICIPANT, "seed": 3},
    "tournaments_remove": {"message": "Participant Dishsoap was removed."},
    "tournaments_check_in": {**_PARTICIPANT, "status": "checked_in", "checked_in_at": AT},
    "tournaments_take_back_check_in": _PARTICIPANT,
    "tournaments_withdraw": {**_PARTICIPANT, "status": "withdrawn", "withdrawn_at": AT},
    "tournaments_admit": _PARTICIPANT,
    "tournaments_close_check_in": {"withdrawn": ["Wilted"]},
    "tournaments_presets": {
        "formats": [
            {
                "preset": "checkmate_final",
                "title": "Checkmate final",
                "description": "One lobby of eight.",
                "stages": [_STAGE],
            }
        ],
        "total": 1,
    },
    "tournaments_format": {"tournament_id": 1, "stages": [_STAGE]},
    "tournaments_change_format": {"tournament_id": 1, "stages": [_STAGE]},
    "tournaments_draws": {"draws": [_DRAW], "total": 1},
    "tournaments_propose": {
        "game": "1.1",
        "rule": "random",
        "seed": 2026,
        "after": None,
        "fingerprint": "8a54c1f0d2b94e77",
        "lobbies": [{"lobby": 1, "seats": [{**_SEAT, "rank": None}]}],
    },
    "tournaments_publish": _DRAW,
    "tournaments_transitions": {"status": "completed", "legal": ["in_progress", "cancelled"]},
    "tournaments_transition": {**_TOURNAMENT, "status": "postponed"},
    "tournaments_placements": _STANDINGS,
    "tournaments_download_results": _RESULTS,
    "tournaments_import_results": {
        "dry_run": True,
        "lobbies": [{"game": "1.1", "lobby": 1, "outcome": "corrected"}],
        "new": 0,
        "corrected": 1,
        "unchanged": 0,
        "fingerprint": "5f0c2d7a91b3e846",
        "snapshot_id": None,
        "after": "1.1",
        "top": _STANDINGS["standings"],
    },
}
