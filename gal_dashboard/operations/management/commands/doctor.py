"""``manage.py doctor``: what is wrong with this installation, and what to do."""

import json
import logging
import sys
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from gal_dashboard.operations.doctor.examination import examine
from gal_dashboard.operations.doctor.findings import Finding, Level

SHORTEST_SECRET = 4  # shorter ones would be found in every word


class Command(BaseCommand):
    help = (
        "Looks at this installation and says what is wrong and what to do. Changes nothing. "
        "Exit code 1 when something must be done."
    )
    requires_system_checks: Sequence[str] = []  # it tells of them itself

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="say it as JSON")
        parser.add_argument(
            "--name",
            action="append",
            default=[],
            metavar="HOST",
            help="a name by which browsers ask for this server; may be repeated",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        logging.disable(logging.CRITICAL)  # what the parts would log is told by the findings
        try:
            findings = examine(options["name"])
        finally:
            logging.disable(logging.NOTSET)
        problems = sum(finding.level == Level.PROBLEM for finding in findings)
        if options["json"]:
            body = {
                "is_healthy": not problems,
                "findings": [finding.as_dict() for finding in findings],
            }
            text = json.dumps(body, indent=2)
        else:
            text = "\n".join([*map(_lines, findings), "", _summary(findings, problems)])
        self.stdout.write(_without_secrets(text))
        if problems:
            sys.exit(1)


def _lines(finding: Finding) -> str:
    line = f"{finding.level:<8} {finding.part:<14} {finding.message}"
    return f"{line}\n{'':<23} -> {finding.advice}" if finding.advice else line


def _summary(findings: Sequence[Finding], problems: int) -> str:
    warnings = sum(finding.level == Level.WARNING for finding in findings)
    if problems:
        return f"Something must be done: {problems} problems, {warnings} warnings."
    return f"Nothing must be done. {warnings} warnings."


def _without_secrets(text: str) -> str:
    """Libraries' own words may repeat what they were given."""
    database = settings.DATABASES["default"]
    for secret in (
        settings.SECRET_KEY,
        settings.JWT_SIGNING_KEY,
        settings.JWT_SIGNING_KEY_PREVIOUS,
        settings.DASHBOARD_MASTER_PASSWORD,
        settings.DASHBOARD_VIEWER_PASSWORD,
        settings.REDIS_URL,
        str(database.get("PASSWORD") or ""),
    ):
        if len(secret) >= SHORTEST_SECRET:
            text = text.replace(secret, "[secret]")
    return text
