"""The typed clauses and ratios of a standard in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from kaogong.standards import selectors
from kaogong.web.ui.formats import level_name


@dataclass(frozen=True, slots=True)
class ConditionWords:
    """An entry condition with each of its clauses in words."""

    condition: selectors.EntryCondition
    clauses: Sequence[str]


def condition_words(condition: selectors.EntryCondition) -> ConditionWords:
    """A condition for the page; a draft's clause that cannot be read is told as it stands."""
    try:
        return ConditionWords(condition, [clause_words(each) for each in condition.parsed])
    except selectors.UnknownClause as problem:
        return ConditionWords(condition, [str(problem)])


def clause_words(clause: selectors.ConditionClause) -> str:
    """One clause in a few words."""
    match clause:
        case selectors.Certificate(level=level, occupation=scope):
            return _("证书：%(level)s（%(scope)s）") % {"level": level_name(level), "scope": _scope(scope)}
        case selectors.Years():
            return _years(clause)
        case selectors.Apprenticeship(occupation=scope):
            return _("学徒期满（%(scope)s）") % {"scope": _scope(scope)}
        case selectors.Training(hours=hours):
            return _("培训：不少于 %(hours)s 标准学时并取得结业证书") % {"hours": hours}
        case selectors.Schooling(route=route, final_year_counts=final_year):
            words = _("学历：%(route)s，本专业或相关专业") % {"route": _route(route)}
            return words + _("（含毕业年级）") if final_year else words
        case _reserve:
            return _("预备技师证书")


def _years(clause: selectors.Years) -> str:
    mode = _("累计") if clause.mode == "cumulative" else _("连续")
    facts = {"mode": mode, "years": clause.at_least, "scope": _scope(clause.occupation)}
    if clause.since == "certificate":
        facts["level"] = level_name(clause.level)
        words = _("工龄：取得%(level)s证书后%(mode)s %(years)s 年（%(scope)s）") % facts
    else:
        words = _("工龄：%(mode)s %(years)s 年（%(scope)s）") % facts
    return words + _("，含本数") if clause.inclusive else words


def _scope(scope: str) -> str:
    return _("本职业") if scope == "same" else _("本职业或相关职业")


def _route(route: str) -> str:
    return {
        "secondary_skill": _("技工学校或中等职业学校"),
        "higher_vocational": _("高等职业学校"),
        "college": _("大专及以上"),
        "technician_college": _("高级技工学校或技师学院"),
    }[route]


def ratio_lines(ratios: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """The ratios of people as (name, rule, source)."""
    names = {
        "theory_invigilators_per_candidates": _("理论考试监考人员"),
        "practical_examiners": _("技能考核考评人员"),
        "review_panel": _("综合评审委员"),
    }
    return [(names.get(key, key), _ratio(entry), str(entry.get("source", ""))) for key, entry in ratios.items()]


def _ratio(entry: Mapping[str, Any]) -> str:
    words = []
    if candidates := entry.get("candidates"):
        words.append(_("与考生不低于 1:%(candidates)s") % {"candidates": candidates})
    if minimum := entry.get("minimum"):
        place = _("每考场") if entry.get("minimum_per") == "room" else ""
        words.append(_("%(place)s不少于 %(minimum)s 人") % {"place": place, "minimum": minimum})
    if entry.get("odd"):
        words.append(_("单数"))
    return _("，").join(words)
