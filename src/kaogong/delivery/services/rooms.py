"""At the door and in the room: attempts opened, candidates checked in or turned away, breaches and incidents."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.utils import timezone

from kaogong.delivery import policies, rules, selectors
from kaogong.delivery.models import Attempt, Incident
from kaogong.delivery.recording import write_incident
from kaogong.delivery.services.refusals import (
    AlreadyOpen,
    ExtendedEnough,
    ExtensionTooLong,
    IdentityMismatch,
    IncidentWithoutWords,
    LateEntry,
    NoSeats,
    NotLateYet,
    RoomNotYet,
    UnknownIncident,
)
from kaogong.delivery.states import ATTEMPT
from kaogong.delivery.wording import clock
from kaogong.foundation.kernel import trail
from kaogong.foundation.kernel.actors import Actor
from kaogong.foundation.kernel.commands import command
from kaogong.foundation.kernel.refusals import NotFound
from kaogong.regulations.selectors import Provision, provision
from kaogong.seating.models import Seat
from kaogong.sittings.models import SittingPart


@command
def open_room(*, actor: Actor, at: datetime, part_id: UUID) -> int:
    """Make an attempt for every seat of the part that has none yet; returns how many. On its day only."""
    part = selectors.part_for(actor, part_id)
    policies.require_run(actor, part)
    day = timezone.localdate(part.starts_at)
    if timezone.localdate(at) != day or part.sitting.state not in {"published", "held"}:
        raise RoomNotYet(day=f"{day:%Y年%-m月%-d日}")
    SittingPart.objects.select_for_update().get(pk=part.pk)
    seats = Seat.objects.filter(part=part)
    if not seats.exists():
        raise NoSeats
    missing = seats.exclude(pk__in=Attempt.objects.filter(part=part).values("seat")).order_by("room", "number")
    fresh = [
        Attempt(seat=seat, registration_id=seat.registration_id, part=part, region_code=part.sitting.region_code)
        for seat in missing
    ]
    if not fresh:
        raise AlreadyOpen
    Attempt.objects.bulk_create(fresh)
    trail.record(actor=actor, action="delivery.room_opened", target=part, attempts=len(fresh))
    return len(fresh)


@command
def check_in(*, actor: Actor, at: datetime, attempt_id: UUID, document_tail: str) -> Attempt:
    """Let the candidate in: the last characters of the document shown must be those of the person registered."""
    attempt = _locked(actor, attempt_id)
    state = ATTEMPT.after("check_in", attempt.state)
    rule, starts_at = _late(attempt)
    if rules.is_late(at, starts_at=starts_at, minutes=int(rule.value)):
        raise LateEntry(minutes=rule.value, clause=rule.clause)
    if not rules.tail_fits(attempt.registration.person.document_masked, document_tail):
        raise IdentityMismatch
    attempt.state, attempt.checked_in_at = state, at
    attempt.save(update_fields=["state", "checked_in_at"])
    trail.record(actor=actor, action="delivery.checked_in", target=attempt)
    return attempt


@command
def turn_away(*, actor: Actor, at: datetime, attempt_id: UUID) -> Attempt:
    """Record that the candidate came too late and was not let in; kept as an incident with its clause."""
    attempt = _locked(actor, attempt_id)
    state = ATTEMPT.after("turn_away", attempt.state)
    rule, starts_at = _late(attempt)
    if not rules.is_late(at, starts_at=starts_at, minutes=int(rule.value)):
        raise _not_late_yet("late", rule, starts_at)
    attempt.state = state
    attempt.save(update_fields=["state"])
    text = f"{clock(at)} 到场，开考已超过 {rule.value} 分钟"
    write_incident(actor, at, attempt.part, attempt, "late", text)
    trail.record(
        actor=actor, action="delivery.turned_away", target=attempt, attest=trail.Attest.AS_IT_IS, minutes=rule.value
    )
    return attempt


@command
def mark_absent(*, actor: Actor, at: datetime, attempt_id: UUID) -> Attempt:
    """Record that the candidate did not come, or left without beginning; only when nobody may come any more."""
    attempt = _locked(actor, attempt_id)
    state = ATTEMPT.after("mark_absent", attempt.state)
    rule, starts_at = _late(attempt)
    if not rules.is_late(at, starts_at=starts_at, minutes=int(rule.value)):
        raise _not_late_yet("absent", rule, starts_at)
    attempt.state = state
    attempt.save(update_fields=["state"])
    trail.record(actor=actor, action="delivery.absent", target=attempt, attest=trail.Attest.AS_IT_IS)
    return attempt


@command
def bar(*, actor: Actor, at: datetime, attempt_id: UUID, kind: str, text: str) -> Attempt:
    """End the attempt for a breach: its work is void and the part counts zero. `text` tells what happened."""
    attempt = _locked(actor, attempt_id)
    state = ATTEMPT.after("bar", attempt.state)
    if kind not in rules.BREACHES:
        raise UnknownIncident(kind=kind)
    _require_words(text)
    clause = rules.INCIDENTS[kind].clause
    attempt.state = state
    attempt.note = rules.INCIDENTS[kind].title
    attempt.save(update_fields=["state", "note"])
    write_incident(actor, at, attempt.part, attempt, kind, text)
    trail.record(
        actor=actor,
        action="delivery.barred",
        target=attempt,
        attest=trail.Attest.AS_IT_IS,
        kind=kind,
        clause=str(clause),
    )
    return attempt


@command
def record_incident(
    *, actor: Actor, at: datetime, part_id: UUID, kind: str, text: str, attempt_id: UUID | None = None
) -> Incident:
    """Write down what went wrong, with a candidate or in the room; never changed afterwards.

    `after_bell` (writing on after the end) needs the candidate; `scoring` deducts what the place's rule says.
    """
    part = selectors.part_for(actor, part_id)
    policies.require_run(actor, part)
    if kind not in rules.PLAIN_INCIDENTS or (kind == "after_bell" and attempt_id is None):
        raise UnknownIncident(kind=rules.INCIDENTS[kind].title if kind in rules.INCIDENTS else kind)
    _require_words(text)
    attempt = None
    if attempt_id is not None:
        attempt = selectors.attempts_of(part_id, actor).filter(pk=attempt_id).first()
        if attempt is None:
            raise NotFound
    return write_incident(actor, at, part, attempt, kind, text)


@command
def extend(*, actor: Actor, at: datetime, attempt_id: UUID, minutes: int, reason: str) -> Attempt:
    """Give a candidate back the minutes that a power cut or a broken machine took.

    Up to the provision's most at a time, and up to another's in all: nobody sits twice as long by small steps.
    """
    attempt = _locked(actor, attempt_id)
    rule = provision("delivery.extension_minutes_max", on=timezone.localdate(at), region_code=attempt.region_code)
    if attempt.state != "started" or attempt.ends_at is None:
        ATTEMPT.after("submit", attempt.state)
    if not 1 <= minutes <= int(rule.value):
        raise ExtensionTooLong(most=rule.value, clause=rule.clause)
    _require_words(reason)
    ends_at = (attempt.ends_at or at) + timedelta(minutes=minutes)
    _require_bounded(attempt, ends_at, at)
    attempt.ends_at = ends_at
    attempt.save(update_fields=["ends_at"])
    write_incident(actor, at, attempt.part, attempt, "extended", f"补时 {minutes} 分钟：{reason}")
    trail.record(actor=actor, action="delivery.extended", target=attempt, minutes=minutes, reason=reason)
    return attempt


def _require_bounded(attempt: Attempt, ends_at: datetime, at: datetime) -> None:
    """Raise ExtendedEnough when the new end lies further behind the candidate's own than all extensions may reach."""
    rule = provision("delivery.extension_minutes_total", on=timezone.localdate(at), region_code=attempt.region_code)
    wave_ends_at = attempt.part.wave_ends_at(attempt.seat.wave)
    own = rules.personal_end(attempt.started_at or at, minutes=attempt.part.minutes, wave_ends_at=wave_ends_at)
    if ends_at > own + timedelta(minutes=int(rule.value)):
        raise ExtendedEnough(most=rule.value, clause=rule.clause)


def _locked(actor: Actor, attempt_id: UUID) -> Attempt:
    """The attempt, locked, for whoever runs its part. Raises NotFound, NotPermitted."""
    found = selectors.attempts_for(actor).select_for_update(of=("self",)).filter(pk=attempt_id).first()
    if found is None:
        raise NotFound
    policies.require_run_for(actor, found)
    return found


def _late(attempt: Attempt) -> tuple[Provision, datetime]:
    """The rule on coming late, and when the candidate's wave begins."""
    sitting = attempt.part.sitting
    rule = provision(
        "delivery.late_entry_minutes",
        on=sitting.held_on,
        region_code=sitting.region_code,
        track=sitting.round.track,
        occupation_code=sitting.round.occupation_code,
    )
    return rule, attempt.part.wave_starts_at(attempt.seat.wave)


def _not_late_yet(outcome: str, rule: Provision, starts_at: datetime) -> NotLateYet:
    until = clock(starts_at + timedelta(minutes=int(rule.value)))
    return NotLateYet(minutes=rule.value, outcome=ATTEMPT.states[outcome], until=until, clause=rule.clause)


def _require_words(text: str) -> None:
    if not text.strip():
        raise IncidentWithoutWords
