"""Shapes: the plain values that a view hands to a component.

Frozen and free of any domain, so that a desk says what to show and the component decides how it looks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from kaogong.web.ui.formats import count

Kind = Literal["done", "waiting", "stopped", "active", "neutral"]
StepState = Literal["done", "current", "todo", "stopped"]
ChartForm = Literal["bar", "line", "stacked", "horizontal", "across"]
"""`stacked` upright and `across` lying bars put their series on top of each other."""


@dataclass(frozen=True, slots=True)
class Desk:
    """A place in the header: who it is for and where it leads."""

    label: str
    url: str
    icon: str = ""
    is_current: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a longer way, as the stepper shows it."""

    label: str
    state: StepState = "todo"
    url: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """A given answer on a check-your-answers page, and where to change it."""

    label: str
    value: object
    url: str = ""


@dataclass(frozen=True, slots=True)
class Tab:
    """One face of a record: its name and address."""

    label: str
    url: str
    is_current: bool = False


@dataclass(frozen=True, slots=True)
class Case:
    """One line of an officer's queue."""

    title: str
    url: str
    note: str = ""
    kind: Kind = "neutral"
    word: str = ""
    is_current: bool = False


@dataclass(frozen=True, slots=True)
class Moment:
    """One entry of a timeline: what happened, when, by whom."""

    at: datetime | None
    title: str
    text: str = ""
    by: str = ""
    kind: Kind = "neutral"


@dataclass(frozen=True, slots=True)
class Figure:
    """A key figure: number and unit, when it was true, and the way down to what it counts."""

    label: str
    value: str | int
    unit: str = ""
    as_of: datetime | None = None
    definition: str = ""
    url: str = ""
    change: str = ""

    @property
    def shown(self) -> str:
        """The value as it is read: a whole number with its thousands apart."""
        return count(self.value) if isinstance(self.value, int) else str(self.value)


@dataclass(frozen=True, slots=True)
class Filter:
    """A filter of a list: the name in the address bar and its choices as (value, label); without choices, a day."""

    name: str
    label: str
    choices: Sequence[tuple[str, str]] | None = None


@dataclass(frozen=True, slots=True)
class SeatPlace:
    """One place in a room: its number, who sits there, and how it goes."""

    number: str
    kind: Kind = "neutral"
    word: str = ""
    name: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Series:
    """One row of numbers in a chart; `values` has one entry per category, None where nothing is known."""

    name: str
    values: Sequence[float | int | None]


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart in words: form, categories, series and unit; its table is drawn from the same numbers."""

    form: ChartForm
    categories: Sequence[str]
    series: Sequence[Series]
    unit: str = ""
    category_label: str = ""
    options: dict[str, object] = field(default_factory=dict)
