"""Tests: fixed values. Neither ``.env.local`` nor what a developer exported may reach them."""

import os
import re
import tempfile
from pathlib import Path

os.environ["ENV_FILE"] = ""
_example = (Path(__file__).resolve().parents[2] / ".env.example").read_text(encoding="utf-8")
for _name in re.findall(r"^#?\s*([A-Z][A-Z0-9_]*)=", _example, re.MULTILINE):
    if _name != "ENV_FILE":
        os.environ.pop(_name, None)

# Which database the tests inside this process use; the servers that tests start have their own.
_database = os.environ.get("GAL_TEST_DATABASE", "sqlite")
_folder = Path(tempfile.mkdtemp(prefix="gal-tests-"))
os.environ |= {
    "APP_ENV": "test",
    "SECRET_KEY": "test-secret-key-test-secret-key-test-secret-key",
    "DASHBOARD_MASTER_PASSWORD": "test-master-password",
    "DATABASE_URL": f"sqlite:///{_folder / 'default.sqlite3'}"
    if _database == "sqlite"
    else "postgres://root@127.0.0.1:5432/postgres",
    "LOG_LEVEL": "WARNING",
    "RATE_LIMITS": "off",
}

from gal_dashboard.settings.base import *  # noqa: E402

# A file, not memory: threads of one test share it as threads of one server do.
DATABASES["default"]["TEST"] = {
    "NAME": str(_folder / "test.sqlite3") if _database == "sqlite" else f"gal_test_{os.getpid()}"
}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", *PASSWORD_HASHERS]
