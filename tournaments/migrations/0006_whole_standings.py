"""Standings that an older release published get the fields that every reader may rely on.

What may still happen was not known then: it is null, as wherever nobody knows it. The log has
frames in the old form, too; with a new epoch nobody catches up with those.
"""

import json

from django.db import migrations

from gal_dashboard.events.models import new_epoch

OF_STANDINGS = ("games_left",)
OF_ROWS = (
    "explanation",
    "points_to_cut",
    "max_points",
    "clinched",
    "eliminated",
    "needed_place",
)


def fill_in(document):
    """Whether anything was missing."""
    things = [(document, OF_STANDINGS), *((row, OF_ROWS) for row in document["standings"])]
    missing = [(thing, name) for thing, names in things for name in names if name not in thing]
    for thing, name in missing:
        thing[name] = None
    return bool(missing)


def fill_in_all(apps, schema_editor):
    snapshots = apps.get_model("tournaments", "ScoreboardSnapshot").objects
    has_changed = False
    for number in list(snapshots.order_by("pk").values_list("pk", flat=True)):
        snapshot = snapshots.only("document").get(pk=number)
        document = json.loads(snapshot.document)
        if fill_in(document):
            has_changed = True
            text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
            snapshots.filter(pk=number).update(document=text)
    if has_changed:
        apps.get_model("events", "Epoch").objects.filter(pk=1).update(value=new_epoch())


class Migration(migrations.Migration):
    dependencies = [("tournaments", "0005_result_sheets"), ("events", "0002_epoch")]
    # an older release reads past what it does not know
    operations = [migrations.RunPython(fill_in_all, migrations.RunPython.noop)]
