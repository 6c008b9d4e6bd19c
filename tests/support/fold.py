"""What an overlay shows: a snapshot and the events after it, added up."""

from collections.abc import Iterable, Mapping
from typing import Any, Self

_WITHDRAWING = {"archived", "deleted"}


class Fold:
    """The state of one overlay's stream, in the form that ``data`` of a snapshot has.

    A document over 64 KiB is ``null`` here beside its version, and so are standings beside their
    snapshot: as in the frames, so that a folded state can be compared with a fresh one.
    """

    def __init__(self) -> None:
        self.graphic: dict[str, Any] | None = None
        self.tournament: dict[str, Any] | None = None
        self.standings: dict[str, Any] | None = None
        self.snapshot_id: int | None = None
        self.is_withdrawn = False

    @classmethod
    def of(cls, frames: Iterable[Mapping[str, Any]]) -> Self:
        """The fold of frames that begin with a snapshot."""
        fold = cls()
        for frame in frames:
            fold.take(frame)
        return fold

    @property
    def state(self) -> dict[str, Any]:
        return {
            "graphic": self.graphic,
            "tournament": self.tournament,
            "standings": self.standings,
            "snapshot_id": self.snapshot_id,
        }

    @property
    def missing_version(self) -> int | None:
        """The version of a document that is too large for a frame and has to be fetched."""
        is_missing = self.graphic is not None and self.graphic["data_json"] is None
        return self.graphic["version"] if self.graphic is not None and is_missing else None

    @property
    def missing_snapshot(self) -> int | None:
        """The scoreboard snapshot of standings that have to be fetched."""
        return self.snapshot_id if self.standings is None else None

    def take(self, frame: Mapping[str, Any]) -> None:
        """Fold one frame, which is the next of its stream."""
        data = frame.get("data") or {}
        match frame["type"]:
            case "snapshot":
                self.graphic, self.tournament = data["graphic"], data["tournament"]
                self._take_standings(data)
                self.is_withdrawn = False
            case "graphic_update":
                self.is_withdrawn = data["action"] in _WITHDRAWING
                self.graphic = data.get("graphic", self.graphic)
                self.tournament = data.get("tournament", self.tournament)
            case "standings_update" if self._is_shown(data["tournament_id"]):
                self._take_standings(data)
            case "tournament_update" if self._is_shown(data["tournament_id"]):
                self.tournament = data["tournament"]

    def _take_standings(self, data: Mapping[str, Any]) -> None:
        self.standings, self.snapshot_id = data["standings"], data["snapshot_id"]

    def _is_shown(self, tournament_id: int | None) -> bool:
        assert self.graphic is not None
        return tournament_id in {None, self.graphic["tournament_id"]}


def standings_of(scoreboard: Mapping[str, Any]) -> dict[str, Any]:
    """An answer of ``/scoreboard/{id}`` in the form that standings have in frames."""
    rows = [
        entry["extras"]
        | {
            "rank": entry["standing_rank"],
            "player_name": entry["player_name"],
            "total_points": entry["total_points"],
            "round_scores": entry["round_scores"],
        }
        for entry in scoreboard["entries"]
    ]
    return scoreboard["extras"] | {
        "tournament_id": scoreboard["tournament_id"],
        "snapshot_id": scoreboard["id"],
        "round_names": scoreboard["round_names"],
        "standings": sorted(rows, key=lambda row: row["rank"]),
    }
