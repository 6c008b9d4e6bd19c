from django.db import migrations


def make_epoch(apps, schema_editor):
    apps.get_model("events", "Epoch").objects.get_or_create(pk=1)


class Migration(migrations.Migration):
    dependencies = [("events", "0001_initial")]
    operations = [migrations.RunPython(make_epoch, migrations.RunPython.noop)]
