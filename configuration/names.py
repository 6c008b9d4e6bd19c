"""Which names keys, categories and environments may have."""

import re
from typing import Final

# Words that the address of a key could be taken for.
RESERVED: Final = frozenset({"bulk-update", "category", "export", "import"})

KEY: Final = r"[A-Za-z0-9][A-Za-z0-9._:\-]{0,119}"
CATEGORY: Final = r"[A-Za-z0-9][A-Za-z0-9._\- ]{0,59}"
_KEY: Final = re.compile(KEY)
_CATEGORY: Final = re.compile(CATEGORY)
_ENVIRONMENT: Final = re.compile(r"[a-z][a-z0-9_\-]{0,31}")


def is_key(text: str) -> bool:
    return text not in RESERVED and _KEY.fullmatch(text) is not None


def is_category(text: str) -> bool:
    return _CATEGORY.fullmatch(text) is not None


def is_environment(text: str) -> bool:
    """``all`` stands for every environment."""
    return _ENVIRONMENT.fullmatch(text) is not None
