"""The keeper's pages: stock, ledger, one serial, and deeds that are confirmed in words."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localdate, now

from kaogong.blanks import services as blanks
from kaogong.blanks.models import Movement, Series
from kaogong.foundation.organisations.models import Organisation
from tests.support.blanks import holdings, stock_up
from tests.support.cast import officer, outsider
from tests.support.doors import browser
from tests.support.stations import make_centre

pytestmark = pytest.mark.django_db
POWERS = ("blanks.receive", "blanks.move", "blanks.see")


@pytest.fixture
def centre() -> Organisation:
    return make_centre(name="南京测试中心")


@pytest.fixture
def series(centre: Organisation) -> Series:
    return stock_up(centre, last=100)


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch, centre: Organisation) -> Client:
    return browser(monkeypatch, officer(*POWERS, region="3201", organisation=centre.pk))


class TestPages:
    def test_show_stock_and_ledger(self, desk: Client, series: Series) -> None:
        assert "A0000001–A0000100" in desk.get(reverse("office:blanks")).text
        assert "测试到货单" in desk.get(reverse("office:blanks-ledger")).text

    def test_find_one_serial(self, desk: Client, series: Series) -> None:
        url = reverse("office:blanks-serial")
        assert "库存" in desk.get(url, {"series": str(series.pk), "serial": "A0000012"}).text
        assert "没有找到这个流水码" in desk.get(url, {"series": str(series.pk), "serial": "101"}).text

    def test_leave_as_a_file(self, desk: Client, series: Series) -> None:
        for page in ("office:blanks", "office:blanks-ledger"):
            assert desk.get(reverse(page), {"export": "csv"}).status_code == 200

    def test_leave_on_paper_as_a_book_the_oldest_first(
        self, desk: Client, series: Series, centre: Organisation
    ) -> None:
        blanks.spoil(
            actor=officer(*POWERS, region="3201", organisation=centre.pk),
            at=now(),
            series_id=series.pk,
            organisation_id=centre.pk,
            first=3,
            last=4,
            reason="受潮",
        )
        page = desk.get(reverse("office:blanks-ledger"), {"print": "1"}).text
        assert page.index("测试到货单") < page.index("受潮")
        spoilt = desk.get(reverse("office:blanks-ledger"), {"print": "1", "kind": "spoil"}).text
        assert "测试到货单" not in spoilt
        assert "<dd>作废</dd>" in spoilt
        assert "A0000001–A0000002" in desk.get(reverse("office:blanks"), {"print": "1"}).text

    def test_keep_the_ledger_to_the_days_asked_for(self, desk: Client, series: Series) -> None:
        url = reverse("office:blanks-ledger")
        assert "测试到货单" in desk.get(url, {"since": "2000-01-01", "until": localdate().isoformat()}).text
        assert "测试到货单" not in desk.get(url, {"until": "2000-01-01"}).text

    def test_draw_what_each_body_answers_for(self, desk: Client, series: Series) -> None:
        chart = desk.get(reverse("office:blanks")).context["chart"]
        assert list(chart.categories) == ["南京测试中心"]
        assert [(each.name, list(each.values)) for each in chart.series] == [("库存", [100])]

    def test_print_nothing_for_outsiders(self, monkeypatch: pytest.MonkeyPatch, series: Series) -> None:
        foreign = browser(monkeypatch, outsider(*POWERS))
        for page in ("office:blanks", "office:blanks-ledger"):
            assert "没有符合条件的记录" in foreign.get(reverse(page), {"print": "1"}).text

    def test_show_nothing_to_outsiders(self, monkeypatch: pytest.MonkeyPatch, series: Series) -> None:
        foreign = browser(monkeypatch, outsider(*POWERS))
        assert "南京测试中心" not in foreign.get(reverse("office:blanks")).text


class TestDeeds:
    def form(self, series: Series, centre: Organisation, **more: object) -> dict[str, object]:
        return {"series": str(series.pk), "organisation": str(centre.pk), "first": 5, "last": 6} | more

    def test_are_confirmed_in_words_first(self, desk: Client, series: Series, centre: Organisation) -> None:
        url = reverse("office:blanks-deed", args=["spoil"])
        said = self.form(series, centre, reason="受潮")
        page = desk.post(url, said).text
        assert "A0000005–A0000006 共 2 本作废" in page
        assert Movement.objects.filter(kind="spoil").count() == 0
        desk.post(url, said | {"confirm": "yes"})
        assert ("南京测试中心", "spoilt", 5, 6) in holdings(series)

    def test_transfer_to_another_body(self, desk: Client, series: Series, centre: Organisation) -> None:
        target = make_centre(name="南京第二中心")
        said = self.form(series, centre, to_organisation=str(target.pk), confirm="yes")
        desk.post(reverse("office:blanks-deed", args=["transfer"]), said)
        assert ("南京第二中心", "stock", 5, 6) in holdings(series)

    def test_keep_the_input_when_refused(self, desk: Client, series: Series, centre: Organisation) -> None:
        response = desk.post(reverse("office:blanks-deed", args=["receive"]), self.form(series, centre, confirm="yes"))
        assert response.status_code == 422
        assert "已经入过库" in response.text
        assert 'value="5"' in response.text

    def test_register_a_printing(self, desk: Client, centre: Organisation) -> None:
        said = {"key": "2026-7", "name": "江苏2026年第7批", "letters": "SU", "width": 8, "paper": "qualification-16"}
        desk.post(reverse("office:blanks-order"), said)
        assert Series.objects.get(key="2026-7").printed(3) == "SU00000003"

    def test_need_the_power(self, monkeypatch: pytest.MonkeyPatch, series: Series) -> None:
        watcher = browser(monkeypatch, officer("blanks.see", region="3201"))
        assert watcher.get(reverse("office:blanks-deed", args=["receive"])).status_code == 403
