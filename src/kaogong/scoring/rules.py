"""What answers and sheets are worth, judged without a database.

All arithmetic is exact: Decimal, rounded once, half up.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from kaogong.itembank.rules.keys import Key, is_right

FULL = Decimal(100)
CENT = Decimal("0.01")
OUTCOMES = {"scored": "已评分", "absent": "缺考", "late": "迟到未准入场", "barred": "违纪取消", "carried": "保留成绩"}
ERRORS = {"omission": "漏评、漏登", "adding": "合分差错", "entry": "登分差错"}
OBJECTIVE = frozenset({"theory"})
"""Parts that are marked by key alone."""
OBJECTIONS = {
    "key": "答案有误",
    "two": "不止一个正确答案",
    "unclear": "题意不清",
    "syllabus": "超出考试范围",
    "print": "图片或文字缺损",
}
"""What can be wrong with a question."""
EFFECTS = {"key": "更正答案", "several": "几个答案都算对", "full": "全体给分", "removed": "不计此题，其余按比例折算"}
"""What an objection that was upheld does to the marks."""


@dataclass(frozen=True, slots=True)
class TheoryMark:
    """A theory mark with its working: how many were right, wrong and left open."""

    value: Decimal
    right: int
    wrong: int
    blank: int


@dataclass(frozen=True, slots=True)
class Amendment:
    """What a ruling makes of one question: the answers that count as right, or none where all get it or nobody does."""

    effect: str
    answers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ModuleSheet:
    """One examiner's total of one module, and the module's weight in percent."""

    examiner: str
    module: str
    weight: int
    total: Decimal


@dataclass(frozen=True, slots=True)
class PracticalMark:
    """A practical mark: each examiner's weighted total, exact, and their mean, rounded once."""

    value: Decimal
    per_examiner: Mapping[str, Decimal]


@dataclass(frozen=True, slots=True)
class PartVerdict:
    """One part as it stands: mark, the line it is held to, whether it reaches it."""

    part: str
    mark: Decimal | None
    pass_mark: Decimal
    outcome: str
    is_passed: bool
    carried_from: str = ""
    carried_result: str = ""

    def as_json(self) -> dict[str, Any]:
        """As the result keeps it."""
        return {
            "mark": None if self.mark is None else f"{self.mark:.2f}",
            "pass_mark": f"{self.pass_mark:.2f}",
            "outcome": self.outcome,
            "is_passed": self.is_passed,
            "carried_from": self.carried_from,
            "carried_result": self.carried_result,
        }


@dataclass(frozen=True, slots=True)
class KeptPart:
    """A part sat earlier and carried over: its mark and line of then, the day it was sat, and the result that says so.

    `result` is an id; `sat_on` is an ISO date.
    """

    mark: Decimal
    pass_mark: Decimal
    is_passed: bool
    sat_on: str
    result: str


class SheetsDoNotFit(ValueError):
    """Examiners marked different modules, or the weights do not sum to 100: no mean can be taken."""


def rounded(value: Decimal, places: int = 2) -> Decimal:
    """Half up, as the regulation prints it: Python's round() and Decimal's default send 60.125 to 60.12."""
    return value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


class NotMarkedByHand(ValueError):
    """A constructed answer has no mark from people yet."""


def theory_mark(
    answers: Mapping[int, str],
    key: Mapping[int, Key],
    by_hand: Mapping[int, Decimal] | None = None,
    amended: Mapping[int, Amendment] | None = None,
) -> TheoryMark:
    """Mark by key, all or nothing for each question; what is not answered counts nothing, and nothing is taken off.

    Places on trial count for nothing; answers to places that the key does not know are ignored. Constructed answers
    are worth what people gave them (`by_hand`, in marks): full marks count as right, none as wrong, others as neither.
    Raises NotMarkedByHand for one that was answered and not marked. `amended` says what rulings made of a place: its
    new answers, its marks to everybody (as right, whatever was answered), or the place left out and the rest worth as
    much more as the paper was worth before.
    """
    value, right, wrong, blank = Decimal(0), 0, 0, 0
    whole = left = sum((each.marks for each in key.values() if each.is_scored), Decimal(0))
    for position, each in key.items():
        answer = answers.get(position, "")
        change = (amended or {}).get(position)
        if not each.is_scored:
            continue
        if change and change.effect == "removed":
            left -= each.marks
        elif change and change.effect == "full":
            value, right = value + each.marks, right + 1
        elif not answer:
            blank += 1
        elif each.is_objective:
            keys = [replace(each, answer=one) for one in change.answers] if change else [each]
            earned = each.marks if any(is_right(one, answer) for one in keys) else Decimal(0)
            value, right, wrong = value + earned, right + (earned > 0), wrong + (earned == 0)
        elif by_hand is None or position not in by_hand:
            raise NotMarkedByHand(f"place {position}")
        else:
            earned = by_hand[position]
            value, right, wrong = value + earned, right + (earned == each.marks), wrong + (earned == 0)
    # Where nothing is left to be worth more, everybody has the whole.
    return TheoryMark(rounded(value * whole / left if left else whole), right, wrong, blank)


def criterion_marks(worth: Decimal, shares: Sequence[int]) -> list[Decimal]:
    """The most that each criterion of a rubric can give, of an answer that is worth so many marks; exact."""
    return [worth * share / FULL for share in shares]


def hand_faults(marks: Sequence[Decimal | None], most: Sequence[Decimal], *, step: Decimal) -> dict[int, str]:
    """What is wrong with one marker's marks: place → reason (missing, range, step); empty when they are right.

    A criterion gives multiples of the step, or all that it has.
    """
    faults: dict[int, str] = {}
    for place, limit in enumerate(most):
        mark = marks[place] if place < len(marks) else None
        if mark is None:
            faults[place] = "missing"
        elif not mark.is_finite() or not 0 <= mark <= limit:
            faults[place] = "range"
        elif mark != limit and mark % step:
            faults[place] = "step"
    return faults


def hand_mark(totals: Sequence[Decimal], *, apart: Decimal) -> Decimal | None:
    """What an answer earns by its markers' totals, in the order they marked; None while it needs another marker.

    The mean of two who are at most `apart` marks apart; else the mean of the third and whichever of the two is nearer
    to it (the higher when both are as near). Exact. House rule, kaogong-scoring-rules/hand-marking.
    """
    if len(totals) < 2:
        return None
    first, second = totals[:2]
    if abs(first - second) <= apart:
        return (first + second) / 2
    if len(totals) < 3:
        return None
    third = totals[2]
    nearer = min((first, second), key=lambda each: (abs(each - third), -each))
    return (third + nearer) / 2


def practical_mark(sheets: Sequence[ModuleSheet], *, places: int = 2) -> PracticalMark:
    """Σ(module total × weight) for each examiner, then the mean over the panel, rounded half up to `places`.

    Nothing is rounded on the way. Raises SheetsDoNotFit unless every examiner marked the same modules, once each,
    with weights that sum to 100.
    """
    modules = {sheet.module: sheet.weight for sheet in sheets}
    if not sheets or sum(modules.values()) != FULL:
        raise SheetsDoNotFit(f"weights {sorted(modules.items())}")
    totals: dict[str, Decimal] = {}
    seen: dict[str, set[str]] = {}
    for sheet in sheets:
        if sheet.module in seen.setdefault(sheet.examiner, set()) or modules[sheet.module] != sheet.weight:
            raise SheetsDoNotFit(f"{sheet.examiner} {sheet.module}")
        seen[sheet.examiner].add(sheet.module)
        totals[sheet.examiner] = totals.get(sheet.examiner, Decimal(0)) + sheet.total * sheet.weight / FULL
    if any(marked != set(modules) for marked in seen.values()):
        raise SheetsDoNotFit("an examiner left a module out")
    mean = sum(totals.values(), Decimal(0)) / len(totals)
    return PracticalMark(rounded(mean, places), totals)


def after_bell(value: Decimal, *, part: str, points: Decimal, percent: Decimal) -> tuple[Decimal, Decimal]:
    """The mark after the deduction for writing on after the end, and what was taken off.

    Written parts lose points, the skill part a percentage of its mark; never below zero.
    """
    off = rounded(value * percent / FULL) if part == "skill" else points
    left = max(Decimal(0), value - off)
    return rounded(left), rounded(value - left)


def is_passed(mark: Decimal, pass_mark: Decimal) -> bool:
    """Whether a mark reaches the line, as it stands: 59.99 does not reach 60."""
    return mark >= pass_mark


def verdict(
    marks: Mapping[str, tuple[Decimal, str]], carried: Mapping[str, KeptPart], lines: Mapping[str, Decimal]
) -> list[PartVerdict]:
    """Every part of the standard held to its line: from its mark, or carried from an earlier sitting.

    `marks` gives (value, outcome) by part, `carried` the earlier parts as their results stand today, `lines` the pass
    mark of every part that the standard examines. A carried part keeps the mark and the line of its own day. A part
    with neither counts as not sat, and is not passed.
    """
    found = []
    for part, line in lines.items():
        if part in marks:
            value, outcome = marks[part]
            found.append(PartVerdict(part, value, line, outcome, outcome == "scored" and is_passed(value, line)))
        elif part in carried:
            kept = carried[part]
            found.append(
                PartVerdict(part, kept.mark, kept.pass_mark, "carried", kept.is_passed, kept.sat_on, kept.result)
            )
        else:
            found.append(PartVerdict(part, None, line, "absent", False))
    return found


def passes(parts: Sequence[PartVerdict]) -> bool:
    """Whether the whole is passed: every part by itself. Parts are never averaged, and none makes up for another."""
    return bool(parts) and all(part.is_passed for part in parts)


def kept_until(passed_on: date, months: int) -> date:
    """The last day on which a passed part still counts: the same day so many months later, or the month's last day."""
    month = passed_on.month - 1 + months
    year, month = passed_on.year + month // 12, month % 12 + 1
    for day in range(passed_on.day, 27, -1):
        try:
            return date(year, month, day)
        except ValueError:
            continue
    return date(year, month, passed_on.day)


def bands(marks: Sequence[Decimal], *, width: int = 10) -> list[tuple[str, int]]:
    """How marks are distributed: (label, number) for each band of `width` from 0; 100 belongs to the last."""
    count = 100 // width
    numbers = [0] * count
    for mark in marks:
        numbers[min(int(mark // width), count - 1)] += 1
    return [(f"{place * width}–{(place + 1) * width}", number) for place, number in enumerate(numbers)]
