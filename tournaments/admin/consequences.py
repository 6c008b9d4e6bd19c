"""What a replaced result changes, in the words of pages."""

from collections.abc import Mapping
from typing import Any

from tournaments.admin.outcomes import compared
from tournaments.choices import DrawRule, ParticipantStatus


def told(found: Mapping[str, Any]) -> dict[str, Any]:
    """For ``consequences.html``: a preview that is about one lobby."""
    [lobby] = found["lobbies"]
    return {
        "lines": compared(lobby["before"], lobby["after"]),
        "moved": [_moved(row) for row in found["standings"]],
        "cuts": [cut for cut in found["cuts"] if cut["comes_in"] or cut["falls_out"]],
        "draws": [_drawn(draw) for draw in found["draws"]],
    }


def _moved(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "name": row["player_name"],
        "before": _standing(row["before"]),
        "after": _standing(row["after"]),
    }


def _standing(row: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Where somebody stands, in words; ``None`` for who is not in the standings."""
    if row is None:
        return None
    return {
        "rank": f"={row['rank']}" if row["tied"] else str(row["rank"]),
        "points": row["total_points"],
        "status": ParticipantStatus(row["status"]).label if row["status"] else "",
    }


def _drawn(draw: Mapping[str, Any]) -> dict[str, Any]:
    """The lobbies of a draw beside those that would be; by hand nobody knows these."""
    would_be = {one["lobby"]: _names(one) for one in draw["would_be"] or ()}
    drawn = {one["lobby"]: _names(one) for one in draw["drawn"]}
    return {
        **draw,
        "spoken": DrawRule(draw["rule"]).label,
        "pairs": [
            {"lobby": number, "drawn": drawn.get(number, ()), "would_be": would_be.get(number, ())}
            for number in sorted(drawn.keys() | would_be.keys())
        ],
    }


def _names(lobby: Mapping[str, Any]) -> list[str]:
    return [seat["name"] for seat in lobby["seats"]]
