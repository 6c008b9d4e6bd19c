"""Every frame that a test receives is held against the schemas of /asyncapi.json.

A frame of a type that is not described there, with a member too many or too few, or with a value of
another kind fails the test that received it.
"""

import functools
from collections import Counter
from dataclasses import dataclass
from typing import Any

import jsonschema_rs
import orjson

from gal_dashboard.operations import asyncapi


@dataclass(frozen=True, slots=True)
class Kind:
    """What frames differ by; ``action`` is none where their data has none."""

    channel: str
    type: str
    action: str | None


# How many frames of each kind came in this run.
seen: Counter[Kind] = Counter()


class UndescribedFrameError(AssertionError):
    """Raised when the server says what its description does not."""


def received(text: str | bytes, channel: str) -> dict[str, Any]:
    """The frame, which is as the description says. ``channel`` is ``staff`` or ``overlay``."""
    frame = orjson.loads(text)
    check(frame, channel)
    return frame


def check(frame: dict[str, Any], channel: str) -> None:
    validator = _validators(channel).get(frame["type"])
    if validator is None:
        raise UndescribedFrameError(f"{channel}: no frame has the type {frame['type']}")
    for error in validator.iter_errors(frame):
        path = ".".join(map(str, error.instance_path))
        raise UndescribedFrameError(f"{channel}: {frame['type']}.{path}: {error.message[:2000]}")
    seen[kind_of(frame, channel)] += 1


def channel_of(address: str) -> str:
    """By the name of a stream, or by the path of a socket."""
    return asyncapi.OVERLAY if "overlay" in address else asyncapi.STAFF


def kind_of(frame: dict[str, Any], channel: str) -> Kind:
    data = frame.get("data")
    action = data.get("action") if isinstance(data, dict) else None
    return Kind(channel, frame["type"], action)


def described() -> set[Kind]:
    """Everything that the server says it may say."""
    schemas = asyncapi.document()["components"]["schemas"]
    kinds = set()
    for channel, operation in _sending().items():
        for message in operation:
            data = schemas[message["title"]]["properties"].get("data", {})
            actions = {action for form in _forms(data) for action in _actions(schemas[form])}
            kinds |= {Kind(channel, message["name"], action) for action in actions or {None}}
    return kinds


def _forms(schema: dict[str, Any]) -> list[str]:
    branches = schema.get("anyOf", [schema])
    return [branch["$ref"].rpartition("/")[2] for branch in branches if "$ref" in branch]


def _actions(schema: dict[str, Any]) -> list[str]:
    return schema["properties"].get("action", {}).get("enum", [])


def _sending() -> dict[str, list[dict[str, Any]]]:
    """The messages that the server sends, by channel."""
    document = asyncapi.document()
    return {
        channel: [
            _resolved(document, _resolved(document, reference))
            for reference in document["operations"][f"{channel}.send"]["messages"]
        ]
        for channel in document["channels"]
    }


def _resolved(document: dict[str, Any], reference: dict[str, Any]) -> dict[str, Any]:
    found: Any = document
    for part in reference["$ref"].removeprefix("#/").split("/"):
        found = found[part]
    return found


@functools.cache
def _validators(channel: str) -> dict[str, jsonschema_rs.Draft7Validator]:
    components = asyncapi.document()["components"]
    return {
        message["name"]: jsonschema_rs.Draft7Validator(
            {"allOf": [message["payload"]], "components": components}, validate_formats=True
        )
        for message in _sending()[channel]
    }
