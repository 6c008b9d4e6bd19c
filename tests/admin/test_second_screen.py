"""The standings for a second screen: what stands there, and how an open page follows them."""

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.admin.test_results import FINALISTS, correct, rows, sheet_of
from tournaments.models import Tournament


def page(name: str, tournament: Tournament) -> str:
    return reverse(f"admin:tournaments_tournament_{name}", args=[tournament.pk])


def lines_of(text: str) -> dict[str, str]:
    """The rows of the table by the player's name."""
    body = text.split("<tbody>")[1].split("</tbody>", maxsplit=1)[0]
    found = body.split("</tr>")[:-1]
    return {row.split('class="name">')[1].split("<")[0]: row for row in found}


def test_each_row_says_where_its_player_stands_and_why(ann, crown):
    for game in ("3.1", "3.2", "3.3"):
        ann.save(sheet_of(crown, game), "seats-0-player", **rows(FINALISTS))

    text = ann.open(page("standings", crown))

    lines = lines_of(text)
    assert list(lines)[:8] == list(FINALISTS)
    assert "checkmate at 20 points" in text
    first, last, out = lines[FINALISTS[0]], lines[FINALISTS[7]], lines["MIH Tarteman"]
    assert '<span class="chip in-check">In check</span>' in first
    assert "ahead on points, 24 to 21" in first
    assert "is-last-in" in last
    assert "is-last-in" not in first
    assert '<span class="chip out">Out</span>' in out


def test_ranks_that_are_shared_and_points_to_the_cut_are_shown(ann, crown):
    # back to the second day: its last game is not in yet
    crown.games.filter(day=3).delete()
    crown.games.filter(day=2, number=6).delete()
    ann.post(page("publish", crown))

    lines = list(lines_of(ann.open(page("standings", crown))).values())

    assert sum("is-last-in" in line for line in lines) == 1
    assert "is-last-in" in lines[7]
    assert any('<span class="up">▲' in line for line in lines)
    assert any('<span class="down">▼' in line for line in lines)


def test_an_open_page_gets_the_rows_anew_only_when_they_are_new(ann, crown):
    path = page("standings_now", crown)
    known = ann.get(path)["ETag"]

    with CaptureQueriesContext(connection) as queries:
        again = ann.get(path, headers={"If-None-Match": known})
    assert (again.status_code, again.content) == (304, b"")
    assert not any("document" in query["sql"] for query in queries.captured_queries)

    ann.save(sheet_of(crown, "3.1"), "seats-0-player", **rows(FINALISTS))
    entered = ann.get(path, headers={"If-None-Match": known})
    assert entered.status_code == 200
    correct(ann, crown, "3.1", rows(FINALISTS[::-1]))
    corrected = ann.get(path, headers={"If-None-Match": entered["ETag"]})

    assert next(iter(lines_of(entered.content.decode()))) == FINALISTS[0]
    assert next(iter(lines_of(corrected.content.decode()))) == FINALISTS[7]


def test_before_anything_is_published_the_page_says_so(ann, crown):
    crown.snapshots.all().delete()

    assert "No standings yet" in ann.open(page("standings", crown))
    assert ann.post(page("standings", crown)).status_code == 405
