"""A sitting is published, moved, held, cancelled or declared void; a round is completed or cancelled."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.timezone import localdate, localtime

from kaogong.foundation.kernel import trail
from kaogong.foundation.kernel.actors import Actor
from kaogong.foundation.kernel.commands import command
from kaogong.foundation.kernel.refusals import NotPermitted
from kaogong.foundation.outbox import announcing
from kaogong.regulations.selectors import provision
from kaogong.sittings import hooks, policies, selectors
from kaogong.sittings.events import SittingCancelled, SittingHeld, SittingMoved
from kaogong.sittings.models import Round, Sitting, SittingMove, SittingPart, SittingRoom
from kaogong.sittings.services import refusals
from kaogong.sittings.states import ROUND, SITTING


@command
def publish(*, actor: Actor, at: datetime, sitting_id: UUID) -> Sitting:
    """Mark a sitting's seats and tickets as published: it takes no applications any more. Called by `seating`."""
    sitting = _locked(actor, sitting_id)
    policies.require(actor, "seating.arrange", sitting)
    _enter(sitting, "publish")
    trail.record(actor=actor, action="sittings.published", target=sitting, number=sitting.number)
    return sitting


@command
def move(*, actor: Actor, at: datetime, sitting_id: UUID, to: date, reason: str, is_emergency: bool = False) -> Sitting:
    """Move a sitting to another day, all its parts by whole days at the same hours; its history is kept.

    Needs `sittings.move`. A change must be asked for some days ahead (a provision) unless it is an emergency, such as
    a typhoon. The rooms must be free on the new day (RoomTaken) and the station in scope then (OutOfScope).
    """
    sitting = _locked(actor, sitting_id)
    policies.require(actor, "sittings.move", sitting)
    state = SITTING.after("move", sitting.state)
    if not reason.strip():
        raise refusals.ReasonMissing
    _check_move(sitting, to, localdate(at), is_emergency=is_emergency)
    days = (to - sitting.held_on).days
    moved = SittingMove(
        sitting=sitting,
        from_day=sitting.held_on,
        to_day=to,
        reason=reason.strip(),
        is_emergency=is_emergency,
        moved_at=at,
    )
    sitting.state = state
    sitting.held_on = to
    sitting.save(update_fields=["state", "held_on"])
    _shift(sitting, days)
    moved.save(force_insert=True)
    trail.record(
        actor=actor,
        action="sittings.moved",
        target=sitting,
        reason=reason.strip(),
        from_day=moved.from_day,
        to_day=to,
        emergency=is_emergency,
    )
    for hook in hooks.moved:
        hook(actor=actor, at=at, sitting_id=sitting.pk, days=days)
    event = SittingMoved(
        region_code=sitting.region_code,
        sitting_id=sitting.pk,
        from_day=moved.from_day,
        to_day=to,
        reason=moved.reason,
    )
    announcing.announce(event, at=at)
    return sitting


def _check_move(sitting: Sitting, to: date, on: date, *, is_emergency: bool) -> None:
    if to == sitting.held_on:
        raise refusals.MoveNowhere(to=to, reason="与原日期相同")
    if to < on:
        raise refusals.MoveNowhere(to=to, reason="该日期已经过去")
    ahead = provision("sittings.change_notice_days", on=on, region_code=sitting.region_code)
    left = (min(sitting.held_on, to) - on).days
    if left < ahead.number and not is_emergency:
        raise refusals.MoveTooLate(days=ahead.number, held_on=sitting.held_on, left=left, clause=ahead.clause)
    scope = selectors.scope_of(sitting, to)
    if not scope.is_within:
        raise refusals.OutOfScope(subject=sitting.number, reason=scope.reason, clause=scope.clause)


def _shift(sitting: Sitting, days: int) -> None:
    rooms = SittingRoom.objects.filter(part__sitting=sitting)
    rooms.update(is_live=False)
    for part in SittingPart.objects.select_for_update().filter(sitting=sitting).order_by("part"):
        part.starts_at += timedelta(days=days)
        part.ends_at += timedelta(days=days)
        part.save(update_fields=["starts_at", "ends_at"])
        try:
            with transaction.atomic():
                rooms.filter(part=part).update(period=(part.starts_at, part.ends_at), is_live=True)
        except IntegrityError as error:
            period = f"{localtime(part.starts_at):%Y-%m-%d %H:%M}–{localtime(part.ends_at):%H:%M}"
            raise refusals.RoomTaken(period=period) from error


@command
def hold(*, actor: Actor, at: datetime, sitting_id: UUID) -> Sitting:
    """Declare a sitting held, once its last part has begun. Needs `delivery.run` or `sittings.plan` over it."""
    sitting = _locked(actor, sitting_id)
    _require_one(actor, sitting, "delivery.run", "sittings.plan")
    last = SittingPart.objects.filter(sitting=sitting).order_by("-starts_at").first()
    SITTING.after("hold", sitting.state)
    if last is not None and at < last.starts_at:
        raise refusals.NotHeldYet(number=sitting.number)
    _enter(sitting, "hold")
    trail.record(actor=actor, action="sittings.held", target=sitting, number=sitting.number)
    event = SittingHeld(region_code=sitting.region_code, sitting_id=sitting.pk, held_on=sitting.held_on)
    announcing.announce(event, at=at)
    return sitting


@command
def cancel(*, actor: Actor, at: datetime, sitting_id: UUID, reason: str) -> Sitting:
    """Cancel a sitting that was not held yet; its rooms become free, whoever had a place is told."""
    sitting = _locked(actor, sitting_id)
    policies.require(actor, "sittings.move", sitting)
    if not reason.strip():
        raise refusals.ReasonMissing
    _cancel(actor, at, sitting, reason.strip())
    return sitting


def _cancel(actor: Actor, at: datetime, sitting: Sitting, reason: str) -> None:
    _enter(sitting, "cancel", reason)
    SittingRoom.objects.filter(part__sitting=sitting).update(is_live=False)
    trail.record(actor=actor, action="sittings.cancelled", target=sitting, reason=reason, number=sitting.number)
    for hook in hooks.cancelled:
        hook(actor=actor, at=at, sitting_id=sitting.pk, reason=reason)
    event = SittingCancelled(
        region_code=sitting.region_code, sitting_id=sitting.pk, held_on=sitting.held_on, reason=reason
    )
    announcing.announce(event, at=at)


@command
def declare_void(*, actor: Actor, at: datetime, sitting_id: UUID, reason: str) -> Sitting:
    """Declare a sitting that was held void: no certificate may come of it. Needs `sittings.announce` over it."""
    sitting = _locked(actor, sitting_id)
    policies.require(actor, "sittings.announce", sitting)
    if not reason.strip():
        raise refusals.ReasonMissing
    _enter(sitting, "void", reason.strip())
    trail.record(actor=actor, action="sittings.declared_void", target=sitting, reason=reason.strip())
    return sitting


@command
def complete(*, actor: Actor, at: datetime, round_id: UUID) -> Round:
    """Complete a round whose sittings were all held, cancelled or declared void."""
    round_ = _locked_round(actor, round_id)
    policies.require_round(actor, "sittings.plan", round_)
    state = ROUND.after("complete", round_.state)
    pending = Sitting.objects.filter(round=round_, state__in=["scheduled", "published"]).count()
    if pending:
        raise refusals.SittingsPending(number=round_.number, count=pending)
    round_.state = state
    round_.save(update_fields=["state"])
    trail.record(actor=actor, action="sittings.round_completed", target=round_, number=round_.number)
    return round_


@command
def cancel_round(*, actor: Actor, at: datetime, round_id: UUID, reason: str) -> Round:
    """Cancel a round with all its sittings. Needs `sittings.announce`; a sitting already held stands in the way."""
    round_ = _locked_round(actor, round_id)
    policies.require_round(actor, "sittings.announce", round_)
    if not reason.strip():
        raise refusals.ReasonMissing
    round_.state = ROUND.after("cancel", round_.state)
    round_.state_reason = reason.strip()
    round_.save(update_fields=["state", "state_reason"])
    for sitting in Sitting.objects.select_for_update().filter(round=round_).exclude(state="cancelled"):
        _cancel(actor, at, sitting, reason.strip())
    trail.record(actor=actor, action="sittings.round_cancelled", target=round_, reason=reason.strip())
    return round_


def _locked(actor: Actor, sitting_id: UUID) -> Sitting:
    visible = selectors.sitting(actor, sitting_id)
    sitting = Sitting.objects.select_for_update().get(pk=visible.pk)
    sitting.station = visible.station
    return sitting


def _locked_round(actor: Actor, round_id: UUID) -> Round:
    visible = selectors.round_for(actor, round_id)
    return Round.objects.select_for_update().get(pk=visible.pk)


def _enter(sitting: Sitting, verb: str, reason: str = "") -> None:
    sitting.state = SITTING.after(verb, sitting.state)
    sitting.state_reason = reason
    sitting.save(update_fields=["state", "state_reason"])


def _require_one(actor: Actor, sitting: Sitting, *powers: str) -> None:
    if not any(policies.may(actor, power, sitting) for power in powers):
        raise NotPermitted(power=powers[0])
