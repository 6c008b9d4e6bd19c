"""The API describes itself: OpenAPI, Swagger UI and ReDoc, with nothing from an outside host."""

import functools
from typing import Any

from csp.constants import NONE, SELF
from csp.decorators import csp_replace
from django.utils.decorators import method_decorator
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularRedocView, SpectacularSwaggerSplitView
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.request import Request
from rest_framework.response import Response

from gal_dashboard.api.views import ApiViewSet

PAGE_POLICY = {
    "default-src": [NONE],
    "script-src": [SELF],
    # both pages set style attributes from their scripts
    "style-src": [SELF, "'unsafe-inline'"],
    "img-src": [SELF, "data:"],
    "font-src": [SELF, "data:"],
    "connect-src": [SELF],
    "worker-src": [SELF, "blob:"],
    "base-uri": [NONE],
    "form-action": [NONE],
    "frame-ancestors": [NONE],
}


@functools.cache
def document() -> dict[str, Any]:
    """The OpenAPI document: made once, as it changes only with the code."""
    return SchemaGenerator().get_schema(request=None, public=True)


class OpenApiViewSet(ApiViewSet):
    tag = "docs"
    public_actions = frozenset({"openapi"})

    @extend_schema(exclude=True)
    def openapi(self, request: Request) -> Response:
        return Response(document(), headers={"Cache-Control": "no-cache"})


@method_decorator(csp_replace(PAGE_POLICY), name="dispatch")
class SwaggerView(SpectacularSwaggerSplitView):
    template_name = "operations/swagger.html"
    content_negotiation_class = DefaultContentNegotiation


@method_decorator(csp_replace(PAGE_POLICY), name="dispatch")
class RedocView(SpectacularRedocView):
    template_name = "operations/redoc.html"
    content_negotiation_class = DefaultContentNegotiation
