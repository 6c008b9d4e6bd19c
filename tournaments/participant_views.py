"""Participants over REST: registration, check-in, withdrawal."""

from http import HTTPStatus

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers as drf
from rest_framework.request import Request
from rest_framework.response import Response

from gal_dashboard.api.pagination import page_of
from gal_dashboard.api.schema import MessageSerializer, page_parameters
from gal_dashboard.api.views import ApiViewSet
from tournaments import registration, roster, selectors
from tournaments.choices import EntryStatus
from tournaments.errors import ParticipantNotFoundError, TournamentNotFoundError
from tournaments.filters import ParticipantFilter
from tournaments.serializers import (
    ParticipantChanges,
    ParticipantListSerializer,
    ParticipantSerializer,
    RegistrationInput,
    WithdrawnSerializer,
)

FILTERS = [
    *page_parameters(),
    OpenApiParameter(
        "status", str, enum=EntryStatus.values, description="Only participants of this status."
    ),
]


class ParticipantViewSet(ApiViewSet):
    area = "tournaments"

    def find(self, pk: int, participant: int | None = None) -> None:
        if not selectors.tournament_exists(pk):
            raise TournamentNotFoundError
        if participant is not None and not selectors.participant_exists(pk, participant):
            raise ParticipantNotFoundError

    @extend_schema(parameters=FILTERS, responses=ParticipantListSerializer)
    def participants(self, request: Request, pk: int) -> Response:
        """Who is registered, waits or has withdrawn, in the order of arrival."""
        page = page_of(request)
        rows = ParticipantFilter(request.query_params, queryset=selectors.participant_rows(pk))
        if not rows.is_valid():
            raise drf.ValidationError(rows.errors)
        return Response({"participants": list(rows.qs[page.window]), "total": rows.qs.count()})

    @extend_schema(request=RegistrationInput, responses={201: ParticipantSerializer})
    def register(self, request: Request, pk: int) -> Response:
        """Register a participant.

        Who finds no place free waits: `status` is `waiting`, and `waitlist_position` says how
        many are before, counting from 1.
        """
        form = RegistrationInput(data=self.body)
        if not form.is_valid():
            registration.refuse_registration(
                tournament_id=pk, is_late=self.body.get("late") is True
            )
            raise drf.ValidationError(form.errors)
        fields = form.validated_data
        added = registration.register_participant(
            actor=request.user,
            tournament_id=pk,
            is_late=fields.pop("late", False),
            fields=fields,
        )
        return Response(selectors.participant_body(pk, added.pk), status=HTTPStatus.CREATED)

    @extend_schema(responses=ParticipantSerializer)
    def participant(self, request: Request, pk: int, participant: int) -> Response:
        """One participant."""
        return Response(selectors.participant_body(pk, participant))

    @extend_schema(request=ParticipantChanges, responses=ParticipantSerializer)
    def change(self, request: Request, pk: int, participant: int) -> Response:
        """Change the fields that are named."""
        fields = self.validated(ParticipantChanges, partial=True)
        roster.change_participant(actor=request.user, participant_id=participant, fields=fields)
        return Response(selectors.participant_body(pk, participant))

    @extend_schema(responses={200: MessageSerializer})
    def remove(self, request: Request, pk: int, participant: int) -> Response:
        """Remove an entry that was a mistake; once a draw or a result names it, it can withdraw."""
        name = selectors.participant_body(pk, participant)["name"]
        roster.remove_participant(actor=request.user, participant_id=participant)
        return Response({"message": f"Participant {name} was removed."})

    @extend_schema(request=None, responses={200: ParticipantSerializer})
    def check_in(self, request: Request, pk: int, participant: int) -> Response:
        """Note that a participant is there, while the tournament is `check_in`."""
        registration.check_in(actor=request.user, participant_id=participant)
        return Response(selectors.participant_body(pk, participant))

    @extend_schema(responses={200: ParticipantSerializer})
    def take_back_check_in(self, request: Request, pk: int, participant: int) -> Response:
        """Take a check-in back."""
        registration.take_back_check_in(actor=request.user, participant_id=participant)
        return Response(selectors.participant_body(pk, participant))

    @extend_schema(request=None, responses={200: ParticipantSerializer})
    def withdraw(self, request: Request, pk: int, participant: int) -> Response:
        """Take a participant out; the first of the waitlist gets the place.

        Once a game is drawn nobody moves up by himself. What was played stays in the standings.
        """
        registration.withdraw(actor=request.user, participant_id=participant)
        return Response(selectors.participant_body(pk, participant))

    @extend_schema(request=None, responses={200: ParticipantSerializer})
    def admit(self, request: Request, pk: int, participant: int) -> Response:
        """Give a free place to somebody who waits, such as a substitute in a running event."""
        registration.admit(actor=request.user, participant_id=participant)
        return Response(selectors.participant_body(pk, participant))

    @extend_schema(request=None, responses={200: WithdrawnSerializer})
    def close_check_in(self, request: Request, pk: int) -> Response:
        """Withdraw everybody who has not checked in; who waits moves up."""
        gone = registration.withdraw_who_did_not_check_in(actor=request.user, tournament_id=pk)
        return Response({"withdrawn": [participant.name for participant in gone]})
