"""Entry conditions: a record held against the alternatives of a level; the whole tree comes out, met or not.

The alternatives (申报条件) are joined by OR, the clauses of one by AND. Every clause says what speaks for it and what
is missing, in words. Source: entry conditions of the national standards, chapter 1, as `standards` keeps them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from kaogong.registration.rules.phrases import Phrase, length_in_words, phrase
from kaogong.registration.rules.phrases import gettext_noop as _
from kaogong.registration.rules.record import Award, Record, School
from kaogong.registration.rules.years import Worked, spans_of, worked
from kaogong.standards.rules import (
    Apprenticeship,
    Certificate,
    ConditionClause,
    ReserveTechnician,
    Schooling,
    Training,
    Years,
    level_name,
    parse_clauses,
)

ROUTES = {
    "secondary_skill": _("技工学校或以中级技能为目标的中等职业学校"),
    "higher_vocational": _("以高级技能为目标的高等职业学校"),
    "college": _("大专及以上"),
    "technician_college": _("高级技工学校、技师学院"),
}


@dataclass(frozen=True, slots=True)
class Case:
    """What a record is held against besides the conditions: the occupation, those that count with it, and the day."""

    occupation_code: str
    related_codes: frozenset[str]
    on: date
    days_in_year: int

    def codes(self, scope: str) -> frozenset[str]:
        """The occupations that count: this one, or also the related ones."""
        own = frozenset({self.occupation_code})
        return own if scope == "same" else own | self.related_codes

    def words(self, scope: str) -> str:
        """How such a set of occupations is spoken of."""
        return "本职业" if scope == "same" else "本职业或相关职业"


@dataclass(frozen=True, slots=True)
class Condition:
    """One alternative of a level, as the rule language has it."""

    code: str
    text: str
    clauses: tuple[ConditionClause, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """One clause: what it asks for, whether it is met, what speaks for it, and what is missing."""

    kind: str
    asks: Phrase
    is_met: bool
    evidence: tuple[Phrase, ...] = ()
    missing: Phrase | None = None
    is_registered: bool = False
    """Known from our own register: no paper is needed."""

    def plain(self) -> dict[str, Any]:
        """As a JSON value, to be kept with the registration."""
        return {
            "kind": self.kind,
            "asks": self.asks.plain(),
            "is_met": self.is_met,
            "evidence": [each.plain() for each in self.evidence],
            "missing": self.missing.plain() if self.missing else None,
            "is_registered": self.is_registered,
        }


@dataclass(frozen=True, slots=True)
class Alternative:
    """One condition held against the record: met when all its clauses are."""

    code: str
    text: str
    findings: tuple[Finding, ...]

    @property
    def is_met(self) -> bool:
        """Whether nothing is missing."""
        return all(finding.is_met for finding in self.findings)

    @property
    def missing(self) -> tuple[Phrase, ...]:
        """What is missing, clause by clause; empty when the condition is met."""
        return tuple(finding.missing for finding in self.findings if finding.missing is not None)

    def plain(self) -> dict[str, Any]:
        """As a JSON value."""
        return {
            "code": self.code,
            "text": self.text,
            "is_met": self.is_met,
            "findings": [finding.plain() for finding in self.findings],
        }


@dataclass(frozen=True, slots=True)
class Tree:
    """All alternatives of a level held against one record on one day."""

    on: date
    alternatives: tuple[Alternative, ...]

    @property
    def is_met(self) -> bool:
        """Whether any alternative is met."""
        return any(alternative.is_met for alternative in self.alternatives)

    def alternative(self, code: str) -> Alternative | None:
        """The alternative of that code, or None."""
        return next((each for each in self.alternatives if each.code == code), None)

    def plain(self) -> dict[str, Any]:
        """As a JSON value."""
        return {
            "on": self.on.isoformat(),
            "is_met": self.is_met,
            "alternatives": [each.plain() for each in self.alternatives],
        }


def condition(code: str, text: str, clauses: Sequence[Mapping[str, object]]) -> Condition:
    """Read a condition from its data. Raises `standards.rules.UnknownClause`."""
    return Condition(code, text, parse_clauses(clauses))


def judge(record: Record, *, conditions: Sequence[Condition], case: Case) -> Tree:
    """Hold `record` against every alternative: the tree of clauses, each met or unmet, with evidence and shortfall."""
    return Tree(case.on, tuple(shortfalls(record, condition=each, case=case) for each in conditions))


def shortfalls(record: Record, *, condition: Condition, case: Case) -> Alternative:
    """Hold `record` against one condition. Bounds are inclusive; the day is the last day to apply."""
    findings = tuple(_finding(record, clause, case) for clause in condition.clauses)
    return Alternative(condition.code, condition.text, findings)


def _finding(record: Record, clause: ConditionClause, case: Case) -> Finding:
    match clause:
        case Certificate():
            return _certificate(record, clause, case)
        case Years():
            return _years(record, clause, case)
        case Training():
            return _training(record, clause, case)
        case Apprenticeship():
            return _apprenticeship(record, clause, case)
        case Schooling():
            return _schooling(record, clause, case)
        case ReserveTechnician():
            return _reserve_technician(record, case)


AWARDS = {
    (True, True): _("{level}证书 {number}，{day} 核发（本系统登记）"),
    (True, False): _("{level}证书 {number}，{day} 核发（自报，须核原件）"),
    (False, True): _("{level}证书，{day} 核发（本系统登记）"),
    (False, False): _("{level}证书，{day} 核发（自报，须核原件）"),
}
"""A certificate in words, by whether its number is known and whether we issued it: whole sentences, to translate."""


def _qualifying(record: Record, level: int, scope: str, case: Case) -> Award | None:
    """The earliest certificate of exactly that level: later ones would only shorten the years after it."""
    codes = case.codes(scope)
    held = [a for a in record.awards if a.level == level and a.occupation_code in codes and a.awarded_on <= case.on]
    return min(held, key=lambda award: (award.awarded_on, not award.is_registered), default=None)


def _award_words(award: Award) -> Phrase:
    template = AWARDS[bool(award.number), award.is_registered]
    return phrase(template, level=level_name(award.level), number=award.number, day=award.awarded_on.isoformat())


def _certificate(record: Record, clause: Certificate, case: Case) -> Finding:
    asks = phrase(_("持有{scope}{level}证书"), scope=case.words(clause.occupation), level=level_name(clause.level))
    award = _qualifying(record, clause.level, clause.occupation, case)
    if award is None:
        missing = phrase(
            _("没有{scope}的{level}证书"), scope=case.words(clause.occupation), level=level_name(clause.level)
        )
        return Finding("certificate", asks, is_met=False, missing=missing)
    evidence = (_award_words(award),)
    return Finding("certificate", asks, is_met=True, evidence=evidence, is_registered=award.is_registered)


def _years(record: Record, clause: Years, case: Case) -> Finding:
    mode = "连续" if clause.mode == "continuous" else "累计"
    facts: dict[str, str | int] = {"mode": mode, "scope": case.words(clause.occupation), "years": clause.at_least}
    since: date | None = None
    if clause.since == "certificate" and clause.level is not None:
        asks = phrase(_("取得{level}证书后{mode}从事{scope}满 {years} 年"), level=level_name(clause.level), **facts)
        award = _qualifying(record, clause.level, clause.occupation, case)
        if award is None:
            missing = phrase(_("没有{level}证书，取证后的年限无从起算"), level=level_name(clause.level))
            return Finding("years", asks, is_met=False, missing=missing)
        since = award.awarded_on
    else:
        asks = phrase(_("{mode}从事{scope}满 {years} 年"), **facts)
    spans = spans_of(record.work, codes=case.codes(clause.occupation), since=since, on=case.on)
    found = worked(spans, at_least=clause.at_least, mode=clause.mode, days_in_year=case.days_in_year)
    if found.is_enough:
        return Finding("years", asks, is_met=True, evidence=_worked_words(found, case))
    return Finding("years", asks, is_met=False, evidence=_worked_words(found, case), missing=_short_words(found, case))


def _worked_words(found: Worked, case: Case) -> tuple[Phrase, ...]:
    if not found.spans:
        return ()
    total = length_in_words((found.years, 0, found.days))
    spans = "、".join(f"{span.since.isoformat()} 至 {span.until.isoformat()}" for span in found.spans)
    return (phrase(_("截至 {on} 计 {total}：{spans}"), on=case.on.isoformat(), total=total, spans=spans),)


def _short_words(found: Worked, case: Case) -> Phrase:
    return phrase(_("还差 {length}"), length=length_in_words(found.short))


def _training(record: Record, clause: Training, case: Case) -> Finding:
    asks = phrase(_("经正规培训满 {hours} 标准学时并取得结业证书"), hours=clause.hours)
    ended = [course for course in record.training if course.ended_on <= case.on]
    hours = sum(course.hours for course in ended)
    evidence = tuple(
        phrase(
            _("{provider}，{hours} 学时，{day} 结业"),
            provider=c.provider or "培训",
            hours=c.hours,
            day=c.ended_on.isoformat(),
        )
        for c in ended
    )
    if hours >= clause.hours:
        return Finding("training", asks, is_met=True, evidence=evidence)
    return Finding(
        "training",
        asks,
        is_met=False,
        evidence=evidence,
        missing=phrase(_("还差 {hours} 学时"), hours=clause.hours - hours),
    )


def _apprenticeship(record: Record, clause: Apprenticeship, case: Case) -> Finding:
    asks = phrase(_("{scope}学徒期满"), scope=case.words(clause.occupation))
    codes = case.codes(clause.occupation)
    served = [s for s in record.apprenticeships if s.occupation_code in codes and s.ended_on <= case.on]
    if served:
        evidence = tuple(phrase(_("学徒期于 {day} 满"), day=each.ended_on.isoformat()) for each in served)
        return Finding("apprenticeship", asks, is_met=True, evidence=evidence)
    return Finding("apprenticeship", asks, is_met=False, missing=phrase(_("没有期满的学徒经历")))


def _schooling(record: Record, clause: Schooling, case: Case) -> Finding:
    route = ROUTES[clause.route]
    scope = "本专业" if clause.major == "same" else "本专业或相关专业"
    if clause.final_year_counts:
        asks = phrase(_("{route}{scope}毕业（含毕业年级在校生）"), route=route, scope=scope)
    else:
        asks = phrase(_("{route}{scope}毕业"), route=route, scope=scope)
    codes = case.codes(clause.major)
    schools = [school for school in record.schooling if school.route == clause.route and school.major_code in codes]
    for school in schools:
        if school.graduates_on <= case.on:
            return Finding("schooling", asks, is_met=True, evidence=(_school_words(school, route),))
    for school in schools:
        if school.is_final_year and clause.final_year_counts:
            return Finding("schooling", asks, is_met=True, evidence=(_final_year_words(school, route),))
    if schools:
        missing = phrase(_("尚未毕业：{day} 毕业"), day=schools[0].graduates_on.isoformat())
    else:
        missing = phrase(_("没有{route}{scope}的学历"), route=route, scope=scope)
    return Finding("schooling", asks, is_met=False, missing=missing)


def _school_words(school: School, route: str) -> Phrase:
    return phrase(_("{school}，{day} 毕业"), school=school.name or route, day=school.graduates_on.isoformat())


def _final_year_words(school: School, route: str) -> Phrase:
    return phrase(
        _("{school}，毕业年级在校生，{day} 毕业"), school=school.name or route, day=school.graduates_on.isoformat()
    )


def _reserve_technician(record: Record, case: Case) -> Finding:
    asks = phrase(_("持有技师学院预备技师证书"))
    held = record.reserve_technician_on
    if held is not None and held <= case.on:
        evidence = (phrase(_("预备技师证书，{day} 核发"), day=held.isoformat()),)
        return Finding("reserve_technician", asks, is_met=True, evidence=evidence)
    return Finding("reserve_technician", asks, is_met=False, missing=phrase(_("没有预备技师证书")))
