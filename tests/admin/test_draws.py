"""Draws made in the admin: proposed, looked at, published."""

import pytest
from django.urls import reverse

from gal_dashboard.core.context import SYSTEM
from tests.admin.staff import Staff, errors_in, leaves, new_account
from tournaments import registration, services
from tournaments.models import Draw, Placement, Tournament
from users.choices import Role


@pytest.fixture
def cup(db) -> Tournament:
    cup = services.create_tournament(
        actor=SYSTEM, fields={"name": "Cup", "max_participants": 16, "preset": "single_day"}
    )
    names = [f"Player {number}" for number in range(1, 17)]
    registration.register_participants(actor=SYSTEM, tournament_id=cup.pk, names=names)
    return cup


def page(cup: Tournament) -> str:
    return reverse("admin:tournaments_tournament_draw", args=[cup.pk])


def test_a_proposal_is_looked_at_and_then_published(ann, cup):
    with leaves(deeds=[], events=[]):
        shown = ann.save(page(cup), "rule", _propose="Propose")
    text = shown.content.decode()
    assert "Proposal for game 1.1" in text
    assert "Lobby 2" in text
    assert "Lobby 3" not in text

    with leaves(
        deeds=["draw.published"],
        events=["draw.published", "standings.published"],
    ):
        answer = ann.post(page(cup), as_proposed(shown) | {"_publish": "yes"})

    assert answer.url == reverse("admin:tournaments_tournament_run", args=[cup.pk])
    assert Placement.objects.filter(lobby__game__tournament=cup).count() == 16
    assert "Game 1.1: snake, by ann" in ann.open(page(cup))


def test_an_address_proposes_at_once_what_the_format_says(ann, cup):
    with leaves(deeds=[], events=[]):
        shown = ann.get(f"{page(cup)}?propose=1")

    assert "Proposal for game 1.1" in shown.content.decode()
    assert ann.post(page(cup), as_proposed(shown) | {"_publish": "yes"}).status_code == 302
    assert Draw.objects.get(tournament=cup).rule == "snake"


def as_proposed(shown) -> dict[str, str]:
    return dict(shown.context_data["hidden"])


def test_the_seed_that_was_proposed_is_the_one_that_is_drawn(ann, cup):
    shown = ann.save(page(cup), "rule", rule="random", _propose="Propose")
    proposal = shown.context_data["proposal"]

    ann.post(page(cup), as_proposed(shown) | {"_publish": "yes"})

    draw = Draw.objects.get(tournament=cup)
    assert (draw.rule, draw.seed, draw.lobbies) == ("random", proposal.seed, proposal.numbers)


def test_by_hand_lobbies_are_written_one_a_line(ann, cup):
    lines = "Player 1; Player 2\nPlayer 3; Player 4"

    shown = ann.save(page(cup), "rule", rule="manual", lobbies=lines, _propose="Propose")
    wrong = ann.save(page(cup), "rule", rule="manual", lobbies="Nobody", _propose="Propose")
    ann.post(page(cup), as_proposed(shown) | {"_publish": "yes"})

    assert [len(lobby) for lobby in Draw.objects.get(tournament=cup).lobbies] == [2, 2]
    assert errors_in(wrong) == ["Nobody who takes part is called Nobody."]


def test_what_changed_since_the_proposal_is_not_published(ann, cup):
    shown = ann.save(page(cup), "rule", _propose="Propose")
    registration.withdraw(actor=SYSTEM, participant_id=cup.participants.earliest("pk").pk)

    with leaves(deeds=[], events=[]):
        answer = ann.post(page(cup), as_proposed(shown) | {"_publish": "yes"})

    assert "not what was proposed" in errors_in(answer)[0]
    assert not Draw.objects.exists()


def test_who_may_only_read_sees_draws_and_no_form(cup, db):
    vera = Staff(new_account("vera", Role.VIEWER))

    assert "Propose" not in vera.open(page(cup))
    assert vera.post(page(cup), {"game": "1.1", "rule": "snake"}).status_code == 403
