"""How figures are held against targets, and how both are printed."""

import math

import pytest

from bench import growth, rest
from bench.figures import OURS, Figure
from bench.first_requests import KINDS, case_of
from bench.report import as_json, tables
from bench.rest_cases import CASES
from bench.targets import TARGETS, Target, judge

FASTER = Target(section="rest", case="list*", unit="*/s", baseline="other", must=2, aim=4)
SHORTER = Target(section="rest", case="list*", unit="ms *", baseline=None, must=500, aim=150)


def figure(subject: str, *values: float, unit: str = "requests/s", errors: int = 0) -> Figure:
    return Figure(
        section="rest",
        case="list of 100",
        subject=subject,
        unit=unit,
        values=values,
        more_is_better=unit == "requests/s",
        errors=errors,
    )


@pytest.mark.parametrize(
    ("ours", "meets_must", "meets_aim"),
    [(199, False, False), (200, True, False), (400, True, True)],
)
def test_a_rate_must_be_so_many_times_the_baselines(ours, meets_must, meets_aim):
    [verdict] = judge([figure(OURS, ours), figure("other", 90, 100, 170)], [FASTER])

    assert verdict.value == ours / 100
    assert (verdict.meets_must, verdict.meets_aim) == (meets_must, meets_aim)


@pytest.mark.parametrize(
    ("ours", "meets_must", "meets_aim"),
    [(501, False, False), (500, True, False), (150, True, True), (math.nan, False, False)],
)
def test_a_time_must_not_be_above_its_limit(ours, meets_must, meets_aim):
    [verdict] = judge([figure(OURS, ours, unit="ms p99")], [SHORTER])

    assert (verdict.meets_must, verdict.meets_aim) == (meets_must, meets_aim)


def test_a_fast_figure_with_errors_misses_its_target():
    [verdict] = judge([figure(OURS, 900, errors=1), figure("other", 100)], [FASTER])

    assert not verdict.meets_must


def test_nobody_is_judged_against_no_value():
    for no_value in (
        figure("other", 0, errors=64),
        figure("other", 5, errors=16),
        figure("other", -1),
    ):
        assert judge([figure(OURS, 900), no_value], [FASTER]) == []
    assert judge([figure(OURS, 900)], [FASTER]) == []
    assert judge([figure("other", 900), figure("third", 1)], [FASTER]) == []


def test_a_table_has_the_ratio_the_verdict_and_all_errors():
    figures = [figure(OURS, 380, 420), figure("other", 100), figure("third", 8, errors=64)]

    [table] = tables(figures, judge(figures, [FASTER]))

    assert table.rows == [
        [
            "list of 100",
            "requests/s",
            "400 ±5%",
            "100 (x4)",
            "8 (x50) 64 errors",
            "must >= x2 met, aim x4 met",
        ]
    ]
    assert "| list of 100 | requests/s | 400 ±5% |" in table.as_markdown()
    lines = table.as_text().splitlines()
    assert lines[2].index("targets") == lines[-1].index("must")


def test_the_json_holds_every_round_and_what_was_judged():
    figures = [figure(OURS, 380, 420), figure("other", 100)]

    result = as_json(figures, judge(figures, [FASTER]))

    assert result["figures"][0]["values"] == (380, 420)
    assert result["figures"][0]["median"] == 400
    assert result["figures"][0]["spread"] == 0.1
    assert result["targets"][0]["value"] == 4


def test_every_target_is_about_a_case_that_is_measured():
    cases = {
        "rest": [rest.Cell(case, clients).name for case in CASES for clients in rest.CLIENTS]
        + [case_of(kind) for kind in KINDS],
        "growth": [case.name for case in growth.CASES],
    }
    for target in TARGETS:
        if target.section in cases:
            measured = [
                Figure(
                    section=target.section,
                    case=case,
                    subject=OURS,
                    unit=unit,
                    values=(1.0,),
                    more_is_better=True,
                )
                for case in cases[target.section]
                for unit in ("requests/s", "pairs/s", "ms p99", "ms")
            ]
            assert any(target.applies_to(one) for one in measured), target
