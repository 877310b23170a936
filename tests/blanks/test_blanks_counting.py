"""After a restore the shelf is counted before anything is taken from it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection

from kaogong.blanks import rules, selectors, services
from kaogong.blanks.models import Movement, Series, StockCount
from kaogong.foundation.kernel.refusals import NotPermitted
from kaogong.foundation.organisations.models import Organisation
from tests.support.blanks import AT, KEEPER, holdings, stock_up
from tests.support.cast import officer, outsider
from tests.support.restores import note_restore
from tests.support.stations import make_centre

BASIS = "两人清点，见盘点表"


class TestTakenSince:
    @pytest.mark.parametrize(
        ("counted", "lowest", "gone"),
        [
            (20, 1, []),
            (15, 6, [(1, 6)]),
            (9, 32, [(1, 11), (31, 32)]),
            (0, None, [(1, 11), (31, 41)]),
        ],
    )
    def test_the_lowest_went_first(self, counted: int, lowest: int | None, gone: list[rules.Range]) -> None:
        assert rules.taken_since([(31, 41), (1, 11)], counted=counted, lowest=lowest) == (gone, "")

    @pytest.mark.parametrize(
        ("counted", "lowest", "word"),
        [(21, 1, "只有 20 本"), (15, 7, "另一流水码"), (0, 1, "没有"), (15, None, "另一")],
    )
    def test_what_that_does_not_explain_is_no_count(self, counted: int, lowest: int | None, word: str) -> None:
        gone, reason = rules.taken_since([(1, 11), (31, 41)], counted=counted, lowest=lowest)
        assert gone == []
        assert word in reason


@pytest.fixture
def body() -> Organisation:
    return make_centre(name="盘点测试中心")


@pytest.fixture
def series(body: Organisation) -> Series:
    return stock_up(body, last=20)


def count(series: Series, body: Organisation, **options: Any) -> StockCount:
    plain = {"counted": 20, "lowest": 1, "basis": BASIS, "actor": KEEPER, "at": AT}
    return services.count_stock(series_id=series.pk, organisation_id=body.pk, **plain | options)


def take(body: Organisation, number: int = 1) -> list[services.TakenSerial]:
    return services.take(actor=KEEPER, at=AT, organisation_id=body.pk, count=number, reference="测试")


@pytest.mark.django_db
class TestCountStock:
    def test_nothing_is_taken_before(self, series: Series, body: Organisation) -> None:
        note_restore()
        with pytest.raises(services.NotCounted, match=series.name):
            take(body)
        count(series, body)
        assert take(body)[0].serial == 1

    def test_books_what_is_gone_as_used(self, series: Series, body: Organisation) -> None:
        note_restore()
        assert count(series, body, counted=17, lowest=4).missing == 3
        assert holdings(series) == [(body.name, "used", 1, 3), (body.name, "stock", 4, 20)]
        assert Movement.objects.get(kind="use").reason == BASIS
        assert take(body)[0].serial == 4

    def test_another_restore_asks_again(self, series: Series, body: Organisation) -> None:
        note_restore()
        count(series, body)
        note_restore()
        assert selectors.uncounted(body.pk) == [series]

    def test_in_ordinary_times_there_is_none(self, series: Series, body: Organisation) -> None:
        with pytest.raises(services.NothingRestored):
            count(series, body, counted=17, lowest=4)

    def test_refuses_what_the_order_does_not_explain(self, series: Series, body: Organisation) -> None:
        note_restore()
        with pytest.raises(services.CountDiffers, match="A0000002"):
            count(series, body, counted=17, lowest=2)
        assert selectors.uncounted(body.pk) == [series]

    def test_asks_on_what_it_rests(self, series: Series, body: Organisation) -> None:
        note_restore()
        with pytest.raises(services.ReasonMissing):
            count(series, body, basis=" ")

    def test_needs_the_power(self, series: Series, body: Organisation) -> None:
        note_restore()
        for actor in (officer("certificates.issue", organisation=body.pk), outsider("blanks.move")):
            with pytest.raises(NotPermitted):
                count(series, body, actor=actor)


@pytest.mark.concurrency
def test_of_two_that_count_at_once_the_second_finds_it_counted(real_database: str) -> None:
    centre = make_centre(name="同时盘点中心")
    printing = stock_up(centre, last=20)
    note_restore()

    def try_it(_turn: int) -> int:
        try:
            return count(printing, centre, counted=17, lowest=4).missing
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(try_it, range(2))) == [0, 3]
    assert holdings(printing) == [(centre.name, "used", 1, 3), (centre.name, "stock", 4, 20)]
