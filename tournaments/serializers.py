"""Forms and shapes of tournaments, standings and scoreboards."""

from rest_framework import serializers

from gal_dashboard.api.fields import (
    MomentField,
    StrictBooleanField,
    StrictCharField,
    StrictIntegerField,
)
from gal_dashboard.api.forms import Form
from tournaments.choices import EntryStatus, ParticipantStatus, TournamentStatus
from tournaments.limits import LARGEST_TOURNAMENT, LONGEST_NAME, LONGEST_RIOT_ID, LONGEST_TITLE
from tournaments.models import LARGEST_TEAM
from tournaments.presets import PRESETS
from tournaments.standings import LOBBY_SIZE

MOST_ALIASES = 20


class TournamentInput(Form):
    name = StrictCharField(max_length=LONGEST_TITLE)
    description = StrictCharField(
        max_length=5000, allow_blank=True, allow_null=True, required=False
    )
    status = serializers.ChoiceField(choices=TournamentStatus.choices, required=False)
    max_participants = StrictIntegerField(min_value=2, max_value=LARGEST_TOURNAMENT)
    team_size = StrictIntegerField(min_value=1, max_value=LARGEST_TEAM, required=False)
    start_date = MomentField(required=False, allow_null=True)
    end_date = MomentField(required=False, allow_null=True)

    def validate_description(self, value):
        return value or ""


class NewTournamentInput(TournamentInput):
    preset = serializers.ChoiceField(
        choices=list(PRESETS),
        required=False,
        help_text="Its format; without one it begins with one stage of one day.",
    )


class TournamentSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    name = serializers.CharField()
    description = serializers.CharField()
    status = serializers.ChoiceField(choices=TournamentStatus.choices)
    max_participants = serializers.IntegerField()
    current_participants = serializers.IntegerField(help_text="Counted, never stored.")
    team_size = serializers.IntegerField(help_text="Players of one participant.")
    start_date = serializers.DateTimeField(allow_null=True)
    end_date = serializers.DateTimeField(allow_null=True)
    points_table = serializers.DictField(child=serializers.IntegerField())
    tie_chain = serializers.ListField(child=serializers.CharField())
    source = serializers.CharField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class TournamentListSerializer(serializers.Serializer):
    tournaments = TournamentSerializer(many=True)
    total = serializers.IntegerField()
    page = serializers.IntegerField()
    per_page = serializers.IntegerField()


class StatisticsSerializer(serializers.Serializer):
    tournament_id = serializers.IntegerField()
    name = serializers.CharField()
    status = serializers.CharField()
    max_participants = serializers.IntegerField()
    current_participants = serializers.IntegerField()
    participation_rate = serializers.FloatField(help_text="Percent of the places taken.")
    checked_in = serializers.IntegerField()
    waiting = serializers.IntegerField()
    withdrawn = serializers.IntegerField()
    games_played = serializers.IntegerField()
    results = serializers.IntegerField()
    absences = serializers.IntegerField()


class TransitionInput(Form):
    status = serializers.ChoiceField(choices=TournamentStatus.choices)
    reason = StrictCharField(max_length=500, required=False, allow_blank=True)


class TransitionsSerializer(serializers.Serializer):
    status = serializers.ChoiceField(choices=TournamentStatus.choices)
    legal = serializers.ListField(child=serializers.ChoiceField(choices=TournamentStatus.choices))


class MemberSerializer(serializers.Serializer):
    name = StrictCharField(max_length=LONGEST_NAME)
    riot_id = StrictCharField(
        max_length=LONGEST_RIOT_ID, required=False, allow_blank=True, default=""
    )

    def to_internal_value(self, data):
        """A whole member, also where other fields may be left out: to the forms in a form of
        changes, DRF's ``partial`` would give neither what is required nor what is default.
        """
        if self.root is self:
            return super().to_internal_value(data)
        member = MemberSerializer(data=data, context=self.context)
        member.is_valid(raise_exception=True)
        return member.validated_data


class ParticipantInput(Form):
    name = StrictCharField(max_length=LONGEST_NAME)
    riot_id = StrictCharField(max_length=LONGEST_RIOT_ID, required=False, allow_blank=True)
    seed = StrictIntegerField(
        min_value=1, max_value=LARGEST_TOURNAMENT, required=False, allow_null=True
    )
    members = MemberSerializer(many=True, required=False, max_length=LARGEST_TEAM)


class RegistrationInput(ParticipantInput):
    late = StrictBooleanField(
        required=False, help_text="Also while registration is closed; for staff who know why."
    )


class ParticipantChanges(ParticipantInput):
    manual_rank = StrictIntegerField(
        min_value=1, max_value=LARGEST_TOURNAMENT, required=False, allow_null=True
    )
    aliases = serializers.ListField(
        child=StrictCharField(max_length=LONGEST_NAME), required=False, max_length=MOST_ALIASES
    )


class ParticipantSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    name = serializers.CharField()
    riot_id = serializers.CharField()
    seed = serializers.IntegerField(allow_null=True)
    status = serializers.ChoiceField(choices=EntryStatus.choices)
    waitlist_position = serializers.IntegerField(
        allow_null=True, help_text="From 1; null for who does not wait."
    )
    members = MemberSerializer(many=True, help_text="The players of a team.")
    aliases = serializers.ListField(child=serializers.CharField())
    manual_rank = serializers.IntegerField(allow_null=True)
    checked_in_at = serializers.DateTimeField(allow_null=True)
    withdrawn_at = serializers.DateTimeField(allow_null=True)


class ParticipantListSerializer(serializers.Serializer):
    participants = ParticipantSerializer(many=True)
    total = serializers.IntegerField()


class WithdrawnSerializer(serializers.Serializer):
    withdrawn = serializers.ListField(child=serializers.CharField(), help_text="Their names.")


class PlacementsInput(Form):
    placements = serializers.DictField(
        child=StrictIntegerField(min_value=1, max_value=LOBBY_SIZE), allow_empty=False
    )
    absent = serializers.ListField(
        child=StrictCharField(max_length=LONGEST_NAME),
        required=False,
        allow_null=True,
        max_length=LOBBY_SIZE,
    )

    def validate(self, attrs):
        if len(attrs["placements"]) + len(attrs.get("absent") or []) > LOBBY_SIZE:
            raise serializers.ValidationError(
                {"placements": [f"A lobby has at most {LOBBY_SIZE} players."]}
            )
        return attrs


class StageSerializer(serializers.Serializer):
    number = serializers.IntegerField()
    name = serializers.CharField()
    kind = serializers.ChoiceField(choices=["points", "checkmate"])
    threshold = serializers.IntegerField(allow_null=True)


class LobbyInPlaySerializer(serializers.Serializer):
    game = serializers.CharField()
    lobby = serializers.IntegerField()
    participant_ids = serializers.ListField(child=serializers.IntegerField())


class StageSoFarSerializer(serializers.Serializer):
    number = serializers.IntegerField()
    name = serializers.CharField()
    rounds = serializers.ListField(
        child=serializers.CharField(), help_text="Its own; none: it has not begun."
    )
    carried = serializers.ListField(
        child=serializers.CharField(), help_text="Rounds of earlier stages that count in it."
    )
    players = serializers.IntegerField(allow_null=True, help_text="Who took part.")
    order = serializers.ListField(
        child=serializers.ListField(child=serializers.IntegerField()),
        allow_null=True,
        help_text="Participants as it ended, those who shared a rank together.",
    )


class StandingRowSerializer(serializers.Serializer):
    rank = serializers.IntegerField()
    tied = serializers.BooleanField()
    participant_id = serializers.IntegerField()
    player_name = serializers.CharField()
    total_points = serializers.IntegerField(help_text="Of the current stage.")
    event_points = serializers.IntegerField(help_text="Of the whole event.")
    round_scores = serializers.DictField(child=serializers.IntegerField())
    rank_change = serializers.IntegerField(allow_null=True)
    status = serializers.ChoiceField(choices=ParticipantStatus.choices, allow_null=True)
    explanation = serializers.CharField(
        allow_null=True, help_text="Why it stands above the next row; null for the last."
    )
    points_to_cut = serializers.IntegerField(
        allow_null=True, help_text="Ahead of the first who is out; negative: behind the last in."
    )
    max_points = serializers.IntegerField(
        allow_null=True, help_text="At the next cut, or at the end of the stage."
    )
    clinched = serializers.BooleanField(allow_null=True, help_text="Sure of the cut.")
    eliminated = serializers.BooleanField(allow_null=True, help_text="Out, or sure to be.")
    needed_place = serializers.IntegerField(
        allow_null=True,
        help_text="This place in the next game, or a better one, is enough for the cut.",
    )


class StandingsSerializer(serializers.Serializer):
    tournament_id = serializers.IntegerField()
    snapshot_id = serializers.IntegerField(allow_null=True)
    after = serializers.CharField(allow_null=True, help_text="DAY.GAME")
    complete = serializers.BooleanField(help_text="All lobbies of that game are in.")
    stage = StageSerializer(allow_null=True)
    label = serializers.CharField()
    cut = serializers.IntegerField(allow_null=True)
    games_left = serializers.IntegerField(
        allow_null=True, help_text="After this one until the cut, or the end of the stage."
    )
    chain = serializers.ListField(child=serializers.CharField())
    round_names = serializers.ListField(child=serializers.CharField())
    lobbies = LobbyInPlaySerializer(many=True)
    stages = StageSoFarSerializer(
        many=True, required=False, help_text="Not in standings of before there was this member."
    )
    standings = StandingRowSerializer(many=True)


class RankedPlayerSerializer(serializers.Serializer):
    player_name = serializers.CharField()
    total_points = serializers.IntegerField()
    standing_rank = serializers.IntegerField()
    player_id = serializers.IntegerField(allow_null=True)
    discord_id = serializers.CharField(allow_null=True)
    riot_id = serializers.CharField(allow_null=True)
    round_scores = serializers.DictField(child=serializers.IntegerField())


class RankedPlayersSerializer(serializers.Serializer):
    players = RankedPlayerSerializer(many=True)
    total = serializers.IntegerField()
    snapshot_id = serializers.IntegerField(allow_null=True)
    snapshot_created_at = serializers.DateTimeField(required=False)
    tournament_id = serializers.IntegerField(required=False)
    tournament_name = serializers.CharField(required=False)
    message = serializers.CharField(required=False)


class EntrySerializer(serializers.Serializer):
    id = serializers.IntegerField()
    snapshot_id = serializers.IntegerField()
    player_name = serializers.CharField()
    player_id = serializers.IntegerField(allow_null=True)
    discord_id = serializers.CharField(allow_null=True)
    riot_id = serializers.CharField(allow_null=True)
    standing_rank = serializers.IntegerField()
    total_points = serializers.IntegerField()
    round_scores = serializers.DictField(child=serializers.IntegerField())
    extras = serializers.DictField()


class SnapshotSummarySerializer(serializers.Serializer):
    id = serializers.IntegerField()
    tournament_id = serializers.IntegerField()
    tournament_name = serializers.CharField()
    source = serializers.CharField()
    source_timestamp = serializers.DateTimeField()
    round_names = serializers.ListField(child=serializers.CharField())
    extras = serializers.DictField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    entry_count = serializers.IntegerField()


class SnapshotSerializer(SnapshotSummarySerializer):
    entry_count = None
    entries = EntrySerializer(many=True)


class RefreshInput(Form):
    tournament_id = StrictIntegerField(min_value=1, max_value=2**63 - 1, required=False)
