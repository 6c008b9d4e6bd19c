"""Results out of the admin as a file, and in again."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from gal_dashboard.core.context import SYSTEM
from tests.admin.forms import form_with
from tests.admin.staff import Staff, leaves
from tests.admin.test_results import board_of, standings
from tournaments import registration, services
from tournaments.models import Placement, Tournament

HEAD = "game,lobby,player,place,absent\r\n"


def file_of(tournament: Tournament) -> str:
    return reverse("admin:tournaments_tournament_results_file", args=[tournament.pk])


def import_of(tournament: Tournament) -> str:
    return reverse("admin:tournaments_tournament_results_import", args=[tournament.pk])


def text_of(game: str, names: list[str]) -> str:
    rows = [f"{game},1,{name},{place},no\r\n" for place, name in enumerate(names, start=1)]
    return HEAD + "".join(rows)


def look(staff: Staff, tournament: Tournament, **fields) -> str:
    answer = staff.post(import_of(tournament), fields)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.fixture
def duel(db) -> Tournament:
    tournament = services.create_tournament(
        actor=SYSTEM, fields={"name": "Duel", "max_participants": 2}
    )
    names = ["=Ann", "Bob"]
    registration.register_participants(actor=SYSTEM, tournament_id=tournament.pk, names=names)
    return tournament


@pytest.mark.parametrize("way", ["file", "text"])
def test_a_file_is_looked_at_and_then_brought_in(way, sam, duel):
    text = text_of("1.1", ["'=Ann", "Bob"])
    content = SimpleUploadedFile("results.csv", text.encode()) if way == "file" else text

    with leaves(deeds=[], events=[]):
        page = look(sam, duel, **{way: content})
    assert "1 new, 0 corrected, 0 unchanged" in page
    assert "=Ann" in page
    with leaves(
        deeds=["placement.recorded", "results.imported"],
        events=["placement.recorded", "standings.published"],
    ):
        answer = sam.post(import_of(duel), form_with(page, "document"))

    assert answer.url == board_of(duel)
    assert [row["player_name"] for row in standings(duel)["standings"]] == ["=Ann", "Bob"]
    assert "1 new, 0 corrected, 0 unchanged" in sam.open(board_of(duel))


def test_what_is_downloaded_is_there_already(sam, duel):
    page = look(sam, duel, text=text_of("1.1", ["Bob", "'=Ann"]))
    sam.post(import_of(duel), form_with(page, "document"))

    answer = sam.get(file_of(duel))

    assert answer["Content-Disposition"] == f'attachment; filename="results-{duel.pk}.csv"'
    assert answer.content.decode("utf-8-sig") == text_of("1.1", ["Bob", "'=Ann"])
    page = look(sam, duel, file=SimpleUploadedFile("results.csv", answer.content))
    assert "there is nothing to do" in page
    assert 'name="document"' not in page


def test_what_was_looked_at_before_another_result_came_is_refused(sam, duel):
    page = look(sam, duel, text=text_of("1.1", ["Bob", "'=Ann"]))
    other = look(sam, duel, text=text_of("1.1", ["'=Ann", "Bob"]))
    sam.post(import_of(duel), form_with(other, "document"))

    with leaves(deeds=[], events=[]):
        answer = sam.post(import_of(duel), form_with(page, "document"))

    shown = answer.content.decode()
    assert "Results changed since the file was looked at" in shown
    again = sam.post(import_of(duel), form_with(shown, "document"))
    assert again.url == board_of(duel)
    assert standings(duel)["standings"][0]["player_name"] == "Bob"


def test_faults_are_shown_by_line_and_keep_the_whole_file_out(sam, duel):
    text = text_of("1.1", ["'=Ann", "Bob"]) + "1.2,1,Bop,1,no\r\nnever,1,Bob,1,no\r\n"

    shown = look(sam, duel, text=text)
    with leaves(deeds=[], events=[]):
        forced = sam.post(import_of(duel), {"document": text})

    assert "Line 5: Must be DAY.GAME, such as 2.6." in shown
    assert 'name="document"' not in shown
    assert "Nothing was changed." in forced.content.decode()
    shown = look(sam, duel, text=text.replace("never", "1.3"))
    assert "Line 4: No participant is called Bop. Did you mean Bob?" in shown
    assert not Placement.objects.exists()


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "Choose a file, or give its text: one of both."),
        ({"text": " \r\n"}, "Choose a file, or give its text: one of both."),
        ({"file": b"game\xff", "text": ""}, "It is not in UTF-8"),
        ({"file": b"game,lobby\r\n", "text": "a"}, "one of both"),
        ({"text": "a,b"}, "unknown columns: a, b"),
    ],
)
def test_what_is_no_file_is_refused(fields, said, sam, duel):
    if "file" in fields:
        fields = fields | {"file": SimpleUploadedFile("results.csv", fields["file"])}

    assert said in look(sam, duel, **{"text": "", **fields})


def test_readers_download_and_do_not_import(pia, duel, sam):
    links = [f'href="{file_of(duel)}"', f'href="{import_of(duel)}"']

    assert [link in pia.open(board_of(duel)) for link in links] == [True, False]
    assert [link in sam.open(board_of(duel)) for link in links] == [True, True]
    assert pia.get(file_of(duel)).status_code == 200
    assert pia.get(import_of(duel)).status_code == 403
    assert pia.post(import_of(duel), {"document": HEAD}).status_code == 403
