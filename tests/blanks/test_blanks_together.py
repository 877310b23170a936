"""Several who take at once, over real connections: nobody gets another's serial, and none is skipped."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from kaogong.blanks import services
from tests.support.blanks import AT, KEEPER, holdings, stock_up
from tests.support.stations import make_centre

pytestmark = pytest.mark.concurrency


def test_two_takers_at_once_get_different_serials(real_database: str) -> None:
    centre = make_centre(name="南京测试中心")
    series = stock_up(centre, first=1, last=200)

    def take(count: int) -> list[int]:
        try:
            taken = services.take(actor=KEEPER, at=AT, organisation_id=centre.pk, count=count, reference="并发")
            return [each.serial for each in taken]
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        found = list(pool.map(take, [7, 1, 12, 3, 20, 5] * 4))

    assert sorted(serial for each in found for serial in each) == list(range(1, 193))
    assert holdings(series) == [("南京测试中心", "used", 1, 192), ("南京测试中心", "stock", 193, 200)]


def test_transfers_in_both_directions_do_not_lock_each_other_out(real_database: str) -> None:
    one, other = make_centre(name="甲中心"), make_centre(name="乙中心")
    series = stock_up(one, first=1, last=50)
    stock_up(other, series=series, first=51, last=100)

    def swap(serial: int) -> None:
        target = other if serial <= 50 else one
        try:
            services.transfer(
                actor=KEEPER, at=AT, series_id=series.pk, first=serial, last=serial, to_organisation_id=target.pk
            )
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(swap, [1, 100, 2, 99, 3, 98, 4, 97]))

    assert holdings(series) == [
        ("乙中心", "stock", 1, 4),
        ("甲中心", "stock", 5, 50),
        ("乙中心", "stock", 51, 96),
        ("甲中心", "stock", 97, 100),
    ]
