"""What every answer below /admin has in common, also those that no page of the admin made."""

from collections.abc import Callable
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse

ADMIN: Final = "/admin"

# Asked for anew on every visit, but "back" still leads to the form with what was typed into it:
# no-store, which Django and the API say, would lose it.
CACHE_CONTROL: Final = "private, no-cache"
# On a response: it shows a secret that nobody is to see by going back.
SHOWN_ONCE: Final = "_gal_shown_once"


class AdminPagesMiddleware:
    """Gives answers below /admin the policy under which the admin's own files work.

    Stands behind the middleware that writes the header, so that pages of refusals have it too.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.path_info == ADMIN or request.path_info.startswith(f"{ADMIN}/"):
            response._csp_replace = settings.ADMIN_CONTENT_SECURITY_POLICY  # type: ignore[attr-defined]  # noqa: SLF001 - what django-csp's decorators set
            # no page of others shows or reads anything of the admin
            response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
            is_secret = getattr(response, SHOWN_ONCE, False)
            response.headers["Cache-Control"] = "no-store" if is_secret else CACHE_CONTROL
        return response
