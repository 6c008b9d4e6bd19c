"""The page from which an event is run: where it stands, and the one step that comes next."""

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern

from tournaments import rulebook
from tournaments.admin.course import course_of, next_step, whom_it_waits_for
from tournaments.admin.pages import TournamentPages
from tournaments.admin.transitions import moves_of
from tournaments.choices import TournamentStatus

TOP = 8
IS_PLAYED = frozenset({TournamentStatus.IN_PROGRESS, TournamentStatus.COMPLETED})


class RunPage(TournamentPages):
    def urls(self) -> list[URLPattern]:
        return [self.route("run/", self.run_view, "run")]

    def run_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        tournament = self.tournament_or_404(request, pk, writing=False)
        entries = tournament.participants.count_by_status()
        course = course_of(rulebook.read(tournament))
        step = next_step(course, entries)
        may_write = self.page.may_write(request)
        people = course.book.participants
        is_played = tournament.status in IS_PLAYED
        cut = course.cut if tournament.status == TournamentStatus.IN_PROGRESS else None
        return self.answer(
            request,
            "run.html",
            tournament,
            title=f"Run {tournament}",
            may_write=may_write,
            course=course,
            state=whom_it_waits_for(course, entries),
            step=step if may_write or (step and not step.is_deed) else None,
            step_url=self.address(step.page, tournament, *step.args) + step.query if step else "",
            moves=[
                move
                for move in moves_of(tournament.status)
                if step is None or step.args != (move.value,)
            ],
            game=course.in_play if is_played else None,
            cut=cut,
            leaders=[(row, people[row.participant].name) for row in course.standing.rows[:TOP]]
            if is_played
            else [],
        )
