"""Corrections over REST: what they would change, making them, taking them back."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from gal_dashboard.api.pagination import page_of
from gal_dashboard.api.schema import page_parameters
from gal_dashboard.api.views import ApiViewSet
from tournaments import corrections, result_selectors, selectors
from tournaments.errors import CorrectionNotFoundError, TournamentNotFoundError
from tournaments.judging import LobbyResult
from tournaments.result_serializers import (
    CorrectionInput,
    CorrectionListSerializer,
    CorrectionSerializer,
    PreviewInput,
    PreviewSerializer,
    UndoInput,
)


class CorrectionViewSet(ApiViewSet):
    area = "tournaments"

    def find(self, pk: int, correction: int | None = None) -> None:
        if not selectors.tournament_exists(pk):
            raise TournamentNotFoundError
        if correction is not None and not result_selectors.correction_exists(pk, correction):
            raise CorrectionNotFoundError

    @extend_schema(request=PreviewInput, responses={200: PreviewSerializer})
    def preview_correction(self, request: Request, pk: int) -> Response:
        """What corrected results would change. Nothing is written.

        Send its `fingerprint` with the correction, and only this is done.
        """
        fields = self.validated(PreviewInput)
        wanted = _results(fields["results"])
        return Response(corrections.preview_correction(tournament_id=pk, wanted=wanted))

    @extend_schema(parameters=page_parameters(), responses=CorrectionListSerializer)
    def corrections(self, request: Request, pk: int) -> Response:
        """Corrections, the newest first, with what was before and after."""
        return Response(result_selectors.corrections(pk, window=page_of(request).window))

    @extend_schema(request=CorrectionInput, responses={201: CorrectionSerializer})
    def correct(self, request: Request, pk: int) -> Response:
        """Replace the results of several lobbies at once."""
        fields = self.validated(CorrectionInput)
        made = corrections.correct_results(
            actor=request.user,
            tournament_id=pk,
            wanted=_results(fields["results"]),
            reason=fields.get("reason", ""),
            fingerprint=fields.get("fingerprint"),
        )
        return _created(pk, made.pk)

    @extend_schema(request=UndoInput, responses={201: CorrectionSerializer})
    def undo_correction(self, request: Request, pk: int, correction: int) -> Response:
        """Put the results of before a correction back: a correction of its own."""
        fields = self.validated(UndoInput)
        made = corrections.undo_correction(
            actor=request.user, tournament_id=pk, correction_id=correction, **fields
        )
        return _created(pk, made.pk)


def _results(rows: Sequence[Mapping[str, Any]]) -> list[LobbyResult]:
    return [
        LobbyResult(
            ref=row["game"],
            lobby=row["lobby"],
            placements=row["placements"],
            absent=row.get("absent") or [],
        )
        for row in rows
    ]


def _created(tournament_id: int, correction_id: int) -> Response:
    body = result_selectors.correction_body(tournament_id, correction_id)
    return Response(body, status=HTTPStatus.CREATED)
