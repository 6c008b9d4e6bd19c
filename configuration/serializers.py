"""Forms and shapes of configuration."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from configuration.models import LONGEST_DESCRIPTION
from gal_dashboard.api.fields import (
    DocumentField,
    StrictBooleanField,
    StrictCharField,
    StrictIntegerField,
)
from gal_dashboard.api.forms import Form
from gal_dashboard.core.option_kinds import Kind
from gal_dashboard.core.options import Source

MOST_AT_ONCE = 500


@extend_schema_field({})
class AnyField(serializers.Field):
    """Any JSON value, null too.

    It is not called nullable: the description would then offer either anything or null, and null
    would be both.
    """

    def validate_empty_values(self, data: Any) -> tuple[bool, Any]:
        return (True, None) if data is None else super().validate_empty_values(data)

    def to_internal_value(self, data: Any) -> Any:
        return data

    def to_representation(self, value: Any) -> Any:
        return value


class ValueInput(Form):
    value = AnyField()
    description = StrictCharField(
        max_length=LONGEST_DESCRIPTION, allow_blank=True, allow_null=True, required=False
    )


class RollbackInput(Form):
    change_id = StrictIntegerField(min_value=1, max_value=2**63 - 1)


class ImportInput(Form):
    document = DocumentField(max_length=1024 * 1024, help_text="YAML as the export gives it.")
    dry_run = StrictBooleanField(
        default=True, help_text="Only say what would change; false to change it."
    )


class ConfigurationSerializer(serializers.Serializer):
    key = serializers.CharField()
    value = AnyField(help_text="What holds now; of a secret only whether there is one.")
    description = serializers.CharField()
    category = serializers.CharField()
    type = serializers.ChoiceField(choices=list(Kind))
    source = serializers.ChoiceField(
        choices=list(Source),
        help_text="Who speaks: the environment variable, a value stored for this environment, one "
        "stored for all, or the default.",
    )
    environment = serializers.CharField(
        allow_null=True, help_text="Where the stored value holds; null without one."
    )
    is_registered = serializers.BooleanField(help_text="Whether the program knows this key.")
    is_secret = serializers.BooleanField()
    problem = serializers.CharField(
        allow_null=True, help_text="Why the stored value cannot be obeyed."
    )
    created_at = serializers.DateTimeField(allow_null=True)
    updated_at = serializers.DateTimeField(allow_null=True)
    updated_by = serializers.CharField(allow_null=True)
    title = serializers.CharField(required=False)
    default = AnyField(required=False)
    variable = serializers.CharField(required=False)
    minimum = serializers.FloatField(required=False, allow_null=True)
    maximum = serializers.FloatField(required=False, allow_null=True)
    choices = serializers.ListField(child=serializers.CharField(), required=False)
    pattern = serializers.CharField(required=False, allow_null=True)
    needs_restart = serializers.BooleanField(required=False)


class RollbackSerializer(serializers.Serializer):
    message = serializers.CharField()
    configuration = ConfigurationSerializer(
        allow_null=True, help_text="The key now; null if it did not exist before the change."
    )


class ConfigurationListSerializer(serializers.Serializer):
    configurations = ConfigurationSerializer(many=True)
    total = serializers.IntegerField()


class BulkErrorSerializer(serializers.Serializer):
    key = serializers.CharField()
    error = serializers.CharField()


class BulkDataSerializer(serializers.Serializer):
    updated = serializers.ListField(child=serializers.CharField())
    errors = BulkErrorSerializer(many=True)
    total_updated = serializers.IntegerField()
    total_errors = serializers.IntegerField()


class BulkReportSerializer(serializers.Serializer):
    success = serializers.BooleanField()
    message = serializers.CharField()
    data = BulkDataSerializer()


class ChangeSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    action = serializers.CharField()
    environment = serializers.CharField()
    author = serializers.CharField()
    at = serializers.DateTimeField()
    before = AnyField(help_text="null: it had no value, or it is a secret.")
    after = AnyField(help_text="As before.")


class HistorySerializer(serializers.Serializer):
    history = ChangeSerializer(many=True)
    total = serializers.IntegerField()


class ExportSerializer(serializers.Serializer):
    document = serializers.CharField(help_text="YAML.")


class DifferenceSerializer(serializers.Serializer):
    key = serializers.CharField()
    environment = serializers.CharField()
    before = AnyField()
    after = AnyField()


class ImportReportSerializer(serializers.Serializer):
    dry_run = serializers.BooleanField()
    added = DifferenceSerializer(many=True)
    changed = DifferenceSerializer(many=True)
    unchanged = serializers.IntegerField()
