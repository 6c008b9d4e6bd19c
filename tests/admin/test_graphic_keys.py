"""Keys of overlays in the admin: made on the graphic's page, shown once, revoked."""

import re
import time

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from gal_dashboard.core.context import SYSTEM
from graphics.keys import MOST_LIVE, create_key
from graphics.models import Graphic, OverlayKey
from graphics.previews import preview_key
from tests.admin.staff import Staff, leaves, new_account
from tests.admin.test_graphic_archive import address, choose
from users.choices import Role

KEYS = reverse("admin:graphics_overlaykey_changelist")


@pytest.fixture
def graphic(board) -> Graphic:
    return board


def view(text: str):
    return Client().get(f"/api/v1/graphics/k/{text}/view")


def make(staff: Staff, graphic: Graphic, name: str) -> str:
    """Press the button; the key that the page shows."""
    answer = staff.save(address("keys", graphic), "name", name=name)
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store"
    [text] = set(re.findall(r"http://testserver/overlay/k/(ovk_[\w-]+)", answer.content.decode()))
    return text


def test_a_key_is_made_and_its_address_shown_once(pia, graphic):
    with leaves(deeds=["graphic.key_created"], events=[]):
        text = make(pia, graphic, "Studio 2")

    assert view(text).json()["id"] == graphic.pk
    page = pia.open(address("keys", graphic))
    assert "Studio 2" in page
    assert text not in page
    assert text not in pia.open(KEYS)
    key = OverlayKey.objects.get()
    assert text not in pia.open(reverse("admin:graphics_overlaykey_change", args=[key.pk]))


def test_a_key_is_revoked_on_the_page_of_its_graphic(pia, graphic):
    text = make(pia, graphic, "Studio 2")
    key = OverlayKey.objects.get()

    with leaves(deeds=["graphic.key_revoked"], events=[]):
        pia.post(reverse("admin:graphics_graphic_key_revoke", args=[graphic.pk, key.pk]))

    assert view(text).status_code == 404
    assert "Revoked by pia" in pia.open(address("keys", graphic))


def test_keys_are_revoked_from_the_list(pia, graphic):
    texts = [make(pia, graphic, name) for name in ("One", "Two", "Three")]
    one, two, _ = OverlayKey.objects.order_by("pk")

    with leaves(deeds=["graphic.key_revoked"] * 2, events=[]):
        choose(pia, "revoke_selected", one, two, path=KEYS)

    assert [view(text).status_code for text in texts] == [404, 404, 200]
    assert "Three" not in pia.open(f"{KEYS}?state=revoked")


def test_a_key_without_a_name_is_not_made(pia, graphic):
    with leaves(deeds=[], events=[]):
        page = pia.save(address("keys", graphic), "name", name="").content.decode()

    assert "This field is required" in page


def test_one_key_too_many_is_refused_at_the_form(pia, graphic):
    many = [
        OverlayKey(graphic=graphic, name="many", digest=f"{number}", hint="aaaa")
        for number in range(MOST_LIVE)
    ]
    OverlayKey.objects.bulk_create(many)

    page = pia.save(address("keys", graphic), "name", name="One more").content.decode()

    assert f"at most {MOST_LIVE} keys" in page


def test_who_may_only_read_sees_keys_and_makes_none(graphic):
    key, _ = create_key(actor=SYSTEM, graphic_id=graphic.pk, name="Studio 2")
    vic = Staff(new_account("vic", Role.VIEWER))

    page = vic.open(address("keys", graphic))

    assert "Studio 2" in page
    assert "Make a key" not in page
    assert vic.post(address("keys", graphic), {"name": "Mine"}).status_code == 403
    revoke = reverse("admin:graphics_graphic_key_revoke", args=[graphic.pk, key.pk])
    assert vic.post(revoke).status_code == 403
    choose(vic, "revoke_selected", key, path=KEYS)
    assert OverlayKey.objects.live().count() == 1


def test_where_a_key_was_used_is_for_those_who_change_graphics(pia, graphic):
    key, _ = create_key(actor=SYSTEM, graphic_id=graphic.pk, name="Studio 2")
    OverlayKey.objects.update(last_used_at=timezone.now(), last_used_from="203.0.113.77")
    vic, sue = [Staff(new_account(role, role)) for role in (Role.VIEWER, Role.SCORER)]
    change = reverse("admin:graphics_overlaykey_change", args=[key.pk])
    pages = (KEYS, change, address("keys", graphic))

    assert all("203.0.113.77" in pia.open(path) for path in pages)
    assert "Studio 2" in pia.open(f"{KEYS}?q=203.0.113.77")
    for reader in (vic, sue):
        assert all("Studio 2" in reader.open(path) for path in pages)
        assert not any("203.0.113.77" in reader.open(path) for path in pages)
        assert "Studio 2" not in reader.open(f"{KEYS}?q=203.0.113.77")


def test_a_key_of_another_graphic_is_not_revoked(pia, graphic):
    other = Graphic.objects.create(title="Other", event_name="Cup")
    key, _ = create_key(actor=SYSTEM, graphic_id=other.pk, name="Studio 2")

    answer = pia.post(
        reverse("admin:graphics_graphic_key_revoke", args=[graphic.pk, key.pk]), follow=True
    )

    assert "no such key" in answer.content.decode()
    assert OverlayKey.objects.live().count() == 1


class TestWhereOnlyKeysOpenOverlays:
    @pytest.fixture(autouse=True)
    def _by_key_only(self, settings) -> None:
        settings.OVERLAY_PUBLIC_IDS = False

    def preview_in(self, staff: Staff, graphic: Graphic) -> str:
        page = staff.open(reverse("admin:graphics_graphic_change", args=[graphic.pk]))
        assert f"/overlay/{graphic.pk}" not in page
        [text] = re.findall(r'<iframe src="/overlay/k/(ovp_[^"]+)"', page)
        return text

    def test_staff_look_by_a_preview(self, pia, graphic):
        text = self.preview_in(pia, graphic)

        assert view(text).json()["id"] == graphic.pk
        assert Client().get(f"/api/v1/graphics/{graphic.pk}/view").status_code == 404

    def test_a_preview_ends_with_the_right_to_use_the_admin(self, pia, graphic):
        text = self.preview_in(pia, graphic)

        pia.user.is_staff = False
        pia.user.save()

        assert view(text).status_code == 404

    def test_a_preview_ends_after_a_working_day(self, pia, graphic, monkeypatch):
        text = self.preview_in(pia, graphic)

        later = time.time() + 12 * 3600 + 1
        monkeypatch.setattr("django.core.signing.time.time", lambda: later)

        assert view(text).status_code == 404

    def test_a_preview_of_one_graphic_is_none_of_another(self, pia, graphic):
        other = Graphic.objects.create(title="Other", event_name="Cup")
        text = preview_key(graphic_id=graphic.pk, user_id=pia.user.pk)

        forged = text.replace(f"ovp_{graphic.pk}.", f"ovp_{other.pk}.")

        assert view(forged).status_code == 404

    def test_the_list_and_the_first_page_name_no_number(self, pia, graphic):
        for path in ("/admin/", "/admin/graphics/graphic/"):
            assert f'"/overlay/{graphic.pk}"' not in pia.open(path)
