"""Sub-banks: their kinds, whose items a paper may take, how much of it must come from the nation's bank."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

KINDS = {"province": "省级分库", "industry": "行业分库", "prefecture": "地市级分库"}
"""The kinds of sub-bank (appraisal policy, article 17)."""
LOCAL = "L"
"""What the last code of a local point begins with: no national point has such a code by accident of numbering."""


def kind_of(region_code: str, *, has_body: bool) -> str:
    """The kind of a home: a province has a prefix of two digits, an industry a body and no territory; "" the nation."""
    if region_code:
        return "province" if len(region_code) == 2 else "prefecture"  # digits of a province's prefix
    return "industry" if has_body else ""


@dataclass(frozen=True, slots=True)
class Standing:
    """A sub-bank as far as papers ask: whether it runs, and for which days (both included)."""

    state: str
    since: date | None
    until: date | None

    def is_in_force(self, on: date) -> bool:
        """Whether new papers may use the bank on that day."""
        return (
            self.state == "open"
            and self.since is not None
            and self.until is not None
            and self.since <= on <= self.until
        )


def may_be_used(kind: str, standings: Sequence[Standing], on: date) -> bool:
    """Whether papers may take the items of a home of that kind on a day.

    A province's centre runs its branch of the national bank by office and needs no record; where it has one, that
    counts as any other does. Industries and prefectures are admitted one by one.
    Source: appraisal policy of 2011, article 17; item-bank §1.8.
    """
    if not standings:
        return kind in {"", "province"}
    return any(each.is_in_force(on) for each in standings)


def local_at_most(total: int, national_percent: int) -> int:
    """How many items of a paper may be local when so many percent must be the nation's: rounded in its favour."""
    return total - -(-total * national_percent // 100)


@dataclass(frozen=True, slots=True)
class Terms:
    """The figures of sub-banks: years of the first term, after passing, after a conditional verdict; a panel's size."""

    first_years: int
    passed_years: int
    conditional_years: int
    panel: int

    def years_after(self, verdict: str) -> int:
        """How many years a verdict gives; none for a failure."""
        return {"passed": self.passed_years, "conditional": self.conditional_years}.get(verdict, 0)


def last_day(first: date, years: int) -> date:
    """The last day of a term of whole years that begins on `first`; one that would begin on 29 February ends on 28."""
    try:
        end = first.replace(year=first.year + years)
    except ValueError:
        return date(first.year + years, 2, 28)
    return date.fromordinal(end.toordinal() - 1)


def next_local_code(taken: Collection[str]) -> str:
    """The next free last code of a local point under a range: L01, L02 …"""
    running = 1
    while f"{LOCAL}{running:02d}" in taken:
        running += 1
    return f"{LOCAL}{running:02d}"
