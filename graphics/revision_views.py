"""Revisions over REST: what a graphic was, and bringing it back."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from gal_dashboard.api.concurrency import versions_in
from gal_dashboard.api.pagination import page_of
from gal_dashboard.api.schema import page_parameters
from graphics import selectors, services
from graphics.base_views import FENCE, GraphicBase
from graphics.serializers import (
    ClaimInput,
    GraphicSerializer,
    RevisionListSerializer,
    RevisionSerializer,
)
from graphics.views import IF_MATCH


class RevisionViewSet(GraphicBase):
    tag = "revisions"

    def find(self, pk: int | None = None, version: int | None = None, **kwargs: object) -> None:
        super().find(pk=pk)
        if self.action == "restore":  # reads look themselves
            selectors.find_revision(pk, version)

    @extend_schema(parameters=page_parameters(), responses=RevisionListSerializer)
    def list(self, request: Request, pk: int) -> Response:
        """The versions of a graphic without their documents, the newest first."""
        page = page_of(request)
        rows = selectors.revision_rows(pk)
        found = list(rows.values(*selectors.REVISION_MEMBERS)[page.window])
        return Response({"revisions": found, "total": rows.order_by().count()})

    @extend_schema(responses=RevisionSerializer)
    def retrieve(self, request: Request, pk: int, version: int) -> Response:
        """One version with its document."""
        return Response(selectors.revision_body(pk, version))

    @extend_schema(parameters=[IF_MATCH, FENCE], request=ClaimInput, responses=GraphicSerializer)
    def restore(self, request: Request, pk: int, version: int) -> Response:
        """Save an old version as a new one, under the rules of every save."""
        claim = self.claim()
        saved = services.restore_revision(
            graphic_id=pk,
            version=version,
            claim=claim,
            accepted_versions=versions_in(request.headers.get("If-Match")),
        )
        return self.answer_saved(saved, claim)
