"""Bases of the admin's pages: staff take the same road as everybody, through the services."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import islice
from typing import Any, ClassVar, Final, NoReturn

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone

from gal_dashboard.core import admin_ports
from gal_dashboard.core.admin_refusals import ChangedMeanwhileError, Refusal, with_refusal
from gal_dashboard.core.admin_site import Panel
from gal_dashboard.core.context import Actor
from gal_dashboard.core.errors import DomainError

# The version that the person saw when the form was opened; comes back with the form.
SEEN: Final = "_seen"
SHOWN: Final = "_gal_shown"
PREPARED: Final = "_gal_prepared"
REFUSAL: Final = "_gal_refusal"
LONGEST_HISTORY: Final = 200
WHEN: Final = "%Y-%m-%d %H:%M:%S UTC"


class ScopedAdmin(admin.ModelAdmin):
    """A page whose permissions are the scopes of the roles, the same that the API asks for.

    ``area`` names them; ``view_scope`` replaces ``<area>:read``. ``section`` and ``position`` say
    where the index lists it, ``purpose`` what staff find there.
    """

    area: ClassVar[str]
    view_scope: ClassVar[str | None] = None
    section: ClassVar[str]
    position: ClassVar[int] = 1
    purpose: ClassVar[str] = ""

    list_per_page = 50
    show_full_result_count = False

    @property
    def read_scope(self) -> str:
        return self.view_scope or f"{self.area}:read"

    @property
    def write_scope(self) -> str:
        return f"{self.area}:write"

    def has_view_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return admin_ports.actor_of(request).may(self.read_scope)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.may_write(request)

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return self.may_write(request)

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def may_write(self, request: HttpRequest) -> bool:
        return admin_ports.actor_of(request).may(self.write_scope)

    def has_history_permission(self, request: HttpRequest, obj: models.Model | None) -> bool:
        """Whoever may see an object may see what was done to it, with the values then and now."""
        return self.has_view_permission(request, obj)

    def index_panel(self, request: HttpRequest) -> Panel | None:
        """What the first page of the admin shows of this; ``None``: nothing."""
        return None

    # The audit trail has it all, with what other doors did; Django's own log would only repeat it.
    def log_addition(self, request: HttpRequest, obj: models.Model, message: Any) -> None: ...  # type: ignore[override]

    def log_change(self, request: HttpRequest, obj: models.Model, message: Any) -> None: ...  # type: ignore[override]

    def log_deletions(self, request: HttpRequest, queryset: Iterable[models.Model]) -> None: ...  # type: ignore[override]

    def construct_change_message(self, *args: Any, **kwargs: Any) -> Any:
        return []

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """What the audit trail knows of one object."""
        found = self.get_object(request, unquote(object_id))
        if not self.has_history_permission(request, found):
            raise PermissionDenied
        if found is None:
            raise Http404
        deeds = admin_ports.deeds_about(self.opts.model_name or "", found.pk)
        context = {
            **self.admin_site.each_context(request),
            "title": f"History of {found}",
            "deeds": list(islice(deeds, LONGEST_HISTORY)),
            "object": found,
            "opts": self.opts,
            "module_name": self.opts.verbose_name_plural,
            **(extra_context or {}),
        }
        request.current_app = self.admin_site.name
        return TemplateResponse(request, "admin/object_history.html", context)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> Any:
        context["has_history"] = self.has_history_permission(request, context["original"])
        return super().render_change_form(request, context, *args, **kwargs)


class TimeFilter(admin.DateFieldListFilter):
    """Today, the past days; under a title that reads well whatever the column is called."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.title = "time"


class TextFilter(admin.SimpleListFilter):
    """A filter by what somebody types: where there are too many choices to list."""

    template = "admin/text_filter.html"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("", "")]  # without one Django leaves the filter out

    def value(self) -> str:
        return (super().value() or "").replace("\0", "").strip()  # PostgreSQL knows no NUL

    def choices(self, changelist: Any) -> Any:
        """The form's hidden fields: what else the list is filtered by, but not its page."""
        others = changelist.get_query_string(remove=[self.parameter_name, "p"])
        yield {"others": QueryDict(others.removeprefix("?")).lists()}


class ReadOnlyModelAdmin(ScopedAdmin):
    """A log: searched and read, never written here."""

    actions = None
    show_facets = admin.ShowFacets.NEVER  # they would count the whole log once for each choice

    def may_write(self, request: HttpRequest) -> bool:
        return False

    def has_history_permission(self, request: HttpRequest, obj: models.Model | None) -> bool:
        return False  # nobody does anything to what is only written once


class ServiceModelAdmin(ScopedAdmin):
    """A page that writes by calling services; the form itself saves nothing.

    A subclass has ``create`` and ``update``, with ``can_delete`` also ``delete``. They run inside
    one ``recording()``, which is the whole transaction: Django's own ``atomic`` joins it. What they
    refuse is shown at the form and its fields, and nothing is stored.
    """

    can_delete: ClassVar[bool] = False
    # Names that services give to fields, where the form has another.
    field_aliases: ClassVar[Mapping[str, str]] = {}

    def create(self, *, actor: Actor, fields: Mapping[str, Any]) -> models.Model:
        raise NotImplementedError

    def prepare(self, request: HttpRequest, object_id: str | None) -> Mapping[str, Any]:
        """What takes long, done before the transaction: further ``fields`` for what follows in it.

        Nobody has looked yet at the form, nor at who sends it. May refuse as ``create`` does. What
        is not valid now may be so a moment later: then ``create`` finds nothing that was prepared.
        """
        return {}

    def update(
        self, changed: Any, *, actor: Actor, fields: Mapping[str, Any], seen: str
    ) -> models.Model:
        """Store ``fields`` unless the row is no longer at the version that was ``seen``.

        ``changed`` is the row as the form would have it: only its key is to be relied on.
        """
        raise NotImplementedError

    def delete(self, doomed: Any, *, actor: Actor) -> None:
        raise NotImplementedError

    def save_rows(self, parent: models.Model, formset: Any, *, actor: Actor) -> None:
        """Store the rows of an inline; refusals name them ``<form prefix>.<field>``."""
        raise NotImplementedError

    def version_of(self, shown: Any) -> str:
        """What changes with every save of the row: its time, where it has no number."""
        return str(shown.updated_at.isoformat())

    def refuse_if_changed(self, current: models.Model, seen: str) -> None:
        """Raises ``ChangedMeanwhileError``. The caller holds the lock of the row."""
        if seen == self.version_of(current):
            return
        refuse_as_changed(self.opts.model_name or "", current.pk)

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return self.can_delete and self.may_write(request)

    # --- The form ---------------------------------------------------------------------------------

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        if request.method != "POST":
            return super().changeform_view(request, object_id, form_url, extra_context)
        try:
            setattr(request, PREPARED, self.prepare(request, object_id))
            with admin_ports.recording():
                return super().changeform_view(request, object_id, form_url, extra_context)
        except (DomainError, ValidationError) as refused:
            # The transaction is undone. The same form once more, and this time it is not valid.
            setattr(request, REFUSAL, Refusal(refused, self.field_aliases))
            return super().changeform_view(request, object_id, form_url, extra_context)

    def get_object(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Takes the version before the forms read on: what they show may be newer, never older."""
        found = super().get_object(request, *args, **kwargs)
        if found is not None:
            setattr(request, SHOWN, self.version_of(found))
        return found

    def get_form(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:  # type: ignore[override]
        form = super().get_form(request, obj, **kwargs)
        refusal = getattr(request, REFUSAL, None)
        return with_refusal(form, refusal) if refusal else form

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        """Without the buttons that write other objects in a window of their own."""
        found = super().formfield_for_dbfield(db_field, request, **kwargs)
        widget = getattr(found, "widget", None)
        if isinstance(widget, RelatedFieldWidgetWrapper):
            widget.can_add_related = False
            widget.can_change_related = False
            widget.can_delete_related = False
        return found

    def get_formsets_with_inlines(self, request: HttpRequest, obj: Any = None) -> Any:
        refusal = getattr(request, REFUSAL, None)
        for formset, inline in super().get_formsets_with_inlines(request, obj):
            if refusal:
                formset.form = with_refusal(formset.form, refusal)
            yield formset, inline

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> Any:
        context["seen"] = request.POST.get(SEEN) or getattr(request, SHOWN, "")
        return super().render_change_form(request, context, *args, **kwargs)

    def save_form(self, request: HttpRequest, form: Any, change: Any) -> Any:
        return form.instance

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: Any) -> None:
        actor = admin_ports.actor_of(request)
        fields = {**form.cleaned_data, **getattr(request, PREPARED, {})}
        if change:
            self.update(obj, actor=actor, fields=fields, seen=request.POST.get(SEEN, ""))
        else:
            obj.pk = self.create(actor=actor, fields=fields).pk

    def save_related(
        self, request: HttpRequest, form: Any, formsets: Sequence[Any], change: Any
    ) -> None:
        for formset in formsets:
            self.save_rows(form.instance, formset, actor=admin_ports.actor_of(request))

    # --- Deletion and actions ---------------------------------------------------------------------

    def get_deleted_objects(
        self, objs: Iterable[models.Model], request: HttpRequest
    ) -> tuple[list[str], dict[str, int], set[str], list[str]]:
        """Names what was chosen; the services know what goes with it."""
        names = [str(doomed) for doomed in objs]
        return names, {str(self.opts.verbose_name_plural): len(names)}, set(), []

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> Any:
        if request.method != "POST":
            return super().delete_view(request, object_id, extra_context)
        return self._or_say_why_not(
            request,
            lambda: super(ServiceModelAdmin, self).delete_view(request, object_id, extra_context),
        )

    def delete_model(self, request: HttpRequest, obj: models.Model) -> None:
        self.delete(obj, actor=admin_ports.actor_of(request))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet) -> None:
        for doomed in queryset.order_by("pk"):
            self.delete(doomed, actor=admin_ports.actor_of(request))

    def response_action(self, request: HttpRequest, queryset: QuerySet) -> Any:  # type: ignore[override]
        return self._or_say_why_not(
            request, lambda: super(ServiceModelAdmin, self).response_action(request, queryset)
        )

    def _or_say_why_not(self, request: HttpRequest, write: Callable[[], Any]) -> Any:
        try:
            with admin_ports.recording():
                return write()
        except (DomainError, ValidationError) as refused:
            messages.error(request, str(Refusal(refused, self.field_aliases)))
            name = f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist"
            return HttpResponseRedirect(reverse(name))


class ServiceInline(admin.TabularInline):
    """Rows of an object whose page is a ``ServiceModelAdmin``, which stores them."""

    area: ClassVar[str]
    extra = 0

    def has_view_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return admin_ports.actor_of(request).may(f"{self.area}:read")

    def has_add_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return admin_ports.actor_of(request).may(f"{self.area}:write")

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return self.has_add_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return self.has_add_permission(request, obj)


def refuse_as_changed(target_type: str, target_id: int) -> NoReturn:
    """Raises ``ChangedMeanwhileError`` with the name of whoever did the newest deed."""
    newest = next(iter(admin_ports.deeds_about(target_type, target_id)), None)
    raise ChangedMeanwhileError(
        who=newest.actor_name if newest else "Somebody",
        when=(newest.at if newest else timezone.now()).strftime(WHEN),
    )


class MonospaceTextarea(forms.Textarea):
    """For documents that are read by their columns."""

    def __init__(self, attrs: Mapping[str, Any] | None = None) -> None:
        super().__init__(
            {
                "class": "monospace",
                "rows": 28,
                "spellcheck": "false",
                "wrap": "off",
                **(attrs or {}),
            }
        )
