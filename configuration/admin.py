"""Configuration in the admin: every key by category, its form, and its history beside it."""

from collections.abc import Sequence
from typing import Any, Final

from django.contrib import admin, messages
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_GET, require_POST

from configuration import (
    converters,  # noqa: F401 - registers key
    exchange,
    registry,
    selectors,
    services,
)
from configuration.admin_forms import ImportForm, OptionForm
from configuration.errors import UnknownKeyError
from configuration.models import ALL
from configuration.selectors import Known
from gal_dashboard.core import admin_ports, option_kinds
from gal_dashboard.core.admin_site import HOUSE, Page
from gal_dashboard.core.errors import DomainError, InvalidFieldsError
from gal_dashboard.core.options import Source

SEE: Final = "configuration:read"
CHANGE: Final = "configuration:write"
NAME: Final = "configuration"
SHOWN_HISTORY: Final = 50
LONGEST_SHOWN: Final = 200

ENVIRONMENTS: Final = {"": None, "all": ALL}


def urls(site: AdminSite) -> Sequence[URLPattern]:
    def guarded(view: Any) -> Any:
        return site.admin_view(view)

    return [
        path("options/", guarded(require_GET(list_view)), name=NAME),
        path("options/export/", guarded(require_GET(export_view)), name=f"{NAME}_export"),
        path("options/import/", guarded(import_view), name=f"{NAME}_import"),
        path("options/<key:key>/", guarded(key_view), name=f"{NAME}_key"),
        path("options/<key:key>/reset/", guarded(require_POST(reset_view)), name=f"{NAME}_reset"),
        path(
            "options/<key:key>/rollback/<int:change_id>/",
            guarded(require_POST(rollback_view)),
            name=f"{NAME}_rollback",
        ),
    ]


def list_view(request: HttpRequest) -> HttpResponse:
    _refuse_without(request, SEE)
    actor = admin_ports.actor_of(request)
    wanted = request.GET.get("q", "").strip().lower()
    found = [
        one
        for one in selectors.all_known(actor=actor)
        if wanted in f"{one.key} {_title(one)} {_help(one)}".lower()
    ]
    return _answer(
        request,
        "configuration/list.html",
        title="Configuration",
        wanted=wanted,
        groups=[
            (category.capitalize(), [_shown(one) for one in keys])
            for category, keys in selectors.by_category(found).items()
        ],
        environment=registry.environment(),
        may_change=actor.may(CHANGE),
    )


def key_view(request: HttpRequest, key: str) -> HttpResponse:
    """The form of an option; a client's key is only shown."""
    known = _known_or_404(request, key)
    may_change = known.option is not None and _may_change(request, known)
    form = None
    if may_change and known.option is not None:
        value = option_kinds.on_the_wire(known.setting.value)
        form = OptionForm(known.option, value, data=request.POST or None)
        if request.method == "POST" and form.is_valid() and _stored(request, known, form):
            messages.success(request, f"{known.option.title}: stored. It holds everywhere now.")
            return HttpResponseRedirect(reverse(f"admin:{NAME}_key", args=[key]))
    return _answer(
        request,
        "configuration/key.html",
        title=_title(known),
        known=_shown(known),
        form=form,
        may_change=_may_change(request, known),
        history=[
            change | {"before": _short(change["before"]), "after": _short(change["after"])}
            for change in selectors.history(key, slice(SHOWN_HISTORY))
        ],
        environment=registry.environment(),
    )


def reset_view(request: HttpRequest, key: str) -> HttpResponse:
    """Remove what is stored, so that the next one speaks."""
    known = _known_or_404(request, key)
    _refuse_without(request, CHANGE)
    try:
        services.delete_value(actor=admin_ports.actor_of(request), key=key)
        messages.success(request, f"{_title(known)}: the stored value was removed.")
    except DomainError as refused:
        messages.error(request, str(refused))
    return _back_to(key)


def rollback_view(request: HttpRequest, key: str, change_id: int) -> HttpResponse:
    """Put back what the key had before a change."""
    known = _known_or_404(request, key)
    _refuse_without(request, CHANGE)
    try:
        services.roll_back(actor=admin_ports.actor_of(request), key=key, change_id=change_id)
        messages.success(request, f"{_title(known)} is as it was before that change.")
    except DomainError as refused:
        messages.error(request, _sentence(refused))
    return _back_to(key)


def export_view(request: HttpRequest) -> HttpResponse:
    _refuse_without(request, SEE)
    answer = HttpResponse(exchange.export_yaml(), content_type="application/yaml; charset=utf-8")
    answer.headers["Content-Disposition"] = 'attachment; filename="configuration.yaml"'
    return answer


def import_view(request: HttpRequest) -> HttpResponse:
    """Says first what a file would change; the same file once more, confirmed, changes it."""
    _refuse_without(request, CHANGE)
    actor = admin_ports.actor_of(request)
    report, text = None, request.POST.get("document", "")
    form = ImportForm(request.POST or None, request.FILES or None)
    try:
        if request.method == "POST" and text:
            done = exchange.import_yaml(actor=actor, text=text, is_dry_run=False)
            count = len(done.added) + len(done.changed)
            messages.success(request, f"{count} values were stored. They hold everywhere now.")
            return HttpResponseRedirect(reverse(f"admin:{NAME}"))
        if request.method == "POST" and form.is_valid():
            text = form.cleaned_data["file"]
            report = exchange.import_yaml(actor=actor, text=text, is_dry_run=True)
    except InvalidFieldsError as refused:
        for place, sentences in refused.errors.items():
            form.add_error(None, f"{place}: {' '.join(sentences)}")
    return _answer(
        request,
        "configuration/import.html",
        title="Import",
        form=form,
        report=report,
        document=text if report else "",
    )


admin.site.add_page(  # type: ignore[attr-defined]
    Page(
        title="Configuration",
        name=NAME,
        section=HOUSE,
        position=1,
        purpose="What may be changed while a show is running: limits, looks, defaults.",
        scope=SEE,
        urls=urls,
    )
)


def _stored(request: HttpRequest, known: Known, form: OptionForm) -> bool:
    where = form.cleaned_data["environment"]
    environment = registry.environment() if where == "current" else ENVIRONMENTS[where]
    try:
        services.set_value(
            actor=admin_ports.actor_of(request),
            key=known.key,
            value=form.cleaned_data["value"],
            description=form.cleaned_data["description"],
            environment=environment,
        )
    except DomainError as refused:
        form.add_error(None, _sentence(refused))
        return False
    return True


def _known_or_404(request: HttpRequest, key: str) -> Known:
    _refuse_without(request, SEE)
    try:
        return selectors.known(key, actor=admin_ports.actor_of(request))
    except UnknownKeyError:
        raise Http404 from None


def _may_change(request: HttpRequest, known: Known) -> bool:
    scope = known.option.changed_by if known.option else CHANGE
    return admin_ports.actor_of(request).may(scope) and known.setting.source != Source.VARIABLE


def _refuse_without(request: HttpRequest, scope: str) -> None:
    if not admin_ports.actor_of(request).may(scope):
        raise PermissionDenied


def _shown(one: Known) -> dict[str, Any]:
    """A key as the pages show it: the body of the API, in words."""
    body = selectors.body(one)
    return body | {
        "title": _title(one),
        "help": _help(one),
        "shown": _short(body["value"]),
        "default": _short(body.get("default")),
        "says": {
            Source.VARIABLE: f"the environment variable {body.get('variable')}",
            Source.ENVIRONMENT: f"a value for {registry.environment()}",
            Source.ALL: "a value for all environments",
            Source.DEFAULT: "the default",
        }[one.setting.source],
        "is_fixed": one.setting.source == Source.VARIABLE,
        "is_colour": body["type"] == "colour",
    }


def _title(one: Known) -> str:
    return one.option.title if one.option else one.key


def _help(one: Known) -> str:
    if one.option is not None:
        return one.option.help
    return one.row.description if one.row else ""


def _short(value: Any) -> str:
    """A value in one line that fits into a table."""
    match value:
        case None:
            text = "nothing"
        case "":
            text = "empty"
        case str():
            text = value
        case [*items] if all(isinstance(item, str) for item in items):
            text = ", ".join(items) or "empty"
        case _:
            text = option_kinds.in_one_line(value)
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"


def _sentence(refused: DomainError) -> str:
    if isinstance(refused, InvalidFieldsError):
        return " ".join(sentence for found in refused.errors.values() for sentence in found)
    return str(refused)


def _back_to(key: str) -> HttpResponse:
    name, arguments = (f"{NAME}_key", [key]) if selectors.key_exists(key) else (NAME, [])
    return HttpResponseRedirect(reverse(f"admin:{name}", args=arguments))


def _answer(request: HttpRequest, template: str, **context: Any) -> TemplateResponse:
    request.current_app = admin.site.name  # type: ignore[attr-defined]
    return TemplateResponse(request, template, {**admin.site.each_context(request), **context})
