"""What an import makes, what it tells, and what it leaves alone."""

import io
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.utils.html import escape

from configuration.models import ConfigurationEntry
from gal_dashboard.audit.models import AuditEntry
from gal_dashboard.core import options
from gal_dashboard.core.bundles import MIB, digest_of
from gal_dashboard.core.context import SYSTEM
from gal_dashboard.core.options import Setting, Source
from gal_dashboard.operations.gate import GateLimits
from graphics.admin import shows
from graphics.models import Graphic, GraphicRevision
from graphics.options import IMAGE_HOSTS
from graphics.services import create_graphic
from graphics.transfer.importing import import_show
from graphics.transfer.reading import read_show
from tests.admin.forms import form_with
from tests.admin.staff import Staff, leaves, new_account
from tests.transfer.conftest import taken_along
from tests.transfer.files import MANIFEST, Members, changed, members_in, sealed
from tests.transfer.shows import DOCUMENT
from tests.transfer.test_hostile_files import counts
from tournaments import services
from tournaments.models import Tournament
from tournaments.transfer.reading import ShowFileError
from users import selectors
from users.choices import Role
from users.models import User

IMPORT = "/admin/graphics/shows/import/"


def export_of(tournament: Tournament) -> str:
    return f"/admin/graphics/shows/{tournament.pk}/export/"


def look(staff: Staff, content: bytes, **fields: str) -> HttpResponse:
    return staff.post(IMPORT, {"file": SimpleUploadedFile("cup.galshow", content), **fields})


def bring_in(staff: Staff, content: bytes, **fields: str) -> Tournament:
    page = look(staff, content, **fields).content.decode()
    answer = staff.post(IMPORT, form_with(page, "content"))
    made = Tournament.objects.order_by("-pk").first()
    assert answer.status_code == 302, answer.context_data.get("fault")
    assert answer.url == f"/admin/tournaments/tournament/{made.pk}/run/"
    return made


def newest(action: str) -> AuditEntry:
    return AuditEntry.objects.filter(action=action).order_by("-pk").first()


def test_a_show_is_taken_along_looked_at_and_brought_in(ann: Staff, cup: Tournament):
    button = ann.open(f"/admin/tournaments/tournament/{cup.pk}/run/")
    download = ann.get(export_of(cup))
    file = download.content
    before = counts()

    page = look(ann, file).content.decode()
    looked = counts()
    User.objects.filter(username="player2").delete()
    with leaves(
        deeds=["user.created", "show.imported", "graphic.imported", "graphic.imported"],
        events=[
            "user.created",
            "tournament.created",
            "standings.published",
            *["graphic.created", "standings.published"] * 2,
        ],
    ):
        copy = bring_in(ann, file)

    assert export_of(cup) in button
    assert download.headers["Content-Disposition"] == 'attachment; filename="double-up-cup.galshow"'
    assert looked == before
    assert escape("Double Up Cup (2)") in page
    assert copy.name == "Double Up Cup (2)"
    assert newest("show.exported").changes["sha256"][1] == digest_of(io.BytesIO(file))
    told = newest("show.imported").changes
    assert told["file"] == [None, "cup.galshow"]
    assert told["sha256"][1] == digest_of(io.BytesIO(file))
    assert told["accounts_made"] == [None, "player2"]
    assert newest("show.imported").actor_name == "ann"


def test_a_copy_beside_the_original_is_the_same_show(
    ann: Staff, cup: Tournament, members: Members, tmp_path: Path
):
    copy = bring_in(ann, sealed(members))

    again = members_in(taken_along(cup, tmp_path / "again.galshow"))
    back = members_in(taken_along(copy, tmp_path / "back.galshow"))

    assert {**again, MANIFEST: b""} == {**members, MANIFEST: b""}
    renamed = changed(back, "tournament.json", "name", to="Double Up Cup")["tournament.json"]
    original = changed(members, "tournament.json", "name", to="Double Up Cup")["tournament.json"]
    assert renamed == original
    others = set(members) - {MANIFEST, "tournament.json"}
    assert {name: back[name] for name in others} == {name: members[name] for name in others}


def test_nothing_that_is_here_is_changed(ann: Staff, cup: Tournament, members: Members):
    graphics = list(Graphic.objects.order_by("pk").values())
    settings = list(ConfigurationEntry.objects.order_by("pk").values())
    people = list(User.objects.exclude(username="ann").order_by("pk").values())

    copy = bring_in(ann, sealed(members), name="Cup of June")

    assert copy.name == "Cup of June"
    assert list(Graphic.objects.order_by("pk").values())[: len(graphics)] == graphics
    assert list(ConfigurationEntry.objects.order_by("pk").values()) == settings
    assert list(User.objects.exclude(username="ann").order_by("pk").values()) == people
    ties = GraphicRevision.objects.filter(graphic__tournament=copy)
    assert set(ties.values_list("tournament_id", flat=True)) == {copy.pk, None}


def test_people_are_found_by_discord_id_and_then_by_name(
    ann: Staff, cup: Tournament, members: Members
):
    """player1 has no Discord id; player2 is called otherwise here; player3 is somebody else."""
    cup.participants.update(user=None)
    User.objects.filter(username="player2").update(username="renamed")
    User.objects.filter(username="player3").update(discord_id="77")

    copy = bring_in(ann, sealed(members))

    entries = copy.participants.filter(user__isnull=False).order_by("pk").select_related("user")
    assert [one.user.username for one in entries] == ["player1", "renamed", "player3-2"]
    made = entries[2].user
    assert (made.discord_id, made.display_name) == ("1003", "Player 3")
    assert not made.has_usable_password()
    assert selectors.roles_of(made) == set()


def test_two_people_never_become_one_account(ann: Staff, cup: Tournament, members: Members):
    """Who is player2 by his Discord id has taken the name that player1 has in the file."""
    cup.participants.update(user=None)
    User.objects.filter(username="player1").update(username="somebody")
    User.objects.filter(username="player2").update(username="player1")

    copy = bring_in(ann, sealed(members))

    entries = copy.participants.filter(user__isnull=False).order_by("pk").select_related("user")
    assert [one.user.username for one in entries] == ["player1-2", "player1", "player3"]


def test_nobody_comes_in_as_an_account_of_the_league(ann: Staff, cup: Tournament, members: Members):
    file = sealed(changed(members, "people.json", 0, "username", to="dashboard_user"))

    copy = bring_in(ann, file)

    first = copy.participants.order_by("pk").select_related("user").first()
    assert first.user.username == "dashboard_user-2"


def test_settings_come_only_when_they_are_wanted(ann: Staff, cup: Tournament, members: Members):
    ConfigurationEntry.objects.exclude(key="tournaments.current").delete()

    page = look(ann, sealed(members), with_settings="on").content.decode()
    bring_in(ann, sealed(members))
    without = ConfigurationEntry.objects.count()
    bring_in(ann, sealed(members), with_settings="on")

    assert "graphics.lock_ttl_seconds (production): 120" in page
    assert "tournaments.current" in page  # among those that stayed behind
    assert without == 1
    assert set(ConfigurationEntry.objects.values_list("key", "value")) == {
        ("graphics.lock_ttl_seconds", "120"),
        ("overlay.colours", '{"gold":"#f3cf86"}'),
        ("tournaments.current", "1"),
    }


def test_what_would_be_done_otherwise_now_is_not_done(
    ann: Staff, cup: Tournament, members: Members
):
    page = look(ann, sealed(members)).content.decode()
    services.create_tournament(
        actor=SYSTEM, fields={"name": "Double Up Cup (2)", "max_participants": 8}
    )
    before = counts()

    answer = ann.post(IMPORT, form_with(page, "content"))

    assert "something else now than what you looked at" in answer.context_data["fault"]
    assert answer.context_data["plan"].name == "Double Up Cup (3)"
    assert counts() == before


def test_a_file_that_breaks_off_in_the_middle_leaves_nothing(
    cup: Tournament, members: Members, tmp_path: Path
):
    """A document is damaged after all were judged, as on a disk that fails: one is written then."""
    path = tmp_path / "cup.galshow"
    path.write_bytes(sealed(members))
    before = counts()
    with path.open("rb", buffering=0) as opened:
        show = read_show(opened)
        later = show.graphics[0].revisions[2].document
        start = path.read_bytes().index(f"documents/{later}.json".encode()) + len(later) + 15
        content = bytearray(path.read_bytes())
        content[start : start + 10] = b"\xff" * 10
        path.write_bytes(content)

        with pytest.raises(ShowFileError, match=r"documents/.* is damaged"):
            import_show(show, actor=SYSTEM, source="cup.galshow")

    assert counts() == before


def test_pictures_come_only_from_hosts_that_are_allowed_here(
    ann: Staff, cup: Tournament, tmp_path: Path
):
    picture = '{"background":{"imageUrl":"https://pictures.example.org/a.png"}}'
    create_graphic(
        actor=SYSTEM, title="Far", event_name="Cup", document=picture, tournament_id=cup.pk
    )
    file = taken_along(cup, tmp_path / "cup.galshow").read_bytes()
    options.apply({IMAGE_HOSTS: Setting(("images.example.com",), Source.ALL)})
    try:
        fault = look(ann, file).context_data["fault"]
    finally:
        options.apply({})

    assert "graphics/3.json, Far), background.imageUrl: Pictures of pictures.example.org" in fault


@pytest.mark.parametrize("role", [Role.PRODUCER, Role.SCORER, Role.VIEWER])
def test_only_administrators_take_shows_along_or_bring_them_in(role: Role, cup: Tournament):
    staff = Staff(new_account("joe", role))

    answers = [staff.get(IMPORT), staff.post(IMPORT, {"content": ""}), staff.get(export_of(cup))]

    assert [answer.status_code for answer in answers] == [403, 403, 403]
    assert export_of(cup) not in staff.open(f"/admin/tournaments/tournament/{cup.pk}/run/")


def test_what_came_back_otherwise_is_no_fault_of_the_server(ann: Staff, cup: Tournament):
    for fields, said in (
        ({"content": "%%%"}, "did not come back whole"),
        ({"content": "e30="}, "This is not a zip file"),
        ({"content": "", "name": "a\0"}, "NUL"),
    ):
        answer = ann.post(IMPORT, fields)
        assert answer.status_code == 200
        assert said in answer.context_data["fault"]
    assert ann.get("/admin/graphics/shows/999/export/").status_code == 404


def test_a_show_that_is_too_large_for_the_admin_goes_by_the_command(
    ann: Staff, cup: Tournament, members: Members, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(shows, "LARGEST_DOWNLOAD", len(DOCUMENT))
    monkeypatch.setattr(shows, "LARGEST_FILE", 1000)

    exported = ann.get(export_of(cup), follow=True).content.decode()
    imported = look(ann, sealed(members)).context_data["form"].errors

    assert f"manage.py export_show {cup.pk}" in exported
    assert "manage.py import_show" in str(imported)


def test_the_gate_lets_the_largest_file_come_back_with_the_page():
    as_text = -(-shows.LARGEST_FILE // 3) * 4

    assert GateLimits().body_limit(IMPORT) > as_text + MIB
