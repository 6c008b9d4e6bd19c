"""Forms and shapes of files of results."""

from rest_framework import serializers

from gal_dashboard.api.fields import DocumentField, StrictBooleanField, StrictCharField
from gal_dashboard.api.forms import Form
from tournaments.result_import import OUTCOMES
from tournaments.serializers import StandingRowSerializer

LARGEST_DOCUMENT = 1024 * 1024


class ResultImportInput(Form):
    document = DocumentField(
        max_length=LARGEST_DOCUMENT,
        help_text="CSV as the download gives it: columns game, lobby, player, place, absent.",
    )
    dry_run = StrictBooleanField(
        default=True, help_text="Only say what would change; false to change it."
    )
    fingerprint = StrictCharField(
        max_length=64, required=False, help_text="Of a dry run: do exactly what it said."
    )


class LobbyOutcomeSerializer(serializers.Serializer):
    game = serializers.CharField(help_text="DAY.GAME")
    lobby = serializers.IntegerField()
    outcome = serializers.ChoiceField(choices=OUTCOMES)


class ResultImportReportSerializer(serializers.Serializer):
    dry_run = serializers.BooleanField()
    lobbies = LobbyOutcomeSerializer(many=True)
    new = serializers.IntegerField()
    corrected = serializers.IntegerField()
    unchanged = serializers.IntegerField()
    fingerprint = serializers.CharField(help_text="Of these lobbies as they were before.")
    snapshot_id = serializers.IntegerField(
        allow_null=True, help_text="Of the standings that were published; null if none were."
    )
    after = serializers.CharField(allow_null=True, help_text="DAY.GAME")
    top = StandingRowSerializer(many=True, help_text="The first rows of the standings after it.")
