"""Writes ``.env.local`` from ``.env.example`` with random secrets, if there is none.

Run as ``python -m gal_dashboard.operations.environment_file`` before Django starts: the settings
need what it writes.
"""

import re
import secrets
import sys
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parents[2]
SECRETS = {
    "DASHBOARD_MASTER_PASSWORD": lambda: secrets.token_urlsafe(18),
    "SECRET_KEY": lambda: secrets.token_urlsafe(48),
}


def write_environment_file(example: Path, target: Path) -> bool:
    """Fill the empty secrets of ``example`` into a new ``target`` that only its owner may read.

    ``False`` if ``target`` was there already: it is never touched.
    """
    text = example.read_text(encoding="utf-8")
    for name, make in SECRETS.items():
        text = re.sub(rf"^{name}=$", f"{name}={make()}", text, flags=re.MULTILINE)
    try:
        target.touch(mode=0o600, exist_ok=False)
    except FileExistsError:
        return False
    target.write_text(text, encoding="utf-8")
    return True


if __name__ == "__main__":
    if write_environment_file(BASE_DIR / ".env.example", BASE_DIR / ".env.local"):
        sys.stdout.write("Wrote .env.local with random secrets.\n")
