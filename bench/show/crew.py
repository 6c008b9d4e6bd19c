"""The crew: saves graphics, with locks and without, corrects results, and reads, at a steady pace.

The pace does not wait for answers: a server that gets slower gets more requests at once.
"""

import asyncio
import itertools
import random
import time
from dataclasses import dataclass, field
from typing import Any, Final

import httpx

from bench.show.followers import stamped_title

PLAYERS: Final = 8
GRAPHICS: Final = 4
ELEMENTS: Final = 12  # of a graphic; about 2 KiB
# Of a hundred writes so many are saves without a lock and saves under one; results are the rest.
SAVES, LOCKED_SAVES = 70, 15
READS_FOR_EACH_WRITE: Final = 0.25

_dice = random.SystemRandom()


@dataclass(slots=True)
class Minutes:
    """Of the requests: how long each took, in seconds, and which were not answered with 2xx."""

    times: list[float] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    writes: int = 0


class Crew:
    """Everybody who writes; signed in once, as the dashboard is."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client
        self.minutes = Minutes()
        self.graphics: list[int] = []
        self.token = ""
        self._tournament = 0
        self._numbers = itertools.count(1)
        self._under_lock: dict[int, asyncio.Lock] = {}

    async def set_the_stage(self, master_password: str) -> None:
        """Make a tournament of eight and graphics that show its standings."""
        login = await self._client.post("/auth/login", json={"master_password": master_password})
        login.raise_for_status()
        self.token = login.json()["access_token"]
        self._client.headers["Authorization"] = f"Bearer {self.token}"
        made = await self._ask(
            "POST", "/api/v1/tournaments", {"name": "Load Cup", "max_participants": PLAYERS}
        )
        self._tournament = made["id"]
        for number in range(PLAYERS):
            await self._ask(
                "POST",
                f"/api/v1/tournaments/{self._tournament}/participants",
                {"name": f"Player {number}"},
            )
        for status in ("registration_open", "registration_closed", "in_progress"):
            await self._ask("PATCH", f"/api/v1/tournaments/{self._tournament}", {"status": status})
        await self._correct_a_result()
        for number in range(GRAPHICS):
            graphic = await self._ask(
                "POST",
                "/api/v1/graphics",
                {
                    "title": f"Graphic {number}",
                    "event_name": "Load Cup",
                    "tournament_id": self._tournament,
                    "data_json": document(number),
                },
            )
            self.graphics.append(graphic["id"])
            self._under_lock[graphic["id"]] = asyncio.Lock()
        if self.minutes.faults:
            raise RuntimeError(f"The stage could not be set: {self.minutes.faults}")
        self.minutes = Minutes()

    async def work(self, *, writes_a_second: float, seconds: float) -> None:
        """Begin a write each 1/``writes_a_second``, and reads between them, for ``seconds``."""
        async with asyncio.TaskGroup() as group:
            begun = time.monotonic()
            for number in range(int(writes_a_second * seconds)):
                await asyncio.sleep(max(0.0, begun + number / writes_a_second - time.monotonic()))
                self.minutes.writes += 1
                group.create_task(self._write())
                if _dice.random() < READS_FOR_EACH_WRITE:
                    group.create_task(self._read())

    async def version_of(self, graphic: int) -> int:
        return (await self._ask("GET", f"/api/v1/graphics/{graphic}"))["version"]

    async def _write(self) -> None:
        throw = _dice.randrange(100)
        graphic = _dice.choice(self.graphics)
        if throw < SAVES:
            await self._save(graphic)
        elif throw < SAVES + LOCKED_SAVES:
            await self._save_under_lock(graphic)
        else:
            await self._correct_a_result()

    async def _save(self, graphic: int, **further: Any) -> None:
        number = next(self._numbers)
        body = {"title": stamped_title(number), "data_json": document(number), **further}
        await self._ask("PUT", f"/api/v1/graphics/{graphic}", body)

    async def _save_under_lock(self, graphic: int) -> None:
        async with self._under_lock[graphic]:
            lock = await self._ask("POST", f"/api/v1/lock/{graphic}", {})
            await self._save(graphic, lock_fence=lock.get("lock_fence"))
            await self._ask("DELETE", f"/api/v1/lock/{graphic}")

    async def _correct_a_result(self) -> None:
        order = list(range(PLAYERS))
        _dice.shuffle(order)
        placements = {f"Player {player}": place for place, player in enumerate(order, start=1)}
        await self._ask(
            "PUT",
            f"/api/v1/tournaments/{self._tournament}/games/1.1/lobbies/1/placements",
            {"placements": placements},
        )

    async def _read(self) -> None:
        path = _dice.choice(
            (
                "/api/v1/graphics",
                f"/api/v1/graphics/{_dice.choice(self.graphics)}/view",
                f"/api/v1/tournaments/{self._tournament}/standings",
                "/api/v1/scoreboard/latest",
                "/api/v1/lock/status",
            )
        )
        await self._ask("GET", path)

    async def _ask(self, method: str, path: str, body: Any = None) -> dict[str, Any]:
        begun = time.monotonic()
        try:
            answer = await self._client.request(method, path, json=body)
        except httpx.TransportError as error:
            self.minutes.faults.append(f"{method} {path}: {error!r}")
            return {}
        self.minutes.times.append(time.monotonic() - begun)
        if not answer.is_success:
            self.minutes.faults.append(f"{method} {path}: {answer.status_code} {answer.text[:200]}")
            return {}
        return answer.json()


def document(number: int) -> dict[str, Any]:
    """A canvas with texts that change with ``number`` and one table of scores."""
    texts = [
        {
            "id": f"text-{place}",
            "type": "text",
            "x": 40,
            "y": 40 * place,
            "fontSize": 32,
            "fontFamily": "Cinzel",
            "color": "#ffffff",
            "content": f"Line {place} of write {number}",
        }
        for place in range(ELEMENTS)
    ]
    table = {
        "id": "scores",
        "type": "scores",
        "x": 900,
        "y": 40,
        "fontSize": 28,
        "fontFamily": "Cinzel",
        "color": "#ffffff",
    }
    return {"background": None, "elements": [*texts, table]}
