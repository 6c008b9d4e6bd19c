"""Forms and shapes of graphics."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from gal_dashboard.api.converters import MAX_ID
from gal_dashboard.api.fields import StrictCharField, StrictIntegerField
from gal_dashboard.core import ijson
from gal_dashboard.core.wire import dumps


@extend_schema_field({"oneOf": [{"type": "object"}, {"type": "string"}], "nullable": True})
class DocumentField(serializers.Field):
    """A canvas document, as an object or as a string that holds one; becomes JSON text."""

    default_error_messages = {
        "not_an_object": "Must be a JSON object, or a string that holds one.",
    }

    def to_internal_value(self, data: Any) -> str:
        if isinstance(data, str):
            try:
                data = ijson.loads(data.encode())
            except ijson.IJSONError as error:
                raise serializers.ValidationError(str(error)) from None
        if not isinstance(data, dict):
            self.fail("not_an_object")
        return dumps(data).decode()


class GraphicInput(serializers.Serializer):
    title = StrictCharField(max_length=255)
    event_name = StrictCharField(max_length=255)
    data_json = DocumentField(required=False, allow_null=True)
    tournament_id = StrictIntegerField(
        min_value=0, max_value=MAX_ID, required=False, allow_null=True, help_text="0 or null: none."
    )


class GraphicChanges(serializers.Serializer):
    """Every field may be absent or null, which leaves it as it is."""

    title = StrictCharField(max_length=255, required=False, allow_null=True)
    event_name = StrictCharField(max_length=255, required=False, allow_null=True)
    data_json = DocumentField(required=False, allow_null=True)
    tournament_id = StrictIntegerField(
        min_value=0, max_value=MAX_ID, required=False, allow_null=True, help_text="0 detaches."
    )


class GraphicSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    title = serializers.CharField()
    event_name = serializers.CharField()
    data_json = serializers.DictField()
    created_by = serializers.CharField()
    updated_by = serializers.CharField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    archived = serializers.BooleanField()
    version = serializers.IntegerField()
    tournament_id = serializers.IntegerField(allow_null=True)
    canvas_lock = serializers.DictField(allow_null=True)


class ListedGraphicSerializer(GraphicSerializer):
    """As a graphic alone, but a list may be asked for some members only."""

    def get_fields(self):
        fields = super().get_fields()
        for field in fields.values():
            field.required = False
        return fields


class GraphicListSerializer(serializers.Serializer):
    graphics = ListedGraphicSerializer(many=True)
    total = serializers.IntegerField()


class GraphicViewSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    title = serializers.CharField()
    data_json = serializers.DictField()
    version = serializers.IntegerField()
    tournament_id = serializers.IntegerField(allow_null=True)
