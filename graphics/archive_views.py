"""The archive over REST."""

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers as drf
from rest_framework.request import Request
from rest_framework.response import Response

from gal_dashboard.api.pagination import choices_of, page_of
from gal_dashboard.api.schema import MessageSerializer, page_parameters
from graphics import archive, selectors
from graphics.base_views import SESSION, GraphicBase, fields_parameter
from graphics.serializers import ArchiveAnswerSerializer, ArchiveInput, ArchiveListSerializer

MOST_AT_ONCE = 200
DELETE_FOR_GOOD = "maintenance:write"


class ArchiveViewSet(GraphicBase):
    tag = "archive"
    scopes = {"delete_for_good": DELETE_FOR_GOOD}

    @extend_schema(
        parameters=[*page_parameters(MOST_AT_ONCE), fields_parameter(selectors.ARCHIVE_MEMBERS)],
        responses=ArchiveListSerializer,
    )
    def list(self, request: Request) -> Response:
        """Archived graphics with their documents, the newest change first.

        A page ends early at 64 MiB of documents. With `fields` the members that are not named are
        left out.
        """
        page = page_of(request, max_limit=MOST_AT_ONCE)
        members = choices_of(request, "fields", selectors.ARCHIVE_MEMBERS)
        rows = selectors.graphics_in_order().filter(archived=True)
        found = selectors.graphic_page(rows, page.window, viewer=self.viewer, members=members)
        return Response(
            {
                "archives": found,
                "total": rows.order_by().count(),
                "can_delete": request.user.may(DELETE_FOR_GOOD),
            }
        )

    @extend_schema(request=ArchiveInput, responses=ArchiveAnswerSerializer)
    def archive(self, request: Request, pk: int) -> Response:
        """Take a graphic off the list; its overlays hold their picture.

        409 `graphic_locked` while another session edits it, `already_archived` the second time.
        """
        form = self.form_with_claim(ArchiveInput)
        if not form.is_valid():
            # a conflict is told before a broken rule
            archive.judge_archive(graphic_id=pk, claim=self.claim())
            raise drf.ValidationError(form.errors)
        fields = form.validated_data
        graphic = archive.archive_graphic(
            graphic_id=pk, claim=self.claim(fields), reason=fields.get("reason") or ""
        )
        return Response(
            {
                "success": True,
                "message": "The graphic was archived.",
                "graphic_id": pk,
                "archived_at": graphic.archived_at,
                "restored_at": None,
            }
        )

    @extend_schema(request=None, responses=ArchiveAnswerSerializer)
    def restore(self, request: Request, pk: int) -> Response:
        """Bring an archived graphic back; its overlays show it again within ten seconds."""
        archive.restore_graphic(graphic_id=pk, actor=request.user)
        return Response(
            {
                "success": True,
                "message": "The graphic was restored.",
                "graphic_id": pk,
                "archived_at": None,
                "restored_at": timezone.now(),
            }
        )

    @extend_schema(parameters=[SESSION], responses={200: MessageSerializer})
    def delete_for_good(self, request: Request, pk: int) -> Response:
        """Remove an archived graphic with its revisions; 409 `not_archived` for a live one."""
        title = archive.delete_graphic(graphic_id=pk, claim=self.claim(), only_archived=True)
        return Response({"message": f"Graphic {title} was deleted for good."})
