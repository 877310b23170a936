"""Chapter five: seats are drawn, panels appointed, one examiner stands aside, tickets go out, a typhoon comes."""

from __future__ import annotations

from datetime import datetime, timedelta
from datetime import time as clock
from typing import TypeVar
from uuid import UUID

from kaogong.cli.demo.season import BEIJING, Season
from kaogong.foundation.kernel.actors import Actor
from kaogong.personnel import services as personnel
from kaogong.registration import selectors as applications
from kaogong.seating import selectors as seats
from kaogong.seating import services as seating
from kaogong.sittings import selectors as sittings
from kaogong.sittings import services as planning

Someone = TypeVar("Someone")
EXAMINERS_A_SITE = 5
TYPHOON_DAYS = 10


def arrange(season: Season) -> None:
    """Play the chapter for the main and the body's sittings."""
    planned = [
        *((sitting, "nanjing") for sitting in season.sittings["main"]),
        *((sitting, "skills") for sitting in season.sittings["body"]),
    ]
    _taught(season, planned[0][0])
    tickets = 0
    for sitting, organiser in season.each("编排考场、考评小组与准考证", planned):
        tickets += seat(season, sitting, organiser, season.days.before(65))
    season.reached("发布准考证", tickets)
    _typhoon(season)


def seat(season: Season, sitting: UUID, organiser: str, at: datetime) -> int:
    """Draw the seats of one sitting, appoint its people, publish its tickets; gives how many."""
    registrar = season.by(f"{organiser}/registrar")
    if seats.candidate_counts(sitting).ready == 0:
        season.attempt(seating.arrange, actor=registrar, at=at, sitting_id=sitting, seed="演示")
        season.attempt(planning.cancel, actor=registrar, at=at, sitting_id=sitting, reason="无人报考")
        return 0
    seating.arrange(actor=registrar, at=at, sitting_id=sitting, seed=f"演示{season.seed}")
    _clash(season, sitting, registrar, at)
    for part in sittings.parts_of(sitting):
        if part.part == "theory":
            _invigilators(season, organiser, part.pk, at)
        else:
            _panel(season, organiser, part.pk, at)
    return len(seating.publish(actor=registrar, at=at, sitting_id=sitting))


def _clash(season: Season, sitting: UUID, registrar: Actor, at: datetime) -> None:
    """Somebody asks for a seat that is taken."""
    theory = next(part for part in sittings.parts_of(sitting) if part.part == "theory")
    first, *others = seats.seats(theory.pk)
    if others and season.model.random.random() < 0.3:
        season.attempt(
            seating.move_seat,
            actor=registrar,
            at=at,
            seat_id=first.pk,
            room_id=others[-1].room_id,
            number=others[-1].number,
            wave=others[-1].wave,
        )


def _invigilators(season: Season, organiser: str, part: UUID, at: datetime) -> None:
    registrar = season.by(f"{organiser}/registrar")
    waiting = iter(season.invigilators[organiser])
    for room in sittings.rooms_of(part):
        appointed = 0
        for person in waiting:
            done = season.attempt(
                seating.appoint,
                actor=registrar,
                at=at,
                part_id=part,
                role="invigilator",
                person_id=person,
                room_id=room.pk,
            )
            appointed += done is not None
            if appointed == 2:
                break
    _rotate(season.invigilators[organiser], 6)


def _panel(season: Season, organiser: str, part: UUID, at: datetime) -> None:
    """A leader for both shops and two examiners in each: every candidate is marked by three."""
    registrar = season.by(f"{organiser}/registrar")
    rooms = [room.pk for room in sittings.rooms_of(part)]
    posts = [("leader", None), *(("examiner", rooms[index % len(rooms)]) for index in range(EXAMINERS_A_SITE - 1))]
    for card, _person in list(season.examiners[organiser]):
        if not posts:
            break
        role, room = posts[0]
        if season.attempt(seating.appoint, actor=registrar, at=at, part_id=part, role=role, card_id=card, room_id=room):
            posts.pop(0)
    _rotate(season.examiners[organiser], EXAMINERS_A_SITE)


def _rotate(people: list[Someone], count: int) -> None:
    """Whoever served goes to the end of the list."""
    people[:] = people[count:] + people[:count]


def _taught(season: Season, sitting: UUID) -> None:
    """The first examiner on the list taught a candidate of the first sitting: found when he is to be appointed."""
    pupil = (
        applications.registrations_for(season.by("nanjing/registrar")).filter(sitting=sitting, state="admitted").first()
    )
    if pupil is None:
        return
    personnel.relate(
        actor=season.by("nanjing/personnel_officer"),
        at=season.days.before(66),
        first_id=season.examiners["nanjing"][0][1],
        second_id=pupil.person_id,
        kind="taught",
        source="考评员本人申报：曾任该考生培训教师",
        since=season.days.before(400).date(),
    )


def _typhoon(season: Season) -> None:
    """The third sitting is moved by ten days for a typhoon; people on duty, tickets and seats follow."""
    moved = season.sittings["main"][2]
    row = sittings.of_id(moved)
    if row.state != "published":
        return
    eve = datetime.combine(row.held_on - timedelta(days=1), clock(16, 0), BEIJING)
    to = row.held_on + timedelta(days=TYPHOON_DAYS)
    registrar = season.by("nanjing/registrar")
    # Without an emergency the day before is too late: refused with its clause; then for the typhoon.
    season.attempt(
        planning.move, actor=registrar, at=eve, sitting_id=moved, to=to, reason="考场临时另有安排", is_emergency=False
    )
    planning.move(
        actor=registrar, at=eve, sitting_id=moved, to=to, reason="台风红色预警，全市停工停课", is_emergency=True
    )
    season.notes.append(
        f"场次 {row.number} 因台风由 {row.held_on:%Y-%m-%d} 改到 {to:%Y-%m-%d}，座位与考评小组随之改期。"
    )
