"""``manage.py`` for a server whose hub polls so rarely that only the bus can have told it."""

import sys
from dataclasses import replace

import django
from django.core.management import execute_from_command_line

PROGRAM = ("-m", "tests.support.manage_without_poll")

if __name__ == "__main__":
    django.setup()
    from gal_dashboard.realtime.hub import hub  # needs Django

    hub.limits = replace(hub.limits, poll_seconds=600)
    execute_from_command_line(["manage.py", *sys.argv[1:]])
