"""What all views of graphics share: finding the graphic, and in whose name a request acts."""

import re
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, ClassVar, Final

from django.db import Error
from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import ParseError, UnsupportedMediaType, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from gal_dashboard.api.concurrency import etag_of
from gal_dashboard.api.fields import StrictCharField
from gal_dashboard.api.views import METHODS_WITH_BODY, ApiViewSet
from gal_dashboard.core.errors import InvalidFieldsError
from graphics import selectors
from graphics.claims import Claim
from graphics.errors import GraphicNotFoundError
from graphics.models import Graphic
from graphics.serializers import LONGEST_SESSION, ClaimInput
from graphics.services import Saved

REFUSALS_BY_FORM: Final = (
    ParseError,
    UnsupportedMediaType,
    ValidationError,
    InvalidFieldsError,
)
_FENCE = re.compile(r"[0-9]{1,16}\Z")
FENCE_HEADER = "X-Lock-Fence"

FENCE = OpenApiParameter(
    FENCE_HEADER,
    {"type": "string", "pattern": "^[0-9]{1,16}$"},
    OpenApiParameter.HEADER,
    description="The `lock_fence` of the lock that you hold.",
)
SESSION = OpenApiParameter(
    "session_id",
    {"type": "string", "minLength": 1, "maxLength": LONGEST_SESSION},
    description="The editor window, as sent to POST /lock.",
)


def fields_parameter(members: Sequence[str]) -> OpenApiParameter:
    """How a list is asked for some of these members."""
    return OpenApiParameter(
        "fields",
        {"type": "array", "items": {"type": "string", "enum": list(members)}},
        explode=False,
        description="Only these members, as `id,title,version`.",
    )


class GraphicBase(ApiViewSet):
    area = "graphics"
    query_members = frozenset({"session_id"})

    # Actions that find the graphic themselves: writes under the lock of its row.
    finding_actions: ClassVar[frozenset[str]] = frozenset()

    def find(self, pk: int | None = None, **kwargs: object) -> None:
        if self.action not in self.finding_actions:
            self._look_for(pk)

    def handle_exception(self, exc: Exception) -> Response:
        has_looked = self.action not in self.finding_actions
        # strangers are not told whether there is something that they may not see
        if isinstance(exc, REFUSALS_BY_FORM) and not has_looked and not self.is_public:
            try:  # what is not there is not there whatever was sent
                self._look_for(self.kwargs["pk"])
            except (GraphicNotFoundError, Error) as sooner:
                exc = sooner
        return super().handle_exception(exc)

    def _look_for(self, pk: int | None) -> None:
        if pk is not None and not selectors.graphic_exists(pk):
            raise GraphicNotFoundError

    @property
    def viewer(self) -> Claim:
        """The caller as one who looks: by their login."""
        return Claim(actor=self.request.user)

    def claim(self, fields: Mapping[str, Any] | None = None) -> Claim:
        """The caller as one who acts. The session may stand in the query, the fence in a header.

        ``fields`` are those of a form that is a ``ClaimInput`` too, where it has been read.
        """
        if fields is None:
            fields = self.validated_with_query(ClaimInput)
        fence_in_head = _fence_of(self.request)
        fence = fields.get("lock_fence")
        return Claim(
            actor=self.request.user,
            session_id=fields.get("session_id"),
            fence=fence_in_head if fence is None else fence,
        )

    def form_with_claim(self, serializer_class: type[ClaimInput]) -> ClaimInput:
        """The body's form, for ``claim``: the session may stand in the query, nothing else."""
        query = self.request.query_params
        named = {"session_id": query["session_id"]} if "session_id" in query else {}
        return serializer_class(data={**named, **self.body})

    def validated_with_query(self, serializer_class: type) -> dict[str, Any]:
        """The form's fields from the body, or from the query where the body does not name them."""
        query = self.request.query_params
        fields = serializer_class().fields if query else {}  # to make them takes its time
        # a query holds texts: a number in it is one of the parameters that nobody asked for
        named = {
            name: query[name]
            for name, field in fields.items()
            if name in query and isinstance(field, StrictCharField)
        }
        body = self.body if self.request.method in METHODS_WITH_BODY else {}
        form = serializer_class(data={**named, **body})
        form.is_valid(raise_exception=True)
        return form.validated_data

    def answer_saved(self, saved: Saved, claim: Claim) -> Response:
        """A graphic as a save of ``claim`` has left it, with the lock of that moment."""
        body = selectors.body_of_graphic(saved.graphic, saved.lease, claim)
        return Response(body, headers={"ETag": etag_of(saved.graphic.version)})

    def answer_new(self, graphic: Graphic) -> Response:
        """A graphic as it was made: nobody has locked it before others know of it."""
        body = selectors.body_of_graphic(graphic, None, self.viewer)
        headers = {"ETag": etag_of(graphic.version)}
        return Response(body, status=HTTPStatus.CREATED, headers=headers)


def _fence_of(request: Request) -> int | None:
    text = request.headers.get(FENCE_HEADER)
    if text is None:
        return None
    if not _FENCE.match(text):
        raise InvalidFieldsError({FENCE_HEADER: ["Must be the lock_fence of a lock."]})
    return int(text)
