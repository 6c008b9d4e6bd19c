"""The sockets describe themselves: an AsyncAPI document made of the declared frames."""

import functools
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

import msgspec
from django.conf import settings

from gal_dashboard.core.wire import dumps
from gal_dashboard.realtime import frames, messages
from gal_dashboard.realtime.protocol import CloseCode

Forms = Mapping[str, type[msgspec.Struct]]

STAFF: Final = "staff"
OVERLAY: Final = "overlay"

# Captured from a running server: by channel and type of frame, one for each action.
_EXAMPLES: Final = Path(__file__).with_name("frame_examples.json")
_SCHEMAS: Final = "#/components/schemas/{name}"

_DESCRIPTION: Final = """\
One socket follows one stream. A stream has its own numbers 1, 2, 3 ... without gaps, in the order
of the commits. Remember the `seq` of the last frame you dealt with and the `epoch` of
`connection_established`; come back with `?after=<seq>&epoch=<epoch>`. If the first frame then says
`recovered: true`, what you missed follows. If not, an overlay gets a `snapshot`, and a dashboard
`resync_required`. Frames without `seq` are outside of the numbering; frames of types that you do
not know count all the same.

A refused socket is accepted and then closed with its code, without a frame.
"""

# What clients say is short.
_SAID_BY_CLIENTS: Final[Mapping[str, Mapping[str, Any]]] = {
    "ping": {"type": "ping"},
    "subscribe": {"type": "subscribe", "event_types": ["placement_update", "standings_update"]},
    "viewing": {"type": "viewing", "graphic_id": 3},
    "rendered": {"type": "rendered", "version": 3, "seq": 10},
}

CLOSE_CODES: Final[Mapping[CloseCode, str]] = {
    CloseCode.MESSAGE_TOO_BIG: "A message of yours was too large: do not send it again.",
    CloseCode.INTERNAL_ERROR: "A fault of the server: come back with the usual wait.",
    CloseCode.RESTARTING: "The server restarts, or its database is away: come back within 0 to 2 s "
    "at random.",
    CloseCode.NOT_SIGNED_IN: "Not signed in, or the session has ended: sign in again.",
    CloseCode.NOT_ALLOWED: "Your role may not follow this stream: do not come back by yourself.",
    CloseCode.GONE: "No such address or graphic, or it is archived or deleted: keep the picture, "
    "ask again every 10 s.",
    CloseCode.TOO_SLOW: "You did not read fast enough: come back with your place at once.",
    CloseCode.TOO_MANY: "Too many sockets, or too many messages: wait 10 s.",
}

_PLACE: Final = {
    "after": {
        "type": "integer",
        "minimum": 0,
        "maximum": 2**63 - 1,
        "description": "The number of the last frame that you dealt with.",
    },
    "epoch": {"type": "string", "description": "The epoch that this number belongs to."},
}


@functools.cache
def document() -> dict[str, Any]:
    """The AsyncAPI document: made once, as it changes only with the code."""
    said: dict[str, Forms] = {STAFF: frames.for_staff(), OVERLAY: frames.for_overlays()}
    heard: dict[str, Forms] = {STAFF: messages.FROM_STAFF, OVERLAY: messages.FROM_OVERLAYS}
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Guardian Angel League Live Graphics Dashboard: realtime",
            "version": settings.VERSION,
            "description": _DESCRIPTION,
        },
        "defaultContentType": "application/json",
        "servers": {"plain": _server("ws"), "encrypted": _server("wss")},
        "channels": {
            STAFF: _staff_channel() | {"messages": _listed(STAFF, said, heard)},
            OVERLAY: _overlay_channel() | {"messages": _listed(OVERLAY, said, heard)},
        },
        "operations": {
            f"{channel}.{name}": operation
            for channel in (STAFF, OVERLAY)
            for name, operation in _operations(channel, said[channel], heard[channel]).items()
        },
        "components": {
            "messages": {
                _key(channel, form): _message(channel, kind, form)
                for by_channel in (said, heard)
                for channel, forms in by_channel.items()
                for kind, form in forms.items()
            },
            "schemas": _schemas(
                form
                for by_channel in (said, heard)
                for forms in by_channel.values()
                for form in forms.values()
            ),
            "securitySchemes": {
                "bearer": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "Programs: an access token. It never stands in an address.",
                },
                "ticket": {
                    "type": "httpApiKey",
                    "name": "ticket",
                    "in": "query",
                    "description": "Browsers: from `POST /auth/ws-ticket`, once within 30 seconds.",
                },
            },
        },
    }


@functools.cache
def text() -> bytes:
    return dumps(document())


def _server(protocol: str) -> dict[str, Any]:
    return {
        "host": "{host}",
        "protocol": protocol,
        "variables": {
            "host": {"default": "127.0.0.1:8000", "description": "Name and port of this server."}
        },
    }


def _staff_channel() -> dict[str, Any]:
    return {
        "address": "/ws/events",
        "title": "Everything that happens, for the crew",
        "summary": "Dashboards and bots. Any role may follow; each sees what it may see.",
        "description": _close_codes(),
        "bindings": _binding({**_PLACE, "ticket": {"type": "string"}}),
    }


def _overlay_channel() -> dict[str, Any]:
    return {
        "address": "/ws/overlay/{graphic_id}",
        "title": "One graphic, for everybody",
        "summary": "Browser sources on air. Nothing is asked; only what is public is told.",
        "description": "`/ws/overlay/k/{key}` is the same channel, opened by an overlay key "
        f"instead of the number.\n\n{_close_codes()}",
        "parameters": {"graphic_id": {"description": "The number of the graphic."}},
        "bindings": _binding(_PLACE),
    }


def _binding(query: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "ws": {
            "method": "GET",
            "query": {"type": "object", "properties": dict(query)},
            "bindingVersion": "0.1.0",
        }
    }


def _close_codes() -> str:
    rows = "\n".join(f"| {code.value} | {text} |" for code, text in CLOSE_CODES.items())
    return f"Close codes:\n\n| code | why, and what to do |\n|---|---|\n{rows}\n"


def _listed(channel: str, said: Mapping[str, Forms], heard: Mapping[str, Forms]) -> dict[str, Any]:
    return {
        kind: {"$ref": f"#/components/messages/{_key(channel, form)}"}
        for forms in (said[channel], heard[channel])
        for kind, form in forms.items()
    }


def _operations(channel: str, said: Forms, heard: Forms) -> dict[str, Any]:
    """Sent and received are the server's words: it sends frames and receives messages."""
    security = (
        {"security": [_ref("components", "securitySchemes", name) for name in ("ticket", "bearer")]}
        if channel == STAFF
        else {}
    )
    answers = {"ping": "pong", "subscribe": "subscription_confirmed"}
    operations: dict[str, Any] = {
        "send": {
            "action": "send",
            "channel": _ref("channels", channel),
            "summary": "What the server tells.",
            "messages": [_ref("channels", channel, "messages", kind) for kind in said],
            **security,
        }
    }
    for kind, form in heard.items():
        operations[kind] = {
            "action": "receive",
            "channel": _ref("channels", channel),
            "summary": _first_sentence(form),
            "messages": [_ref("channels", channel, "messages", kind)],
            **security,
        }
        if kind in answers:
            operations[kind]["reply"] = {
                "channel": _ref("channels", channel),
                "messages": [
                    _ref("channels", channel, "messages", answer)
                    for answer in (answers[kind], "error")
                ],
            }
    return operations


def _message(channel: str, kind: str, form: type[msgspec.Struct]) -> dict[str, Any]:
    message: dict[str, Any] = {
        "name": kind,
        "title": form.__name__,
        "summary": _first_sentence(form),
        "contentType": "application/json",
        "payload": {"$ref": _SCHEMAS.format(name=form.__name__)},
    }
    said = _SAID_BY_CLIENTS.get(kind)
    examples = _examples()[channel].get(kind, []) if said is None else [said]
    if examples:
        message["examples"] = [
            {"name": _name_of(example), "payload": example} for example in examples
        ]
    return message


def _key(channel: str, form: type[msgspec.Struct]) -> str:
    """What both channels have is listed for each: their examples differ."""
    prefix = channel.capitalize()
    return form.__name__ if form.__name__.startswith(prefix) else f"{prefix}{form.__name__}"


def _name_of(example: Mapping[str, Any]) -> str:
    data = example.get("data")
    action = data.get("action") if isinstance(data, dict) else None
    return str(action or example["type"])


def _first_sentence(form: type[msgspec.Struct]) -> str:
    return " ".join((form.__doc__ or "").strip().split("\n\n")[0].split())


@functools.cache
def _examples() -> Mapping[str, Mapping[str, list[dict[str, Any]]]]:
    examples: dict[str, dict[str, list[dict[str, Any]]]] = json.loads(
        _EXAMPLES.read_text(encoding="utf-8")
    )
    return examples


def _schemas(forms: Iterable[type[msgspec.Struct]]) -> dict[str, Any]:
    _, schemas = msgspec.json.schema_components(list(forms), ref_template=_SCHEMAS)
    return {name: _in_words_of_asyncapi(schema) for name, schema in sorted(schemas.items())}


def _in_words_of_asyncapi(schema: Any) -> Any:
    """Without OpenAPI's discriminator: each branch says by an enum which one it is."""
    if isinstance(schema, list):
        return [_in_words_of_asyncapi(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        name: _in_words_of_asyncapi(value)
        for name, value in schema.items()
        if not (name == "discriminator" and isinstance(value, dict) and "mapping" in value)
    }


def _ref(*path: str) -> dict[str, str]:
    return {"$ref": "#/" + "/".join(path)}
