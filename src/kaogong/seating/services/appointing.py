"""People are appointed to the parts of a sitting and released; their duties follow when it moves."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from kaogong.foundation.identity import selectors as identity
from kaogong.foundation.identity.models import Person
from kaogong.foundation.kernel import trail
from kaogong.foundation.kernel.actors import Actor
from kaogong.foundation.kernel.commands import command
from kaogong.foundation.kernel.refusals import NotFound, Refusal, WrongState
from kaogong.foundation.outbox import announcing
from kaogong.personnel import selectors as personnel
from kaogong.personnel import services as personnel_services
from kaogong.personnel.models import Card
from kaogong.registration.models import Registration
from kaogong.regulations.selectors import provision
from kaogong.seating import events, policies, refusals, selectors
from kaogong.seating.models import PanelMember, Ticket
from kaogong.sittings import selectors as sittings
from kaogong.sittings.models import Sitting, SittingPart, SittingRoom
from kaogong.sittings.selectors import PART_NAMES

Role = PanelMember.Role
ROLES = {
    "theory": (Role.INVIGILATOR, Role.SUPERVISOR),
    "skill": (Role.LEADER, Role.EXAMINER, Role.SUPERVISOR),
    "review": (Role.LEADER, Role.EXAMINER, Role.SUPERVISOR),
}
EXAMINING = (Role.LEADER, Role.EXAMINER)
OPEN_STATES = ("scheduled", "published")


@command
def appoint(
    *,
    actor: Actor,
    at: datetime,
    part_id: UUID,
    role: str,
    person_id: UUID | None = None,
    card_id: UUID | None = None,
    room_id: UUID | None = None,
) -> PanelMember:
    """Appoint a person to a part as "leader", "examiner", "invigilator" (with a room) or "supervisor".

    Give the card, or the person (whose fitting card is then taken; invigilators need none). Checked, each with its
    clause: the card's occupation, level and term on the day; relations with any candidate; the own employer; another
    duty at this part; the diary, where of two who book one person at once exactly one succeeds (DoubleBooked).
    Needs `seating.appoint` over the sitting.
    """
    part, sitting = _open_part(actor, part_id)
    chosen = _role(role, part)
    person, card = _person_and_card(actor, part, sitting, chosen, person_id, card_id)
    room = _room(part, chosen, room_id)
    _check_avoidance(person, part, sitting)
    if chosen in EXAMINING:
        _check_employer(person, card, part, sitting)
    appointed = PanelMember(part=part, room=room, person=person, card=card, role=chosen, appointed_at=at)
    _save(appointed, part)
    personnel_services.record_duty(
        actor=actor,
        at=at,
        person_id=person.pk,
        kind=chosen,
        starts_at=part.starts_at,
        ends_at=part.ends_at,
        organisation_id=sitting.station.organisation_id,
        reference=selectors.duty_reference(sitting, part),
    )
    trail.record(
        actor=actor, action="seating.member_appointed", target=sitting, part=part.part, role=chosen, person=person.pk
    )
    announcing.announce(
        events.MemberAppointed(
            region_code=sitting.region_code, sitting_id=sitting.pk, part_id=part.pk, person_id=person.pk, role=chosen
        ),
        at=at,
    )
    return appointed


def _open_part(actor: Actor, part_id: UUID) -> tuple[SittingPart, Sitting]:
    part = sittings.part(part_id)
    sitting = part.sitting
    if not sittings.sittings_for(actor).filter(pk=sitting.pk).exists():
        raise NotFound
    policies.require(actor, "seating.appoint", sitting)
    if sitting.state not in OPEN_STATES:
        raise WrongState(
            title=sittings.SITTING.title, state=sittings.SITTING.states[sitting.state], move="安排考评与监考人员"
        )
    return part, sitting


def _role(role: str, part: SittingPart) -> Role:
    allowed = ROLES[part.part]
    if role not in allowed:
        label = dict(Role.choices).get(role, role)
        raise refusals.UnknownRole(part=PART_NAMES[part.part], role=label)
    return Role(role)


def _person_and_card(
    actor: Actor, part: SittingPart, sitting: Sitting, role: Role, person_id: UUID | None, card_id: UUID | None
) -> tuple[Person, Card | None]:
    if card_id is not None:
        card = personnel.card_for(actor, card_id)
        if role != Role.INVIGILATOR:
            _check_card(card, part, sitting, role)
        return card.person, card
    if person_id is None:
        raise refusals.CardMissing(role=role.label)
    if role == Role.INVIGILATOR:
        return _own_or_carded(actor, person_id), None
    cards = list(personnel.cards_for(actor).filter(person=person_id))
    if not cards:
        raise refusals.CardMissing(role=role.label)
    fitting = [card for card in cards if not _reasons(card, sitting, role)]
    if not fitting:
        _check_card(cards[0], part, sitting, role)
    return fitting[0].person, fitting[0]


def _own_or_carded(actor: Actor, person_id: UUID) -> Person:
    """A person within reach: entered there, or holding a card that lies there."""
    carded = personnel.cards_for(actor).filter(person=person_id).first()
    return carded.person if carded else identity.get_person(actor, person_id)


def _reasons(card: Card, sitting: Sitting, role: Role) -> Sequence[tuple[str, object]]:
    if role == Role.SUPERVISOR:
        in_force = card.state == "granted" and card.since <= sitting.held_on <= card.until
        return [] if card.kind == "supervisor" and in_force else [("不是当日有效的质量督导员证卡", None)]
    round_ = sitting.round
    found = personnel.shortfalls(card, occupation_code=round_.occupation_code, level=round_.level, on=sitting.held_on)
    return [(each.text, each.clause) for each in found]


def _check_card(card: Card, part: SittingPart, sitting: Sitting, role: Role) -> None:
    round_ = sitting.round
    if role == Role.SUPERVISOR:
        if _reasons(card, sitting, role):
            raise refusals.CardNotValid(name=card.person.name, reasons="不是当日有效的质量督导员证卡")
        return
    found = personnel.shortfalls(card, occupation_code=round_.occupation_code, level=round_.level, on=sitting.held_on)
    if found:
        raise refusals.CardNotValid(
            name=card.person.name, reasons="；".join(each.text for each in found), clause=found[0].clause
        )


def _room(part: SittingPart, role: Role, room_id: UUID | None) -> SittingRoom | None:
    if room_id is None:
        if role == Role.INVIGILATOR:
            raise refusals.RoomMissing
        return None
    room = SittingRoom.objects.filter(pk=room_id, part=part).first()
    if room is None:
        raise refusals.WrongRoom
    return room


def _check_avoidance(
    person: Person, part: SittingPart, sitting: Sitting, candidates: Iterable[Registration] | None = None
) -> None:
    """Raise MustStandAside with the candidates named, when the person is related to, taught or employs one.

    All candidates of the part, unless only some are in question.
    """
    asked = selectors.candidates_of(part) if candidates is None else candidates
    names = {each.person_id: each.legal_name for each in asked}
    conflicts = personnel.conflict_reasons(person.pk, list(names), sitting.held_on, region_code=sitting.region_code)
    if conflicts:
        reasons = "；".join(f"与考生{names[each.other]}{each.text}" for each in conflicts)
        raise refusals.MustStandAside(name=person.name, reasons=reasons, clause=conflicts[0].clause)


def _check_employer(
    person: Person,
    card: Card | None,
    part: SittingPart,
    sitting: Sitting,
    candidates: Iterable[Registration] | None = None,
) -> None:
    """Raise OwnEmployer when a candidate comes from the examiner's own body, by its record or by its name."""
    rule = provision("seating.own_employer_avoids", on=sitting.held_on, region_code=sitting.region_code)
    if card is None or card.employer is None or not rule.value:
        return
    colleagues = [
        each.legal_name
        for each in (selectors.candidates_of(part) if candidates is None else candidates)
        if _works_for(each, card.employer_id, card.employer.name)
    ]
    if colleagues:
        shown = "、".join(colleagues[:3]) + (f"等 {len(colleagues)} 人" if len(colleagues) > 3 else "")
        raise refusals.OwnEmployer(name=person.name, candidates=shown, employer=card.employer.name, clause=rule.clause)


def _works_for(candidate: Registration, employer_id: UUID | None, employer: str) -> bool:
    return candidate.through_id == employer_id or (bool(candidate.employer) and candidate.employer == employer)


def _check_avoidance_again(part: SittingPart, sitting: Sitting) -> None:
    """The same for the whole panel of a part: candidates may have come after its members."""
    for each in selectors.panel(part.pk):
        _check_avoidance(each.person, part, sitting)
        if each.is_examiner:
            _check_employer(each.person, each.card, part, sitting)


def check_avoidance_in_room(part: SittingPart, sitting: Sitting, room: SittingRoom, moved: Registration) -> None:
    """The same for one candidate who comes to a room: the whole panel, and the invigilators there."""
    for each in selectors.panel(part.pk):
        if each.room_id in {None, room.pk}:
            _check_avoidance(each.person, part, sitting, [moved])
            if each.is_examiner:
                _check_employer(each.person, each.card, part, sitting, [moved])


def _save(appointed: PanelMember, part: SittingPart) -> None:
    try:
        with transaction.atomic():
            appointed.save(force_insert=True)
    except IntegrityError as error:
        if "one_duty_per_part" in str(error):
            raise refusals.AlreadyOnDuty(name=appointed.person.name, role=Role(appointed.role).label) from error
        if "one_leader_per_part" in str(error):
            raise refusals.LeaderStands(part=PART_NAMES[part.part]) from error
        raise


@command
def release_member(*, actor: Actor, at: datetime, member_id: UUID, reason: str = "") -> PanelMember:
    """Release a member from duty; the diary becomes free. Once released a member stays in the record."""
    member = PanelMember.objects.filter(pk=member_id, released_at__isnull=True).first()
    if member is None:
        raise NotFound
    part, sitting = _open_part(actor, member.part_id)
    member = PanelMember.objects.select_for_update().filter(pk=member_id, released_at__isnull=True).first()
    if member is None:
        raise NotFound
    _release(actor, at, member, part, sitting, reason)
    return member


def _release(actor: Actor, at: datetime, member: PanelMember, part: SittingPart, sitting: Sitting, reason: str) -> None:
    member.released_at = at
    member.release_reason = reason.strip()[:200]
    member.save(update_fields=["released_at", "release_reason"])
    personnel_services.cancel_duties(
        actor=actor, at=at, reference=selectors.duty_reference(sitting, part), person_id=member.person_id
    )
    trail.record(
        actor=actor,
        action="seating.member_released",
        target=sitting,
        reason=member.release_reason,
        part=part.part,
        person=member.person_id,
    )


@command
def follow_move(*, actor: Actor, at: datetime, sitting_id: UUID, days: int) -> None:
    """Re-date the duties of a sitting that moved; whoever cannot come then is released, with the reason.

    Called by `sittings` within its own command. Tickets keep their numbers; their holders are told to print anew.
    """
    sitting = sittings.of_id(sitting_id)
    released = 0
    for part in sittings.parts_of(sitting_id):
        personnel_services.cancel_duties(actor=actor, at=at, reference=selectors.duty_reference(sitting, part))
        for member in selectors.panel(part.pk):
            try:
                _follow(actor, at, member, part, sitting)
            except Refusal as refusal:
                _release(actor, at, member, part, sitting, str(refusal))
                released += 1
    trail.record(actor=actor, action="seating.followed_move", target=sitting, days=days, released=released)
    _tell_ticket_holders(sitting, at)


def _follow(actor: Actor, at: datetime, member: PanelMember, part: SittingPart, sitting: Sitting) -> None:
    if member.card is not None and member.role != Role.INVIGILATOR:
        _check_card(member.card, part, sitting, Role(member.role))
    personnel_services.record_duty(
        actor=actor,
        at=at,
        person_id=member.person_id,
        kind=member.role,
        starts_at=part.starts_at,
        ends_at=part.ends_at,
        organisation_id=sitting.station.organisation_id,
        reference=selectors.duty_reference(sitting, part),
    )


def _tell_ticket_holders(sitting: Sitting, at: datetime) -> None:
    tickets = Ticket.objects.filter(registration__sitting=sitting).select_related("registration")
    announcing.announce_each(
        [
            events.TicketChanged(
                region_code=sitting.region_code,
                registration_id=ticket.registration_id,
                person_id=ticket.registration.person_id,
                sitting_id=sitting.pk,
                ticket_number=ticket.number,
                held_on=sitting.held_on,
            )
            for ticket in tickets.defer("registration__photo")
        ],
        at=at,
    )


@command
def free_panels(*, actor: Actor, at: datetime, sitting_id: UUID, reason: str) -> None:
    """Release everyone from a sitting that was cancelled. Called by `sittings` within its own command."""
    sitting = sittings.of_id(sitting_id)
    count = 0
    for part in sittings.parts_of(sitting_id):
        for member in selectors.panel(part.pk):
            _release(actor, at, member, part, sitting, reason)
            count += 1
    trail.record(actor=actor, action="seating.panels_freed", target=sitting, reason=reason, count=count)
