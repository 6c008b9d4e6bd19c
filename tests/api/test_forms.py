"""Forms share what is costly to make, and nothing that one of them learns."""

from rest_framework import serializers

from gal_dashboard.api.fields import StrictCharField
from gal_dashboard.api.forms import Form


class Child(serializers.Serializer):
    name = StrictCharField()


class Example(Form):
    title = StrictCharField(max_length=5, allow_blank=True)
    names = serializers.ListField(child=StrictCharField(max_length=3), required=False)
    members = Child(many=True, required=False)


def test_fields_know_their_own_form() -> None:
    one, other = Example(data={"title": "a"}), Example(data={"title": "b"})
    for form in (one, other):
        assert {field.parent for field in form.fields.values()} == {form}
        assert form.fields["names"].child.root is form
        assert form.fields["members"].child.root is form
    assert one.fields["title"] is not other.fields["title"]


def test_what_is_changed_on_a_form_stays_with_it() -> None:
    one = Example()
    one.fields["title"].required = False
    assert Example(data={}).is_valid() is False
    assert Example._declared_fields["title"].parent is None


def test_two_forms_judge_alike() -> None:
    for _ in range(2):
        form = Example(data={"title": "too long", "names": ["long"], "members": [{"name": 1}]})
        assert not form.is_valid()
        assert set(form.errors) == {"title", "names", "members"}
        assert Example(data={"title": "", "names": ["a"], "members": []}).is_valid()
