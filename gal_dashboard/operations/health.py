"""Is the program alive, and is it ready?"""

from http import HTTPStatus
from typing import Final

from django.conf import settings
from django.core.cache import cache
from django.db import Error as DatabaseError
from django.db import connection
from django.utils import timezone
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from configuration import registry
from gal_dashboard.api.views import ApiViewSet
from gal_dashboard.core.circuit_breaker import CircuitBreaker
from gal_dashboard.core.errors import DomainError
from gal_dashboard.events import log, streams
from gal_dashboard.operations.insiders import is_insider
from gal_dashboard.realtime.hub import hub
from users.authentication import bearer_of

LONGEST_LAG_SECONDS: Final = 10.0

# Anybody may ask: a cache that hangs must not hold a thread for each of them.
_cache_breaker = CircuitBreaker(
    Exception, opened="The cache does not answer", closed="The cache answers again"
)

HEALTH = inline_serializer(
    "Health",
    {
        "status": serializers.CharField(),
        "timestamp": serializers.DateTimeField(),
        "version": serializers.CharField(),
    },
)
READINESS = inline_serializer(
    "Readiness",
    {
        "status": serializers.ChoiceField(choices=["ready", "not_ready"]),
        "timestamp": serializers.DateTimeField(),
        "parts": serializers.DictField(
            child=serializers.BooleanField(),
            required=False,
            help_text="For staff: which part answers. `bus` is true without Redis, too: "
            "one process needs none.",
        ),
        "event_lag": serializers.FloatField(
            required=False,
            help_text="For staff: seconds for which sockets of this process have been waiting for "
            "events that are in the log.",
        ),
        "configuration_problems": serializers.DictField(
            child=serializers.CharField(),
            required=False,
            help_text="For staff: keys whose stored value cannot be obeyed, and why.",
        ),
    },
)


class HealthViewSet(ApiViewSet):
    tag = "health"
    public_actions = frozenset({"alive", "ready"})

    @extend_schema(responses=HEALTH, auth=[])
    def alive(self, request: Request) -> Response:
        """The process answers. Touches nothing else."""
        return Response(
            {"status": "healthy", "timestamp": timezone.now(), "version": settings.VERSION}
        )

    @extend_schema(responses={200: READINESS, 503: READINESS}, auth=[{"bearer": []}, {}])
    def ready(self, request: Request) -> Response:
        """Whether database and cache answer and sockets get what happens: 200, or 503.

        A bus that is down does not make it 503: events of other processes come two seconds later.
        """
        parts = {
            "database": _database_answers(),
            "cache": _cache_answers(),
            "bus": hub.bus is None or hub.bus.is_up,
        }
        lag = hub.lag
        is_ready = parts["database"] and parts["cache"] and lag <= LONGEST_LAG_SECONDS
        body = {"status": "ready" if is_ready else "not_ready", "timestamp": timezone.now()}
        if _is_from_insider(request):
            body |= {"parts": parts, "event_lag": round(lag, 3)}
            # told, and no reason to take the server out of service: the last good value holds
            body["configuration_problems"] = dict(registry.problems())
        return Response(
            body,
            status=HTTPStatus.OK if is_ready else HTTPStatus.SERVICE_UNAVAILABLE,
            headers={} if is_ready else {"Retry-After": "1"},
        )


def _is_from_insider(request: Request) -> bool:
    try:
        return is_insider(bearer_of(request) or "")
    except DomainError:  # an odd header: to strangers the address is public
        return False


def _database_answers() -> bool:
    """A connection that died since its last use says nothing of the database: then once more."""
    was_open = connection.connection is not None
    return _head_is_read() or (was_open and _head_is_read())


def _head_is_read() -> bool:
    try:
        log.head(streams.STAFF)
    except DatabaseError:
        connection.close()  # the next question goes by a fresh one
        return False
    return True


def _cache_answers() -> bool:
    try:
        with _cache_breaker.asking():
            cache.set("health", "1", timeout=5)
            return cache.get("health") == "1"
    except Exception:  # noqa: BLE001 - each cache library has errors of its own; all mean "no"
        return False
