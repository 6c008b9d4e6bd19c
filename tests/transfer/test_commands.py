"""The commands, where they have to say no."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from tests.transfer.files import Members, sealed
from tests.transfer.test_hostile_files import counts
from tournaments.models import ResultSheet, Tournament


def run(*arguments: object) -> str:
    out = StringIO()
    call_command(*map(str, arguments), stdout=out, stderr=StringIO())
    return out.getvalue()


def test_a_show_that_cannot_be_written_leaves_no_file(cup: Tournament, tmp_path: Path):
    file, there = tmp_path / "cup.galshow", tmp_path / "there.galshow"
    there.write_bytes(b"of somebody")

    for number, path, said in (
        (999, file, "There is no such tournament"),
        (cup.pk, there, "is there already"),
        (cup.pk, there / "x.galshow", "cannot be written"),
    ):
        with pytest.raises(CommandError, match=f"{said}.*Nothing was written"):
            run("export_show", number, path)

    assert {one.name for one in tmp_path.iterdir()} == {"there.galshow"}
    assert there.read_bytes() == b"of somebody"


def test_a_row_that_no_import_would_take_is_named(cup: Tournament, tmp_path: Path):
    cup.stages.filter(number=2).update(tie_chain=[])

    with pytest.raises(CommandError, match=r"stages.json cannot be written: .*tie_chain"):
        run("export_show", cup.pk, tmp_path / "cup.galshow")


def test_results_that_contradict_each_other_are_named(cup: Tournament, tmp_path: Path):
    sheet = ResultSheet.objects.filter(lobby__game__tournament=cup).confirmed().first()
    sheet.lobby.placements.filter(place=1).delete()

    with pytest.raises(CommandError, match="does not say what its confirmed sheet says"):
        run("export_show", cup.pk, tmp_path / "cup.galshow")


def test_a_file_that_was_written_is_only_for_its_owner(cup: Tournament, tmp_path: Path):
    file = tmp_path / "cup.galshow"

    said = run("export_show", cup.pk, file)

    digest = (tmp_path / "cup.galshow.sha256").read_text().split()[0]
    assert digest in said
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_file_that_is_no_show_changes_nothing(cup: Tournament, members: Members, tmp_path: Path):
    newer, gone = tmp_path / "newer.galshow", tmp_path / "gone.galshow"
    newer.write_bytes(sealed(members, version=2))
    before = counts()

    with pytest.raises(CommandError, match=r"newer\.galshow: .*newer release.*Nothing was changed"):
        run("import_show", newer)
    with pytest.raises(CommandError, match="cannot be read: No such file"):
        run("import_show", gone)

    assert counts() == before


def test_a_draw_may_name_somebody_who_is_gone(cup: Tournament, tmp_path: Path):
    """Drawn, drawn anew without them, and removed: the old draw still says that they were in it."""
    draw = cup.draws.order_by("pk").first()
    draw.lobbies[0][0] = 10**6
    draw.save(update_fields=["lobbies"])
    run("export_show", cup.pk, tmp_path / "cup.galshow")

    run("import_show", tmp_path / "cup.galshow")

    copy = Tournament.objects.order_by("-pk").first()
    assert copy.draws.order_by("pk").first().lobbies[0][0] == 0
