"""Panels: whether a part of a sitting has the people it needs. Pure: counts in, checks out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil

from kaogong.foundation.kernel.clauses import Clause


@dataclass(frozen=True, slots=True)
class PanelRule:
    """How many people a part needs: at least `minimum` (per room for invigilators), one for so many, odd or not."""

    minimum: int
    candidates_per_person: int
    is_odd: bool
    clause: Clause
    ratio_clause: Clause


@dataclass(frozen=True, slots=True)
class RoomFacts:
    """A room of the part: its number, how many sit there at once, and how many invigilators it has."""

    number: int
    candidates: int
    invigilators: int


@dataclass(frozen=True, slots=True)
class PanelCheck:
    """One thing looked at before tickets are published: met or not, in words, with its clause."""

    key: str
    is_met: bool
    text: str
    clause: Clause


def examiners_needed(candidates_at_once: int, rule: PanelRule) -> int:
    """How many examiners a part needs for those who are assessed at the same time; 0 for nobody."""
    if candidates_at_once <= 0:
        return 0
    needed = max(rule.minimum, ceil(candidates_at_once / rule.candidates_per_person))
    return needed + 1 if rule.is_odd and needed % 2 == 0 else needed


def invigilators_needed(candidates: int, rule: PanelRule) -> int:
    """How many invigilators a room needs; 0 for an empty one."""
    return max(rule.minimum, ceil(candidates / rule.candidates_per_person)) if candidates else 0


def examiner_checks(*, examiners: int, leaders: int, candidates_at_once: int, rule: PanelRule) -> list[PanelCheck]:
    """Whether a panel of `examiners` (its leader among them) is large enough, odd, and led."""
    needed = examiners_needed(candidates_at_once, rule)
    odd = not rule.is_odd or examiners % 2 == 1
    return [
        PanelCheck(
            "size",
            examiners >= needed,
            f"考评员 {examiners} 名，需要 {needed} 名（同时考核 {candidates_at_once} 人）",
            rule.clause if examiners < rule.minimum else rule.ratio_clause,
        ),
        PanelCheck("odd", odd, f"考评员 {examiners} 名，{'为' if odd else '不为'}单数", rule.clause),
        PanelCheck("leader", leaders == 1, "已设组长" if leaders == 1 else "没有组长", rule.clause),
    ]


def invigilator_checks(rooms: Sequence[RoomFacts], rule: PanelRule) -> list[PanelCheck]:
    """Whether every room has its invigilators."""
    found = []
    for room in rooms:
        needed = invigilators_needed(room.candidates, rule)
        text = f"第 {room.number:02d} 考场监考员 {room.invigilators} 名，需要 {needed} 名（考生 {room.candidates} 人）"
        clause = rule.clause if room.invigilators < rule.minimum else rule.ratio_clause
        found.append(PanelCheck(f"room-{room.number}", room.invigilators >= needed, text, clause))
    return found


def rule_from(ratio: Mapping[str, object] | None, *, otherwise: PanelRule) -> PanelRule:
    """The rule that a standard's table of ratios gives; where it is silent, `otherwise`."""
    if not ratio:
        return otherwise
    return PanelRule(
        minimum=int(str(ratio.get("minimum", otherwise.minimum))),
        candidates_per_person=int(str(ratio.get("candidates", otherwise.candidates_per_person))),
        is_odd=bool(ratio.get("odd", otherwise.is_odd)),
        clause=otherwise.clause,
        ratio_clause=otherwise.clause,
    )
