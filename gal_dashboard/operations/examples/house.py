"""What is no domain: audit trail, documentation, health, who is connected."""

from typing import Any, Final

from gal_dashboard.operations.examples.shared import AT

_DEED = {
    "id": 4711,
    "at": AT,
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

REQUESTS: Final[dict[str, Any]] = {
    "realtime_reload": {"reason": "New fonts."},
}

ANSWERS: Final[dict[str, Any]] = {
    "audit_list": {"entries": [_DEED], "total": 1},
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
    "health_alive": {"status": "healthy", "timestamp": AT, "version": "0.1.0"},
    "health_ready": {"status": "ready", "timestamp": AT},
    "realtime_reload": {"message": "The order was given.", "overlays": 3},
    "realtime_status": {
        "total": {"sockets": 2, "overlays": 1, "staff": 1, "behind": 0},
        "overlays": [
            {
                "connection_id": "45e47ad2c804cc5a",
                "graphic_id": 3,
                "title": "Standings",
                "archived": False,
                "since": AT,
                "address": "192.0.2.10",
                "drawn": {"version": 7, "seq": 12, "at": AT, "delay_ms": 38},
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
                "since": AT,
                "viewing": 3,
                "editing": [3],
                "process": "9f2c61d0",
            }
        ],
        "editors": [
            {"graphic_id": 3, "title": "Standings", "user_id": 1, "user_name": "dashboard_user"}
        ],
        "processes": [{"id": "9f2c61d0", "host": "studio", "overlays": 1, "staff": 1}],
        "timestamp": AT,
    },
}
