"""What the doctor says."""

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


class Level(StrEnum):
    OK = "ok"
    WARNING = "warning"  # it works; somebody should know
    PROBLEM = "problem"  # something must be done


@dataclass(frozen=True, slots=True)
class Finding:
    """One sentence on one ``part`` of the installation, and what to do about it."""

    level: Level
    part: str
    message: str
    advice: str = ""

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def ok(part: str, message: str) -> Finding:
    return Finding(Level.OK, part, message)


def warning(part: str, message: str, advice: str) -> Finding:
    return Finding(Level.WARNING, part, message, advice)


def problem(part: str, message: str, advice: str) -> Finding:
    return Finding(Level.PROBLEM, part, message, advice)
