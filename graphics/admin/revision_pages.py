"""The versions of a graphic: who saved them, how two differ, and bringing one back."""

from typing import Any, Final

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern

from gal_dashboard.core.admin import SEEN
from gal_dashboard.core.ijson import IJSONError
from graphics import selectors, services
from graphics.admin.claims import FENCE, claim_of, desk_of
from graphics.admin.comparison import compare
from graphics.admin.document import indented
from graphics.admin.pages import READ, WRITE, GraphicPages, to_graphic
from tournaments.models import Tournament

PER_PAGE: Final = 50
LONGEST_VERSION: Final = 9


class RevisionPages(GraphicPages):
    def urls(self) -> list[URLPattern]:
        return [
            self.route("versions/", self.list_view, "versions"),
            self.route("versions/compare/", self.compare_view, "versions_compare"),
            self.route("versions/<int:version>/restore/", self.restore_view, "version_restore"),
        ]

    def list_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        graphic = self.graphic_or_404(request, pk, READ)
        rows = selectors.revision_rows(pk).values(*selectors.REVISION_MEMBERS)
        found = Paginator(rows, PER_PAGE).get_page(request.GET.get("p"))
        versions = [row["version"] for row in found]
        return self.answer(
            request,
            "versions.html",
            graphic,
            title=f"Versions of {graphic.title}",
            found=found,
            newest=versions[0] if versions else None,
            second=versions[1] if len(versions) > 1 else None,
            may_restore=self.page.may_write(request) and not graphic.archived,
            desk=desk_of(request, pk),
        )

    def compare_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """``?old=3&new=5``; a number that is no version of the graphic is not found."""
        graphic = self.graphic_or_404(request, pk, READ)
        old, new = sorted(
            (_revision(pk, request.GET.get(name, "")) for name in ("old", "new")),
            key=lambda revision: revision["version"],
        )
        names = Tournament.objects.in_bulk([old["tournament_id"] or 0, new["tournament_id"] or 0])
        fields = [
            ("Title", old["title"], new["title"]),
            ("Event name", old["event_name"], new["event_name"]),
            ("Tournament", _tournament(old, names), _tournament(new, names)),
        ]
        return self.answer(
            request,
            "compare.html",
            graphic,
            title=f"Version {old['version']} beside version {new['version']}",
            sides=[old, new],
            fields=fields,
            document=compare(_text(old), _text(new)),
            may_restore=self.page.may_write(request) and not graphic.archived,
        )

    def restore_view(self, request: HttpRequest, pk: int, version: int) -> HttpResponse:
        """A save like any other: not while another edits, not over a version nobody looked at."""
        graphic = self.graphic_or_404(request, pk, WRITE)
        if request.method == "POST":
            self.do(
                request,
                lambda: services.restore_revision(
                    graphic_id=pk,
                    version=version,
                    claim=claim_of(request),
                    accepted_versions=frozenset({request.POST.get(SEEN, "")}),
                ),
                f"Version {version} is on air again. What it replaced is kept as a version.",
            )
            return to_graphic(pk)
        if graphic.archived:
            raise PermissionDenied
        if not selectors.revision_rows(pk).filter(version=version).exists():
            raise Http404
        desk = desk_of(request, pk)
        hidden = [(SEEN, graphic.version)]
        if desk.is_mine and desk.lease is not None:
            hidden.append((FENCE, desk.lease.fence))
        return self.answer(
            request,
            "confirm.html",
            graphic,
            title=f"Restore version {version}",
            question=f"Put version {version} of “{graphic.title}” on air? {desk.sentence}",
            consequence=(
                f"It becomes version {graphic.version + 1}, on every overlay at once. "
                f"Version {graphic.version}, which is on air now, is kept."
            ),
            button=f"Restore version {version}",
            form=Form(),
            hidden=hidden,
        )


def _revision(graphic_id: int, version: str) -> dict[str, Any]:
    """Raises ``Http404``."""
    if not (version.isascii() and version.isdecimal() and len(version) <= LONGEST_VERSION):
        raise Http404
    rows = selectors.revision_rows(graphic_id).filter(version=int(version))
    found = rows.values(*selectors.REVISION_MEMBERS, "document").first()
    if found is None:
        raise Http404
    return found


def _text(revision: dict[str, Any]) -> str:
    try:
        return indented(revision["document"])
    except IJSONError:  # saved before the rules were what they are
        return revision["document"]


def _tournament(revision: dict[str, Any], known: dict[int, Tournament]) -> str:
    pk = revision["tournament_id"]
    if pk is None:
        return "None"
    return known[pk].name if pk in known else f"Number {pk}, which is gone"
