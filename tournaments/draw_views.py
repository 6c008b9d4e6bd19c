"""Formats and draws over REST."""

from http import HTTPStatus
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from gal_dashboard.api.pagination import page_of
from gal_dashboard.api.schema import page_parameters
from gal_dashboard.api.views import ApiViewSet
from tournaments import drawing, selectors
from tournaments import format as formats
from tournaments.errors import TournamentNotFoundError
from tournaments.format_serializers import (
    DrawInput,
    DrawListSerializer,
    DrawSerializer,
    FormatInput,
    FormatSerializer,
    PresetListSerializer,
    ProposalSerializer,
    PublishDrawInput,
    stage_format,
)
from tournaments.presets import PRESETS
from tournaments.seating import Wish


class DrawViewSet(ApiViewSet):
    area = "tournaments"

    def find(self, pk: int | None = None) -> None:
        if pk is not None and not selectors.tournament_exists(pk):
            raise TournamentNotFoundError

    @extend_schema(responses=PresetListSerializer)
    def presets(self, request: Request) -> Response:
        """Formats that a tournament may be given."""
        return Response(selectors.presets())

    @extend_schema(responses=FormatSerializer)
    def format(self, request: Request, pk: int) -> Response:
        """The stages of a tournament with their rules."""
        return Response(selectors.tournament_format(pk))

    @extend_schema(request=FormatInput, responses=FormatSerializer)
    def change_format(self, request: Request, pk: int) -> Response:
        """Give a tournament the stages of a preset, or stages of your own.

        What was played stays: a day with games must belong to a stage.
        """
        fields = self.validated(FormatInput)
        wanted = (
            PRESETS[fields["preset"]].stages
            if "preset" in fields
            else [stage_format(stage) for stage in fields["stages"]]
        )
        formats.change_stages(actor=request.user, tournament_id=pk, wanted=wanted)
        return Response(selectors.tournament_format(pk))

    @extend_schema(parameters=page_parameters(), responses=DrawListSerializer)
    def draws(self, request: Request, pk: int) -> Response:
        """Who was drawn where and by which rule, the newest first; replaced draws too."""
        page = page_of(request)
        return Response(selectors.draws(pk, window=page.window))

    @extend_schema(request=DrawInput, responses={200: ProposalSerializer})
    def propose(self, request: Request, pk: int) -> Response:
        """What a draw would be. Nothing is changed; publish it with its `fingerprint`."""
        fields = self.validated(DrawInput)
        proposal = drawing.propose_draw(tournament_id=pk, wish=_wish(fields))
        return Response(
            {
                "game": str(proposal.game),
                "rule": proposal.rule,
                "seed": proposal.seed,
                "after": str(proposal.after) if proposal.after else None,
                "fingerprint": proposal.fingerprint,
                "lobbies": [
                    {
                        "lobby": number,
                        "seats": [
                            {
                                "participant_id": seat.participant,
                                "name": seat.name,
                                "rank": seat.rank,
                            }
                            for seat in lobby
                        ],
                    }
                    for number, lobby in enumerate(proposal.lobbies, start=1)
                ],
            }
        )

    @extend_schema(request=PublishDrawInput, responses={201: DrawSerializer})
    def publish(self, request: Request, pk: int) -> Response:
        """Draw a game: its lobbies are seated, and overlays show them at once.

        A game that has no result yet may be drawn anew.
        """
        fields = self.validated(PublishDrawInput)
        draw = drawing.publish_draw(
            actor=request.user,
            tournament_id=pk,
            wish=_wish(fields),
            fingerprint=fields.get("fingerprint"),
        )
        return Response(selectors.draw_body(draw), status=HTTPStatus.CREATED)


def _wish(fields: dict[str, Any]) -> Wish:
    return Wish(
        game=fields.get("game"),
        rule=fields.get("rule"),
        seed=fields.get("seed"),
        lobbies=fields.get("lobbies"),
    )
