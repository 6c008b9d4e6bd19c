from django.urls import path, register_converter

from tournaments.converters import GameRefConverter, LobbyConverter
from tournaments.scoreboard_views import PlayersViewSet, ScoreboardViewSet
from tournaments.views import TournamentViewSet

register_converter(GameRefConverter, "game")
register_converter(LobbyConverter, "lobby")

urlpatterns = [
    path(
        "tournaments",
        TournamentViewSet.as_view({"get": "list", "post": "create"}),
        name="tournaments",
    ),
    path(
        "tournaments/<id:pk>",
        TournamentViewSet.as_view(
            {"get": "retrieve", "put": "update", "patch": "partial_update", "delete": "destroy"}
        ),
        name="tournament",
    ),
    path(
        "tournaments/<id:pk>/statistics",
        TournamentViewSet.as_view({"get": "statistics"}),
        name="tournament-statistics",
    ),
    path(
        "tournaments/<id:pk>/standings",
        TournamentViewSet.as_view({"get": "standings"}),
        name="tournament-standings",
    ),
    path(
        "tournaments/<id:pk>/participants",
        TournamentViewSet.as_view({"get": "participants", "post": "register"}),
        name="tournament-participants",
    ),
    path(
        "tournaments/<id:pk>/games/<game:ref>/lobbies/<lobby:lobby>/placements",
        TournamentViewSet.as_view({"put": "placements"}),
        name="lobby-placements",
    ),
    path("players/ranked", PlayersViewSet.as_view({"get": "ranked"}), name="players-ranked"),
    path(
        "scoreboard/latest", ScoreboardViewSet.as_view({"get": "latest"}), name="scoreboard-latest"
    ),
    path("scoreboard/snapshots", ScoreboardViewSet.as_view({"get": "list"}), name="scoreboards"),
    path(
        "scoreboard/refresh",
        ScoreboardViewSet.as_view({"post": "refresh"}),
        name="scoreboard-refresh",
    ),
    path("scoreboard/<id:pk>", ScoreboardViewSet.as_view({"get": "retrieve"}), name="scoreboard"),
]
