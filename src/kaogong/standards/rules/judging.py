"""Judges whether a standard may be published, and tells two versions apart."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from kaogong.standards.rules.conditions import UnknownClause, parse_clause
from kaogong.standards.rules.content import Content
from kaogong.standards.rules.faults import Fault, level_name
from kaogong.standards.rules.faults import gettext_noop as _

KINDS = {"theory": "理论知识", "skill": "技能要求"}
PARTS = frozenset({"theory", "skill", "review"})
NEEDED = ("theory", "skill")


def faults_of(content: Content) -> list[Fault]:
    """Return everything that keeps the standard from being published: empty when it may be.

    Weights sum to 100 per kind and level; every level has functions, conditions of known kinds, and its parts with a
    pass mark within full marks; codes stand once. Source: 国家职业技能标准编制 layout, items 3, 4 and 1.9.
    """
    return [
        *_levels(content),
        *_functions(content),
        *_weights(content),
        *_conditions(content),
        *_parts(content),
        *_related(content),
    ]


def _levels(content: Content) -> Iterator[Fault]:
    if not content.levels:
        yield Fault("等级", _("没有列出任何等级"))
    if content.in_force_on is None:
        yield Fault("文件", _("缺少施行日期"))
    used = {
        "工作要求": {function.level for function in content.functions},
        "权重表": {weight.level for weight in content.weights},
        "申报条件": {condition.level for condition in content.conditions},
        "鉴定要求": {part.level for part in content.parts},
    }
    for place, levels in used.items():
        for level in sorted(levels - set(content.levels), reverse=True):
            yield Fault(f"{place} · {level_name(level)}", _("标准没有设这个等级"))


def _functions(content: Content) -> Iterator[Fault]:
    for level in content.levels:
        place = f"工作要求 · {level_name(level)}"
        functions = [function for function in content.functions if function.level == level]
        if not functions:
            yield Fault(place, _("没有职业功能"))
        yield from _repeated(place, (function.code for function in functions))
        yield from _repeated(place, (task.code for function in functions for task in function.tasks))
        for function in functions:
            if not function.tasks:
                yield Fault(f"{place} · {function.code}", _("职业功能没有工作内容"))
            for task in function.tasks:
                here = f"{place} · {task.code}"
                if not task.skills:
                    yield Fault(here, _("工作内容没有技能要求"))
                if not task.knowledge:
                    yield Fault(here, _("工作内容没有相关知识要求"))
                yield from _repeated(f"{here} · 技能要求", (skill.code for skill in task.skills))
                yield from _repeated(f"{here} · 相关知识要求", (entry.code for entry in task.knowledge))


def _repeated(place: str, codes: Iterable[str]) -> Iterator[Fault]:
    for code, times in Counter(codes).items():
        if times > 1:
            yield Fault(place, _("编号“{code}”出现了 {times} 次"), {"code": code, "times": times})


def _weights(content: Content) -> Iterator[Fault]:
    sums: dict[tuple[str, int], int] = defaultdict(int)
    names: dict[tuple[str, int], list[str]] = defaultdict(list)
    for weight in content.weights:
        if weight.kind not in KINDS:
            yield Fault(f"权重表 · {weight.name}", _("不认识的权重表“{kind}”"), {"kind": weight.kind})
            continue
        sums[weight.kind, weight.level] += weight.percent
        names[weight.kind, weight.level].append(weight.name)
    for kind, title in KINDS.items():
        for level in content.levels:
            place = f"权重表 · {title} · {level_name(level)}"
            if (total := sums[kind, level]) != 100:
                yield Fault(place, _("各项比重合计为 {total}，应为 100"), {"total": total})
            yield from _repeated(place, names[kind, level])


def _conditions(content: Content) -> Iterator[Fault]:
    yield from _repeated("申报条件", (condition.code for condition in content.conditions))
    for level in content.levels:
        if not any(condition.level == level for condition in content.conditions):
            yield Fault(f"申报条件 · {level_name(level)}", _("没有申报条件"))
    for condition in content.conditions:
        place = f"申报条件 · {condition.code}"
        if not condition.clauses:
            yield Fault(place, _("条件没有规则"))
        if condition.certainty not in {"N", "L", "C", "U", "H", "I"}:
            yield Fault(place, _("不认识的可靠程度“{value}”"), {"value": condition.certainty})
        for entry in condition.clauses:
            try:
                parse_clause(entry)
            except UnknownClause as problem:
                yield Fault(place, problem.message, problem.facts)


def _parts(content: Content) -> Iterator[Fault]:
    musts = {entry.get("level"): entry.get("every_part_must_pass") for entry in content.overview.get("assessment", [])}
    for level in content.levels:
        place = f"鉴定要求 · {level_name(level)}"
        parts = [part for part in content.parts if part.level == level]
        yield from _repeated(place, (part.code for part in parts))
        for code in NEEDED:
            if not any(part.code == code for part in parts):
                yield Fault(place, _("没有科目“{code}”及其合格线"), {"code": code})
        if musts.get(level) is not True:
            yield Fault(place, _("没有写明各科均须合格"))
        for part in parts:
            here = f"{place} · {part.code}"
            if part.code not in PARTS:
                yield Fault(here, _("不认识的科目“{code}”"), {"code": part.code})
            if part.minutes < 1:
                yield Fault(here, _("没有考核时长"))
            if not 0 < part.pass_marks <= part.full_marks:
                yield Fault(here, _("合格分须大于 0 且不超过满分"))


def _related(content: Content) -> Iterator[Fault]:
    yield from _repeated("相关职业", (related.code for related in content.related))
    if any(related.code == content.occupation_code for related in content.related):
        yield Fault("相关职业", _("本职业不能列为自己的相关职业"))


@dataclass(frozen=True, slots=True)
class Difference:
    """One line by which two versions differ: where, and what it said before and says now (empty when absent)."""

    place: str
    before: str
    after: str


def differences(before: Content, after: Content) -> list[Difference]:
    """Return every numbered line that was added, dropped or changed between two versions, in the order of the text."""
    old, new = _lines(before), _lines(after)
    return [
        Difference(place, old.get(place, ""), new.get(place, ""))
        for place in dict.fromkeys((*old, *new))
        if old.get(place) != new.get(place)
    ]


def _lines(content: Content) -> dict[str, str]:
    lines = {"名称": content.title, "颁布文号": content.instrument}
    for key, title in (("definition", "职业定义"), ("environment", "职业环境"), ("aptitude", "能力特征")):
        lines[title] = str(content.overview.get(key, ""))
    for function in content.functions:
        head = f"{level_name(function.level)} · {function.code}"
        lines[head] = function.name
        for task in function.tasks:
            lines[f"{head} · {task.code}"] = task.name
            lines |= {f"{head} · {task.code} · 技能 {each.code}": each.text for each in task.skills}
            lines |= {f"{head} · {task.code} · 知识 {each.code}": each.text for each in task.knowledge}
    for weight in content.weights:
        place = f"权重 · {KINDS.get(weight.kind, weight.kind)} · {level_name(weight.level)} · {weight.name}"
        lines[place] = f"{weight.percent}%"
    lines |= {f"申报条件 {each.code}": each.text for each in content.conditions}
    for part in content.parts:
        lines[f"{level_name(part.level)} · {part.name}"] = (
            f"{part.minutes} 分钟 · 满分 {part.full_marks} · 合格 {part.pass_marks}"
        )
    lines |= {f"相关职业 {each.code}": each.name for each in content.related}
    return lines
