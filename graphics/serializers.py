"""Forms and shapes of graphics, their locks, their archive and their revisions."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from gal_dashboard.api.converters import MAX_ID
from gal_dashboard.api.fields import StrictCharField, StrictIntegerField
from gal_dashboard.api.forms import Form
from gal_dashboard.core import ijson
from gal_dashboard.core.wire import dumps

LONGEST_SESSION = 255
LONGEST_REASON = 500


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


class GraphicInput(Form):
    title = StrictCharField(max_length=255)
    event_name = StrictCharField(max_length=255)
    data_json = DocumentField(required=False, allow_null=True)
    tournament_id = StrictIntegerField(
        min_value=0, max_value=MAX_ID, required=False, allow_null=True, help_text="0 or null: none."
    )


class ClaimInput(Form):
    """In whose name: the editor window, and the fence of the lock that it believes to hold."""

    session_id = StrictCharField(
        max_length=LONGEST_SESSION,
        required=False,
        allow_null=True,
        help_text="As sent to POST /lock.",
    )
    lock_fence = StrictIntegerField(
        min_value=0, max_value=2**53 - 1, required=False, allow_null=True
    )


class GraphicChanges(ClaimInput):
    """Every field may be absent or null, which leaves it as it is."""

    title = StrictCharField(max_length=255, required=False, allow_null=True)
    event_name = StrictCharField(max_length=255, required=False, allow_null=True)
    data_json = DocumentField(required=False, allow_null=True)
    tournament_id = StrictIntegerField(
        min_value=0, max_value=MAX_ID, required=False, allow_null=True, help_text="0 detaches."
    )


class DuplicateInput(Form):
    new_title = StrictCharField(max_length=255, required=False, allow_null=True)
    new_event_name = StrictCharField(max_length=255, required=False, allow_null=True)


class ArchiveInput(ClaimInput):
    reason = StrictCharField(
        max_length=LONGEST_REASON, required=False, allow_null=True, allow_blank=True
    )


class KeyInput(Form):
    name = StrictCharField(max_length=100, help_text="Where it will be used, such as a machine.")


class LockSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    graphic_id = serializers.IntegerField()
    user_name = serializers.CharField()
    session_id = serializers.CharField(allow_null=True, help_text="Shown to the holder alone.")
    locked = serializers.BooleanField()
    locked_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    lock_fence = serializers.IntegerField(help_text="Send it along with every save.")
    can_edit = serializers.BooleanField()


class LockStatusSerializer(serializers.Serializer):
    locked = serializers.BooleanField()
    lock_info = LockSerializer(allow_null=True)
    can_edit = serializers.BooleanField()


class LockListSerializer(serializers.Serializer):
    locks = LockSerializer(many=True)
    total = serializers.IntegerField()


class ReleasedSerializer(serializers.Serializer):
    message = serializers.CharField()
    released = serializers.BooleanField()


class CleanedSerializer(serializers.Serializer):
    message = serializers.CharField()
    cleaned_count = serializers.IntegerField()


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
    canvas_lock = LockSerializer(allow_null=True)


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


class ArchivedGraphicSerializer(ListedGraphicSerializer):
    archived_at = serializers.DateTimeField()
    archived_by = serializers.CharField()
    reason = serializers.CharField()


class ArchiveListSerializer(serializers.Serializer):
    archives = ArchivedGraphicSerializer(many=True)
    total = serializers.IntegerField()
    can_delete = serializers.BooleanField()


class ArchiveAnswerSerializer(serializers.Serializer):
    success = serializers.BooleanField()
    message = serializers.CharField()
    graphic_id = serializers.IntegerField()
    archived_at = serializers.DateTimeField(allow_null=True)
    restored_at = serializers.DateTimeField(allow_null=True)


class RevisionSummarySerializer(serializers.Serializer):
    version = serializers.IntegerField()
    title = serializers.CharField()
    event_name = serializers.CharField()
    tournament_id = serializers.IntegerField(allow_null=True)
    restored_from = serializers.IntegerField(allow_null=True)
    author = serializers.CharField()
    created_at = serializers.DateTimeField()


class RevisionSerializer(RevisionSummarySerializer):
    data_json = serializers.DictField()


class RevisionListSerializer(serializers.Serializer):
    revisions = RevisionSummarySerializer(many=True)
    total = serializers.IntegerField()


class DrawnSerializer(serializers.Serializer):
    version = serializers.IntegerField(allow_null=True)
    seq = serializers.IntegerField()
    at = serializers.DateTimeField()
    delay_ms = serializers.IntegerField(
        allow_null=True,
        help_text="From the hand-out of the frame to the word that it is drawn; null if it was "
        "drawn before this socket was there.",
    )


class CurrentSerializer(serializers.Serializer):
    version = serializers.IntegerField(allow_null=True)
    seq = serializers.IntegerField()


class OverlaySocketSerializer(serializers.Serializer):
    connection_id = serializers.CharField()
    graphic_id = serializers.IntegerField()
    title = serializers.CharField(allow_null=True)
    archived = serializers.BooleanField()
    since = serializers.DateTimeField()
    address = serializers.CharField(
        allow_null=True, help_text="For those who may change graphics; null for others."
    )
    drawn = DrawnSerializer(allow_null=True)
    current = CurrentSerializer()
    is_behind = serializers.BooleanField()
    process = serializers.CharField()


class StaffSocketSerializer(serializers.Serializer):
    connection_id = serializers.CharField()
    user_id = serializers.IntegerField(allow_null=True)
    user_name = serializers.CharField()
    since = serializers.DateTimeField()
    viewing = serializers.IntegerField(allow_null=True)
    editing = serializers.ListField(child=serializers.IntegerField())
    process = serializers.CharField()


class EditorSerializer(serializers.Serializer):
    graphic_id = serializers.IntegerField()
    title = serializers.CharField(allow_null=True)
    user_id = serializers.IntegerField(allow_null=True)
    user_name = serializers.CharField()


class ServerProcessSerializer(serializers.Serializer):
    id = serializers.CharField()
    host = serializers.CharField()
    overlays = serializers.IntegerField()
    staff = serializers.IntegerField()


class TotalsSerializer(serializers.Serializer):
    sockets = serializers.IntegerField()
    overlays = serializers.IntegerField()
    staff = serializers.IntegerField()
    behind = serializers.IntegerField()


class ConnectionsSerializer(serializers.Serializer):
    total = TotalsSerializer()
    overlays = OverlaySocketSerializer(many=True)
    staff = StaffSocketSerializer(many=True)
    editors = EditorSerializer(many=True)
    processes = ServerProcessSerializer(many=True)
    timestamp = serializers.DateTimeField()


class ReloadInput(Form):
    """Which overlays: neither a graphic nor a socket means all."""

    graphic_id = StrictIntegerField(
        min_value=1, max_value=MAX_ID, required=False, allow_null=True, help_text="Those of one."
    )
    connection_id = StrictCharField(
        max_length=32, required=False, allow_null=True, help_text="One, as in GET /ws/status."
    )
    reason = StrictCharField(
        max_length=LONGEST_REASON, required=False, allow_null=True, allow_blank=True
    )


class ReloadOrderedSerializer(serializers.Serializer):
    message = serializers.CharField()
    overlays = serializers.IntegerField(help_text="How many are connected that the order is for.")


class KeySerializer(serializers.Serializer):
    id = serializers.IntegerField()
    graphic_id = serializers.IntegerField()
    name = serializers.CharField()
    hint = serializers.CharField(help_text="What the key ends with.")
    created_at = serializers.DateTimeField()
    created_by = serializers.CharField()
    revoked_at = serializers.DateTimeField(allow_null=True)
    revoked_by = serializers.CharField()
    last_used_at = serializers.DateTimeField(allow_null=True)
    last_used_from = serializers.CharField(
        allow_null=True, help_text="For those who may change graphics; null for others."
    )


class NewKeySerializer(KeySerializer):
    key = serializers.CharField(help_text="Shown only now.")
    overlay = serializers.CharField(help_text="The path of the page for OBS.")


class KeyListSerializer(serializers.Serializer):
    keys = KeySerializer(many=True)
    total = serializers.IntegerField()
