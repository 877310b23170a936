"""Chapter nine: the round that is open today: applications in every state, and each kind of shortfall at level 4."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from kaogong.cli.demo.applying import apply_for, clerk_of
from kaogong.cli.demo.founding import PASSWORD
from kaogong.cli.demo.reviewing import look_at_papers
from kaogong.cli.demo.season import OCCUPATION, Season
from kaogong.foundation.access import selectors as access
from kaogong.foundation.access import services as accounts
from kaogong.foundation.identity import services as identity
from kaogong.foundation.kernel.actors import PUBLIC
from kaogong.registration import services as registration

APPLICANTS = 36
BORN = (date(1980, 1, 1), date(2006, 6, 30))


def _facts(season: Season) -> list[tuple[str, Mapping[str, Any]]]:
    """What people declare for level 4, most of it good, with one of each kind that falls short at the end."""
    ago = season.days.before
    award = {"occupation_code": OCCUPATION, "level": 5, "awarded_on": ago(5 * 366).date().isoformat(), "number": ""}
    work = {"occupation_code": OCCUPATION, "since": ago(7 * 366).date().isoformat(), "employer": "示例单位"}
    recent = {**award, "awarded_on": ago(2 * 366).date().isoformat()}
    school = {
        "route": "secondary_skill",
        "major_code": OCCUPATION,
        "graduates_on": ago(-220).date().isoformat(),
        "is_final_year": True,
        "name": "南京示例机电技师学院",
    }
    return [
        ("4-1", {"awards": [award], "work": [work]}),
        ("4-2", {"work": [work]}),
        ("4-3", {"schooling": [school]}),
        ("4-1", {"awards": [recent], "work": [work]}),
        ("4-1", {"work": [work]}),
        ("4-2", {"work": [{**work, "since": ago(4 * 366).date().isoformat()}]}),
        ("4-3", {"schooling": [{**school, "major_code": "4-03-02-01"}]}),
        ("4-3", {"schooling": [{**school, "is_final_year": False}]}),
    ]


def open_round(season: Season) -> None:
    """Play the chapter."""
    facts = _facts(season)
    good, short = facts[:3], facts[3:]
    declared = [*(good[number % 3] for number in range(APPLICANTS - len(short))), *short]
    submitted = 0
    for number, (condition, claimed) in enumerate(season.each("冬季批次报名（今日仍开放）", declared)):
        site = ("xuanwu", "qixia")[number % 2]
        sitting = season.sittings["open"][number % 2]
        clerk, at = clerk_of(season, site), season.days.before(7 - number % 6, 9 + number % 8)
        invented = season.registry.invent(born_from=BORN[0], born_until=BORN[1])
        person = identity.enter_person(
            actor=clerk,
            at=at,
            name=invented.name,
            document_kind="resident",
            document_number=invented.document_number,
            phone=invented.phone,
            region_code="320100",
            organisation_id=season.bodies[site],
        )
        entered = season.attempt(
            apply_for,
            season,
            clerk,
            at,
            sitting=sitting,
            person=person.pk,
            condition=condition,
            facts=claimed,
            with_papers=number % 7 != 3,
        )
        if entered is None:
            continue
        submitted += 1
        reviewer = season.by("nanjing/registrar")
        if number % 3 == 0 or number % 4 == 1:
            look_at_papers(reviewer, season.days.before(0, 8, 20), entered)
        if number % 4 == 1 and number % 7 != 3:
            registration.admit(actor=reviewer, at=season.days.before(0, 8, 30), registration_id=entered)
        elif number % 9 == 2:
            registration.send_back(
                actor=reviewer,
                at=season.days.before(0, 8, 40),
                registration_id=entered,
                note="证件照不清晰，请重新上传",
            )
    season.reached("冬季批次在途报名", submitted)


def candidates(season: Season) -> None:
    """Three candidates sign in by themselves: one with a certificate, one who resat or failed, one not yet applied."""
    passed = next((each for each in season.candidates if each.story == "issued"), None)
    failed = next((each for each in season.candidates if each.story == "failed"), None)
    newcomer = season.registry.invent(born_from=BORN[0], born_until=BORN[1])
    cast = [("考生（已获证）", passed, "candidate.passed"), ("考生（未合格）", failed, "candidate.failed")]
    at = season.days.before(1)
    for title, candidate, login in cast:
        if candidate is not None:
            _claim(season, candidate.invented.name, candidate.invented.document_number, login, title, at)
    account = accounts.open_account(
        actor=PUBLIC, at=at, password=PASSWORD, display_name=newcomer.name, username="candidate.new"
    )
    accounts.enter_oneself(
        actor=access.actor_of(account, at, door="shell"),
        at=at,
        name=newcomer.name,
        document_kind="resident",
        document_number=newcomer.document_number,
        region_code="320100",
    )
    season.logins.append((newcomer.name, "考生（尚未报名）", "candidate.new"))


def _claim(season: Season, name: str, number: str, login: str, title: str, at: Any) -> None:
    account = accounts.open_account(actor=PUBLIC, at=at, password=PASSWORD, display_name=name, username=login)
    accounts.claim_person(
        actor=access.actor_of(account, at, door="shell"),
        at=at,
        document_kind="resident",
        document_number=number,
        name=name,
    )
    season.logins.append((name, title, login))
