"""The pages of bodies and of the calendar: found, narrowed, changed, and closed to other provinces."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.http import HttpRequest, HttpResponseBase
from django.test import Client
from django.urls import reverse

from kaogong.foundation.access import middleware
from kaogong.foundation.calendar import selectors as calendar
from kaogong.foundation.kernel.actors import Actor
from kaogong.foundation.organisations.models import Organisation
from tests.support.cast import officer, outsider
from tests.support.organisations import make_organisation

Browse = Callable[[Actor], Client]
KEEPER = officer("organisations.edit", region="32")
COUNTRY = officer("calendar.edit", region="")
pytestmark = pytest.mark.django_db


@pytest.fixture
def enter(monkeypatch: pytest.MonkeyPatch) -> Browse:
    """A browser in which the given actor has signed in."""

    def browser(actor: Actor) -> Client:
        def call(self: middleware.ActorOfRequest, request: HttpRequest) -> HttpResponseBase:
            request.actor = actor  # type: ignore[attr-defined]  # as the middleware does
            return self.get_response(request)

        monkeypatch.setattr(middleware.ActorOfRequest, "__call__", call)
        return Client()

    return browser


def facts(**changes: str) -> dict[str, str]:
    given = {"name": "玄武区鉴定所", "kind": "station", "region_code": "江苏省南京市玄武区", "opened_on": "2010-01-01"}
    return given | changes


class TestMatrix:
    def test_lists_what_is_in_reach(self, enter: Browse) -> None:
        make_organisation("station", name="南京一所", region="3201")
        make_organisation("station", name="济南一所", region="3701")
        page = enter(KEEPER).get(reverse("office:organisations")).text
        assert "南京一所" in page
        assert "济南一所" not in page

    def test_is_narrowed_by_the_address_bar(self, enter: Browse) -> None:
        make_organisation("station", name="南京一所", region="3201")
        make_organisation("college", name="南京技师学院", region="3201")
        page = enter(KEEPER).get(reverse("office:organisations"), {"kind": "college", "q": "技师"}).text
        assert "南京技师学院" in page
        assert "南京一所" not in page

    @pytest.mark.parametrize("kind", ["csv", "xlsx"])
    def test_leaves_as_a_file(self, enter: Browse, kind: str) -> None:
        make_organisation("station", name="南京一所", region="3201")
        answer = enter(KEEPER).get(reverse("office:organisations"), {"export": kind})
        assert answer.headers["Content-Disposition"].endswith(f'organisations.{kind}"')

    def test_says_what_to_do_when_empty(self, enter: Browse) -> None:
        assert "没有这样的机构" in enter(KEEPER).get(reverse("office:organisations"), {"q": "查无"}).text


class TestOneBody:
    def test_shows_codes_in_their_parts_and_the_doubt(self, enter: Browse) -> None:
        body = make_organisation("station", region="330102", institution_code="11012003")
        page = (
            enter(officer("organisations.edit", region="33")).get(reverse("office:organisation", args=[body.pk])).text
        )
        assert "地方职业技能鉴定站" in page
        assert "前缀暂定" in page

    def test_shows_what_a_territory_absorbed(self, enter: Browse) -> None:
        body = make_organisation(region="3701")
        page = enter(outsider("organisations.edit")).get(reverse("office:organisation", args=[body.pk])).text
        assert "山东省莱芜市" in page

    def test_another_province_does_not_find_it(self, enter: Browse) -> None:
        body = make_organisation("station", region="3201")
        address = reverse("office:organisation", args=[body.pk])
        assert enter(outsider("organisations.edit")).get(address).status_code == 404

    def test_unknown_verbs_are_not_found(self, enter: Browse) -> None:
        body = make_organisation("station", region="3201")
        assert enter(KEEPER).get(reverse("office:organisations-change", args=[body.pk, "melt"])).status_code == 404


class TestEstablish:
    def test_enters_a_body_by_the_name_of_its_place(self, enter: Browse) -> None:
        answer = enter(KEEPER).post(reverse("office:organisations-establish"), facts())
        body = Organisation.objects.get(name="玄武区鉴定所")
        assert answer.headers["Location"] == reverse("office:organisation", args=[body.pk])
        assert body.region_code == "320102"
        assert body.institution_code is None

    @pytest.mark.parametrize(
        ("change", "words"),
        [
            ({"region_code": "鼓楼"}, "可能是"),
            ({"region_code": "亚特兰蒂斯"}, "没有找到"),
            ({"region_code": "329999"}, "没有代码"),
            ({"institution_code": "10015003"}, "第5位"),
            ({"evaluation_code": "S000032110001"}, "与机构类别不符"),
            ({"name": ""}, ""),
        ],
    )
    def test_keeps_the_input_and_says_what_is_wrong(self, enter: Browse, change: dict[str, str], words: str) -> None:
        answer = enter(KEEPER).post(reverse("office:organisations-establish"), facts(**change))
        assert answer.status_code == 422
        assert words in answer.text
        assert "2010-01-01" in answer.text

    def test_needs_the_power(self, enter: Browse) -> None:
        assert enter(officer(region="32")).get(reverse("office:organisations-establish")).status_code == 403


class TestChange:
    @pytest.mark.parametrize(
        ("verb", "given", "field", "value"),
        [
            ("rename", {"name": "新名", "reason": "更名批复"}, "name", "新名"),
            ("code", {"prefecture": "01", "kind": "2"}, "institution_code", "10012001"),
            ("close", {"closed_on": "2026-01-01", "reason": "停办批复"}, "closed_on", date(2026, 1, 1)),
        ],
    )
    def test_does_the_deed(self, enter: Browse, verb: str, given: dict[str, str], field: str, value: object) -> None:
        body = make_organisation("station", region="320102")
        browser = enter(KEEPER)
        assert browser.get(reverse("office:organisations-change", args=[body.pk, verb])).status_code == 200
        assert browser.post(reverse("office:organisations-change", args=[body.pk, verb]), given).status_code == 302
        body.refresh_from_db()
        assert getattr(body, field) == value

    def test_places_under_another(self, enter: Browse) -> None:
        city, body = make_organisation(region="3201"), make_organisation("station", region="320102")
        given = {"parent_id": str(city.pk), "reason": "隶属调整"}
        enter(KEEPER).post(reverse("office:organisations-change", args=[body.pk, "place"]), given)
        body.refresh_from_db()
        assert body.parent == city

    def test_a_refusal_stands_above_the_form(self, enter: Browse) -> None:
        body = make_organisation(region="3201")
        make_organisation("station", region="320102", parent=body.pk)
        given = {"closed_on": "2026-01-01", "reason": "停办批复"}
        answer = enter(KEEPER).post(reverse("office:organisations-change", args=[body.pk, "close"]), given)
        assert (answer.status_code, "尚有 1 个" in answer.text) == (422, True)


class TestCodeTable:
    def test_marks_what_is_provisional(self, enter: Browse) -> None:
        page = enter(KEEPER).get(reverse("office:organisations-codes")).text
        assert page.count("已证实") == 2


class TestCalendar:
    NOTICE = {  # a form as it is posted
        "year": "2027",
        "instrument": "国务院办公厅关于2027年部分节假日安排的通知",
        "from_0": "2027-01-01",
        "to_0": "2027-01-03",
        "worked": "2027-01-09、2027年1月10日",
    }

    def test_names_the_year_that_lacks_and_counts_a_deadline(self, enter: Browse) -> None:
        page = enter(COUNTRY).get(reverse("office:calendar"), {"start": "2026-12-28", "days": "5"}).text
        assert "2027 年尚无通知" in page
        assert "期限到 2027年1月4日" in page
        assert "暂定" in page

    def test_takes_a_notice(self, enter: Browse) -> None:
        browser = enter(COUNTRY)
        answer = browser.post(reverse("office:calendar-enter"), self.NOTICE)
        assert answer.headers["Location"] == reverse("office:calendar-year", args=[2027])
        assert [row.is_workday for row in calendar.days_of(2027)] == [False, False, False, True, True]
        assert "2027年1月10日" in browser.get(answer.headers["Location"]).text

    @pytest.mark.parametrize(
        ("change", "words"),
        [
            ({"to_0": ""}, "一起填"),
            ({"to_0": "2026-12-01"}, "止日不对"),
            ({"worked": "下周六"}, "看不懂"),
            ({"worked": "2027-02-30"}, "不存在的日期"),
            ({"worked": "2027-01-11"}, "本来就是工作日"),
            ({"year": "2026"}, "已经录入"),
        ],
    )
    def test_keeps_the_input_and_says_what_is_wrong(self, enter: Browse, change: dict[str, str], words: str) -> None:
        answer = enter(COUNTRY).post(reverse("office:calendar-enter"), self.NOTICE | change)
        assert answer.status_code == 422
        assert words in answer.text or "不在2026年之内" in answer.text

    def test_amends_a_year_and_no_other(self, enter: Browse) -> None:
        browser = enter(COUNTRY)
        assert "2026-10-01" in browser.get(reverse("office:calendar-amend", args=[2026])).text
        given = {
            "year": "2025",
            "instrument": "更正",
            "from_0": "2026-01-01",
            "to_0": "2026-01-03",
            "reason": "通知更正",
        }
        browser.post(reverse("office:calendar-amend", args=[2026]), given)
        assert (len(calendar.days_of(2026)), len(calendar.days_of(2025)) > 3) == (3, True)

    def test_unknown_years_are_not_found(self, enter: Browse) -> None:
        assert enter(COUNTRY).get(reverse("office:calendar-year", args=[1999])).status_code == 404
        assert enter(COUNTRY).get(reverse("office:calendar-amend", args=[1999])).status_code == 404
