"""Registration run from the admin: who is in, who waits, who is there."""

import pytest
from django.urls import reverse

from gal_dashboard.core.context import SYSTEM
from tests.admin.staff import Staff, errors_in, leaves, new_account
from tournaments import registration, services
from tournaments.models import Participant, Tournament
from users.choices import Role


@pytest.fixture
def cup(db) -> Tournament:
    """Two places, three who want one; it takes registrations."""
    cup = services.create_tournament(
        actor=SYSTEM,
        fields={"name": "Cup", "max_participants": 2, "status": "registration_open"},
    )
    registration.register_participants(
        actor=SYSTEM, tournament_id=cup.pk, names=["Ada", "Bea", "Cleo"]
    )
    return cup


def page(name: str, *args: object) -> str:
    return reverse(f"admin:tournaments_tournament_{name}", args=args)


def status_of(cup: Tournament, name: str) -> str:
    return cup.participants.get(name=name).status


def entry(cup: Tournament, name: str) -> Participant:
    return cup.participants.get(name=name)


def test_the_page_shows_who_is_in_and_who_waits(ann, cup):
    text = ann.open(page("registration", cup.pk))

    assert "2 of 2 places taken, 1 on the waitlist" in text
    assert text.index("Ada") < text.index("Bea") < text.index("Waitlist") < text.index("Cleo")
    assert "Completed" not in text
    assert page("transition", cup.pk, "registration_closed") in text


def test_a_move_is_asked_for_and_then_made(ann, cup):
    path = page("transition", cup.pk, "postponed")
    assert "Registration open" in ann.open(path)

    with leaves(deeds=["tournament.status_changed"], events=["tournament.status_changed"]):
        answer = ann.save(path, "reason", reason="The hall is shut.")

    assert answer.url == page("run", cup.pk)
    cup.refresh_from_db()
    assert cup.status == "postponed"


def test_a_move_that_does_not_follow_is_refused_in_words(ann, cup):
    with leaves(deeds=[], events=[]):
        answer = ann.post(page("transition", cup.pk, "completed"), follow=True)

    assert "cannot become completed" in answer.content.decode()
    assert ann.get(page("transition", cup.pk, "lost")).status_code == 404


def test_the_form_offers_what_may_follow(ann, cup):
    path = reverse("admin:tournaments_tournament_change", args=[cup.pk])

    with leaves(deeds=[], events=[]):
        answer = ann.save(path, "name", status="completed")

    assert "Select a valid choice" in errors_in(answer)[0]
    with leaves(deeds=["tournament.updated"], events=["tournament.status_changed"]):
        ann.save(path, "name", status="check_in")


def test_a_check_in_from_its_begin_to_its_end(ann, cup):
    services.change_status(actor=SYSTEM, tournament_id=cup.pk, status="check_in")
    bea = entry(cup, "Bea")

    with leaves(deeds=["participant.checked_in"], events=["participant.checked_in"]):
        ann.post(page("step", cup.pk, bea.pk, "check-in"))
    assert "1 checked in" in ann.open(page("registration", cup.pk))
    ann.post(page("step", cup.pk, bea.pk, "take-back"))
    ann.post(page("step", cup.pk, bea.pk, "check-in"))
    assert "1 have not checked in and lose their places: Ada." in ann.open(
        page("close_check_in", cup.pk)
    )
    with leaves(
        deeds=["participant.withdrawn", "participant.promoted"], events=["participant.withdrawn"]
    ):
        ann.post(page("close_check_in", cup.pk))

    states = [status_of(cup, name) for name in ("Ada", "Bea", "Cleo")]
    assert states == ["withdrawn", "checked_in", "registered"]


def test_everybody_is_checked_in_at_once(ann, cup):
    services.change_status(actor=SYSTEM, tournament_id=cup.pk, status="check_in")

    with leaves(deeds=["participant.checked_in"] * 2, events=["participant.checked_in"] * 2):
        answer = ann.post(page("check_in_all", cup.pk))

    assert answer.url == page("registration", cup.pk)
    states = [status_of(cup, name) for name in ("Ada", "Bea", "Cleo")]
    assert states == ["checked_in", "checked_in", "waiting"]
    assert "Check in everybody" not in ann.open(page("registration", cup.pk))
    assert ann.get(page("check_in_all", cup.pk)).status_code == 405


def test_a_withdrawal_is_asked_for_and_promotes(ann, cup):
    path = page("withdraw", cup.pk, entry(cup, "Ada").pk)
    assert "Cleo is the first who waits." in ann.open(path)

    with leaves(
        deeds=["participant.withdrawn", "participant.promoted"], events=["participant.withdrawn"]
    ):
        ann.post(path)

    assert (status_of(cup, "Ada"), status_of(cup, "Cleo")) == ("withdrawn", "registered")


def test_nobody_is_admitted_where_no_place_is_free(ann, cup):
    with leaves(deeds=[], events=[]):
        answer = ann.post(page("step", cup.pk, entry(cup, "Cleo").pk, "admit"), follow=True)

    assert "All 2 places are taken." in answer.content.decode()
    assert ann.get(page("step", cup.pk, entry(cup, "Cleo").pk, "admit")).status_code == 405
    assert ann.post(page("step", cup.pk, entry(cup, "Cleo").pk, "vanish")).status_code == 404


def test_a_team_is_written_one_player_a_line(ann, cup):
    ann.save(reverse("admin:tournaments_tournament_change", args=[cup.pk]), "name", team_size="2")
    path = reverse("admin:tournaments_participant_change", args=[entry(cup, "Ada").pk])

    ann.save(path, "name", members="Ann; Ann#EUW\nBob")
    short = ann.save(path, "name", members="Ann")

    assert entry(cup, "Ada").members == [
        {"name": "Ann", "riot_id": "Ann#EUW"},
        {"name": "Bob", "riot_id": ""},
    ]
    assert errors_in(short) == ["A team has 2 members."]
    assert "Ann; Ann#EUW" in ann.open(path)
    assert "Ann, Bob" in ann.open(page("registration", cup.pk))


def test_who_may_only_read_sees_no_actions(cup, db):
    vera = Staff(new_account("vera", Role.VIEWER))

    text = vera.open(page("registration", cup.pk))

    assert "Withdraw" not in text
    assert vera.post(page("transition", cup.pk, "cancelled")).status_code == 403
    assert vera.post(page("step", cup.pk, entry(cup, "Ada").pk, "withdraw")).status_code == 403
