"""Filters that take a query's words as strictly as addresses do."""

from datetime import datetime

from django import forms
from django_filters import Filter
from rest_framework.exceptions import ValidationError

from gal_dashboard.api.fields import MomentField
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


class MomentFormField(forms.Field):
    default_error_messages = {"invalid": "Must be an ISO 8601 time, or a date."}

    def to_python(self, value: str | None) -> datetime | None:
        if not value:
            return None
        try:
            return MomentField().run_validation(value)
        except (ValidationError, OverflowError):
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid") from None


class MomentFilter(Filter):
    """A time as bodies have it."""

    field_class = MomentFormField
