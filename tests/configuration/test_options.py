"""Reading options: fast, and never half of a change."""

import threading
import time

import orjson
import pytest

from configuration import exchange, registry, selectors, services
from configuration.errors import FixedByVariableError, SecretHistoryError
from configuration.models import ConfigurationEntry
from gal_dashboard.core import options
from gal_dashboard.core.context import Actor
from gal_dashboard.core.errors import InvalidFieldsError
from gal_dashboard.core.option_kinds import MASK
from gal_dashboard.core.options import Setting, Source
from tests.configuration.conftest import LEASE

WIDTH, HEIGHT = "graphics.canvas_width", "graphics.canvas_height"
TOKEN = "operations.monitoring_token"
BOSS = Actor(name="ann", scopes=frozenset({"configuration:read", "configuration:write"}))
VIEWER = Actor(name="eve", scopes=frozenset({"configuration:read"}))

pytestmark = pytest.mark.usefixtures("defaults")


def stored(**values: int) -> dict[str, Setting]:
    return {key: Setting(value, Source.ALL) for key, value in values.items()}


def test_linked_keys_are_never_read_half_changed():
    """10,000 readings of two keys while both change 200 times."""
    is_over = threading.Event()
    mixed: list[tuple[int, int]] = []

    def change() -> None:
        for number in range(200):
            value = 100 + number
            options.apply({WIDTH: Setting(value, Source.ALL), HEIGHT: Setting(value, Source.ALL)})
            time.sleep(0.0005)
        is_over.set()

    options.apply({WIDTH: Setting(99, Source.ALL), HEIGHT: Setting(99, Source.ALL)})
    writer = threading.Thread(target=change)
    writer.start()
    readings = 0
    while readings < 10_000 or not is_over.is_set():
        with options.pinned():
            pair = options.value(WIDTH), options.value(HEIGHT)
        both = options.snapshot()
        readings += 1
        mixed += [found for found in (pair, (both[WIDTH], both[HEIGHT])) if len(set(found)) > 1]
    writer.join()

    assert mixed == []
    assert options.value(WIDTH) == 299


def test_request_keeps_what_it_began_with():
    with options.pinned():
        before = options.value(WIDTH)
        writer = threading.Thread(target=options.apply, args=({WIDTH: Setting(640, Source.ALL)},))
        writer.start()
        writer.join()
        inside = options.value(WIDTH)

    assert (before, inside, options.value(WIDTH)) == (1920, 1920, 640)


@pytest.mark.django_db
def test_reading_costs_no_query(django_assert_num_queries):
    with django_assert_num_queries(0):
        for key in options.declared():
            options.value(key)


@pytest.mark.django_db
def test_broken_row_takes_nobody_down_and_the_last_good_value_holds(caplog):
    ConfigurationEntry.objects.create(key=LEASE, value="77", category="graphics", updated_by="ann")
    registry.load()
    ConfigurationEntry.objects.filter(key=LEASE).update(value='"soon"')

    registry.load()
    registry.load()

    assert options.value(LEASE) == 77
    assert registry.problems() == {LEASE: "must be a whole number from 2 to 3600"}
    assert selectors.known(LEASE, actor=BOSS).problem == "must be a whole number from 2 to 3600"
    assert caplog.text.count("must be a whole number from 2 to 3600") == 1
    ConfigurationEntry.objects.all().delete()
    registry.load()
    assert registry.problems() == {}
    assert options.value(LEASE) == 300


@pytest.mark.django_db
@pytest.mark.parametrize("text", ["{", "", "null", "[1]", '"' + "x" * 100])
def test_row_that_is_no_value_falls_to_the_default(text):
    ConfigurationEntry.objects.create(key=LEASE, value=text, category="graphics", updated_by="ann")

    registry.load()

    assert options.value(LEASE) == 300
    assert LEASE in registry.problems()
    ConfigurationEntry.objects.all().delete()
    registry.load()


@pytest.mark.django_db(transaction=True)
def test_secret_is_written_and_never_shown():
    secret = "monitor-me-0123456789-0123456789"
    services.set_value(actor=BOSS, key=TOKEN, value=secret)
    services.set_value(actor=BOSS, key=TOKEN, value=secret[::-1])

    shown = selectors.body(selectors.known(TOKEN, actor=BOSS))
    history = selectors.history(TOKEN)
    everything = orjson.dumps([shown, history], default=str).decode() + exchange.export_yaml()

    assert options.value(TOKEN) == secret[::-1]
    assert shown["value"] == MASK
    assert [(change["before"], change["after"]) for change in history] == [(None, None)] * 2
    assert secret not in everything
    assert secret[::-1] not in everything
    assert not written_down(secret)
    with pytest.raises(SecretHistoryError):
        services.roll_back(actor=BOSS, key=TOKEN, change_id=history[0]["id"])


def written_down(text: str) -> bool:
    from gal_dashboard.audit.models import AuditEntry
    from gal_dashboard.events.models import Event

    rows = [*AuditEntry.objects.values_list("changes"), *Event.objects.values_list("payload")]
    return text in str(rows) or text[::-1] in str(rows)


@pytest.mark.django_db
def test_key_that_is_not_for_everybody_is_unknown_to_them():
    assert TOKEN not in {one.key for one in selectors.all_known(actor=VIEWER)}
    assert TOKEN in {one.key for one in selectors.all_known(actor=BOSS)}


@pytest.mark.django_db(transaction=True)
def test_variable_is_mightier_than_what_is_stored(monkeypatch, settings):
    monkeypatch.setattr(
        options, "_settings", {**options._settings, LEASE: Setting(42, Source.VARIABLE)}
    )
    ConfigurationEntry.objects.create(key=LEASE, value="77", category="x", updated_by="ann")

    registry.load()
    shown = selectors.body(selectors.known(LEASE, actor=BOSS))

    assert options.value(LEASE) == 42
    assert (shown["value"], shown["source"]) == (42, "variable")
    with pytest.raises(FixedByVariableError, match="GAL_GRAPHICS_LOCK_TTL_SECONDS"):
        services.set_value(actor=BOSS, key=LEASE, value=60)
    monkeypatch.undo()


@pytest.mark.django_db(transaction=True)
def test_bulk_of_the_same_value_writes_nothing():
    services.set_value(actor=BOSS, key=LEASE, value=60)

    services.update_many(actor=BOSS, values={LEASE: 60}, is_atomic=False)

    assert len(selectors.history(LEASE)) == 1


@pytest.mark.django_db
@pytest.mark.parametrize("key", list(options.declared()))
def test_default_of_every_option_is_a_value_of_it(key):
    option = options.declared()[key]

    assert option.title
    assert option.help
    assert option.key == key.lower()
    assert option.judge(option.default) == options.value(key)


def test_invalid_value_over_a_service_changes_nothing(db):
    with pytest.raises(InvalidFieldsError) as refused:
        services.judged_text(LEASE, 1)

    assert refused.value.errors == {"value": ["Must be a whole number from 2 to 3600."]}
