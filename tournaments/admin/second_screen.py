"""Standings for a second screen: published ones, large, and new as soon as they are published.

The page asks for its rows every two seconds. What it gets bears the number of the published
standings as its ETag, so a question that finds nothing new costs two reads by key and no drawing.
And an answer is right by itself, whatever was missed before it: a reload, a lost line or a server
that was restarted need no care. The staff stream would be quicker by a second, but its client
belongs to the overlays, which stand above this app.
"""

from collections.abc import Mapping
from itertools import pairwise
from typing import Any, Final

import orjson
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from tournaments import selectors
from tournaments.admin.pages import TournamentPages
from tournaments.models import Tournament

ROUNDS: Final = 6


class SecondScreen(TournamentPages):
    def urls(self) -> list[URLPattern]:
        return [
            self.route("standings/", require_safe(self.standings_view), "standings"),
            self.route("standings/now/", require_safe(self.now_view), "standings_now"),
        ]

    def standings_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        tournament = self.tournament_or_404(request, pk, writing=False)
        return self.answer(
            request,
            "standings.html",
            tournament,
            title=f"Standings of {tournament}",
            is_popup=True,  # the whole screen is for the table
            **_shown(tournament),
        )

    def now_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The part that changes; 304 for whoever has it."""
        tournament = self.tournament_or_404(request, pk, writing=False)
        newest = selectors.newest_snapshot_id(tournament.pk)
        etag = f'"{newest or 0}-{tournament.updated_at.timestamp()}"'
        known = get_conditional_response(request, etag=etag)
        if known is not None:
            return known
        context = {"original": tournament, **_shown(tournament)}
        answer = TemplateResponse(request, "tournaments/admin/standings_now.html", context)
        answer["ETag"] = etag
        return answer


def _shown(tournament: Tournament) -> dict[str, Any]:
    """The newest published standings as rows of a table."""
    _, document = selectors.newest_document(tournament.pk)
    if document is None:
        return {"standings": None}
    standings = orjson.loads(document)
    numbers = range(1, len(standings["round_names"]) + 1)
    rounds = list(numbers)[-ROUNDS:]
    cut = standings["cut"]
    rows = [_row(row, rounds) for row in standings["standings"]]
    for row, below in pairwise(rows):
        row["is_last_in"] = not row["is_out"] and (
            below["is_out"] or (cut is not None and row["rank"] <= cut < below["rank"])
        )
    return {
        "standings": standings,
        "rows": rows,
        "rounds": rounds,
        "has_outlook": cut is not None,
        "is_large": len(rows) <= ROUNDS * 4,
    }


def _row(row: Mapping[str, Any], rounds: list[int]) -> dict[str, Any]:
    scores = row["round_scores"]
    played = len(scores)
    return {
        **row,
        "scores": [scores.get(f"round_{number}") for number in rounds],
        "rise": row["rank_change"] or 0,
        "fall": -(row["rank_change"] or 0),
        "average": f"{row['event_points'] / played:.2f}" if played else "",
        "is_out": row["status"] == "eliminated",
        "state": _state(row),
    }


def _state(row: Mapping[str, Any]) -> tuple[str, str] | None:
    """What is said beside the points: a class of the style sheet, and the word."""
    if row["status"] == "champion":
        return "champion", "Champion"
    if row["status"] == "in_check":
        return "in-check", "In check"
    if row["status"] == "eliminated":
        return "out", "Out"
    if row["clinched"]:
        return "through", "Through"
    return ("lost", "Eliminated") if row["eliminated"] else None
