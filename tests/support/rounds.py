"""How often tests repeat what depends on chance: a few times, and as often as wanted by hand."""

import os
from typing import Final

ROUNDS: Final = int(os.environ.get("GAL_TEST_ROUNDS", "10"))
