from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import ClassVar
from uuid import UUID

import pytest

from kaogong.foundation.kernel.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed(Event):
    name: ClassVar[str] = "kitchen.weighed"
    who: UUID
    on: date
    at: datetime
    kilograms: Decimal
    notes: tuple[str, ...] = ()


def test_an_event_becomes_plain_json() -> None:
    event = Weighed(
        region_code="320100",
        who=UUID(int=7),
        on=date(2026, 5, 1),
        at=datetime(2026, 5, 1, 8, tzinfo=UTC),
        kilograms=Decimal("1.50"),
        notes=("甲",),
    )

    assert event.payload() == {
        "region_code": "320100",
        "who": "00000000-0000-0000-0000-000000000007",
        "on": "2026-05-01",
        "at": "2026-05-01T08:00:00+00:00",
        "kilograms": "1.50",
        "notes": ["甲"],
    }


def test_an_event_carries_nothing_that_json_cannot() -> None:
    @dataclass(frozen=True, slots=True, kw_only=True)
    class Odd(Event):
        name: ClassVar[str] = "odd"
        thing: object

    with pytest.raises(TypeError, match="bytes"):
        Odd(thing=b"secret").payload()
