"""Every address of the API and its methods, as the URL configuration has them."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.urls import URLPattern, URLResolver, get_resolver

from gal_dashboard.api.views import METHODS_WITH_BODY, ApiViewSet

DISCORD_ID = "184467440737095516"
KEY = "bots.world"  # of a client
_CONVERTER = re.compile(r"<(?:[^>:]+:)?([^>]+)>")


@dataclass(frozen=True, slots=True)
class Route:
    """``template`` names its parameters as ``{pk}``; ``actions`` maps methods to what they do."""

    template: str
    actions: Mapping[str, str]
    view: type[ApiViewSet]

    @property
    def area(self) -> str:
        """``graphics`` of ``/api/v1/graphics/{pk}``, ``auth`` of ``/auth/login``."""
        return self.template.removeprefix("/api/v1").split("/")[1]

    def address(
        self,
        pk: int | str | None,
        *,
        participant: int = 1,
        submission: int = 1,
        correction: int = 1,
        key_id: int = 1,
        overlay_key: str = "none",
    ) -> str:
        """Where the object is, with what there is once: a game, a lobby, a version 1 ..."""
        return self.template.format(
            pk=pk,
            ref="1.1",
            lobby=1,
            version=1,
            discord_id=DISCORD_ID,
            key=KEY,
            category="graphics",
            participant=participant,
            submission=submission,
            correction=correction,
            key_id=key_id,
            overlay_key=overlay_key,
        )

    def is_public(self, method: str) -> bool:
        return self.actions[method] in self.view.public_actions


def routes() -> list[Route]:
    """All but the admin's, whose pages are Django's."""
    return sorted(_walk(get_resolver().url_patterns, "/"), key=lambda route: route.template)


def calls() -> list[tuple[str, Route]]:
    """Every method of every route."""
    return [(method, route) for route in routes() for method in sorted(route.actions)]


def writing_calls() -> list[tuple[str, Route]]:
    """Those that take a body."""
    return [(method, route) for method, route in calls() if method in METHODS_WITH_BODY]


def _walk(patterns: list[URLPattern | URLResolver], prefix: str) -> Iterator[Route]:
    for pattern in patterns:
        address = prefix + _CONVERTER.sub(r"{\1}", str(pattern.pattern))
        if f"{address}/".startswith("/admin/"):
            continue
        if isinstance(pattern, URLPattern):
            yield Route(
                template=address,
                actions={name.upper(): action for name, action in pattern.callback.actions.items()},
                view=pattern.callback.cls,
            )
        else:
            yield from _walk(pattern.url_patterns, address)
