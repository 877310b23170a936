"""Items written, bound to a point, revised and opened; every change of content is a new version."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from kaogong.foundation.kernel import trail
from kaogong.foundation.kernel.actors import Actor
from kaogong.foundation.kernel.clauses import Clause
from kaogong.foundation.kernel.commands import command
from kaogong.foundation.kernel.refusals import NotFound, NotPermitted, Refusal
from kaogong.itembank import policies, sealing, selectors
from kaogong.itembank.models import Blueprint, Item, ItemVersion, Point
from kaogong.itembank.network import SubBank
from kaogong.itembank.rules.items import TYPE_CODES, ItemContent, problems_of
from kaogong.itembank.rules.problems import Problem
from kaogong.itembank.services.comparing import keep_alike
from kaogong.itembank.states import ITEM

RULES = "kaogong-itembank-rules"


class ItemFaulty(Refusal):
    """The item lacks a stem, a key, options that differ, or is too long."""

    message = _("试题不合要求：{first}（共 {count} 处）。")
    advice = _("请改正后再保存。")
    clause = Clause(RULES, "item")

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(first=str(problems[0]), count=len(problems), field=problems[0].field)
        self.problems = list(problems)


class Duplicate(Refusal):
    """The bank has an item with the same stem already."""

    message = _("题库中已有题干相同的试题（题号 {number}）。")
    advice = _("请修改题干；若要改原题，请对原题作修订。")
    clause = Clause(RULES, "duplicates")
    field = "stem"


class NumberTaken(Refusal):
    """The item number is in use for this occupation and level."""

    message = _("题号 {number} 已被占用。")
    clause = Clause(RULES, "item")
    field = "number"


class WrongPoint(Refusal):
    """The point does not belong to an approved blueprint of the item's occupation and level."""

    message = _("鉴定点 {code} 不属于该职业该等级的现行细目表。")
    clause = Clause(RULES, "unbound")
    field = "point"


class SealedUntilUsed(Refusal):
    """An item of a bank above one's own: one assembles with it, and reads it once a paper has used it."""

    message = _("国家题库和上级题库的试题在启用前只能用于组卷，不能打开。")
    advice = _("试卷启用后可以在试卷中查看；确需查看的，请由省级中心或国家题库的人员办理。")
    clause = Clause(RULES, "sub-banks")


@dataclass(frozen=True, slots=True)
class ItemView:
    """An item opened: its newest version and what it says."""

    item: Item
    version: ItemVersion
    content: ItemContent


@command
def draft_item(
    *,
    actor: Actor,
    at: datetime,
    occupation_code: str,
    level: int,
    content: ItemContent,
    difficulty: int,
    consistency: int,
    point_id: UUID | None = None,
    number: str = "",
) -> Item:
    """Write a new item into the bank that the actor works for; without a point it is an unbound draft.

    What looks like it in the bank is listed, and hinders nothing (`selectors.resemblances_of`). Two who write the same
    stem at once: the bank of that occupation and level is locked, the second is refused.
    Raises NotPermitted, WrongPoint, ItemFaulty, Duplicate, NumberTaken.
    """
    home = policies.home_of(actor, "itembank.write")
    actor.require("itembank.write", region=home.region_code, organisation=home.organisation_id)
    point = _point(point_id, occupation_code, level, home)
    _judge(content, at)
    lock_bank(occupation_code, level)
    refuse_duplicate(occupation_code, level, content.stem)
    item = Item.objects.create(
        occupation_code=occupation_code,
        level=level,
        point=point,
        number=_number(number, occupation_code, level, content.type, point),
        region_code=home.region_code,
        organisation_id=home.organisation_id,
        author=actor.name,
        author_key=policies.person_key(actor),
        created_at=at,
    )
    version = write_version(item, content, difficulty=difficulty, consistency=consistency, at=at)
    version.save(force_insert=True)
    kept = keep_alike({version: content}, at=at)
    trail.record(
        actor=actor,
        action="itembank.item_drafted",
        target=item,
        number=item.number,
        digest=version.digest,
        compared=kept.compared,
        alike=kept.alike,
    )
    return item


def write_version(
    item: Item, content: ItemContent, *, difficulty: int, consistency: int, at: datetime, version: int = 1
) -> ItemVersion:
    """A version of an item with its content sealed under its own id; not saved yet."""
    made = ItemVersion(
        item=item,
        version=version,
        type=content.type,
        digest=sealing.digest_of_item(content),
        stem_digest=sealing.digest_of_stem(content.stem),
        difficulty=difficulty,
        consistency=consistency,
        created_at=at,
    )
    made.content_sealed = sealing.seal_item(content, version_id=made.pk)
    return made


def lock_bank(occupation_code: str, level: int) -> None:
    """Let one at a time enter items of an occupation and level, until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"itembank:{occupation_code}:{level}"])


def refuse_duplicate(occupation_code: str, level: int, stem: str, *, except_item: UUID | None = None) -> None:
    """Raise Duplicate when another item's newest version asks the same. Retired items do not count."""
    same = ItemVersion.objects.filter(
        item__occupation_code=occupation_code, item__level=level, stem_digest__in=sealing.digests_of_stem(stem)
    ).exclude(item__state="retired")
    if except_item is not None:
        same = same.exclude(item=except_item)
    taken = same.values_list("item__number", flat=True).first()
    if taken is not None:
        raise Duplicate(number=taken)


def _judge(content: ItemContent, at: datetime) -> None:
    if problems := problems_of(content, limits=selectors.item_limits(timezone.localdate(at))):
        raise ItemFaulty(problems)


def _point(point_id: UUID | None, occupation_code: str, level: int, home: policies.Home) -> Point | None:
    """The point, if items of that home may hang on it: a national one, or one of its own sub-bank."""
    if point_id is None:
        return None
    point = Point.objects.select_related("blueprint", "sub_bank").filter(pk=point_id).first()
    if point is not None and point.sub_bank is not None and not _is_home_of(point.sub_bank, home):
        raise WrongPoint(code="-".join(point.codes))
    blueprint: Blueprint | None = point.blueprint if point else None
    if blueprint is None or (blueprint.occupation_code, blueprint.level, blueprint.state) != (
        occupation_code,
        level,
        "approved",
    ):
        raise WrongPoint(code="-".join(point.codes) if point else point_id)
    return point


def _is_home_of(bank: SubBank, home: policies.Home) -> bool:
    if bank.region_code:
        return bank.region_code == home.region_code
    return not home.region_code and bank.organisation_id == home.organisation_id


def _number(wanted: str, occupation_code: str, level: int, type_: str, point: Point | None) -> str:
    """The number asked for, else type, point and a running part: `B-A-B-C-001-004`; unbound ones `B-U-00012`."""
    taken = Item.objects.filter(occupation_code=occupation_code, level=level)
    if wanted:
        if taken.filter(number=wanted).exists():
            raise NumberTaken(number=wanted)
        return wanted
    return free_number(set(taken.values_list("number", flat=True)), type_, tuple(point.codes) if point else ())


def free_number(taken: set[str], type_: str, codes: tuple[str, ...]) -> str:
    """The next free number for an item of a type at a point (or at none)."""
    head = "-".join((TYPE_CODES[type_], *(codes or ("U",))))
    width = 3 if codes else 5
    running = 1
    while f"{head}-{running:0{width}}" in taken:
        running += 1
    return f"{head}-{running:0{width}}"


@command
def revise_item(
    *, actor: Actor, at: datetime, item_id: UUID, content: ItemContent, difficulty: int, consistency: int
) -> Item:
    """Write a new version; the item goes back to its draft state and passes review and approval anew.

    Papers keep the version that they sealed. Two at once: the item is locked, the second revises what the first wrote.
    """
    item = locked(actor, item_id)
    require(actor, "itembank.write", item)
    state = ITEM.after("revise", item.state)
    _judge(content, at)
    lock_bank(item.occupation_code, item.level)
    refuse_duplicate(item.occupation_code, item.level, content.stem, except_item=item.pk)
    item.latest += 1
    item.state = state
    item.author, item.author_key = actor.name, policies.person_key(actor)
    item.reviewer = item.reviewer_key = item.approver = item.approver_key = item.note = ""
    item.reviewed_at = item.approved_at = item.in_use_since = None
    item.save()
    version = write_version(item, content, difficulty=difficulty, consistency=consistency, at=at, version=item.latest)
    version.save(force_insert=True)
    kept = keep_alike({version: content}, at=at)
    trail.record(
        actor=actor,
        action="itembank.item_revised",
        target=item,
        version=item.latest,
        digest=version.digest,
        compared=kept.compared,
        alike=kept.alike,
    )
    return item


@command
def bind_item(*, actor: Actor, at: datetime, item_id: UUID, point_id: UUID) -> Item:
    """Give a draft its assessment point."""
    item = locked(actor, item_id)
    require(actor, "itembank.write", item)
    item.state = ITEM.after("revise", item.state)
    home = policies.Home(item.region_code, item.organisation_id)
    item.point = _point(point_id, item.occupation_code, item.level, home)
    item.save(update_fields=["point", "state"])
    trail.record(actor=actor, action="itembank.item_bound", target=item, point=point_id)
    return item


@command
def view_item(*, actor: Actor, at: datetime, item_id: UUID) -> ItemView:
    """Open an item and leave a line in the trail that says who did, and when.

    Whoever writes, reviews, approves or inspects may open what they find; others may not. An item of a bank above
    one's own opens once a paper within one's reach has used it: SealedUntilUsed before.
    """
    item = selectors.item(actor, item_id)
    if not any(actor.holds(power) for power in policies.READERS):
        raise NotPermitted(power="itembank.view")
    if not selectors.may_open(actor, item):
        raise SealedUntilUsed
    version = selectors.current_version(item)
    content = sealing.open_item(version.content_sealed, version_id=version.pk)
    trail.record(actor=actor, action="itembank.item_viewed", target=item, version=version.version)
    return ItemView(item, version, content)


@command
def view_disputed(*, actor: Actor, at: datetime, version_id: UUID) -> ItemView:
    """Open the version that a paper asked, for whoever decides on an objection to it, and leave a line in the trail.

    The module that keeps the objections found it under its own scope. Raises NotFound, NotPermitted.
    """
    version = ItemVersion.objects.select_related("item").filter(pk=version_id).first()
    if version is None:
        raise NotFound
    if not actor.holds("scoring.decide_objection"):
        raise NotPermitted(power="scoring.decide_objection")
    content = sealing.open_item(version.content_sealed, version_id=version.pk)
    trail.record(actor=actor, action="itembank.item_viewed", target=version.item, version=version.version)
    return ItemView(version.item, version, content)


def require(actor: Actor, power: str, item: Item) -> None:
    actor.require(power, region=item.region_code, organisation=item.organisation_id)


def locked(actor: Actor, item_id: UUID) -> Item:
    found = selectors.items_for(actor).select_for_update(of=("self",)).filter(pk=item_id).first()
    if found is None:
        raise NotFound
    return found
