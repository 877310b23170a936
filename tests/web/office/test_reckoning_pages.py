"""The office after a restore: counters closed, reckoned, shelves counted; and who may not."""

from __future__ import annotations

import pytest
from django.urls import reverse

from kaogong.blanks.models import StockCount
from kaogong.certificates.models import Counter, Reckoning
from kaogong.foundation.kernel.actors import Actor
from tests.support.blanks import holdings
from tests.support.cast import officer, outsider
from tests.support.certificates import Season, make_season
from tests.support.doors import browser
from tests.support.restores import note_restore

pytestmark = pytest.mark.django_db
COUNTERS = "/office/certificates/counters/"
BASIS = "南京印务打印清单第3册"


@pytest.fixture
def season() -> Season:
    season = make_season(candidates=2)
    season.issue()
    note_restore()
    return season


@pytest.fixture
def director(season: Season) -> Actor:
    return officer("certificates.reckon", "certificates.see", region="3201", organisation=season.centre.pk)


@pytest.fixture
def keeper(season: Season) -> Actor:
    return officer("blanks.move", "blanks.see", region="3201", organisation=season.centre.pk)


def number(season: Season, running: int) -> str:
    return f"26{season.hall.sitting.station.organisation.institution_code}5{running:05d}"


class TestCounters:
    def test_show_what_is_closed_and_the_way_on(
        self, season: Season, director: Actor, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        page = browser(monkeypatch, director).get(COUNTERS, {"year": 2026}).text
        assert "1 个计数待清点" in page
        assert reverse("office:certificate-reckon", args=[number(season, 3)]) in page

    def test_the_gate_points_to_them(self, season: Season, monkeypatch: pytest.MonkeyPatch) -> None:
        page = browser(monkeypatch, season.issuer).get(reverse("office:issue", args=[season.hall.sitting.pk])).text
        assert "尚未清点" in page
        assert reverse("office:certificate-reckon", args=[number(season, 3)]) in page

    def test_a_counter_that_never_gave_a_number_is_found_by_one(
        self, season: Season, director: Actor, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        desk = browser(monkeypatch, director)
        other = number(season, 1).replace("500001", "400001")
        assert desk.get(COUNTERS, {"q": other}).url == reverse("office:certificate-reckon", args=[other])
        desk.post(reverse("office:certificate-reckon", args=[other]), {"last": "", "basis": BASIS, "confirm": "yes"})
        assert (Reckoning.objects.get().level, Counter.objects.get(level=4).last) == (4, 0)

    def test_outsiders_see_none(self, season: Season, monkeypatch: pytest.MonkeyPatch) -> None:
        stranger = browser(monkeypatch, outsider("certificates.reckon"))
        assert "还没有编过号" in stranger.get(COUNTERS, {"year": 2026}).text
        assert stranger.get(reverse("office:certificate-reckon", args=[number(season, 3)])).status_code == 404
        assert "没有找到" in stranger.get(COUNTERS, {"q": number(season, 1)}).text

    def test_an_issuer_reads_but_does_not_reckon(self, season: Season, monkeypatch: pytest.MonkeyPatch) -> None:
        issuer = browser(monkeypatch, season.issuer)
        address = reverse("office:certificate-reckon", args=[number(season, 3)])
        assert address not in issuer.get(COUNTERS, {"year": 2026}).text
        assert issuer.get(address).status_code == 403


class TestReckon:
    def test_is_shown_before_it_is_done(self, season: Season, director: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
        desk, address = browser(monkeypatch, director), reverse("office:certificate-reckon", args=[number(season, 3)])
        typed = {"last": number(season, 7), "basis": BASIS}
        assert f"{number(season, 3)} 至 {number(season, 7)} 共 5 个编号" in desk.post(address, typed).text
        assert not Reckoning.objects.exists()
        done = desk.post(address, typed | {"confirm": "yes"}, follow=True)
        assert "可以编号" in done.text
        assert BASIS in done.text
        assert Counter.objects.get().last == 7

    def test_an_empty_field_says_that_nothing_more_is_out(
        self, season: Season, director: Actor, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        desk, address = browser(monkeypatch, director), reverse("office:certificate-reckon", args=[number(season, 3)])
        desk.post(address, {"last": "", "basis": BASIS, "confirm": "yes"})
        assert Reckoning.objects.get().count == 0

    @pytest.mark.parametrize(
        ("running", "words"), [("12345", "编号不成立"), ("2610992999500001", "不属于本计数"), ("", "编号只进不退")]
    )
    def test_keeps_what_was_typed_with_the_fault(
        self, season: Season, director: Actor, monkeypatch: pytest.MonkeyPatch, running: str, words: str
    ) -> None:
        typed = {"last": running or number(season, 1), "basis": BASIS, "confirm": "yes"}
        answer = browser(monkeypatch, director).post(
            reverse("office:certificate-reckon", args=[number(season, 3)]), typed
        )
        assert answer.status_code == 422
        assert words in answer.text
        assert BASIS in answer.text


class TestCountBlanks:
    def test_the_stock_says_what_waits_and_the_count_books_it(
        self, season: Season, keeper: Actor, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        desk = browser(monkeypatch, keeper)
        assert "恢复备份后尚未盘点" in desk.get("/office/blanks/").text
        typed = {
            "series": season.series.pk, "organisation": season.centre.pk, "counted": 90, "lowest": 11, "basis": BASIS,
        }  # fmt: skip
        assert "架上实有 90 本" in desk.post("/office/blanks/count/", typed).text
        assert not StockCount.objects.exists()
        done = desk.post("/office/blanks/count/", typed | {"confirm": "yes"}, follow=True)
        assert "补记已用 8 本" in done.text
        assert "恢复备份后尚未盘点" not in done.text
        assert holdings(season.series)[0] == (season.centre.name, "used", 1, 10)

    def test_what_does_not_agree_is_refused_with_the_reason(
        self, season: Season, keeper: Actor, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        typed = {
            "series": season.series.pk,
            "organisation": season.centre.pk,
            "counted": 90,
            "lowest": 3,
            "basis": BASIS,
        }
        answer = browser(monkeypatch, keeper).post("/office/blanks/count/", typed | {"confirm": "yes"})
        assert answer.status_code == 422
        assert "另一流水码" in answer.text
