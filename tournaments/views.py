"""Tournaments over REST: themselves, their life, their standings, and the result of a lobby."""

from http import HTTPStatus

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers as drf
from rest_framework.request import Request
from rest_framework.response import Response

from gal_dashboard.api.pagination import page_of
from gal_dashboard.api.schema import MessageSerializer, page_parameters
from gal_dashboard.api.views import ApiViewSet
from gal_dashboard.core.errors import InvalidFieldsError
from tournaments import results, selectors, services
from tournaments.choices import TournamentStatus
from tournaments.errors import TournamentNotFoundError
from tournaments.filters import TournamentFilter
from tournaments.serializers import (
    NewTournamentInput,
    PlacementsInput,
    StandingsSerializer,
    StatisticsSerializer,
    TournamentInput,
    TournamentListSerializer,
    TournamentSerializer,
    TransitionInput,
    TransitionsSerializer,
)
from tournaments.standings import GameRef

AFTER = OpenApiParameter(
    "after",
    str,
    pattern=r"^[1-9][0-9]{0,3}\.[1-9][0-9]{0,3}$",
    description="DAY.GAME, such as `2.6`: the standings after it.",
)
FILTERS = [
    *page_parameters(),
    OpenApiParameter(
        "status", str, enum=TournamentStatus.values, description="Only tournaments of this status."
    ),
    OpenApiParameter("search", str, description="In name and description."),
]


class TournamentViewSet(ApiViewSet):
    area = "tournaments"

    def find(self, pk: int | None = None, **kwargs: object) -> None:
        if pk is not None and not selectors.tournament_exists(pk):
            raise TournamentNotFoundError

    @extend_schema(parameters=FILTERS, responses=TournamentListSerializer)
    def list(self, request: Request) -> Response:
        """Tournaments, the newest first."""
        page = page_of(request)
        rows = TournamentFilter(
            request.query_params, queryset=selectors.tournament_rows(), request=request
        )
        if not rows.is_valid():
            raise drf.ValidationError(rows.errors)
        rows = rows.qs.order_by("-created_at", "-pk")
        return Response(
            {
                "tournaments": list(rows[page.window]),
                "total": rows.count(),
                "page": page.number,
                "per_page": page.limit,
            }
        )

    @extend_schema(request=NewTournamentInput, responses={201: TournamentSerializer})
    def create(self, request: Request) -> Response:
        """A new tournament in the format of its preset, or with one stage of one day."""
        fields = self.validated(NewTournamentInput)
        tournament = services.create_tournament(actor=request.user, fields=fields)
        return Response(selectors.tournament_body(tournament.pk), status=HTTPStatus.CREATED)

    @extend_schema(responses=TournamentSerializer)
    def retrieve(self, request: Request, pk: int) -> Response:
        """One tournament."""
        return Response(selectors.tournament_body(pk))

    @extend_schema(request=TournamentInput(partial=True), responses=TournamentSerializer)
    def update(self, request: Request, pk: int) -> Response:
        """Change the fields that are named; PUT and PATCH do the same."""
        fields = self.validated(TournamentInput, partial=True)
        services.update_tournament(actor=request.user, tournament_id=pk, fields=fields)
        return Response(selectors.tournament_body(pk))

    @extend_schema(request=TournamentInput, responses=TournamentSerializer)
    def partial_update(self, request: Request, pk: int) -> Response:
        """Change the fields that are named; PUT and PATCH do the same."""
        return self.update(request, pk)

    @extend_schema(responses={200: MessageSerializer})
    def destroy(self, request: Request, pk: int) -> Response:
        """Delete a tournament with all its results."""
        name = services.delete_tournament(actor=request.user, tournament_id=pk)
        return Response({"message": f"Tournament {name} was deleted."})

    @extend_schema(responses=TransitionsSerializer)
    def transitions(self, request: Request, pk: int) -> Response:
        """What a tournament is, and what it may become next."""
        return Response(selectors.transitions(pk))

    @extend_schema(request=TransitionInput, responses={200: TournamentSerializer})
    def transition(self, request: Request, pk: int) -> Response:
        """Move a tournament on in its life.

        A status that does not follow on the present one is 409 `illegal_transition`; `legal` names
        those that do.
        """
        fields = self.validated(TransitionInput)
        services.change_status(actor=request.user, tournament_id=pk, **fields)
        return Response(selectors.tournament_body(pk))

    @extend_schema(responses=StatisticsSerializer)
    def statistics(self, request: Request, pk: int) -> Response:
        """How full a tournament is and how far it has come."""
        return Response(selectors.statistics(pk))

    @extend_schema(parameters=[AFTER], responses=StandingsSerializer)
    def standings(self, request: Request, pk: int) -> Response:
        """The standings now, or after a game, with the chain of metrics that ordered them."""
        text = request.query_params.get("after")
        try:
            after = GameRef.parse(text) if text else None
        except ValueError:
            raise InvalidFieldsError({"after": ["Must be DAY.GAME, such as 2.6."]}) from None
        return Response(selectors.standings(pk, after=after))

    @extend_schema(request=PlacementsInput, responses=StandingsSerializer)
    def placements(self, request: Request, pk: int, ref: GameRef, lobby: int) -> Response:
        """Enter the whole result of one lobby; the answer is the new standings.

        A second call for the same lobby corrects the first.
        """
        form = PlacementsInput(data=self.body)
        if not form.is_valid():
            results.refuse_result(tournament_id=pk, ref=ref)
            raise drf.ValidationError(form.errors)
        fields = form.validated_data
        result = results.LobbyResult(
            ref=ref,
            lobby=lobby,
            placements=fields["placements"],
            absent=fields.get("absent") or [],
        )
        results.record_lobby_result(actor=request.user, tournament_id=pk, result=result)
        return Response(selectors.standings(pk))
