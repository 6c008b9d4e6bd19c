"""The admin as staff see it: sections by what one wants to do, and a page that leads there."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.contrib.admin import AdminSite
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path, resolve, reverse
from django.utils.decorators import method_decorator
from django.views.decorators.common import no_append_slash
from django.views.decorators.debug import sensitive_post_parameters

from gal_dashboard.core import admin_ports, house, options
from gal_dashboard.core.admin_refusals import with_status_of_refusal

BROADCAST: Final = "Broadcast"
COMPETITION: Final = "Competition"
PEOPLE: Final = "People"
RECORDS: Final = "Records"
HOUSE: Final = "House"
SECTIONS: Final = (BROADCAST, COMPETITION, PEOPLE, HOUSE, RECORDS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One thing on the first page: where to work on it, a remark, and where else to go from it."""

    title: str
    url: str = ""
    note: str = ""
    links: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """A box on the first page of the admin."""

    title: str
    lines: Sequence[Line]
    nothing: str = "Nothing yet."
    more: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page of the admin that shows no table; those with ``scope`` find it in its section.

    ``name`` is that of its address in ``urls``, which guards its views itself.
    """

    title: str
    name: str
    section: str
    position: int
    purpose: str
    scope: str
    urls: Callable[[AdminSite], Sequence[URLPattern]]

    def listed(self) -> dict[str, Any]:
        """As Django lists a model."""
        return {
            "page": self,
            "name": self.title,
            "object_name": self.name,
            "admin_url": reverse(f"admin:{self.name}"),
            "add_url": None,
            "view_only": True,
            "purpose": self.purpose,
        }


class LeagueAdminSite(AdminSite):
    index_title = "Show control"
    site_url = None  # the root of this server is no page

    # Set by the app that knows people: forms that throttle, and that write through a service.
    password_change_form: Any = None

    def __init__(self, name: str = "admin") -> None:
        super().__init__(name)
        self._pages: list[Page] = []

    def add_page(self, page: Page) -> None:
        self._pages.append(page)

    @property
    def pages(self) -> Sequence[Page]:
        """Those that show no table."""
        return tuple(self._pages)

    def get_urls(self) -> list[URLPattern | URLResolver]:
        branding = path("branding.css", self.branding_view, name="branding")
        own = [pattern for page in self._pages for pattern in page.urls(self)]
        return [branding, *own, *super().get_urls()]

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """Adds ``house``: its name, logo and notice, as staff have set them."""
        values = options.snapshot()
        name = values[house.NAME]
        return {
            **super().each_context(request),
            "site_title": name,
            "site_header": name,
            "house": {"name": name, "logo": values[house.LOGO], "notice": values[house.NOTICE]},
        }

    def branding_view(self, request: HttpRequest) -> HttpResponse:
        """The colours that staff have set; also for whoever has yet to sign in."""
        values = options.snapshot()
        primary, accent = values[house.PRIMARY], values[house.ACCENT]
        return HttpResponse(
            f"html:root{{--primary:{primary};--button-bg:{primary};--object-tools-bg:{primary};"
            f"--header-branding-color:{accent}}}",
            content_type="text/css; charset=utf-8",
        )

    def get_app_list(
        self, request: HttpRequest, app_label: str | None = None
    ) -> list[dict[str, Any]]:
        """Models and pages by section, in the order of ``SECTIONS`` and of their positions there.

        A page of one app (``app_label``) lists that app as Django does.
        """
        apps = self._build_app_dict(request, app_label)
        for model in (model for app in apps.values() for model in app["models"]):
            model["purpose"] = self._admin_of(model).purpose
        if app_label is not None:
            return list(apps.values())
        actor = admin_ports.actor_of(request)
        pages = [page.listed() for page in self._pages if actor.may(page.scope)]
        listed = sorted(
            [*(model for app in apps.values() for model in app["models"]), *pages],
            key=lambda one: self._place_of(one).position,
        )
        return [
            {"name": section, "app_label": section.lower().replace(" ", "-"), "models": models}
            for section in SECTIONS
            if (models := [one for one in listed if self._place_of(one).section == section])
        ]

    def index(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        pages: list[Any] = sorted(
            self._registry.values(),
            key=lambda page: (SECTIONS.index(page.section), page.position),
        )
        panels = [
            panel
            for page in pages
            if page.has_module_permission(request)
            and (panel := page.index_panel(request)) is not None
        ]
        return super().index(request, {"panels": panels, **(extra_context or {})})

    @method_decorator(sensitive_post_parameters())
    def password_change(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> Any:
        # django.contrib.auth.views needs the models, which come after the site
        from django.contrib.auth.views import PasswordChangeView

        request.current_app = self.name
        view = PasswordChangeView.as_view(
            form_class=self.password_change_form,
            success_url=reverse("admin:password_change_done", current_app=self.name),
            extra_context={**self.each_context(request), **(extra_context or {})},
        )
        return with_status_of_refusal(view(request))

    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return with_status_of_refusal(super().login(request, extra_context))

    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """Has the browser forget the pages too: "back" would show them to whoever sits there."""
        response = super().logout(request, extra_context)
        response.headers["Clear-Site-Data"] = '"cache"'
        return response

    @no_append_slash
    def catch_all_view(self, request: HttpRequest, url: str) -> HttpResponse:
        """Lead an address without its slash to its page; Django does so only for whole sites."""
        if request.method == "GET" and not url.endswith("/"):
            match = resolve(f"{request.path_info}/")  # this view at the least
            if getattr(match.func, "should_append_slash", True):
                return HttpResponseRedirect(request.get_full_path(force_append_slash=True))
        raise Http404

    def _place_of(self, listed: dict[str, Any]) -> Any:
        """What has the section and the position."""
        return listed.get("page") or self._admin_of(listed)

    def _admin_of(self, listed: dict[str, Any]) -> Any:
        return self._registry[listed["model"]]
