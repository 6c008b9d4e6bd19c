"""``Idempotency-Key``: a POST that is sent again is answered again, and carried out once.

The answer of a request that succeeded is stored in the transaction of its changes: after a crash
either both are there or neither is.
"""

import hashlib
import re
from collections.abc import Callable, Collection
from contextlib import suppress
from datetime import timedelta
from http import HTTPStatus
from typing import Any, Final

from django.db import Error, IntegrityError, transaction
from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from gal_dashboard.api.models import IdempotentRequest
from gal_dashboard.core import footprint
from gal_dashboard.core.errors import DomainError, ErrorKind, InvalidFieldsError
from gal_dashboard.core.wire import dumps
from gal_dashboard.events.recording import recording

HEADER: Final = "Idempotency-Key"
REPLAYED: Final = "Idempotency-Replayed"
KEPT_FOR: Final = timedelta(hours=24)
DEAD_AFTER: Final = timedelta(seconds=60)
_KEY = re.compile(r"[\x21-\x7e]{1,255}\Z")
# Refusals that say nothing of the request itself: the same one may fare better next time.
NOT_KEPT: Final = frozenset(
    {
        HTTPStatus.UNAUTHORIZED,
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        HTTPStatus.TOO_MANY_REQUESTS,
    }
)


class KeyReusedError(DomainError):
    """Raised when a key comes again with another request: the client has mixed up its keys."""

    kind = ErrorKind.UNPROCESSABLE
    code = "idempotency_key_reused"
    message = (
        "This Idempotency-Key was used with another body or query. "
        "Take a new key for a new request."
    )


class InFlightError(DomainError):
    kind = ErrorKind.CONFLICT
    code = "idempotency_in_flight"
    message = "The first request with this Idempotency-Key is still under way. Ask again shortly."


class Once:
    """One POST with a key. Made by ``claim``; either it ``runs`` or it has been answered before."""

    def __init__(self, row: IdempotentRequest, *, is_first: bool) -> None:
        self._row = row
        self._is_first = is_first

    @property
    def is_answered(self) -> bool:
        """Whether the answer is there already, so that nothing of the request is judged again."""
        return not self._is_first

    def run(self, handler: Callable[..., Response], *args: Any, **kwargs: Any) -> HttpResponse:
        """The handler's answer, stored with its changes; or the stored one, and nothing is done.

        Raises ``InFlightError``, and nothing is done either, if this request took so long that it
        counted as dead and another with its key has begun.
        """
        if self.is_answered:
            return self._replay()
        with recording():
            response = handler(*args, **kwargs)
            self._store(response)
        return response

    def settle(self, response: Response | None) -> None:
        """Keep a refusal of the first request, or forget the request if it may fare better.

        ``None`` stands for a fault of ours. Never raises: what cannot be written, as the database
        is away, counts as dead in a minute.
        """
        if self.is_answered:
            return
        with suppress(InFlightError, Error):
            if response is not None and _is_kept(response.status_code):
                self._store(response)
            else:
                self._unanswered().delete()

    def _store(self, response: Response) -> None:
        stored = self._unanswered().update(
            status=response.status_code,
            answer=dumps(response.data).decode(),
            etag=response.headers.get("ETag", ""),
        )
        if not stored:
            raise InFlightError

    def _unanswered(self) -> QuerySet[IdempotentRequest]:
        """The row, as long as nobody else has taken it over."""
        return IdempotentRequest.objects.filter(
            pk=self._row.pk, status__isnull=True, started_at=self._row.started_at
        )

    def _replay(self) -> HttpResponse:
        response = HttpResponse(
            self._row.answer, status=self._row.status, content_type="application/json"
        )
        response[REPLAYED] = "true"
        if self._row.etag:
            response["ETag"] = self._row.etag
        return response


def _is_kept(status: int) -> bool:
    is_refusal = HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR
    return is_refusal and status not in NOT_KEPT


def claim(request: Request, *, sid: str, query: Collection[str] = ()) -> Once | None:
    """Claim the request's key for its session and path; ``None`` without a key.

    What is asked for are the body and those members of the query string that ``query`` names.

    Of several requests with one key at the same time one is the first. Raises ``KeyReusedError``,
    ``InFlightError`` (for a minute, then the first counts as dead), ``InvalidFieldsError``.
    """
    key = request.headers.get(HEADER)
    if key is None:
        return None
    if not _KEY.match(key):
        raise InvalidFieldsError({HEADER: ["Must be 1 to 255 visible ASCII characters."]})
    now = timezone.now()
    IdempotentRequest.objects.filter(started_at__lt=now - KEPT_FOR).delete()
    place = {"sid": sid, "path": request.path_info[:512], "key": key}
    body_hash = _hash_of(request, query)
    try:
        with transaction.atomic():
            row = IdempotentRequest.objects.create(**place, body_hash=body_hash, started_at=now)
    except IntegrityError:
        return _second(IdempotentRequest.objects.filter(**place).first(), body_hash)
    return Once(row, is_first=True)


def _hash_of(request: Request, query: Collection[str]) -> str:
    asked = hashlib.sha256(request._request.body)  # noqa: SLF001 - the raw body
    named = {name: request.query_params[name] for name in query if name in request.query_params}
    if named:
        asked.update(b"\0" + dumps(sorted(named.items())))  # no body has a NUL
    return asked.hexdigest()


def _second(row: IdempotentRequest | None, body_hash: str) -> Once:
    if row is None:  # the first one was refused for a passing reason just now
        raise InFlightError
    footprint.add(len(row.answer))
    if row.body_hash != body_hash:
        raise KeyReusedError
    if row.status is not None:
        return Once(row, is_first=False)
    now = timezone.now()
    dead = IdempotentRequest.objects.filter(
        pk=row.pk, status__isnull=True, started_at__lt=now - DEAD_AFTER
    )
    if not dead.update(started_at=now):
        raise InFlightError
    row.started_at = now
    return Once(row, is_first=True)
