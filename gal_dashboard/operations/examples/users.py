"""Accounts, and signing in."""

from typing import Any, Final

from gal_dashboard.operations.examples.shared import AT

_TOKENS = {
    "token_type": "bearer",
    "access_token": "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJjcmV3In0.c2lnbmF0dXJl",
    "expires_in": 86400,
    "refresh_token": "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzaWQiOiI3ZTkxYyJ9.c2lnbmF0dXJl",
    "refresh_expires_in": 604800,
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
    "created_at": AT,
    "updated_at": AT,
}

REQUESTS: Final[dict[str, Any]] = {
    "auth_login": {"master_password": "correct horse battery staple"},
    "auth_refresh": {"refresh_token": _TOKENS["refresh_token"]},
    "auth_logout": {"refresh_token": _TOKENS["refresh_token"]},
    "users_create": {"username": "dishsoap", "discord_id": "184467440737095516"},
    "users_update": {"display_name": "Dishsoap", "riot_id": "Dishsoap#NA1"},
    "users_partial_update": {"roles": ["Scorer"], "password": "four words that nobody guesses"},
    "users_update_me": {"display_name": "Ann"},
}

ANSWERS: Final[dict[str, Any]] = {
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
        "expires_at": AT,
    },
    "auth_sessions": {
        "sessions": [
            {
                "id": 31,
                "username": "dashboard_user",
                "kind": "master",
                "address": "203.0.113.7",
                "agent": "Mozilla/5.0",
                "created_at": AT,
                "last_seen_at": AT,
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
