"""An item's way into use and out of it: three reviews, the final one, the trial, its statistics, limits and leaks.

Author, reviewers and approver are never one person; each verdict of a reviewer stands as a record of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_noop as _

from kaogong.foundation.kernel import trail
from kaogong.foundation.kernel.actors import Actor
from kaogong.foundation.kernel.clauses import Clause
from kaogong.foundation.kernel.commands import command
from kaogong.foundation.kernel.refusals import NotPermitted, Refusal
from kaogong.itembank import policies, selectors
from kaogong.itembank.models import Item, ItemReview, ItemVersion
from kaogong.itembank.rules.promotion import Line
from kaogong.itembank.services.items import RULES, locked, require
from kaogong.itembank.states import ITEM, REVIEWS


class SamePerson(Refusal):
    """Author, reviewer and approver of an item must be different persons."""

    message = _("您是这道题的{role}，不能再担任{wanted}。")
    advice = _("请由另一位有权限的专家办理；命题、审题、终审须为三个人。")
    clause = Clause(RULES, "three-persons")


class Unbound(Refusal):
    """An item without an assessment point can be a draft only."""

    message = _("试题 {number} 还没有归入鉴定点，不能通过审题。")
    advice = _("请先把试题归入一个鉴定点。")
    clause = Clause(RULES, "unbound")
    field = "point"


class ReviewedAlready(Refusal):
    """The version passed that review before."""

    message = _("试题 {number} 的这一版已经通过{kinds}。")
    advice = _("退回的试题先由命题人修订，再审新的一版。")
    clause = Clause(RULES, "reviews")
    field = "kinds"


class NoOpinion(Refusal):
    """Who sends an item back says why."""

    message = _("退回试题须写明意见。")
    clause = Clause(RULES, "reviews")
    field = "opinion"


class TrialRequired(Refusal):
    """Items of this occupation are tried out before they count."""

    message = _("试题 {number} 须先试测，不能直接启用。")
    advice = _("请终审通过后送试测；试测题随正式试卷施测，不计分。")
    clause = Clause(RULES, "trial")


class NotReady(Refusal):
    """The item's statistics do not meet the rule of promotion; `lines` say which do not."""

    message = _("试题 {number} 的统计未达到启用条件：{first}（共 {count} 项）。")
    advice = _("请继续试测以积累作答，或退回命题人修订；逐项结论见统计审查页。")
    clause = Clause(RULES, "promotion")

    def __init__(self, number: str, lines: Sequence[Line], *, clause: Clause | None = None) -> None:
        first = f"{lines[0].name} {lines[0].found}"
        super().__init__(number=number, first=first, count=len(lines), clause=clause)
        self.lines = list(lines)


@command
def review_item(
    *, actor: Actor, at: datetime, item_id: UUID, kinds: Sequence[str] | None = None, note: str = ""
) -> Item:
    """Pass an item's newest version at some of its reviews (all that are open, when not said).

    Once content, language and technique have all been passed the item is reviewed. No reviewer is its author. Two at
    once: the item is locked, the second is told what was passed already.
    Raises NotFound, NotPermitted, WrongState, Unbound, SamePerson, ReviewedAlready.
    """
    item = locked(actor, item_id)
    require(actor, "itembank.review", item)
    state = ITEM.after("review", item.state)
    if item.point_id is None:
        raise Unbound(number=item.number)
    _another_person(actor, "审题人", 命题人={item.author_key})
    passed = selectors.reviews_passed(item)
    wanted = [kind for kind in REVIEWS if kind not in passed] if kinds is None else list(dict.fromkeys(kinds))
    if again := [REVIEWS[kind] for kind in wanted or passed if kind in passed]:
        raise ReviewedAlready(number=item.number, kinds="、".join(again))
    _write_reviews(actor, at, item, wanted, ItemReview.Verdict.PASSED, note)
    if passed | set(wanted) >= set(REVIEWS):
        item.state = state
    item.note = note
    item.reviewer, item.reviewer_key, item.reviewed_at = actor.name, policies.person_key(actor), at
    item.save(update_fields=["state", "note", "reviewer", "reviewer_key", "reviewed_at"])
    trail.record(actor=actor, action="itembank.item_reviewed", target=item, version=item.latest, kinds=wanted)
    return item


@command
def object_to_item(*, actor: Actor, at: datetime, item_id: UUID, kinds: Sequence[str], opinion: str) -> Item:
    """Find fault with a draft at some of its reviews: it stays with its author, who reads the opinion and revises.

    Raises NotFound, NotPermitted, WrongState, SamePerson, NoOpinion.
    """
    item = locked(actor, item_id)
    require(actor, "itembank.review", item)
    ITEM.after("review", item.state)
    _another_person(actor, "审题人", 命题人={item.author_key})
    if not opinion.strip():
        raise NoOpinion
    _write_reviews(actor, at, item, kinds, ItemReview.Verdict.RETURNED, opinion)
    item.note = opinion
    item.save(update_fields=["note"])
    trail.record(
        actor=actor,
        action="itembank.item_objected",
        target=item,
        version=item.latest,
        kinds=list(kinds),
        reason=opinion,
    )
    return item


@command
def return_item(*, actor: Actor, at: datetime, item_id: UUID, note: str) -> Item:
    """Send a reviewed item back to its author, with the reason: she revises, the new version is reviewed anew."""
    item = locked(actor, item_id)
    require(actor, "itembank.approve", item)
    item.state, item.note = ITEM.after("return", item.state), note
    item.save(update_fields=["state", "note"])
    trail.record(actor=actor, action="itembank.item_returned", target=item, reason=note)
    return item


@command
def approve_item(*, actor: Actor, at: datetime, item_id: UUID) -> Item:
    """Approve an item (终审) for use at once, where no trial is asked for: papers may take it.

    The approver is neither author nor reviewer. Raises TrialRequired.
    """
    item = locked(actor, item_id)
    state = _finally(actor, at, item, "approve")
    if selectors.trial_rules(item.occupation_code, timezone.localdate(at)).is_required:
        raise TrialRequired(number=item.number)
    item.state, item.in_use_since = state, at
    item.save(update_fields=["state", "in_use_since", "approver", "approver_key", "approved_at"])
    trail.record(actor=actor, action="itembank.item_approved", target=item, version=item.latest)
    return item


@command
def clear_item(*, actor: Actor, at: datetime, item_id: UUID) -> Item:
    """Pass an item at its final review and send it to the trial: papers may carry it, unscored."""
    item = locked(actor, item_id)
    item.state = _finally(actor, at, item, "clear")
    item.save(update_fields=["state", "approver", "approver_key", "approved_at"])
    trail.record(actor=actor, action="itembank.item_cleared", target=item, version=item.latest)
    return item


@command
def end_trial(*, actor: Actor, at: datetime, item_id: UUID) -> Item:
    """Take an item out of the trial for the review of its statistics."""
    return _shift(actor, item_id, "assess", "itembank.item_assessed", "")


@command
def try_again(*, actor: Actor, at: datetime, item_id: UUID, reason: str) -> Item:
    """Let an assessed item go on in the trial, say for more responses."""
    return _shift(actor, item_id, "retry", "itembank.item_tried_again", reason)


@command
def promote_item(*, actor: Actor, at: datetime, item_id: UUID, reason: str) -> Item:
    """Put a tried item into use by the rule, with the signature of a human under its statistics. Not by its author.

    The newest statistic of the newest version is held against the figures of the day; the trail keeps which run that
    was and what the signer had to have a reason for. Raises SamePerson, NotReady.
    """
    item = locked(actor, item_id)
    require(actor, "itembank.approve", item)
    state = ITEM.after("promote", item.state)
    _another_person(actor, "统计审查人", 命题人={item.author_key})
    standing = selectors.standing_of(item)
    verdict = selectors.verdict_of(standing, timezone.localdate(at))
    if standing.statistic is None or not verdict.is_met:
        raise NotReady(item.number, verdict.failing)
    item.state, item.in_use_since = state, at
    item.save(update_fields=["state", "in_use_since"])
    trail.record(
        actor=actor,
        action="itembank.item_promoted",
        target=item,
        version=item.latest,
        run=standing.statistic.run_id,
        doubtful=[each.name for each in verdict.doubtful],
        reason=reason,
    )
    return item


@command
def limit_item(*, actor: Actor, at: datetime, item_id: UUID, reason: str) -> Item:
    """Keep an item from new papers without retiring it, say because too many have seen it."""
    return _shift(actor, item_id, "limit", "itembank.item_limited", reason)


@command
def release_item(*, actor: Actor, at: datetime, item_id: UUID, reason: str) -> Item:
    """Let papers take a limited item again."""
    return _shift(actor, item_id, "release", "itembank.item_released", reason)


@command
def freeze_item(*, actor: Actor, at: datetime, item_id: UUID, reason: str) -> Item:
    """Stop papers from taking an item, say after a leak."""
    return _shift(actor, item_id, "freeze", "itembank.item_frozen", reason)


@command
def stop_disputed(*, actor: Actor, at: datetime, version_id: UUID, reason: str) -> Item:
    """Keep a question that was found faulty out of new papers: freeze its item, unless that was revised since.

    Whoever upheld the objection may (power scoring.decide_objection), in anybody's bank: stopping is the safe side.
    What becomes of the item (a new version, the thaw, the end) is for the people of its bank.
    """
    if not actor.holds("scoring.decide_objection"):
        raise NotPermitted(power="scoring.decide_objection")
    version = ItemVersion.objects.get(pk=version_id)
    item = Item.objects.select_for_update().get(pk=version.item_id)
    stops = version.version == item.latest and any(move.verb == "freeze" for move in ITEM.open_to(item.state))
    if stops:
        item.state = ITEM.after("freeze", item.state)
        item.save(update_fields=["state"])
    action = "itembank.item_frozen" if stops else "itembank.item_found_faulty"
    trail.record(actor=actor, action=action, target=item, reason=reason, version=version.version)
    return item


@command
def thaw_item(*, actor: Actor, at: datetime, item_id: UUID, reason: str) -> Item:
    """Let a frozen item go on: into use again, or to the trial when it never was in use."""
    item = locked(actor, item_id)
    verb = "thaw" if item.in_use_since else "thaw_untried"
    return _shift(actor, item_id, verb, "itembank.item_thawed", reason)


@command
def retire_item(*, actor: Actor, at: datetime, item_id: UUID, reason: str) -> Item:
    """Take an item out of the bank for good; papers that hold it keep it."""
    return _shift(actor, item_id, "retire", "itembank.item_retired", reason)


def _finally(actor: Actor, at: datetime, item: Item, verb: str) -> str:
    """The state after the final review, with the approver noted on the item. Raises SamePerson."""
    require(actor, "itembank.approve", item)
    state = ITEM.after(verb, item.state)
    reviewers = {item.reviewer_key, *selectors.reviewers_of(item)}
    _another_person(actor, "终审人", 命题人={item.author_key}, 审题人=reviewers)
    item.approver, item.approver_key, item.approved_at = actor.name, policies.person_key(actor), at
    return state


def _write_reviews(
    actor: Actor, at: datetime, item: Item, kinds: Sequence[str], verdict: ItemReview.Verdict, opinion: str
) -> None:
    ItemReview.objects.bulk_create(
        ItemReview(
            item=item,
            version=item.latest,
            kind=kind,
            verdict=verdict,
            opinion=opinion,
            reviewer=actor.name,
            reviewer_key=policies.person_key(actor),
            author_key=item.author_key,
            reviewed_at=at,
        )
        for kind in kinds
    )


def _shift(actor: Actor, item_id: UUID, verb: str, action: str, reason: str) -> Item:
    item = locked(actor, item_id)
    require(actor, "itembank.approve", item)
    item.state = ITEM.after(verb, item.state)
    item.save(update_fields=["state"])
    trail.record(actor=actor, action=action, target=item, reason=reason)
    return item


def _another_person(actor: Actor, wanted: str, **earlier: set[str]) -> None:
    mine = policies.person_key(actor)
    for role, keys in earlier.items():
        if mine in keys:
            raise SamePerson(role=role, wanted=wanted)
