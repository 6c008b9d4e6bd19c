"""Examples of the API's description: what is sent, and what comes back.

The tests send each request and hold each answer against its schema, so that none of them lies.
"""

from typing import Any

_AT = "2026-11-22T19:30:00Z"
_TOKENS = {
    "token_type": "bearer",
    "access_token": "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJjcmV3In0.c2lnbmF0dXJl",
    "expires_in": 86400,
    "refresh_token": "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzaWQiOiI3ZTkxYyJ9.c2lnbmF0dXJl",
    "refresh_expires_in": 604800,
}
_DOCUMENT = {
    "background": {"imageUrl": "/static/board.svg", "width": 1920, "height": 1080},
    "elements": [
        {
            "id": "title",
            "type": "text",
            "content": "Day 3",
            "x": 96,
            "y": 64,
            "fontSize": 72,
            "fontFamily": "Barlow",
            "color": "#ffffff",
        },
        {
            "id": "names",
            "type": "players",
            "x": 96,
            "y": 240,
            "fontSize": 40,
            "fontFamily": "Barlow",
            "color": "#ffffff",
            "spacing": 56,
            "previewCount": 8,
        },
    ],
}
_VIEW = {
    "id": 3,
    "title": "Standings",
    "data_json": _DOCUMENT,
    "version": 7,
    "tournament_id": 1,
}
_GRAPHIC = {
    **_VIEW,
    "event_name": "Tactician's Crown",
    "created_by": "dashboard_user",
    "updated_by": "dashboard_user",
    "created_at": _AT,
    "updated_at": _AT,
    "archived": False,
    "canvas_lock": None,
}
_LOCK = {
    "id": 12,
    "graphic_id": 3,
    "user_name": "dashboard_user",
    "session_id": "window-7",
    "locked": True,
    "locked_at": _AT,
    "expires_at": "2026-11-22T19:35:00Z",
    "lock_fence": 1795375800000,
    "can_edit": True,
}
_DEED = {
    "id": 4711,
    "at": _AT,
    "action": "graphic.updated",
    "actor": "dashboard_user",
    "actor_id": 1,
    "session_id": "7e91c0d24f5b4c0e8f3a6d1b2c9e5f70",
    "address": "203.0.113.7",
    "request_id": "3f0c9a54d1b94d5fb2f6e3f1a7b1c0de",
    "target_type": "graphic",
    "target_id": 3,
    "target_label": "Standings, day 3 (Tactician's Crown)",
    "changes": {"title": ["Standings", "Standings, day 3"]},
}
_KEY = {
    "id": 9,
    "graphic_id": 3,
    "name": "Studio 2, main OBS",
    "hint": "q7Xw",
    "created_at": _AT,
    "created_by": "dashboard_user",
    "revoked_at": None,
    "revoked_by": "",
    "last_used_at": None,
    "last_used_from": "",
}
_KEY_TEXT = "ovk_2n8YJrK0m3vTqLZs5cUe1dHf4gWb6iPoA9xRjNk-q7Xw"
_ARCHIVED = {"archived": True, "archived_at": _AT, "archived_by": "dashboard_user"}
_REVISION = {
    "version": 7,
    "title": "Standings",
    "event_name": "Tactician's Crown",
    "tournament_id": 1,
    "restored_from": None,
    "author": "dashboard_user",
    "created_at": _AT,
}
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
    "created_at": _AT,
    "updated_at": _AT,
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
    "drawn_at": _AT,
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
    "submitted_at": _AT,
    "decided_by": None,
    "decided_at": None,
    "reason": "",
    "correction_id": None,
}
_DECIDED = {"decided_by": "dashboard_user", "decided_at": _AT}
_LOBBY_CHANGE = {"game": "3.4", "lobby": 1, "before": _OTHER_OUTCOME, "after": _OUTCOME}
_CORRECTION = {
    "id": 6,
    "reason": "The recording shows it.",
    "made_by": "dashboard_user",
    "made_at": _AT,
    "undoes": None,
    "undone_by": None,
    "lobbies": [_LOBBY_CHANGE],
}
_DISHSOAP = {"participant_id": 5, "name": "Dishsoap"}
_DOUBLE61 = {"participant_id": 6, "name": "Double61"}
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
    "source_timestamp": _AT,
    "round_names": ["round_1", "round_2"],
    "extras": {"after": "3.4", "label": "Final · after game 4"},
    "created_at": _AT,
    "updated_at": _AT,
}
_FULL_SNAPSHOT = {
    **_SNAPSHOT,
    "entries": [{"id": 170, "snapshot_id": 17, **_PLAYER, "extras": {"participant_id": 5}}],
}
_USER = {
    "id": 7,
    "discord_id": "184467440737095516",
    "username": "dishsoap",
    "display_name": "Dishsoap",
    "email": None,
    "riot_id": "Dishsoap#NA1",
    "is_active": True,
    "roles": [],
    "created_at": _AT,
    "updated_at": _AT,
}

_OPTION = {
    "key": "graphics.lock_ttl_seconds",
    "value": 120,
    "description": "Shorter while the final is on.",
    "category": "graphics",
    "type": "integer",
    "source": "all",
    "environment": "all",
    "is_registered": True,
    "is_secret": False,
    "problem": None,
    "created_at": _AT,
    "updated_at": _AT,
    "updated_by": "dashboard_user",
    "title": "Life of a canvas lock",
    "default": 300,
    "variable": "GAL_GRAPHICS_LOCK_TTL_SECONDS",
    "minimum": 2,
    "maximum": 3600,
    "choices": [],
    "pattern": None,
    "needs_restart": False,
}
_BOTS_KEY = {
    "key": "bots.channel",
    "value": {"id": "184467440737095516"},
    "description": "Where results are posted.",
    "category": "custom",
    "type": "json",
    "source": "all",
    "environment": "all",
    "is_registered": False,
    "is_secret": False,
    "problem": None,
    "created_at": _AT,
    "updated_at": _AT,
    "updated_by": "dashboard_user",
}
_YAML = """format: gal-configuration/1
settings:
- key: graphics.lock_ttl_seconds
  environment: all
  category: graphics
  description: Shorter while the final is on.
  value: 120
"""

_RESULTS = """\
game,lobby,player,place,absent
1.1,1,Dishsoap,1,no
1.1,1,Double61,2,no
1.1,1,Wilted,,yes
"""
REQUESTS: dict[str, Any] = {
    "archive_archive": {"reason": "The day is over."},
    "configuration_update": {"value": 120, "description": "Shorter while the final is on."},
    "configuration_create": {"id": "184467440737095516"},
    "configuration_bulk_update": {"graphics.lock_ttl_seconds": 120, "graphics.canvas_width": 1920},
    "configuration_rollback": {"change_id": 41},
    "configuration_import_": {"document": _YAML, "dry_run": True},
    "auth_login": {"master_password": "correct horse battery staple"},
    "auth_refresh": {"refresh_token": _TOKENS["refresh_token"]},
    "auth_logout": {"refresh_token": _TOKENS["refresh_token"]},
    "graphics_create": {
        "title": "Standings",
        "event_name": "Tactician's Crown",
        "data_json": _DOCUMENT,
    },
    "graphics_update": {"data_json": _DOCUMENT},
    "graphics_partial_update": {"title": "Standings, day 3"},
    "graphics_duplicate": {"new_title": "Standings, day 4"},
    "keys_create": {"name": "Studio 2, main OBS"},
    "locks_acquire": {"session_id": "window-7"},
    "locks_refresh": {"session_id": "window-7"},
    "realtime_reload": {"reason": "New fonts."},
    "revisions_restore": {"session_id": "window-7"},
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
    "tournaments_placements": _OUTCOME,
    "tournaments_submit": {**_OUTCOME, "note": "As the lobby's captain wrote."},
    "tournaments_reject_submission": {"reason": "The recording says otherwise."},
    "tournaments_preview_correction": {"results": [{"game": "3.4", "lobby": 1, **_OUTCOME}]},
    "tournaments_correct": {
        "results": [{"game": "3.4", "lobby": 1, **_OUTCOME}],
        "reason": "The recording shows it.",
    },
    "tournaments_undo_correction": {"reason": "It was right before."},
    "tournaments_import_results": {"document": _RESULTS, "dry_run": True},
    "scoreboard_refresh": {"tournament_id": 1},
    "users_create": {"username": "dishsoap", "discord_id": "184467440737095516"},
    "users_update": {"display_name": "Dishsoap", "riot_id": "Dishsoap#NA1"},
    "users_partial_update": {"roles": ["Scorer"], "password": "four words that nobody guesses"},
    "users_update_me": {"display_name": "Ann"},
}
ANSWERS: dict[str, Any] = {
    "archive_list": {
        "archives": [{**_GRAPHIC, **_ARCHIVED, "reason": "The day is over."}],
        "total": 1,
        "can_delete": False,
    },
    "archive_archive": {
        "success": True,
        "message": "The graphic was archived.",
        "graphic_id": 3,
        "archived_at": _AT,
        "restored_at": None,
    },
    "archive_restore": {
        "success": True,
        "message": "The graphic was restored.",
        "graphic_id": 3,
        "archived_at": None,
        "restored_at": _AT,
    },
    "archive_delete_for_good": {"message": "Graphic Standings was deleted for good."},
    "audit_list": {"entries": [_DEED], "total": 1},
    "auth_login": _TOKENS,
    "auth_refresh": _TOKENS,
    "auth_logout": {"message": "Logged out."},
    "auth_verify": {
        "valid": True,
        "username": "dashboard_user",
        "roles": ["Administrator"],
        "scopes": ["graphics:read", "graphics:write"],
        "read_only": False,
        "session_id": "7e91c0d24f5b4c0e8f3a6d1b2c9e5f70",
        "expires_at": _AT,
    },
    "auth_sessions": {
        "sessions": [
            {
                "id": 31,
                "username": "dashboard_user",
                "kind": "master",
                "address": "203.0.113.7",
                "agent": "Mozilla/5.0",
                "created_at": _AT,
                "last_seen_at": _AT,
                "expires_at": "2026-11-29T19:30:00Z",
                "ended_at": None,
                "ended_reason": None,
                "is_current": True,
            }
        ],
        "total": 1,
    },
    "auth_end_session": {"message": "The session has ended."},
    "auth_ws_ticket": {"ticket": "q4vY0mZ3nT8rK1xW6bL9cJ2dF5gH7sA", "expires_in": 30},
    "configuration_list": {"configurations": [_BOTS_KEY, _OPTION], "total": 2},
    "configuration_by_category": [_OPTION],
    "configuration_retrieve": _OPTION,
    "configuration_update": _OPTION,
    "configuration_create": _BOTS_KEY,
    "configuration_destroy": {"message": "graphics.lock_ttl_seconds was removed."},
    "configuration_bulk_update": {
        "success": True,
        "message": "2 keys were stored, 0 were not.",
        "data": {
            "updated": ["graphics.lock_ttl_seconds", "graphics.canvas_width"],
            "errors": [],
            "total_updated": 2,
            "total_errors": 0,
        },
    },
    "configuration_history": {
        "history": [
            {
                "id": 41,
                "action": "updated",
                "environment": "all",
                "author": "dashboard_user",
                "at": _AT,
                "before": 300,
                "after": 120,
            }
        ],
        "total": 1,
    },
    "configuration_rollback": {
        "message": "graphics.lock_ttl_seconds is as it was before that change.",
        "configuration": {**_OPTION, "value": 300},
    },
    "configuration_export": {"document": _YAML},
    "configuration_import_": {
        "dry_run": True,
        "added": [
            {
                "key": "graphics.lock_ttl_seconds",
                "environment": "all",
                "before": None,
                "after": 120,
            }
        ],
        "changed": [],
        "unchanged": 0,
    },
    "docs_index": {
        "name": "Guardian Angel League Live Graphics Dashboard",
        "version": "0.1.0",
        "docs": "/docs",
        "redoc": "/redoc",
        "openapi": "/openapi.json",
        "asyncapi": "/asyncapi.json",
        "admin": "/admin/",
        "health": "/health",
    },
    "graphics_list": {"graphics": [_GRAPHIC], "total": 1},
    "graphics_create": {**_GRAPHIC, "version": 1},
    "graphics_retrieve": _GRAPHIC,
    "graphics_update": {**_GRAPHIC, "version": 8},
    "graphics_partial_update": {**_GRAPHIC, "title": "Standings, day 3", "version": 8},
    "graphics_destroy": {"message": "The graphic was archived."},
    "graphics_delete_for_good": {"message": "Graphic Standings was deleted for good."},
    "graphics_duplicate": {**_GRAPHIC, "id": 4, "title": "Standings, day 4", "version": 1},
    "graphics_event_names": ["Tactician's Crown"],
    "graphics_public_view": _VIEW,
    "health_alive": {"status": "healthy", "timestamp": _AT, "version": "0.1.0"},
    "health_ready": {"status": "ready", "timestamp": _AT},
    "keys_list": {"keys": [_KEY], "total": 1},
    "keys_create": {**_KEY, "key": _KEY_TEXT, "overlay": f"/overlay/k/{_KEY_TEXT}"},
    "keys_revoke": {"message": "The key was revoked."},
    "keys_public_view": _VIEW,
    "locks_acquire": _LOCK,
    "locks_refresh": _LOCK,
    "locks_release": {"message": "The lock was released.", "released": True},
    "locks_status": {
        "locked": True,
        "lock_info": {**_LOCK, "session_id": None, "can_edit": False},
        "can_edit": False,
    },
    "locks_list": {"locks": [_LOCK], "total": 1},
    "locks_cleanup": {"message": "1 expired locks removed.", "cleaned_count": 1},
    "realtime_reload": {"message": "The order was given.", "overlays": 3},
    "realtime_status": {
        "total": {"sockets": 2, "overlays": 1, "staff": 1, "behind": 0},
        "overlays": [
            {
                "connection_id": "45e47ad2c804cc5a",
                "graphic_id": 3,
                "title": "Standings",
                "archived": False,
                "since": _AT,
                "address": "192.0.2.10",
                "drawn": {"version": 7, "seq": 12, "at": _AT, "delay_ms": 38},
                "current": {"version": 7, "seq": 12},
                "is_behind": False,
                "process": "9f2c61d0",
            }
        ],
        "staff": [
            {
                "connection_id": "0c65e503b91ea026",
                "user_id": 1,
                "user_name": "dashboard_user",
                "since": _AT,
                "viewing": 3,
                "editing": [3],
                "process": "9f2c61d0",
            }
        ],
        "editors": [
            {"graphic_id": 3, "title": "Standings", "user_id": 1, "user_name": "dashboard_user"}
        ],
        "processes": [{"id": "9f2c61d0", "host": "studio", "overlays": 1, "staff": 1}],
        "timestamp": _AT,
    },
    "revisions_list": {"revisions": [_REVISION], "total": 1},
    "revisions_retrieve": {**_REVISION, "data_json": _DOCUMENT},
    "revisions_restore": {**_GRAPHIC, "version": 8},
    "scoreboard_latest": _FULL_SNAPSHOT,
    "scoreboard_list": [{**_SNAPSHOT, "entry_count": 32}],
    "scoreboard_ranked": {
        "players": [_PLAYER],
        "total": 1,
        "snapshot_id": 17,
        "snapshot_created_at": _AT,
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
    "tournaments_check_in": {**_PARTICIPANT, "status": "checked_in", "checked_in_at": _AT},
    "tournaments_take_back_check_in": _PARTICIPANT,
    "tournaments_withdraw": {**_PARTICIPANT, "status": "withdrawn", "withdrawn_at": _AT},
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
    "users_list": {"users": [_USER], "total": 1, "page": 1, "per_page": 100},
    "users_create": {**_USER, "display_name": "", "riot_id": None},
    "users_retrieve": _USER,
    "users_update": _USER,
    "users_partial_update": {**_USER, "roles": ["Scorer"]},
    "users_destroy": {"message": "The account dishsoap was disabled."},
    "users_by_discord": _USER,
    "users_statistics": {
        "total_users": 40,
        "active_users": 38,
        "inactive_users": 2,
        "activity_rate": 95.0,
    },
    "users_me": {**_USER, "username": "ann", "display_name": "Ann", "email": "ann@example.org"},
    "users_update_me": {
        **_USER,
        "username": "ann",
        "display_name": "Ann",
        "email": "ann@example.org",
    },
}


def add_examples(
    result: dict[str, Any],
    generator: Any,
    request: Any,
    public: bool,  # noqa: FBT001 - the signature is drf-spectacular's
) -> dict[str, Any]:
    """Put each example beside the schema that it is an example of."""
    for operations in result["paths"].values():
        for operation in operations.values():
            name = operation["operationId"]
            if name in REQUESTS:
                _show(operation["requestBody"], REQUESTS[name])
            for status, answer in operation["responses"].items():
                if status in {"200", "201"} and name in ANSWERS:
                    _show(answer, ANSWERS[name])
    return result


def _show(part: dict[str, Any], example: Any) -> None:
    [content] = part["content"].values()  # of its one media type
    content["example"] = example
