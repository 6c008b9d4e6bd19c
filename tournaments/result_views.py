"""Results over REST: what is submitted, and what becomes of it."""

from http import HTTPStatus

from drf_spectacular.utils import extend_schema
from rest_framework import serializers as drf
from rest_framework.request import Request
from rest_framework.response import Response

from gal_dashboard.api.pagination import page_of
from gal_dashboard.api.schema import page_parameters
from gal_dashboard.api.views import ApiViewSet
from tournaments import result_selectors, results, selectors, submissions
from tournaments.errors import SubmissionNotFoundError, TournamentNotFoundError
from tournaments.judging import LobbyResult
from tournaments.result_serializers import (
    RejectionInput,
    SheetListSerializer,
    SheetSerializer,
    SubmissionInput,
    SubmissionListSerializer,
)
from tournaments.standings import GameRef


class ResultViewSet(ApiViewSet):
    area = "tournaments"

    def find(self, pk: int, submission: int | None = None, **kwargs: object) -> None:
        if not selectors.tournament_exists(pk):
            raise TournamentNotFoundError
        if submission is not None and not result_selectors.submission_exists(pk, submission):
            raise SubmissionNotFoundError

    @extend_schema(request=SubmissionInput, responses={201: SheetSerializer})
    def submit(self, request: Request, pk: int, ref: GameRef, lobby: int) -> Response:
        """Say what came of a lobby, for somebody to confirm.

        It is judged like a result and changes no standing.
        """
        form = SubmissionInput(data=self.body)
        if not form.is_valid():
            results.refuse_result(tournament_id=pk, ref=ref)
            raise drf.ValidationError(form.errors)
        fields = form.validated_data
        said = LobbyResult(
            ref=ref,
            lobby=lobby,
            placements=fields["placements"],
            absent=fields.get("absent") or [],
        )
        sheet = submissions.submit_result(
            actor=request.user, tournament_id=pk, result=said, note=fields.get("note", "")
        )
        return Response(result_selectors.sheet_body(pk, sheet.pk), status=HTTPStatus.CREATED)

    @extend_schema(parameters=page_parameters(), responses=SheetListSerializer)
    def lobby_results(self, request: Request, pk: int, ref: GameRef, lobby: int) -> Response:
        """All that was said about one lobby, the newest first; one of it is confirmed."""
        window = page_of(request).window
        return Response(result_selectors.lobby_results(pk, ref, lobby, window=window))

    @extend_schema(parameters=page_parameters(), responses=SubmissionListSerializer)
    def submissions(self, request: Request, pk: int) -> Response:
        """What waits to be confirmed or rejected, the newest first."""
        return Response(result_selectors.submissions(pk, window=page_of(request).window))

    @extend_schema(request=None, responses={200: SheetSerializer})
    def confirm_submission(self, request: Request, pk: int, submission: int) -> Response:
        """Make a submission the result of its lobby, by the rules as they are now."""
        submissions.confirm_submission(
            actor=request.user, tournament_id=pk, submission_id=submission
        )
        return Response(result_selectors.sheet_body(pk, submission))

    @extend_schema(request=RejectionInput, responses={200: SheetSerializer})
    def reject_submission(self, request: Request, pk: int, submission: int) -> Response:
        """Decide that a submission will not count."""
        fields = self.validated(RejectionInput)
        submissions.reject_submission(
            actor=request.user, tournament_id=pk, submission_id=submission, **fields
        )
        return Response(result_selectors.sheet_body(pk, submission))
