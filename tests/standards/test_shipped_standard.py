"""The standard that the product ships: every figure says where it comes from, or that it is ours. No database."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import kaogong.standards

FILE = Path(kaogong.standards.__file__).parent / "reference/electrician-6-31-01-03.toml"
STANDARD = tomllib.loads(FILE.read_text(encoding="utf-8"))
UNREAD = "电工文本未见"


def sourced() -> Iterator[tuple[str, dict[str, Any]]]:
    """What claims a source, with where it stands."""
    yield from ((f"ratios.{name}", row) for name, row in STANDARD["ratios"].items())
    yield from ((f"conditions {row['code']}", row) for row in STANDARD["conditions"])
    yield from ((f"assessment {row['level']}", row) for row in STANDARD["assessment"])


def test_weights_training_and_related_occupations_are_marked_ours() -> None:
    """No source that we could read gives them (domain paper item-bank §8.7)."""
    rows = [*STANDARD["weights"], *STANDARD["training"], *STANDARD["related_occupations"]]
    assert all(row["illustrative"] for row in rows)
    assert STANDARD["statements_illustrative"]


def test_every_duration_and_method_of_a_part_is_marked_ours() -> None:
    parts = [part for row in STANDARD["assessment"] for part in row["parts"]]
    assert all(part["minutes_illustrative"] and part["method_illustrative"] for part in parts)


def test_whatever_is_not_ours_names_its_source() -> None:
    assert [place for place, row in sourced() if not row.get("source")] == []


def test_what_was_read_in_another_standard_is_not_called_national() -> None:
    assert [place for place, row in sourced() if UNREAD in row["source"] and row["certainty"] == "N"] == []


def test_the_levels_two_and_one_alone_have_a_review() -> None:
    reviewed = {row["level"] for row in STANDARD["assessment"] if any(p["code"] == "review" for p in row["parts"])}
    assert reviewed == {2, 1}


def test_the_years_are_those_of_the_domain_paper() -> None:
    """exam-affairs §2.2 and item-bank §4.4: (level, years, counted from) of each condition that asks for years."""
    years = {
        (row["code"], clause["at_least"], clause["since"])
        for row in STANDARD["conditions"]
        for clause in row["all"]
        if clause["kind"] == "years"
    }
    assert years == {
        ("5-1", 1, "start"),
        ("4-1", 4, "certificate"),
        ("4-2", 6, "start"),
        ("3-1", 5, "certificate"),
        ("3-4", 2, "certificate"),
        ("2-1", 4, "certificate"),
        ("2-2", 3, "start"),
        ("2-3", 2, "start"),
        ("1-1", 4, "certificate"),
    }
    assert {clause.get("mode") for row in STANDARD["conditions"] for clause in row["all"] if "mode" in clause} == {
        "cumulative"
    }
    assert all(row["inclusive"] for row in STANDARD["conditions"])
