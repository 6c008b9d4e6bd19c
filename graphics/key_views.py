"""Keys of overlays over REST: the crew makes and revokes them, whoever has one sees its graphic."""

from http import HTTPStatus
from typing import ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from gal_dashboard.api.concurrency import conditional, etag_of
from gal_dashboard.api.pagination import number_of, page_of
from gal_dashboard.api.schema import (
    IF_NONE_MATCH,
    NOT_MODIFIED,
    MessageSerializer,
    page_parameters,
)
from graphics import key_selectors, keys, selectors
from graphics.base_views import GraphicBase
from graphics.connections import SEES_ADDRESSES
from graphics.errors import GraphicNotFoundError
from graphics.key_uses import key_uses
from graphics.ready_views import OPENED
from graphics.serializers import (
    GraphicViewSerializer,
    KeyInput,
    KeyListSerializer,
    NewKeySerializer,
)
from graphics.views import HIGHEST_VERSION, VERSION


class KeyViewSet(GraphicBase):
    tag = "keys"
    public_actions: ClassVar[frozenset[str]] = frozenset({"public_view"})
    unstored_actions: ClassVar[frozenset[str]] = frozenset({"create"})

    @extend_schema(parameters=page_parameters(), responses=KeyListSerializer)
    def list(self, request: Request, pk: int) -> Response:
        """The keys of a graphic, revoked ones too, the newest first; never the keys themselves."""
        page = page_of(request)
        rows = key_selectors.key_rows(pk)
        shown = list(rows[page.window])
        if not request.user.may(SEES_ADDRESSES):
            shown = [{**row, "last_used_from": None} for row in shown]
        return Response({"keys": shown, "total": rows.order_by().count()})

    @extend_schema(request=KeyInput, responses={201: NewKeySerializer})
    def create(self, request: Request, pk: int) -> Response:
        """A new key. `key` is in this answer and nowhere else: an `Idempotency-Key` is ignored."""
        name = self.validated(KeyInput)["name"]
        key, text = keys.create_key(actor=request.user, graphic_id=pk, name=name)
        return Response(
            {**key_selectors.key_body(key), "key": text, "overlay": f"/overlay/k/{text}"},
            status=HTTPStatus.CREATED,
        )

    @extend_schema(request=None, responses={200: MessageSerializer})
    def revoke(self, request: Request, pk: int, key_id: int) -> Response:
        """End a key: its sockets close at once. 200 as well if it had ended before."""
        revoked = keys.revoke_key(actor=request.user, graphic_id=pk, key_id=key_id)
        message = "The key was revoked." if revoked else "The key was revoked already."
        return Response({"message": message})

    @extend_schema(
        parameters=[VERSION, IF_NONE_MATCH],
        responses={200: GraphicViewSerializer, 304: NOT_MODIFIED},
        auth=[],
    )
    def public_view(self, request: Request, overlay_key: str) -> Response:
        """What an overlay draws, for whoever has the key."""
        at_least = number_of(request, "version", default=0, low=0, high=HIGHEST_VERSION)
        opened = key_selectors.opened_by(overlay_key)
        if opened is None:
            raise GraphicNotFoundError
        key_uses.note(opened.key_id, request.META["REMOTE_ADDR"])
        body = selectors.public_view(opened.graphic_id, at_least=at_least)
        scope = request.META.get("asgi.scope")
        if scope is not None:
            scope[OPENED] = opened
        return conditional(request, etag=etag_of(body["version"]), body=lambda: body)
