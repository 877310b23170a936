"""Charts and papers of the office: what they show is what the services know, and nobody else's."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from kaogong.certificates.models import Certificate, Copy
from tests.support.cast import officer, outsider
from tests.support.certificates import Season, make_season
from tests.support.doors import browser

pytestmark = pytest.mark.django_db
SEEING = ("sittings.plan", "registration.see", "scoring.see", "certificates.see", "certificates.issue")


@pytest.fixture
def season() -> Season:
    return make_season(candidates=3, failed=[1])


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch, season: Season) -> Client:
    browser(monkeypatch, season.issuer).post(reverse("office:issue", args=[season.hall.sitting.pk]))
    return browser(monkeypatch, officer(*SEEING, region=""))


class TestMarks:
    def test_are_drawn_apart_at_the_pass_mark(self, desk: Client, season: Season) -> None:
        page = desk.get(reverse("office:scoring-sitting", args=[season.hall.sitting.pk]))
        for row in page.context["charts"]:
            reached, missed = row["chart"].series
            assert sum(reached.values) == row["each"].passed
            assert sum(reached.values) + sum(missed.values) == row["each"].marked

    def test_lie_on_paper_with_every_candidate(self, desk: Client, season: Season) -> None:
        page = desk.get(reverse("office:scoring-sitting", args=[season.hall.sitting.pk]), {"print": "1"}).text
        assert "成绩册" in page
        assert page.count("<td>合格</td>") == 2
        assert page.count("<td>不合格</td>") == 1


class TestFunnel:
    def test_counts_each_stage(self, desk: Client, season: Season) -> None:
        chart = desk.get(reverse("office:round", args=[season.hall.sitting.round_id])).context["funnel"]
        assert list(chart.series[0].values) == [3, 3, 3, 3, 2, 2]

    def test_shows_the_stages_that_the_powers_see(self, monkeypatch: pytest.MonkeyPatch, season: Season) -> None:
        url = reverse("office:round", args=[season.hall.sitting.round_id])
        few = browser(monkeypatch, officer("sittings.plan", "registration.see", region="")).get(url).context["funnel"]
        assert list(few.series[0].values) == [3, 3, 3]
        assert browser(monkeypatch, officer("sittings.plan", region="")).get(url).context["funnel"] is None


class TestRegister:
    def test_lies_on_paper_with_its_blank_serials(self, desk: Client) -> None:
        page = desk.get(reverse("office:certificates"), {"print": "1"}).text
        for copy in Copy.objects.select_related("certificate"):
            assert copy.blank_serial in page
            assert copy.certificate.number in page

    def test_takes_its_conditions_along(self, desk: Client) -> None:
        page = desk.get(reverse("office:certificates"), {"print": "1", "until": "2000-01-01"}).text
        assert "2000年1月1日" in page
        assert "没有符合条件的记录" in page

    def test_is_empty_for_another_province(self, monkeypatch: pytest.MonkeyPatch, desk: Client) -> None:
        foreign = browser(monkeypatch, outsider("certificates.see"))
        page = foreign.get(reverse("office:certificates"), {"print": "1"}).text
        assert Certificate.objects.exists()
        assert "没有符合条件的记录" in page
