"""Members of staff at their browsers."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.test import Client

from gal_dashboard.audit.models import AuditEntry
from gal_dashboard.core.context import SYSTEM
from gal_dashboard.events.models import StreamEntry
from tests.admin.forms import form_with
from users import accounts
from users.models import User

PASSWORD = "a-password-of-staff"


def new_account(name: str, *roles: str, may_use_admin: bool = True) -> User:
    return accounts.create_account(
        actor=SYSTEM,
        fields={"username": name, "is_staff": may_use_admin},
        roles=roles,
        password=PASSWORD,
    )


class Staff(Client):
    """Somebody signed in, who fills in forms as the pages show them."""

    def __init__(self, user: User) -> None:
        super().__init__()
        self.user = user
        self.force_login(user)

    def open(self, path: str) -> str:
        answer = self.get(path)
        assert answer.status_code == 200, (path, answer.status_code)
        return answer.content.decode()

    def fill(self, path: str, field: str, **changes: Any) -> dict[str, Any]:
        """The form with ``field`` at ``path``, with ``changes``; ``None`` takes a field out."""
        values: dict[str, Any] = form_with(self.open(path), field)
        for name, value in changes.items():
            values.pop(name, None)
            if value is not None:
                values[name] = value
        return values

    def save(self, path: str, field: str, **changes: Any) -> HttpResponse:
        """Open the form, change it, send it."""
        return self.post(path, self.fill(path, field, **changes))


def errors_in(answer: TemplateResponse) -> list[str]:
    """The sentences that a refused form shows, wherever it shows them."""
    assert answer.status_code == 200, answer.status_code
    context = answer.context_data
    if "sheet" in context:
        sheet = context["sheet"]
        rows = [str(one) for form in sheet for group in form.errors.values() for one in group]
        return [*map(str, sheet.non_form_errors()), *rows]
    if "errors" in context:
        return [str(one) for group in context["errors"] for one in group]
    return [str(one) for group in context["form"].errors.values() for one in group]


@contextmanager
def leaves(*, deeds: list[str], events: list[str]) -> Iterator[None]:
    """The block adds exactly these to the audit trail and, in this order, to the staff stream."""
    newest_deed = AuditEntry.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    staff = StreamEntry.objects.filter(stream="staff")
    head = staff.order_by("-seq").values_list("seq", flat=True).first() or 0
    yield
    added = AuditEntry.objects.filter(pk__gt=newest_deed).order_by("pk")
    assert list(added.values_list("action", flat=True)) == deeds
    entries = list(staff.filter(seq__gt=head).order_by("seq").values_list("seq", "event__name"))
    assert entries == list(enumerate(events, start=head + 1))
