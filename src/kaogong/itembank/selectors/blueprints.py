"""Blueprints: their ranges and points, whether they may be approved, and how well the bank covers them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet

from kaogong.foundation.kernel.actors import Actor
from kaogong.foundation.kernel.refusals import NotFound
from kaogong.itembank import policies
from kaogong.itembank.models import Blueprint, Item, ItemVersion, Paper, Point, Range
from kaogong.itembank.network import SubBank
from kaogong.itembank.rules import blueprints as rules
from kaogong.itembank.rules.assembly import RangeShare
from kaogong.itembank.rules.codes import Ambiguous
from kaogong.itembank.rules.codes import read as read_codes
from kaogong.itembank.rules.differences import Differences, compare
from kaogong.itembank.rules.problems import Problem
from kaogong.regulations import selectors as regulations
from kaogong.standards import selectors as standards


@dataclass(frozen=True, slots=True)
class RangeCoverage:
    """How a weighted range stands: its points by importance, points with items in use, items by type and state."""

    range: Range
    points: Mapping[str, int]
    points_in_use: int
    items: Mapping[tuple[str, str], int]

    @property
    def point_count(self) -> int:
        return sum(self.points.values())

    def in_use(self, type_: str) -> int:
        """Items of a type that papers may take."""
        return self.items.get((type_, "approved"), 0)

    @property
    def waiting(self) -> int:
        """Items still to be reviewed or approved."""
        return sum(count for (_type, state), count in self.items.items() if state in {"drafted", "reviewed"})


@dataclass(frozen=True, slots=True)
class Coverage:
    """A blueprint's ranges with their coverage, and what is bound to no point."""

    ranges: Sequence[RangeCoverage]
    unbound: int

    @property
    def point_count(self) -> int:
        return sum(each.point_count for each in self.ranges)

    @property
    def items_in_use(self) -> int:
        return sum(count for each in self.ranges for (_t, state), count in each.items.items() if state == "approved")

    @property
    def empty_points(self) -> int:
        return sum(each.point_count - each.points_in_use for each in self.ranges)


def blueprints_for(actor: Actor) -> QuerySet[Blueprint]:
    """The blueprints that the actor may see: all, for whoever works in the bank; none for others."""
    found = Blueprint.objects.select_related("standard").order_by("occupation_code", "-level", "-drafted_at")
    return found if policies.works_in_bank(actor) else found.none()


def blueprint(actor: Actor, blueprint_id: UUID) -> Blueprint:
    """One blueprint. Raises NotFound."""
    found = blueprints_for(actor).filter(pk=blueprint_id).first()
    if found is None:
        raise NotFound
    return found


def blueprint_for(occupation_code: str, level: int) -> Blueprint:
    """The approved blueprint of an occupation and level, of the newest standard. Raises NotFound."""
    found = (
        Blueprint.objects.filter(occupation_code=occupation_code, level=level, state="approved")
        .order_by("-standard__in_force_on", "-approved_at")
        .first()
    )
    if found is None:
        raise NotFound
    return found


def has_blueprint(occupation_code: str, level: int) -> bool:
    """Whether papers can be drawn for an occupation and level: it has an approved blueprint."""
    return Blueprint.objects.filter(occupation_code=occupation_code, level=level, state="approved").exists()


def point_by_code(occupation_code: str, level: int, code: str, actor: Actor | None = None) -> Point | None:
    """A point of the blueprint in force by its whole code in any dialect; None when none or several are meant.

    With `actor` the local points of the sub-banks that she finds are looked through as well.
    """
    points = {tuple(point.codes): point for point in _points_in_force(occupation_code, level, actor)}
    try:
        codes = read_codes(code, points)
    except Ambiguous:
        return None
    return points[codes] if codes else None


def point_names(occupation_code: str, level: int, actor: Actor | None = None) -> list[tuple[str, str]]:
    """The points of the blueprint in force as (code, name), with `actor` the local ones that she finds as well."""
    rows = _points_in_force(occupation_code, level, actor).values_list("codes", "name")
    return [("-".join(codes), name) for codes, name in rows]


def _points_in_force(occupation_code: str, level: int, actor: Actor | None) -> QuerySet[Point]:
    try:
        found = blueprint_for(occupation_code, level)
    except NotFound:
        return Point.objects.none()
    if actor is None:
        return points_of(found.pk)
    banks = SubBank.objects.filter(policies.visible_to(actor), blueprint=found)
    points = Point.objects.filter(Q(sub_bank=None) | Q(sub_bank__in=banks), blueprint=found)
    return points.select_related("range", "weighted_range").order_by("codes")


def ranges_of(blueprint_id: UUID) -> list[Range]:
    """All ranges in the order of their codes."""
    return list(Range.objects.filter(blueprint=blueprint_id).order_by("codes"))


def shares_of(found: Blueprint) -> list[RangeShare]:
    """The weighted ranges with their shares: what papers are apportioned over."""
    return [
        RangeShare("-".join(each.codes), each.name, each.percent or 0)
        for each in ranges_of(found.pk)
        if each.is_weighted
    ]


def points_of(blueprint_id: UUID) -> QuerySet[Point]:
    """All points of the nation's in the order of their codes; those of sub-banks are not among them."""
    return (
        Point.objects.filter(blueprint=blueprint_id, sub_bank=None)
        .select_related("range", "weighted_range")
        .order_by("codes")
    )


def weights_of(standard_id: UUID, level: int) -> dict[str, int]:
    """The theory column of the weight table as name and percent, in order."""
    return {weight.name: weight.percent for weight in standards.weights(standard_id, "theory", level)}


def table_of_blueprint(found: Blueprint) -> rules.Table:
    """A blueprint as plain values."""
    return rules.Table(
        tuple(rules.RangeEntry(tuple(r.codes), r.name, r.percent, r.is_weighted) for r in ranges_of(found.pk)),
        tuple(rules.PointEntry(tuple(p.codes), p.name, p.importance) for p in points_of(found.pk)),
    )


EXEMPLARY = {
    "points_per_percent": "itembank.points_per_percent_exemplary",
    "points_at_least": "itembank.points_at_least_exemplary",
}
"""What 精品题库 must satisfy instead."""
REQUIREMENTS = {
    "points_per_percent": "itembank.points_per_percent",
    "points_at_least": "itembank.points_at_least",
    "core_at_least": "itembank.core_percent_at_least",
    "general_at_most": "itembank.general_percent_at_most",
    "auxiliary_at_most": "itembank.auxiliary_percent_at_most",
}


def requirements_on(
    on: date, occupation_code: str = "", norm: str = Blueprint.Norm.ORDINARY
) -> dict[str, regulations.Provision]:
    """What a blueprint of a norm must satisfy on a day, each figure with its clause. Raises NoProvision."""
    asked = REQUIREMENTS | (EXEMPLARY if norm == Blueprint.Norm.EXEMPLARY else {})
    found = regulations.provisions(*asked.values(), on=on, occupation_code=occupation_code)
    return {name: found[key] for name, key in asked.items()}


def blueprint_faults(found: Blueprint, on: date) -> list[Problem]:
    """What keeps a blueprint from being approved."""
    required = requirements_on(on, found.occupation_code, found.norm)
    return rules.faults_of(
        table_of_blueprint(found),
        weights=weights_of(found.standard_id, found.level),
        requirements=rules.Requirements(**{name: int(each.value) for name, each in required.items()}),
    )


@dataclass(frozen=True, slots=True)
class Impact:
    """What approving a blueprint does to the bank: the differences, and the items and papers that they touch."""

    before: Blueprint
    differences: Differences
    items: Mapping[rules.Codes, int]
    """Items not retired at each point of the blueprint before, by its codes."""
    papers: int
    """Sealed papers of the blueprint before that no sitting has used."""

    def items_at(self, points: Sequence[rules.PointEntry]) -> int:
        """How many items hang on points of the blueprint before."""
        return sum(self.items.get(point.codes, 0) for point in points)

    @property
    def following(self) -> int:
        """Items that follow their points by themselves."""
        return self.items_at([pair.old for pair in (*self.differences.same, *self.differences.moved)])

    @property
    def in_question(self) -> int:
        """Items at points of another name: a person decides."""
        return self.items_at([pair.old for pair in self.differences.renamed])

    @property
    def left_behind(self) -> int:
        """Items at points that are no more: they stay where they are, and no new paper takes them."""
        return self.items_at(self.differences.removed)


def predecessor_of(found: Blueprint) -> Blueprint | None:
    """The blueprint of the same occupation and level that was approved last before this one."""
    earlier = Blueprint.objects.filter(
        occupation_code=found.occupation_code, level=found.level, approved_at__isnull=False
    ).exclude(pk=found.pk)
    if found.approved_at is not None:
        earlier = earlier.filter(approved_at__lt=found.approved_at)
    return earlier.select_related("standard").order_by("-approved_at").first()


def impact_of(found: Blueprint) -> Impact | None:
    """What changes from the blueprint before to this one; None for the first of its level."""
    before = predecessor_of(found)
    if before is None:
        return None
    rows = (
        Item.objects.filter(point__blueprint=before)
        .exclude(state="retired")
        .values_list("point__codes")
        .annotate(n=Count("pk"))
    )
    return Impact(
        before=before,
        differences=compare(table_of_blueprint(before), table_of_blueprint(found)),
        items={tuple(codes): count for codes, count in rows},
        papers=Paper.objects.filter(blueprint=before, state="sealed").count(),
    )


def coverage(found: Blueprint) -> Coverage:
    """How well the bank covers a blueprint, range by range."""
    weighted = [each for each in ranges_of(found.pk) if each.is_weighted]
    points: dict[UUID | None, Counter[str]] = {each.pk: Counter() for each in weighted}
    for point in points_of(found.pk).order_by().values("weighted_range", "importance").annotate(n=Count("pk")):
        points.setdefault(point["weighted_range"], Counter())[point["importance"]] += point["n"]
    in_use: dict[UUID, int] = {
        row["point__weighted_range"]: row["n"]
        for row in Item.objects.filter(point__blueprint=found.pk, point__sub_bank=None, state="approved")
        .values("point__weighted_range")
        .annotate(n=Count("point", distinct=True))
    }
    items: dict[UUID, Counter[tuple[str, str]]] = {each.pk: Counter() for each in weighted}
    for row in (
        current_versions()
        .filter(item__point__blueprint=found.pk, item__point__sub_bank=None)
        .values("item__point__weighted_range", "type", "item__state")
        .annotate(n=Count("pk"))
    ):
        items.setdefault(row["item__point__weighted_range"], Counter())[row["type"], row["item__state"]] += row["n"]
    unbound = Item.objects.filter(occupation_code=found.occupation_code, level=found.level, point__isnull=True).count()
    ranges = [RangeCoverage(each, points[each.pk], in_use.get(each.pk, 0), items[each.pk]) for each in weighted]
    return Coverage(ranges, unbound)


def current_versions() -> QuerySet[ItemVersion]:
    """The newest version of every item."""
    return ItemVersion.objects.filter(version=F("item__latest"))
