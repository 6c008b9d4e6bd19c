from django.urls import path, register_converter

from tournaments.converters import GameRefConverter, LobbyConverter
from tournaments.correction_views import CorrectionViewSet
from tournaments.draw_views import DrawViewSet
from tournaments.participant_views import ParticipantViewSet
from tournaments.result_file_views import ResultFileViewSet
from tournaments.result_views import ResultViewSet
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
        ParticipantViewSet.as_view({"get": "participants", "post": "register"}),
        name="tournament-participants",
    ),
    path(
        "tournaments/<id:pk>/participants/<id:participant>",
        ParticipantViewSet.as_view({"get": "participant", "patch": "change", "delete": "remove"}),
        name="tournament-participant",
    ),
    path(
        "tournaments/<id:pk>/participants/<id:participant>/check-in",
        ParticipantViewSet.as_view({"post": "check_in", "delete": "take_back_check_in"}),
        name="participant-check-in",
    ),
    path(
        "tournaments/<id:pk>/participants/<id:participant>/withdraw",
        ParticipantViewSet.as_view({"post": "withdraw"}),
        name="participant-withdraw",
    ),
    path(
        "tournaments/<id:pk>/participants/<id:participant>/admit",
        ParticipantViewSet.as_view({"post": "admit"}),
        name="participant-admit",
    ),
    path(
        "tournaments/<id:pk>/check-in/close",
        ParticipantViewSet.as_view({"post": "close_check_in"}),
        name="tournament-close-check-in",
    ),
    path("tournaments/formats", DrawViewSet.as_view({"get": "presets"}), name="tournament-formats"),
    path(
        "tournaments/<id:pk>/format",
        DrawViewSet.as_view({"get": "format", "put": "change_format"}),
        name="tournament-format",
    ),
    path(
        "tournaments/<id:pk>/draws",
        DrawViewSet.as_view({"get": "draws", "post": "publish"}),
        name="tournament-draws",
    ),
    path(
        "tournaments/<id:pk>/draws/proposal",
        DrawViewSet.as_view({"post": "propose"}),
        name="draw-proposal",
    ),
    path(
        "tournaments/<id:pk>/transition",
        TournamentViewSet.as_view({"get": "transitions", "post": "transition"}),
        name="tournament-transition",
    ),
    path(
        "tournaments/<id:pk>/games/<game:ref>/lobbies/<lobby:lobby>/placements",
        TournamentViewSet.as_view({"put": "placements"}),
        name="lobby-placements",
    ),
    path(
        "tournaments/<id:pk>/results.csv",
        ResultFileViewSet.as_view({"get": "download_results"}),
        name="tournament-results-file",
    ),
    path(
        "tournaments/<id:pk>/results/import",
        ResultFileViewSet.as_view({"post": "import_results"}),
        name="tournament-results-import",
    ),
    path(
        "tournaments/<id:pk>/games/<game:ref>/lobbies/<lobby:lobby>/submissions",
        ResultViewSet.as_view({"post": "submit"}),
        name="lobby-submissions",
    ),
    path(
        "tournaments/<id:pk>/games/<game:ref>/lobbies/<lobby:lobby>/results",
        ResultViewSet.as_view({"get": "lobby_results"}),
        name="lobby-results",
    ),
    path(
        "tournaments/<id:pk>/submissions",
        ResultViewSet.as_view({"get": "submissions"}),
        name="tournament-submissions",
    ),
    path(
        "tournaments/<id:pk>/submissions/<id:submission>/confirm",
        ResultViewSet.as_view({"post": "confirm_submission"}),
        name="submission-confirm",
    ),
    path(
        "tournaments/<id:pk>/submissions/<id:submission>/reject",
        ResultViewSet.as_view({"post": "reject_submission"}),
        name="submission-reject",
    ),
    path(
        "tournaments/<id:pk>/corrections",
        CorrectionViewSet.as_view({"get": "corrections", "post": "correct"}),
        name="tournament-corrections",
    ),
    path(
        "tournaments/<id:pk>/corrections/preview",
        CorrectionViewSet.as_view({"post": "preview_correction"}),
        name="correction-preview",
    ),
    path(
        "tournaments/<id:pk>/corrections/<id:correction>/undo",
        CorrectionViewSet.as_view({"post": "undo_correction"}),
        name="correction-undo",
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
