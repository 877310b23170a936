"""Near-duplicates: a bank compared with itself, pairs opened side by side and judged by people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_noop as _

from kaogong.foundation.kernel import trail
from kaogong.foundation.kernel.actors import Actor
from kaogong.foundation.kernel.clauses import Clause
from kaogong.foundation.kernel.commands import command
from kaogong.foundation.kernel.refusals import NotFound, NotPermitted, Refusal
from kaogong.itembank import policies, selectors
from kaogong.itembank.models import Item, Resemblance
from kaogong.itembank.rules.items import ItemContent
from kaogong.itembank.rules.likeness import Bank, Sketch
from kaogong.itembank.services.comparing import keep_pairs, newest, opened
from kaogong.itembank.services.items import RULES, SealedUntilUsed

JUDGES = ("itembank.review", "itembank.approve")


class NothingToCompare(Refusal):
    """The bank has fewer than two items within reach."""

    message = _("这个题库里您能查到的试题不足两道，无从比较。")
    clause = Clause(RULES, "near-duplicates")
    field = "bank"


class OwnItem(Refusal):
    """The author of an item does not judge whether it repeats another."""

    message = _("您是其中一道题的命题人，不能判断它是否重复。")
    advice = _("请由另一位有审题或终审权限的专家判断。")
    clause = Clause(RULES, "near-duplicates")


class UnknownVerdict(Refusal):
    """A pair is distinct or of one source."""

    message = _("判断只能是“不是重复”或“同源”。")
    clause = Clause(RULES, "near-duplicates")
    field = "verdict"


@dataclass(frozen=True, slots=True)
class Pair:
    """Two alike items opened side by side."""

    resemblance: Resemblance
    first: ItemContent
    second: ItemContent


@command
def compare_bank(*, actor: Actor, at: datetime, occupation_code: str, level: int) -> int:
    """Compare all items of a bank that the actor finds with each other; return how many pairs are new on the list.

    For whoever reviews or approves. Pairs that are listed keep their verdicts. Raises NotPermitted, NothingToCompare.
    """
    if not any(actor.holds(power) for power in JUDGES):
        raise NotPermitted(power=JUDGES[0])
    within = newest(occupation_code, level).filter(policies.visible_items_of(actor))
    versions = list(within.only("pk", "content_sealed"))
    if len(versions) < 2:  # a pair
        raise NothingToCompare
    bank = Bank([Sketch.of(each) for each in opened(versions)])
    threshold = selectors.alike_from(occupation_code, timezone.localdate(at))
    found = [(versions[each.first], versions[each.second], each.likeness) for each in bank.among_themselves(threshold)]
    made = keep_pairs(found, at)
    trail.record(
        actor=actor,
        action="itembank.bank_compared",
        occupation_code=occupation_code,
        level=level,
        compared=len(versions),
        alike=made,
    )
    return made


@command
def view_resemblance(*, actor: Actor, at: datetime, resemblance_id: UUID) -> Pair:
    """Open both items of a pair; each leaves its line in the trail, as when it is opened alone."""
    found = selectors.resemblance(actor, resemblance_id)
    if not any(actor.holds(power) for power in policies.READERS):
        raise NotPermitted(power="itembank.view")
    if not all(selectors.may_open(actor, version.item) for version in (found.first, found.second)):
        raise SealedUntilUsed
    for version in (found.first, found.second):
        trail.record(actor=actor, action="itembank.item_viewed", target=version.item, version=version.version)
    first, second = opened([found.first, found.second])
    return Pair(found, first, second)


@command
def judge_resemblance(*, actor: Actor, at: datetime, resemblance_id: UUID, verdict: str, note: str = "") -> Resemblance:
    """Say of a pair that it is no duplicate, or that both are of one source; a later verdict takes the place of it.

    By someone who may review or approve one of the two and wrote neither. Two at once: the pair is locked, the
    second verdict stands, and the trail holds both. Raises NotFound, NotPermitted, OwnItem, UnknownVerdict.
    """
    selectors.resemblance(actor, resemblance_id)
    found = Resemblance.objects.select_for_update().filter(pk=resemblance_id).first()
    if found is None:
        raise NotFound
    items = [found.first.item, found.second.item]
    if not any(_may_judge(actor, item) for item in items):
        raise NotPermitted(power=JUDGES[0])
    if policies.person_key(actor) in {each.author_key for each in items}:
        raise OwnItem
    if verdict not in {Resemblance.Verdict.DISTINCT, Resemblance.Verdict.KIN}:
        raise UnknownVerdict
    found.verdict, found.note, found.judged_at, found.judged_by = verdict, note, at, actor.name
    found.save(update_fields=["verdict", "note", "judged_at", "judged_by"])
    trail.record(
        actor=actor,
        action="itembank.resemblance_judged",
        target=found,
        reason=note,
        verdict=verdict,
        items=[each.number for each in items],
    )
    return found


def _may_judge(actor: Actor, item: Item) -> bool:
    return any(actor.may(power, region=item.region_code, organisation=item.organisation_id) for power in JUDGES)
