"""Graphics with their archive, locks, revisions and keys."""

from typing import Any, Final

from gal_dashboard.operations.examples.shared import AT

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
    "created_at": AT,
    "updated_at": AT,
    "archived": False,
    "canvas_lock": None,
}
_LOCK = {
    "id": 12,
    "graphic_id": 3,
    "user_name": "dashboard_user",
    "session_id": "window-7",
    "locked": True,
    "locked_at": AT,
    "expires_at": "2026-11-22T19:35:00Z",
    "lock_fence": 1795375800000,
    "can_edit": True,
}
_KEY = {
    "id": 9,
    "graphic_id": 3,
    "name": "Studio 2, main OBS",
    "hint": "q7Xw",
    "created_at": AT,
    "created_by": "dashboard_user",
    "revoked_at": None,
    "revoked_by": "",
    "last_used_at": None,
    "last_used_from": "",
}
_KEY_TEXT = "ovk_2n8YJrK0m3vTqLZs5cUe1dHf4gWb6iPoA9xRjNk-q7Xw"
_ARCHIVED = {"archived": True, "archived_at": AT, "archived_by": "dashboard_user"}
_REVISION = {
    "version": 7,
    "title": "Standings",
    "event_name": "Tactician's Crown",
    "tournament_id": 1,
    "restored_from": None,
    "author": "dashboard_user",
    "created_at": AT,
}

REQUESTS: Final[dict[str, Any]] = {
    "archive_archive": {"reason": "The day is over."},
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
    "revisions_restore": {"session_id": "window-7"},
}

ANSWERS: Final[dict[str, Any]] = {
    "archive_list": {
        "archives": [{**_GRAPHIC, **_ARCHIVED, "reason": "The day is over."}],
        "total": 1,
        "can_delete": False,
    },
    "archive_archive": {
        "success": True,
        "message": "The graphic was archived.",
        "graphic_id": 3,
        "archived_at": AT,
        "restored_at": None,
    },
    "archive_restore": {
        "success": True,
        "message": "The graphic was restored.",
        "graphic_id": 3,
        "archived_at": None,
        "restored_at": AT,
    },
    "archive_delete_for_good": {"message": "Graphic Standings was deleted for good."},
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
    "revisions_list": {"revisions": [_REVISION], "total": 1},
    "revisions_retrieve": {**_REVISION, "data_json": _DOCUMENT},
    "revisions_restore": {**_GRAPHIC, "version": 8},
}
