import orjson
import pytest
from django.urls import reverse

from gal_dashboard.core.context import SYSTEM
from graphics.services import create_graphic
from tests.admin.forms import form_with
from tests.admin.staff import errors_in, leaves
from tournaments.models import Participant, ScoreboardSnapshot, Stage, Tournament
from tournaments.selectors import newest_document
from tournaments.standings import DEFAULT_CHAIN

ADD = "/admin/tournaments/tournament/add/"
PARTICIPANTS = "/admin/tournaments/participant/"


def page_of(tournament: Tournament) -> str:
    return reverse("admin:tournaments_tournament_change", args=[tournament.pk])


def participant_page(participant: Participant) -> str:
    return reverse("admin:tournaments_participant_change", args=[participant.pk])


def standings(tournament: Tournament) -> list[dict]:
    return orjson.loads(newest_document(tournament.pk)[1])["standings"]


@pytest.fixture
def cup(ann) -> Tournament:
    ann.save(ADD, "name", name="Cup", max_participants="16")
    return Tournament.objects.get(name="Cup")


# --- The tournament itself ------------------------------------------------------------------------


def test_a_new_tournament_has_a_format_and_leads_to_where_it_is_run(ann):
    with leaves(deeds=["tournament.created"], events=["tournament.created"]):
        answer = ann.save(ADD, "name", name="Cup", max_participants="16")

    cup = Tournament.objects.get()
    assert answer.url == reverse("admin:tournaments_tournament_run", args=[cup.pk])
    assert (cup.points_table["1"], cup.points_table["8"]) == (8, 1)
    assert cup.tie_chain == list(DEFAULT_CHAIN)
    assert 'value="Day 1"' in ann.open(page_of(cup))


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"max_participants": "1"}, "greater than or equal to 2"),
        ({"points_table": "8, seven"}, "Not points from 0 to 1000: seven."),
        ({"points_table": "1, " * 9}, "A lobby has 8 places, these are 9."),
        ({"tie_chain": "points, luck"}, "Unknown: luck."),
        ({"tie_chain": "points, points"}, "A metric stands here twice."),
        ({"end_date_0": "2020-01-01", "end_date_1": "00:00"}, "The end lies before the start."),
        ({"name": ""}, "This field is required."),
    ],
)
def test_a_faulty_tournament_is_refused(ann, changes, sentence):
    fields = {
        "name": "Cup",
        "max_participants": "16",
        "start_date_0": "2024-01-01",
        "start_date_1": "00:00",
    }

    with leaves(deeds=[], events=[]):
        answer = ann.save(ADD, "name", **fields | changes)

    assert any(sentence in error for error in errors_in(answer)), errors_in(answer)
    assert not Tournament.objects.exists()


def test_saving_what_is_there_tells_nobody(ann, crown):
    with leaves(deeds=[], events=[]):
        assert ann.save(page_of(crown), "name").status_code == 302


def test_other_points_publish_other_standings(ann, crown):
    before = standings(crown)[0]["total_points"]

    with leaves(deeds=["tournament.updated"], events=["tournament.updated", "standings.published"]):
        ann.save(page_of(crown), "name", points_table="80, 70, 60, 50, 40, 30, 20, 10")

    assert standings(crown)[0]["total_points"] == before * 10


def test_of_two_who_edit_at_once_the_second_is_told_who_was_first(ann, bob, crown):
    stale = ann.fill(page_of(crown), "name", name="By Ann")
    bob.save(page_of(crown), "name", name="By Bob")

    with leaves(deeds=[], events=[]):
        answer = ann.post(page_of(crown), stale)

    assert errors_in(answer)[0].startswith("bob changed this at")
    crown.refresh_from_db()
    assert crown.name == "By Bob"


def test_a_change_of_stages_makes_the_form_of_another_stale(ann, bob, crown):
    stale = ann.fill(page_of(crown), "name", name="By Ann")
    bob.save(page_of(crown), "name", **{"stages-0-name": "Group stage"})

    assert "bob changed this" in errors_in(ann.post(page_of(crown), stale))[0]


def test_deleting_a_tournament_empties_its_graphics(ann, crown):
    graphic = create_graphic(actor=SYSTEM, title="x", event_name="y", tournament_id=crown.pk)
    path = reverse("admin:tournaments_tournament_delete", args=[crown.pk])
    assert "cannot be undone" in ann.open(path)

    with leaves(
        deeds=["graphic.updated", "tournament.deleted"],
        events=["graphic.updated", "standings.published", "tournament.deleted"],
    ):
        assert ann.post(path, {"post": "yes"}).status_code == 302

    graphic.refresh_from_db()
    assert graphic.tournament_id is None
    assert not Tournament.objects.exists()


def test_a_new_tournament_is_given_one_of_the_formats_that_are_explained(ann):
    assert "Who has 20 points and then wins a game is champion." in ann.open(ADD)

    ann.save(ADD, "name", name="Cup", max_participants="8", preset="checkmate_final")

    final = Stage.objects.get()
    assert (final.name, final.threshold) == ("Final", 20)


def test_another_format_is_chosen_until_the_first_game(ann, cup, crown):
    path = reverse("admin:tournaments_tournament_format", args=[cup.pk])
    assert form_with(ann.open(path), "preset")["preset"] == ["single_day"]

    with leaves(deeds=["tournament.format_changed"], events=["tournament.format_changed"]):
        answer = ann.save(path, "preset", preset="americas_cup")
    assert answer.url == reverse("admin:tournaments_tournament_run", args=[cup.pk])
    assert [stage.days for stage in cup.stages.all()] == [[1], [2], [3]]

    played = reverse("admin:tournaments_tournament_format", args=[crown.pk])
    with leaves(deeds=[], events=[]):
        answer = ann.post(played, {"preset": "single_day"})
    assert "cannot take the place" in answer.content.decode()
    assert errors_in(ann.post(path, {"preset": "lost"}))[0].startswith("Select a valid choice")


# --- Stages ---------------------------------------------------------------------------------------


def test_stages_are_written_as_one_says_them(ann, cup):
    with leaves(deeds=["tournament.format_changed"], events=["tournament.format_changed"]):
        ann.save(
            page_of(cup),
            "name",
            **{
                "stages-TOTAL_FORMS": "2",
                "stages-0-name": "Final",
                "stages-0-days": "3",
                "stages-0-threshold": "20",
                "stages-1-name": "Groups",
                "stages-1-days": "1-2",
                "stages-1-cuts": "1.4: 32\n2: 8",
            },
        )

    groups, final = Stage.objects.filter(tournament=cup).order_by("number")
    assert (groups.name, groups.days) == ("Groups", [1, 2])
    assert groups.cuts == [{"day": 1, "game": 4, "to": 32}, {"day": 2, "game": None, "to": 8}]
    assert (final.name, final.days, final.threshold) == ("Final", [3], 20)
    assert 'value="1.4: 32, 2: 8"' in ann.open(page_of(cup))


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"stages-1-days": "2, 3"}, "stages-1-days", "Day 2 belongs to Days 1 to 2 already."),
        ({"stages-0-cuts": "3: 8"}, "stages-0-cuts", "Not a day of this stage: 3: 8."),
        ({"stages-0-cuts": "two: 8"}, "stages-0-cuts", "two: 8 is no cut."),
        ({"stages-0-cuts": "2: 0"}, "stages-0-cuts", "2: 0 is no cut."),
        ({"stages-0-days": "2-1"}, "stages-0-days", "2-1 is no day."),
        ({"stages-0-days": "٣"}, "stages-0-days", "٣ is no day."),
    ],
)
def test_a_faulty_stage_is_refused_at_its_field(ann, crown, changes, field, sentence):
    with leaves(deeds=[], events=[]):
        answer = ann.save(page_of(crown), "name", **changes)

    prefix, name = field.rsplit("-", 1)
    forms = {form.prefix: form for form in answer.context["inline_admin_formsets"][0].formset}
    assert sentence in str(forms[prefix].errors[name])


def test_a_day_with_games_cannot_lose_its_stage(ann, crown):
    with leaves(deeds=[], events=[]):
        answer = ann.save(page_of(crown), "name", **{"stages-0-days": "1"})

    assert "Not a day of this stage: 2: 8." in " ".join(errors_in(answer))

    with leaves(deeds=[], events=[]):
        answer = ann.save(page_of(crown), "name", **{"stages-0-days": "1", "stages-0-cuts": ""})

    assert "Games were drawn or played on day 2, which has no stage now." in errors_in(answer)


def test_games_go_with_their_day_when_stages_change(ann, crown):
    with leaves(
        deeds=["tournament.format_changed"],
        events=["tournament.format_changed", "standings.published"],
    ):
        ann.save(
            page_of(crown),
            "name",
            **{"stages-0-days": "1-3", "stages-1-DELETE": "on"},
        )

    assert Stage.objects.filter(tournament=crown).count() == 1
    assert crown.games.filter(day=3).get().stage.name == "Days 1 to 2"


# --- Participants ---------------------------------------------------------------------------------


def test_a_list_of_names_registers_everybody(ann, cup):
    path = reverse("admin:tournaments_tournament_roster", args=[cup.pk])

    with leaves(deeds=["participant.registered"] * 3, events=["participant.registered"]):
        answer = ann.post(path, {"names": "Ann\r\n  Bob \r\n\r\nComma, Jr."})

    assert answer.status_code == 302
    assert list(cup.participants.values_list("name", flat=True)) == ["Ann", "Bob", "Comma, Jr."]


def test_who_finds_no_place_on_a_list_waits(ann, cup):
    path = reverse("admin:tournaments_tournament_roster", args=[cup.pk])

    ann.post(path, {"names": "\n".join(f"P{number}" for number in range(1, 19))})

    waiting = cup.participants.waiting().values_list("name", flat=True)
    assert list(waiting) == ["P17", "P18"]


@pytest.mark.parametrize(
    ("names", "sentence"),
    [
        ("Cleo\nAnn", "Ann takes part already."),
        ("Cleo\nCleo", "Cleo stands here twice."),
        ("x" * 101, "Over 100 characters"),
        ("", "This field is required."),
    ],
)
def test_a_faulty_list_of_names_registers_nobody(ann, cup, names, sentence):
    path = reverse("admin:tournaments_tournament_roster", args=[cup.pk])
    ann.post(path, {"names": "Ann"})

    with leaves(deeds=[], events=[]):
        answer = ann.post(path, {"names": names})

    assert sentence in errors_in(answer)[0]
    assert cup.participants.count() == 1


def test_one_participant_is_added(ann, cup):
    with leaves(deeds=["participant.registered"], events=["participant.registered"]):
        answer = ann.save(
            f"{PARTICIPANTS}add/", "name", tournament=str(cup.pk), name="Ann", aliases="A\nAn"
        )

    assert answer.status_code == 302
    assert cup.participants.get().aliases == ["A", "An"]


def test_a_new_name_is_on_every_overlay_at_once(ann, crown):
    participant = crown.participants.get(name="FNC Dishsoap")

    with leaves(
        deeds=["participant.changed"], events=["participant.changed", "standings.published"]
    ):
        ann.save(participant_page(participant), "name", name="Dishsoap")

    assert "Dishsoap" in {row["player_name"] for row in standings(crown)}


def test_a_spelling_of_somebody_else_is_refused_at_its_field(ann, crown):
    participant = crown.participants.get(name="FNC Dishsoap")

    with leaves(deeds=[], events=[]):
        answer = ann.save(
            participant_page(participant), "name", name="Asta1", aliases="Dr OH\nDish"
        )

    form = answer.context["adminform"].form
    assert form.errors == {
        "name": ["Asta1 is Asta1 already."],
        "aliases": ["Dr OH is Dr OH already."],
    }


def test_of_two_who_change_a_participant_the_second_is_told(ann, bob, crown):
    participant = crown.participants.get(name="FNC Dishsoap")
    stale = ann.fill(participant_page(participant), "name", seed="1")
    bob.save(participant_page(participant), "name", seed="2")

    answer = ann.post(participant_page(participant), stale)

    assert errors_in(answer)[0].startswith("bob changed this at")


def test_a_participant_with_results_stays(ann, crown):
    participant = crown.participants.get(name="FNC Dishsoap")
    path = reverse("admin:tournaments_participant_delete", args=[participant.pk])

    with leaves(deeds=[], events=[]):
        answer = ann.post(path, {"post": "yes"}, follow=True)

    assert "FNC Dishsoap has a seat in 13 lobbies and cannot be removed." in str(
        answer.content.decode()
    )
    assert Participant.objects.filter(pk=participant.pk).exists()


def test_removing_several_removes_all_or_none(ann, crown):
    ann.save(page_of(crown), "name", max_participants="64")
    ann.save(f"{PARTICIPANTS}add/", "name", tournament=str(crown.pk), name="Newcomer")
    newcomer = crown.participants.get(name="Newcomer")
    seated = crown.participants.get(name="Asta1")
    action = {"action": "delete_selected", "post": "yes"}

    with leaves(deeds=[], events=[]):
        ann.post(PARTICIPANTS, action | {"_selected_action": [newcomer.pk, seated.pk]})
    assert crown.participants.filter(name="Newcomer").exists()

    with leaves(
        deeds=["participant.removed"], events=["participant.removed", "standings.published"]
    ):
        ann.post(PARTICIPANTS, action | {"_selected_action": [newcomer.pk]})
    assert not crown.participants.filter(name="Newcomer").exists()


def test_a_published_scoreboard_shows_every_round_and_cannot_be_written(ann, crown):
    snapshot = ScoreboardSnapshot.objects.get()
    path = reverse("admin:tournaments_scoreboardsnapshot_change", args=[snapshot.pk])

    page = ann.open(path)

    assert page.count("<tr class=") >= 32
    assert ann.post(path, {"source": "x"}).status_code == 403
    assert ann.get("/admin/tournaments/scoreboardsnapshot/add/").status_code == 403
