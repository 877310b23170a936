"""试题异议: asked of a numbered question in time, decided once by an expert who had no hand in it, published."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from kaogong.delivery import selectors as delivery
from kaogong.delivery.models import Attempt
from kaogong.foundation.calendar import selectors as calendar
from kaogong.foundation.identity import selectors as identity
from kaogong.foundation.kernel import trail
from kaogong.foundation.kernel.actors import Actor
from kaogong.foundation.kernel.commands import command
from kaogong.foundation.kernel.refusals import NotPermitted
from kaogong.foundation.outbox import announcing
from kaogong.foundation.signing import encryption
from kaogong.itembank import selectors as itembank
from kaogong.itembank import services as bank
from kaogong.itembank.models import PaperItem
from kaogong.itembank.rules.items import FILL_IN, OBJECTIVE, ItemContent, problems_of
from kaogong.registration.models import Registration
from kaogong.scoring import rules, selectors
from kaogong.scoring.events import ObjectionDecided
from kaogong.scoring.gate import figure
from kaogong.scoring.models import Dispute, Objection
from kaogong.scoring.refusals import (
    HadAHandInIt,
    NoSuchQuestion,
    ObjectedAlready,
    ObjectionTooLate,
    ObjectionToWhatWasNotSat,
    ObjectionWithoutWords,
    RuledAlready,
    RulingFaulty,
    RulingWithoutReason,
    TooManyObjections,
)
from kaogong.scoring.states import DISPUTE
from kaogong.scoring.working import ruling_context
from kaogong.sittings.models import Round

DAYS_FROM = {"exam": "考试", "publication": "成绩公布"}
POWER = "scoring.decide_objection"


@command
def object_to_question(*, actor: Actor, at: datetime, attempt_id: UUID, number: int, kind: str, text: str) -> Objection:
    """Object to one question of a paper that was handed in, by the number under which the candidate saw it.

    She herself, or whoever was on duty at the part for her seat. All who met the question in the round stand in one
    dispute, opened by the first. Two at once: the round is locked, the second joins what the first opened.
    """
    attempt = delivery.attempt_for(actor, attempt_id)
    is_official = not identity.is_same_human(attempt.registration.person_id, actor.person_id)
    if is_official and not delivery.may_run(actor, attempt.part):
        raise NotPermitted(power="delivery.run")
    round_ = Round.objects.select_for_update().get(pk=attempt.part.sitting.round_id)
    place = _place(attempt, at, number)
    if kind not in rules.OBJECTIONS or not text.strip():
        raise ObjectionWithoutWords
    most = figure("scoring.objections_per_part", attempt.part.sitting)
    if Objection.objects.filter(attempt=attempt, is_official=is_official).count() >= int(most.value):
        raise TooManyObjections(most=most.value)
    dispute = _dispute(actor, at, round_, attempt, place)
    objection = Objection(
        dispute=dispute,
        attempt=attempt,
        shown_as=number,
        kind=kind,
        text=text.strip()[:400],
        is_official=is_official,
        filed_at=at,
        filed_by=itembank.person_key(actor),
        filed_by_name=actor.name,
    )
    try:
        with transaction.atomic():
            objection.save(force_insert=True)
    except IntegrityError as error:
        raise ObjectedAlready(number=number) from error
    trail.record(actor=actor, action="scoring.objected", target=dispute, kind=kind, attempt=attempt.pk)
    return objection


def _place(attempt: Attempt, at: datetime, number: int) -> PaperItem:
    """The place of the paper that she saw as `number`. Raises ObjectionToWhatWasNotSat, -TooLate, NoSuchQuestion."""
    if attempt.state != "sealed" or attempt.part.part == "skill":
        raise ObjectionToWhatWasNotSat
    window = selectors.objection_window(attempt, at)
    if not window.is_open:
        days, until = window.days.value["days"], f"{window.until:%Y年%-m月%-d日}"
        raise ObjectionTooLate(after=DAYS_FROM[window.after], days=days, until=until, clause=window.days.clause)
    order = delivery.order_of(attempt)
    if not 1 <= number <= len(order):
        raise NoSuchQuestion(number=number, count=len(order))
    return order[number - 1]


def _dispute(actor: Actor, at: datetime, round_: Round, attempt: Attempt, place: PaperItem) -> Dispute:
    """The round's dispute of that question, locked; opened when there is none. Raises RuledAlready."""
    found = Dispute.objects.select_for_update().filter(round=round_, version=place.version_id).first()
    if found is not None:
        if found.state != "open":
            raise RuledAlready(number=found.number, state=found.state_label)
        return found
    days = figure("scoring.objection_answer_days", attempt.part.sitting)
    opened = Dispute.objects.create(
        number=f"{round_.number}-Y{Dispute.objects.filter(round=round_).count() + 1:02d}",
        round=round_,
        version_id=place.version_id,
        region_code=round_.region_code,
        opened_at=at,
        answer_until=calendar.deadline(timezone.localdate(at), int(days.value)).due_on,
    )
    trail.record(actor=actor, action="scoring.dispute_opened", target=opened, number=opened.number)
    return opened


@command
def open_disputed(*, actor: Actor, at: datetime, dispute_id: UUID) -> bank.ItemView:
    """Open the question as it was asked, on record, for whoever may decide on it."""
    dispute = _found(actor, dispute_id)
    _require_judge(actor, dispute)
    trail.record(actor=actor, action="scoring.disputed_question_read", target=dispute)
    return bank.view_disputed(actor=actor, at=at, version_id=dispute.version_id)


@command
def dismiss_objections(*, actor: Actor, at: datetime, dispute_id: UUID, reason: str) -> Dispute:
    """Decide that the question is sound: no mark changes; the reason is published. Two at once: one ruling stands."""
    dispute = _judged(actor, dispute_id, reason)
    dispute.state = DISPUTE.after("dismiss", dispute.state)
    return _ruled(actor, at, dispute, reason)


@command
def uphold_objections(
    *, actor: Actor, at: datetime, dispute_id: UUID, effect: str, reason: str, answers: Sequence[str] = ()
) -> Dispute:
    """Decide that the question is faulty: `key` (the right answer), `several` (all that count) or `void`.

    What void means (full marks to all, or left out with the rest worth more) a provision says. The item is frozen for
    new papers. Marks given from now on follow the ruling; marks given before change by `rescore`, by another person.
    Two at once: one ruling stands, the other is told. Raises RulingFaulty.
    """
    dispute = _judged(actor, dispute_id, reason)
    dispute.state = DISPUTE.after("uphold", dispute.state)
    view = bank.view_disputed(actor=actor, at=at, version_id=dispute.version_id)
    first = selectors.parts_touched(dispute)[0].sitting
    if effect == "void":
        rule = figure("scoring.void_item", first)
        dispute.effect, dispute.clause = str(rule.value), str(rule.clause)
    else:
        accepted = _accepted(view.content, effect, answers, at)
        dispute.effect, dispute.clause = effect, "kaogong-scoring-rules/objection-effect"
        clear = json.dumps(accepted, ensure_ascii=False).encode()
        dispute.answers_sealed = encryption.seal(clear, context=ruling_context(dispute))
    _ruled(actor, at, dispute, reason)
    bank.stop_disputed(actor=actor, at=at, version_id=dispute.version_id, reason=f"试题异议成立：{dispute.number}")
    return dispute


def _accepted(content: ItemContent, effect: str, answers: Sequence[str], at: datetime) -> list[str]:
    """The answers that will count, each fit to be a key of this question. Raises RulingFaulty."""
    given = list(dict.fromkeys(each.strip() for each in answers if each.strip()))
    if effect not in {"key", "several"} or content.type not in OBJECTIVE:
        raise RulingFaulty(why="按评分标准评分的题目只能整题处理")
    if effect == "several" and content.type == FILL_IN:
        raise RulingFaulty(why="填空题请选“更正答案”，同一空的几个答案用竖线隔开")
    if effect == "key" and len(given) != 1:
        raise RulingFaulty(why="更正答案须填一个答案")
    if effect == "several" and len(given) < 2:
        raise RulingFaulty(why="须填两个以上的答案")
    if given == [content.key]:
        raise RulingFaulty(why="与原答案相同")
    limits = itembank.item_limits(timezone.localdate(at))
    for each in given:
        faults = [
            problem for problem in problems_of(replace(content, key=each), limits=limits) if problem.field == "key"
        ]
        if faults:
            raise RulingFaulty(why=str(faults[0]))
    return given


def _found(actor: Actor, dispute_id: UUID) -> Dispute:
    return selectors.dispute(actor, dispute_id)


def _judged(actor: Actor, dispute_id: UUID, reason: str) -> Dispute:
    """The dispute, locked and still open, for somebody who may decide on it. Raises as `_require_judge` and more."""
    found = _found(actor, dispute_id)
    dispute = Dispute.objects.select_for_update().get(pk=found.pk)
    _require_judge(actor, dispute)
    DISPUTE.after("dismiss", dispute.state)
    if not reason.strip():
        raise RulingWithoutReason
    return dispute


def _require_judge(actor: Actor, dispute: Dispute) -> None:
    """Raise NotPermitted without the power over the round, HadAHandInIt for whoever is a party to the question."""
    round_ = Round.objects.get(pk=dispute.round_id)
    actor.require(POWER, region=round_.region_code, organisation=round_.organisation_id)
    version = dispute.version
    if itembank.person_key(actor) in itembank.hands_on(version):
        raise HadAHandInIt(role="参与了这道题的命题、审题或终审")
    herself = identity.is_human("person", actor.person_id)
    if Registration.objects.filter(herself, sitting__round=round_).exists():
        raise HadAHandInIt(role="参加了这个批次的考试")
    if Objection.objects.filter(dispute=dispute, filed_by=itembank.person_key(actor)).exists():
        raise HadAHandInIt(role="对这道题提出了异议")


def _ruled(actor: Actor, at: datetime, dispute: Dispute, reason: str) -> Dispute:
    """Stamp, save, record and announce a ruling."""
    dispute.reason, dispute.decided_at = reason.strip()[:600], at
    dispute.decided_by, dispute.decided_by_name = actor.account_id, actor.name
    dispute.clause = dispute.clause or "kaogong-scoring-rules/objection-ruling"
    dispute.save()
    trail.record(
        actor=actor,
        action=f"scoring.objection_{dispute.state}",
        target=dispute,
        reason=dispute.reason,
        attest=trail.Attest.AS_IT_IS,
        effect=dispute.effect,
    )
    announcing.announce_each(
        [
            ObjectionDecided(
                region_code=dispute.region_code,
                objection_id=each.pk,
                registration_id=each.attempt.registration_id,
                outcome=dispute.state,
            )
            for each in Objection.objects.filter(dispute=dispute, is_official=False).select_related("attempt")
        ],
        at=at,
    )
    return dispute
