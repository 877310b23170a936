"""The record: what a candidate declares and what our own register knows, as facts to hold against a condition.

`read` takes the claim as it comes from a form or a school's file (JSON values) and names every entry that is no fact.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, cast, get_args

from kaogong.registration.rules.phrases import Phrase, phrase
from kaogong.registration.rules.phrases import gettext_noop as _
from kaogong.standards.rules.conditions import Route


@dataclass(frozen=True, slots=True)
class Award:
    """A certificate: of which occupation and level, since when; `is_registered` when our own register has it."""

    occupation_code: str
    level: int
    awarded_on: date
    number: str = ""
    is_registered: bool = False


@dataclass(frozen=True, slots=True)
class Spell:
    """A time of work in an occupation, from its first day until the day it ended; still going on when that is None."""

    occupation_code: str
    since: date
    until: date | None = None
    employer: str = ""


@dataclass(frozen=True, slots=True)
class Course:
    """Training with a completion certificate, in standard hours."""

    hours: int
    ended_on: date
    provider: str = ""


@dataclass(frozen=True, slots=True)
class Service:
    """An apprenticeship served to its end on `ended_on`."""

    occupation_code: str
    ended_on: date
    master: str = ""


@dataclass(frozen=True, slots=True)
class School:
    """A school route with its major as the occupation it trains for; `graduates_on` may lie ahead in the final year."""

    route: Route
    major_code: str
    graduates_on: date
    is_final_year: bool = False
    name: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """Everything that entry conditions are held against."""

    awards: tuple[Award, ...] = ()
    work: tuple[Spell, ...] = ()
    training: tuple[Course, ...] = ()
    apprenticeships: tuple[Service, ...] = ()
    schooling: tuple[School, ...] = ()
    reserve_technician_on: date | None = None

    def with_awards(self, awards: Sequence[Award]) -> Record:
        """The same record with certificates from our register; these replace declared ones of the same number."""
        known = {award.number for award in awards if award.number}
        return replace(self, awards=(*awards, *(a for a in self.awards if a.number not in known)))


@dataclass(frozen=True, slots=True)
class Fault:
    """An entry of the claim that cannot be read: where it stands and what is wrong."""

    place: str
    words: Phrase


SECTIONS = {
    "awards": _("已有证书"),
    "work": _("工作经历"),
    "training": _("培训"),
    "apprenticeships": _("学徒"),
    "schooling": _("学历"),
    "reserve_technician": _("预备技师"),
}


def read(claim: Mapping[str, Any], *, on: date) -> tuple[Record, list[Fault]]:
    """Read a claim as of `on`: the record of what could be read, and a fault for each entry that could not.

    Shape: `{"awards": [{"occupation_code", "level", "awarded_on", "number"}], "work": [{"occupation_code", "since",
    "until", "employer"}], "training": [{"hours", "ended_on", "provider"}], "apprenticeships": [{"occupation_code",
    "ended_on", "master"}], "schooling": [{"route", "major_code", "graduates_on", "is_final_year", "name"}],
    "reserve_technician": {"awarded_on"}}`; days as ISO text, all sections optional.
    """
    reader = _Reader(claim, on)
    record = Record(
        awards=reader.section("awards", reader.award),
        work=reader.section("work", reader.spell),
        training=reader.section("training", reader.course),
        apprenticeships=reader.section("apprenticeships", reader.service),
        schooling=reader.section("schooling", reader.school),
        reserve_technician_on=reader.reserve_technician(),
    )
    reader.unknown_sections()
    return record, reader.faults


class _Unreadable(Exception):
    def __init__(self, words: Phrase) -> None:
        super().__init__(str(words))
        self.words = words


class _Reader:
    def __init__(self, claim: Mapping[str, Any], on: date) -> None:
        self.claim = claim
        self.on = on
        self.faults: list[Fault] = []

    def section(self, key: str, read_one: Any) -> tuple[Any, ...]:
        entries = self.claim.get(key) or []
        if not isinstance(entries, list | tuple):
            self.faults.append(Fault(key, phrase(_("“{section}”须是列表"), section=SECTIONS[key])))
            return ()
        found = []
        for position, entry in enumerate(entries, 1):
            place = f"{key}.{position}"
            try:
                if not isinstance(entry, Mapping):
                    raise _Unreadable(phrase(_("这一项的格式不对")))
                found.append(read_one(entry))
            except _Unreadable as unreadable:
                self.faults.append(Fault(place, unreadable.words))
        return tuple(found)

    def award(self, entry: Mapping[str, Any]) -> Award:
        return Award(
            _code(entry, "occupation_code"),
            _level(entry),
            self._past(entry, "awarded_on", _("发证日期")),
            str(entry.get("number") or "").strip(),
        )

    def spell(self, entry: Mapping[str, Any]) -> Spell:
        since = self._past(entry, "since", _("开始日期"))
        until = _day(entry, "until", _("结束日期")) if entry.get("until") else None
        if until is not None and until < since:
            raise _Unreadable(phrase(_("结束日期早于开始日期")))
        return Spell(_code(entry, "occupation_code"), since, until, str(entry.get("employer") or "").strip())

    def course(self, entry: Mapping[str, Any]) -> Course:
        hours = entry.get("hours")
        if not isinstance(hours, int) or isinstance(hours, bool) or not 1 <= hours <= 10_000:
            raise _Unreadable(phrase(_("学时须为正整数")))
        return Course(hours, self._past(entry, "ended_on", _("结业日期")), str(entry.get("provider") or "").strip())

    def service(self, entry: Mapping[str, Any]) -> Service:
        ended_on = self._past(entry, "ended_on", _("期满日期"))
        return Service(_code(entry, "occupation_code"), ended_on, str(entry.get("master") or "").strip())

    def school(self, entry: Mapping[str, Any]) -> School:
        route = entry.get("route")
        if route not in get_args(Route):
            raise _Unreadable(phrase(_("学校类别“{route}”不认识"), route=str(route or "")))
        final_year = entry.get("is_final_year") is True
        return School(
            cast("Route", route),
            _code(entry, "major_code"),
            _day(entry, "graduates_on", _("毕业日期")),
            final_year,
            str(entry.get("name") or "").strip(),
        )

    def reserve_technician(self) -> date | None:
        entry = self.claim.get("reserve_technician")
        if not entry:
            return None
        try:
            if not isinstance(entry, Mapping):
                raise _Unreadable(phrase(_("这一项的格式不对")))
            return self._past(entry, "awarded_on", _("发证日期"))
        except _Unreadable as unreadable:
            self.faults.append(Fault("reserve_technician", unreadable.words))
            return None

    def unknown_sections(self) -> None:
        for key in self.claim:
            if key not in SECTIONS:
                self.faults.append(Fault(str(key), phrase(_("不认识的内容“{key}”"), key=str(key))))

    def _past(self, entry: Mapping[str, Any], key: str, label: str) -> date:
        day = _day(entry, key, label)
        if day > self.on:
            raise _Unreadable(phrase(_("{label}晚于 {on}"), label=label, on=self.on.isoformat()))
        return day


def _day(entry: Mapping[str, Any], key: str, label: str) -> date:
    value = entry.get(key)
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value or "").strip())
    except ValueError:
        raise _Unreadable(phrase(_("{label}“{value}”不是日期"), label=label, value=str(value or ""))) from None


def _code(entry: Mapping[str, Any], key: str) -> str:
    code = str(entry.get(key) or "").strip()
    if not code:
        raise _Unreadable(phrase(_("没有写明职业")))
    return code


def _level(entry: Mapping[str, Any]) -> int:
    level = entry.get("level")
    if not isinstance(level, int) or isinstance(level, bool) or not 1 <= level <= 5:
        raise _Unreadable(phrase(_("等级须在一至五级之间")))
    return level
