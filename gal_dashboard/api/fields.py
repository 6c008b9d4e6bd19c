"""Fields that DRF does not have, or takes too lightly."""

import re
from datetime import UTC, datetime
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")


class StrictIntegerField(serializers.IntegerField):
    """A JSON integer: no true, no "3", no 3.0, and bounds that both databases can keep."""

    def to_internal_value(self, data: Any) -> int:
        if isinstance(data, bool) or not isinstance(data, int):
            self.fail("invalid")
        return data


class StrictBooleanField(serializers.BooleanField):
    """JSON's true or false: no "on", no 1."""

    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data


class StrictCharField(serializers.CharField):
    """A JSON text without control characters: no number becomes a name."""

    default_error_messages = {"control": "Control characters are not allowed."}
    _CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        if self._CONTROL.search(data):
            self.fail("control")
        return super().to_internal_value(data)


class DocumentField(serializers.CharField):
    """A JSON text that holds a file: of several lines, and taken as it is."""

    default_error_messages = {"invalid": "Must be a text."}

    def __init__(self, **options: Any) -> None:
        super().__init__(trim_whitespace=False, **options)

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


@extend_schema_field({"type": "string", "anyOf": [{"format": "date-time"}, {"format": "date"}]})
class MomentField(serializers.DateTimeField):
    """An ISO 8601 time, or a date alone, which means its first moment in UTC."""

    def to_internal_value(self, value: Any) -> datetime:
        if isinstance(value, str) and _DATE.match(value):
            value = f"{value}T00:00:00Z"
        return super().to_internal_value(value).astimezone(UTC)
