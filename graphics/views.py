"""Graphics over REST."""

from typing import Any, ClassVar

from django.conf import settings
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers as drf
from rest_framework.exceptions import NotAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from gal_dashboard.api.concurrency import conditional, etag_of, versions_in
from gal_dashboard.api.pagination import choice_of, choices_of, number_of, page_of
from gal_dashboard.api.schema import (
    IF_NONE_MATCH,
    NOT_MODIFIED,
    MessageSerializer,
    id_parameter,
    page_parameters,
)
from graphics import archive, selectors, services
from graphics.base_views import FENCE, SESSION, GraphicBase, fields_parameter
from graphics.errors import AlreadyArchivedError, GraphicNotFoundError
from graphics.filters import as_asked
from graphics.serializers import (
    DuplicateInput,
    GraphicChanges,
    GraphicInput,
    GraphicListSerializer,
    GraphicSerializer,
    GraphicViewSerializer,
)

MOST_AT_ONCE = 200
HIGHEST_VERSION = 2**31 - 1
DELETE_FOR_GOOD = "maintenance:write"
ORDERINGS = [f"{sign}{name}" for name in selectors.ORDERINGS for sign in ("-", "")]

IF_MATCH = OpenApiParameter(
    "If-Match", str, OpenApiParameter.HEADER, description='The version you read, as `"7"`; or `*`.'
)
VERSION = OpenApiParameter(
    "version",
    {"type": "integer", "minimum": 0, "maximum": HIGHEST_VERSION},
    description="Not less than this version; 404 until it is saved.",
)
FILTERS = [
    *page_parameters(MOST_AT_ONCE),
    OpenApiParameter("include_archived", bool, description="Archived ones too."),
    OpenApiParameter("search", str, description="In title and event name."),
    OpenApiParameter("event_name", str, description="Of this event only."),
    id_parameter("tournament_id", "Tied to this tournament only."),
    OpenApiParameter("ordering", str, enum=ORDERINGS, description="A minus turns it round."),
    fields_parameter(selectors.MEMBERS),
]
COPY_NAMES = [
    OpenApiParameter("new_title", str, description="As in the body."),
    OpenApiParameter("new_event_name", str, description="As in the body."),
]


class GraphicViewSet(GraphicBase):
    public_actions: ClassVar[frozenset[str]] = frozenset({"public_view"})
    scopes: ClassVar[dict[str, str]] = {"delete_for_good": DELETE_FOR_GOOD}
    query_members = frozenset(DuplicateInput().fields)
    finding_actions = frozenset({"retrieve", "public_view", "update", "partial_update"})

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        try:
            super().initial(request, *args, **kwargs)
        except NotAuthenticated:
            # An old overlay page falls back to this address: what it may not see is not there,
            # so that it never lands on a login form.
            if self.action == "retrieve" and not _is_seen_by_number(kwargs["pk"]):
                raise GraphicNotFoundError from None
            raise

    @extend_schema(parameters=FILTERS, responses=GraphicListSerializer)
    def list(self, request: Request) -> Response:
        """Graphics with their documents, the newest change first.

        A page ends early at 64 MiB of documents; `total` says how many graphics there are. With
        `fields` the members that are not named are left out.
        """
        page = page_of(request, max_limit=MOST_AT_ONCE)
        ordering = choice_of(request, "ordering", ORDERINGS, default="-updated_at")
        members = choices_of(request, "fields", selectors.MEMBERS)
        found = as_asked(selectors.graphics_in_order(ordering), request)
        return Response(
            {
                "graphics": selectors.graphic_page(
                    found, page.window, viewer=self.viewer, members=members
                ),
                "total": found.order_by().count(),
            }
        )

    @extend_schema(request=GraphicInput, responses={201: GraphicSerializer})
    def create(self, request: Request) -> Response:
        """A new graphic, at version 1."""
        fields = self.validated(GraphicInput)
        graphic = services.create_graphic(
            actor=request.user,
            title=fields["title"],
            event_name=fields["event_name"],
            document=fields.get("data_json") or "{}",
            tournament_id=fields.get("tournament_id"),
        )
        return self.answer_new(graphic)

    @extend_schema(responses=GraphicSerializer)
    def retrieve(self, request: Request, pk: int) -> Response:
        """One graphic with its document; the ETag is its version."""
        body = selectors.graphic_body(pk, self.viewer)
        return Response(body, headers={"ETag": etag_of(body["version"])})

    @extend_schema(
        parameters=[IF_MATCH, FENCE], request=GraphicChanges, responses=GraphicSerializer
    )
    def update(self, request: Request, pk: int) -> Response:
        """Save what is named; null and absent fields stay.

        PUT and PATCH do the same. A save that changes nothing answers 200 with the same version
        and tells nobody. 423 `graphic_locked` while another session edits, 409 `lock_lost` if you
        have lost the lock meanwhile, 412 if `If-Match` is not the newest version.
        """
        accepted = versions_in(request.headers.get("If-Match"))
        form = self.form_with_claim(GraphicChanges)
        if not form.is_valid():
            services.refuse_update(graphic_id=pk, claim=self.claim(), accepted_versions=accepted)
            raise drf.ValidationError(form.errors)
        claim = self.claim(form.validated_data)
        fields = form.validated_data
        changes = services.Changes(
            title=fields.get("title"),
            event_name=fields.get("event_name"),
            document=fields.get("data_json"),
            tournament_id=fields.get("tournament_id"),
        )
        saved = services.update_graphic(
            graphic_id=pk, changes=changes, claim=claim, accepted_versions=accepted
        )
        return self.answer_saved(saved, claim)

    @extend_schema(
        parameters=[IF_MATCH, FENCE], request=GraphicChanges, responses=GraphicSerializer
    )
    def partial_update(self, request: Request, pk: int) -> Response:
        """Save what is named, as PUT does."""
        return self.update(request, pk)

    @extend_schema(parameters=[SESSION], responses={200: MessageSerializer})
    def destroy(self, request: Request, pk: int) -> Response:
        """Archive a graphic; 200 as well if it is archived already."""
        try:
            archive.archive_graphic(graphic_id=pk, claim=self.claim())
        except AlreadyArchivedError:
            return Response({"message": "The graphic is archived already."})
        return Response({"message": "The graphic was archived."})

    @extend_schema(parameters=[SESSION], responses={200: MessageSerializer})
    def delete_for_good(self, request: Request, pk: int) -> Response:
        """Remove a graphic with its revisions, live or archived."""
        title = archive.delete_graphic(graphic_id=pk, claim=self.claim())
        return Response({"message": f"Graphic {title} was deleted for good."})

    @extend_schema(
        parameters=COPY_NAMES, request=DuplicateInput, responses={201: GraphicSerializer}
    )
    def duplicate(self, request: Request, pk: int) -> Response:
        """A live copy at version 1, titled `X (Copy)` unless named."""
        fields = self.validated_with_query(DuplicateInput)
        graphic = services.duplicate_graphic(
            actor=request.user,
            graphic_id=pk,
            new_title=fields.get("new_title"),
            new_event_name=fields.get("new_event_name"),
        )
        return self.answer_new(graphic)

    @extend_schema(responses=drf.ListSerializer(child=drf.CharField()))
    def event_names(self, request: Request) -> Response:
        """The names of all events that have a graphic, archived ones too, sorted."""
        return Response(selectors.event_names())

    @extend_schema(
        parameters=[VERSION, IF_NONE_MATCH],
        responses={200: GraphicViewSerializer, 304: NOT_MODIFIED},
        auth=[],
    )
    def public_view(self, request: Request, pk: int) -> Response:
        """What an overlay draws, for everybody, unless only keys open overlays here."""
        if not settings.OVERLAY_PUBLIC_IDS:
            raise GraphicNotFoundError
        at_least = number_of(request, "version", default=0, low=0, high=HIGHEST_VERSION)
        body = selectors.public_view(pk, at_least=at_least)
        return conditional(request, etag=etag_of(body["version"]), body=lambda: body)


def _is_seen_by_number(pk: int) -> bool:
    """Whether the public view would show it."""
    return settings.OVERLAY_PUBLIC_IDS and selectors.is_public(pk)
