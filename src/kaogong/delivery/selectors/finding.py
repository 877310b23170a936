"""Finding parts and attempts within the actor's reach; others get nothing."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from kaogong.delivery import policies
from kaogong.delivery.models import Attempt, Closing, Incident, PaperCopy, TaskDraw
from kaogong.foundation.identity import selectors as identity
from kaogong.foundation.kernel.actors import Actor
from kaogong.foundation.kernel.refusals import NotFound
from kaogong.seating import selectors as seating
from kaogong.seating.models import PanelMember, Ticket
from kaogong.seating.refusals import TicketVoid
from kaogong.sittings.models import SittingPart


def parts_for(actor: Actor, *powers: str) -> QuerySet[SittingPart]:
    """Parts of live sittings that the actor may see: by power or by being on duty, in order of time."""
    return (
        SittingPart.objects.filter(policies.parts_visible_to(actor, *powers))
        .exclude(sitting__state="cancelled")
        .select_related("sitting__round", "sitting__station__organisation", "sitting__organisation")
        .order_by("starts_at", "part")
    )


def part_for(actor: Actor, part_id: UUID) -> SittingPart:
    """One part within the actor's reach. Raises NotFound."""
    found = parts_for(actor).filter(pk=part_id).first()
    if found is None:
        raise NotFound
    return found


def parts_on(actor: Actor, day: date) -> list[SittingPart]:
    """The parts of that day (by the clocks of China) that the actor may see."""
    midnight = timezone.make_aware(datetime.combine(day, time()))
    return list(parts_for(actor).filter(starts_at__gte=midnight, starts_at__lt=midnight + timedelta(days=1)))


def may_run(actor: Actor, part: SittingPart) -> bool:
    """Whether the actor may check in, release, record and close at that part."""
    return policies.may_run(actor, part)


def duties_at(actor: Actor, part_id: UUID) -> list[PanelMember]:
    """The actor's places on the panel of a part, in any role."""
    return policies.duties(actor, part_id, roles=tuple(PanelMember.Role.values))


def attempts_for(actor: Actor) -> QuerySet[Attempt]:
    """Attempts within reach and the actor's own, with what a list shows of them."""
    return Attempt.objects.filter(policies.attempts_visible_to(actor)).select_related(
        "seat__room__room", "registration__person", "part__sitting__station", "part__sitting__round"
    )


def attempts_of(part_id: UUID, actor: Actor) -> QuerySet[Attempt]:
    """The attempts of a part in order of wave, room and seat."""
    return attempts_for(actor).filter(part=part_id).order_by("seat__wave", "seat__room__number", "seat__number")


def attempt_for(actor: Actor, attempt_id: UUID) -> Attempt:
    """One attempt within the actor's reach. Raises NotFound."""
    found = attempts_for(actor).filter(pk=attempt_id).first()
    if found is None:
        raise NotFound
    return found


def own_attempt(actor: Actor, attempt_id: UUID) -> Attempt:
    """The actor's own attempt. Raises NotFound for anybody else's, whatever powers the actor holds."""
    found = attempts_for(actor).filter(pk=attempt_id).first()
    if found is None or not policies.is_own(actor, found):
        raise NotFound
    return found


def own_attempts(actor: Actor) -> QuerySet[Attempt]:
    """The actor's own attempts, the latest first."""
    return (
        attempts_for(actor)
        .filter(identity.is_human("registration__person", actor.person_id))
        .order_by("-part__starts_at")
    )


def attempt_by_ticket(actor: Actor, part_id: UUID, ticket_number: str) -> Attempt:
    """The attempt of the candidate with that ticket at a part within reach. Raises NotFound, TicketVoid."""
    registration = Ticket.objects.filter(number=ticket_number.strip()).values("registration")
    found = attempts_of(part_id, actor).filter(registration__in=registration).first()
    if found is None:
        if successor := seating.successor_of(actor, ticket_number):
            name = successor.registration.legal_name
            raise TicketVoid(name=name, number=seating.grouped_number(successor))
        raise NotFound
    return found


def tickets_of(registration_ids: list[UUID]) -> dict[UUID, str]:
    """Ticket numbers by registration: for rows that were found within the actor's reach."""
    found = Ticket.objects.filter(registration__in=registration_ids).values_list("registration", "number")
    return dict(found)


def copies_of(part_id: UUID, actor: Actor) -> QuerySet[PaperCopy]:
    """The delivered copies of a part, without their content: hours, digests and who released them."""
    part_for(actor, part_id)
    return (
        PaperCopy.objects.filter(part=part_id)
        .select_related("paper")
        .defer("content_sealed", "key_sealed")
        .order_by("wave", "delivered_at")
    )


def draws_of(part_id: UUID) -> list[TaskDraw]:
    """The tasks drawn for a practical part, by module; their content stays sealed."""
    return list(TaskDraw.objects.filter(part=part_id).select_related("task").order_by("module_code"))


def closing_of(part_id: UUID) -> Closing | None:
    """When and by whom a part was closed; None while it is open."""
    return Closing.objects.filter(part=part_id).first()


def incidents_of(part_id: UUID, actor: Actor) -> QuerySet[Incident]:
    """What was written down at a part, the latest first."""
    part_for(actor, part_id)
    found = Incident.objects.filter(part=part_id).select_related("attempt__registration", "attempt__seat")
    return found.order_by("-happened_at", "-id")


def incidents_of_attempts(attempt_ids: list[UUID]) -> dict[UUID, list[Incident]]:
    """Incidents by attempt: for `scoring`, which has found the attempts within scope."""
    found: dict[UUID, list[Incident]] = {}
    for incident in Incident.objects.filter(attempt__in=attempt_ids).order_by("happened_at"):
        if incident.attempt_id is not None:
            found.setdefault(incident.attempt_id, []).append(incident)
    return found
