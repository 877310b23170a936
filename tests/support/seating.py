"""Seats, panels and tickets for tests, made through the real services."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from kaogong.foundation.kernel.actors import service
from kaogong.seating import services
from kaogong.seating.models import PanelMember, Ticket
from kaogong.sittings import selectors as sittings
from kaogong.sittings.models import Sitting
from tests.support.identity import make_person
from tests.support.personnel import make_card
from tests.support.registration import make_admitted_many, next_name
from tests.support.sittings import clock, days_after

ARRANGER = service(
    "测试编排", "seating.arrange", "seating.appoint", "seating.see", "personnel.view", "persons.see", "registration.see"
)
LATER = 5
"""Days after the close of applications when test seats are arranged."""


def arranging_time(sitting: Sitting) -> datetime:
    """A moment between the close of applications and the sitting."""
    return clock(days_after(sitting.round.applications_until.date(), LATER), 10)


def fill_panels(sitting: Sitting, *, examiners: int = 3, at: datetime | None = None) -> list[PanelMember]:
    """Two invigilators in every theory room, and a leader with examiners for the practical part."""
    moment = at or arranging_time(sitting)
    found = []
    for part in sittings.parts_of(sitting.pk):
        if part.part == "theory":
            found += [
                services.appoint(
                    actor=ARRANGER,
                    at=moment,
                    part_id=part.pk,
                    role="invigilator",
                    person_id=make_person(name=next_name()).pk,
                    room_id=room.pk,
                )
                for room in sittings.rooms_of(part.pk)
                for _each in range(2)
            ]
            continue
        for position in range(examiners):
            card = make_card(person=make_person(name=next_name()))
            role = "examiner" if position else "leader"
            found.append(services.appoint(actor=ARRANGER, at=moment, part_id=part.pk, role=role, card_id=card.pk))
    return found


def make_published(
    sitting: Sitting, *, candidates: int = 4, employers: Sequence[str] = ("",), seed: str = "20260418"
) -> list[Ticket]:
    """A sitting whose tickets are out: candidates admitted and paid, seats drawn, panels complete."""
    make_admitted_many(sitting, candidates, employers=employers)
    at = arranging_time(sitting)
    services.arrange(actor=ARRANGER, at=at, sitting_id=sitting.pk, seed=seed)
    fill_panels(sitting, at=at)
    return services.publish(actor=ARRANGER, at=at, sitting_id=sitting.pk)
