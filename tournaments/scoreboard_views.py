"""Published standings for everybody: ranked players and scoreboard snapshots."""

import hashlib
from http import HTTPStatus

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from gal_dashboard.api.concurrency import conditional, etag_of
from gal_dashboard.api.pagination import choice_of, id_of, number_of, page_of
from gal_dashboard.api.schema import IF_NONE_MATCH, NOT_MODIFIED, id_parameter, page_parameters
from gal_dashboard.api.views import ApiViewSet
from gal_dashboard.core import options, wire
from gal_dashboard.core.errors import InvalidFieldsError
from tournaments import selectors, services
from tournaments.errors import NothingPublishedError
from tournaments.options import CURRENT
from tournaments.serializers import (
    RankedPlayersSerializer,
    RefreshInput,
    SnapshotSerializer,
    SnapshotSummarySerializer,
)

TOURNAMENT = id_parameter("tournament_id", "Of this tournament only.")
RANKED_BY = ("standing_rank", "total_points", "player_name")
DEFAULT_RANKED = 50
MOST_RANKED = 1000  # 0 is all


class PlayersViewSet(ApiViewSet):
    area = "scoreboard"
    public_actions = frozenset({"ranked"})

    @extend_schema(
        parameters=[
            TOURNAMENT,
            OpenApiParameter(
                "sort_by", str, enum=RANKED_BY, default="standing_rank", description="What orders."
            ),
            OpenApiParameter(
                "sort_order",
                str,
                enum=["asc", "desc"],
                description="Default: the best first; names from A.",
            ),
            OpenApiParameter(
                "limit",
                {"type": "integer", "minimum": 0, "maximum": MOST_RANKED},
                default=DEFAULT_RANKED,
                description="Players at most; 0 is all.",
            ),
        ],
        responses=RankedPlayersSerializer,
        auth=[],
    )
    def ranked(self, request: Request) -> Response:
        """The players of the newest published standings."""
        tournament_id = id_of(request, "tournament_id")
        sort_by = choice_of(request, "sort_by", RANKED_BY, default="standing_rank")
        default_order = "desc" if sort_by == "total_points" else "asc"
        order = choice_of(request, "sort_order", ("asc", "desc"), default=default_order)
        limit = number_of(request, "limit", default=DEFAULT_RANKED, low=0, high=MOST_RANKED)
        snapshot = selectors.newest_snapshot(tournament_id)
        if snapshot is None:
            message = str(NothingPublishedError())
            return Response({"players": [], "total": 0, "snapshot_id": None, "message": message})
        sign = "-" if order == "desc" else ""
        players = selectors.ranked_players(snapshot, f"{sign}{sort_by}")[: limit or None]
        return Response(
            {
                "players": players,
                "total": len(players),
                "snapshot_id": snapshot["id"],
                "snapshot_created_at": snapshot["created_at"],
                "tournament_id": snapshot["tournament_id"],
                "tournament_name": snapshot["tournament_name"],
            }
        )


class ScoreboardViewSet(ApiViewSet):
    area = "scoreboard"
    public_actions = frozenset({"latest", "list", "retrieve"})

    @extend_schema(
        parameters=[TOURNAMENT, IF_NONE_MATCH],
        responses={200: SnapshotSerializer, 304: NOT_MODIFIED},
        auth=[],
    )
    def latest(self, request: Request) -> Response:
        """The newest snapshot with its entries."""
        tournament_id = id_of(request, "tournament_id")
        snapshot = selectors.newest_snapshot(tournament_id)
        if snapshot is None:
            raise NothingPublishedError
        if "If-Modified-Since" in request.headers and not selectors.is_alone_in_its_second(
            snapshot, tournament_id
        ):
            # HTTP's dates have seconds: of two snapshots in one, who has the first has not the last
            del request.META["HTTP_IF_MODIFIED_SINCE"]
        return self._answer(request, snapshot["id"])

    @extend_schema(
        parameters=[TOURNAMENT, IF_NONE_MATCH, *page_parameters()],
        responses={200: SnapshotSummarySerializer(many=True), 304: NOT_MODIFIED},
        auth=[],
    )
    def list(self, request: Request) -> Response:
        """Snapshots without their entries, the newest first."""
        page = page_of(request)
        rows = list(selectors.snapshot_summaries(id_of(request, "tournament_id"))[page.window])
        digest = hashlib.sha256(wire.dumps(rows)).hexdigest()[:32]
        changed = max((row["updated_at"] for row in rows), default=None)
        return conditional(request, etag=f'"{digest}"', body=lambda: rows, last_modified=changed)

    @extend_schema(
        parameters=[IF_NONE_MATCH],
        responses={200: SnapshotSerializer, 304: NOT_MODIFIED},
        auth=[],
    )
    def retrieve(self, request: Request, pk: int) -> Response:
        """One snapshot with its entries."""
        return self._answer(request, pk)

    @extend_schema(request=RefreshInput, responses={200: SnapshotSerializer})
    def refresh(self, request: Request) -> Response:
        """Compute and publish the standings of a tournament anew.

        Without `tournament_id`: of the tournament on air, if the option `tournaments.current`
        names one.
        """
        named = self.validated(RefreshInput).get("tournament_id")
        tournament_id = named or options.value(CURRENT)
        if not tournament_id:
            raise InvalidFieldsError({"tournament_id": ["This field is required."]})
        snapshot = services.republish_standings(actor=request.user, tournament_id=tournament_id)
        return Response(selectors.snapshot_body(snapshot.pk), status=HTTPStatus.OK)

    def _answer(self, request: Request, snapshot_id: int) -> Response:
        body = selectors.snapshot_body(snapshot_id)
        return conditional(
            request, etag=etag_of(snapshot_id), body=lambda: body, last_modified=body["updated_at"]
        )
