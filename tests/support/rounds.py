"""How often tests repeat what depends on chance: a few times, and as often as wanted by hand."""

import os
from typing import Final

ROUNDS: Final = int(os.environ.get("GAL_TEST_ROUNDS", "10"))


def rounds(default: int) -> int:
    """As ``ROUNDS``, for what takes long: ``default`` times, if nobody wants more."""
    return int(os.environ.get("GAL_TEST_ROUNDS", default))
