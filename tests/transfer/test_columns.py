"""Every column of every table goes along, or is named with the reason why it does not."""

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from django.apps import apps
from django.db.models import Model

from graphics.models import Graphic, GraphicRevision
from graphics.transfer import forms as graphic_forms
from graphics.transfer.forms import GraphicForm, RevisionForm
from tests.transfer.files import Members
from tournaments.models import Tournament
from tournaments.transfer import tables
from tournaments.transfer.forms import FileForm, PersonForm, TournamentForm
from tournaments.transfer.tables import TABLES
from users.models import User

FORMS: dict[type[Model], type[FileForm]] = {
    Tournament: TournamentForm,
    Graphic: GraphicForm,
    GraphicRevision: RevisionForm,
    **{table.model: table.form for table in TABLES},
}
LEFT_OUT = {**tables.LEFT_OUT, **graphic_forms.LEFT_OUT}
# Of an account only what a participant is known by; of settings, what configuration.exchange takes.
OF_PEOPLE = {"username", "display_name", "discord_id", "riot_id"}


def columns_of(model: type[Model]) -> set[str]:
    return {field.name for field in model._meta.concrete_fields} - {"id"}


@pytest.mark.parametrize("app", ["tournaments", "graphics"])
def test_no_table_and_no_column_is_forgotten(app: str):
    forgotten = []
    for model in apps.get_app_config(app).get_models():
        name = model.__name__
        if name in LEFT_OUT:
            assert model not in FORMS
            continue
        kept = set(FORMS[model].__struct_fields__) if model in FORMS else set()
        named = {column for column in columns_of(model) if f"{name}.{column}" in LEFT_OUT}
        assert not kept & named, f"{name} keeps what it leaves out"
        forgotten += [f"{name}.{column}" for column in columns_of(model) - kept - named]

    assert forgotten == []


def test_nothing_is_left_out_that_there_is_not():
    known = {
        spelling
        for app in ("tournaments", "graphics")
        for model in apps.get_app_config(app).get_models()
        for spelling in (
            model.__name__,
            *(f"{model.__name__}.{column}" for column in columns_of(model)),
        )
    }

    assert LEFT_OUT.keys() <= known
    assert set(PersonForm.__struct_fields__) == OF_PEOPLE <= columns_of(User)


def test_the_show_of_these_tests_has_a_value_in_every_column(members: Members):
    """Else a column could go astray and no test of the round trip would see it."""
    bare = [
        f"{member}: {column}"
        for member, rows in rows_by_member(members)
        for column in rows[0]
        if all(row[column] in (None, "", [], {}, False) for row in rows)
    ]

    assert bare == []


def rows_by_member(members: Members) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    for member in ("tournament.json", "people.json", *(table.member for table in TABLES)):
        found = msgspec.json.decode(members[member])
        yield member, found if isinstance(found, list) else [found]
    graphics = [msgspec.json.decode(members[f"graphics/{number}.json"]) for number in (1, 2)]
    yield "graphics", graphics
    yield "revisions", [one for graphic in graphics for one in graphic["revisions"]]
