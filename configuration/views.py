"""Configuration over REST: every key with its value, its bounds and its history."""

from http import HTTPStatus
from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from configuration import exchange, registry, selectors, services
from configuration.errors import UnknownKeyError
from configuration.models import ALL, LONGEST_DESCRIPTION
from configuration.names import is_category
from configuration.serializers import (
    MOST_AT_ONCE,
    BulkReportSerializer,
    ConfigurationListSerializer,
    ConfigurationSerializer,
    ExportSerializer,
    HistorySerializer,
    ImportInput,
    ImportReportSerializer,
    RollbackInput,
    RollbackSerializer,
    ValueInput,
)
from gal_dashboard.api.fields import StrictCharField
from gal_dashboard.api.pagination import choice_of, flag_of, page_of
from gal_dashboard.api.schema import MessageSerializer, page_parameters
from gal_dashboard.api.views import ApiViewSet
from gal_dashboard.core.errors import InvalidFieldsError

ANY_VALUE = {"application/json": {"description": "Any JSON value."}}
CATEGORY = OpenApiParameter("category", str, description="Only keys of this category.")
ENVIRONMENT = OpenApiParameter(
    "environment",
    str,
    enum=["current", "all"],
    description="Where the value shall hold. Default: where the value that speaks holds.",
)


class ConfigurationViewSet(ApiViewSet):
    area = "configuration"
    any_value_actions = frozenset({"create"})
    query_members = frozenset({"atomic", "category", "description"})

    def find(self, key: str | None = None, **kwargs: Any) -> None:
        # a key that is only about to be made, or that is gone and has a history, is found later
        if key is not None and self.action not in {"create", "history", "rollback"}:
            selectors.known(key, actor=self.request.user)

    @extend_schema(parameters=[CATEGORY, *page_parameters()], responses=ConfigurationListSerializer)
    def list(self, request: Request) -> Response:
        """All keys, by name."""
        page = page_of(request)
        category = request.query_params.get("category") or None
        found = selectors.all_known(actor=request.user, category=category)
        return Response(
            {
                "configurations": [selectors.body(one) for one in found[page.window]],
                "total": len(found),
            }
        )

    @extend_schema(responses=ConfigurationSerializer(many=True))
    def by_category(self, request: Request, category: str) -> Response:
        """The keys of one category, by name."""
        found = selectors.all_known(actor=request.user, category=category)
        return Response([selectors.body(one) for one in found])

    @extend_schema(responses=ConfigurationSerializer)
    def retrieve(self, request: Request, key: str) -> Response:
        """One key."""
        return Response(self._body(request, key))

    @extend_schema(parameters=[ENVIRONMENT], request=ValueInput, responses=ConfigurationSerializer)
    def update(self, request: Request, key: str) -> Response:
        """Store a value for a key that exists. It holds at once, in every process."""
        environment = choice_of(request, "environment", ("", "current", "all"), default="")
        fields = self.validated(ValueInput)
        services.set_value(
            actor=request.user,
            key=key,
            value=fields["value"],
            description=fields.get("description"),
            environment={"": None, "current": registry.environment(), "all": ALL}[environment],
        )
        return Response(self._body(request, key))

    @extend_schema(
        parameters=[
            OpenApiParameter("description", str, description="What the key is for."),
            OpenApiParameter(
                "category",
                str,
                default=services.CLIENTS_CATEGORY,
                description="Any but those of the program.",
            ),
        ],
        request=ANY_VALUE,
        responses={201: ConfigurationSerializer},
    )
    def create(self, request: Request, key: str) -> Response:
        """Store a key of your own; the body is its value."""
        services.create_value(
            actor=request.user,
            key=key,
            value=self.body,
            description=_description_of(request),
            category=_category_of(request),
        )
        return Response(self._body(request, key), status=HTTPStatus.CREATED)

    @extend_schema(responses={200: MessageSerializer})
    def destroy(self, request: Request, key: str) -> Response:
        """Remove what is stored for a key; a key of the program goes back to its default."""
        has_gone = services.delete_value(actor=request.user, key=key)
        said = f"{key} was removed." if has_gone else f"{key} had no stored value."
        return Response({"message": said})

    @extend_schema(
        parameters=[OpenApiParameter("atomic", bool, description="All or nothing.")],
        request={"application/json": {"type": "object", "additionalProperties": {}}},
        responses=BulkReportSerializer,
    )
    def bulk_update(self, request: Request) -> Response:
        """Store several values. What is wrong with one does not keep the others out.

        With `atomic=true` it does: then any fault is 400, and nothing changes.
        """
        is_atomic = flag_of(request, "atomic")
        if len(self.body) > MOST_AT_ONCE:
            raise InvalidFieldsError({"": [f"At most {MOST_AT_ONCE} keys at once."]})
        report = services.update_many(actor=request.user, values=self.body, is_atomic=is_atomic)
        errors = [
            {"key": key, "error": " ".join(sentences)} for key, sentences in report.errors.items()
        ]
        return Response(
            {
                "success": not errors,
                "message": f"{len(report.updated)} keys were stored, {len(errors)} were not.",
                "data": {
                    "updated": report.updated,
                    "errors": errors,
                    "total_updated": len(report.updated),
                    "total_errors": len(errors),
                },
            }
        )

    @extend_schema(parameters=page_parameters(), responses=HistorySerializer)
    def history(self, request: Request, key: str) -> Response:
        """Who changed a key, when, from what to what; the newest change first."""
        page = page_of(request)
        if selectors.key_exists(key):
            selectors.known(key, actor=request.user)
        total = selectors.history_length(key)
        if not total and not selectors.key_exists(key):
            raise UnknownKeyError
        return Response({"history": selectors.history(key, page.window), "total": total})

    @extend_schema(request=RollbackInput, responses=RollbackSerializer)
    def rollback(self, request: Request, key: str) -> Response:
        """Put back what a key had before a change."""
        change_id = self.validated(RollbackInput)["change_id"]
        services.roll_back(actor=request.user, key=key, change_id=change_id)
        is_there = selectors.key_exists(key)
        return Response(
            {
                "message": f"{key} is as it was before that change.",
                "configuration": self._body(request, key) if is_there else None,
            }
        )

    @extend_schema(responses=ExportSerializer)
    def export(self, request: Request) -> Response:
        """All stored values as YAML, without secrets."""
        return Response({"document": exchange.export_yaml()})

    @extend_schema(request=ImportInput, responses={200: ImportReportSerializer})
    def import_(self, request: Request) -> Response:
        """Store what a file holds, all or nothing. By default it only says what would change."""
        fields = self.validated(ImportInput)
        report = exchange.import_yaml(
            actor=request.user, text=fields["document"], is_dry_run=fields["dry_run"]
        )
        return Response(
            {
                "dry_run": fields["dry_run"],
                "added": [_difference(one) for one in report.added],
                "changed": [_difference(one) for one in report.changed],
                "unchanged": report.unchanged,
            }
        )

    def _body(self, request: Request, key: str) -> dict[str, Any]:
        return selectors.body(selectors.known(key, actor=request.user))


def _difference(one: exchange.Difference) -> dict[str, Any]:
    return {
        "key": one.key,
        "environment": one.environment,
        "before": one.before,
        "after": one.after,
    }


def _description_of(request: Request) -> str:
    form = StrictCharField(max_length=LONGEST_DESCRIPTION, allow_blank=True)
    text = request.query_params.get("description", "")
    try:
        return form.run_validation(text)
    except ValidationError as error:
        raise InvalidFieldsError({"description": [str(one) for one in error.detail]}) from None


def _category_of(request: Request) -> str:
    category = request.query_params.get("category") or services.CLIENTS_CATEGORY
    if not is_category(category):
        raise InvalidFieldsError(
            {"category": ["Must be 1 to 60 letters, digits, blanks or any of . _ -"]}
        )
    return category
