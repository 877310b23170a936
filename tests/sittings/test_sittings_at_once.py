"""Two planners at one moment: one room, one announcement, one next number."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import connection
from tests.support.sittings import APPLYING, DAY, DRAFTED, PLANNER, announced_sitting, draft, make_sitting, plans
from tests.support.stations import make_centre, make_station

from kaogong.foundation.kernel.refusals import Refusal
from kaogong.sittings import services
from kaogong.sittings.models import Round, SittingRoom

pytestmark = pytest.mark.concurrency


def at_once(*acts: Callable[[], object]) -> list[str]:
    """Run the acts in threads of their own; each ends with "done" or the code of its refusal."""

    def one(act: Callable[[], object]) -> str:
        try:
            act()
        except Refusal as refusal:
            return refusal.code
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(len(acts)) as pool:
        return sorted(pool.map(one, acts))


def plan(round_id: UUID, station_id: UUID, parts: list[services.PartPlan]) -> Callable[[], object]:
    return lambda: services.add_sitting(
        actor=PLANNER, at=DRAFTED, round_id=round_id, station_id=station_id, held_on=DAY, parts=parts
    )


def test_one_room_goes_to_one_sitting(real_database: str) -> None:
    station = make_station(rooms=(("theory", 6, 5), ("theory", 6, 5), ("practical", 2, 5), ("practical", 2, 5)))
    forth = plans(station, DAY)
    back = [replace(each, room_ids=list(reversed(each.room_ids))) for each in reversed(forth)]
    rounds = [draft(), draft()]
    outcomes = at_once(plan(rounds[0].pk, station.pk, forth), plan(rounds[1].pk, station.pk, back))
    assert outcomes == ["done", "sittings.RoomTaken"]
    assert SittingRoom.objects.filter(room__station=station).count() == 4


def test_one_announcement(real_database: str) -> None:
    round_ = draft()
    make_sitting(round_=round_)
    outcomes = at_once(
        *[lambda: services.announce(actor=PLANNER, at=DRAFTED, round_id=round_.pk) for _each in range(2)]
    )
    assert outcomes == ["done", "kernel.WrongState"]


def test_each_draft_gets_its_own_number(real_database: str) -> None:
    centre = make_centre()
    assert at_once(*[lambda: draft(centre=centre) for _each in range(4)]) == ["done"] * 4
    assert Round.objects.values("number").distinct().count() == 4


def test_a_move_and_a_plan_want_the_same_room(real_database: str) -> None:
    station = make_station()
    sitting = announced_sitting(stations=[station], days=[DAY + timedelta(days=7)])
    outcomes = at_once(
        plan(draft().pk, station.pk, plans(station, DAY)),
        lambda: services.move(actor=PLANNER, at=APPLYING, sitting_id=sitting.pk, to=DAY, reason="场地检修"),
    )
    assert outcomes == ["done", "sittings.RoomTaken"]
