"""What anyone may look up: open rounds with places left, the notice, stations, tracks; and no draft."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localdate, now

from kaogong.sittings import selectors, services
from kaogong.sittings.models import Round
from kaogong.standards import selectors as standards
from tests.support.cast import officer, outsider
from tests.support.doors import browser
from tests.support.sittings import PLANNER, clock, draft, make_round
from tests.support.stations import make_centre, make_station

pytestmark = pytest.mark.django_db


def open_round(**options: Any) -> Round:
    """A round that takes applications now."""
    day: date = localdate() + timedelta(days=60)
    return make_round(
        days=[day], at=now(), opens=now() - timedelta(hours=1), closes=clock(day - timedelta(days=10), 17), **options
    )


class TestRounds:
    def test_lists_what_is_open_now(self, client: Client) -> None:
        now_open, over = open_round(), make_round(at=clock(date(2026, 3, 2), 9))
        page = client.get(reverse("public:rounds")).text
        assert now_open.number in page
        assert over.number not in page
        assert over.number in client.get(reverse("public:rounds"), {"when": "all"}).text

    @pytest.mark.parametrize(
        ("query", "is_there"),
        [
            ({"region": "32"}, True),
            ({"region": "3201"}, True),
            ({"region": "37"}, False),
            ({"level": "5"}, True),
            ({"level": "4"}, False),
            ({"level": "x"}, True),
            ({"q": "电工"}, True),
            ({"q": "车工"}, False),
            ({"occupation": "6-31-01-03"}, True),
        ],
    )
    def test_narrows_by_the_address_bar(self, client: Client, query: dict[str, str], is_there: bool) -> None:
        assert (open_round().number in client.get(reverse("public:rounds"), query).text) is is_there

    def test_an_empty_list_tells_the_next_step(self, client: Client) -> None:
        assert "?when=all" in client.get(reverse("public:rounds"), {"q": "没有"}).text

    def test_one_round_shows_places_left_fees_and_conditions(self, client: Client) -> None:
        round_ = open_round()
        sitting = selectors.sittings_of(round_.pk)[0]
        services.claim_place(actor=PLANNER, at=now(), sitting_id=sitting.pk, count=12)
        page = client.get(reverse("public:round", args=[round_.pk])).text
        assert "18 / 30" in page
        assert "35.00" in page
        assert "195.00" in page
        assert standards.conditions(round_.standard_id, 5)[0].text in page

    def test_a_full_sitting_offers_no_way_to_apply(self, client: Client) -> None:
        round_ = open_round()
        assert "可以报名" in client.get(reverse("public:round", args=[round_.pk])).text
        sitting = selectors.sittings_of(round_.pk)[0]
        services.claim_place(actor=PLANNER, at=now(), sitting_id=sitting.pk, count=30)
        page = client.get(reverse("public:round", args=[round_.pk])).text
        assert "名额已满" in page
        assert "可以报名" not in page

    def test_a_move_is_told(self, client: Client) -> None:
        round_ = open_round()
        sitting = selectors.sittings_of(round_.pk)[0]
        services.move(
            actor=PLANNER, at=now(), sitting_id=sitting.pk, to=sitting.held_on + timedelta(days=7), reason="台风"
        )
        assert "台风" in client.get(reverse("public:round", args=[round_.pk])).text

    def test_a_draft_is_not_there(self, client: Client) -> None:
        round_ = draft()
        assert client.get(reverse("public:round", args=[round_.pk])).status_code == 404
        assert client.get(reverse("public:round-notice", args=[round_.pk])).status_code == 404

    def test_the_notice_goes_on_paper_and_officers_see_its_draft(
        self, client: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        announced = open_round()
        assert announced.number in client.get(reverse("public:round-notice", args=[announced.pk])).text
        centre = make_centre()
        drafted = draft(centre=centre)
        address = reverse("public:round-notice", args=[drafted.pk])
        planner = officer("sittings.plan", organisation=centre.pk)
        assert "草稿" in browser(monkeypatch, planner).get(address).text
        assert browser(monkeypatch, outsider("sittings.plan")).get(address).status_code == 404


class TestStations:
    def test_are_found_by_name_region_and_scope(self, client: Client) -> None:
        make_station(name="雨花台鉴定站", region_code="320114")
        make_station(name="姑苏鉴定站", region_code="320508", licensed=False)
        page = client.get(reverse("public:stations")).text
        assert "雨花台鉴定站" in page
        assert "姑苏鉴定站" in page
        assert "姑苏鉴定站" not in client.get(reverse("public:stations"), {"licensed": "yes"}).text
        assert "雨花台鉴定站" not in client.get(reverse("public:stations"), {"region": "3205"}).text
        assert "雨花台鉴定站" not in client.get(reverse("public:stations"), {"level": "1"}).text

    def test_one_station_says_whether_it_is_licensed_today(self, client: Client) -> None:
        licensed, unlicensed = make_station(), make_station(licensed=False)
        assert "许可有效" in client.get(reverse("public:station", args=[licensed.pk])).text
        assert "今天没有有效许可" in client.get(reverse("public:station", args=[unlicensed.pk])).text


class TestTracks:
    def test_six_and_five_of_them_wait_for_their_rules(self, client: Client) -> None:
        page = client.get(reverse("public:tracks")).text
        assert "社会化职业技能鉴定" in page
        assert "规则将陆续录入" in page
        assert "/rules/level-certificate-2019/numbering/" in page
        assert "二十二位职业技能等级证书编码" in page
