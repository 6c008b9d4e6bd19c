"""The page from which an event is run: where it stands, and the one step that comes next.

An open page follows what others do: it asks every two seconds, and is answered anew when the
tournament, its published standings, the number of its participants or that of the results that wait
have changed.
"""

from collections.abc import Mapping
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from tournaments import result_selectors, rulebook, selectors
from tournaments.admin.course import course_of, next_step, whom_it_waits_for
from tournaments.admin.pages import TournamentPages
from tournaments.admin.transitions import moves_of
from tournaments.choices import TournamentStatus
from tournaments.models import Tournament

TOP: Final = 8
IS_PLAYED: Final = frozenset({TournamentStatus.IN_PROGRESS, TournamentStatus.COMPLETED})


class RunPage(TournamentPages):
    def urls(self) -> list[URLPattern]:
        return [
            self.route("run/", require_safe(self.run_view), "run"),
            self.route("run/now/", require_safe(self.now_view), "run_now"),
        ]

    def run_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        tournament = self.tournament_or_404(request, pk, writing=False)
        entries = tournament.participants.count_by_status()
        waiting = result_selectors.count_submissions(tournament.pk)
        shown = self._shown(request, tournament, entries, waiting)
        return self.answer(request, "run.html", tournament, title=f"Run {tournament}", **shown)

    def now_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The part that changes; 304 for whoever has it."""
        tournament = self.tournament_or_404(request, pk, writing=False)
        entries = tournament.participants.count_by_status()
        waiting = result_selectors.count_submissions(tournament.pk)
        rights = "writes" if self.page.may_write(request) else "reads"
        etag = _etag(tournament, entries, waiting, rights)
        known = get_conditional_response(request, etag=etag)
        if known is not None:
            return known
        context = {"original": tournament, **self._shown(request, tournament, entries, waiting)}
        answer = TemplateResponse(request, "tournaments/admin/run_now.html", context)
        answer["ETag"] = etag
        return answer

    def _shown(
        self,
        request: HttpRequest,
        tournament: Tournament,
        entries: Mapping[str, int],
        waiting: int,
    ) -> dict[str, Any]:
        course = course_of(rulebook.read(tournament))
        step = next_step(course, entries)
        may_write = self.page.may_write(request)
        people = course.book.participants
        is_running = tournament.status == TournamentStatus.IN_PROGRESS
        rows = course.standing.rows[:TOP] if tournament.status in IS_PLAYED else ()
        return {
            "may_write": may_write,
            "waiting": waiting,
            "stage": course.stage,
            "state": whom_it_waits_for(course, entries),
            "step": step if may_write or (step and not step.is_deed) else None,
            "step_url": self.address(step.page, tournament, *step.args) + step.query
            if step
            else "",
            "moves": [
                move
                for move in moves_of(tournament.status)
                if step is None or step.args != (move.value,)
            ],
            "game": course.in_play if is_running else None,
            "cut": course.cut if is_running else None,
            "leaders": [(row, people[row.participant].name) for row in rows],
        }


def _etag(tournament: Tournament, entries: Mapping[str, int], waiting: int, rights: str) -> str:
    newest = selectors.newest_snapshot_id(tournament.pk)
    counts = "-".join(f"{status}.{number}" for status, number in sorted(entries.items()))
    return f'"{tournament.updated_at.timestamp()}-{newest or 0}-{counts}-{waiting}-{rights}"'
