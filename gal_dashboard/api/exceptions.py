"""The one place where a refusal of the domain, of DRF or of the database becomes an HTTP answer."""

import logging
import math
from collections.abc import Callable, Iterator, Mapping
from http import HTTPStatus
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied
from django.core.exceptions import ValidationError as ModelValidationError
from django.db import InterfaceError, OperationalError
from django.http import Http404
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.response import Response

from gal_dashboard.api.answers import error_body
from gal_dashboard.audit import refusals
from gal_dashboard.core.errors import DomainError, ErrorKind, InvalidFieldsError

STATUS_BY_KIND = {
    ErrorKind.INVALID: HTTPStatus.BAD_REQUEST,
    ErrorKind.UNAUTHENTICATED: HTTPStatus.UNAUTHORIZED,
    ErrorKind.FORBIDDEN: HTTPStatus.FORBIDDEN,
    ErrorKind.NOT_FOUND: HTTPStatus.NOT_FOUND,
    ErrorKind.CONFLICT: HTTPStatus.CONFLICT,
    ErrorKind.STALE: HTTPStatus.PRECONDITION_FAILED,
    ErrorKind.LOCKED: HTTPStatus.LOCKED,
    ErrorKind.UNPROCESSABLE: HTTPStatus.UNPROCESSABLE_ENTITY,
    ErrorKind.THROTTLED: HTTPStatus.TOO_MANY_REQUESTS,
    ErrorKind.UNAVAILABLE: HTTPStatus.SERVICE_UNAVAILABLE,
}
AUTHENTICATE = {"WWW-Authenticate": "Bearer"}
DATABASE_RETRY_SECONDS = 1

logger = logging.getLogger(__name__)


def exception_handler(exc: Exception, context: Mapping[str, Any]) -> Response | None:
    """Every refusal as one body. ``None`` for a fault: Django logs it and answers 500."""
    answer = next((answer for kinds, answer in _ANSWERS if isinstance(exc, kinds)), None)
    if answer is None:
        return None
    response = answer(exc)
    if response.status_code == HTTPStatus.FORBIDDEN:
        _record_denied(context["request"])
    return response


def _record_denied(request: Request) -> None:
    if request.user is not None:  # a stranger hears 401
        asked = f"{request.method} {request.path_info}"
        refusals.record_denied(actor=request.user, request=asked)


def _database_away(exc: Exception) -> Response:
    """Nothing was applied: the transaction failed as a whole, and the client may try again."""
    # the driver's words, which name hosts and statements, are for the log alone
    logger.error("The database refused: %s", type(exc).__name__, exc_info=exc)
    return _answer(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "database_unavailable",
        "The database does not answer or is too busy. Nothing was changed; try again.",
        facts={"retry_after": DATABASE_RETRY_SECONDS},
        headers={"Retry-After": str(DATABASE_RETRY_SECONDS)},
    )


def _domain_refusal(exc: DomainError) -> Response:
    if isinstance(exc, InvalidFieldsError):
        return _invalid(exc.errors)
    status = STATUS_BY_KIND[exc.kind]
    headers = dict(AUTHENTICATE) if status == HTTPStatus.UNAUTHORIZED else {}
    if "retry_after" in exc.facts:
        headers["Retry-After"] = str(exc.facts["retry_after"])
    return _answer(status, exc.code, str(exc), facts=exc.facts, headers=headers)


def _drf_refusal(exc: exceptions.APIException) -> Response:
    headers = dict(AUTHENTICATE) if exc.status_code == HTTPStatus.UNAUTHORIZED else {}
    facts = {}
    if isinstance(exc, exceptions.Throttled) and exc.wait is not None:
        facts["retry_after"] = math.ceil(exc.wait)
        headers["Retry-After"] = str(facts["retry_after"])
    code = getattr(exc.detail, "code", None) or exc.default_code
    return _answer(exc.status_code, str(code), str(exc.detail), facts=facts, headers=headers)


def _invalid(errors: Mapping[str, list[str]]) -> Response:
    return _answer(HTTPStatus.BAD_REQUEST, "validation_failed", _summary(errors), errors=errors)


def _summary(errors: Mapping[str, list[str]]) -> str:
    """A sentence that is of use alone: clients often show nothing but ``detail``."""
    path, sentences = next(iter(errors.items()))
    first = f"{path}: {sentences[0]}" if path != "body" else sentences[0]
    return first if len(errors) == 1 else f"{first} ({len(errors) - 1} more)"


def _answer(
    status: int,
    code: str,
    detail: str,
    *,
    errors: Mapping[str, list[str]] | None = None,
    facts: Mapping[str, Any] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    body = error_body(detail=detail, code=code, errors=errors, facts=facts)
    return Response(body, status=int(status), headers=dict(headers or {}))


def _model_errors(exc: ModelValidationError) -> dict[str, list[str]]:
    if hasattr(exc, "error_dict"):
        return {
            "body" if name == NON_FIELD_ERRORS else name: messages
            for name, messages in exc.message_dict.items()
        }
    return {"body": list(exc.messages)}


def _flatten(detail: Any, path: str = "") -> Iterator[tuple[str, list[str]]]:
    """DRF nests errors as the data is nested; the wire has one flat map from path to sentences."""
    if isinstance(detail, Mapping):
        for name, inner in detail.items():
            step = "" if name == "non_field_errors" else str(name)
            yield from _flatten(inner, f"{path}.{step}".strip("."))
    elif isinstance(detail, list):
        plain = [str(sentence) for sentence in detail if not isinstance(sentence, dict | list)]
        if plain:
            yield path or "body", plain
        for index, inner in enumerate(detail):
            if isinstance(inner, dict | list):
                yield from _flatten(inner, f"{path}.{index}".strip("."))
    else:
        yield path or "body", [str(detail)]


def _not_found(_exc: Http404) -> Response:
    return _answer(HTTPStatus.NOT_FOUND, "not_found", "There is nothing here.")


def _denied(_exc: PermissionDenied) -> Response:
    return _answer(HTTPStatus.FORBIDDEN, "permission_denied", "You may not do this.")


# The first that fits answers.
_ANSWERS: tuple[tuple[tuple[type[Exception], ...], Callable[[Any], Response]], ...] = (
    ((DomainError,), _domain_refusal),
    ((ModelValidationError,), lambda exc: _invalid(_model_errors(exc))),
    ((exceptions.ValidationError,), lambda exc: _invalid(dict(_flatten(exc.detail)))),
    ((Http404,), _not_found),
    ((PermissionDenied,), _denied),
    ((exceptions.APIException,), _drf_refusal),
    ((OperationalError, InterfaceError), _database_away),
)
