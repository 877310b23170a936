"""Persons for tests: sound identity numbers of real address codes, none of them anybody's."""

from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import count
from uuid import UUID

from kaogong.foundation.identity import services
from kaogong.foundation.identity.models import Person
from kaogong.foundation.identity.rules import check_digit
from kaogong.foundation.kernel.actors import Actor, service

AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
REGISTRAR = service("测试录入", "persons.enter", "persons.see", "persons.correct", "persons.merge", "persons.reveal")
_order = count(1)


def resident_number(
    order: int | None = None, *, address: str = "320102", born_on: date = date(1995, 6, 15), sex: str = "1"
) -> str:
    """A sound 18-character number; without `order` a new one each time, 490 to a day of birth."""
    place = next(_order) if order is None else order
    day = date.fromordinal(born_on.toordinal() + place // 490)
    sequence = (place % 490) * 2 + (1 if sex == "1" else 2)
    first17 = f"{address}{day:%Y%m%d}{sequence:03d}"
    return first17 + check_digit(first17)


def old_form(number18: str) -> str:
    """The 15-digit form that somebody born in the 1900s once carried."""
    return number18[:6] + number18[8:17]


def make_person(
    *,
    name: str = "孙同学",
    number: str | None = None,
    sex: str = "1",
    born_on: date = date(1995, 6, 15),
    phone: str = "",
    mail: str = "",
    region_code: str = "320102",
    organisation_id: UUID | None = None,
    actor: Actor = REGISTRAR,
    at: datetime = AT,
) -> Person:
    """Enter a person through the real service; without `number` a new one is made for the sex and date of birth."""
    return services.enter_person(
        actor=actor,
        at=at,
        name=name,
        document_kind="resident",
        document_number=number or resident_number(sex=sex, born_on=born_on),
        phone=phone,
        mail=mail,
        region_code=region_code,
        organisation_id=organisation_id,
    )
