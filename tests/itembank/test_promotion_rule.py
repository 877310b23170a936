"""The rule of promotion, line by line."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from kaogong.itembank.rules.promotion import Bounds, Facts, TypeBounds, judge

BOUNDS = Bounds(
    cases=200,
    type=TypeBounds(hardest=0.25, easiest=0.95, weak=0.20, poor=0.10, flat=0.20, idle=0.05, persons=50),
    se_b=0.5,
    dif="C",
    least_a=0.4,
    most_a=3.0,
    far_b=4.0,
)
GOOD = Facts(
    cases=260,
    p=0.7,
    r=0.35,
    upper_lower=0.4,
    a=1.1,
    b=-0.4,
    se_b=0.2,
    dif=({"by": "sex", "class": "A"}, {"by": "region", "class": "A"}),
)


def test_a_good_item_meets_every_line() -> None:
    verdict = judge(GOOD, BOUNDS)
    assert verdict.is_met
    assert {each.outcome for each in verdict.lines} == {"holds"}


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"cases": 199}, "作答人数"),
        ({"r": 0.0999}, "区分度（校正题总相关）"),
        ({"r": None}, "区分度（校正题总相关）"),
        ({"p": None}, "难度（通过率）"),
        ({"dif": ({"by": "sex", "class": "C"},)}, "公平性（DIF）"),
        ({"se_b": 0.51}, "难度参数 b 的标准误"),
        ({"se_b": None}, "难度参数 b 的标准误"),
    ],
)
def test_one_failing_line_bars_the_way(change: dict[str, Any], name: str) -> None:
    verdict = judge(replace(GOOD, **change), BOUNDS)
    assert not verdict.is_met
    assert [each.name for each in verdict.failing] == [name]


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"p": 0.96}, "难度（通过率）"),
        ({"p": 0.24}, "难度（通过率）"),
        ({"r": 0.19}, "区分度（校正题总相关）"),
        ({"upper_lower": 0.1}, "高低分组差"),
        ({"dif": ()}, "公平性（DIF）"),
        ({"dif": ({"by": "sex", "class": "B"},)}, "公平性（DIF）"),
        ({"flags": ("key",)}, "答案核查"),
        ({"a": 3.2}, "参数范围"),
        ({"b": -4.1}, "参数范围"),
    ],
)
def test_what_may_be_meant_so_asks_for_a_reason(change: dict[str, Any], name: str) -> None:
    verdict = judge(replace(GOOD, **change), BOUNDS)
    assert verdict.is_met
    assert [each.name for each in verdict.doubtful] == [name]


def test_a_drawing_distractor_with_a_key_that_tells_nothing_fails() -> None:
    verdict = judge(replace(GOOD, flags=("key",), r=-0.2), BOUNDS)
    assert {each.name for each in verdict.failing} == {"区分度（校正题总相关）", "答案核查"}


def test_the_bounds_themselves_hold() -> None:
    edge = replace(GOOD, cases=200, p=0.95, r=0.20, upper_lower=0.20, se_b=0.5, a=0.4, b=4.0)
    assert {each.outcome for each in judge(edge, BOUNDS).lines} == {"holds"}
