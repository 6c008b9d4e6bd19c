"""Configuration in the admin, as staff fill it in."""

import pytest
from django.contrib.auth.models import Group
from django.core.files.uploadedfile import SimpleUploadedFile

from configuration import selectors, services
from gal_dashboard.core import options
from gal_dashboard.core.context import Actor
from tests.admin.staff import Staff, errors_in, leaves, new_account
from tests.configuration.conftest import LEASE
from users.choices import Role

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("defaults")]

URL = "/admin/options/"
KEY = f"{URL}{LEASE}/"
BOSS = Actor(name="ann", scopes=frozenset({"configuration:read", "configuration:write"}))


@pytest.fixture(autouse=True)
def _roles(transactional_db: None) -> None:
    """Tests with real commits begin without what migrations wrote."""
    for role in Role.values:
        Group.objects.get_or_create(name=role)


@pytest.fixture
def ann() -> Staff:
    return Staff(new_account("ann", Role.ADMINISTRATOR))


@pytest.fixture
def eve() -> Staff:
    return Staff(new_account("eve", Role.VIEWER))


def test_list_shows_every_key_with_its_value_and_who_says_so(ann: Staff):
    services.set_value(actor=BOSS, key=LEASE, value=77)
    services.create_value(actor=BOSS, key="bot.channel", value={"id": "1"}, category="bots")

    page = ann.open(URL)

    for option in options.declared().values():
        assert option.title in page
    assert "a value for all environments" in page
    assert "bot.channel" in page
    assert ann.open(f"{URL}?q=canvas+lock").count("<tr") < page.count("<tr")


def test_value_is_stored_by_the_form_and_holds_at_once(ann: Staff):
    with leaves(deeds=["configuration.created"], events=["configuration.created"]):
        answer = ann.save(KEY, "value", value="90", description="for the final")

    assert answer.status_code == 302
    assert options.value(LEASE) == 90
    assert "for the final" in ann.open(KEY)


def test_form_refuses_with_the_bounds_and_keeps_what_was_typed(ann: Staff):
    answer = ann.save(KEY, "value", value="1", description="too short")

    assert errors_in(answer) == ["Must be a whole number from 2 to 3600."]
    assert "too short" in answer.content.decode()
    assert options.value(LEASE) == 300


@pytest.mark.parametrize("key", list(options.declared()))
def test_form_of_every_option_takes_back_what_it_shows(ann: Staff, key: str):
    option = options.declared()[key]
    if option.is_secret:
        assert 'type="password"' in ann.open(f"{URL}{key}/")
        return

    answer = ann.save(f"{URL}{key}/", "value", description="as it was")

    assert answer.status_code == 302
    assert options.value(key) == option.judge(option.default)


def test_change_is_taken_back_and_the_stored_value_removed(ann: Staff):
    services.set_value(actor=BOSS, key=LEASE, value=60)
    services.set_value(actor=BOSS, key=LEASE, value=70)
    newest, _ = selectors.history(LEASE)

    ann.post(f"{KEY}rollback/{newest['id']}/")
    after = options.value(LEASE)
    ann.post(f"{KEY}reset/")

    assert (after, options.value(LEASE)) == (60, 300)


def test_secret_is_set_and_never_shown(ann: Staff):
    secret = "never-to-be-seen-0123456789"
    address = f"{URL}operations.monitoring_token/"

    answer = ann.save(address, "value", value=secret)

    assert answer.status_code == 302
    assert options.value("operations.monitoring_token") == secret
    assert secret not in ann.open(address) + ann.open(URL)


def test_file_is_shown_before_it_is_stored(ann: Staff):
    text = f"format: gal-configuration/1\nsettings:\n- key: {LEASE}\n  value: 44\n"
    file = SimpleUploadedFile("show.yaml", text.encode())

    preview = ann.post(f"{URL}import/", {"file": file}).content.decode()
    before = options.value(LEASE)
    ann.post(f"{URL}import/", {"document": text})

    assert "1 new, 0 changed" in preview
    assert (before, options.value(LEASE)) == (300, 44)
    assert "value: 44" in ann.get(f"{URL}export/").content.decode()


def test_file_with_a_fault_is_refused_with_its_place(ann: Staff):
    text = f"format: gal-configuration/1\nsettings:\n- key: {LEASE}\n  value: 1\n"

    answer = ann.post(f"{URL}import/", {"file": SimpleUploadedFile("x.yaml", text.encode())})

    assert errors_in(answer) == ["settings.0.value: Must be a whole number from 2 to 3600."]


def test_who_may_only_read_changes_nothing(eve: Staff):
    page = eve.open(KEY)

    assert 'name="value"' not in page
    assert eve.post(KEY, {"value": "60"}).status_code == 200
    assert eve.post(f"{KEY}reset/").status_code == 403
    assert eve.get(f"{URL}import/").status_code == 403
    assert eve.get(f"{URL}operations.monitoring_token/").status_code == 404
    assert options.value(LEASE) == 300


def test_unknown_key_is_not_there(ann: Staff):
    assert ann.get(f"{URL}nobody.knows/").status_code == 404


def test_branding_shows_on_every_page(ann: Staff):
    services.set_value(actor=BOSS, key="branding.name", value="Night <League>")
    services.set_value(actor=BOSS, key="branding.primary_colour", value="#0b3d2e")
    services.set_value(actor=BOSS, key="operations.maintenance_notice", value="Restart at 18:00")

    page, css = ann.open("/admin/"), ann.open("/admin/branding.css")

    assert "Night &lt;League&gt;" in page
    assert "Restart at 18:00" in page
    assert "--primary:#0b3d2e" in css


def test_colour_that_carries_no_white_letters_is_refused(ann: Staff):
    answer = ann.save(f"{URL}branding.primary_colour/", "value", value="#ffffff")

    assert errors_in(answer) == ["Must be dark enough for white letters on it."]
