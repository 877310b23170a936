"""The deeds of the ledger: each works, is refused by state and by power, and outsiders find nothing."""

from __future__ import annotations

from uuid import UUID

import pytest
from django.db import IntegrityError, connection, transaction

from kaogong.blanks import selectors, services
from kaogong.blanks.models import Holding, Movement, Series
from kaogong.foundation.kernel.refusals import NotFound, NotPermitted
from kaogong.foundation.organisations.models import Organisation
from tests.support.blanks import AT, KEEPER, holdings, make_series, stock_up
from tests.support.cast import officer, outsider
from tests.support.stations import make_centre

pytestmark = pytest.mark.django_db


@pytest.fixture
def centre() -> Organisation:
    return make_centre(name="南京测试中心")


@pytest.fixture
def province() -> Organisation:
    return make_centre(name="江苏测试中心", kind="provincial_centre", region_code="320000")


def balanced() -> None:
    """Let the deferred checks speak now."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def refuses(words: str) -> None:
    """The deferred checks speak, and their refusal undoes the test's own transaction from here on."""
    with pytest.raises(IntegrityError, match=words):
        balanced()
    transaction.set_rollback(True)


def take(body: Organisation, count: int, **options: object) -> list[services.TakenSerial]:
    return services.take(actor=KEEPER, at=AT, organisation_id=body.pk, count=count, reference="测试", **options)  # type: ignore[arg-type]  # passed on


class TestOrderSeries:
    def test_registers_a_printing(self) -> None:
        assert make_series(prefix="A", width=7).printed(12) == "A0000012"

    def test_happens_once(self) -> None:
        make_series(key="2026-1")
        with pytest.raises(services.SeriesExists, match="2026-1"):
            make_series(key="2026-1")

    @pytest.mark.parametrize(
        ("prefix", "width", "field"), [("A", 0, "width"), ("A", 16, "width"), ("A-1", 7, "prefix")]
    )
    def test_refuses_what_cannot_be_printed(self, prefix: str, width: int, field: str) -> None:
        with pytest.raises(services.SeriesWrong) as refused:
            make_series(prefix=prefix, width=width)
        assert refused.value.field == field

    def test_needs_the_power(self) -> None:
        with pytest.raises(NotPermitted):
            make_series(actor=officer("blanks.see"))


class TestReceive:
    def test_brings_a_range_into_stock(self, centre: Organisation) -> None:
        series = stock_up(centre, first=1, last=100)
        balanced()
        assert holdings(series) == [("南京测试中心", "stock", 1, 100)]
        assert selectors.available(centre.pk) == 100

    def test_joins_what_follows(self, centre: Organisation) -> None:
        series = stock_up(centre, first=1, last=100)
        stock_up(centre, series=series, first=101, last=200)
        balanced()
        assert holdings(series) == [("南京测试中心", "stock", 1, 200)]

    def test_never_takes_a_serial_twice(self, centre: Organisation, province: Organisation) -> None:
        series = stock_up(centre, first=1, last=100)
        with pytest.raises(services.AlreadyReceived, match="A0000091–A0000100"):
            stock_up(province, series=series, first=91, last=120)

    def test_never_takes_a_used_serial_again(self, centre: Organisation) -> None:
        series = stock_up(centre, first=1, last=10)
        take(centre, 10)
        with pytest.raises(services.AlreadyReceived):
            stock_up(centre, series=series, first=10, last=11)

    @pytest.mark.parametrize(("first", "last", "field"), [(0, 10, "first"), (10, 9, "last"), (1, 10_000_000, "last")])
    def test_refuses_a_range_that_cannot_be(self, centre: Organisation, first: int, last: int, field: str) -> None:
        with pytest.raises(services.RangeWrong) as refused:
            stock_up(centre, first=first, last=last)
        assert refused.value.field == field

    def test_needs_the_power(self, centre: Organisation) -> None:
        with pytest.raises(NotPermitted):
            stock_up(centre, series=make_series(), actor=officer("blanks.move", region="3201"))

    def test_outsiders_may_not(self, centre: Organisation) -> None:
        with pytest.raises(NotPermitted):
            stock_up(centre, series=make_series(), actor=outsider("blanks.receive"))


def transfer(series: Series, first: int, last: int, target: UUID, **options: object) -> Movement:
    return services.transfer(
        **{"actor": KEEPER, "at": AT, "series_id": series.pk, "first": first, "last": last} | options,  # type: ignore[arg-type]  # passed on
        to_organisation_id=target,
    )


class TestTransfer:
    def test_splits_the_giver(self, province: Organisation, centre: Organisation) -> None:
        series = stock_up(province, first=1, last=100)
        transfer(series, 41, 60, centre.pk)
        balanced()
        assert holdings(series) == [
            ("江苏测试中心", "stock", 1, 40),
            ("南京测试中心", "stock", 41, 60),
            ("江苏测试中心", "stock", 61, 100),
        ]

    def test_comes_back_whole(self, province: Organisation, centre: Organisation) -> None:
        series = stock_up(province, first=1, last=100)
        transfer(series, 41, 60, centre.pk)
        transfer(series, 41, 60, province.pk)
        balanced()
        assert holdings(series) == [("江苏测试中心", "stock", 1, 100)]

    def test_refuses_what_is_partly_elsewhere(self, province: Organisation, centre: Organisation) -> None:
        series = stock_up(province, first=1, last=100)
        transfer(series, 90, 100, centre.pk)
        with pytest.raises(services.NotHeld, match="江苏测试中心"):
            transfer(series, 80, 95, centre.pk)

    def test_refuses_a_used_serial(self, province: Organisation, centre: Organisation) -> None:
        series = stock_up(province, first=1, last=100)
        take(province, 5)
        with pytest.raises(services.NotHeld):
            transfer(series, 5, 6, centre.pk)

    def test_goes_to_another_body(self, centre: Organisation) -> None:
        series = stock_up(centre)
        with pytest.raises(services.SameBody):
            transfer(series, 1, 5, centre.pk)

    def test_needs_the_power_over_the_giver(self, province: Organisation, centre: Organisation) -> None:
        series = stock_up(province, first=1, last=100)
        keeper = officer("blanks.move", region="3201")
        with pytest.raises(NotPermitted):
            transfer(series, 1, 5, centre.pk, actor=keeper, from_organisation_id=province.pk)

    def test_outsiders_cannot_even_find_it(self, province: Organisation, centre: Organisation) -> None:
        series = stock_up(province, first=1, last=100)
        with pytest.raises(NotFound):
            transfer(series, 1, 5, centre.pk, actor=outsider("blanks.move"))


class TestTake:
    def test_takes_the_lowest_serials(self, centre: Organisation) -> None:
        series = stock_up(centre, first=1, last=100)
        assert [each.printed for each in take(centre, 3)] == ["A0000001", "A0000002", "A0000003"]
        balanced()
        assert holdings(series) == [("南京测试中心", "used", 1, 3), ("南京测试中心", "stock", 4, 100)]

    def test_goes_on_where_it_stopped(self, centre: Organisation) -> None:
        series = stock_up(centre, first=1, last=10)
        assert [each.serial for each in [*take(centre, 4), *take(centre, 6)]] == list(range(1, 11))
        balanced()
        assert holdings(series) == [("南京测试中心", "used", 1, 10)]

    def test_jumps_a_gap_but_skips_no_serial(self, centre: Organisation) -> None:
        series = stock_up(centre, first=1, last=3)
        stock_up(centre, series=series, first=8, last=9)
        assert [each.serial for each in take(centre, 5)] == [1, 2, 3, 8, 9]
        balanced()

    def test_uses_up_the_older_printing_first(self, centre: Organisation) -> None:
        old, new = make_series(prefix="B"), make_series(prefix="A")
        stock_up(centre, series=new, first=1, last=5)
        stock_up(centre, series=old, first=1, last=2)
        assert [each.printed for each in take(centre, 3)] == ["B0000001", "B0000002", "A0000001"]

    def test_takes_only_the_right_paper(self, centre: Organisation) -> None:
        stock_up(centre, paper="level-22")
        with pytest.raises(services.StockEmpty):
            take(centre, 1, paper="qualification-16")

    def test_refuses_when_the_stock_is_too_small(self, centre: Organisation) -> None:
        series = stock_up(centre, first=1, last=5)
        with pytest.raises(services.StockEmpty, match="需要 6 本，现有 5 本"):
            take(centre, 6)
        assert holdings(series) == [("南京测试中心", "stock", 1, 5)]

    def test_an_issuer_may_take(self, centre: Organisation) -> None:
        stock_up(centre)
        issuer = officer("certificates.issue", organisation=centre.pk, region="3201")
        taken = services.take(actor=issuer, at=AT, organisation_id=centre.pk, count=1, reference="核发")
        assert taken[0].serial == 1

    def test_needs_a_power(self, centre: Organisation) -> None:
        stock_up(centre)
        with pytest.raises(NotPermitted):
            services.take(actor=officer("blanks.see"), at=AT, organisation_id=centre.pk, count=1, reference="核发")


class TestSpoil:
    def spoil(self, series: Series, body: Organisation, **options: object) -> Movement:
        plain = {"first": 5, "last": 5, "reason": "受潮", "actor": KEEPER}
        return services.spoil(at=AT, series_id=series.pk, organisation_id=body.pk, **plain | options)  # type: ignore[arg-type]  # passed on

    def test_is_never_used_again(self, centre: Organisation) -> None:
        series = stock_up(centre, first=1, last=7)
        self.spoil(series, centre)
        balanced()
        assert [each.serial for each in take(centre, 6)] == [1, 2, 3, 4, 6, 7]

    def test_needs_a_reason(self, centre: Organisation) -> None:
        series = stock_up(centre)
        with pytest.raises(services.ReasonMissing):
            self.spoil(series, centre, reason="  ")

    def test_happens_once(self, centre: Organisation) -> None:
        series = stock_up(centre)
        self.spoil(series, centre)
        with pytest.raises(services.NotHeld):
            self.spoil(series, centre)

    def test_an_issuer_may_write_off_only_what_she_misprinted(self, centre: Organisation) -> None:
        series = stock_up(centre)
        take(centre, 5)
        issuer = officer("certificates.issue", organisation=centre.pk, region="3201")
        self.spoil(series, centre, actor=issuer, from_place="used", reason="打印错位")
        with pytest.raises(NotPermitted):
            self.spoil(series, centre, actor=issuer, first=6, last=6)

    def test_is_destroyed_afterwards(self, centre: Organisation) -> None:
        series = stock_up(centre, first=1, last=7)
        self.spoil(series, centre, first=1, last=2)
        services.destroy(
            actor=KEEPER,
            at=AT,
            series_id=series.pk,
            organisation_id=centre.pk,
            first=1,
            last=2,
            reason="两人监销",
        )
        balanced()
        assert selectors.balance(series.pk) == {"stock": 5, "used": 0, "spoilt": 0, "destroyed": 2, "received": 7}

    def test_outsiders_may_not(self, centre: Organisation) -> None:
        series = stock_up(centre)
        with pytest.raises(NotPermitted):
            self.spoil(series, centre, actor=outsider("blanks.move"))


class TestSelectors:
    def test_stock_shows_each_place(self, centre: Organisation) -> None:
        series = stock_up(centre, first=1, last=20)
        take(centre, 5)
        (line,) = selectors.stock(officer("blanks.see", region="3201"), series_id=series.pk)
        assert (line.stock, line.used, line.total, line.next_serial) == (15, 5, 20, "A0000006")
        assert line.ranges == ["A0000006–A0000020"]

    def test_outsiders_see_nothing(self, centre: Organisation) -> None:
        series = stock_up(centre)
        actor = outsider("blanks.see")
        assert selectors.stock(actor, series_id=series.pk) == []
        assert not selectors.ledger(actor, series_id=series.pk).exists()
        with pytest.raises(NotFound):
            selectors.where_is(series.pk, 1, actor=actor)

    def test_a_serial_tells_its_story(self, province: Organisation, centre: Organisation) -> None:
        series = stock_up(province, first=1, last=10)
        transfer(series, 1, 10, centre.pk)
        take(centre, 2)
        found = selectors.where_is(series.pk, 2, actor=KEEPER)
        assert found.place_label == "已用"
        assert [entry.kind for entry in found.entries] == ["receive", "transfer", "use"]

    def test_the_receiver_sees_what_came_from_above(self, province: Organisation, centre: Organisation) -> None:
        series = stock_up(province, first=1, last=10)
        transfer(series, 1, 5, centre.pk)
        actor = officer("blanks.see", region="3201", organisation=centre.pk)
        assert [entry.kind for entry in selectors.ledger(actor, series_id=series.pk)] == ["transfer"]

    def test_says_what_would_be_taken(self, centre: Organisation) -> None:
        series = stock_up(centre, first=1, last=3)
        stock_up(centre, series=series, first=10, last=400)
        assert selectors.next_serials(centre.pk, 5) == ["A0000001–A0000003", "A0000010–A0000011"]
        assert selectors.next_serials(centre.pk, 9999) == []


class TestTheDatabase:
    """What the tables refuse even to somebody who goes past the services."""

    def test_refuses_a_serial_in_two_places(self, centre: Organisation) -> None:
        series = stock_up(centre, first=1, last=10)
        row = Holding.objects.get(series=series)
        with pytest.raises(IntegrityError, match="serial_in_one_place"), transaction.atomic():
            Holding.objects.create(series=series, serials=(5, 6), organisation=centre, place="used")
        assert row.serials.upper == 11

    def test_refuses_a_holding_that_nobody_received(self, centre: Organisation) -> None:
        series = make_series()
        Holding.objects.create(series=series, serials=(1, 5), organisation=centre, place="stock")
        refuses("not what was received")

    def test_refuses_to_lose_a_holding(self, centre: Organisation) -> None:
        series = stock_up(centre, first=1, last=10)
        balanced()
        Holding.objects.filter(series=series).delete()
        refuses("not what was received")

    def test_refuses_a_move_without_an_entry(self, centre: Organisation, province: Organisation) -> None:
        series = stock_up(centre, first=1, last=10)
        balanced()
        Holding.objects.filter(series=series).update(organisation=province)
        refuses("differs from its holding")

    def test_refuses_an_entry_without_a_move(self, centre: Organisation, province: Organisation) -> None:
        series = stock_up(centre, first=1, last=10)
        balanced()
        Movement.objects.create(
            series=series,
            serials=(1, 3),
            kind="transfer",
            source=centre,
            source_place="stock",
            target=province,
            target_place="stock",
            moved_by="某人",
            moved_at=AT,
        )
        refuses("differs from its holding")

    def test_keeps_its_entries(self, centre: Organisation) -> None:
        series = stock_up(centre)
        with pytest.raises(Exception, match="append-only"), transaction.atomic():
            Movement.objects.filter(series=series).update(reference="改过的")
