"""``manage.py first_start``: everything between an installed package and a running server."""

import os
import secrets
from pathlib import Path

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection

from gal_dashboard.core.context import SYSTEM
from gal_dashboard.operations.addresses import base_url
from graphics.demo_show import is_database_empty, load_demo
from graphics.models import Graphic

ADMIN_NAME = "admin"


class Command(BaseCommand):
    help = (
        "Migrate, make the first admin account, load the demo event into an empty database, and "
        "print what a person needs. May be repeated: what is there is kept."
    )

    def handle(self, **options) -> None:
        self._make_database_folder()
        self.stdout.write("Preparing the database ...")
        call_command("migrate", interactive=False, verbosity=0)
        password = self._make_admin()
        if settings.DEMO and is_database_empty():
            self.stdout.write("Loading the demo event ...")
            load_demo(actor=SYSTEM)
        self._print_addresses()
        if password:
            self._print_secrets(password)

    def _make_database_folder(self) -> None:
        if connection.vendor == "sqlite":
            database = Path(settings.DATABASES["default"]["NAME"])
            database.resolve().parent.mkdir(parents=True, exist_ok=True)

    def _make_admin(self) -> str | None:
        """The password of the admin account that was made just now; it is kept nowhere."""
        users = get_user_model()
        if users.objects.filter(is_superuser=True).exists():
            return None
        password = secrets.token_urlsafe(15)
        users.objects.create_superuser(username=ADMIN_NAME, password=password)
        return password

    def _print_addresses(self) -> None:
        url = base_url()
        rows = [
            ("API", f"{url}/api/v1/"),
            ("API docs", f"{url}/docs"),
            ("Admin", f"{url}/admin/"),
        ]
        if settings.OVERLAY_PUBLIC_IDS:
            graphics = Graphic.objects.on_air().order_by("pk")[:10]
            rows += [(f"Overlay: {one.title}", f"{url}/overlay/{one.pk}") for one in graphics]
        width = max(len(name) for name, _ in rows)
        self.stdout.write("")
        for name, address in rows:
            self.stdout.write(f"  {name:<{width}}  {address}")
        self.stdout.write("")

    def _print_secrets(self, admin_password: str) -> None:
        self.stdout.write("This is shown once:")
        if "DASHBOARD_MASTER_PASSWORD" not in os.environ:
            self.stdout.write(
                f"  Master password  {settings.DASHBOARD_MASTER_PASSWORD}  (kept in .env.local)"
            )
        self.stdout.write(f"  Admin login      {ADMIN_NAME} / {admin_password}")
        self.stdout.write("")
