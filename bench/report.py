"""Figures as tables for people and as JSON for programs."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from bench.figures import OURS, Figure, ratio
from bench.targets import Verdict

LARGE = 100  # from here on nobody reads what stands behind the point


@dataclass(frozen=True, slots=True)
class Table:
    title: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]

    def as_text(self) -> str:
        lines = [self.head, *self.rows]
        widths = [max(len(line[column]) for line in lines) for column in range(len(self.head))]
        aligned = [
            "  ".join(
                cell.ljust(width) if column in {0, len(widths) - 1} else cell.rjust(width)
                for column, (cell, width) in enumerate(zip(line, widths, strict=True))
            ).rstrip()
            for line in lines
        ]
        rule = "-" * max(map(len, aligned))
        return "\n".join([self.title, rule, aligned[0], rule, *aligned[1:]])

    def as_markdown(self) -> str:
        lines = [self.head, ["---"] * len(self.head), *self.rows]
        return "\n".join([f"### {self.title}", *(f"| {' | '.join(line)} |" for line in lines)])


def tables(figures: Iterable[Figure], verdicts: Iterable[Verdict]) -> list[Table]:
    """One table for each section: a line for each case and unit, a column for each subject."""
    known, judged = list(figures), list(verdicts)
    sections = dict.fromkeys(figure.section for figure in known)
    return [
        _table(
            section,
            [figure for figure in known if figure.section == section],
            [verdict for verdict in judged if verdict.figure.section == section],
        )
        for section in sections
    ]


def _table(section: str, figures: list[Figure], verdicts: list[Verdict]) -> Table:
    by_line: dict[tuple[str, str], dict[str, Figure]] = {}
    for figure in figures:
        by_line.setdefault((figure.case, figure.unit), {})[figure.subject] = figure
    others = list(dict.fromkeys(f.subject for f in figures if f.subject != OURS))
    rows = []
    for (case, unit), subjects in by_line.items():
        ours = subjects.get(OURS)
        told = "; ".join(_told(verdict) for verdict in verdicts if verdict.figure is ours)
        cells = [_cell(subjects.get(name), ours) for name in others]
        rows.append([case, unit, _cell(ours, None), *cells, told])
    return Table(section, ["case", "unit", OURS, *others, "targets"], rows)


def _cell(figure: Figure | None, ours: Figure | None) -> str:
    """``412 ±3% (x4.0)``: the median, its spread, and how many times this value ours is."""
    if figure is None:
        return "-"
    parts = [number(figure.median)]
    if len(figure.values) > 1:
        parts.append(f"±{figure.spread / 2:.0%}" if math.isfinite(figure.spread) else "±?")
    if ours is not None:
        parts.append(f"(x{number(ratio(ours, figure))})")
    if figure.errors:
        parts.append(f"{figure.errors} errors")
    return " ".join(parts)


def _told(verdict: Verdict) -> str:
    target = verdict.target
    sign = "x" if target.baseline is not None else ""
    limit = ">=" if verdict.figure.more_is_better else "<="
    must = f"must {limit} {sign}{target.must:g} {'met' if verdict.meets_must else 'MISSED'}"
    if target.aim is None:
        return must
    return f"{must}, aim {sign}{target.aim:g} {'met' if verdict.meets_aim else 'missed'}"


def number(value: float) -> str:
    if not math.isfinite(value):
        return "-"
    return f"{value:,.0f}" if abs(value) >= LARGE else f"{value:.3g}"


def as_json(figures: Iterable[Figure], verdicts: Iterable[Verdict]) -> dict[str, Any]:
    return {
        "figures": [figure.as_json() for figure in figures],
        "targets": [
            {
                "section": verdict.figure.section,
                "case": verdict.figure.case,
                "unit": verdict.figure.unit,
                "baseline": verdict.target.baseline,
                "value": verdict.value,
                "must": verdict.target.must,
                "aim": verdict.target.aim,
                "meets_must": verdict.meets_must,
                "meets_aim": verdict.meets_aim,
            }
            for verdict in verdicts
        ],
    }
