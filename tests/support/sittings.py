"""Rounds and sittings for tests, made through the real services."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from kaogong.foundation.kernel.actors import Actor, service
from kaogong.foundation.organisations.models import Organisation
from kaogong.sittings import services
from kaogong.sittings.models import Round, Sitting
from kaogong.sittings.services import PartPlan
from kaogong.stations import selectors as stations
from kaogong.stations.models import Station
from tests.support.stations import ELECTRICIAN, make_centre, make_station

CHINA = ZoneInfo("Asia/Shanghai")
PLANNER = service("测试考务", "sittings.plan", "sittings.announce", "sittings.move", "seating.arrange", "delivery.run")
DRAFTED = datetime(2026, 3, 2, 9, 0, tzinfo=CHINA)
"""When test rounds are drafted and announced."""
OPENS = datetime(2026, 3, 3, 9, 0, tzinfo=CHINA)
CLOSES = datetime(2026, 4, 3, 17, 0, tzinfo=CHINA)
APPLYING = datetime(2026, 3, 10, 10, 0, tzinfo=CHINA)
"""A moment while the applications of a test round are open."""
DAY = date(2026, 4, 18)
"""The day of a test sitting."""
_order = count(1)


def clock(day: date, hour: int, minute: int = 0) -> datetime:
    """A moment of that day by the clocks of China."""
    return datetime.combine(day, time(hour, minute), tzinfo=CHINA)


def draft(
    *,
    centre: Organisation | None = None,
    level: int = 5,
    track: str = "social",
    occupation_code: str = ELECTRICIAN,
    opens: datetime = OPENS,
    closes: datetime = CLOSES,
    number: str = "",
    fees: dict[str, Any] | None = None,
    languages: Sequence[str] = (),
    actor: Actor = PLANNER,
    at: datetime = DRAFTED,
) -> Round:
    """A drafted round without sittings."""
    body = centre or make_centre()
    return services.draft_round(
        actor=actor,
        at=at,
        number=number,
        name=f"电工测试批次{next(_order)}",
        track=track,
        organisation_id=body.pk,
        occupation_code=occupation_code,
        level=level,
        applications_from=opens,
        applications_until=closes,
        fees=fees if fees is not None else {"theory": 3500, "skill": 16000, "review": 32000, "basis": "测试"},
        languages=languages,
    )


def plans(station: Station, day: date, *, waves: int = 3, parts: Sequence[str] = ("theory", "skill")) -> list[PartPlan]:
    """The theory at 9:00 in all theory rooms, the skill from 11:00 in all practical rooms, in waves."""
    theory = [room.pk for room in stations.rooms(station.pk, "theory")]
    practical = [room.pk for room in stations.rooms(station.pk, "practical")]
    found = {
        "theory": PartPlan("theory", clock(day, 9), theory),
        "skill": PartPlan("skill", clock(day, 11), practical, waves=waves),
    }
    return [found[part] for part in parts]


def make_sitting(
    *,
    round_: Round | None = None,
    station: Station | None = None,
    day: date = DAY,
    waves: int = 3,
    parts: Sequence[str] = ("theory", "skill"),
    actor: Actor = PLANNER,
    at: datetime = DRAFTED,
) -> Sitting:
    """A planned sitting of a round (by default a drafted one): one theory room of 30, ten work places in waves."""
    site = station or make_station()
    return services.add_sitting(
        actor=actor,
        at=at,
        round_id=(round_ or draft()).pk,
        station_id=site.pk,
        held_on=day,
        parts=plans(site, day, waves=waves, parts=parts),
    )


def make_round(
    *,
    centre: Organisation | None = None,
    stations: Sequence[Station] = (),
    days: Sequence[date] = (DAY,),
    level: int = 5,
    waves: int = 3,
    actor: Actor = PLANNER,
    at: datetime = DRAFTED,
    opens: datetime = OPENS,
    closes: datetime = CLOSES,
    languages: Sequence[str] = (),
) -> Round:
    """An announced round with a sitting at each station on each day; by default one of 30 places in Nanjing."""
    round_ = draft(centre=centre, level=level, actor=actor, at=at, opens=opens, closes=closes, languages=languages)
    for site in stations or [make_station()]:
        for day in days:
            make_sitting(round_=round_, station=site, day=day, waves=waves, actor=actor, at=at)
    return services.announce(actor=actor, at=at, round_id=round_.pk)


def announced_sitting(**options: Any) -> Sitting:
    """The first sitting of an announced round (see `make_round`)."""
    round_ = make_round(**options)
    return Sitting.objects.select_related("round", "station__organisation").filter(round=round_).order_by("number")[0]


def days_after(day: date, days: int) -> date:
    """A later day."""
    return day + timedelta(days=days)
