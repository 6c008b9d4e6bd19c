"""Configuration."""

from typing import Any, Final

from gal_dashboard.operations.examples.shared import AT

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
    "created_at": AT,
    "updated_at": AT,
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
    "created_at": AT,
    "updated_at": AT,
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

REQUESTS: Final[dict[str, Any]] = {
    "configuration_update": {"value": 120, "description": "Shorter while the final is on."},
    "configuration_create": {"id": "184467440737095516"},
    "configuration_bulk_update": {"graphics.lock_ttl_seconds": 120, "graphics.canvas_width": 1920},
    "configuration_rollback": {"change_id": 41},
    "configuration_import_": {"document": _YAML, "dry_run": True},
}

ANSWERS: Final[dict[str, Any]] = {
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
                "at": AT,
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
}
