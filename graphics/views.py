"""Graphics over REST."""

from http import HTTPStatus
from typing import Any, ClassVar

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers as drf
from rest_framework.exceptions import NotAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from gal_dashboard.api.concurrency import conditional, etag_of, versions_in
from gal_dashboard.api.pagination import choice_of, choices_of, number_of, page_of
from gal_dashboard.api.schema import IF_NONE_MATCH, NOT_MODIFIED, id_parameter, page_parameters
from gal_dashboard.api.views import ApiViewSet
from graphics import selectors, services
from graphics.errors import GraphicNotFoundError
from graphics.filters import GraphicFilter
from graphics.models import Graphic
from graphics.serializers import (
    GraphicChanges,
    GraphicInput,
    GraphicListSerializer,
    GraphicSerializer,
    GraphicViewSerializer,
)

MOST_AT_ONCE = 200
HIGHEST_VERSION = 2**31 - 1
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
    OpenApiParameter(
        "fields",
        {"type": "array", "items": {"type": "string", "enum": list(selectors.MEMBERS)}},
        explode=False,
        description="Only these members, as `id,title,version`.",
    ),
]


class GraphicViewSet(ApiViewSet):
    area = "graphics"
    public_actions: ClassVar[frozenset[str]] = frozenset({"public_view"})

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        try:
            super().initial(request, *args, **kwargs)
        except NotAuthenticated:
            # An old overlay page falls back to this address: what it may not see is not there,
            # so that it never lands on a login form.
            if self.action == "retrieve" and not selectors.is_public(kwargs["pk"]):
                raise GraphicNotFoundError from None
            raise

    def find(self, pk: int | None = None, **kwargs: object) -> None:
        if self.action in {"update", "partial_update"} and not selectors.graphic_exists(pk or 0):
            raise GraphicNotFoundError

    @extend_schema(parameters=FILTERS, responses=GraphicListSerializer)
    def list(self, request: Request) -> Response:
        """Graphics with their documents, the newest change first.

        A page ends early at 64 MiB of documents; `total` says how many graphics there are. With
        `fields` the members that are not named are left out.
        """
        page = page_of(request, max_limit=MOST_AT_ONCE)
        ordering = choice_of(request, "ordering", ORDERINGS, default="-updated_at")
        members = choices_of(request, "fields", selectors.MEMBERS)
        found = GraphicFilter(
            request.query_params, queryset=selectors.graphics_in_order(ordering), request=request
        )
        if not found.is_valid():
            raise drf.ValidationError(found.errors)
        return Response(
            {
                "graphics": selectors.graphic_page(found.qs, page.window, members=members),
                "total": found.qs.order_by().count(),
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
        return _answer(graphic, HTTPStatus.CREATED)

    @extend_schema(responses=GraphicSerializer)
    def retrieve(self, request: Request, pk: int) -> Response:
        """One graphic with its document; the ETag is its version."""
        body = selectors.graphic_body(pk)
        return Response(body, headers={"ETag": etag_of(body["version"])})

    @extend_schema(parameters=[IF_MATCH], request=GraphicChanges, responses=GraphicSerializer)
    def update(self, request: Request, pk: int) -> Response:
        """Save what is named; null and absent fields stay.

        PUT and PATCH do the same. A save that changes nothing answers 200 with the same version
        and tells nobody.
        """
        accepted = versions_in(request.headers.get("If-Match"))
        form = GraphicChanges(data=self.body)
        if not form.is_valid():
            services.refuse_update(graphic_id=pk, accepted_versions=accepted)
            raise drf.ValidationError(form.errors)
        fields = form.validated_data
        changes = services.Changes(
            title=fields.get("title"),
            event_name=fields.get("event_name"),
            document=fields.get("data_json"),
            tournament_id=fields.get("tournament_id"),
        )
        graphic = services.update_graphic(
            actor=request.user, graphic_id=pk, changes=changes, accepted_versions=accepted
        )
        return _answer(graphic, HTTPStatus.OK)

    @extend_schema(parameters=[IF_MATCH], request=GraphicChanges, responses=GraphicSerializer)
    def partial_update(self, request: Request, pk: int) -> Response:
        """Save what is named, as PUT does."""
        return self.update(request, pk)

    @extend_schema(
        parameters=[VERSION, IF_NONE_MATCH],
        responses={200: GraphicViewSerializer, 304: NOT_MODIFIED},
        auth=[],
    )
    def public_view(self, request: Request, pk: int) -> Response:
        """What an overlay draws, for everybody."""
        at_least = number_of(request, "version", default=0, low=0, high=HIGHEST_VERSION)
        body = selectors.public_view(pk, at_least=at_least)
        return conditional(request, etag=etag_of(body["version"]), body=lambda: body)


def _answer(graphic: Graphic, status: HTTPStatus) -> Response:
    return Response(
        selectors.body_of_graphic(graphic),
        status=status,
        headers={"ETag": etag_of(graphic.version)},
    )
