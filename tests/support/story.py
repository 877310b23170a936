"""A small season for journeys, set up with the real services and told in times relative to now.

One centre in Nanjing with one station, one round of one sitting, a handful of candidates, a panel with accounts. The
web reads the real clock, so the past of a story (announcing, applying, seating) is done with an `at` in the past.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

from django.utils import timezone

from kaogong.delivery import services as delivery
from kaogong.foundation.access import selectors as access
from kaogong.foundation.access import services as accounts
from kaogong.foundation.identity.models import Person
from kaogong.foundation.kernel.actors import Actor
from kaogong.foundation.organisations.models import Organisation
from kaogong.itembank.models import Paper
from kaogong.personnel.models import Card
from kaogong.seating import services as seating
from kaogong.sittings import selectors as sittings
from kaogong.sittings import services as planning
from kaogong.sittings.models import Round, Sitting, SittingPart, SittingRoom
from kaogong.stations.models import Station
from tests.support import delivery as halls
from tests.support.access import FOUNDER, PASSWORD
from tests.support.cast import candidate
from tests.support.identity import make_person, resident_number
from tests.support.itembank import make_paper
from tests.support.organisations import make_organisation
from tests.support.personnel import make_card
from tests.support.registration import APPRENTICE, make_admitted
from tests.support.seating import ARRANGER
from tests.support.sittings import PLANNER, draft, plans
from tests.support.stations import make_station

NANJING = "320100"
_order = count(1)


@dataclass(frozen=True)
class Someone:
    """A person who can sign in: the account, the document and the record."""

    name: str
    login: str
    document: str
    person: Person

    @property
    def actor(self) -> Actor:
        """The person acting for herself, as at the counter."""
        return candidate(self.person.pk, self.name)

    @property
    def tail(self) -> str:
        """What the door asks for."""
        return self.document[-4:]


@dataclass
class Story:
    """A centre, its station, one round of one sitting, and whoever has come in so far."""

    theory_at: datetime
    centre: Organisation
    station: Station
    round: Round
    sitting: Sitting
    hall: halls.Hall | None = None
    people: list[Someone] = field(default_factory=list)
    examiners: list[Someone] = field(default_factory=list)
    invigilators: list[Someone] = field(default_factory=list)

    def before(self, days: int) -> datetime:
        """A moment so many days before the theory."""
        return self.theory_at - timedelta(days=days)

    @property
    def theory(self) -> SittingPart:
        """The theory part."""
        return self._part("theory")

    @property
    def skill(self) -> SittingPart:
        """The practical part."""
        return self._part("skill")

    def _part(self, code: str) -> SittingPart:
        return next(part for part in sittings.parts_of(self.sitting.pk) if part.part == code)

    def officer(self, role: str, name: str, *, body: Organisation | None = None) -> str:
        """Somebody with a post in the centre (or in `body`); gives the login."""
        login = f"officer.{role.replace('_', '-')}{next(_order)}"
        account = accounts.open_account(
            actor=FOUNDER, at=self.before(60), password=PASSWORD, display_name=name, username=login
        )
        accounts.appoint(
            actor=FOUNDER,
            at=self.before(60),
            account_id=account.pk,
            organisation_id=(body or self.centre).pk,
            role=role,
            since=self.before(60).date(),
        )
        return login

    def admit(self, name: str, *, facts: Mapping[str, Any] = APPRENTICE, **options: Any) -> Someone:
        """A candidate with an account who has applied, was admitted and has paid."""
        someone = signed_up(name, at=self.before(50))
        make_admitted(self.sitting, person=someone.person, facts=facts, at=self.before(30), **options)
        self.people.append(someone)
        return someone

    def seat(self, *, at: datetime | None = None) -> None:
        """Draw the seats, appoint two invigilators and three examiners, publish the tickets."""
        moment = at or self.before(6)
        seating.arrange(actor=ARRANGER, at=moment, sitting_id=self.sitting.pk, seed="20261124")
        theory, skill = self.theory, self.skill
        for room in sittings.rooms_of(theory.pk):
            for number in (1, 2):
                self.invigilators.append(signed_up(f"监考{'甲乙'[number - 1]}", at=self.before(50)))
                self._appoint(theory, "invigilator", moment, person=self.invigilators[-1].person, room=room)
        for role, name in (("leader", "考评甲"), ("examiner", "考评乙"), ("examiner", "考评丙")):
            self.examiners.append(signed_up(name, at=self.before(50)))
            self._appoint(skill, role, moment, card=self._card(self.examiners[-1].person))
        seating.publish(actor=ARRANGER, at=moment, sitting_id=self.sitting.pk)
        self.sitting.refresh_from_db()
        self.hall = halls.Hall(
            self.sitting,
            theory,
            skill,
            sittings.rooms_of(theory.pk)[0],
            sittings.rooms_of(skill.pk)[0],
            [self.registration_of(someone) for someone in self.people],
            self.invigilators[0].actor,
            [someone.actor for someone in self.examiners],
        )

    def registration_of(self, someone: Someone) -> Any:
        """The person's registration."""
        from kaogong.registration.models import Registration

        return Registration.objects.get(round=self.round, person=someone.person)

    def _card(self, person: Person) -> Card:
        year = self.theory_at.year
        return make_card(person=person, since=date(year - 1, 1, 1), until=date(year + 1, 12, 31), at=self.before(50))

    def _appoint(
        self,
        part: SittingPart,
        role: str,
        at: datetime,
        *,
        person: Person | None = None,
        card: Card | None = None,
        room: SittingRoom | None = None,
    ) -> None:
        seating.appoint(
            actor=ARRANGER,
            at=at,
            part_id=part.pk,
            role=role,
            person_id=person.pk if person else None,
            card_id=card.pk if card else None,
            room_id=room.pk if room else None,
        )

    def deliver(self, paper: Paper | None = None) -> halls.Hall:
        """Put a sealed paper (any, when none is given) at the theory, the day before; the room is not open yet."""
        assert self.hall is not None
        self.hall.paper = paper or make_paper()
        delivery.deliver_paper(
            actor=halls.DELIVERER,
            at=self.before(1),
            part_id=self.hall.theory.pk,
            paper_id=self.hall.paper.pk,
        )
        return self.hall

    def sit_theory(self, right: Mapping[int, int]) -> halls.Hall:
        """Play the theory to its end: each candidate (by place) answers so many of the hundred rightly."""
        hall = self.deliver()
        assert hall.paper is not None
        start = hall.theory.starts_at
        halls.open_doors(hall, at=start)
        for place, number in right.items():
            halls.check_in(hall, place, at=start)
            halls.begin(hall, place, at=start)
            halls.save(hall, halls.right_answers(hall.paper, number), place, at=start)
            delivery.submit(actor=hall.candidate(place), at=start, attempt_id=hall.attempt(place).pk)
        delivery.close_part(actor=hall.invigilator, at=hall.theory.ends_at, part_id=hall.theory.pk)
        return hall

    def begin_skill(self) -> list[Any]:
        """Draw the tasks and begin the practical part of everybody."""
        hall = self.hall
        assert hall is not None
        start, leader = hall.skill.starts_at, hall.examiners[0]
        draws = delivery.draw_tasks(actor=leader, at=start, part_id=hall.skill.pk, seed=7)
        delivery.open_room(actor=leader, at=start, part_id=hall.skill.pk)
        for place in range(len(hall.registrations)):
            attempt = hall.attempt(place, "skill")
            delivery.check_in(actor=leader, at=start, attempt_id=attempt.pk, document_tail=hall.tail(place))
            delivery.start_practical(actor=leader, at=start, attempt_id=attempt.pk)
        return draws

    def sit_skill(self, shares: Mapping[int, str]) -> None:
        """Play the practical part to its end: each candidate gets such a share of the points from each examiner."""
        hall = self.hall
        assert hall is not None
        draws = self.begin_skill()
        for place, share in shares.items():
            for examiner in range(len(hall.examiners)):
                for drawn in draws:
                    marks = halls.full_marks(drawn, share=share)
                    halls.sign(hall, examiner, drawn, place, marks=marks, at=hall.skill.ends_at)
        delivery.close_part(actor=hall.examiners[0], at=hall.skill.ends_at, part_id=hall.skill.pk)
        planning.hold(actor=PLANNER, at=hall.skill.ends_at, sitting_id=self.sitting.pk)


def signed_up(name: str, *, at: datetime, region_code: str = "320102") -> Someone:
    """A person with an account that has claimed her record."""
    number = resident_number()
    person = make_person(name=name, number=number, region_code=region_code, at=at)
    login = f"person{next(_order)}"
    account = accounts.open_account(actor=FOUNDER, at=at, password=PASSWORD, display_name=name, username=login)
    accounts.claim_person(
        actor=access.actor_of(account, at), at=at, document_kind="resident", document_number=number, name=name
    )
    return Someone(name, login, number, person)


def begin(*, theory_at: datetime, skill_after: timedelta = timedelta(hours=2), languages: Sequence[str] = ()) -> Story:
    """A centre and a station, and an announced round with one sitting whose theory begins at that moment.

    The round was announced 45 days before, applications close 12 days before.
    """
    drafted = theory_at - timedelta(days=45)
    centre = make_organisation(name="南京市测试鉴定指导中心", region=NANJING, institution_code="10010901")
    year = theory_at.year
    station = make_station(
        name="南京市测试鉴定站",
        centre=centre,
        since=date(year - 1, 1, 1),
        until=date(year + 1, 12, 31),
        rooms=(("theory", 3, 4), ("practical", 2, 3)),
        at=drafted,
    )
    station.organisation.institution_code = "10011901"
    station.organisation.save()
    round_ = draft(
        centre=centre,
        opens=drafted + timedelta(days=1),
        closes=theory_at - timedelta(days=12),
        languages=languages,
        at=drafted,
    )
    sitting = _sitting(round_, station, drafted, theory_at, theory_at + skill_after)
    planning.announce(actor=PLANNER, at=drafted, round_id=round_.pk)
    return Story(
        theory_at,
        centre,
        station,
        Round.objects.get(pk=round_.pk),
        Sitting.objects.select_related("round", "station__organisation").get(pk=sitting.pk),
    )


def _sitting(round_: Round, station: Station, at: datetime, theory_at: datetime, skill_at: datetime) -> Sitting:
    """The sitting, planned for a plain morning and then set to the story's hours.

    A sitting lies within one day of Beijing, which a test that runs at midnight could not keep: so the hours alone are
    set by hand, before the round is announced.
    """
    day = timezone.localtime(theory_at).date()
    sitting = planning.add_sitting(
        actor=PLANNER,
        at=at,
        round_id=round_.pk,
        station_id=station.pk,
        held_on=day,
        parts=plans(station, day, waves=1),
    )
    for part, start in (("theory", theory_at), ("skill", skill_at)):
        _set_hours(sitting.pk, part, start)
    return sitting


def _set_hours(sitting_id: UUID, code: str, start: datetime) -> None:
    part = SittingPart.objects.get(sitting=sitting_id, part=code)
    part.starts_at, part.ends_at = start, start + timedelta(minutes=part.minutes)
    part.save(update_fields=["starts_at", "ends_at"])
    SittingRoom.objects.filter(part=part).update(period=(part.starts_at, part.ends_at))


def outsiders_body() -> Organisation:
    """A centre of another province."""
    return make_organisation(name="济南市测试鉴定指导中心", region="370100")
