"""Everything that the server says it may say, said once: by REST, by commands and by hand."""

import os
from pathlib import Path
from typing import Any

import orjson
import pytest

from gal_dashboard.operations import asyncapi
from tests.events import logbook
from tests.realtime.wire import Socket, overlay, staff
from tests.support import frames
from tests.support.api import Api
from tests.support.frames import Kind
from tests.support.rows import rows
from tests.support.server import RunningServer
from tests.tournaments.deeds import corrected, decide, enter, new_lobby, path_of, submit

# Where to keep one frame of each kind, as examples of the description; see docs/development.md.
KEEP_IN = os.environ.get("GAL_KEEP_FRAMES")


class Story:
    """What was heard, and who does what is to be heard of."""

    def __init__(self, server: RunningServer, api: Api) -> None:
        self.server = server
        self.api = api
        self.heard: dict[Kind, dict[str, Any]] = {}

    def note(self, channel: str, told: list[dict[str, Any]]) -> None:
        for frame in told:
            self.heard.setdefault(frames.kind_of(frame, channel), frame)

    def ask(self, method: str, path: str, **body: Any) -> dict[str, Any]:
        answer = self.api.request(method, f"/api/v1{path}", json=body or None)
        assert answer.is_success, (method, path, answer.text)
        return answer.json()

    # --- Overlays ---------------------------------------------------------------------------------
    async def of_a_graphic(self) -> None:
        """From its creation to its end, as its overlay hears of it."""
        tournament = new_lobby(self.api, players=4)
        graphic = self.api.new_graphic(
            title="Standings", event_name="Crown", tournament_id=tournament["id"]
        )
        path = f"/graphics/{graphic['id']}"
        async with overlay(self.server, graphic["id"]) as socket:
            self.note("overlay", await socket.frames(2))
            await self.small_talk("overlay", socket)
            self.ask("POST", "/ws/overlays/reload", graphic_id=graphic["id"], reason="New fonts.")
            self.note("overlay", [await socket.frame_of_type("reload")])
            self.of_results(tournament)
            self.ask("PUT", path, title="Standings after game 1")
            self.ask("POST", f"/archive/{graphic['id']}", reason="after the show")
            self.note("overlay", (await socket.closed())[0])
        self.ask("POST", f"/archive/{graphic['id']}/restore")
        stream = logbook.overlay(graphic["id"])
        rows(
            self.server,
            "DELETE FROM events_streamentry WHERE stream_id = %s AND seq = 2",
            stream,
        )
        place = f"?after=0&epoch={logbook.epoch(self.server)}"
        async with overlay(self.server, graphic["id"], place) as socket:
            self.note("overlay", await socket.frames(logbook.head(self.server, stream)))
            self.ask("DELETE", f"{path}/permanent")
            self.note("overlay", (await socket.closed())[0])
        self.ask("DELETE", f"/tournaments/{tournament['id']}")

    def of_results(self, tournament: dict[str, Any]) -> None:
        names = tournament["names"]
        enter(self.api, tournament, "1.1", names)
        enter(self.api, tournament, "1.1", names[::-1])
        sheet = submit(self.api, tournament, "1.1", names, note="By the captain.").json()
        reason = {"reason": "The recording says otherwise."}
        decide(self.api, tournament, sheet["id"], "reject", **reason).raise_for_status()
        results = [corrected("1.1", [names[1], names[0], *names[2:]])]
        path = f"/tournaments/{tournament['id']}/corrections"
        self.ask("POST", path, results=results, reason="The recording shows it.")
        self.api.patch(path_of(tournament), json={"status": "in_progress"})

    # --- The crew ---------------------------------------------------------------------------------
    def of_locks(self) -> None:
        """Every way in which a lock begins, goes on and ends."""
        for end in ("released", "expired", "forced", "archived", "deleted"):
            graphic_id = self.api.new_graphic(title="Caster names")["id"]
            self.ask("POST", f"/lock/{graphic_id}")
            self.ask("POST", f"/lock/{graphic_id}/refresh")
            self.end_lock(graphic_id, end)

    def end_lock(self, graphic_id: int, end: str) -> None:
        if end == "released":
            self.ask("DELETE", f"/lock/{graphic_id}")
        elif end == "forced":
            query = {"force": "true", "reason": "Ben has left"}
            assert self.api.delete(f"/api/v1/lock/{graphic_id}", params=query).is_success
        elif end == "expired":
            sooner = "UPDATE graphics_canvaslease SET expires_at = taken_at WHERE graphic_id = %s"
            rows(self.server, sooner, graphic_id)
            self.ask("POST", f"/lock/{graphic_id}")  # whoever comes first announces the end
        else:
            self.ask("DELETE", f"/graphics/{graphic_id}{'/permanent' * (end == 'deleted')}")

    def of_people(self) -> None:
        name = f"ada-{os.urandom(4).hex()}"
        account = self.ask("POST", "/users", username=name, display_name="Ada", roles=["Scorer"])
        self.ask("PATCH", f"/users/{account['id']}", display_name="Ada L.")

    def of_configuration(self) -> None:
        path = f"/configuration/bot.story-{os.urandom(4).hex()}"
        assert self.api.post(f"/api/v1{path}", json={"channel": "1"}).is_success
        self.ask("PUT", path, value={"channel": "2"})
        self.ask("DELETE", path)

    async def of_a_narrow_view(self) -> None:
        """A socket that wants to know about locks only."""
        async with self.staff(hears_activity=True) as socket:
            self.note("staff", await socket.frames(2))
            self.note("staff", [await socket.frame_of_type("user_activity")])
            await socket.say({"type": "subscribe", "event_types": ["lock_status"]})
            self.note("staff", [await socket.frame_of_type("subscription_confirmed")])
            self.api.new_graphic()
            self.note("staff", [await socket.frame_of_type("skipped")])
            await self.small_talk("staff", socket)

    async def small_talk(self, channel: str, socket: Socket) -> None:
        for message, answer in (({"type": "ping"}, "pong"), ("not json", "error")):
            await socket.say(message)
            self.note(channel, [await socket.frame_of_type(answer)])

    def staff(self, **options: Any) -> Socket:
        return staff(self.server, token=self.api.tokens["access_token"], **options)

    async def of_everything(self) -> None:
        async with self.staff() as socket:
            await socket.begin()
            await self.of_a_graphic()
            self.of_locks()
            self.of_people()
            self.of_configuration()
            self.server.manage("announce", "We go on air in five minutes.", "--level", "warning")
            head = logbook.head(self.server)
            while (frame := await socket.frame()).get("seq", 0) < head:
                self.note("staff", [frame])
            self.note("staff", [frame])
        await self.of_a_narrow_view()


async def test_everything_that_is_described_is_said(server: RunningServer, api: Api):
    story = Story(server, api)

    await story.of_everything()

    if KEEP_IN:
        keep(story.heard, Path(KEEP_IN))
    assert story.heard.keys() == set(frames.described())


def keep(heard: dict[Kind, dict[str, Any]], path: Path) -> None:
    """One frame of each kind, in the order of the description, as its examples."""
    examples: dict[str, dict[str, list[Any]]] = {asyncapi.STAFF: {}, asyncapi.OVERLAY: {}}
    for kind in sorted(heard, key=lambda kind: (kind.channel, kind.type, kind.action or "")):
        examples[kind.channel].setdefault(kind.type, []).append(heard[kind])
    path.write_bytes(orjson.dumps(examples, option=orjson.OPT_INDENT_2) + b"\n")


class TestAFrameThatIsNotDescribed:
    """What the tests would say if the server said it."""

    GOOD = {
        "type": "graphic_update",
        "stream": "overlay.2",
        "seq": 7,
        "data": {"action": "archived", "graphic_id": 2, "version": 1},
        "timestamp": "2026-11-22T20:05:54.473168Z",
    }

    def test_a_good_one_is_none(self):
        frames.check(self.GOOD, "overlay")

    @pytest.mark.parametrize(
        "change",
        [
            {"type": "graphic_updated"},
            {"type": "lock_status"},  # staff only
            {"seq": "7"},
            {"seq": -1},
            {"timestamp": "2026-11-22 20:05"},
            {"secret": 1},
            {"data": {}},
            {"data": {"action": "hidden", "graphic_id": 2, "version": 1}},
            {"data": {"action": "archived", "graphic_id": 2}},
            {"data": {"action": "archived", "graphic_id": 2, "version": 1, "actor": "ann"}},
            {"data": {"action": "updated", "graphic_id": 2, "version": 1}},
        ],
    )
    def test_is_found(self, change: dict[str, Any]):
        with pytest.raises(frames.UndescribedFrameError):
            frames.check(self.GOOD | change, "overlay")

    def test_is_found_where_a_member_is_missing(self):
        for name in self.GOOD.keys() - {"type"}:
            with pytest.raises(frames.UndescribedFrameError):
                frames.check({key: self.GOOD[key] for key in self.GOOD if key != name}, "overlay")
