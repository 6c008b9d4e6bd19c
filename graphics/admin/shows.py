"""A whole show as a file: to take along, and to bring in after a look at what it would do."""

from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any, Final

from django import forms
from django.contrib import admin, messages
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from gal_dashboard.core import admin_ports, footprint
from gal_dashboard.core.admin_site import COMPETITION, Page
from gal_dashboard.core.bundles import MIB
from gal_dashboard.core.errors import DomainError
from graphics.transfer import exporting, importing
from graphics.transfer.reading import ShowFileError, read_show
from tournaments.admin.tools import Tool, register
from tournaments.limits import LONGEST_TITLE
from tournaments.models import Tournament

# It makes accounts, too, and the file has Discord ids.
SCOPES: Final = ("tournaments:write", "graphics:write", "users:write")
SETTINGS: Final = "configuration:write"
IMPORT: Final = "graphics_show_import"
EXPORT: Final = "graphics_show_export"

# It comes back with the page and goes out with it again, a third larger; the gate takes 25 MiB.
LARGEST_FILE: Final = 10 * MIB
# A download is made in memory, and more than this is better kept out of it.
LARGEST_DOWNLOAD: Final = 64 * MIB
LONGEST_SOURCE: Final = 200


class ShowFileForm(forms.Form):
    file = forms.FileField(
        label="Show file",
        help_text="A .galshow file, of up to 10 MiB. Nothing is changed by looking.",
    )
    name = forms.CharField(
        max_length=LONGEST_TITLE,
        required=False,
        label="Name here",
        widget=forms.TextInput({"class": "vTextField"}),
        help_text="What the tournament is to be called; empty: as it was.",
    )
    with_settings = forms.BooleanField(
        required=False,
        label="Settings too",
        help_text="They hold for the whole installation, not for this show alone.",
    )

    def clean_file(self) -> Any:
        uploaded = self.cleaned_data["file"]
        if uploaded.size > LARGEST_FILE:
            raise forms.ValidationError(
                "The file is larger than 10 MiB: import it on the server, by manage.py import_show."
            )
        return uploaded


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wish:
    """A file and what is wanted of it; what a look at it shows comes back with the next form."""

    content: bytes
    source: str
    name: str
    with_settings: bool

    @property
    def hidden(self) -> Mapping[str, str]:
        return {
            "content": b64encode(self.content).decode(),
            "source": self.source,
            "name": self.name,
            "with_settings": "yes" if self.with_settings else "",
        }


def urls(site: AdminSite) -> Sequence[URLPattern]:
    return [
        path("graphics/shows/import/", site.admin_view(import_view), name=IMPORT),
        path(
            "graphics/shows/<int:pk>/export/",
            site.admin_view(require_safe(export_view)),
            name=EXPORT,
        ),
    ]


def export_view(request: HttpRequest, pk: int) -> HttpResponse:
    _refuse_without(request, *SCOPES)
    name = Tournament.objects.filter(pk=pk).values_list("name", flat=True).first()
    if name is None:
        raise Http404
    if exporting.bytes_of_documents(pk) > LARGEST_DOWNLOAD:
        messages.error(
            request,
            "The graphics of this show and their versions are more than "
            f"{LARGEST_DOWNLOAD // MIB} MiB: export it on the server, by manage.py export_show "
            f"{pk}.",
        )
        return HttpResponseRedirect(reverse("admin:tournaments_tournament_run", args=[pk]))
    file = BytesIO()
    try:
        exporting.export_show(actor=admin_ports.actor_of(request), tournament_id=pk, file=file)
    except DomainError as refused:
        messages.error(request, str(refused))
        return HttpResponseRedirect(reverse("admin:tournaments_tournament_run", args=[pk]))
    content = file.getvalue()
    footprint.add(len(content))
    return HttpResponse(  # in one piece: a thread must not wait for whoever reads slowly
        content,
        content_type="application/zip",
        headers={"Content-Disposition": f'attachment; filename="{_file_name(name)}"'},
    )


def _file_name(tournament: str) -> str:
    """In letters that every file system and every header takes."""
    return f"{slugify(tournament)[:LONGEST_SOURCE] or 'show'}.galshow"


def import_view(request: HttpRequest) -> HttpResponse:
    """The form; with a file, what it would do; with what was looked at, the deed."""
    _refuse_without(request, *SCOPES)
    if "content" in request.POST:
        return _import(request)
    form = ShowFileForm(request.POST or None, request.FILES or None)
    if not form.is_valid():
        return _page(request, form=form)
    uploaded = form.cleaned_data["file"]
    wish = _Wish(
        content=uploaded.read(),
        source=(uploaded.name or "")[:LONGEST_SOURCE],
        name=form.cleaned_data["name"],
        with_settings=form.cleaned_data["with_settings"],
    )
    return _look(request, wish)


def _look(request: HttpRequest, wish: _Wish, fault: str = "") -> HttpResponse:
    _refuse_settings_without(request, wish)
    form = ShowFileForm(initial={"name": wish.name, "with_settings": wish.with_settings})
    try:
        show = read_show(BytesIO(wish.content))
        planned = importing.plan(show, name=wish.name, with_settings=wish.with_settings)
    except DomainError as refused:
        return _page(request, form=form, fault=fault or str(refused))
    footprint.add(len(wish.content))
    return _page(request, form=form, fault=fault, plan=planned, hidden=wish.hidden)


def _import(request: HttpRequest) -> HttpResponse:
    try:
        wish = _wish_of(request)
    except ShowFileError as refused:
        return _page(request, form=ShowFileForm(), fault=str(refused))
    _refuse_settings_without(request, wish)
    try:
        done = importing.import_show(
            read_show(BytesIO(wish.content)),
            actor=admin_ports.actor_of(request),
            source=wish.source,
            name=wish.name,
            with_settings=wish.with_settings,
            fingerprint=request.POST.get("fingerprint", ""),
        )
    except DomainError as refused:
        return _look(request, wish, f"Nothing was changed. {refused}")
    footprint.add(len(wish.content))
    messages.success(
        request, f"{done.tournament} is here, with {len(done.graphics)} graphics of its own."
    )
    page = reverse("admin:tournaments_tournament_run", args=[done.tournament.pk])
    return HttpResponseRedirect(page)


def _wish_of(request: HttpRequest) -> _Wish:
    """What a look at the file gave along. Raises ``ShowFileError`` if somebody changed it."""
    said = request.POST
    name, source = said.get("name", ""), said.get("source", "")
    if "\0" in name + source:  # PostgreSQL knows no NUL
        raise ShowFileError(fault="A name holds the character NUL.")
    try:
        content = b64decode(said["content"], validate=True)
    except (Base64Error, ValueError):
        raise ShowFileError(fault="The file did not come back whole: choose it again.") from None
    return _Wish(
        content=content,
        source=source[:LONGEST_SOURCE],
        name=name,
        with_settings=bool(said.get("with_settings")),
    )


def _refuse_without(request: HttpRequest, *scopes: str) -> None:
    if not all(map(admin_ports.actor_of(request).may, scopes)):
        raise PermissionDenied


def _refuse_settings_without(request: HttpRequest, wish: _Wish) -> None:
    if wish.with_settings:
        _refuse_without(request, SETTINGS)


def _page(request: HttpRequest, **context: Any) -> TemplateResponse:
    site = admin.site
    request.current_app = site.name  # type: ignore[attr-defined]
    common = {**site.each_context(request), "title": "Import a show"}
    return TemplateResponse(request, "graphics/admin/show_import.html", {**common, **context})


admin.site.add_page(  # type: ignore[attr-defined]
    Page(
        title="Import a show",
        name=IMPORT,
        section=COMPETITION,
        position=9,
        purpose="A tournament with its results and graphics, from a file of another installation.",
        scope="users:write",
        urls=urls,
    )
)
register(Tool(title="Import a show", name=IMPORT, scopes=SCOPES, of_list=True))
register(Tool(title="Export", name=EXPORT, scopes=SCOPES))
