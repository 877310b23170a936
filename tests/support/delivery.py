"""A sitting on its day, for tests: candidates seated, the panel on duty, the paper delivered, the room opened."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from django.utils import timezone

from kaogong.delivery import selectors, services
from kaogong.delivery.models import Attempt, PaperCopy, TaskDraw
from kaogong.delivery.services import Entry
from kaogong.foundation.identity.models import Person
from kaogong.foundation.kernel.actors import Actor, service
from kaogong.itembank.models import Paper, PaperItem
from kaogong.registration.models import Registration
from kaogong.seating.models import PanelMember, Seat, Ticket
from kaogong.sittings import selectors as sittings
from kaogong.sittings import services as sitting_services
from kaogong.sittings.models import Sitting, SittingPart, SittingRoom
from kaogong.stations import selectors as stations
from kaogong.stations.models import Station
from tests.support import itembank
from tests.support.cast import candidate, officer
from tests.support.identity import make_person
from tests.support.personnel import make_card
from tests.support.registration import make_admitted, next_name
from tests.support.sittings import CHINA, DAY, DRAFTED, PLANNER, announced_sitting, clock
from tests.support.sittings import draft as draft_round
from tests.support.stations import make_station

MORNING = clock(DAY, 8, 30)
"""Half an hour before the theory of a test sitting."""
START = clock(DAY, 9)
SKILL_START = clock(DAY, 11)
BELL = clock(DAY, 10, 30)
EVENING = clock(DAY, 20)
DELIVERER = service("测试下发", "delivery.deliver", "delivery.see")
_order = count(1)


@dataclass
class Hall:
    """A sitting with everything that a test needs to reach into."""

    sitting: Sitting
    theory: SittingPart
    skill: SittingPart
    room: SittingRoom
    workshop: SittingRoom
    registrations: list[Registration]
    invigilator: Actor
    examiners: list[Actor]
    paper: Paper | None = None
    attempts: list[Attempt] = field(default_factory=list)

    def candidate(self, index: int = 0) -> Actor:
        """The candidate at that place, acting for herself."""
        registration = self.registrations[index]
        return candidate(registration.person_id, registration.legal_name)

    def attempt(self, index: int = 0, part: str = "theory") -> Attempt:
        """The attempt of that candidate as it stands now."""
        which = self.theory if part == "theory" else self.skill
        return Attempt.objects.select_related("part__sitting", "seat", "registration__person").get(
            registration=self.registrations[index], part=which
        )

    def tail(self, index: int = 0) -> str:
        """The last four characters of that candidate's document."""
        return str(Person.objects.get(pk=self.registrations[index].person_id).document_masked)[-4:]

    def ticket(self, index: int = 0) -> str:
        """That candidate's ticket number."""
        return str(Ticket.objects.get(registration=self.registrations[index]).number)


def make_hall(
    *,
    candidates: int = 1,
    parts: Sequence[str] = ("theory", "skill"),
    station: Station | None = None,
    sitting: Sitting | None = None,
    registrations: Sequence[Registration] = (),
    delivered: bool = True,
    assembler: Actor | None = None,
) -> Hall:
    """A published sitting of so many candidates, with an invigilator, three examiners and (unless told not) a paper."""
    held = sitting or announced_sitting(stations=[station] if station else ())
    entered = list(registrations) or [make_admitted(held) for _each in range(candidates)]
    by_code = {part.part: part for part in sittings.parts_of(held.pk)}
    theory, skill = by_code["theory"], by_code["skill"]
    room, workshop = sittings.rooms_of(theory.pk)[0], sittings.rooms_of(skill.pk)[0]
    for number, registration in enumerate(entered, start=1):
        make_ticket(registration, number)
        if "theory" in registration.parts and "theory" in parts:
            make_seat(registration, theory, room, number)
        if "skill" in registration.parts and "skill" in parts:
            make_seat(registration, skill, workshop, number, wave=1 + (number - 1) // workshop.places)
    invigilator = on_duty(theory, "invigilator", room=room)
    examiners = [on_duty(skill, "leader" if place == 0 else "examiner") for place in range(3)]
    held = sitting_services.publish(actor=PLANNER, at=clock(DAY, 7) - timedelta(days=5), sitting_id=held.pk)
    hall = Hall(held, theory, skill, room, workshop, entered, invigilator, examiners)
    if delivered:
        hall.paper = itembank.make_paper(actor=assembler)
        deliver(hall, hall.paper)
    return hall


def make_ticket(registration: Registration, number: int) -> Ticket:
    """A ticket whose last two digits are the seat."""
    return Ticket.objects.create(
        registration=registration,
        number=f"2604180{next(_order):04d}01{number:02d}",
        region_code=registration.region_code,
        published_at=clock(DAY, 7) - timedelta(days=5),
    )


def make_seat(registration: Registration, part: SittingPart, room: SittingRoom, number: int, *, wave: int = 1) -> Seat:
    """The seat of that number, five to a row; beyond the room's places in the next wave."""
    place = (number - 1) % room.places + 1
    return Seat.objects.create(
        room=room,
        part=part,
        registration=registration,
        wave=wave,
        number=place,
        row=(place - 1) // 5 + 1,
        column=(place - 1) % 5 + 1,
    )


def on_duty(part: SittingPart, role: str, *, room: SittingRoom | None = None, person: Person | None = None) -> Actor:
    """Put somebody on a part's panel, and return her as an actor without any post."""
    who = person or make_person(name=next_name())
    card = make_card(person=who) if role in {"leader", "examiner"} else None
    PanelMember.objects.create(part=part, room=room, person=who, card=card, role=role, appointed_at=MORNING)
    return candidate(who.pk, who.name)


def deliver(hall: Hall, paper: Paper, *, wave: int = 0) -> PaperCopy:
    """Put a paper at the theory part, the day before."""
    return services.deliver_paper(
        actor=DELIVERER, at=MORNING - timedelta(days=1), part_id=hall.theory.pk, paper_id=paper.pk, wave=wave
    )


def open_doors(hall: Hall, *, at: datetime = MORNING) -> Hall:
    """Open the theory room."""
    services.open_room(actor=hall.invigilator, at=at, part_id=hall.theory.pk)
    return hall


def seat_everyone(hall: Hall, *, at: datetime = MORNING) -> Hall:
    """Open the theory room and check everybody in."""
    open_doors(hall, at=at)
    for index in range(len(hall.registrations)):
        check_in(hall, index, at=at)
    return hall


def check_in(hall: Hall, index: int = 0, *, at: datetime = MORNING) -> Attempt:
    """Check one candidate in at the theory room's door."""
    return services.check_in(
        actor=hall.invigilator, at=at, attempt_id=hall.attempt(index).pk, document_tail=hall.tail(index)
    )


def begin(hall: Hall, index: int = 0, *, at: datetime = START, device: str = "m1") -> selectors.StartedAttempt:
    """Release the paper if need be, and start one candidate's theory."""
    if PaperCopy.objects.filter(part=hall.theory, released_at__isnull=True).exists():
        services.release_papers(actor=hall.invigilator, at=at, part_id=hall.theory.pk)
    return services.start(actor=hall.candidate(index), at=at, attempt_id=hall.attempt(index).pk, device=device)


def begun_hall(*, candidates: int = 1, at: datetime = START, **options: Any) -> Hall:
    """A hall where everybody sits at the theory."""
    hall = seat_everyone(make_hall(candidates=candidates, **options))
    for index in range(candidates):
        begin(hall, index, at=at)
    return hall


def entries(
    answers: Mapping[int, str] | Iterable[tuple[int, str]], *, first: int = 1, at: datetime = START
) -> list[Entry]:
    """A machine's log: one entry for each (position, answer), numbered from `first`."""
    pairs = answers.items() if isinstance(answers, Mapping) else answers
    return [Entry(sequence, position, answer, at) for sequence, (position, answer) in enumerate(pairs, start=first)]


def save(
    hall: Hall,
    answers: Mapping[int, str] | Iterable[tuple[int, str]],
    index: int = 0,
    *,
    at: datetime = START,
    device: str = "m1",
    first: int = 1,
) -> int:
    """Send a machine's answers; returns what the server acknowledges."""
    return services.save_answers(
        actor=hall.candidate(index),
        at=at,
        attempt_id=hall.attempt(index).pk,
        device=device,
        entries=entries(answers, first=first, at=at),
    )


def right_answers(paper: Paper, number: int) -> dict[int, str]:
    """The first `number` positions answered rightly, the others wrongly."""
    key = key_of(paper)
    wrong = {"A": "B", "B": "C", "C": "D", "D": "A", "T": "F", "F": "T"}
    return {
        position: answer if place < number else wrong[answer]
        for place, (position, answer) in enumerate(sorted(key.items()))
    }


def key_of(paper: Paper) -> dict[int, str]:
    """The paper's answers, by the one who marks."""
    from kaogong.itembank import selectors as bank

    found = bank.answer_key(paper.pk, itembank.marker(region=""))
    assert len(found.answers) == PaperItem.objects.filter(paper=paper).count()
    return {position: key.answer for position, key in found.answers.items()}


def draw(hall: Hall, *, seed: int = 7) -> list[TaskDraw]:
    """Draw the practical tasks."""
    return services.draw_tasks(actor=DELIVERER, at=MORNING, part_id=hall.skill.pk, seed=seed)


def begin_practical(hall: Hall, *, seed: int = 7, at: datetime = SKILL_START) -> list[TaskDraw]:
    """Draw, open, check in and begin the practical part of everybody in the first wave."""
    draws = draw(hall, seed=seed)
    leader = hall.examiners[0]
    services.open_room(actor=leader, at=MORNING, part_id=hall.skill.pk)
    for index in range(len(hall.registrations)):
        attempt = hall.attempt(index, "skill")
        services.check_in(actor=leader, at=MORNING, attempt_id=attempt.pk, document_tail=hall.tail(index))
        services.start_practical(actor=leader, at=at, attempt_id=attempt.pk)
    return draws


def full_marks(draw_: TaskDraw, *, share: str = "1") -> dict[str, Decimal]:
    """Marks for every criterion of a drawn task: that share of its points, cut down to half points."""
    half = Decimal("0.5")
    return {
        each.code: (each.marks * Decimal(share) / half).to_integral_value(rounding="ROUND_FLOOR") * half
        for each in selectors.criteria_of(draw_.task)
    }


def sign(
    hall: Hall, examiner: int, draw_: TaskDraw, index: int = 0, *, marks: Mapping[str, Decimal], **more: Any
) -> Any:
    """Sign one examiner's sheet of one module."""
    return services.sign_score_sheet(
        actor=hall.examiners[examiner],
        at=more.pop("at", SKILL_START + timedelta(hours=1)),
        attempt_id=hall.attempt(index, "skill").pk,
        draw_id=draw_.pk,
        marks=marks,
        **more,
    )


def overseer() -> Actor:
    """A clerk who sees deliveries of Nanjing, and nothing more."""
    return officer("delivery.see", region="3201", name="马旁观")


def hall_of_today() -> Hall:
    """A hall whose theory began a minute ago by the real clock, its first candidate checked in, its paper released.

    For tests with a browser and a server, whose clock is the machine's.
    """
    at = timezone.now()
    begun = (at - timedelta(minutes=1)).astimezone(CHINA)
    station = make_station()
    rooms = {kind: [room.pk for room in stations.rooms(station.pk, kind)] for kind in ("theory", "practical")}
    round_ = draft_round()
    sitting = sitting_services.add_sitting(
        actor=PLANNER,
        at=DRAFTED,
        round_id=round_.pk,
        station_id=station.pk,
        held_on=begun.date(),
        parts=[
            sitting_services.PartPlan("theory", begun, rooms["theory"]),
            sitting_services.PartPlan("skill", begun + timedelta(hours=3), rooms["practical"]),
        ],
    )
    sitting_services.announce(actor=PLANNER, at=DRAFTED, round_id=round_.pk)
    hall = make_hall(sitting=Sitting.objects.get(pk=sitting.pk), delivered=False)
    hall.paper = itembank.make_paper()
    services.deliver_paper(actor=DELIVERER, at=at, part_id=hall.theory.pk, paper_id=hall.paper.pk)
    services.open_room(actor=hall.invigilator, at=at, part_id=hall.theory.pk)
    services.check_in(actor=hall.invigilator, at=at, attempt_id=hall.attempt().pk, document_tail=hall.tail())
    services.release_papers(actor=hall.invigilator, at=at, part_id=hall.theory.pk)
    return hall
