"""``manage.py serve``: the production server. (``runserver`` is Daphne, for development.)"""

import argparse
import os
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connections

from gal_dashboard.operations.server import CannotServeError, serve
from gal_dashboard.operations.supervisor import serve_many

HIGHEST_PORT = 65535


def port_number(text: str) -> int:
    if text.isascii() and text.isdigit() and int(text) <= HIGHEST_PORT:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r} is no port")


def count_of_workers(text: str) -> int:
    if text.isascii() and text.isdigit() and int(text) > 0:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r} is no number of processes")


class Command(BaseCommand):
    help = "Serves the dashboard, its API and the overlays. SIGTERM and Ctrl-C end it gently."

    def add_arguments(self, parser: CommandParser) -> None:
        host = getattr(settings, "HOST", None) or os.environ.get("HOST", "127.0.0.1")
        port = getattr(settings, "PORT", None) or os.environ.get("PORT", "8000")
        parser.add_argument("--host", default=host, help="address to listen on (%(default)s)")
        parser.add_argument(
            "--port",
            type=port_number,
            default=str(port),
            help="port to listen on, 0 for any that is free (%(default)s)",
        )
        parser.add_argument(
            "--workers",
            type=count_of_workers,
            default="1",
            help="processes (%(default)s); several need REDIS_URL",
        )

    def handle(self, *args: Any, host: str, port: int, workers: int, **options: Any) -> None:
        if workers > 1 and not settings.REDIS_URL:
            raise CommandError(
                f"{workers} workers need a Redis between them: set REDIS_URL, or take --workers 1."
            )
        # What the checks above opened would stay open, unused, for as long as we serve.
        connections.close_all()
        try:
            if workers > 1:
                serve_many(host=host, port=port, workers=workers, announce=self.announce)
            else:
                serve(host=host, port=port, announce=self.announce)
        except CannotServeError as error:
            raise CommandError(str(error)) from error

    def announce(self, url: str) -> None:
        self.stdout.write(f"Serving on {url}")
        self.stdout.flush()
