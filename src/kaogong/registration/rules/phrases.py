"""Phrases: words that stay translatable while they are kept as data, and lengths of time as people say them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta


def gettext_noop(text: str) -> str:
    """Mark a template for translation without importing the framework: rules are pure."""
    return text


_ = gettext_noop


@dataclass(frozen=True, slots=True)
class Phrase:
    """A Chinese template and the facts that fill it; doors translate the template, then fill it."""

    template: str
    facts: Mapping[str, str | int] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.template.format(**self.facts)

    def plain(self) -> dict[str, object]:
        """The phrase as a JSON value."""
        return {"template": self.template, "facts": dict(self.facts)}


def phrase(template: str, **facts: str | int) -> Phrase:
    """Build a phrase from a template and its facts."""
    return Phrase(template, facts)


def years_later(day: date, years: int) -> date:
    """The same day `years` later; 29 February becomes 28 February in a year that has none."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def months_later(day: date, months: int) -> date:
    """The same day `months` later, or the last day of that month when it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    first_of_next = date(year + (month == 11), (month + 1) % 12 + 1, 1)
    return date(year, month + 1, min(day.day, (first_of_next - timedelta(days=1)).day))


def calendar_length(start: date, end: date) -> tuple[int, int, int]:
    """Whole years, whole months and days from `start` to `end`; all zero when `end` is not later."""
    if end <= start:
        return 0, 0, 0
    months = (end.year - start.year) * 12 + end.month - start.month
    if months_later(start, months) > end:
        months -= 1
    return months // 12, months % 12, (end - months_later(start, months)).days


def length_in_words(length: tuple[int, int, int]) -> str:
    """`(3, 9, 0)` → `3 年 9 个月`; nothing at all is `0 天`."""
    parts = [f"{number} {unit}" for number, unit in zip(length, ("年", "个月", "天"), strict=True) if number]
    return " ".join(parts) or "0 天"
