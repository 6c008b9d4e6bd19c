"""What is no value of a type is refused with its bounds at every door, and changes nothing."""

import json
from typing import Any

import pytest
from django.contrib.auth.models import Group

from configuration import exchange
from configuration.models import ConfigurationChange, ConfigurationEntry
from gal_dashboard.core import options
from gal_dashboard.core.context import Actor
from gal_dashboard.core.errors import InvalidFieldsError
from gal_dashboard.core.option_kinds import Kind
from gal_dashboard.core.options import Option
from tests.admin.staff import PASSWORD, Staff, errors_in, new_account
from users.choices import Role

BOSS = Actor(name="ann", scopes=frozenset({"configuration:read", "configuration:write"}))


def option(kind: Kind, default: Any, **bounds: Any) -> Option:
    return Option(key=f"test.{kind}", kind=kind, default=default, title="T", help="H", **bounds)


# One of each type: the program itself has no need of some of them yet.
OPTIONS = (
    option(Kind.STRING, "abc", low=2, high=5),
    option(Kind.INTEGER, 5, low=2, high=9),
    option(Kind.FLOAT, 1.0, low=0.5, high=1.5),
    option(Kind.BOOLEAN, True),
    option(Kind.LIST, ("a",), low=1, high=2),
    option(Kind.JSON, {}),
    option(Kind.DATETIME, "2026-11-29T18:00:00Z"),
    option(Kind.COLOUR, "#ffffff"),
    option(Kind.SECRET, "", high=8),
)
# A bad value as JSON, the same as the text of a form, and the sentence.
BAD = {
    Kind.STRING: ("a", "a", "Must be a text of 2 to 5 characters."),
    Kind.INTEGER: (10, "10", "Must be a whole number from 2 to 9."),
    Kind.FLOAT: (1.6, "1.6", "Must be a number from 0.5 to 1.5."),
    Kind.BOOLEAN: (1, "perhaps", "Must be true or false."),
    Kind.LIST: (["a", "b", "c"], "a\nb\nc", "Must be a list of 1 to 2 texts."),
    Kind.JSON: ("x" * 70_000, f'"{"x" * 70_000}"', "Must be at most 65536 bytes of JSON."),
    Kind.DATETIME: (
        "tomorrow",
        "tomorrow",
        "Must be an ISO 8601 time with its offset, such as 2026-11-29T18:00:00Z.",
    ),
    Kind.COLOUR: ("red", "red", "Must be a colour such as #fa0, #ffaa00 or #ffaa00cc."),
    Kind.SECRET: ("x" * 9, "x" * 9, "Must be a text of 0 to 8 characters."),
}

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("defaults")]


@pytest.fixture(autouse=True)
def _of_every_type(monkeypatch: pytest.MonkeyPatch, settings, transactional_db: None) -> None:
    """Options that are known for the length of a test, and that no environment knows."""
    settings.READ_VARIABLE = lambda name: None
    monkeypatch.setattr(options, "_declared", {**options._declared})
    for name in ("_settings", "_values"):
        monkeypatch.setattr(options, name, getattr(options, name))
    options.declare(OPTIONS)
    for role in Role.values:
        Group.objects.get_or_create(name=role)


@pytest.fixture
def ann() -> Staff:
    return Staff(new_account("ann", Role.ADMINISTRATOR))


@pytest.mark.parametrize("kind", list(Kind))
def test_no_door_lets_it_in(kind: Kind, ann: Staff):
    value, text, sentence = BAD[kind]
    key = f"test.{kind}"
    token = ann.post(
        "/auth/login", {"username": "ann", "password": PASSWORD}, "application/json"
    ).json()["access_token"]
    file = f"format: gal-configuration/1\nsettings:\n- key: {key}\n  value: {json.dumps(value)}\n"
    before = options.value(key)

    answer = ann.put(
        f"/api/v1/configuration/{key}",
        {"value": value},
        "application/json",
        headers={"Authorization": f"Bearer {token}"},
    )
    form = ann.save(f"/admin/options/{key}/", "value", value=text)
    with pytest.raises(InvalidFieldsError) as refused:
        exchange.import_yaml(actor=BOSS, text=file, is_dry_run=False)

    assert (answer.status_code, answer.json()["errors"]) == (400, {"value": [sentence]})
    assert errors_in(form) == [sentence]
    expected = (
        {"settings.0.key": ["Is a secret, which is never imported."]}
        if kind == Kind.SECRET
        else {"settings.0.value": [sentence]}
    )
    assert refused.value.errors == expected
    assert options.value(key) == before
    assert not ConfigurationEntry.objects.exists()
    assert not ConfigurationChange.objects.exists()
