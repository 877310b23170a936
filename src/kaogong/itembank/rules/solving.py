"""A set of parallel papers by integer programming (`psychometrics.assembly`), with its proof in plain words.

Every rule of one paper holds for each of the set: the same number of items of each type from each range, one item per
point, no enemies, one of a lineage, the bank's mix of importance and of difficulty, little in common with papers that
exist. Between the papers: how many an item may be in, what two may share. The goal: the sums of difficulty, and the
information at some abilities where parameters are known, the same in all papers and those of the bank in small.

Imported by the job only: the solver takes a second to load.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kaogong.itembank.rules.apportioning import apportion
from kaogong.itembank.rules.assembly import IMPORTANCES, Candidate, allot, in_order, target_difficulty
from kaogong.itembank.rules.items import TYPES
from kaogong.itembank.rules.problems import Problem
from kaogong.itembank.rules.problems import gettext_noop as _
from kaogong.itembank.rules.sets import FoundSet, Impossible, SetOrder
from psychometrics import assembly, irt
from psychometrics.errors import NotConverged

Array = NDArray[np.float64]
OURS = "kaogong-itembank-rules"


@dataclass(frozen=True, slots=True)
class _Said:
    """A rule with its words and its clause."""

    rule: assembly.Rule
    problem: Problem
    clause: str


def assemble(asked: SetOrder, *, progress: Callable[[int, int], None] | None = None) -> FoundSet:
    """The papers. The same order gives the same papers, unless a clock ended a program: the report says so.

    `progress` hears of 5 stages. Raises Impossible with the rules that clash, or, unproved, with those that the nearest
    papers break.
    """
    ranges = {share.key for share in asked.order.ranges}
    types = {section.type for section in asked.order.sections}
    bank = [each for each in asked.bank if each.range in ranges and each.type in types]
    bank.sort(key=lambda each: (each.number, each.version))
    if not bank:
        raise Impossible([(Problem("bank", _("题库里没有可以选用的试题")), f"{OURS}/assembly")], is_proved=True)
    ceiling, said = _ceiling(asked, bank), _rules(asked, bank)
    between = _between(asked, ceiling)
    goal, rows = _goal(asked, bank, ceiling)
    demand = assembly.demand(
        len(bank),
        [each.rule for each in said],
        n_papers=asked.size,
        goal=goal,
        ceiling=ceiling,
        overlap=asked.order.shared_items,
    )
    words = {each.rule.name: (each.problem, each.clause) for each in said} | between
    try:
        made = assembly.assemble(demand, rng=np.random.default_rng(asked.seed), progress=progress)
    except assembly.Clash as clash:
        raise Impossible([words[name] for name in clash.rules], is_proved=clash.is_irreducible) from None
    except NotConverged as unfinished:
        problem = Problem(
            "effort", _("在规定的计算量内没有组成，也没有证明不可能：{detail}"), {"detail": str(unfinished)}
        )
        raise Impossible([(problem, f"{OURS}/sets")], is_proved=False) from None
    papers = tuple(in_order([bank[place] for place in paper], asked.order) for paper in made.papers)
    return FoundSet(papers, _proofs(made, words), _report(asked, made, words, rows, len(bank)))


def _rules(asked: SetOrder, bank: Sequence[Candidate]) -> list[_Said]:
    """Every rule that one paper keeps by itself."""
    order, place_of = asked.order, {each.version: place for place, each in enumerate(bank)}
    said = []
    plan, names = allot(order), {share.key: share.name for share in order.ranges}
    for (range_, type_), count in plan.items():
        flags = _in_cell(bank, range_, type_)
        facts = {"range": names[range_], "type": TYPES.get(type_, type_), "count": count}
        problem = Problem("cell", _("{range}：{type} {count} 道"), facts)
        said.append(_Said(assembly.total(f"cell {range_} {type_}", flags, count, count), problem, f"{OURS}/assembly"))
    for field, message, off, wanted, flags_of in (
        (
            "importance",
            _("重要程度 {label}：{least}–{most} 道"),
            asked.rules.importance_off,
            *_importance(order.total, bank),
        ),
        ("difficulty", _("难度 {label}：{least}–{most} 道"), asked.rules.difficulty_off, *_difficulty(asked, bank)),
    ):
        for label, count in wanted.items():
            least, most = max(0, count - off), count + off
            problem = Problem(field, message, {"label": label, "least": least, "most": most})
            rule = assembly.total(f"{field} {label}", flags_of[label], least, most)
            said.append(_Said(rule, problem, f"{OURS}/sets"))
    said.append(
        _Said(
            assembly.at_most_each("points", [each.point for each in bank]),
            Problem("points", _("每个鉴定点至多一题")),
            f"{OURS}/assembly",
        )
    )
    if order.local_at_most is not None and any(each.is_local for each in bank):
        problem = Problem("locals", _("分库试题至多 {most} 道，其余出自国家题库"), {"most": order.local_at_most})
        rule = assembly.total("locals", _flags(each.is_local for each in bank), 0, order.local_at_most)
        said.append(_Said(rule, problem, f"{OURS}/sub-banks"))
    if asked.enemies:
        pairs = [(place_of[one], place_of[other]) for one, other in asked.enemies if {one, other} <= place_of.keys()]
        problem = Problem("enemies", _("不能同卷的 {count} 对试题至多选一题"), {"count": len(pairs)})
        said.append(_Said(assembly.enemies("enemies", pairs, len(bank)), problem, f"{OURS}/relations"))
    if asked.families:
        family = {each: str(number) for number, group in enumerate(asked.families, 1) for each in group}
        problem = Problem("lineage", _("同源的 {count} 组试题每组至多一题"), {"count": len(asked.families)})
        rule = assembly.at_most_each("lineage", [family.get(each.version, "") for each in bank])
        said.append(_Said(rule, problem, f"{OURS}/relations"))
    if asked.avoid:
        places = [[place_of[each] for each in sorted(paper) if each in place_of] for paper in asked.avoid]
        facts = {"count": len(asked.avoid), "most": order.shared_items}
        problem = Problem("avoid", _("与 {count} 份已有试卷各至多重复 {most} 题"), facts)
        said.append(_Said(assembly.apart("avoid", places, order.shared_items, len(bank)), problem, f"{OURS}/sharing"))
    return said


def _importance(total: int, bank: Sequence[Candidate]) -> tuple[dict[str, int], dict[str, Array]]:
    """How many items of each importance a paper has in the mix of the bank's points, and which items those are."""
    points = Counter({each.point: each.importance for each in bank}.values())
    shares = apportion([points[each] for each in IMPORTANCES], total)
    wanted = {each: share for each, share in zip(IMPORTANCES, shares, strict=True) if points[each]}
    return wanted, {label: _flags(each.importance == label for each in bank) for label in wanted}


def _difficulty(asked: SetOrder, bank: Sequence[Candidate]) -> tuple[dict[str, int], dict[str, Array]]:
    """How many items of each difficulty a paper has if it is the bank in small, and which items those are."""
    wanted: defaultdict[str, int] = defaultdict(int)
    for (_type, level), count in sorted(target_difficulty(bank, asked.order).items()):
        wanted[str(level)] += count
    return dict(wanted), {label: _flags(str(each.difficulty) == label for each in bank) for label in wanted}


def _in_cell(bank: Sequence[Candidate], range_: str, type_: str) -> Array:
    return _flags((each.range, each.type) == (range_, type_) for each in bank)


def _flags(truths: Iterable[bool]) -> Array:
    return np.array([float(each) for each in truths])


def _uses(asked: SetOrder) -> int:
    """In how many of the papers an item may be."""
    return max(1, asked.size * asked.rules.papers_percent // 100)


def _ceiling(asked: SetOrder, bank: Sequence[Candidate]) -> NDArray[np.int64]:
    """In how many of the papers each item may be, (items,): none when too many have seen it."""
    exposure = asked.exposure or {}
    rests = [100 * exposure.get(each.version, 0.0) > asked.rules.exposure_percent for each in bank]
    return np.where(rests, 0, _uses(asked)).astype(np.int64)


def _between(asked: SetOrder, ceiling: NDArray[np.int64]) -> dict[str, tuple[Problem, str]]:
    """The words of the two rules that hold between papers."""
    facts = {"most": _uses(asked), "percent": asked.rules.exposure_percent, "count": int((ceiling == 0).sum())}
    use = Problem("exposure", _("一题至多用于 {most} 份；曝光率超过 {percent}% 的 {count} 题不选用"), facts)
    share = Problem("overlap", _("任两份至多重复 {most} 题"), {"most": asked.order.shared_items})
    return {assembly.EXPOSURE: (use, f"{OURS}/sets"), assembly.OVERLAP: (share, f"{OURS}/sharing")}


def _goal(
    asked: SetOrder, bank: Sequence[Candidate], ceiling: NDArray[np.int64]
) -> tuple[assembly.Goal, list[tuple[str, Array, float]]]:
    """The goal, each row as a share of its target; and the rows themselves: label, values (items,), target.

    A target is what a paper has that takes average items of each cell, those that rest left out.
    """
    plan, is_open = allot(asked.order), ceiling > 0
    weights = np.zeros(len(bank))
    for (range_, type_), count in plan.items():
        cell = (_in_cell(bank, range_, type_) > 0) & is_open
        if cell.any():
            weights[cell] = count / cell.sum()
    rows = [("difficulty", np.array([each.difficulty for each in bank], dtype=np.float64))]
    known = asked.parameters or {}
    has = np.array([each.version in known for each in bank])
    if 100 * has.sum() >= asked.rules.known_percent * len(bank) and has.any():
        a, b, c = (np.array(each) for each in zip(*(known[v.version] for v in bank if v.version in known), strict=True))
        told = irt.information(irt.logistic(b, a, c), np.array(asked.rules.abilities))
        for label, values in zip(asked.rules.abilities, told, strict=True):
            whole = np.zeros(len(bank))
            whole[has] = values
            rows.append((f"θ={label:g}", whole))
    targets = [(label, values, float(values @ weights)) for label, values in rows]
    kept = [(label, values, target) for label, values, target in targets if target > 0]
    values = np.array([values / target for _label, values, target in kept])
    return assembly.near(values, np.ones(len(kept)), tuple(label for label, *_rest in kept)), kept


def _proofs(made: assembly.Assembly, words: Mapping[str, tuple[Problem, str]]) -> tuple[list[dict[str, str]], ...]:
    """Per paper: every rule with its bounds, what the paper has, and the slack; numbers as text, for the seal."""
    proofs = []
    for paper in made.papers:
        rows = [(rule, *_reached(rule, [paper], made.demand.n_items)) for rule in made.demand.rules if rule.n_rows]
        proofs.append(
            [
                {"rule": str(words[rule.name][0]), "lower": f"{_lower(rule):g}", "upper": f"{rule.upper.min():g}"}
                | {"least": f"{least:g}", "most": f"{most:g}", "slack": f"{slack:g}"}
                for rule, least, most, slack in rows
            ]
        )
    return tuple(proofs)


def _reached(rule: assembly.Rule, papers: Sequence[NDArray[np.intp]], n_items: int) -> tuple[float, float, float]:
    """The least and the most that any row of a rule has in any of the papers, and the least slack to its bounds."""
    flags = np.zeros((len(papers), n_items), dtype=bool)
    for row, paper in zip(flags, papers, strict=True):
        row[paper] = True
    left = np.array([rule.left(row) for row in flags])
    above = float((rule.upper - left).min())
    # From below nothing is asked of a rule whose bound is 0: its slack is what may still come.
    below = float((left - rule.lower).min()) if _lower(rule) > 0 else above
    return float(left.min()), float(left.max()), min(above, below)


def _lower(rule: assembly.Rule) -> float:
    return float(rule.lower.max())


def _report(
    asked: SetOrder,
    made: assembly.Assembly,
    words: Mapping[str, tuple[Problem, str]],
    rows: Sequence[tuple[str, Array, float]],
    n_bank: int,
) -> dict[str, Any]:
    """The whole set: every rule over all papers, the goal paper by paper, how near the best that can be."""
    rules = [
        _line(words[rule.name], _lower(rule), float(rule.upper.min()), *_reached(rule, made.papers, n_bank))
        for rule in made.demand.rules
        if rule.n_rows
    ]
    rules += [
        _line(words[check.rule], 0.0, check.upper, check.left, check.left, check.slack)
        for check in made.checks
        if not check.paper
    ]
    goal = [
        {
            "label": label,
            "target": round(target, 4),
            "papers": [round(float(values[paper].sum()), 4) for paper in made.papers],
        }
        for label, values, target in rows
    ]
    return {
        "rules": rules,
        "goal": goal,
        "total": asked.order.total,
        "figure": round(made.figure, 6),
        "bound": round(made.bound, 6),
        "gap": round(made.gap, 6),
        "reproducible": made.is_reproducible,
        "used": int(np.unique(np.concatenate(made.papers)).size),
        "bank": n_bank,
        "method": "psychometrics.assembly, numpy default_rng(seed)",
    }


def _line(
    said: tuple[Problem, str], lower: float, upper: float, least: float, most: float, slack: float
) -> dict[str, Any]:
    problem, clause = said
    figures = {"lower": lower, "upper": upper, "least": least, "most": most, "slack": slack}
    return problem.plain() | {"clause": clause} | {name: _finite(value) for name, value in figures.items()}


def _finite(value: float) -> float | None:
    """A number for JSON: none when there is no bound."""
    return float(value) if np.isfinite(value) else None
