"""Configuration as a file."""

import pytest

from configuration import exchange, services
from configuration.models import ConfigurationChange, ConfigurationEntry
from gal_dashboard.core import options
from gal_dashboard.core.context import Actor
from gal_dashboard.core.errors import InvalidFieldsError
from tests.configuration.conftest import LEASE

BOSS = Actor(name="ann", scopes=frozenset({"configuration:read", "configuration:write"}))

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("defaults"),
]


def fill() -> None:
    services.set_value(actor=BOSS, key=LEASE, value=60, description="Schön: 'kurz'\nzwei Zeilen")
    services.set_value(actor=BOSS, key=LEASE, value=61, environment="production")
    services.set_value(actor=BOSS, key="graphics.image_hosts", value=["cdn.example.org", "1"])
    services.set_value(actor=BOSS, key="operations.monitoring_token", value="s" * 30)
    services.create_value(
        actor=BOSS,
        key="bot.all",
        value={"yes": "no", "date": "2026-11-29", "n": [1, 1.5, None, True], "t": "01", "e": "🏆"},
        category="bots",
    )


def test_export_of_an_import_is_identical():
    fill()
    first = exchange.export_yaml()
    ConfigurationEntry.objects.all().delete()

    report = exchange.import_yaml(actor=BOSS, text=first, is_dry_run=False)
    again = exchange.import_yaml(actor=BOSS, text=first, is_dry_run=False)

    assert exchange.export_yaml() == first
    assert (len(report.added), len(report.changed), report.unchanged) == (4, 0, 0)
    assert (len(again.added), len(again.changed), again.unchanged) == (0, 0, 4)
    assert options.value(LEASE) == 60
    assert "s" * 30 not in first


def test_dry_run_says_what_would_change_and_changes_nothing():
    fill()
    file = exchange.export_yaml().replace("value: 60", "value: 90")
    changes = ConfigurationChange.objects.count()

    report = exchange.import_yaml(actor=BOSS, text=file, is_dry_run=True)

    [difference] = report.changed
    assert (difference.key, difference.before, difference.after) == (LEASE, 60, 90)
    assert (report.added, report.unchanged) == ([], 3)
    assert ConfigurationChange.objects.count() == changes
    assert options.value(LEASE) == 60


ENTRY = "format: gal-configuration/1\nsettings:\n- key: bot.x\n  value: 1\n- "


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("", "document"),
        ("just a text", "document"),
        ("format: other/1\nsettings: []", "document"),
        ("a: [", "document"),
        ("a: &x [1]\nb: *x", "document"),
        ("format: gal-configuration/1\nformat: gal-configuration/1\nsettings: []", "document"),
        ("!!python/object/apply:os.system ['true']", "document"),
        ("[" * 5000, "document"),
        ("format: gal-configuration/1\nsettings: {}", "settings"),
        (f"{ENTRY}1", "settings.1"),
        (f"{ENTRY}key: bot.y", "settings.1"),
        (f"{ENTRY}key: 'a b'\n  value: 1", "settings.1.key"),
        (f"{ENTRY}key: import\n  value: 1", "settings.1.key"),
        (f"{ENTRY}key: bot.x\n  value: 1", "settings.1.key"),
        (f"{ENTRY}key: operations.monitoring_token\n  value: {'s' * 30}", "settings.1.key"),
        (f"{ENTRY}key: bot.y\n  environment: A B\n  value: 1", "settings.1.environment"),
        (f"{ENTRY}key: bot.y\n  category: /\n  value: 1", "settings.1.category"),
        (f"{ENTRY}key: bot.y\n  description: 1\n  value: 1", "settings.1.description"),
        (f"{ENTRY}key: bot.y\n  value: .nan", "settings.1.value"),
        (f"{ENTRY}key: bot.y\n  value: !!binary aGk=", "settings.1.value"),
        (f"{ENTRY}key: bot.y\n  value: {{1: 2}}", "settings.1.value"),
        (f"{ENTRY}key: bot.y\n  value: {2**60}", "settings.1.value"),
        (f"{ENTRY}key: {LEASE}\n  value: 1", "settings.1.value"),
        (f"{ENTRY}key: {LEASE}\n  value: soon", "settings.1.value"),
    ],
)
def test_file_with_a_fault_changes_nothing_and_says_where(text: str, path: str):
    with pytest.raises(InvalidFieldsError) as refused:
        exchange.import_yaml(actor=BOSS, text=text, is_dry_run=False)

    assert list(refused.value.errors) == [path]
    assert not ConfigurationEntry.objects.exists()


def test_a_short_file_cannot_become_a_huge_one():
    lines = ["a0: &a0 [x,x,x,x,x,x,x,x,x]"]
    lines += [f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 9)]

    with pytest.raises(InvalidFieldsError):
        exchange.import_yaml(actor=BOSS, text="\n".join(lines), is_dry_run=True)
