"""``manage.py load_demo``"""

from django.core.management.base import BaseCommand

from gal_dashboard.core.context import SYSTEM
from graphics.demo_show import is_database_empty, load_demo


class Command(BaseCommand):
    help = "Load the demo event and its graphics into an empty database; otherwise do nothing."

    def handle(self, **options) -> None:
        if not is_database_empty():
            self.stdout.write("The database is not empty: no demo was loaded.")
            return
        self.stdout.write("Loading the demo event ...")
        for graphic in load_demo(actor=SYSTEM):
            self.stdout.write(f"Graphic {graphic.pk}: {graphic.title}")
