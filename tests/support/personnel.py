"""Examiners and supervisors for tests, made through the real services."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, date, datetime
from itertools import count

from kaogong.foundation.identity.models import Person
from kaogong.foundation.kernel.actors import Actor, service
from kaogong.foundation.organisations.models import Organisation
from kaogong.personnel import services
from kaogong.personnel.models import Card
from tests.support.identity import make_person
from tests.support.stations import ELECTRICIAN, make_centre

AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
GRANTOR = service("测试发卡", "personnel.grant", "personnel.relate", "personnel.view")
GIVEN = "安宁和平永康嘉禾文渊"
_order = count(1)


def make_card(
    *,
    person: Person | None = None,
    kind: str = "examiner",
    levels: Collection[int] = (5, 4, 3),
    occupation_code: str = ELECTRICIAN,
    occupation_name: str = "电工",
    since: date = date(2025, 1, 1),
    until: date = date(2027, 12, 31),
    employer: Organisation | None = None,
    issuer: Organisation | None = None,
    region_code: str = "320100",
    number: str = "",
    actor: Actor = GRANTOR,
    at: datetime = AT,
) -> Card:
    """Grant a card: by default an examiner's for the electrician, levels 5 to 3, in Nanjing."""
    order = next(_order)
    holder = person or make_person(name="周" + GIVEN[order % len(GIVEN)], born_on=date(1978, 3, 4))
    return services.grant_card(
        actor=actor,
        at=at,
        person_id=holder.pk,
        kind=kind,
        number=number or f"测卡{order:06d}",
        levels=levels,
        since=since,
        until=until,
        issued_by_id=(issuer or make_centre()).pk,
        region_code=region_code,
        occupation_code="" if kind == "supervisor" else occupation_code,
        occupation_name="" if kind == "supervisor" else occupation_name,
        employer_id=employer.pk if employer else None,
    )


def make_panel(count: int = 3, **options: object) -> list[Card]:
    """Several examiners' cards."""
    return [make_card(**options) for _each in range(count)]  # type: ignore[arg-type]  # passed on as they are
