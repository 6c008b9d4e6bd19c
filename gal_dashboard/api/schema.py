"""What the OpenAPI document says of every operation."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers

from gal_dashboard.api.pagination import DEFAULT_LIMIT, MAX_LIMIT

ERROR_NAME = "Error"
ERROR_SCHEMA = {
    "type": "object",
    "description": "Every refusal. The facts of the case stand beside these members.",
    "required": ["detail", "code", "request_id"],
    "properties": {
        "detail": {"type": "string", "description": "A sentence for people."},
        "code": {"type": "string", "description": "A snake_case fact for programs."},
        "request_id": {"type": "string"},
        "errors": {
            "type": "object",
            "description": "Invalid fields: path to sentences.",
            "additionalProperties": {"type": "array", "items": {"type": "string"}},
        },
    },
    "additionalProperties": True,
    "example": {
        "detail": "title: This field may not be blank.",
        "code": "validation_failed",
        "errors": {"title": ["This field may not be blank."]},
        "request_id": "3f0c9a54d1b94d5fb2f6e3f1a7b1c0de",
    },
}


PAGE_PARAMETERS = [
    OpenApiParameter("skip", int, description="Rows to leave out; default 0."),
    OpenApiParameter(
        "limit", int, description=f"Rows at most; default {DEFAULT_LIMIT}, up to {MAX_LIMIT}."
    ),
]


class MessageSerializer(serializers.Serializer):
    message = serializers.CharField()


class Schema(AutoSchema):
    """Names operations by their area, and describes ``skip`` and ``limit`` where a view pages."""

    def get_tags(self) -> list[str]:
        return [getattr(self.view, "tag", None) or getattr(self.view, "area", None) or "system"]


def describe_errors(
    result: dict[str, Any],
    generator: Any,
    request: Any,
    public: bool,  # noqa: FBT001 - the signature is drf-spectacular's
) -> dict[str, Any]:
    """Give every operation the error answer in one place instead of at each view."""
    result.setdefault("components", {}).setdefault("schemas", {})[ERROR_NAME] = ERROR_SCHEMA
    answer = {
        "description": "Refused; see the code.",
        "content": {"application/json": {"schema": {"$ref": f"#/components/schemas/{ERROR_NAME}"}}},
    }
    for path in result.get("paths", {}).values():
        for operation in path.values():
            if isinstance(operation, dict) and "responses" in operation:
                operation["responses"].setdefault("default", answer)
    return result


class BearerScheme(OpenApiAuthenticationExtension):
    target_class = "users.authentication.BearerAuthentication"
    name = "bearer"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
