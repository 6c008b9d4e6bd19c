"""The Content-Security-Policy of every answer."""

from typing import Any, Final

from csp.constants import HEADER
from csp.middleware import CSPMiddleware
from csp.utils import build_policy
from django.conf import settings
from django.http import HttpRequest, HttpResponse

# What django-csp's decorators and our pages leave on an answer that needs another policy.
MARKS: Final = frozenset({"_csp_config", "_csp_update", "_csp_replace", "_csp_exempt"})


class ContentPolicyMiddleware(CSPMiddleware):
    """django-csp, which words the policy anew for every answer: an eighth of what a read costs.

    Almost all answers are of the API and have the one policy of the settings, worded once. What
    else the settings of django-csp could say (prefixes without one, policies that only report) they
    do not say here, and it would be ignored.
    """

    def __init__(self, get_response: Any) -> None:
        super().__init__(get_response)
        self._usual = build_policy()

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        if settings.DEBUG or hasattr(request, "_csp_nonce") or not MARKS.isdisjoint(vars(response)):
            return super().process_response(request, response)
        response.headers.setdefault(HEADER, self._usual)
        return response
