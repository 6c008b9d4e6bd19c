"""The admin's pages that take many accounts from a file and give them as one."""

from typing import Any, Final

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from gal_dashboard.core import admin_ports
from gal_dashboard.core.admin import ServiceModelAdmin
from gal_dashboard.core.errors import DomainError
from users import account_files, account_import

LARGEST_FILE: Final = 10 * 1024 * 1024


class FileForm(forms.Form):
    file = forms.FileField(
        label="CSV file",
        help_text="In UTF-8, with a first line of column names. Nothing is changed by looking.",
    )

    def clean_file(self) -> bytes:
        uploaded = self.cleaned_data["file"]
        if uploaded.size > LARGEST_FILE:
            raise forms.ValidationError("The file is larger than 10 MiB.")
        content: bytes = uploaded.read()
        return content


class AccountFilesMixin(ServiceModelAdmin):
    """Look first, then do: the page shows what a file would do, and the same text comes back."""

    change_list_template = "users/admin/account_list.html"

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        return [
            path("import/", view(self.import_view), name="users_user_import"),
            path("export/", view(require_safe(self.export_view)), name="users_user_export"),
            *super().get_urls(),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        context = {"may_write": self.may_write(request), **(extra_context or {})}
        return super().changelist_view(request, context)

    def export_view(self, request: HttpRequest) -> HttpResponse:
        self._refuse_readers(request)
        text = account_import.export(actor=admin_ports.actor_of(request))
        name = f"accounts-{timezone.now():%Y-%m-%d}.csv"
        return HttpResponse(
            text.encode("utf-8-sig"),  # so that spreadsheets know what it is
            content_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )

    def import_view(self, request: HttpRequest) -> HttpResponse:
        self._refuse_readers(request)
        if "content" in request.POST:
            return self._import(request, request.POST["content"].encode())
        form = FileForm(request.POST or None, request.FILES or None)
        if not form.is_valid():
            return self._page(request, {"form": form})
        return self._preview(request, form.cleaned_data["file"])

    def _preview(self, request: HttpRequest, content: bytes, fault: str = "") -> HttpResponse:
        try:
            plans = account_import.plan(account_files.read(content))
        except DomainError as refused:
            return self._page(request, {"form": FileForm(), "fault": str(refused)})
        context = {
            "form": FileForm(),
            "plans": plans,
            "fault": fault,
            "faulty": sum(bool(planned.errors) for planned in plans),
            "changing": sum(bool(planned.deed) for planned in plans),
            "content": content.decode("utf-8-sig"),
        }
        return self._page(request, context)

    def _import(self, request: HttpRequest, content: bytes) -> HttpResponse:
        try:
            lines = account_files.read(content)
            done = account_import.carry_out(actor=admin_ports.actor_of(request), lines=lines)
        except DomainError as refused:
            return self._preview(request, content, f"Nothing was changed. {refused}")
        said = f"Accounts created: {done['create']}, changed: {done['change']}."
        messages.success(request, said)
        return HttpResponseRedirect(reverse("admin:users_user_changelist"))

    def _page(self, request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
        whole = {
            **self.admin_site.each_context(request),
            "title": "Import accounts",
            "opts": self.opts,
            "columns": account_files.COLUMNS,
            "most_lines": account_files.MOST_LINES,
            **context,
        }
        request.current_app = self.admin_site.name
        return TemplateResponse(request, "users/admin/account_import.html", whole)

    def _refuse_readers(self, request: HttpRequest) -> None:
        if not self.may_write(request):
            raise PermissionDenied
