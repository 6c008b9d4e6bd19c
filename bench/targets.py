"""What a figure must reach, and what it aims at."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Final

from bench.fanout_subjects import RAW, SOCKET_IO
from bench.figures import OURS, Figure, of_case, ratio
from bench.rest_subjects import FASTAPI


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Of all figures of a section whose case and unit match these patterns (as file names do).

    ``must`` and ``aim`` are multiples of the baseline's value in the same case; without a baseline
    they are in the figure's own unit. Where more is better they are the least, else the most.
    """

    section: str
    case: str
    unit: str
    baseline: str | None
    must: float
    aim: float | None = None

    def applies_to(self, figure: Figure) -> bool:
        return (
            figure.subject == OURS
            and figure.section == self.section
            and fnmatchcase(figure.case, self.case)
            and fnmatchcase(figure.unit, self.unit)
        )


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a figure stands to a target. ``value`` is what is compared: a multiple, or the figure."""

    figure: Figure
    target: Target
    value: float

    @property
    def meets_must(self) -> bool:
        return self.figure.errors == 0 and self._reaches(self.target.must)

    @property
    def meets_aim(self) -> bool:
        aim = self.target.aim
        return self.meets_must and (aim is None or self._reaches(aim))

    def _reaches(self, wanted: float) -> bool:
        # not a number reaches nothing
        return self.value >= wanted if self.figure.more_is_better else self.value <= wanted


def judge(figures: Iterable[Figure], targets: Iterable["Target"] | None = None) -> list[Verdict]:
    """Every target that applies to one of the figures. A baseline that was not measured, or that
    hung or refused on the way, leaves its targets unjudged: its value is none. So does one that is
    not above zero, as a difference of two times may be on a busy machine.
    """
    known = list(figures)
    verdicts = []
    for figure in known:
        for target in TARGETS if targets is None else targets:
            if not target.applies_to(figure):
                continue
            if target.baseline is None:
                verdicts.append(Verdict(figure, target, figure.median))
                continue
            verdicts += [
                Verdict(figure, target, ratio(figure, other))
                for other in of_case(known, figure)
                if other.subject == target.baseline and other.median > 0 and not other.errors
            ]
    return verdicts


def _rates(case: str, must: float, *aims: float) -> Iterator[Target]:
    """Multiples of the service that is built like the replaced one, for 1 client and for 8."""
    for clients, aim in zip(("1 client", "8 clients"), aims, strict=True):
        yield Target(
            section="rest",
            case=f"{case}, {clients}",
            unit="*/s",
            baseline=FASTAPI,
            must=must,
            aim=aim,
        )


def _fan_out(case: str, unit: str, baseline: str | None, must: float, aim: float) -> Target:
    return Target(section="fan-out", case=case, unit=unit, baseline=baseline, must=must, aim=aim)


TARGETS: Final = (
    *_rates("list of 100", 1.5, 4, 4),
    *_rates("retrieve", 1.6, 3, 3),
    *_rates("PUT", 2.5, 5, 5),
    *_rates("lock pair", 4, 8, 8),
    *_rates("public view", 5, 10, 50),
    # a whole studio at once: nobody waits long, nobody is refused (a figure with errors fails)
    *(
        Target(section="rest", case=f"{case}, 64 clients", unit="ms p99", baseline=None, **limits)
        for case, limits in {
            "list of 100": {"must": 500.0, "aim": 150.0},
            "retrieve": {"must": 500.0, "aim": 150.0},
            "public view": {"must": 500.0, "aim": 150.0},
            "standings of *": {"must": 500.0, "aim": 150.0},
            "PUT": {"must": 500.0},
            "lock pair": {"must": 500.0},
        }.items()
    ),
    *(
        Target(
            section="rest",
            case=f"first {kind} after a start",
            unit="ms",
            baseline="later ones",
            must=5,
            aim=3,
        )
        for kind in ("retrieve", "list", "PUT")
    ),
    # later ones come from memory: the first need not be as fast, only not seen by anybody
    Target(
        section="rest",
        case="first overlay page after a start",
        unit="ms",
        baseline=None,
        must=50,
        aim=10,
    ),
    *(
        target
        for count in (500, 1000, 2000)
        for target in (
            _fan_out(f"publish to {count} overlays", "ms p50 to the last", RAW, 1.5, 1.1),
            _fan_out(f"sustained to {count} overlays", "broadcasts/s", RAW, 0.6, 0.95),
            _fan_out(f"publish to {count} overlays", "ms p50 to the last", SOCKET_IO, 1.6, 1.0),
            _fan_out(f"{count} idle overlays", "KB a socket", None, 30, 20),
        )
    ),
    _fan_out("* overlays and a stalled one", "times the p99 without it", None, 1.5, 1.0),
    # what grows is stored, not paid for
    Target(section="growth", case="*", unit="*", baseline="smallest", must=1.5, aim=1.15),
)
