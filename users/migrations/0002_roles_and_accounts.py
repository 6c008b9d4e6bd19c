"""The roles as groups, and the two accounts that stand for the league's passwords."""

from django.contrib.auth.hashers import make_password
from django.db import migrations

ROLES = ("Administrator", "Producer", "Scorer", "Viewer")
ACCOUNTS = {
    "dashboard_user": ("Dashboard", "Administrator"),
    "dashboard_viewer": ("Dashboard (read only)", "Viewer"),
}


def make_roles_and_accounts(apps, schema_editor):
    group_model = apps.get_model("auth", "Group")
    user_model = apps.get_model("users", "User")
    groups = {name: group_model.objects.get_or_create(name=name)[0] for name in ROLES}
    for username, (display_name, role) in ACCOUNTS.items():
        user, _ = user_model.objects.get_or_create(
            username=username,
            defaults={"display_name": display_name, "password": make_password(None)},
        )
        user.groups.add(groups[role])


class Migration(migrations.Migration):
    dependencies = [("users", "0001_initial")]
    operations = [migrations.RunPython(make_roles_and_accounts, migrations.RunPython.noop)]
