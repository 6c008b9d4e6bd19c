"""Measures the server beside others: ``python -m bench``, or ``make bench`` and ``bench-quick``."""

import argparse
import logging
import signal
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import Any, Final

import orjson
from tqdm import tqdm
from tqdm.contrib.logging import logging_redirect_tqdm

from bench import fanout, growth, machine, rest
from bench.figures import Figure
from bench.http import ContractError
from bench.place import UnavailableError, open_place, refuse_unless_available
from bench.plan import Plan, Section, keep_to, spread_over_cores
from bench.report import as_json, tables
from bench.targets import judge

RESULTS: Final = Path(__file__).parent / "results"
# In the order in which they run.
SECTIONS: Final[tuple[Section, ...]] = (
    rest,
    fanout,
    growth,
)
ROUNDS, SECONDS = 1, 2.0
QUICK_ROUNDS, QUICK_SECONDS = 1, 0.4
MUST_MISSED, NOT_MEASURED, TERMINATED = 1, 2, 143


def main(arguments: Sequence[str] | None = None) -> int:
    options = _options(arguments)
    plan = _plan(options)
    signal.signal(signal.SIGTERM, _end)  # as Ctrl-C: servers and databases go with us
    keep_to(spread_over_cores()[1])
    try:
        refuse_unless_available(plan.database)
        facts = machine.describe(plan.database)
        facts["load_before"], began = machine.load(), time.monotonic()
        figures = _measure(plan)
    except (UnavailableError, ContractError) as error:
        sys.stderr.write(f"Not measured: {error}\n")
        return NOT_MEASURED
    facts["load_after"], facts["seconds"] = machine.load(), round(time.monotonic() - began)
    verdicts = judge(figures)
    for table in tables(figures, verdicts):
        shown = table.as_markdown() if options.markdown else table.as_text()
        sys.stdout.write(f"{shown}\n\n")
    out = options.out or _new_result(plan)
    _write(out, facts | _plan_as_json(plan) | as_json(figures, verdicts))
    missed = [verdict for verdict in verdicts if not verdict.meets_must]
    sys.stdout.write(
        f"{plan.database}, {facts['seconds']} s, load average {facts['load_before'][0]} before and "
        f"{facts['load_after'][0]} after. {len(verdicts) - len(missed)} of {len(verdicts)} "
        f"targets that must be reached are. Written to {out}\n"
    )
    return MUST_MISSED if missed and options.judge else 0


def _measure(plan: Plan) -> list[Figure]:
    figures: list[Figure] = []
    with (
        open_place(plan) as place,
        tqdm(file=sys.stderr, bar_format="{desc} [{elapsed}]") as bar,
        logging_redirect_tqdm(),
    ):
        for section in SECTIONS:
            if plan.only and section.NAME not in plan.only:
                continue

            def say(text: str, name: str = section.NAME) -> None:
                bar.set_description_str(f"{name} {text}")

            figures.extend(section.run(plan, place, say))
    return figures


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    names = [section.NAME for section in SECTIONS]
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer cases, shorter, one round")
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--only", metavar="SECTIONS", help=f"some of {','.join(names)}")
    parser.add_argument("--case", default="", help="only cases whose name contains this")
    parser.add_argument("--rounds", type=int, help="of all subjects")
    parser.add_argument("--seconds", type=float, help="for one case of one subject in one round")
    parser.add_argument("--out", type=Path, metavar="FILE", help="JSON; default: bench/results/")
    parser.add_argument("--markdown", action="store_true", help="print tables for a document")
    parser.add_argument("--judge", action="store_true", help="exit 1 if a target is missed")
    options = parser.parse_args(arguments)
    options.only = frozenset(options.only.split(",")) if options.only else frozenset()
    if unknown := options.only - set(names):
        parser.error(f"there is no section {', '.join(sorted(unknown))}")
    return options


def _plan(options: argparse.Namespace) -> Plan:
    return Plan(
        database=options.database,
        rounds=options.rounds or (QUICK_ROUNDS if options.quick else ROUNDS),
        seconds=options.seconds or (QUICK_SECONDS if options.quick else SECONDS),
        is_quick=options.quick,
        only=options.only,
        matching=options.case,
    )


def _plan_as_json(plan: Plan) -> dict[str, Any]:
    return {
        "plan": {
            "rounds": plan.rounds,
            "seconds": plan.seconds,
            "is_quick": plan.is_quick,
            "only": sorted(plan.only),
            "matching": plan.matching,
        }
    }


def _new_result(plan: Plan) -> Path:
    now = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
    return RESULTS / f"{now}-{plan.database}.json"


def _write(path: Path, content: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    # what is not a number, as a percentile of nothing, becomes null
    path.write_bytes(orjson.dumps(content, option=orjson.OPT_INDENT_2))


def _end(signum: int, frame: FrameType | None) -> None:
    sys.exit(TERMINATED)


if __name__ == "__main__":
    logging.basicConfig(format="%(message)s")
    sys.exit(main())
