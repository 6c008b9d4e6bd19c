"""What the admin shows of the audit trail: values as one would say them."""

from django.urls import reverse

from gal_dashboard.audit import trail
from gal_dashboard.audit.models import AuditEntry
from gal_dashboard.core.context import SYSTEM


def test_a_deed_is_told_in_plain_values(ann, crown):
    changes = {
        "placements": (None, {"Ann": 1, "Bob": None}),
        "aliases": ([], ["A.", "B."]),
        "members": ([{"name": "Ann", "riot_id": "Ann#EUW"}, {"name": "Bob"}], None),
        "is_active": (True, False),
    }
    trail.record("tournament.updated", actor=SYSTEM, target=crown, changes=changes)
    deed = AuditEntry.objects.latest("pk")

    pages = [
        ann.open(reverse("admin:audit_auditentry_change", args=[deed.pk])),
        ann.open(reverse("admin:tournaments_tournament_history", args=[crown.pk])),
    ]

    for page in pages:
        assert "Ann: 1, Bob: none" in page
        assert "A., B." in page
        assert "name: Ann, riot_id: Ann#EUW; name: Bob" in page
        assert ">yes<" in page
        assert ">no<" in page
        assert ">None<" not in page


def test_a_deed_of_the_server_that_is_about_no_row_is_told_by_its_time_alone(ann):
    trail.record("league_password.changed", actor=SYSTEM)
    at = AuditEntry.objects.latest("pk").at

    page = ann.open(reverse("admin:index"))

    assert f">{at:%d %b %H:%M} UTC<" in page
