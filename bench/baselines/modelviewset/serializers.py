from rest_framework import serializers

from bench.baselines.modelviewset.models import CanvasLock, Graphic, Standing


class CanvasLockSerializer(serializers.ModelSerializer):
    class Meta:
        model = CanvasLock
        fields = [
            "id",
            "graphic_id",
            "user_name",
            "session_id",
            "locked",
            "locked_at",
            "expires_at",
        ]


class GraphicSerializer(serializers.ModelSerializer):
    canvas_lock = CanvasLockSerializer(read_only=True, default=None)

    class Meta:
        model = Graphic
        fields = [
            "id",
            "title",
            "event_name",
            "data_json",
            "created_by",
            "updated_by",
            "created_at",
            "updated_at",
            "archived",
            "version",
            "tournament_id",
            "canvas_lock",
        ]


class GraphicViewSerializer(serializers.ModelSerializer):
    class Meta:
        model = Graphic
        fields = ["id", "title", "data_json", "version", "tournament_id"]


class StandingSerializer(serializers.ModelSerializer):
    class Meta:
        model = Standing
        fields = [
            "player_name",
            "total_points",
            "standing_rank",
            "player_id",
            "discord_id",
            "riot_id",
            "round_scores",
        ]
