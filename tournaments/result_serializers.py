"""Forms and shapes of results that are submitted, confirmed and corrected."""

from rest_framework import serializers

from gal_dashboard.api.fields import StrictCharField, StrictIntegerField
from gal_dashboard.api.forms import Form
from tournaments.choices import DrawRule, ParticipantStatus, SheetStatus
from tournaments.serializers import PlacementsInput
from tournaments.standings import GameRef

LONGEST_NOTE = 500
HIGHEST_LOBBY = 999
MOST_LOBBIES = 64


class NoteField(StrictCharField):
    def __init__(self, **options):
        super().__init__(max_length=LONGEST_NOTE, required=False, allow_blank=True, **options)


class GameField(StrictCharField):
    """``DAY.GAME``, as addresses have it."""

    default_error_messages = {"game": "Must be DAY.GAME, such as 2.6."}

    def to_internal_value(self, data):
        try:
            return GameRef.parse(super().to_internal_value(data))
        except ValueError:
            self.fail("game")


class SubmissionInput(PlacementsInput):
    note = NoteField()


class RejectionInput(Form):
    reason = NoteField()


class CorrectedInput(PlacementsInput):
    game = GameField(help_text="DAY.GAME")
    lobby = StrictIntegerField(min_value=1, max_value=HIGHEST_LOBBY)


class PreviewInput(Form):
    results = CorrectedInput(many=True, allow_empty=False, max_length=MOST_LOBBIES)
    reason = NoteField()


class CorrectionInput(PreviewInput):
    fingerprint = StrictCharField(
        max_length=64, required=False, help_text="Of the preview: only what it said is done."
    )


class UndoInput(Form):
    reason = NoteField()


class OutcomeSerializer(serializers.Serializer):
    placements = serializers.DictField(child=serializers.IntegerField())
    absent = serializers.ListField(child=serializers.CharField())


class SheetSerializer(OutcomeSerializer):
    id = serializers.IntegerField()
    game = serializers.CharField(help_text="DAY.GAME")
    lobby = serializers.IntegerField()
    status = serializers.ChoiceField(choices=SheetStatus.choices)
    note = serializers.CharField(allow_blank=True)
    submitted_by = serializers.CharField()
    submitted_at = serializers.DateTimeField()
    decided_by = serializers.CharField(allow_null=True, help_text="Who confirmed or rejected it.")
    decided_at = serializers.DateTimeField(allow_null=True)
    reason = serializers.CharField(allow_blank=True, help_text="Why it was rejected.")
    correction_id = serializers.IntegerField(
        allow_null=True, help_text="The correction of several lobbies that confirmed it."
    )


class SheetListSerializer(serializers.Serializer):
    results = SheetSerializer(many=True)
    total = serializers.IntegerField()


class SubmissionListSerializer(serializers.Serializer):
    submissions = SheetSerializer(many=True)
    total = serializers.IntegerField()


class LobbyChangeSerializer(serializers.Serializer):
    game = serializers.CharField(help_text="DAY.GAME")
    lobby = serializers.IntegerField()
    before = OutcomeSerializer()
    after = OutcomeSerializer()


class CorrectionSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    reason = serializers.CharField(allow_blank=True)
    made_by = serializers.CharField()
    made_at = serializers.DateTimeField()
    undoes = serializers.IntegerField(
        allow_null=True, help_text="The correction that this one takes back."
    )
    undone_by = serializers.IntegerField(
        allow_null=True, help_text="The correction that took this one back."
    )
    lobbies = LobbyChangeSerializer(many=True)


class CorrectionListSerializer(serializers.Serializer):
    corrections = CorrectionSerializer(many=True)
    total = serializers.IntegerField()


class StandSerializer(serializers.Serializer):
    rank = serializers.IntegerField()
    tied = serializers.BooleanField()
    total_points = serializers.IntegerField()
    status = serializers.ChoiceField(choices=ParticipantStatus.choices, allow_null=True)


class MovedSerializer(serializers.Serializer):
    participant_id = serializers.IntegerField()
    player_name = serializers.CharField()
    before = StandSerializer(allow_null=True, help_text="Null: not in the standings.")
    after = StandSerializer(allow_null=True)


class NamedSerializer(serializers.Serializer):
    participant_id = serializers.IntegerField()
    name = serializers.CharField()


class ChampionChangeSerializer(serializers.Serializer):
    before = NamedSerializer(allow_null=True)
    after = NamedSerializer(allow_null=True)


class CutChangeSerializer(serializers.Serializer):
    day = serializers.IntegerField()
    game = serializers.IntegerField(allow_null=True, help_text="Null: the last of the day.")
    to = serializers.IntegerField()
    is_played = serializers.BooleanField(help_text="Games were played after it.")
    comes_in = NamedSerializer(many=True)
    falls_out = NamedSerializer(many=True)


class SeatedLobbySerializer(serializers.Serializer):
    lobby = serializers.IntegerField()
    seats = NamedSerializer(many=True)


class DrawChangeSerializer(serializers.Serializer):
    draw_id = serializers.IntegerField()
    game = serializers.CharField(help_text="DAY.GAME")
    rule = serializers.ChoiceField(choices=DrawRule.choices)
    after = serializers.CharField(help_text="The game whose standings it followed.")
    is_played = serializers.BooleanField(help_text="Games of this draw have results.")
    drawn = SeatedLobbySerializer(many=True)
    would_be = SeatedLobbySerializer(
        many=True, allow_null=True, help_text="By the same rule; null: it was drawn by hand."
    )


class ScreenSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    title = serializers.CharField()
    archived = serializers.BooleanField()
    overlays = serializers.IntegerField(help_text="How many show it now.")


class PreviewSerializer(serializers.Serializer):
    fingerprint = serializers.CharField()
    lobbies = LobbyChangeSerializer(many=True)
    standings = MovedSerializer(many=True, help_text="Only who would stand otherwise.")
    champion = ChampionChangeSerializer(allow_null=True, help_text="Null: the same, or none.")
    cuts = CutChangeSerializer(many=True, help_text="Those that are decided.")
    draws = DrawChangeSerializer(many=True, help_text="Those that would be others.")
    graphics = ScreenSerializer(many=True, help_text="All that show the tournament.")
