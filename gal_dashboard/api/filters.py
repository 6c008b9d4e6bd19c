"""Filters that take a query's words as strictly as addresses do."""

from django import forms
from django_filters import Filter

from gal_dashboard.api.pagination import read_flag, read_id


class IdField(forms.Field):
    default_error_messages = {"invalid": "Must be the number of an object."}

    def to_python(self, value: str | None) -> int | None:
        if not value:
            return None
        number = read_id(value)
        if number is None:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return number


class IdFilter(Filter):
    """An id in the one spelling that it has in an address."""

    field_class = IdField


class FlagField(forms.Field):
    default_error_messages = {"invalid": "Must be true or false."}

    def to_python(self, value: str | None) -> bool | None:
        if not value:
            return None
        flag = read_flag(value)
        if flag is None:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return flag


class FlagFilter(Filter):
    """A yes or no; Django's own takes any other word for "not asked"."""

    field_class = FlagField
