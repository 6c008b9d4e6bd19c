"""Forms and shapes of formats and draws."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from gal_dashboard.api.fields import StrictBooleanField, StrictCharField, StrictIntegerField
from gal_dashboard.api.forms import Form
from tournaments.choices import DrawRule
from tournaments.limits import (
    HIGHEST_DAY,
    HIGHEST_GAME,
    HIGHEST_LOBBY,
    HIGHEST_THRESHOLD,
    LARGEST_SEED,
    LARGEST_TOURNAMENT,
    LONGEST_NAME,
    MOST_POINTS,
)
from tournaments.presets import PRESETS, StageFormat
from tournaments.standings import LOBBY_SIZE, METRICS, Cut, GameRef

MOST_STAGES: Final = 50


class CutSerializer(serializers.Serializer):
    day = StrictIntegerField(min_value=1, max_value=HIGHEST_DAY)
    game = StrictIntegerField(
        min_value=1,
        max_value=HIGHEST_GAME,
        allow_null=True,
        required=False,
        default=None,
        help_text="Null: after the last one of the day.",
    )
    to = StrictIntegerField(min_value=1, max_value=LARGEST_TOURNAMENT, help_text="How many go on.")


class StageFormatSerializer(serializers.Serializer):
    name = StrictCharField(max_length=LONGEST_NAME)
    days = serializers.ListField(
        child=StrictIntegerField(min_value=1, max_value=HIGHEST_DAY),
        allow_empty=False,
        max_length=HIGHEST_DAY,
    )
    cuts = CutSerializer(many=True, required=False, max_length=HIGHEST_DAY)
    threshold = StrictIntegerField(
        min_value=1,
        max_value=HIGHEST_THRESHOLD,
        required=False,
        allow_null=True,
        help_text="Checkmate.",
    )
    points = serializers.DictField(
        child=StrictIntegerField(min_value=0, max_value=MOST_POINTS),
        required=False,
        allow_null=True,
        help_text="Points by place; null: those of the tournament.",
    )
    chain = serializers.ListField(
        child=serializers.ChoiceField(choices=list(METRICS)),
        required=False,
        allow_null=True,
        allow_empty=False,
        help_text="Metrics in order; null: those of the tournament.",
    )
    carries = StrictBooleanField(
        required=False, help_text="Goes on with the points of the stage before."
    )
    games = StrictIntegerField(
        min_value=1,
        max_value=HIGHEST_GAME,
        required=False,
        allow_null=True,
        help_text="Of a day; null: until it is decided.",
    )
    redraw_every = StrictIntegerField(
        min_value=1,
        max_value=HIGHEST_GAME,
        required=False,
        allow_null=True,
        help_text="Games for which a draw holds; null: the whole day.",
    )
    draw_rule = serializers.ChoiceField(choices=DrawRule.choices, required=False)

    def validate_days(self, days: list[int]) -> list[int]:
        if len(set(days)) != len(days):
            raise serializers.ValidationError("A day stands here twice.")
        return sorted(days)

    def validate_points(self, points: dict[str, int] | None) -> dict[str, int] | None:
        places = [str(place) for place in range(1, LOBBY_SIZE + 1)]
        strangers = [place for place in points or () if place not in places]
        if strangers:
            raise serializers.ValidationError(f"No places: {', '.join(strangers)[:100]}.")
        return points or None

    def validate_chain(self, chain: list[str] | None) -> list[str] | None:
        if chain and len(set(chain)) != len(chain):
            raise serializers.ValidationError("A metric stands here twice.")
        return chain


class FormatInput(Form):
    preset = serializers.ChoiceField(choices=list(PRESETS), required=False)
    stages = StageFormatSerializer(many=True, required=False, max_length=MOST_STAGES)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if len(attrs) != 1:
            raise serializers.ValidationError(
                {"stages": ["Name a preset, or give the stages: one of both."]}
            )
        return attrs


class FormatSerializer(serializers.Serializer):
    tournament_id = serializers.IntegerField()
    stages = StageFormatSerializer(many=True)


class PresetSerializer(serializers.Serializer):
    preset = serializers.CharField()
    title = serializers.CharField()
    description = serializers.CharField()
    stages = StageFormatSerializer(many=True)


class PresetListSerializer(serializers.Serializer):
    formats = PresetSerializer(many=True)
    total = serializers.IntegerField()


@extend_schema_field({"type": "string", "pattern": r"^[1-9][0-9]{0,3}\.[1-9][0-9]{0,3}$"})
class GameField(StrictCharField):
    """``DAY.GAME``, spelt as it is everywhere."""

    default_error_messages = {"game": "Must be DAY.GAME, such as 2.6."}

    def __init__(self, **options: Any) -> None:
        super().__init__(trim_whitespace=False, **options)

    def to_internal_value(self, data: Any) -> GameRef:
        try:
            return GameRef.parse(super().to_internal_value(data))
        except ValueError:
            self.fail("game")


class DrawInput(Form):
    game = GameField(required=False, help_text="DAY.GAME; without it the next one.")
    rule = serializers.ChoiceField(
        choices=DrawRule.choices, required=False, help_text="Without it that of the stage."
    )
    seed = StrictIntegerField(
        min_value=1, max_value=LARGEST_SEED, required=False, help_text="For a draw by chance."
    )
    lobbies = serializers.ListField(
        child=serializers.ListField(
            child=StrictCharField(max_length=LONGEST_NAME), max_length=LOBBY_SIZE, allow_empty=False
        ),
        required=False,
        max_length=HIGHEST_LOBBY,
        help_text="Names, lobby 1 first; for a draw by hand.",
    )


class PublishDrawInput(DrawInput):
    fingerprint = StrictCharField(
        max_length=64, required=False, help_text="Of the proposal: publish exactly that one."
    )


class SeatedSerializer(serializers.Serializer):
    participant_id = serializers.IntegerField()
    name = serializers.CharField()


class RankedSeatSerializer(SeatedSerializer):
    rank = serializers.IntegerField(allow_null=True)


class ProposedLobbySerializer(serializers.Serializer):
    lobby = serializers.IntegerField()
    seats = RankedSeatSerializer(many=True)


class ProposalSerializer(serializers.Serializer):
    game = serializers.CharField()
    rule = serializers.ChoiceField(choices=DrawRule.choices)
    seed = serializers.IntegerField(allow_null=True)
    after = serializers.CharField(allow_null=True, help_text="The game whose standings ordered it.")
    fingerprint = serializers.CharField()
    lobbies = ProposedLobbySerializer(many=True)


class DrawnLobbySerializer(serializers.Serializer):
    lobby = serializers.IntegerField()
    seats = SeatedSerializer(many=True)


class DrawSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    game = serializers.CharField(help_text="The first game that it holds for.")
    rule = serializers.ChoiceField(choices=DrawRule.choices)
    seed = serializers.IntegerField(allow_null=True)
    after = serializers.CharField(allow_null=True)
    drawn_by = serializers.CharField()
    drawn_at = serializers.DateTimeField()
    replaced_at = serializers.DateTimeField(allow_null=True, help_text="By a later draw.")
    lobbies = DrawnLobbySerializer(many=True)


class DrawListSerializer(serializers.Serializer):
    draws = DrawSerializer(many=True)
    total = serializers.IntegerField()


def stage_format(fields: Mapping[str, Any]) -> StageFormat:
    """What the form of a stage said, as the services take it."""
    cuts: Sequence[Mapping[str, Any]] = fields.get("cuts") or ()
    own = {
        name: fields[name]
        for name in ("threshold", "points", "carries", "games", "redraw_every", "draw_rule")
        if name in fields
    }
    chain = fields.get("chain")
    return StageFormat(
        name=fields["name"],
        days=tuple(fields["days"]),
        cuts=tuple(Cut(cut["day"], cut["game"], cut["to"]) for cut in cuts),
        chain=tuple(chain) if chain else None,
        **own,
    )
