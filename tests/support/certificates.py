"""A sitting that is ready for its certificates, for tests: held, closed, its results published, blanks in stock."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import count
from types import MappingProxyType
from typing import Any

from django.db import connection

from kaogong.blanks.models import Series
from kaogong.certificates import services
from kaogong.certificates.models import Certificate
from kaogong.delivery import services as delivery
from kaogong.delivery.models import Closing
from kaogong.foundation.kernel.actors import Actor
from kaogong.foundation.organisations.models import Organisation
from kaogong.registration.models import Registration
from kaogong.scoring.models import Result
from kaogong.sittings import services as sitting_services
from tests.support.audit import vouch_for
from tests.support.blanks import stock_up
from tests.support.cast import officer
from tests.support.delivery import START, Hall, draw, make_hall
from tests.support.identity import make_person
from tests.support.registration import make_admitted, next_name
from tests.support.sittings import DAY, PLANNER, announced_sitting, clock, days_after
from tests.support.stations import make_centre, make_station

PUBLISHED = clock(days_after(DAY, 5), 10)
ISSUING = clock(days_after(DAY, 30), 10)
"""When test certificates are issued: a month after the sitting."""
POWERS = (
    "certificates.issue",
    "certificates.print",
    "certificates.replace",
    "certificates.suspend",
    "certificates.see",
)
_order = count(1)


@dataclass
class Season:
    """A sitting with its results out, and the people who issue."""

    hall: Hall
    centre: Organisation
    series: Series
    issuer: Actor

    @property
    def registrations(self) -> list[Registration]:
        """The candidates, in order."""
        return self.hall.registrations

    def issue(self, **options: Any) -> services.IssueReport:
        """Issue what can be issued."""
        plain = {"actor": self.issuer, "at": ISSUING, "sitting_id": self.hall.sitting.pk}
        return services.issue(**plain | options)


def issuer_of(centre: Organisation, *, name: str = "吴核发") -> Actor:
    """Whoever holds the post of issuing in a centre."""
    return officer(*POWERS, region=centre.region_code.rstrip("0"), organisation=centre.pk, name=name)


def make_season(
    *,
    candidates: int = 1,
    failed: Sequence[int] = (),
    unpaid: Sequence[int] = (),
    kept: Mapping[int, str] = MappingProxyType({}),
    names: Mapping[int, str] = MappingProxyType({}),
    kind: str = "station",
    stock: int = 100,
    closed: bool = True,
    centre: Organisation | None = None,
) -> Season:
    """So many candidates of one sitting with final results; those at `failed` did not pass the skill part.

    Those at `kept` bring the mark of their theory from an earlier sitting on that day.
    """
    order = next(_order)
    city = centre or make_centre(name=f"测试市中心{order}")
    station = make_station(centre=city, kind=kind)
    body = station.organisation
    if kind == "station":
        body.institution_code = f"10992{order:03d}"
    else:
        body.evaluation_code = f"S000032{order + 900000:06d}"
    body.save()
    sitting = announced_sitting(centre=city, stations=[station])
    persons = [make_person(name=names.get(place) or next_name()) for place in range(candidates)]
    entered = [make_admitted(sitting, person=who, paid=place not in unpaid) for place, who in enumerate(persons)]
    hall = make_hall(sitting=sitting, registrations=entered)
    delivery.release_papers(actor=hall.invigilator, at=START, part_id=hall.theory.pk)
    draw(hall)
    if closed:
        close(hall)
    for place, registration in enumerate(entered):
        make_result(registration, skill="59.99" if place in failed else "81.67", kept=kept.get(place, ""))
    issuing = body if kind == "social_body" else city
    series = stock_up(issuing, last=stock)
    return Season(hall, city, series, issuer_of(issuing))


def close(hall: Hall) -> None:
    """Both parts are over and the sitting is held."""
    evening = clock(hall.sitting.held_on, 20)
    for part in (hall.theory, hall.skill):
        Closing.objects.create(part=part, closed_at=evening, closed_by="测试监考")
    hall.sitting = sitting_services.hold(actor=PLANNER, at=evening, sitting_id=hall.sitting.pk)


def make_result(
    registration: Registration,
    *,
    theory: str = "78.00",
    skill: str = "81.67",
    kept: str = "",
    published_at: datetime = PUBLISHED,
) -> Result:
    """A final result with these marks; each part stands alone. `kept` is the day the theory was sat, if earlier."""
    marks = {"theory": theory, "skill": skill}
    parts: dict[str, dict[str, Any]] = {
        part: {"mark": mark, "pass_mark": "60", "is_passed": Decimal(mark) >= 60, "outcome": "scored"}
        for part, mark in marks.items()
    }
    if kept:
        parts["theory"] |= {"outcome": "carried", "carried_from": kept}
    result = Result.objects.create(
        registration=registration,
        region_code=registration.region_code,
        parts=parts,
        is_passed=all(facts["is_passed"] for facts in parts.values()),
        clause="standard-form-2018/pass",
        state="final",
        drafted_at=published_at,
        published_at=published_at,
        published_by_name="成绩冯老师",
        recheck_until=(published_at + timedelta(days=14)).date(),
    )
    vouch_for(actor=officer(), at=published_at, records=[result])
    return result


def make_certificate(**options: Any) -> Certificate:
    """One issued certificate."""
    return make_season(**options).issue().issued[0]


@contextmanager
def administrator() -> Iterator[None]:
    """Somebody with the database's highest rights, past every trigger: what only signatures can find afterwards."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        try:
            yield
        finally:
            cursor.execute("SET session_replication_role = DEFAULT")
