"""What holds for every page of the admin."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser

import pytest
from django.contrib import admin
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from gal_dashboard.audit import trail
from gal_dashboard.audit.models import AuditEntry
from gal_dashboard.core import context
from gal_dashboard.core.context import SYSTEM, Actor, RequestContext
from gal_dashboard.events.models import Event
from gal_dashboard.events.recording import recording
from graphics.claims import Claim
from graphics.keys import create_key
from graphics.locks import acquire_lock
from graphics.models import CanvasLease, Graphic, OverlayKey
from graphics.services import create_graphic
from tests.admin.staff import PASSWORD, Staff, new_account
from tournaments import registration, services
from tournaments.models import Participant, ScoreboardSnapshot, Tournament
from users.choices import Role
from users.models import Session, User
from users.services import login_by_account

MODELS = (
    Graphic,
    CanvasLease,
    OverlayKey,
    Tournament,
    Participant,
    ScoreboardSnapshot,
    User,
    Session,
    AuditEntry,
    Event,
)


def name_of(model: type) -> str:
    return f"admin:{model._meta.app_label}_{model._meta.model_name}"


def changelist(model: type) -> str:
    return reverse(f"{name_of(model)}_changelist")


def make_rows(number: int) -> None:
    """One more row of everything that the admin lists."""
    user = new_account(f"person-{number}", Role.SCORER)
    login_by_account(username=user.username, password=PASSWORD, agent="a bot")
    tournament = services.create_tournament(
        actor=SYSTEM, fields={"name": f"Cup {number}", "max_participants": 8}
    )
    registration.register_participant(
        actor=SYSTEM, tournament_id=tournament.pk, fields={"name": "Ann", "user": user}
    )
    graphic = create_graphic(
        actor=SYSTEM, title=f"Board {number}", event_name="Cup", tournament_id=tournament.pk
    )
    acquire_lock(graphic_id=graphic.pk, claim=Claim(actor=SYSTEM, session_id="editor"))
    create_key(actor=SYSTEM, graphic_id=graphic.pk, name="Studio")
    with recording():
        trail.record("tournament.updated", actor=SYSTEM, target=tournament)
        services.publish_standings(tournament=tournament, source="refresh", actor=SYSTEM)


def all_pages(crown: Tournament) -> Iterator[str]:
    yield reverse("admin:index")
    yield reverse("admin:password_change")
    yield reverse("admin:password_change_done")
    for app in {model._meta.app_label for model in MODELS}:
        yield reverse("admin:app_list", args=[app])
    for model in MODELS:
        page = admin.site.get_model_admin(model)
        pk = model.objects.latest("pk").pk
        yield changelist(model)
        yield f"{changelist(model)}?q=a"
        yield reverse(f"{name_of(model)}_change", args=[pk])
        if model in {Graphic, Tournament, Participant, User}:
            yield reverse(f"{name_of(model)}_history", args=[pk])
            yield reverse(f"{name_of(model)}_add")
        if getattr(page, "can_delete", False):
            yield reverse(f"{name_of(model)}_delete", args=[pk])
    for name in ("live", "live_now", "live_reload"):
        yield reverse(f"admin:graphics_{name}")
    graphic = Graphic.objects.latest("pk")
    for name in ("archive", "restore", "duplicate", "lock_force", "versions", "keys"):
        yield reverse(f"admin:graphics_graphic_{name}", args=[graphic.pk])
    yield reverse("admin:graphics_graphic_versions_compare", args=[graphic.pk]) + "?old=1&new=1"
    yield reverse("admin:graphics_graphic_version_restore", args=[graphic.pk, 1])
    yield reverse("admin:tournaments_tournament_results", args=[crown.pk])
    yield reverse("admin:tournaments_tournament_lobby", args=[crown.pk, "3.1", 1])
    yield reverse("admin:tournaments_tournament_lobby", args=[crown.pk, "1.1", 1])
    yield reverse("admin:tournaments_tournament_lobby_history", args=[crown.pk, "1.1", 1])
    yield reverse("admin:tournaments_tournament_corrections", args=[crown.pk])
    yield reverse("admin:tournaments_tournament_roster", args=[crown.pk])
    for name in ("registration", "run", "run_now", "format", "standings", "standings_now"):
        yield reverse(f"admin:tournaments_tournament_{name}", args=[crown.pk])
    yield reverse("admin:tournaments_tournament_transition", args=[crown.pk, "completed"])
    yield reverse("admin:tournaments_tournament_draw", args=[crown.pk])
    yield reverse("admin:tournaments_tournament_transition", args=[crown.pk, "postponed"])
    yield reverse("admin:tournaments_tournament_close_check_in", args=[crown.pk])
    player = crown.participants.earliest("pk").pk
    yield reverse("admin:tournaments_tournament_withdraw", args=[crown.pk, player])
    yield reverse("admin:users_user_password", args=[User.objects.latest("pk").pk])


class InlineCode(HTMLParser):
    """Everything in a page that its policy would have to allow as 'unsafe-inline'."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        named = dict(attributes)
        if (tag == "script" and not named.get("src")) or tag == "style":
            self.found.append(tag)
        for name, value in named.items():
            is_address = name in {"href", "src", "action", "formaction"}
            if name == "style" or name.startswith("on"):
                self.found.append(f"{tag} {name}")
            elif is_address and re.match(r"\s*(javascript|data|https?|//)", value or ""):
                self.found.append(f"{tag} {name}={value}")


def test_every_model_of_the_admin_is_looked_at_here():
    assert set(admin.site._registry) == set(MODELS)


def test_every_page_answers_under_its_policy_without_inline_code(ann, crown):
    make_rows(1)

    for path in all_pages(crown):
        answer = ann.get(path)
        assert answer.status_code == 200, path
        policy = answer["Content-Security-Policy"]
        assert "script-src 'self'" in policy, path
        assert "style-src 'self'" in policy, path
        assert "frame-src 'self'" in policy, path
        assert "unsafe" not in policy, path
        assert answer["X-Frame-Options"] == "DENY", path
        assert answer["Cache-Control"] == "private, no-cache", path
        code = InlineCode()
        code.feed(answer.content.decode())
        assert code.found == [], path


def test_a_viewer_may_open_what_is_to_be_seen_and_nothing_else(crown):
    make_rows(1)
    vic = Staff(new_account("vic", Role.VIEWER))

    shown = (Graphic, CanvasLease, OverlayKey, Tournament, Participant, ScoreboardSnapshot, User)
    for model in shown:
        change = reverse(f"{name_of(model)}_change", args=[model.objects.latest("pk").pk])
        assert 'name="_save"' not in vic.open(change), change
        assert vic.post(change, {}).status_code == 403, change
        assert vic.open(changelist(model))
    for model in (Session, AuditEntry, Event):
        assert vic.get(changelist(model)).status_code == 403, model


def test_every_page_asks_a_stranger_to_sign_in(client, ann, crown):
    make_rows(1)

    for path in all_pages(crown):
        answer = client.get(path)
        assert (answer.status_code, answer.url.split("?")[0]) == (302, "/admin/login/"), path


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.model_name)
def test_a_list_costs_the_same_queries_however_long_it_is(ann, model):
    counts = []
    for size in (1, 30):
        while Graphic.objects.count() < size:
            make_rows(Graphic.objects.count() + 1)
        ann.get(changelist(model))
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert ann.get(changelist(model)).status_code == 200
        counts.append(len(queries))

    assert counts[0] == counts[1]
    assert counts[1] <= 12


def test_the_first_page_costs_the_same_queries_however_much_there_is(ann):
    counts = []
    for size in (1, 10):
        while Graphic.objects.count() < size:
            make_rows(Graphic.objects.count() + 1)
        with CaptureQueriesContext(connection) as queries:
            ann.open("/admin/")
        counts.append(len(queries))

    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    "name",
    ["results", "run", "run_now", "corrections", "registration", "standings", "standings_now"],
)
def test_a_page_of_a_tournament_costs_the_same_queries_however_many_play(name, ann, crown):
    small = services.create_tournament(
        actor=SYSTEM, fields={"name": "Small", "max_participants": 8}
    )
    registration.register_participants(actor=SYSTEM, tournament_id=small.pk, names=["Ann", "Bob"])
    counts = []
    for tournament in (small, crown):
        with CaptureQueriesContext(connection) as queries:
            ann.open(reverse(f"admin:tournaments_tournament_{name}", args=[tournament.pk]))
        counts.append(len(queries))

    assert counts[0] == counts[1]
    assert counts[1] <= 12


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.model_name)
@pytest.mark.parametrize("query", ["q=%00", "q=%27%22%3C", "p=99999", "o=99", "nonsense=1", "e=1"])
def test_a_list_bears_any_question(ann, model, query):
    make_rows(1)

    assert ann.get(f"{changelist(model)}?{query}", follow=True).status_code == 200


@pytest.mark.parametrize("pk", ["0", "x", "-1", str(2**63), str(10**30), "_00"])
def test_an_object_that_is_not_there_leads_back(ann, pk):
    for model in MODELS:
        answer = ann.get(f"{changelist(model)}{pk}/change/")
        assert (answer.status_code, answer.url) == (302, "/admin/"), model


def test_the_address_without_its_slash_reaches_the_admin(ann):
    assert ann.get("/admin").url == "/admin/"
    assert ann.get("/admin/graphics/graphic?q=x").url == "/admin/graphics/graphic/?q=x"


def test_an_unknown_address_is_answered_by_a_page(ann):
    answer = ann.get("/admin/nothing/here/")

    assert answer.status_code == 404
    assert b"There is nothing at this address" in answer.content
    assert "style-src 'self'" in answer["Content-Security-Policy"]


def test_what_a_role_does_not_allow_is_answered_by_a_page(db):
    vic = Staff(new_account("vic", Role.VIEWER))

    answer = vic.get("/admin/audit/auditentry/")

    assert answer.status_code == 403
    assert b"Your role does not allow this" in answer.content


def test_the_first_page_leads_to_what_is_on_air(ann, crown):
    make_rows(1)
    graphic = Graphic.objects.get()

    page = ann.open("/admin/")

    assert f'href="/overlay/{graphic.pk}"' in page
    assert reverse("admin:tournaments_tournament_results", args=[crown.pk]) in page
    assert page.index("Broadcast") < page.index("Competition") < page.index("People")


def test_logs_cannot_be_written(ann, crown):
    make_rows(1)
    for model in (AuditEntry, Event, ScoreboardSnapshot, CanvasLease, OverlayKey):
        pk = model.objects.latest("pk").pk
        for name in ("change", "delete"):
            path = reverse(f"{name_of(model)}_{name}", args=[pk])
            assert ann.post(path, {"post": "yes"}).status_code == 403, path
        assert ann.get(reverse(f"{name_of(model)}_add")).status_code == 403
        assert model.objects.filter(pk=pk).exists()


def test_the_trail_is_searched_by_person_object_and_request(ann, crown):
    moment = RequestContext(request_id="request-of-the-import", address="203.0.113.7", arrived=0)
    context.enter(moment)
    trail.record("tournament.imported", actor=Actor(name="Imre"), target=crown)
    context.enter(None)
    own = reverse("admin:audit_auditentry_change", args=[AuditEntry.objects.latest("pk").pk])

    found = ["q=request-of-the-import", "q=Crown", "q=imported", "q=203.0.113.7", "who=imre"]
    found += ["action=tournament", "action=tournament.imported", "object=Tournament"]
    found += [f"object=tournament+{crown.pk}", "who=+Imre+&action=tournament&q=Crown", "who=%00"]
    for question in found:
        assert own in ann.open(f"{changelist(AuditEntry)}?{question}"), question
    others = ["action=graphic", "action=tournament.deleted", "who=ann", "object=graphic"]
    others += [f"object=tournament+{crown.pk + 1}", "object=tournament+99999999999999999999"]
    for question in others:
        assert own not in ann.open(f"{changelist(AuditEntry)}?{question}"), question


def test_a_filter_of_the_trail_keeps_the_others(ann, crown):
    page = ann.open(f"{changelist(AuditEntry)}?who=Imre&q=Crown&action=tournament")

    forms = re.findall(r'<form method="get" class="text-filter">(.*?)</form>', page, re.DOTALL)
    fields = [dict(re.findall(r'name="(\w+)" value="(\w*)"', form)) for form in forms]

    assert fields == [
        {"who": "Imre", "q": "Crown", "action": "tournament"},
        {"object": "", "who": "Imre", "q": "Crown", "action": "tournament"},
        {"action": "tournament", "who": "Imre", "q": "Crown"},
    ]
