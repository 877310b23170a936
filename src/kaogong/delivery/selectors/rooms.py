"""The live picture of a room, and the code on the invigilator's screen that lets machines in."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count, Max
from django.utils.timezone import localdate

from kaogong.delivery import policies, rules
from kaogong.delivery.models import Answer, Attempt, Incident
from kaogong.delivery.selectors.finding import attempts_of, part_for, tickets_of
from kaogong.delivery.states import ATTEMPT
from kaogong.foundation.kernel.actors import Actor
from kaogong.foundation.kernel.refusals import NotFound
from kaogong.foundation.signing import digests
from kaogong.regulations.selectors import provision
from kaogong.sittings.models import SittingPart, SittingRoom
from kaogong.sittings.selectors import rooms_of


@dataclass(frozen=True, slots=True)
class SeatPicture:
    """One seat as the invigilator sees it: who, in what state, how far, and when the machine was last heard."""

    attempt: Attempt
    ticket_number: str
    name: str
    masked_document: str
    answered: int
    last_heard_at: datetime | None
    incidents: int

    @property
    def state(self) -> str:
        """The attempt's state."""
        return self.attempt.state

    @property
    def state_label(self) -> str:
        """The state in words."""
        return ATTEMPT.states[self.attempt.state]


@dataclass(frozen=True, slots=True)
class RoomPicture:
    """A room of one wave at one moment: its seats, and how many are in each state."""

    part: SittingPart
    room: SittingRoom
    wave: int
    seats: list[SeatPicture]
    counts: dict[str, int]
    starts_at: datetime
    ends_at: datetime
    as_of: datetime


@dataclass(frozen=True, slots=True)
class RoomCode:
    """Six digits for a room, and until when the screen shows them (they work one span longer)."""

    code: str
    until: datetime


def room_of(actor: Actor, part_id: UUID, room_id: UUID) -> SittingRoom:
    """A room of a part within the actor's reach. Raises NotFound."""
    part_for(actor, part_id)
    found = rooms_of(part_id).filter(pk=room_id).first()
    if found is None:
        raise NotFound
    return found


def rooms_for(actor: Actor, part: SittingPart) -> list[SittingRoom]:
    """The rooms of a part that the actor works in: her own room when the panel gives her one, else all of them."""
    own = {duty.room_id for duty in policies.duties(actor, part.pk) if duty.room_id}
    rooms = list(rooms_of(part.pk))
    return [room for room in rooms if room.pk in own] or rooms


def room_picture(actor: Actor, part_id: UUID, room_id: UUID, *, wave: int = 1, at: datetime) -> RoomPicture:
    """What happens in a room now. Raises NotFound."""
    part, room = part_for(actor, part_id), room_of(actor, part_id, room_id)
    attempts = list(attempts_of(part_id, actor).filter(seat__room=room_id, seat__wave=wave))
    ids = [each.pk for each in attempts]
    tickets = tickets_of([each.registration_id for each in attempts])
    heard = (
        Answer.objects.filter(attempt__in=ids)
        .values("attempt")
        .annotate(last=Max("received_at"), answered=Count("position", distinct=True))
    )
    progress = {row["attempt"]: (row["answered"], row["last"]) for row in heard}
    incidents = _incident_counts(ids)
    seats = [
        SeatPicture(
            attempt=each,
            ticket_number=tickets.get(each.registration_id, ""),
            name=each.registration.legal_name,
            masked_document=each.registration.person.document_masked,
            answered=progress.get(each.pk, (0, None))[0],
            last_heard_at=progress.get(each.pk, (0, None))[1],
            incidents=incidents.get(each.pk, 0),
        )
        for each in attempts
    ]
    counts = {state: sum(seat.state == state for seat in seats) for state in ATTEMPT.states}
    return RoomPicture(part, room, wave, seats, counts, part.wave_starts_at(wave), part.wave_ends_at(wave), at)


def part_counts(actor: Actor, part_id: UUID) -> dict[str, int]:
    """How many attempts of a part are in each state."""
    rows = attempts_of(part_id, actor).order_by().values("state").annotate(number=Count("pk"))
    found = {row["state"]: row["number"] for row in rows}
    return {state: found.get(state, 0) for state in ATTEMPT.states}


def room_code(actor: Actor, part_id: UUID, room_id: UUID, *, at: datetime) -> RoomCode:
    """The code that opens the exam machines of a room just now, for whoever runs it. Raises NotFound, NotPermitted."""
    part = part_for(actor, part_id)
    policies.require_run(actor, part)
    room = room_of(actor, part_id, room_id)
    minutes = _span(part, at)
    span = int(at.timestamp()) // (minutes * 60)
    until = datetime.fromtimestamp((span + 1) * minutes * 60, tz=at.tzinfo)
    return RoomCode(_code(room.pk, span), until)


def opens(room_id: UUID, part: SittingPart, code: str, *, at: datetime) -> bool:
    """Whether the code is that of the room now or in the span before. Not for doors: `enter_machine` is."""
    minutes = _span(part, at)
    spans = {int((at - back).timestamp()) // (minutes * 60) for back in (timedelta(), timedelta(minutes=minutes))}
    fits = [hmac.compare_digest(_code(room_id, span).encode(), code.encode()) for span in spans]  # both, for equal time
    return any(fits)


def _code(room_id: UUID, span: int) -> str:
    return rules.code_from_digest(digests.keyed(f"{room_id}:{span}", purpose="delivery.room-code"))


def _span(part: SittingPart, at: datetime) -> int:
    rule = provision("delivery.room_code_minutes", on=localdate(at), region_code=part.sitting.region_code)
    return int(rule.value)


def _incident_counts(attempt_ids: list[UUID]) -> dict[UUID, int]:
    rows = Incident.objects.filter(attempt__in=attempt_ids).values("attempt").annotate(number=Count("pk"))
    return {row["attempt"]: row["number"] for row in rows}
