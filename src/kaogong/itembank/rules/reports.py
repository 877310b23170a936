"""What a paper that was drawn is like, beside what was asked for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from fractions import Fraction

from kaogong.itembank.rules.assembly import IMPORTANCES, Candidate, Draw, Order, target_difficulty


def report(bank: Sequence[Candidate], order: Order, found: Draw) -> dict[str, object]:
    """What a paper is like, beside what was asked for: plain values for the manifest and for people."""
    marks = {section.type: section.marks for section in order.sections}
    points = {candidate.point: candidate for candidate in bank}
    ranges = []
    for share in order.ranges:
        inside = [each for each in found.items if each.range == share.key]
        worth = sum((marks[each.type] for each in inside), Fraction(0))
        types = Counter(each.type for each in inside)
        ranges.append(
            {"name": share.name, "percent": share.percent, "items": len(inside), "marks": _decimal(worth)}
            | {"types": dict(sorted(types.items()))}
        )
    target = target_difficulty(bank, order)
    difficulty = Counter(each.difficulty for each in found.items)
    importance = Counter(each.importance for each in found.items)
    bank_importance = Counter(each.importance for each in points.values())
    local = sum(each.is_local for each in found.items)
    national = {"items": len(found.items) - local, "local": local, "local_at_most": order.local_at_most}
    return ({} if order.local_at_most is None else {"national": national}) | {
        "total": len(found.items),
        "full_marks": _decimal(order.full_marks),
        "sections": [{"type": s.type, "count": s.count, "marks": _decimal(s.marks)} for s in order.sections],
        "ranges": ranges,
        "importance": {i: {"paper": importance[i], "bank_points": bank_importance[i]} for i in IMPORTANCES},
        "difficulty": [
            {
                "difficulty": d,
                "paper": difficulty[d],
                "target": sum(n for (_t, level), n in target.items() if level == d),
            }
            for d in range(1, 6)
        ],
        "shared": list(found.shared),
        "shared_at_most": order.shared_items,
        "attempt": found.attempt,
        "generator": 'python random.Random, seed "<seed>/<attempt>"',
    }


def _decimal(value: Fraction) -> str:
    """A fraction of marks as people write it: `1`, `0.5`."""
    return f"{float(value):g}"


def marks_residue(order: Order, plan: Mapping[tuple[str, str], int]) -> dict[str, Fraction]:
    """By how many marks each range is off its weight; all zero when the types are worth the same."""
    marks = {section.type: section.marks for section in order.sections}
    off = {}
    for share in order.ranges:
        worth = sum((plan[share.key, type_] * each for type_, each in marks.items()), Fraction(0))
        off[share.key] = worth - order.full_marks * share.percent / 100
    return off
