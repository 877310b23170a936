"""Chapter three: people apply at windows and through schools; the rules refuse whom they must.

Four in ten come on a school's list, the others to a station's window. Among a hundred, about four lack a year of work,
one's apprenticeship is not over, two live and work elsewhere, and one is entered again under an old 15-digit number.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from kaogong.cli.demo.people import Invented, old_form
from kaogong.cli.demo.season import OCCUPATION, Candidate, Season
from kaogong.foundation.identity import services as identity
from kaogong.foundation.kernel.actors import Actor
from kaogong.registration import selectors
from kaogong.registration import services as registration
from kaogong.registration.services import Application

if TYPE_CHECKING:
    from kaogong.registration.models import Registration

Facts = Mapping[str, Any]
SCHOOLS = {"college": "南京示例机电技师学院", "college2": "南京示例交通职业技术学院"}
EMPLOYERS = ("南京示例电机有限公司", "江苏示例建设集团", "示例物业服务公司", "南京示例地铁运维公司", "自由职业")
SCHOOL_SHARE = 0.40
BORN = (date(1972, 1, 1), date(2007, 6, 30))
LIST_LENGTH = 60
SCAN = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)
"""An empty sheet of A4: stands for a scan."""


@dataclass(slots=True)
class Queue:
    """Who comes for one sitting, in the order of coming."""

    site: str
    sitting: UUID
    arrivals: list[tuple[int, Invented]] = field(default_factory=list)

    @property
    def organiser(self) -> str:
        """Whose round it is: the city's centre's, or the filed body's."""
        return "skills" if self.site == "skills" else "nanjing"


def apply(season: Season) -> None:
    """Play the chapter."""
    queues = [Queue(site, sitting) for site, sitting in _targets(season)]
    for number, invented in enumerate(season.registry.many(season.size, born_from=BORN[0], born_until=BORN[1])):
        queues[number % len(queues)].arrivals.append((number, invented))
    for came in season.apart("报名（按场次）", queues, _take):
        season.candidates += came
    _too_late(season)
    season.reached("提出报名", season.size)
    season.reached("报名受理", sum(1 for each in season.candidates if each.registration_id))


def _take(season: Season, queue: Queue) -> list[Candidate]:
    """Take the applications for one sitting: at the window one by one, from schools in lists."""
    came: list[Candidate] = []
    pupils: dict[str, list[Candidate]] = {}
    for number, invented in queue.arrivals:
        if season.model.random.random() < SCHOOL_SHARE:
            school = "college" if number % 3 else "college2"
            pupils.setdefault(school, []).append(_enrol(season, queue, invented, school))
        else:
            came.append(_at_the_window(season, queue, invented, number))
    for school, everybody in pupils.items():
        for first in range(0, len(everybody), LIST_LENGTH):
            came += _hand_in_list(season, school, queue.sitting, everybody[first : first + LIST_LENGTH])
    return came


def _targets(season: Season) -> list[tuple[str, UUID]]:
    """Site and sitting of the main and the body's rounds, dealt day by day."""
    main, body = season.sittings["main"], season.sittings["body"]
    sites = ("xuanwu", "qixia", "jiangning")
    pairs = [(sites[index % len(sites)], sitting) for index, sitting in enumerate(main)]
    return [*pairs, *(("skills", sitting) for sitting in body)]


def clerk_of(season: Season, site: str) -> Actor:
    """Who takes applications at a site."""
    return season.by("skills/registrar" if site == "skills" else f"{site}/station_clerk")


def _enter(season: Season, actor: Actor, invented: Invented, organisation: UUID, at: datetime) -> UUID:
    """Enter a person, or find the one who is there already."""
    return identity.enter_person(
        actor=actor,
        at=at,
        name=invented.name,
        document_kind="resident",
        document_number=invented.document_number,
        phone=invented.phone,
        region_code="320100",
        organisation_id=organisation,
    ).pk


def _enrol(season: Season, queue: Queue, invented: Invented, school: str) -> Candidate:
    at = season.days.before(95)
    clerk = season.by(f"{school}/school_clerk")
    person = _enter(season, clerk, invented, season.bodies[school], at)
    return Candidate(invented, season.model.ability(), person, queue.sitting, queue.organiser)


def _hand_in_list(season: Season, school: str, sitting: UUID, pupils: Sequence[Candidate]) -> Sequence[Candidate]:
    """A school's list: good rows are entered together, each refused row is told with its clause."""
    applications = [
        Application(
            person_id=pupil.person_id,
            condition_code="5-2",
            facts=_apprenticed(season),
            residence_code="320115",
            employer=SCHOOLS[school],
            source="学校",
        )
        for pupil in pupils
    ]
    report = season.attempt(
        registration.enter_many,
        actor=season.by(f"{school}/school_clerk"),
        at=season.days.before(90),
        sitting_id=sitting,
        applications=applications,
    )
    if report is None:
        return pupils
    for row in report.refused:
        season.count(row.refusal)
    entered = {row.person_id: row.pk for row in report.entered}
    for each in report.entered:
        hand_in_papers(season.by(f"{school}/school_clerk"), season.days.before(89), each)
    for pupil in pupils:
        pupil.registration_id = entered.get(pupil.person_id)
    return pupils


def _at_the_window(season: Season, queue: Queue, invented: Invented, number: int) -> Candidate:
    site = queue.site
    at = season.days.before(95 - number % 20, 9 + number % 7, number % 60)
    clerk = clerk_of(season, site)
    person = _enter(season, clerk, invented, season.bodies[site], at)
    if invented.born_on.year < 2000 and season.model.random.random() < 0.02:
        _again_under_the_old_number(season, clerk, invented, site, at)
    candidate = Candidate(invented, season.model.ability(), person, queue.sitting, queue.organiser)
    facts, condition, residence = _story(season)
    candidate.registration_id = season.attempt(
        apply_for,
        season,
        clerk,
        at,
        sitting=queue.sitting,
        person=person,
        condition=condition,
        facts=facts,
        residence=residence,
    )
    return candidate


def apply_for(
    season: Season,
    actor: Actor,
    at: datetime,
    *,
    sitting: UUID,
    person: UUID,
    condition: str,
    facts: Facts,
    residence: str = "320106",
    with_papers: bool = True,
) -> UUID:
    """Begin, claim, prove and submit one application; gives its id, or raises the refusal that met it."""
    begun = registration.start(actor=actor, at=at, sitting_id=sitting, person_id=person)
    claimed = registration.claim(
        actor=actor,
        at=at,
        registration_id=begun.pk,
        condition_code=condition,
        facts=facts,
        residence_code=residence,
        employer=season.model.random.choice(EMPLOYERS),
        source="企业",
    )
    if with_papers:
        hand_in_papers(actor, at, claimed)
    return registration.submit(actor=actor, at=at, registration_id=begun.pk).pk


def hand_in_papers(actor: Actor, at: datetime, application: Registration) -> None:
    """A scan for every clause that needs a proof."""
    for need in selectors.proof_needs(application):
        proof = need.accepted[0]
        registration.hand_in(
            actor=actor,
            at=at,
            registration_id=application.pk,
            kind=need.kind,
            proof=proof,
            title=selectors.proof_label(proof),
            content=SCAN,
        )


def _again_under_the_old_number(season: Season, clerk: Actor, invented: Invented, site: str, at: datetime) -> None:
    """The same man comes back with his old card: found to be the same person."""
    old = Invented(
        invented.name, old_form(invented.document_number), invented.born_on, invented.is_male, invented.phone
    )
    season.attempt(_enter, season, clerk, old, season.bodies[site], at)


def _story(season: Season) -> tuple[Facts, str, str]:
    """What someone at the window declares: facts, the condition claimed, and where she lives."""
    chance = season.model.random.random()
    if chance < 0.04:
        return _worked(season, months=season.model.random.randrange(3, 12)), "5-1", "320106"
    if chance < 0.05:
        return {"apprenticeships": []}, "5-2", "320106"
    if chance < 0.07:
        return _worked(season, months=30), "5-1", "370102"
    return _worked(season, months=season.model.random.randrange(13, 180)), "5-1", "320106"


def _worked(season: Season, *, months: int) -> Facts:
    since = season.days.before(72).date() - timedelta(days=round(months * 30.44))
    return {"work": [{"occupation_code": OCCUPATION, "since": since.isoformat(), "employer": "示例单位"}]}


def _apprenticed(season: Season) -> Facts:
    ended = season.days.before(130).date()
    return {"apprenticeships": [{"occupation_code": OCCUPATION, "ended_on": ended.isoformat(), "master": "示例师傅"}]}


def _too_late(season: Season) -> None:
    """Three come after the window has closed."""
    site, sitting = _targets(season)[0]
    for invented in season.registry.many(3, born_from=BORN[0], born_until=BORN[1]):
        at = season.days.before(71)
        person = _enter(season, clerk_of(season, site), invented, season.bodies[site], at)
        season.attempt(
            apply_for,
            season,
            clerk_of(season, site),
            at,
            sitting=sitting,
            person=person,
            condition="5-1",
            facts=_worked(season, months=40),
        )
