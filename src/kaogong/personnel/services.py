"""What happens to personnel: cards are granted and withdrawn, duties enter the diary, relations are recorded."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.timezone import localtime
from django.utils.translation import gettext_noop as _

from kaogong.foundation.kernel import trail
from kaogong.foundation.kernel.actors import Actor
from kaogong.foundation.kernel.clauses import Clause
from kaogong.foundation.kernel.commands import command
from kaogong.foundation.kernel.refusals import NotFound, NotPermitted, Refusal
from kaogong.foundation.outbox import announcing
from kaogong.personnel import policies, selectors
from kaogong.personnel.events import CardChanged
from kaogong.personnel.models import Card, Duty, Relation
from kaogong.personnel.states import CARD
from kaogong.regulations.selectors import provision

HOUSE = "kaogong-personnel-rules"


class CardNumberTaken(Refusal):
    """Another card bears the number."""

    message = _("证卡编号 {number} 已被使用。")
    advice = _("请核对编号。")
    clause = Clause(HOUSE, "card-numbers")
    field = "number"


class CardIncomplete(Refusal):
    """What the card says does not hold together."""

    message = _("证卡内容不成立：{reason}。")
    advice = _("请按考评员资格文件核对后重填。")
    clause = Clause(HOUSE, "card-numbers")


class BeyondKind(Refusal):
    """A card would name levels that the rule does not give to its kind."""

    message = _("按 {on} 的规定，{kind}的证卡不能写入{levels}级。")
    advice = _("请核对等级，或按高级考评员办理。")
    clause = Clause("examiner-trial-rule", "who-may-assess")
    field = "levels"


class ReasonMissing(Refusal):
    """A change of state without its reason."""

    message = _("没有写明理由。")
    advice = _("请写明理由及依据的文件。")
    clause = Clause(HOUSE, "card-numbers")
    field = "reason"


class DoubleBooked(Refusal):
    """The person has another duty in that time; of two entered at once, the later is refused."""

    message = _("该人员在 {starts_at} 至 {ends_at} 已有其他职责，不能同时安排两处。")
    advice = _("请换一位人员，或先解除原有安排。")
    clause = Clause(HOUSE, "one-place")


class RelationKnown(Refusal):
    """The same fact between the two has been entered."""

    message = _("两人之间的这一关系已经登记。")
    advice = _("如起止日期不同，请写明日期后另行登记。")
    clause = Clause(HOUSE, "relations")


class RelationToOneself(Refusal):
    """Nobody is related to herself."""

    message = _("不能登记一个人与自己的关系。")
    advice = _("请核对两人的证件。")
    clause = Clause(HOUSE, "relations")


@command
def grant_card(
    *,
    actor: Actor,
    at: datetime,
    person_id: UUID,
    kind: str,
    number: str,
    levels: Collection[int],
    since: date,
    until: date,
    issued_by_id: UUID,
    region_code: str,
    occupation_code: str = "",
    occupation_name: str = "",
    employer_id: UUID | None = None,
) -> Card:
    """Grant a card of `kind` ("examiner", "senior_examiner", "supervisor") for a term, both days included.

    Its levels must lie within what the rule of the first day gives to the kind. Needs `personnel.grant` over region,
    employer or issuer. Raises CardNumberTaken, CardIncomplete, BeyondKind.
    """
    card = Card(
        person_id=person_id,
        kind=Card.Kind(kind),
        number=number.strip(),
        occupation_code=occupation_code,
        occupation_name=occupation_name,
        levels=sorted(set(levels)),
        since=since,
        until=until,
        employer_id=employer_id,
        issued_by_id=issued_by_id,
        region_code=region_code,
    )
    policies.require(actor, "personnel.grant", card)
    _check_card(card)
    try:
        with transaction.atomic():
            card.save(force_insert=True)
    except IntegrityError as error:
        raise CardNumberTaken(number=card.number) from error
    trail.record(
        actor=actor,
        action="personnel.card_granted",
        target=card,
        attest=trail.Attest.AS_IT_IS,
        person=person_id,
        kind=card.kind,
        number=card.number,
        occupation=occupation_code,
        levels=card.levels,
    )
    _announce(card, at)
    return card


def _check_card(card: Card) -> None:
    if card.until < card.since:
        raise CardIncomplete(reason="止日早于起日", field="until")
    years = provision("personnel.card_years_max", on=card.since, region_code=card.region_code)
    if card.until.year - card.since.year > years.number:
        raise CardIncomplete(reason=f"期限超过 {years.number} 年", field="until", clause=years.clause)
    if card.kind == Card.Kind.SUPERVISOR:
        return
    if not card.occupation_code:
        raise CardIncomplete(reason="考评员证卡须写明职业", field="occupation_code")
    if not card.levels:
        raise CardIncomplete(reason="考评员证卡须写明等级", field="levels")
    rule = provision(selectors.LEVEL_PROVISION[card.kind], on=card.since, region_code=card.region_code)
    beyond = sorted(set(card.levels) - set(rule.value))
    if beyond:
        names = "、".join(map(str, beyond))
        raise BeyondKind(on=card.since, kind=Card.Kind(card.kind).label, levels=names, clause=rule.clause)


@command
def suspend_card(*, actor: Actor, at: datetime, card_id: UUID, reason: str) -> Card:
    """Suspend a card."""
    return _change(actor, at, card_id, "suspend", reason)


@command
def resume_card(*, actor: Actor, at: datetime, card_id: UUID, reason: str) -> Card:
    """Let a suspended card hold again."""
    return _change(actor, at, card_id, "resume", reason)


@command
def withdraw_card(*, actor: Actor, at: datetime, card_id: UUID, reason: str) -> Card:
    """Withdraw a card for good."""
    return _change(actor, at, card_id, "withdraw", reason)


@command
def record_duty(
    *,
    actor: Actor,
    at: datetime,
    person_id: UUID,
    kind: str,
    starts_at: datetime,
    ends_at: datetime,
    organisation_id: UUID,
    reference: str,
) -> Duty:
    """Enter a duty into a person's diary. Called by the module that appoints, within its command and under its scope.

    Of two that overlap, entered at once, the database lets one in; the other is refused with DoubleBooked.
    """
    duty = Duty(
        person_id=person_id,
        kind=kind,
        starts_at=starts_at,
        ends_at=ends_at,
        organisation_id=organisation_id,
        reference=reference,
    )
    try:
        with transaction.atomic():
            duty.save(force_insert=True)
    except IntegrityError as error:
        if "no_two_duties_at_once" not in str(error):
            raise
        raise DoubleBooked(starts_at=_clock(starts_at), ends_at=_clock(ends_at)) from error
    trail.record(
        actor=actor, action="personnel.duty_recorded", target=duty, person=person_id, kind=kind, reference=reference
    )
    return duty


@command
def cancel_duties(*, actor: Actor, at: datetime, reference: str, person_id: UUID | None = None) -> int:
    """Cancel the live duties of a reference, of one person or all; returns how many. Their times become free."""
    duties = Duty.objects.filter(reference=reference, cancelled_at__isnull=True)
    if person_id is not None:
        duties = duties.filter(person_id=person_id)
    count = duties.update(cancelled_at=at)
    trail.record(actor=actor, action="personnel.duties_cancelled", reference=reference, count=count)
    return count


@command
def shift_duties(*, actor: Actor, at: datetime, reference: str, days: int) -> int:
    """Move the live duties of a reference by whole days at the same hours; returns how many.

    Raises DoubleBooked when somebody has another duty then; nothing is moved.
    """
    live = Duty.objects.select_for_update().filter(reference=reference, cancelled_at__isnull=True)
    # The foremost first, so that nobody's own duties of this reference run into each other on the way.
    duties = list(live.order_by("-starts_at" if days > 0 else "starts_at", "person_id"))
    for duty in duties:
        duty.starts_at += timedelta(days=days)
        duty.ends_at += timedelta(days=days)
        try:
            with transaction.atomic():
                duty.save(update_fields=["starts_at", "ends_at"])
        except IntegrityError as error:
            raise DoubleBooked(starts_at=_clock(duty.starts_at), ends_at=_clock(duty.ends_at)) from error
    trail.record(actor=actor, action="personnel.duties_shifted", reference=reference, count=len(duties), days=days)
    return len(duties)


@command
def relate(
    *,
    actor: Actor,
    at: datetime,
    first_id: UUID,
    second_id: UUID,
    kind: str,
    source: str,
    since: date | None = None,
    until: date | None = None,
) -> Relation:
    """Record a fact between two persons ("taught", "employed", "related", "paired"), once, in whichever order.

    Needs `personnel.relate` somewhere: facts of relation cross territories, because avoidance does.
    """
    if not actor.holds("personnel.relate"):
        raise NotPermitted(power="personnel.relate")
    if first_id == second_id:
        raise RelationToOneself
    first, second = sorted((first_id, second_id), key=str)
    relation = Relation(
        first_id=first, second_id=second, kind=Relation.Kind(kind), since=since, until=until, source=source
    )
    try:
        with transaction.atomic():
            relation.save(force_insert=True)
    except IntegrityError as error:
        raise RelationKnown from error
    trail.record(actor=actor, action="personnel.related", target=relation, first=first, second=second, kind=kind)
    return relation


def _change(actor: Actor, at: datetime, card_id: UUID, verb: str, reason: str) -> Card:
    visible = selectors.cards_for(actor).values("pk")
    card = Card.objects.select_for_update().filter(pk__in=visible).filter(pk=card_id).first()
    if card is None:
        raise NotFound
    policies.require(actor, "personnel.grant", card)
    if not reason.strip():
        raise ReasonMissing
    card.state = CARD.after(verb, card.state)
    card.state_reason = reason.strip()
    card.save(update_fields=["state", "state_reason"])
    action = {"suspend": "suspended", "resume": "resumed", "withdraw": "withdrawn"}[verb]
    trail.record(
        actor=actor, action=f"personnel.card_{action}", target=card, attest=trail.Attest.AS_IT_IS, reason=reason.strip()
    )
    _announce(card, at)
    return card


def _announce(card: Card, at: datetime) -> None:
    event = CardChanged(region_code=card.region_code, card_id=card.pk, person_id=card.person_id, state=card.state)
    announcing.announce(event, at=at)


def _clock(moment: datetime) -> str:
    return f"{localtime(moment):%Y-%m-%d %H:%M}"
