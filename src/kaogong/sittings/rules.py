"""What keeps a round from being announced, how many a sitting holds, how many people it needs. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import pairwise
from math import ceil
from typing import Any
from uuid import UUID

from kaogong.foundation.kernel.clauses import Clause

HOUSE = "kaogong-sittings-rules"
LEVEL_NAMES = {5: "五级（初级工）", 4: "四级（中级工）", 3: "三级（高级工）", 2: "二级（技师）", 1: "一级（高级技师）"}
PART_NAMES = {"theory": "理论知识考试", "skill": "技能考核", "review": "综合评审"}
ROOM_KINDS = {"theory": ("theory",), "skill": ("practical",), "review": ("theory", "practical")}
"""Which kinds of room a part may be held in."""


@dataclass(frozen=True, slots=True)
class PartPlan:
    """One part of a sitting as planned: when its first wave starts, in which rooms, in how many waves.

    `places` narrows the places used in a room; a room that it does not name is used whole, as far as the rules allow.
    """

    part: str
    starts_at: datetime
    room_ids: Sequence[UUID]
    waves: int = 1
    places: Mapping[UUID, int] = field(default_factory=dict)


def part_end(starts_at: datetime, *, minutes: int, waves: int, gap_minutes: int) -> datetime:
    """When the last of `waves` ends: each lasts `minutes`, with `gap_minutes` between two."""
    return starts_at + timedelta(minutes=waves * minutes + (waves - 1) * gap_minutes)


def capacity(parts: Iterable[tuple[Iterable[int], int]]) -> int:
    """How many candidates a sitting holds: the least, over its parts, of the places of all rooms times the waves.

    Each part is (places of each room, waves). No parts, no capacity.
    """
    return min((sum(places) * waves for places, waves in parts), default=0)


def people_needed(candidates: int, ratio: Mapping[str, Any], *, rooms: int = 1) -> int:
    """How many invigilators or examiners `candidates` need by a standard's ratio; 0 for nobody.

    `ratio` holds `candidates` (so many per person), `minimum`, `minimum_per` ("room" or absent) and `odd`.
    Source: the standard's table of ratios, such as 1:15 and at least two in each room; three or more, odd.
    """
    if candidates <= 0:
        return 0
    per_person = ratio.get("candidates")
    needed = ceil(candidates / per_person) if per_person else 0
    minimum = int(ratio.get("minimum", 0)) * (rooms if ratio.get("minimum_per") == "room" else 1)
    needed = max(needed, minimum)
    return needed + 1 if ratio.get("odd") and needed % 2 == 0 else needed


def overlapping(periods: Sequence[tuple[datetime, datetime]]) -> bool:
    """Whether two of the periods have time in common; one may begin when the other ends."""
    ordered = sorted(periods)
    return any(earlier[1] > later[0] for earlier, later in pairwise(ordered))


@dataclass(frozen=True, slots=True)
class SittingFacts:
    """A planned sitting as the checks see it; `faulty_rooms` are rooms closed since they were planned."""

    number: str
    held_on: date
    station: str
    is_within_territory: bool
    is_in_scope: bool
    scope_reason: str
    scope_clause: Clause
    capacity: int
    first_start: datetime
    parts: Collection[str]
    site_kind: str = "station"
    faulty_rooms: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class RoundFacts:
    """A drafted round as the checks see it on the day `on` of its announcement.

    What the track's table says is given as (value, clause); None where it says nothing.
    """

    on: date
    track: str
    organiser: str
    organiser_kind: str
    level: int
    applications_until: datetime
    fees: Mapping[str, Any]
    notice_days: int
    notice_clause: Clause
    organisers: tuple[Collection[str], Clause] | None
    levels: tuple[Collection[int], Clause] | None
    sites: tuple[Collection[str], Clause] | None
    has_standard: bool
    sittings: Sequence[SittingFacts]


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at before a round is announced: green or red, in words, with its clause."""

    key: str
    title: str
    passed: bool
    text: str
    clause: Clause
    sitting: str = ""


def announcement_checks(facts: RoundFacts) -> list[Check]:
    """Everything that must hold before a round may be announced, in the order in which it is shown.

    The round is out of the question before its sittings are: checks on the round come first.
    """
    of_round = [_track(facts), _level(facts), _standard(facts), _has_sittings(facts), _fees(facts), _notice(facts)]
    of_sittings: list[Callable[[RoundFacts, SittingFacts], Check]] = [
        _territory,
        _site,
        _scope,
        _capacity,
        _rooms,
        _window,
    ]
    return of_round + [look(facts, sitting) for sitting in facts.sittings for look in of_sittings]


def _track(facts: RoundFacts) -> Check:
    clause = Clause("kaogong-tracks-rules", "rules-arrive-later")
    title = "评价类别与组织机构"
    if facts.organisers is None:
        return Check("track", title, False, f"“{facts.track}”的规则尚未录入，不能开办", clause)
    kinds, clause = facts.organisers
    passed = facts.organiser_kind in kinds
    text = f"{facts.organiser}{'可以' if passed else '不在可以'}组织“{facts.track}”" + ("" if passed else "的机构之列")
    return Check("track", title, passed, text, clause)


def _level(facts: RoundFacts) -> Check:
    name = LEVEL_NAMES.get(facts.level, f"{facts.level}级")
    if facts.levels is None:
        return Check(
            "level", "等级", False, f"没有关于{name}的规则", Clause("kaogong-tracks-rules", "rules-arrive-later")
        )
    levels, clause = facts.levels
    passed = facts.level in levels
    return Check("level", "等级", passed, f"“{facts.track}”{'可以' if passed else '不能'}鉴定{name}", clause)


def _standard(facts: RoundFacts) -> Check:
    text = "各场次考试当日均有施行中的国家标准" if facts.has_standard else "考试当日没有施行中的国家标准，或已改用新版"
    return Check("standard", "国家标准", facts.has_standard, text, Clause(HOUSE, "standard"))


def _has_sittings(facts: RoundFacts) -> Check:
    count = len(facts.sittings)
    text = f"共 {count} 场，容量合计 {sum(each.capacity for each in facts.sittings)} 人" if count else "还没有安排场次"
    return Check("sittings", "场次", count > 0, text, Clause(HOUSE, "plan"))


def _fees(facts: RoundFacts) -> Check:
    parts = sorted({part for sitting in facts.sittings for part in sitting.parts})
    missing = [PART_NAMES.get(part, part) for part in parts if not isinstance(facts.fees.get(part), int)]
    text = f"没有写明收费：{'、'.join(missing)}" if missing else "每一科目均已写明收费"
    return Check("fees", "收费", not missing, text, Clause(HOUSE, "fees"))


def _notice(facts: RoundFacts) -> Check:
    first = min((each.held_on for each in facts.sittings), default=None)
    title = "提前公告"
    if first is None:
        return Check("notice", title, False, "没有场次，无从计算", facts.notice_clause)
    days = (first - facts.on).days
    text = f"最早一场在 {first:%Y-%m-%d}，距公告 {days} 天，规定不少于 {facts.notice_days} 天"
    return Check("notice", title, days >= facts.notice_days, text, facts.notice_clause)


def _territory(facts: RoundFacts, sitting: SittingFacts) -> Check:
    passed = sitting.is_within_territory
    where = "在" if passed else "不在"
    text = f"{sitting.station}{where}{facts.organiser}的辖区（系统）之内"
    return Check("territory", "辖区", passed, text, Clause(HOUSE, "territory"), sitting.number)


def _site(facts: RoundFacts, sitting: SittingFacts) -> Check:
    if facts.sites is None:
        clause = Clause("kaogong-tracks-rules", "rules-arrive-later")
        return Check("site", "考点类别", False, "没有关于考点的规则", clause, sitting.number)
    kinds, clause = facts.sites
    passed = sitting.site_kind in kinds
    text = f"{sitting.station}的机构类别{'可以' if passed else '不可以'}承办“{facts.track}”"
    return Check("site", "考点类别", passed, text, clause, sitting.number)


def _scope(facts: RoundFacts, sitting: SittingFacts) -> Check:
    text = sitting.scope_reason or f"{sitting.held_on:%Y-%m-%d} 当日许可有效，职业与等级在许可范围内"
    return Check("scope", "许可与范围", sitting.is_in_scope, text, sitting.scope_clause, sitting.number)


def _capacity(facts: RoundFacts, sitting: SittingFacts) -> Check:
    text = f"容量 {sitting.capacity} 人" if sitting.capacity else "容量为零：有科目没有考场"
    return Check("capacity", "容量", sitting.capacity > 0, text, Clause(HOUSE, "capacity"), sitting.number)


def _rooms(facts: RoundFacts, sitting: SittingFacts) -> Check:
    faulty = "、".join(sitting.faulty_rooms)
    text = f"已停用的考场：{faulty}" if faulty else "考场均在用，时段没有重叠"
    return Check("rooms", "考场", not faulty, text, Clause(HOUSE, "rooms"), sitting.number)


def _window(facts: RoundFacts, sitting: SittingFacts) -> Check:
    passed = facts.applications_until <= sitting.first_start
    text = "报名截止早于考试开始" if passed else "报名截止晚于考试开始"
    return Check("window", "报名期限", passed, text, Clause(HOUSE, "plan"), sitting.number)
