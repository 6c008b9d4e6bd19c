"""Four people who change all that one overlay shows, at the same time and without a pause."""

import random
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import httpx

from tests.support.api import Api
from tests.support.server import RunningServer
from tests.tournaments.deeds import new_lobby, path_of, put_result

SECONDS_TO_END = 60
# Refused because of what another did just before; or the database asks to come again.
EXPECTED = {200, 409, 503}


class Storm:
    """A graphic, two tournaments that it may show, and writers until ``blowing`` ends."""

    def __init__(self, server: RunningServer) -> None:
        self.server = server
        self.api = Api(server).login()
        self.tournaments = [new_lobby(self.api) for _ in range(2)]
        graphic = self.api.new_graphic(tournament_id=self.tournaments[0]["id"])
        self.graphic_id: int = graphic["id"]
        self.writes = 0
        self._path = f"/api/v1/graphics/{self.graphic_id}"
        self._is_over = threading.Event()
        self._faults: list[BaseException] = []

    @contextmanager
    def blowing(self) -> Iterator[None]:
        """The storm; what went wrong for a writer is raised in the end."""
        deeds = (self._save, self._enter_result, self._rename_tournament, self._move)
        writers = [threading.Thread(target=self._write, args=(deed,)) for deed in deeds]
        for writer in writers:
            writer.start()
        try:
            yield
        finally:
            self._is_over.set()
            for writer in writers:
                writer.join(SECONDS_TO_END)
            self.api.close()
        assert self._faults == []
        assert not any(writer.is_alive() for writer in writers)

    def _write(self, deed: Callable[[Api, random.Random], None]) -> None:
        dice = random.Random(deed.__name__)  # noqa: S311 - a test that can be repeated
        try:
            with Api(self.server) as api:
                api.headers["Authorization"] = self.api.headers["Authorization"]
                while not self._is_over.is_set():
                    deed(api, dice)
        except Exception as fault:  # noqa: BLE001 - raised where the storm ends
            self._faults.append(fault)

    def _done(self, answer: httpx.Response) -> None:
        assert answer.status_code in EXPECTED, answer.text
        self.writes += 1

    def _save(self, api: Api, dice: random.Random) -> None:
        notes = "x" * dice.choice([0, 100, 5_000, 70_000])
        body = {"title": f"Save {self.writes}", "data_json": {"elements": [], "notes": notes}}
        self._done(api.put(self._path, json=body))

    def _enter_result(self, api: Api, dice: random.Random) -> None:
        tournament = dice.choice(self.tournaments)
        names = dice.sample(tournament["names"], k=8)
        game = dice.choice(["1.1", "1.2"])
        places = {name: place for place, name in enumerate(names, start=1)}
        self._done(put_result(api, tournament, game, places))

    def _rename_tournament(self, api: Api, dice: random.Random) -> None:
        tournament = dice.choice(self.tournaments)
        self._done(api.patch(path_of(tournament), json={"name": f"Cup {self.writes}"}))

    def _move(self, api: Api, dice: random.Random) -> None:
        """Tie the graphic to another tournament, or to none; or archive it for a moment."""
        if dice.random() < 0.3:
            self._done(api.post(f"/api/v1/archive/{self.graphic_id}"))
            self._is_over.wait(dice.uniform(0, 0.2))
            while api.post(f"/api/v1/archive/{self.graphic_id}/restore").status_code == 503:
                pass
            return
        tie = dice.choice([0, *(tournament["id"] for tournament in self.tournaments)])
        self._done(api.put(self._path, json={"tournament_id": tie}))
