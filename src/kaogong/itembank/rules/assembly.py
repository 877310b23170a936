"""Assembly (组卷): draws a paper from the bank to the blueprint, reproducibly from a seed.

Hard rules: so many items of each type, at most one item per assessment point, every range worth its weight, no two
items that must not meet, no pair of papers sharing more than a stated part, no more local items than a sub-bank may
use. Soft aims, in this order: items that other papers did not use, the bank's own mix of importance, the bank's own
spread of difficulty.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from random import Random
from types import MappingProxyType

from kaogong.itembank.rules.apportioning import apportion
from kaogong.itembank.rules.items import TYPES
from kaogong.itembank.rules.problems import Problem
from kaogong.itembank.rules.problems import gettext_noop as _

ATTEMPTS = 20
"""How often a draw is tried again, with a seed derived from the given one, before it is called infeasible."""
SWAPS = 600
"""How many exchanges the difficulty is smoothed by at most."""
IMPORTANCES = ("X", "Y", "Z")
Foes = Mapping[str, frozenset[str]]
"""By version: the versions that must not be in a paper with it."""
NO_FOES: Foes = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Candidate:
    """An approved item version that a paper may take; its number, point and range are codes, the same everywhere."""

    version: str
    number: str
    point: str
    range: str
    type: str
    importance: str
    difficulty: int
    is_local: bool = False
    """Of a sub-bank, not of the nation's bank."""


@dataclass(frozen=True, slots=True)
class RangeShare:
    """A weighted range with its share in percent."""

    key: str
    name: str
    percent: int


@dataclass(frozen=True, slots=True)
class Section:
    """So many items of one type, each worth so many marks."""

    type: str
    count: int
    marks: Fraction


@dataclass(frozen=True, slots=True)
class Order:
    """What is asked for: ranges with shares, sections in the paper's order, how much two papers may share."""

    ranges: Sequence[RangeShare]
    sections: Sequence[Section]
    shared_at_most: Fraction
    local_at_most: int | None = None
    """How many items of a sub-bank the paper may have; None where there is no such rule."""

    @property
    def total(self) -> int:
        return sum(section.count for section in self.sections)

    @property
    def full_marks(self) -> Fraction:
        return sum((section.count * section.marks for section in self.sections), Fraction(0))

    @property
    def shared_items(self) -> int:
        """How many items two papers may share: rounded down."""
        return int(self.total * self.shared_at_most)


@dataclass(frozen=True, slots=True)
class Draw:
    """A paper drawn: the candidates in their places, and how it came about."""

    items: tuple[Candidate, ...]
    attempt: int
    shared: tuple[int, ...]
    """How many items it shares with each of the papers to avoid, in their order."""


class Infeasible(ValueError):
    """No paper can be drawn to the order; `problems` say which range lacks what."""

    def __init__(self, problems: Sequence[Problem], *, is_by_sharing: bool = False, is_by_locals: bool = False) -> None:
        super().__init__("; ".join(f"{problem.field}: {problem}" for problem in problems))
        self.problems = list(problems)
        self.is_by_sharing = is_by_sharing
        self.is_by_locals = is_by_locals


def allot(order: Order) -> dict[tuple[str, str], int]:
    """How many items of each type each range gives: both the ranges' totals and the types' come out exactly.

    Ranges first by their weight, then each type over what the ranges have left, by largest remainders.
    """
    left = apportion([share.percent for share in order.ranges], order.total)
    plan: dict[tuple[str, str], int] = {}
    for index, section in enumerate(order.sections):
        last = index == len(order.sections) - 1
        counts = list(left) if last else apportion(left, section.count, bounds=left)
        for share, count in zip(order.ranges, counts, strict=True):
            plan[share.key, section.type] = count
        left = [rest - count for rest, count in zip(left, counts, strict=True)]
    return plan


def draw(
    bank: Iterable[Candidate],
    order: Order,
    *,
    seed: int,
    avoid: Sequence[frozenset[str]] = (),
    foes: Foes = NO_FOES,
) -> Draw:
    """Draw a paper. The same bank, order, seed, papers to avoid and foes give the same paper, on any machine.

    Uses Python's Mersenne Twister (`random.Random`), seeded by text, over candidates in a fixed order.
    Raises Infeasible with what is lacking.
    """
    candidates = sorted(bank, key=lambda each: (each.number, each.version))
    plan = allot(order)
    _refuse_what_lacks(candidates, order, plan)
    worst, locals_ = 0, 0
    for attempt in range(ATTEMPTS):
        table = _Table(candidates, order, plan, avoid, foes, Random(f"{seed}/{attempt}"))  # noqa: S311  # reproducible
        chosen = table.draw()
        if order.local_at_most is not None and table.local > order.local_at_most:
            locals_ = max(locals_, table.local)
            continue
        if any(table.barred[each.version] for each in chosen):
            continue
        shared = tuple(len({each.version for each in chosen} & paper) for paper in avoid)
        if all(count <= order.shared_items for count in shared):
            return Draw(in_order(chosen, order), attempt, shared)
        worst = max(worst, *shared)
    if locals_:
        facts = {"count": locals_, "limit": order.local_at_most}
        raise Infeasible(
            [
                Problem(
                    "国家题库比例",
                    _("须用 {count} 道分库试题才能组成，最多允许 {limit} 道；国家题库的在用试题不够"),
                    facts,
                )
            ],
            is_by_locals=True,
        )
    if not worst:
        raise Infeasible(
            [Problem("试题关系", _("试了 {count} 次都抽到不能同卷的试题；在用试题不够"), {"count": ATTEMPTS})]
        )
    facts = {"count": worst, "limit": order.shared_items}
    raise Infeasible(
        [Problem("重复率", _("与已有试卷重复 {count} 题，最多允许 {limit} 题；在用试题不够"), facts)],
        is_by_sharing=True,
    )


def sow(
    trial: Iterable[Candidate],
    paper: Sequence[Candidate],
    per_paper: Mapping[str, int],
    *,
    seed: int,
    foes: Foes = NO_FOES,
) -> list[tuple[Candidate, bool]]:
    """The paper with items on trial sown among the others of their type: (candidate, whether it counts), in order.

    Points that the paper does not ask about come first, so that no two questions look alike; fewer items than asked
    for are all taken, and none comes beside a foe. Places and choice follow from the seed.
    """
    random = Random(f"{seed}/trial")  # noqa: S311  # reproducible
    waiting = sorted(trial, key=lambda each: (each.number, each.version))
    random.shuffle(waiting)
    asked = {each.point for each in paper}
    waiting.sort(key=lambda each: each.point in asked)
    sown: list[tuple[Candidate, bool]] = [(each, True) for each in paper]
    for type_, wanted in sorted(per_paper.items()):
        places = [place for place, (each, _scored) in enumerate(sown) if each.type == type_]
        barred = {foe for each, _scored in sown for foe in foes.get(each.version, ())}
        chosen: list[Candidate] = []
        for each in waiting:
            if places and each.type == type_ and each.version not in barred and len(chosen) < wanted:
                chosen.append(each)
                barred |= foes.get(each.version, frozenset())
        for each in chosen:
            sown.insert(random.randint(places[0], places[-1] + 1), (each, False))
            places.append(places[-1] + 1)
    return sown


def in_order(chosen: Iterable[Candidate], order: Order) -> tuple[Candidate, ...]:
    """The items in their places: by type as the order has them, by range, by point."""
    types = {section.type: place for place, section in enumerate(order.sections)}
    ranges = {share.key: place for place, share in enumerate(order.ranges)}
    return tuple(sorted(chosen, key=lambda each: (types[each.type], ranges[each.range], each.point)))


def _refuse_what_lacks(bank: Sequence[Candidate], order: Order, plan: Mapping[tuple[str, str], int]) -> None:
    problems = []
    for share in order.ranges:
        points: dict[str, set[str]] = defaultdict(set)
        for candidate in bank:
            if candidate.range == share.key:
                points[candidate.point].add(candidate.type)
        needs = {section.type: plan[share.key, section.type] for section in order.sections}
        for type_, needed in needs.items():
            count = sum(type_ in types for types in points.values())
            if count < needed:
                facts = {"needed": needed, "type": TYPES.get(type_, type_), "count": count}
                problems.append(
                    Problem(share.name, _("需要 {needed} 道{type}，但只有 {count} 个鉴定点有在用的{type}"), facts)
                )
        if not problems and _match([t for t, n in needs.items() for _n in range(n)], points) is None:
            facts = {"needed": sum(needs.values()), "count": len(points)}
            problems.append(Problem(share.name, _("需要 {needed} 个不同的鉴定点，现有 {count} 个不够分配题型"), facts))
    if problems:
        raise Infeasible(problems)


def _match(slots: Sequence[str], points: Mapping[str, set[str]]) -> dict[int, str] | None:
    """Give every slot (a type) a point of its own that has that type, in the points' order; None when impossible.

    Kuhn's augmenting paths.
    """
    taken: dict[str, int] = {}

    def place(slot: int, tried: set[str]) -> bool:
        for point, types in points.items():
            if slots[slot] in types and point not in tried:
                tried.add(point)
                if point not in taken or place(taken[point], tried):
                    taken[point] = slot
                    return True
        return False

    if not all(place(slot, set()) for slot in range(len(slots))):
        return None
    return {slot: point for point, slot in taken.items()}


@dataclass(slots=True)
class _Table:
    """One attempt at a draw: the cards on the table."""

    bank: Sequence[Candidate]
    order: Order
    plan: Mapping[tuple[str, str], int]
    avoid: Sequence[frozenset[str]]
    foes: Foes
    random: Random
    items: dict[tuple[str, str], list[Candidate]] = field(default_factory=lambda: defaultdict(list))
    papers: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    shared: list[int] = field(default_factory=list)
    """How many items the paper being drawn already shares with each paper to avoid."""
    barred: Counter[str] = field(default_factory=Counter)
    """How many foes of each version the paper being drawn has."""
    local: int = 0
    """How many items of a sub-bank the paper being drawn has."""

    def __post_init__(self) -> None:
        for candidate in self.bank:
            self.items[candidate.range, candidate.type].append(candidate)
        for index, paper in enumerate(self.avoid):
            for version in paper:
                self.papers[version].append(index)
        self.shared = [0] * len(self.avoid)

    def draw(self) -> list[Candidate]:
        """Choose range by range, then smooth the difficulty."""
        quotas = self._quotas()
        chosen = [each for share in self.order.ranges for each in self._from_range(share.key, quotas[share.key])]
        self._smooth(chosen)
        return chosen

    def _from_range(self, key: str, quotas: Counter[str]) -> list[Candidate]:
        """Items of a range, each at a point of its own, in the range's own mix of importance where that works out."""
        slots = [section.type for section in self.order.sections for _n in range(self.plan[key, section.type])]
        self.random.shuffle(slots)
        taken: dict[str, Candidate] = {}
        for type_ in slots:
            open_ = [each for each in self.items[key, type_] if each.point not in taken]
            open_ = [each for each in open_ if not self._meets_a_foe(each, taken.values())] or open_
            if self._is_full_of_locals(sum(each.is_local for each in taken.values())):
                open_ = [each for each in open_ if not each.is_local] or open_
            fitting = [each for each in open_ if quotas[each.importance] > 0] or open_
            if not fitting:
                return self._by_matching(key, slots)
            pick = self._least_worn(fitting)
            taken[pick.point] = pick
            quotas[pick.importance] -= 1
        for each in taken.values():
            self._count(each, 1)
        return list(taken.values())

    def _quotas(self) -> dict[str, Counter[str]]:
        """How many of each importance each range gives, so that the whole paper has the bank's own mix.

        The rarest is shared out first; what a range has left falls to its core points.
        """
        counts = {share.key: self._importances(share.key) for share in self.order.ranges}
        left = {
            share.key: sum(self.plan[share.key, s.type] for s in self.order.sections) for share in self.order.ranges
        }
        whole = sum(counts.values(), Counter())
        totals = dict(zip(IMPORTANCES, apportion([whole[each] for each in IMPORTANCES], self.order.total), strict=True))
        quotas: dict[str, Counter[str]] = {key: Counter() for key in counts}
        for importance in reversed(IMPORTANCES[1:]):
            shares = [counts[key][importance] for key in counts]
            bounds = [min(share, left[key]) for share, key in zip(shares, counts, strict=True)]
            parts = apportion(shares, min(totals[importance], sum(bounds)), bounds=bounds)
            for key, part in zip(counts, parts, strict=True):
                quotas[key][importance] = part
                left[key] -= part
        for key, rest in left.items():
            quotas[key]["X"] = rest
        return quotas

    def _importances(self, key: str) -> Counter[str]:
        importance = {each.point: each.importance for s in self.order.sections for each in self.items[key, s.type]}
        return Counter(importance.values())

    def _by_matching(self, key: str, slots: Sequence[str]) -> list[Candidate]:
        """Where choosing one after the other ran into a corner: a proper matching of types to points."""
        points: dict[str, set[str]] = defaultdict(set)
        for type_ in set(slots):
            for each in self.items[key, type_]:
                points[each.point].add(type_)
        names = sorted(points)
        self.random.shuffle(names)
        matched = _match(slots, {name: points[name] for name in names})
        assert matched is not None  # _refuse_what_lacks has tried it
        chosen = [
            self._least_worn(
                [each for each in self.items[key, slots[slot]] if each.point == point and not each.is_local]
                or [each for each in self.items[key, slots[slot]] if each.point == point]
            )
            for slot, point in sorted(matched.items())
        ]
        for each in chosen:
            self._count(each, 1)
        return chosen

    def _least_worn(self, items: Sequence[Candidate]) -> Candidate:
        """Of the items that cost least, one at random."""
        costs = [self._cost(each) for each in items]
        least = min(costs)
        return self.random.choice([each for each, cost in zip(items, costs, strict=True) if cost == least])

    def _cost(self, item: Candidate) -> int:
        """What taking an item costs: dearer for each paper that has it, and the more the nearer that paper's limit."""
        return sum(1 + self.shared[paper] for paper in self.papers.get(item.version, ()))

    def _meets_a_foe(self, item: Candidate, others: Iterable[Candidate]) -> bool:
        """Whether a foe of the item is in the ranges drawn so far, or among `others`."""
        mine = self.foes.get(item.version, frozenset())
        return self.barred[item.version] > 0 or any(each.version in mine for each in others)

    def _is_full_of_locals(self, more: int) -> bool:
        """Whether the paper, with `more` of the range at hand, has all the local items that it may have."""
        return self.order.local_at_most is not None and self.local + more >= self.order.local_at_most

    def _count(self, item: Candidate, by: int) -> None:
        self.local += by * item.is_local
        for paper in self.papers.get(item.version, ()):
            self.shared[paper] += by
        for foe in self.foes.get(item.version, ()):
            self.barred[foe] += by

    def _smooth(self, chosen: list[Candidate]) -> None:
        """Exchange items for others of the same range, type and importance while difficulty comes nearer its spread."""
        target = target_difficulty(self.bank, self.order)
        counts = Counter((each.type, each.difficulty) for each in chosen)
        taken = {each.point for each in chosen}
        for _n in range(SWAPS):
            if all(counts[cell] == wanted for cell, wanted in target.items()):
                return
            place = self.random.randrange(len(chosen))
            out = chosen[place]
            into = self._exchange(out, taken, counts, target)
            if into is not None:
                counts[out.type, out.difficulty] -= 1
                counts[into.type, into.difficulty] += 1
                taken = (taken - {out.point}) | {into.point}
                self._count(out, -1)
                self._count(into, 1)
                chosen[place] = into

    def _exchange(
        self,
        out: Candidate,
        taken: set[str],
        counts: Mapping[tuple[str, int], int],
        target: Mapping[tuple[str, int], int],
    ) -> Candidate | None:
        if counts[out.type, out.difficulty] <= target.get((out.type, out.difficulty), 0):
            return None
        found = [
            each
            for each in self.items[out.range, out.type]
            if each.importance == out.importance
            and (each.point == out.point or each.point not in taken)
            and (out.is_local or not each.is_local or not self._is_full_of_locals(0))
            and self.barred[each.version] <= (each.version in self.foes.get(out.version, ()))
            and len(self.papers.get(each.version, ())) <= len(self.papers.get(out.version, ()))
            and _gain(counts, target, out, each) < 0
        ]
        return self._least_worn(found) if found else None


def target_difficulty(bank: Iterable[Candidate], order: Order) -> dict[tuple[str, int], int]:
    """How many items of each type and difficulty a paper would have if it were the bank in small."""
    counts = Counter((each.type, each.difficulty) for each in bank)
    target: dict[tuple[str, int], int] = {}
    for section in order.sections:
        shares = [counts[section.type, difficulty] for difficulty in range(1, 6)]
        if any(shares):
            parts = apportion(shares, section.count)
            target |= {(section.type, difficulty): part for difficulty, part in enumerate(parts, 1)}
    return target


def _gain(
    counts: Mapping[tuple[str, int], int], target: Mapping[tuple[str, int], int], out: Candidate, into: Candidate
) -> int:
    """By how much the distance to the target changes when `into` replaces `out`; below zero is better."""
    if out.difficulty == into.difficulty:
        return 0
    leaving, coming = (out.type, out.difficulty), (into.type, into.difficulty)
    off = abs(counts[leaving] - 1 - target.get(leaving, 0)) - abs(counts[leaving] - target.get(leaving, 0))
    on = abs(counts[coming] + 1 - target.get(coming, 0)) - abs(counts[coming] - target.get(coming, 0))
    return off + on
