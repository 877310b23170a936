"""Relations between items: noted with a reason, ended with a reason, never erased."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext_noop as _

from kaogong.foundation.kernel import trail
from kaogong.foundation.kernel.actors import Actor
from kaogong.foundation.kernel.clauses import Clause
from kaogong.foundation.kernel.commands import command
from kaogong.foundation.kernel.refusals import NotFound, Refusal
from kaogong.itembank import selectors
from kaogong.itembank.models import ItemRelation
from kaogong.itembank.selectors.relations import in_force
from kaogong.itembank.services.items import RULES, lock_bank, locked, require


class NotInThisBank(Refusal):
    """No other item of the same occupation and level has that number, as far as the actor sees."""

    message = _("这个题库里没有另一道题号为 {number} 的试题。")
    clause = Clause(RULES, "relations")
    field = "number"


class RelatedAlready(Refusal):
    """The two items stand in that relation."""

    message = _("两题已经登记为{kind}。")
    clause = Clause(RULES, "relations")
    field = "number"


class NoReason(Refusal):
    """A relation is noted and ended for a reason."""

    message = _("登记或解除试题关系须写明理由。")
    clause = Clause(RULES, "relations")
    field = "reason"


@command
def relate_items(
    *, actor: Actor, at: datetime, item_id: UUID, number: str, kind: ItemRelation.Kind, reason: str
) -> ItemRelation:
    """Note that another item of the bank, by its number, must not meet this one in a paper; sealed papers keep both.

    Asks for itembank.write over this item; the other need only be found. Two at once: the bank is locked, the second
    is told. Raises NotFound, NotPermitted, NotInThisBank, RelatedAlready, NoReason.
    """
    item = locked(actor, item_id)
    require(actor, "itembank.write", item)
    if not reason.strip():
        raise NoReason
    lock_bank(item.occupation_code, item.level)
    same_bank = selectors.items_for(actor).filter(occupation_code=item.occupation_code, level=item.level)
    other = same_bank.filter(number=number.strip()).exclude(pk=item.pk).first()
    if other is None:
        raise NotInThisBank(number=number.strip())
    first, second = sorted((item, other), key=lambda each: each.pk)
    if in_force().filter(first=first, second=second, kind=kind).exists():
        raise RelatedAlready(kind=ItemRelation.Kind(kind).label)
    relation = ItemRelation.objects.create(
        first=first, second=second, kind=kind, reason=reason.strip(), noted_by=actor.name, noted_at=at
    )
    trail.record(
        actor=actor,
        action="itembank.items_related",
        target=item,
        number=item.number,
        other=other.number,
        kind=str(kind),
        reason=reason,
    )
    return relation


@command
def end_relation(*, actor: Actor, at: datetime, item_id: UUID, relation_id: UUID, reason: str) -> ItemRelation:
    """End a relation of this item: from now on the two may meet. Asks for itembank.approve over this item.

    Two at once: the relation is locked, the second finds none. Raises NotFound, NotPermitted, NoReason.
    """
    item = locked(actor, item_id)
    require(actor, "itembank.approve", item)
    mine = in_force().filter(Q(first=item) | Q(second=item))
    relation = mine.select_for_update(of=("self",)).filter(pk=relation_id).first()
    if relation is None:
        raise NotFound
    if not reason.strip():
        raise NoReason
    relation.ended_by, relation.ended_at, relation.ended_because = actor.name, at, reason.strip()
    relation.save(update_fields=["ended_by", "ended_at", "ended_because"])
    trail.record(
        actor=actor,
        action="itembank.relation_ended",
        target=item,
        relation=relation_id,
        kind=relation.kind,
        reason=reason,
    )
    return relation
