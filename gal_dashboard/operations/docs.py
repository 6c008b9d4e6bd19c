"""The API describes itself: OpenAPI and AsyncAPI, Swagger UI and ReDoc, nothing from outside."""

import functools
from typing import Any

from csp.constants import NONE, SELF
from csp.decorators import csp_replace
from django.http import HttpResponse
from django.template.loader import render_to_string
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from gal_dashboard.api.views import ApiViewSet
from gal_dashboard.operations import asyncapi

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


@functools.cache
def page(template: str) -> str:
    """A documentation page; its script fetches the document."""
    return render_to_string(template)


class DocsViewSet(ApiViewSet):
    tag = "docs"
    public_actions = frozenset({"openapi", "asyncapi", "swagger", "redoc"})

    @extend_schema(exclude=True)
    def openapi(self, request: Request) -> Response:
        return Response(document(), headers={"Cache-Control": "no-cache"})

    @extend_schema(exclude=True)
    def asyncapi(self, request: Request) -> HttpResponse:
        return HttpResponse(
            asyncapi.text(),
            content_type="application/json",
            headers={"Cache-Control": "no-cache"},
        )

    @extend_schema(exclude=True)
    @csp_replace(PAGE_POLICY)
    def swagger(self, request: Request) -> HttpResponse:
        return HttpResponse(page("operations/swagger.html"))

    @extend_schema(exclude=True)
    @csp_replace(PAGE_POLICY)
    def redoc(self, request: Request) -> HttpResponse:
        return HttpResponse(page("operations/redoc.html"))
