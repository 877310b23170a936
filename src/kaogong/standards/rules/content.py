"""The content of a standard as plain values: what a document says and what the tables hold, in one shape."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any, Literal

WeightKind = Literal["theory", "skill"]


@dataclass(frozen=True, slots=True)
class Numbered:
    """A numbered sentence: a skill or a piece of knowledge."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class Task:
    """工作内容 with its skills and knowledge."""

    code: str
    name: str
    skills: tuple[Numbered, ...]
    knowledge: tuple[Numbered, ...]


@dataclass(frozen=True, slots=True)
class Function:
    """职业功能 at one level."""

    level: int
    code: str
    name: str
    tasks: tuple[Task, ...]


@dataclass(frozen=True, slots=True)
class Weight:
    """One cell of a weight table, in percent."""

    kind: str
    level: int
    name: str
    function_code: str
    position: int
    percent: int
    is_illustrative: bool


@dataclass(frozen=True, slots=True)
class Condition:
    """One alternative for a level; `clauses` as data."""

    level: int
    code: str
    number: str
    text: str
    clauses: tuple[Mapping[str, Any], ...]
    certainty: str
    source: str
    reading: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """What is examined at a level; `illustrative` names the fields whose values no source gives."""

    level: int
    code: str
    name: str
    method: str
    minutes: int
    full_marks: int
    pass_marks: int
    illustrative: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Related:
    """An occupation whose certificates and years count."""

    code: str
    name: str
    is_illustrative: bool


@dataclass(frozen=True, slots=True)
class Content:
    """Everything a standard version says."""

    occupation_code: str
    occupation_name: str
    classification_edition: str
    edition: str
    title: str
    instrument: str
    published_on: date | None
    in_force_on: date | None
    source: str
    levels: tuple[int, ...]
    overview: Mapping[str, Any]
    ratios: Mapping[str, Any]
    functions: tuple[Function, ...] = ()
    weights: tuple[Weight, ...] = ()
    conditions: tuple[Condition, ...] = ()
    parts: tuple[Part, ...] = ()
    related: tuple[Related, ...] = field(default=())


def plain(content: Content) -> dict[str, Any]:
    """The content as JSON values in a fixed order, ready for the canonical encoding and its digest."""
    value = _plain(asdict(content))
    assert isinstance(value, dict)  # asdict of a dataclass is a dict
    return value


def _plain(value: object) -> object:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return value
