"""What the OpenAPI document says of every operation."""

from http import HTTPStatus
from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import get_doc, is_list_serializer
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from rest_framework import serializers

from gal_dashboard.api.converters import MAX_ID
from gal_dashboard.api.pagination import DEFAULT_LIMIT, MAX_LIMIT, MAX_SKIP

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


def page_parameters(max_limit: int = MAX_LIMIT) -> list[OpenApiParameter]:
    return [
        OpenApiParameter(
            "skip",
            {"type": "integer", "minimum": 0, "maximum": MAX_SKIP},
            default=0,
            description="Rows to leave out.",
        ),
        OpenApiParameter(
            "limit",
            {"type": "integer", "minimum": 1, "maximum": max_limit},
            default=min(DEFAULT_LIMIT, max_limit),
            description="Rows at most.",
        ),
    ]


def id_parameter(name: str, description: str) -> OpenApiParameter:
    return OpenApiParameter(
        name, {"type": "integer", "minimum": 1, "maximum": MAX_ID}, description=description
    )


IF_NONE_MATCH = OpenApiParameter(
    "If-None-Match",
    str,
    OpenApiParameter.HEADER,
    description="The `ETag` that you have; 304 while it is the newest.",
)
NOT_MODIFIED = OpenApiResponse(description="You have the newest one.")


class MessageSerializer(serializers.Serializer):
    message = serializers.CharField()


class Schema(AutoSchema):
    """Names operations by area and action, and takes their words from the action's docstring."""

    def get_tags(self) -> list[str]:
        return [getattr(self.view, "tag", None) or getattr(self.view, "area", None) or "system"]

    def get_operation_id(self) -> str:
        return f"{self.get_tags()[0]}_{self.view.action}"

    def get_summary(self) -> str:
        return self._docstring().partition(".\n")[0]

    def get_description(self) -> str:
        return self._docstring().partition(".\n")[2].strip()

    def _docstring(self) -> str:
        return get_doc(getattr(self.view, self.view.action)) + "\n"

    def _is_list_view(self, serializer: Any = None) -> bool:
        # by its name, an action `list` that answers an object would be described as an array of it
        return is_list_serializer(serializer or self.get_response_serializers())


def describe_answers(
    result: dict[str, Any],
    generator: Any,
    request: Any,
    public: bool,  # noqa: FBT001 - the signature is drf-spectacular's
) -> dict[str, Any]:
    """Give every operation the error answer, and every answer words, in one place."""
    result.setdefault("components", {}).setdefault("schemas", {})[ERROR_NAME] = ERROR_SCHEMA
    refused = {
        "description": "Refused; see the code.",
        "content": {"application/json": {"schema": {"$ref": f"#/components/schemas/{ERROR_NAME}"}}},
    }
    for operations in result.get("paths", {}).values():
        for operation in operations.values():
            for status, answer in operation["responses"].items():
                answer["description"] = answer["description"] or HTTPStatus(int(status)).phrase
            operation["responses"]["default"] = refused
    return result


class BearerScheme(OpenApiAuthenticationExtension):
    target_class = "users.authentication.BearerAuthentication"
    name = "bearer"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
