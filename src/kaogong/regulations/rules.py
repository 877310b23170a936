"""Which provision applies: the most specific one in force on a day. Pure: facts in, verdict out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from kaogong.foundation.kernel.clauses import Clause

CERTAINTY = {
    "N": "国家规定",
    "L": "地方或行业规定",
    "C": "转述，未见原文",
    "U": "未核实",
    "H": "本系统规则",
    "I": "示例数据",
}
"""How far a rule is known: the tags of the domain papers, in words."""

DIGITS = "零一二三四五六七八九"


@dataclass(frozen=True, slots=True)
class Scope:
    """Where a provision applies; an empty field means everywhere, every track, every occupation."""

    region_code: str = ""
    track: str = ""
    occupation_code: str = ""

    def covers(self, case: Scope) -> bool:
        """Whether a case lies within: its region under ours, its occupation ours or under ours, its track ours."""
        region = region_prefix(self.region_code)
        return (
            case.region_code.startswith(region)
            and self.track in {"", case.track}
            and (
                self.occupation_code in {"", case.occupation_code}
                or case.occupation_code.startswith(f"{self.occupation_code}-")
            )
        )

    @property
    def rank(self) -> tuple[int, int, int, str]:
        """How specific: fields that are set, then the narrower region, the narrower occupation, the track by name."""
        fields = sum(map(bool, (self.region_code, self.track, self.occupation_code)))
        return fields, len(region_prefix(self.region_code)), len(self.occupation_code), self.track


@dataclass(frozen=True, slots=True)
class Provision:
    """A figure as a rule receives it: its value with unit, the clause that sets it, and how certain that is.

    `value` is a JSON value (number, text, list or table); `number` and `decimal` read it as what most rules need.
    """

    key: str
    title: str
    value: Any
    unit: str
    clause: Clause
    certainty: str
    scope: Scope
    since: date
    until: date | None = None

    def in_force(self, on: date) -> bool:
        """Whether `on` lies within [since, until)."""
        return self.since <= on and (self.until is None or on < self.until)

    @property
    def number(self) -> int:
        """The value as a whole number. Raises TypeError when it is none."""
        if isinstance(self.value, bool) or not isinstance(self.value, int):
            raise TypeError(f"{self.key} is not a whole number: {self.value!r}")
        return self.value

    @property
    def decimal(self) -> Decimal:
        """The value as an exact decimal, as it is written. Raises TypeError when it is no number."""
        if isinstance(self.value, bool) or not isinstance(self.value, int | float | str):
            raise TypeError(f"{self.key} is not a number: {self.value!r}")
        return Decimal(str(self.value))

    @property
    def certainty_label(self) -> str:
        """The certainty in words: 国家规定, 地方或行业规定, …"""
        return CERTAINTY[self.certainty]


def region_prefix(code: str) -> str:
    """The digits of a region code that name it: `320000` → `32`, `320100` → `3201`; shorter codes stay."""
    if len(code) != 6:
        return code
    return code[:2] if code.endswith("0000") else code[:4] if code.endswith("00") else code


def applicable(provisions: Iterable[Provision], *, on: date, case: Scope) -> Provision | None:
    """The provision that governs `case` on that day: of those in force that cover it, the most specific; or None."""
    found = [each for each in provisions if each.in_force(on) and each.scope.covers(case)]
    return max(found, key=lambda each: each.scope.rank, default=None)


def overlap(one: Provision, other: Provision) -> bool:
    """Whether two provisions of one key and one scope would be in force on the same day."""
    if (one.key, one.scope) != (other.key, other.scope):
        return False
    return (one.until is None or other.since < one.until) and (other.until is None or one.since < other.until)


def article_label(article: str, heading: str) -> str:
    """How an article is cited: `15` → 第十五条, `2.8` → 2.8 heading; a named one (`records`) by its heading."""
    if article.isdecimal():
        return f"第{chinese_number(int(article))}条"
    if article[:1].isdecimal():
        return f"{article} {heading}"
    return heading


def chinese_number(number: int) -> str:
    """A number from 0 to 999 as Chinese law writes it: 15 → 十五, 20 → 二十, 105 → 一百零五."""
    if not 0 <= number <= 999:
        raise ValueError(f"not a number of an article: {number}")
    if number < 10:
        return DIGITS[number]
    hundreds, rest = divmod(number, 100)
    tens, units = divmod(rest, 10)
    text = f"{DIGITS[hundreds]}百" if hundreds else ""
    if tens:
        text += ("" if tens == 1 and not hundreds else DIGITS[tens]) + "十"
    elif hundreds and units:
        text += "零"
    return text + (DIGITS[units] if units else "")
