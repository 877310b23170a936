"""The day of a moment is the day in Beijing: `at.date()` is that of London until eight in the morning."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import kaogong

SOURCES = sorted(Path(kaogong.__file__).parent.rglob("*.py"))


MOMENT = re.compile(r"at|moment|\w+_(at|until)")
"""How moments are called here; what is called `since`, `on` or `day` is a day, or carries its own place."""


def days_of_no_place(source: str) -> list[int]:
    """Lines that take the day of a moment without saying where: `at.date()`, `row.ended_at.date()`."""
    return [
        node.lineno
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call)
        and not node.args
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "date"
        and MOMENT.fullmatch(name_of(node.func.value))
    ]


def name_of(receiver: ast.expr) -> str:
    """The last name of what is asked for its day; nothing for a call, which says where."""
    return getattr(receiver, "id", "") or getattr(receiver, "attr", "")


def test_the_check_sees_one() -> None:
    assert days_of_no_place("a = at.date()\nb = localtime(at).date()\nc = row.ended_at.date()") == [1, 3]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_no_source_takes_a_day_of_no_place(path: Path) -> None:
    assert days_of_no_place(path.read_text(encoding="utf-8")) == []
