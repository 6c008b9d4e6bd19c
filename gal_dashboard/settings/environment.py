"""Where settings come from: the process's environment first, then the file ``.env.local``.

``env`` remembers every name that was read; a test compares them with ``.env.example``.
"""

import os
from pathlib import Path

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.core.exceptions import ImproperlyConfigured
from environs import Env

BASE_DIR = Path(__file__).resolve().parents[2]

env = Env()


def read_file() -> None:
    """Read ``.env.local``, or the file that ``ENV_FILE`` names; an empty one names none."""
    named = os.environ.get("ENV_FILE")
    path = BASE_DIR / ".env.local" if named is None else Path(named)
    if named != "" and path.is_file():
        env.read_env(path, recurse=False)


def need(name: str) -> str:
    """The variable's value; refuses to go on without it, in a sentence that says what to do."""
    value = env.str(name, default="").strip()
    if not value:
        raise ImproperlyConfigured(
            f"The environment variable {name} is not set. Set it in the environment or in "
            ".env.local (`make setup` writes that file with random secrets; .env.example "
            "lists every variable)."
        )
    return value


def listed(name: str, default: list[str]) -> list[str]:
    """What stands between the commas, without the spaces around it."""
    return [item.strip() for item in env.list(name, default=default)]


def derive_key(secret: str, purpose: str) -> str:
    """64 hexadecimal digits from ``secret`` by HKDF-SHA256; other purposes give unrelated keys."""
    hkdf = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=purpose.encode())
    return hkdf.derive(secret.encode()).hex()


read_file()
