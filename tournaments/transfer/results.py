"""What the results of a tournament come to, in the words of a show file."""

from collections.abc import Mapping

from tournaments import scoreboard
from tournaments.rulebook import Rulebook
from tournaments.transfer.forms import RankForm, StandingsForm


def come_to(book: Rulebook, numbers: Mapping[int, int]) -> StandingsForm:
    """The standings after the newest game, in the order of rank, then of participants.

    ``numbers`` are the places of participants in the file. Only what follows from rules and
    results: another release may say texts and forecasts otherwise, and the file is still good.
    """
    standing = scoreboard.compute(book)
    rows = [
        RankForm(
            participant=numbers[row.participant],
            rank=row.rank,
            tied=row.tied,
            total_points=row.total_points,
            event_points=row.event_points,
            round_scores={str(name): points for name, points in sorted(row.round_scores.items())},
            status=scoreboard.status_of(row),
        )
        for row in standing.rows
    ]
    return StandingsForm(
        after=str(standing.after) if standing.after else None,
        complete=standing.complete,
        stage=standing.stage,
        cut=standing.cut,
        chain=list(standing.chain),
        rows=sorted(rows, key=lambda row: (row.rank, row.participant)),
    )
