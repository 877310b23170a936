"""Organisations for tests: entered through the services, as an officer of the ministry would."""

from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import count
from uuid import UUID

from kaogong.foundation.kernel.actors import service
from kaogong.foundation.organisations import services
from kaogong.foundation.organisations.models import Organisation

MATRIX = service("机构登记", "organisations.edit")
AT = datetime(2026, 1, 5, 1, 0, tzinfo=UTC)
_numbers = count(1)


def ministry() -> Organisation:
    """The ministry, as the reference data founds it."""
    return Organisation.objects.get(kind="ministry")


def make_organisation(
    kind: str = "prefecture_centre",
    *,
    name: str = "",
    region: str = "3201",
    parent: UUID | None = None,
    institution_code: str | None = None,
    evaluation_code: str | None = None,
    industry_code: str = "",
    opened_on: date = date(2000, 1, 1),
) -> Organisation:
    """A body of that kind and region under the ministry (or `parent`), with a name of its own."""
    return services.establish(
        actor=MATRIX,
        at=AT,
        name=name or f"测试机构{next(_numbers)}",
        kind=kind,
        region_code=region,
        parent_id=parent or ministry().pk,
        institution_code=institution_code,
        evaluation_code=evaluation_code,
        industry_code=industry_code,
        opened_on=opened_on,
    )
