"""Blueprints: drafted from a points file, approved once they satisfy the rules, retired when another takes over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_noop as _

from kaogong.foundation.kernel import trail
from kaogong.foundation.kernel.actors import Actor
from kaogong.foundation.kernel.clauses import Clause
from kaogong.foundation.kernel.commands import command
from kaogong.foundation.kernel.refusals import NotFound, Refusal
from kaogong.foundation.outbox import announcing
from kaogong.foundation.signing import canonical, digests
from kaogong.itembank import selectors
from kaogong.itembank.events import BlueprintApproved
from kaogong.itembank.models import Blueprint, Item, Point, Range
from kaogong.itembank.network import SubBank
from kaogong.itembank.rules import blueprints as rules
from kaogong.itembank.rules.problems import Problem
from kaogong.itembank.states import BLUEPRINT
from kaogong.standards import selectors as standards

RULES = "kaogong-itembank-rules"


class _Listed(Refusal):
    """A refusal with a repair list."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(first=f"{problems[0].field}：{problems[0]}", count=len(problems))
        self.problems = list(problems)


class BlueprintUnreadable(_Listed):
    """The points file has rows that are no assessment points."""

    message = _("鉴定点文件不能读入：{first}（共 {count} 处）。")
    advice = _("请按清单改正后重新提交；改正之前不会保存任何内容。")
    clause = Clause(RULES, "blueprint-file")


class BlueprintFaulty(_Listed):
    """The blueprint does not satisfy the rules on distribution, importance or number of points."""

    message = _("细目表还不能审定：{first}（共 {count} 处）。")
    advice = _("请按清单补充或调整鉴定点，再提交审定。")
    clause = Clause("item-bank-technique", "blueprint")


@command
def draft_blueprint(
    *,
    actor: Actor,
    at: datetime,
    standard_id: UUID,
    level: int,
    title: str,
    rows: Sequence[Mapping[str, str]],
    norm: str = Blueprint.Norm.ORDINARY,
) -> Blueprint:
    """Draft the blueprint of a level from rows of a points file; ranges get their share from the standard's weights.

    Raises NotFound for an unpublished standard, NotPermitted, BlueprintUnreadable.
    """
    standard = standards.standard(standard_id)
    actor.require("itembank.write")
    table, problems = rules.read_points(rows, selectors.weights_of(standard.pk, level))
    if problems:
        raise BlueprintUnreadable(problems)
    blueprint = Blueprint.objects.create(
        standard=standard,
        occupation_code=standard.occupation_code,
        level=level,
        title=title,
        norm=Blueprint.Norm(norm),
        drafted_at=at,
        drafted_by=actor.name,
    )
    _lay_down(blueprint, table)
    trail.record(
        actor=actor,
        action="itembank.blueprint_drafted",
        target=blueprint,
        occupation_code=blueprint.occupation_code,
        level=level,
        points=len(table.points),
    )
    return blueprint


def _lay_down(blueprint: Blueprint, table: rules.Table) -> None:
    ranges = {
        entry.codes: Range(
            blueprint=blueprint,
            codes=list(entry.codes),
            name=entry.name,
            percent=entry.percent,
            is_weighted=entry.is_weighted,
        )
        for entry in table.ranges
    }
    Range.objects.bulk_create(ranges.values())
    Point.objects.bulk_create(
        Point(
            blueprint=blueprint,
            range=ranges[point.range_codes],
            weighted_range=_weighted(ranges, point.range_codes),
            codes=list(point.codes),
            name=point.name,
            importance=point.importance,
        )
        for point in table.points
    )


def _weighted(ranges: Mapping[rules.Codes, Range], codes: rules.Codes) -> Range | None:
    """The weighted range that a point lies in: the nearest above it."""
    for depth in range(len(codes), 0, -1):
        if ranges[codes[:depth]].is_weighted:
            return ranges[codes[:depth]]
    return None


@command
def approve_blueprint(
    *, actor: Actor, at: datetime, blueprint_id: UUID, follow: Sequence[Sequence[str]] = ()
) -> Blueprint:
    """Approve and fix a blueprint; the one in force before for the same standard and level is retired with it.

    Items follow their points out of the blueprint before: those of the same name by themselves, those of another name
    where `follow` names the point by its codes. What follows keeps its state; what does not stays at its old point,
    where no new paper finds it. Two at once: the rows are locked, the second finds it approved. Raises NotFound,
    NotPermitted, WrongState, BlueprintFaulty with its repair list.
    """
    blueprint = _locked(actor, blueprint_id)
    actor.require("itembank.approve")
    state = BLUEPRINT.after("approve", blueprint.state)
    if problems := selectors.blueprint_faults(blueprint, timezone.localdate(at)):
        raise BlueprintFaulty(problems)
    impact = selectors.impact_of(blueprint)
    for earlier in Blueprint.objects.select_for_update().filter(
        standard=blueprint.standard_id, level=blueprint.level, state="approved"
    ):
        earlier.state = BLUEPRINT.after("retire", earlier.state)
        earlier.save(update_fields=["state"])
        trail.record(actor=actor, action="itembank.blueprint_retired", target=earlier, successor=blueprint.pk)
    blueprint.state = state
    blueprint.digest = digest_of(blueprint)
    blueprint.approved_at, blueprint.approved_by = at, actor.name
    blueprint.save(update_fields=["state", "digest", "approved_at", "approved_by"])
    followed = _carry_over(blueprint, impact, {tuple(codes) for codes in follow}) if impact else 0
    inherited = _inherit(blueprint, impact.before) if impact else 0
    trail.record(
        actor=actor,
        action="itembank.blueprint_approved",
        target=blueprint,
        digest=blueprint.digest,
        before=impact.before.pk if impact else None,
        followed=followed,
        inherited=inherited,
    )
    announcing.announce(
        BlueprintApproved(blueprint_id=blueprint.pk, occupation_code=blueprint.occupation_code, level=blueprint.level),
        at=at,
    )
    return blueprint


def _carry_over(blueprint: Blueprint, impact: selectors.Impact, follow: set[rules.Codes]) -> int:
    """Bind the items of the blueprint before to the same points of this one; returns how many followed."""
    pairs = [*impact.differences.same, *impact.differences.moved]
    pairs += [pair for pair in impact.differences.renamed if pair.old.codes in follow]
    points = {tuple(point.codes): point for point in selectors.points_of(blueprint.pk)}
    older = {tuple(point.codes): point.pk for point in selectors.points_of(impact.before.pk)}
    target = {older[pair.old.codes]: points[pair.new.codes] for pair in pairs}
    moved = list(
        Item.objects.select_for_update().filter(point__in=list(target)).exclude(state="retired").order_by("pk")
    )
    for item in moved:
        assert item.point_id is not None  # found by its point
        item.point = target[item.point_id]
    Item.objects.bulk_update(moved, ["point"], batch_size=500)
    return len(moved)


def _inherit(blueprint: Blueprint, before: Blueprint) -> int:
    """Let the sub-banks inherit the new blueprint; returns how many local points found their range in it again.

    A local point goes where a range of the same codes and name stands; its items go with it. The others stay at the
    blueprint before, where no new paper finds them.
    """
    ranges = {(tuple(each.codes), each.name): each for each in selectors.ranges_of(blueprint.pk)}
    banks = SubBank.objects.filter(blueprint=before)
    points = Point.objects.select_for_update(of=("self",)).filter(blueprint=before, sub_bank__in=banks)
    moved = []
    for point in points.select_related("range").order_by("pk"):
        target = ranges.get((tuple(point.range.codes), point.range.name))
        weighted = _weighted_above(ranges, point.range) if target else None
        if target is not None and weighted is not None:
            point.blueprint, point.range, point.weighted_range = blueprint, target, weighted
            moved.append(point)
    Point.objects.bulk_update(moved, ["blueprint", "range", "weighted_range"], batch_size=500)
    banks.update(blueprint=blueprint)
    return len(moved)


def _weighted_above(ranges: Mapping[tuple[rules.Codes, str], Range], old: Range) -> Range | None:
    """The weighted range of the new blueprint that codes lie in: the nearest above them."""
    by_codes = {codes: each for (codes, _name), each in ranges.items()}
    codes = tuple(old.codes)
    above = (by_codes.get(codes[:depth]) for depth in range(len(codes), 0, -1))
    return next((each for each in above if each is not None and each.is_weighted), None)


def digest_of(blueprint: Blueprint) -> str:
    """SHA-256 over the blueprint's canonical JSON, the standard's digest included."""
    table = selectors.table_of_blueprint(blueprint)
    value = {
        "standard": blueprint.standard.digest,
        "level": blueprint.level,
        "ranges": [[list(r.codes), r.name, r.percent, r.is_weighted] for r in table.ranges],
        "points": [[list(p.codes), p.name, p.importance] for p in table.points],
    }
    return digests.plain(canonical.encode(value))


@command
def retire_blueprint(*, actor: Actor, at: datetime, blueprint_id: UUID, reason: str) -> Blueprint:
    """Take an approved blueprint out of use; papers drawn from it stay what they are."""
    blueprint = _locked(actor, blueprint_id)
    actor.require("itembank.approve")
    blueprint.state = BLUEPRINT.after("retire", blueprint.state)
    blueprint.save(update_fields=["state"])
    trail.record(actor=actor, action="itembank.blueprint_retired", target=blueprint, reason=reason)
    return blueprint


def _locked(actor: Actor, blueprint_id: UUID) -> Blueprint:
    found = selectors.blueprints_for(actor).select_for_update(of=("self",)).filter(pk=blueprint_id).first()
    if found is None:
        raise NotFound
    return found
