"""The office's home: each kind of work under its power only, counted as its list counts it."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client, override_settings
from django.urls import reverse
from django.utils.timezone import localdate, now

from kaogong.foundation.kernel.actors import PUBLIC
from kaogong.foundation.kernel.ids import uuid7
from kaogong.registration.services import send_back
from kaogong.scoring import services
from kaogong.web.office.views.home import POWERS
from kaogong.web.office.views.home.shortcuts import DEEDS
from kaogong.web.office.views.home.work import KINDS, LOW_STOCK, work_of
from kaogong.web.ui.navigation import _items
from tests.support.access import make_account, make_post
from tests.support.blanks import stock_up
from tests.support.cast import candidate, officer, outsider
from tests.support.doors import browser
from tests.support.registration import make_admitted, make_submitted
from tests.support.scoring import MARKING, closed_hall, mark, publish, scorer
from tests.support.sittings import announced_sitting, clock, draft
from tests.support.stations import make_centre, make_licence, make_station

pytestmark = pytest.mark.django_db
HOME = "/office/"


def keys(client: Client) -> set[str]:
    """Which kinds of work a home shows, waiting or settled."""
    return set(re.findall(r'id="work-([a-z]+)"', client.get(HOME).text))


def waiting(page: str) -> dict[str, int]:
    """How much of each kind of work waits."""
    found = re.findall(r'id="work-([a-z]+)"><a class="task.*?figure-number">([\d,]+)<', page, re.S)
    return {key: int(number.replace(",", "")) for key, number in found}


class TestCards:
    @pytest.mark.parametrize("power", sorted({power for power, _find in KINDS}))
    def test_each_power_brings_its_own_work_and_no_other(self, monkeypatch: pytest.MonkeyPatch, power: str) -> None:
        expected = {work.key for work in work_of(officer(*(each for each, _find in KINDS)), now())}
        mine = {find(officer(power), now()).key for each, find in KINDS if each == power}
        assert mine < expected
        assert keys(browser(monkeypatch, officer(power))) == mine

    def test_a_drafted_round_waits_for_its_announcement(self, monkeypatch: pytest.MonkeyPatch) -> None:
        centre = make_centre()
        draft(centre=centre)
        draft(centre=make_centre(region_code="370100"))
        page = browser(monkeypatch, officer("sittings.announce", organisation=centre.pk)).get(HOME).text
        assert "待公告的批次" in page
        assert f'href="{reverse("office:rounds")}?state=drafted"' in page
        assert waiting(page) == {"announcements": 1}

    def test_another_province_has_nothing_to_announce(self, monkeypatch: pytest.MonkeyPatch) -> None:
        draft(centre=make_centre())
        assert "现在没有等您办的事" in browser(monkeypatch, outsider("sittings.announce")).get(HOME).text

    def test_applications_wait_until_they_are_decided(self, monkeypatch: pytest.MonkeyPatch) -> None:
        sitting = announced_sitting()
        make_submitted(sitting)
        make_submitted(sitting)
        make_admitted(sitting, paid=False)
        organisation = sitting.organisation_id
        reviewer = officer("registration.decide", "registration.see", organisation=organisation)
        assert waiting(browser(monkeypatch, reviewer).get(HOME).text) == {"applications": 2}
        cashier = officer("registration.collect_fee", organisation=organisation)
        assert waiting(browser(monkeypatch, cashier).get(HOME).text) == {"fees": 1}
        stranger = outsider("registration.decide", "registration.collect_fee")
        assert waiting(browser(monkeypatch, stranger).get(HOME).text) == {}

    def test_a_closed_sitting_waits_for_marks_then_for_publication(self, monkeypatch: pytest.MonkeyPatch) -> None:
        hall = closed_hall(theory=(80,), skill=("0.8",))
        client = browser(monkeypatch, officer("scoring.mark", "scoring.finalise", "certificates.issue"))
        assert waiting(client.get(HOME).text) == {"marking": 1}
        mark(hall)
        services.draft_results(actor=scorer(), at=MARKING, sitting_id=hall.sitting.pk)
        assert waiting(client.get(HOME).text) == {"results": 1}

    def test_a_published_pass_waits_for_its_certificate(self, monkeypatch: pytest.MonkeyPatch) -> None:
        hall = closed_hall(theory=(80,), skill=("0.8",))
        mark(hall)
        publish(hall)
        page = browser(monkeypatch, officer("certificates.issue")).get(HOME).text
        assert waiting(page) == {"issues": 1}

    def test_a_low_stock_of_blanks_is_told(self, monkeypatch: pytest.MonkeyPatch) -> None:
        centre = make_centre()
        stock_up(centre, last=LOW_STOCK - 1)
        page = browser(monkeypatch, officer("blanks.see", organisation=centre.pk)).get(HOME).text
        assert waiting(page) == {"blanks": 1}
        assert f"{centre.name}余 {LOW_STOCK - 1} 本" in page


class TestOwnAccord:
    def test_an_applications_return_waits_for_whoever_entered_it(self, monkeypatch: pytest.MonkeyPatch) -> None:
        sitting = announced_sitting()
        made = make_submitted(sitting)
        reviewer = officer("registration.decide", organisation=sitting.organisation_id)
        send_back(actor=reviewer, at=now(), registration_id=made.pk, note="照片不清晰")
        clerk = officer("registration.enter", "registration.see", organisation=sitting.organisation_id)
        client = browser(monkeypatch, clerk)
        assert waiting(client.get(HOME).text) == {"returned": 1}
        assert made.legal_name in client.get(reverse("station:registrations") + "?state=returned").text

    def test_a_round_without_a_paper_waits_for_the_assembler(self, monkeypatch: pytest.MonkeyPatch) -> None:
        day = localdate() + timedelta(days=40)
        sitting = announced_sitting(days=[day], closes=clock(day, 8))
        page = browser(monkeypatch, officer("itembank.assemble")).get(HOME).text
        assert waiting(page) == {"paperless": 1}
        assert sitting.round.name in page

    def test_a_licence_about_to_end_waits_with_its_list(self, monkeypatch: pytest.MonkeyPatch) -> None:
        soon = make_station(licensed=False)
        make_licence(soon, since=localdate() - timedelta(days=300), until=localdate() + timedelta(days=20))
        renewed = make_station(licensed=False)
        make_licence(renewed, since=localdate() - timedelta(days=300), until=localdate() + timedelta(days=20))
        make_licence(renewed, since=localdate() + timedelta(days=21), until=localdate() + timedelta(days=600))
        client = browser(monkeypatch, officer("stations.license"))
        assert waiting(client.get(HOME).text) == {"licences": 1}
        listed = client.get(reverse("office:stations") + "?licence=ending").text
        assert str(soon) in listed
        assert str(renewed) not in listed
        assert waiting(browser(monkeypatch, outsider("stations.license")).get(HOME).text) == {}

    def test_a_term_about_to_end_waits_with_its_list(self, monkeypatch: pytest.MonkeyPatch) -> None:
        body = make_centre()
        post = make_post(organisation=body, until=localdate() + timedelta(days=5))
        make_post(organisation=body, account=make_account(name="任期尚长"))
        client = browser(monkeypatch, officer("access.appoint", "access.view", organisation=body.pk))
        assert waiting(client.get(HOME).text) == {"posts": 1}
        listed = client.get(reverse("office:posts") + "?state=ending").text
        assert str(post.account) in listed
        assert "任期尚长" not in listed

    def test_offers_only_deeds_that_the_powers_open(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def offered(*powers: str) -> list[str]:
            client = browser(monkeypatch, officer(*powers))
            urls = [each.url for each in client.get(HOME).context["shortcuts"]]
            assert [client.get(url).status_code for url in urls] == [200] * len(urls)
            return urls

        assert offered("blanks.receive", "blanks.see") == [
            reverse("office:blanks-deed", args=["receive"]),
            reverse("office:blanks-serial"),
        ]
        assert reverse("office:item-new") not in offered("itembank.view")
        assert len(offered(*{power for power, *_rest in DEEDS})) == len(DEEDS)


class TestGlance:
    def test_counts_what_is_within_reach(self, monkeypatch: pytest.MonkeyPatch) -> None:
        centre = make_centre()
        stock_up(centre, last=80)
        keeper = officer("blanks.see", organisation=centre.pk)
        assert [each.value for each in browser(monkeypatch, keeper).get(HOME).context["glance"]] == [80]
        stranger = outsider("blanks.see")
        assert [each.value for each in browser(monkeypatch, stranger).get(HOME).context["glance"]] == [0]


class TestSittings:
    def test_shows_those_of_the_coming_week(self, monkeypatch: pytest.MonkeyPatch) -> None:
        day = localdate() + timedelta(days=3)
        sitting = announced_sitting(days=[day, day + timedelta(days=20)], closes=clock(day, 8))
        page = browser(monkeypatch, officer("seating.see", organisation=sitting.organisation_id)).get(HOME).text
        assert sitting.number in page
        assert page.count(reverse("office:seating-plan", args=[sitting.pk])) == 1
        assert sitting.number.replace("-01", "-02") not in page

    def test_shows_the_next_ones_when_the_week_is_empty(self, monkeypatch: pytest.MonkeyPatch) -> None:
        day = localdate() + timedelta(days=40)
        sitting = announced_sitting(days=[day], closes=clock(day, 8))
        page = browser(monkeypatch, officer("seating.see", organisation=sitting.organisation_id)).get(HOME).text
        assert "接下来的场次" in page
        assert "未来七天的场次" not in page
        assert sitting.number in page

    def test_says_when_there_is_none(self, monkeypatch: pytest.MonkeyPatch) -> None:
        assert "今天起没有安排场次" in browser(monkeypatch, officer("seating.see")).get(HOME).text

    def test_is_silent_to_whoever_has_nothing_to_do_with_them(self, monkeypatch: pytest.MonkeyPatch) -> None:
        assert "未来七天的场次" not in browser(monkeypatch, officer("itembank.import")).get(HOME).text


class TestTrend:
    def test_counts_the_open_rounds_by_day(self, monkeypatch: pytest.MonkeyPatch) -> None:
        day = localdate() + timedelta(days=60)
        sitting = announced_sitting(days=[day], opens=now() - timedelta(days=9), closes=now() + timedelta(days=20))
        make_submitted(sitting, at=now() - timedelta(days=1))
        reader = officer("registration.see", organisation=sitting.organisation_id)
        trend = browser(monkeypatch, reader).get(HOME).context["trend"]
        assert [each.name for each in trend.series] == [sitting.round.name]
        assert list(trend.series[0].values) == [0] * 12 + [1, 0]

    def test_is_left_out_when_nobody_applied(self, monkeypatch: pytest.MonkeyPatch) -> None:
        assert browser(monkeypatch, officer("registration.see")).get(HOME).context["trend"] is None


class TestDoor:
    def test_opens_to_every_power_of_the_navigation(self) -> None:
        assert {item.power for item in _items("office")} <= {"", *POWERS}

    def test_only_the_nearest_entry_is_current(self, monkeypatch: pytest.MonkeyPatch) -> None:
        client = browser(monkeypatch, officer("sittings.plan", "sittings.announce"))
        side = r'class="side-link" href="([^"]+)" aria-current="page"'
        assert re.findall(side, client.get(HOME).text) == [HOME]
        assert re.findall(side, client.get(reverse("office:rounds")).text) == [reverse("office:rounds")]

    def test_is_for_those_who_work_there(self, monkeypatch: pytest.MonkeyPatch) -> None:
        answer = browser(monkeypatch, candidate(uuid7())).get(HOME)
        assert answer.status_code == 403
        assert "这一页只对工作人员开放" in answer.text
        assert "registration.decide" not in answer.text
        assert browser(monkeypatch, PUBLIC).get(HOME).status_code == 302


class TestFrame:
    @pytest.mark.parametrize("is_required", [True, False])
    def test_a_demonstration_says_that_everybody_is_invented(
        self, monkeypatch: pytest.MonkeyPatch, is_required: bool
    ) -> None:
        client = browser(monkeypatch, PUBLIC)
        with override_settings(SECOND_FACTOR_REQUIRED=is_required):
            assert ("演示环境，人物均为虚构" in client.get("/privacy/").text) is not is_required

    def test_there_is_one_privacy_notice(self, monkeypatch: pytest.MonkeyPatch) -> None:
        client = browser(monkeypatch, PUBLIC)
        assert client.get("/ui/privacy/").headers["Location"] == "/privacy/"
        assert 'href="/privacy/"' in client.get("/privacy/").text
        assert 'href="/health/"' in client.get("/privacy/").text

    def test_the_public_and_candidates_find_their_pages_in_a_row(self, monkeypatch: pytest.MonkeyPatch) -> None:
        page = browser(monkeypatch, PUBLIC).get(reverse("public:rounds")).text
        row = page[page.index('class="desk-row"') :].split("</nav>")[0]
        assert re.findall(r'href="([^"]+)" aria-current="page"', row) == [reverse("public:rounds")]
        assert f'href="{reverse("public:standards")}"' in row
        mine = browser(monkeypatch, candidate(uuid7())).get(reverse("candidate:home")).text
        row = mine[mine.index('class="desk-row"') :].split("</nav>")[0]
        assert re.findall(r'href="([^"]+)" aria-current="page"', row) == [reverse("candidate:home")]
        assert f'href="{reverse("candidate:results")}"' in row
