"""What all API views share: the order of refusals, and a body that is always read."""

from functools import partial
from http import HTTPStatus
from typing import Any, ClassVar

from django.http import HttpRequest, QueryDict
from rest_framework import viewsets
from rest_framework.exceptions import MethodNotAllowed, ParseError
from rest_framework.request import Request
from rest_framework.response import Response

from gal_dashboard.api import idempotency
from gal_dashboard.api.permissions import IsPublic

METHODS_WITH_BODY = frozenset({"POST", "PUT", "PATCH", "DELETE"})
OPTIONS = "metadata"  # DRF's name of the action behind the method OPTIONS


class ApiViewSet(viewsets.GenericViewSet):
    """Refuses in one order: 405, 401, 403, 404, 415 and 400 by form; then the service, then rules.

    ``area`` names what the scopes guard. ``public_actions`` answer everybody. ``find`` is called
    before the body is judged, so that an unknown object is 404 whatever was sent.
    """

    area: ClassVar[str | None] = None
    public_actions: ClassVar[frozenset[str]] = frozenset()
    # Actions whose body may be any JSON value, not only an object.
    any_value_actions: ClassVar[frozenset[str]] = frozenset()

    # Actions whose answer holds a secret, which must not be kept for repeated requests.
    unstored_actions: ClassVar[frozenset[str]] = frozenset()

    # What its POSTs take from the query string: part of what a request asks for.
    query_members: ClassVar[frozenset[str]] = frozenset()

    # The heading under which the documentation shows the view; by default its area.
    tag: ClassVar[str | None] = None

    request: Request
    action: str | None
    _once: idempotency.Once | None = None

    @property
    def is_public(self) -> bool:
        return getattr(self, "action", None) in {*self.public_actions, OPTIONS}

    @property
    def body(self) -> Any:
        """The body as JSON. DRF makes an absent one of a form's type a form, which it is not."""
        data = self.request.data
        return {} if isinstance(data, QueryDict) else data

    def initialize_request(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Request:
        # DRF names the action only after it has asked for the authenticators, which depend on it
        method = (request.method or "").lower()
        self.action = OPTIONS if method == "options" else self.action_map.get(method)
        return super().initialize_request(request, *args, **kwargs)

    def get_authenticators(self):
        return [] if self.is_public else super().get_authenticators()

    def get_permissions(self):
        return [IsPublic()] if self.is_public else super().get_permissions()

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        if self.action is None:
            # which methods an address has is no secret, and a login would not help
            raise MethodNotAllowed(request.method or "")
        super().initial(request, *args, **kwargs)
        if self.action == OPTIONS:
            return
        if request.method == "POST" and self._keeps_answers:
            self._claim_key(request)
            if self._once is not None and self._once.is_answered:
                return
        self.find(**kwargs)
        if request.method in METHODS_WITH_BODY:
            self.check_form()
        self.prepare()

    @property
    def _keeps_answers(self) -> bool:
        """Whether a repeated POST is answered again; sign-in and secrets never are."""
        return (
            not self.is_public and self.tag != "auth" and self.action not in self.unstored_actions
        )

    def _claim_key(self, request: Request) -> None:
        """Carry a POST with an ``Idempotency-Key`` out once, and answer its repetitions."""
        self._once = idempotency.claim(
            request, sid=request.user.sid or "", query=self.query_members
        )
        if self._once is not None:
            # DRF looks the handler up after this
            self.post = partial(self._once.run, self.post)

    def handle_exception(self, exc: Exception) -> Response:
        response = None
        try:
            response = super().handle_exception(exc)
        finally:  # a fault is raised again
            if self._once is not None:
                self._once.settle(response)
        return response

    def options(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The methods of this address, which stand in ``Allow`` of every answer."""
        return Response(status=HTTPStatus.NO_CONTENT)

    def find(self, **kwargs: Any) -> None:
        """Load what the address names, or raise ``NotFoundError``. Nothing to find by default."""

    def check_form(self) -> None:
        """Read the body even where none is expected: a broken one is never answered by 200."""
        if self.action not in self.any_value_actions and not isinstance(self.body, dict):
            raise ParseError("The body must be a JSON object.", code="not_an_object")

    def prepare(self) -> None:
        """What takes long and needs no transaction: a POST with a key opens its own after this."""

    def validated(self, serializer_class: type, **options: Any) -> dict[str, Any]:
        """The body's fields as ``serializer_class`` reads them, or DRF's ``ValidationError``."""
        serializer = serializer_class(
            data=self.body, context=self.get_serializer_context(), **options
        )
        serializer.is_valid(raise_exception=True)
        return serializer.validated_data
