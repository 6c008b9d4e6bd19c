"""Staff who edit a graphic: the lock first, then the form."""

from typing import Any

from django.http import HttpResponse
from django.urls import reverse

from graphics.models import Graphic
from tests.admin.staff import Staff


def page_of(graphic: Graphic) -> str:
    return reverse("admin:graphics_graphic_change", args=[graphic.pk])


def lock_of(graphic: Graphic, verb: str = "") -> str:
    name = f"admin:graphics_graphic_lock_{verb}" if verb else "admin:graphics_graphic_lock"
    return reverse(name, args=[graphic.pk])


def take(staff: Staff, graphic: Graphic) -> None:
    """Press the button of the page, and find the form open."""
    answer = staff.post(lock_of(graphic, "take"), follow=True)
    assert b'name="_save"' in answer.content


def edit(staff: Staff, graphic: Graphic, **changes: Any) -> HttpResponse:
    """Take the lock, fill in, save and leave."""
    take(staff, graphic)
    return staff.save(page_of(graphic), "title", **changes)
