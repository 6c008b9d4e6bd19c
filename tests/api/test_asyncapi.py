"""The sockets' description says what the server does, and its examples are true.

What is said on the wire is held against it in every test that has a socket; see support/frames.py.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import orjson
import pytest

from gal_dashboard.operations import asyncapi
from gal_dashboard.realtime import messages
from gal_dashboard.realtime.protocol import CloseCode
from tests.support import frames
from tests.support.api import Api

DOCUMENT = asyncapi.document()
GUIDE = Path(__file__).resolve().parents[2] / "docs" / "realtime.md"
ORIGIN = "https://anywhere.example"


def references(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        for name, value in part.items():
            if name == "$ref":
                yield value
            else:
                yield from references(value)
    elif isinstance(part, list):
        for item in part:
            yield from references(item)


def resolve(reference: str) -> Any:
    found: Any = DOCUMENT
    assert reference.startswith("#/")
    for name in reference[2:].split("/"):
        found = found[name]
    return found


def validator(schema: dict[str, Any]) -> jsonschema_rs.Draft7Validator:
    whole = {"allOf": [schema], "components": DOCUMENT["components"]}
    return jsonschema_rs.Draft7Validator(whole, validate_formats=True)


class TestDocument:
    def test_is_served_to_everybody_as_it_stands(self, stranger: Api):
        answer = stranger.get("/asyncapi.json", headers={"Origin": ORIGIN})

        assert answer.status_code == 200
        assert answer.headers["Content-Type"] == "application/json"
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert answer.content == asyncapi.text()
        assert answer.json() == DOCUMENT
        assert stranger.get("/").json()["asyncapi"] == "/asyncapi.json"

    def test_every_reference_leads_somewhere(self):
        for reference in references(DOCUMENT):
            assert isinstance(resolve(reference), dict)

    def test_has_nothing_that_nothing_leads_to(self):
        led_to = set(references(DOCUMENT))

        for kind in ("schemas", "messages", "securitySchemes"):
            for name in DOCUMENT["components"][kind]:
                assert f"#/components/{kind}/{name}" in led_to

    @pytest.mark.parametrize("channel", DOCUMENT["channels"])
    def test_each_message_of_a_channel_goes_one_way(self, channel: str):
        ways = [
            reference["$ref"]
            for operation in DOCUMENT["operations"].values()
            if operation["channel"] == {"$ref": f"#/channels/{channel}"}
            for reference in operation["messages"]
        ]

        messages = DOCUMENT["channels"][channel]["messages"]
        assert sorted(ways) == sorted(f"#/channels/{channel}/messages/{name}" for name in messages)

    @pytest.mark.parametrize("name", DOCUMENT["operations"])
    def test_an_operation_is_of_one_channel(self, name: str):
        operation = DOCUMENT["operations"][name]
        channel = operation["channel"]["$ref"]

        assert operation["action"] in {"send", "receive"}
        assert operation["summary"]
        for part in (operation, operation.get("reply", operation)):
            assert part["channel"]["$ref"] == channel
            assert all(
                found.startswith(f"{channel}/messages/") for found in references(part["messages"])
            )

    @pytest.mark.parametrize("name", DOCUMENT["components"]["schemas"])
    def test_an_object_says_whether_it_may_have_more(self, name: str):
        """Clients' messages may; whatever the server says is all there is."""
        schema = DOCUMENT["components"]["schemas"][name]
        jsonschema_rs.meta.validate(schema | {"$schema": "http://json-schema.org/draft-07/schema#"})

        if schema.get("type") != "object":
            return
        heard = {form.__name__ for form in _heard()}
        assert (schema.get("additionalProperties") is False) == (name not in heard)

    def test_a_message_is_named_as_it_is_on_the_wire(self):
        for message in DOCUMENT["components"]["messages"].values():
            schema = resolve(message["payload"]["$ref"])

            assert schema["properties"]["type"]["enum"] == [message["name"]]
            assert message["summary"]

    def test_places_and_tickets_are_in_the_address(self):
        asked = {
            name: set(channel["bindings"]["ws"]["query"]["properties"])
            for name, channel in DOCUMENT["channels"].items()
        }

        assert asked == {"staff": {"after", "epoch", "ticket"}, "overlay": {"after", "epoch"}}


MESSAGES = DOCUMENT["components"]["messages"]


class TestExamples:
    @pytest.mark.parametrize("name", MESSAGES)
    def test_are_true(self, name: str):
        message = MESSAGES[name]
        examples = message.get("examples", [])

        assert examples
        for example in examples:
            validator(message["payload"]).validate(example["payload"])

    def test_show_every_action(self):
        shown = {
            frames.kind_of(example["payload"], channel)
            for channel, description in DOCUMENT["channels"].items()
            for reference in description["messages"].values()
            for example in resolve(reference["$ref"]).get("examples", [])
        }

        assert set(frames.described()) <= shown


BLOCKS = re.findall(r"^```json\n(.*?)^```", GUIDE.read_text(encoding="utf-8"), re.M | re.S)


def whole(block: str) -> dict[str, Any]:
    """An example of the guide without the marks of what was cut."""
    return orjson.loads(re.sub(r",\s*\.\.\.", "", block))


class TestGuide:
    """docs/realtime.md, which people read."""

    @pytest.mark.parametrize("block", BLOCKS)
    def test_shows_true_frames(self, block: str):
        frame = whole(block)
        stream = frame.get("stream") or frame.get("data", {}).get("stream")
        speakers = [
            name
            for name, channel in DOCUMENT["channels"].items()
            if frame["type"] in channel["messages"]
        ]

        frames.check(frame, frames.channel_of(stream) if stream else speakers[0])

    def test_has_an_example_of_every_frame(self):
        shown = {whole(block)["type"] for block in BLOCKS}

        assert {kind.type for kind in frames.described()} <= shown

    def test_names_every_action(self):
        text = GUIDE.read_text(encoding="utf-8")
        chapters = dict(re.findall(r"^### (\w+)$(.*?)(?=^##? |^### )", text, re.M | re.S))

        for kind in frames.described():
            if kind.action is not None:
                assert re.search(rf"[`\"]{kind.action}[`\"]", chapters[kind.type]), kind

    def test_names_every_message_and_code(self):
        text = GUIDE.read_text(encoding="utf-8")

        for form in _heard():
            assert f'"type": "{form.__struct_config__.tag}"' in text  # type: ignore[attr-defined]
        for code in CloseCode:
            assert f"| {code.value} |" in text


def test_every_close_code_is_explained():
    assert asyncapi.CLOSE_CODES.keys() == set(CloseCode)
    for channel in DOCUMENT["channels"].values():
        assert all(f"| {code.value} |" in channel["description"] for code in CloseCode)


def _heard() -> list[type]:
    return [*messages.FROM_STAFF.values(), *messages.FROM_OVERLAYS.values()]
