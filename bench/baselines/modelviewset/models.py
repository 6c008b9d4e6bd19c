from django.db import models


class Graphic(models.Model):
    title = models.CharField(max_length=255)
    event_name = models.CharField(max_length=255, db_index=True)
    data_json = models.JSONField(default=dict)
    created_by = models.CharField(max_length=150, editable=False)
    updated_by = models.CharField(max_length=150, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True, db_index=True)
    archived = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    tournament_id = models.BigIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["-updated_at", "-pk"]

    def __str__(self) -> str:
        return self.title


class CanvasLock(models.Model):
    graphic = models.OneToOneField(Graphic, on_delete=models.CASCADE, related_name="canvas_lock")
    user_name = models.CharField(max_length=150)
    session_id = models.CharField(max_length=255)
    locked = models.BooleanField(default=True)
    locked_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.user_name} on {self.graphic_id}"


class Standing(models.Model):
    tournament_id = models.BigIntegerField(db_index=True)
    player_name = models.CharField(max_length=255)
    total_points = models.IntegerField()
    standing_rank = models.PositiveIntegerField()
    player_id = models.BigIntegerField()
    discord_id = models.CharField(max_length=32, null=True)  # noqa: DJ001 - as the server answers
    riot_id = models.CharField(max_length=64, null=True)  # noqa: DJ001 - as the server answers
    round_scores = models.JSONField(default=dict)

    class Meta:
        ordering = ["standing_rank", "player_id"]

    def __str__(self) -> str:
        return self.player_name
