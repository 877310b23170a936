"""The candidate at the machine: enters, starts, saves, hands in. Every acknowledged answer is committed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils.timezone import localdate

from kaogong.delivery import policies, rules, selectors
from kaogong.delivery.handing_in import hand_in
from kaogong.delivery.models import Answer, Attempt, EntryTry, PaperCopy
from kaogong.delivery.recording import write_incident
from kaogong.delivery.rules import Entry
from kaogong.delivery.selectors import StartedAttempt
from kaogong.delivery.selectors.answers import acknowledged, answer_limits, opened, questions_of
from kaogong.delivery.selectors.rooms import opens
from kaogong.delivery.services.refusals import (
    AlreadyHandedIn,
    EntryPaused,
    NoEntry,
    NotCheckedIn,
    NotDrawn,
    NotReleased,
    TimeOver,
    TooEarly,
    UnreadableAnswers,
)
from kaogong.delivery.states import ATTEMPT
from kaogong.delivery.wording import moment
from kaogong.foundation.identity import selectors as identity
from kaogong.foundation.kernel import trail
from kaogong.foundation.kernel.actors import Actor
from kaogong.foundation.kernel.commands import command
from kaogong.foundation.kernel.refusals import NotFound
from kaogong.foundation.signing import digests
from kaogong.itembank.selectors import CHINESE, gaps_in
from kaogong.regulations.selectors import provision
from kaogong.seating.models import Ticket

NOBODY = UUID(int=0)
MOST_ENTRIES = 2**31 - 1
"""What the column of sequences holds."""
ENTERING = frozenset({"present", "started", "submitted", "sealed"})


@dataclass(frozen=True, slots=True)
class Admission:
    """Who sits at the machine: the attempt it is bound to, and the actor to act as from now on."""

    attempt_id: UUID
    actor: Actor


@command
def enter_machine(
    *, actor: Actor, at: datetime, ticket_number: str, document_tail: str, room_code: str, address: str = ""
) -> Admission:
    """Bind an exam machine to the attempt of a ticket that is due now, by ticket, document and the room's code.

    Every wrong combination gets the same NoEntry after the same work, a ticket that does not exist as well. Only who
    had all three right is told anything more. The door notes each failure (`note_failed_entry`); after so many within
    a while there is a pause (EntryPaused), for the ticket as typed at that address and for the address.
    """
    _require_no_pause(ticket_number.strip(), address, at)
    attempt = _due(ticket_number.strip(), at)
    masked = attempt.registration.person.document_masked if attempt else "*0000"
    fits = rules.tail_fits(masked, document_tail)
    if attempt is None:
        raise NoEntry
    if not (opens(attempt.seat.room_id, attempt.part, room_code.strip(), at=at) and fits):
        raise NoEntry
    if attempt.state not in ENTERING:
        raise NotCheckedIn(state=attempt.state_label)
    registration = attempt.registration
    candidate = Actor(kind="person", name=registration.legal_name, person_id=registration.person_id, door="examroom")
    trail.record(actor=candidate, action="delivery.machine_entered", target=attempt)
    return Admission(attempt.pk, candidate)


@command
def note_failed_entry(*, actor: Actor, at: datetime, ticket_number: str, address: str = "") -> None:
    """Count a wrong try, for the ticket as typed and for the address; called by the door after NoEntry."""
    EntryTry.objects.filter(tried_at__lt=at - timedelta(days=1)).delete()
    keys = [_ticket_key(ticket_number.strip(), address), *([_address_key(address)] if address else [])]
    EntryTry.objects.bulk_create(EntryTry(key=key, tried_at=at) for key in keys)
    trail.record(actor=actor, action="delivery.entry_failed")


@command
def start(*, actor: Actor, at: datetime, attempt_id: UUID, device: str) -> StartedAttempt:
    """Begin one's theory attempt once the paper is released, or go on with it after a reload or on another machine.

    The clock runs from the first start: to the wave's end or one's own minutes, whichever is first. Going on does not
    restart it. Another machine than before is written down as an incident.
    """
    attempt = _own(actor, attempt_id)
    _require_open(attempt)
    if attempt.state == "started":
        _resume(actor, at, attempt, device)
        return opened(attempt, device=device, at=at)
    state = ATTEMPT.after("start", attempt.state)
    attempt.paper_copy = copy = _copy_for(attempt, at)
    attempt.language = attempt.registration.language if attempt.registration.language in copy.languages else CHINESE
    part = attempt.part
    ends = rules.personal_end(at, minutes=part.minutes, wave_ends_at=part.wave_ends_at(attempt.seat.wave))
    if ends <= at:
        raise TimeOver(ends_at=moment(ends))
    attempt.state, attempt.started_at, attempt.ends_at, attempt.device = state, at, ends, device[:40]
    attempt.save(update_fields=["state", "started_at", "ends_at", "device", "paper_copy", "language"])
    trail.record(
        actor=actor,
        action="delivery.started",
        target=attempt,
        device=device[:40],
        ends_at=ends.isoformat(),
        language=attempt.language,
    )
    return opened(attempt, device=device, at=at)


@command
def start_practical(*, actor: Actor, at: datetime, attempt_id: UUID) -> Attempt:
    """Begin a candidate's practical attempt, by whoever runs the part, at or after the wave's hour."""
    attempt = selectors.attempts_for(actor).select_for_update(of=("self",)).filter(pk=attempt_id).first()
    if attempt is None or attempt.part.part == "theory":
        raise NotFound
    policies.require_run_for(actor, attempt)
    state = ATTEMPT.after("start", attempt.state)
    starts_at = attempt.part.wave_starts_at(attempt.seat.wave)
    if at < starts_at:
        raise TooEarly(starts_at=moment(starts_at), deed="开始操作")
    if attempt.part.part == "skill" and not selectors.draws_of(attempt.part_id):
        raise NotDrawn
    ends = rules.personal_end(
        at, minutes=attempt.part.minutes, wave_ends_at=attempt.part.wave_ends_at(attempt.seat.wave)
    )
    attempt.state, attempt.started_at, attempt.ends_at = state, at, ends
    attempt.save(update_fields=["state", "started_at", "ends_at"])
    trail.record(actor=actor, action="delivery.started", target=attempt, ends_at=ends.isoformat())
    return attempt


@command
def save_answers(*, actor: Actor, at: datetime, attempt_id: UUID, device: str, entries: Sequence[Entry]) -> int:
    """Append a machine's answers and return the highest n such that its 1..n are all here: what it may strike off.

    What arrived before is not written again, so a machine may send the same log as often as it likes. Accepted until
    the end and the grace after it. Two machines that changed one question: the later arrival counts, and an incident
    tells the humans. When this returns, the answers are committed.
    """
    attempt = _own(actor, attempt_id)
    _require_open(attempt)
    if attempt.state != "started" or attempt.ends_at is None or attempt.paper_copy_id is None:
        ATTEMPT.after("submit", attempt.state)
        raise NotFound
    grace = provision("delivery.answer_grace_seconds", on=localdate(at), region_code=attempt.region_code)
    if at > attempt.ends_at + timedelta(seconds=int(grace.value)):
        raise TimeOver(ends_at=moment(attempt.ends_at), clause=grace.clause)
    device = device[:40]
    _require_readable(attempt, entries, at)
    fresh = _unknown(attempt, device, entries)
    if fresh:
        _note_contested(actor, at, attempt, device, fresh)
        first = attempt.answers_received + 1
        Answer.objects.bulk_create(
            Answer(
                attempt=attempt,
                device=device,
                sequence=entry.sequence,
                order=order,
                position=entry.position,
                answer=entry.answer,
                client_at=entry.client_at,
                received_at=at,
            )
            for order, entry in enumerate(fresh, start=first)
        )
        attempt.answers_received += len(fresh)
        attempt.save(update_fields=["answers_received"])
    reached = acknowledged(attempt.pk, device)
    trail.record(
        actor=actor, action="delivery.answers_saved", target=attempt, device=device, new=len(fresh), up_to=reached
    )
    return reached


@command
def submit(*, actor: Actor, at: datetime, attempt_id: UUID) -> Mapping[str, Any]:
    """Hand in: returns the receipt. A second hand-in is told so, with the same receipt (AlreadyHandedIn.receipt)."""
    attempt = _own(actor, attempt_id)
    _require_open(attempt)
    return hand_in(actor, at, attempt, by="candidate")


def _due(ticket_number: str, at: datetime) -> Attempt | None:
    """The theory attempt of a ticket on the day of `at`; the latest that has begun or is next."""
    registration = Ticket.objects.filter(number=ticket_number).values("registration")
    near = Attempt.objects.filter(
        registration__in=registration,
        part__starts_at__gte=at - timedelta(hours=18),
        part__starts_at__lte=at + timedelta(hours=18),
    ).exclude(part__part="skill")
    related = near.select_related("registration__person", "seat", "part__sitting__round")
    return min(related, key=lambda each: abs(each.part.starts_at - at), default=None)


def _own(actor: Actor, attempt_id: UUID) -> Attempt:
    """The actor's own attempt, locked. Raises NotFound."""
    if actor.person_id is None:
        raise NotFound
    found = (
        Attempt.objects.select_for_update(of=("self",))
        .select_related("part__sitting__round", "seat", "registration")
        .filter(identity.is_human("registration__person", actor.person_id), pk=attempt_id)
        .first()
    )
    if found is None:
        raise NotFound
    return found


def _require_open(attempt: Attempt) -> None:
    """Raise AlreadyHandedIn, with the receipt, for what was handed in."""
    if attempt.state in {"submitted", "sealed"}:
        raise AlreadyHandedIn(receipt=attempt.receipt)


def _resume(actor: Actor, at: datetime, attempt: Attempt, device: str) -> None:
    if device and attempt.device and attempt.device != device[:40]:
        write_incident(actor, at, attempt.part, attempt, "device_changed", "考生换机继续作答，已保存的作答随之恢复")
    if attempt.device != device[:40]:
        attempt.device = device[:40]
        attempt.save(update_fields=["device"])
    trail.record(actor=actor, action="delivery.resumed", target=attempt, device=device[:40])


def _copy_for(attempt: Attempt, at: datetime) -> PaperCopy:
    """The released copy for this seat: neighbours, in rows and columns, get different ones where there are several."""
    copies = [
        copy
        for copy in PaperCopy.objects.filter(part=attempt.part, wave__in=(0, attempt.seat.wave)).order_by("pk")
        if copy.released_at is not None and copy.not_before <= at
    ]
    if not copies or at < attempt.part.wave_starts_at(attempt.seat.wave):
        raise NotReleased
    return copies[(attempt.seat.row + attempt.seat.column) % len(copies)]


def _require_readable(attempt: Attempt, entries: Sequence[Entry], at: datetime) -> None:
    assert attempt.paper_copy_id is not None  # a started theory attempt has its copy
    questions = {each.position: each for each in questions_of(attempt.paper_copy_id, at=at)}
    limits = answer_limits(attempt.region_code, at)
    for entry in entries:
        question = questions.get(entry.position)
        known = question is not None and rules.is_answer(
            entry.answer,
            question.type,
            options=len(question.options),
            gaps=gaps_in(question.stem),
            limits=limits,
        )
        if not known or not 1 <= entry.sequence <= MOST_ENTRIES:
            raise UnreadableAnswers(sequence=entry.sequence)


def _unknown(attempt: Attempt, device: str, entries: Sequence[Entry]) -> list[Entry]:
    """Those entries that have not arrived before, in the machine's order, each sequence once."""
    by_sequence = {entry.sequence: entry for entry in reversed(entries)}
    had = Answer.objects.filter(attempt=attempt, device=device, sequence__in=list(by_sequence))
    for sequence in had.values_list("sequence", flat=True):
        del by_sequence[sequence]
    return [by_sequence[sequence] for sequence in sorted(by_sequence)]


def _note_contested(actor: Actor, at: datetime, attempt: Attempt, device: str, entries: Sequence[Entry]) -> None:
    rows = Answer.objects.filter(attempt=attempt, position__in=[entry.position for entry in entries])
    stands = list(rows.exclude(device=device).order_by("order").values_list("device", "position", "answer"))
    ours = set(rows.filter(device=device).values_list("position", flat=True))
    both = [place for place in rules.contested(stands, device, entries) if place in ours or attempt.device != device]
    if both:
        places = "、".join(map(str, both))
        text = f"两台设备都改过第 {places} 题（卷面题序），以服务器后收到的为准"
        write_incident(actor, at, attempt.part, attempt, "two_devices", text)


def _require_no_pause(ticket_number: str, address: str, at: datetime) -> None:
    """Raise EntryPaused when the ticket or the address had too many wrong tries within the pause."""
    on = localdate(at)
    pause = provision("delivery.entry_pause_seconds", on=on)
    limits = {_ticket_key(ticket_number, address): int(provision("delivery.entry_tries", on=on).value)}
    if address:
        limits[_address_key(address)] = int(provision("delivery.entry_tries_per_address", on=on).value)
    since = at - timedelta(seconds=int(pause.value))
    for key, most in limits.items():
        if EntryTry.objects.filter(key=key, tried_at__gt=since).count() >= most:
            raise EntryPaused(seconds=pause.value, clause=pause.clause)


def _ticket_key(ticket_number: str, address: str) -> str:
    # Counted with the address: whoever knows a ticket's number must not be able to shut its owner out from elsewhere.
    return digests.keyed(f"{ticket_number}|{address}", purpose="delivery.entry-ticket")


def _address_key(address: str) -> str:
    return digests.keyed(address, purpose="delivery.entry-address")
