"""A clerk uploads a list, watches it being judged, and commits it or gives it up."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localdate, now

from kaogong.registration import rules
from kaogong.registration.models import Registration, Roster
from kaogong.sittings.models import Sitting
from tests.registration.test_rosters import HEAD, as_csv, line, number_of
from tests.support.cast import officer, outsider
from tests.support.doors import browser
from tests.support.identity import make_person
from tests.support.sittings import announced_sitting
from tests.support.stations import make_body

pytestmark = pytest.mark.django_db
POWERS = ("registration.enter", "registration.see", "persons.enter", "persons.see")


@pytest.fixture
def sitting() -> Sitting:
    at = now()
    return announced_sitting(
        days=(localdate() + timedelta(days=45),),
        opens=at - timedelta(days=1),
        closes=at + timedelta(days=10),
        at=at - timedelta(days=2),
    )


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch, sitting: Sitting) -> Client:
    """The clerk of the station alone: no territory."""
    return browser(monkeypatch, officer(*POWERS, region="99", organisation=sitting.station.organisation_id))


def at(name: str, *args: object) -> str:
    return reverse(f"station:{name}", args=args)


def upload(desk: Client, sitting: Sitting, content: bytes, body: str = "") -> Roster:
    given = {"sitting": f"{body}/{sitting.pk}", "file": SimpleUploadedFile("名单.csv", content)}
    answer = desk.post(at("roster-new"), given)
    assert answer.status_code == 302, answer.text
    return Roster.objects.get()


class TestWholeWay:
    def test_uploaded_judged_committed(self, desk: Client, sitting: Sitting) -> None:
        roster = upload(desk, sitting, as_csv(line(1), line(2, 申报条件="9-9")))
        assert "正在逐行核对" in desk.get(at("roster", roster.pk)).text

        desk.post(at("roster-check", roster.pk))
        page = desk.get(at("roster", roster.pk)).text
        assert "提交 1 人，占用 1 个名额；1 行不提交。" in page
        assert "9-9" in page
        assert "/rules/kaogong-registration-rules/conditions/" in page
        assert number_of(1) not in page

        assert "提交 1 人的报名？" in desk.get(at("roster-commit", roster.pk)).text
        desk.post(at("roster-commit", roster.pk))
        entered = Registration.objects.get(sitting=sitting)
        assert entered.number in desk.get(at("roster", roster.pk), {"rows": "good"}).text
        assert "已提交" in desk.get(at("rosters")).text

    def test_the_page_asks_for_the_next_step_by_itself(self, desk: Client, sitting: Sitting) -> None:
        roster = upload(desk, sitting, as_csv(line(3)))
        answer = desk.post(at("roster-check", roster.pk), headers={"HX-Request": "true"})
        assert answer["HX-Refresh"] == "true"
        assert desk.post(at("roster-check", roster.pk)).status_code == 302

    def test_what_went_stale_is_told_with_the_way_on(self, desk: Client, sitting: Sitting) -> None:
        roster = upload(desk, sitting, as_csv(line(4)))
        desk.post(at("roster-check", roster.pk))
        make_person(name="另一名", number=number_of(4))
        page = desk.post(at("roster-commit", roster.pk))
        assert (page.status_code, "重新核对" in page.text) == (422, True)
        desk.post(at("roster-recheck", roster.pk))
        desk.post(at("roster-check", roster.pk))
        assert "登记的姓名与这里填写的不同" in desk.get(at("roster", roster.pk)).text

    def test_given_up(self, desk: Client, sitting: Sitting) -> None:
        roster = upload(desk, sitting, as_csv(line(5)))
        desk.post(at("roster-discard", roster.pk))
        assert "名单已放弃" in desk.get(at("roster", roster.pk)).text
        assert not Registration.objects.filter(sitting=sitting).exists()


class TestFiles:
    def test_the_template_can_be_sent_back_filled(self, desk: Client, sitting: Sitting) -> None:
        taken = desk.get(at("roster-template"), {"sitting": f"/{sitting.pk}"})
        table = rules.read_file(taken.content, bytes_at_most=10**6, rows_at_most=10)[1]
        head = table[0][1]
        assert {"姓名", "证件号码", "申报条件", "工作开始日期", "学徒期满日期"} <= set(head)
        written = dict(zip(HEAD, line(6), strict=True))
        filled = [written.get(name, "") for name in head]
        roster = upload(desk, sitting, as_csv(table[1][1], filled, head=head))
        assert roster.total == 1

    def test_the_refused_rows_compute_nothing(self, desk: Client, sitting: Sitting) -> None:
        bad = line(7, "=HYPERLINK(1)", 申报条件="9-9")
        roster = upload(desk, sitting, as_csv(bad))
        desk.post(at("roster-check", roster.pk))
        taken = desk.post(at("roster-refused", roster.pk), {"kind": "csv"})
        rows = rules.read_file(taken.content, bytes_at_most=10**6, rows_at_most=10)[1]
        assert rows[1][1][0] == "'=HYPERLINK(1)"
        assert rows[0][1][-1] == rules.REASON
        book = desk.post(at("roster-refused", roster.pk), {"kind": "xlsx"})
        assert rules.read_file(io.BytesIO(book.content).getvalue(), bytes_at_most=10**6, rows_at_most=10)[0] == "Excel"

    def test_no_list_is_told_at_the_field(self, desk: Client, sitting: Sitting) -> None:
        given = {"sitting": f"/{sitting.pk}", "file": SimpleUploadedFile("图.xlsx", b"PK\x03\x04....")}
        page = desk.post(at("roster-new"), given)
        assert (page.status_code, "不是可以打开的 Excel 文件" in page.text) == (422, True)


class TestWho:
    def test_a_school_sends_its_own_list(self, monkeypatch: pytest.MonkeyPatch, sitting: Sitting) -> None:
        school = make_body(kind="college", region_code="320102")
        clerk = browser(monkeypatch, officer(*POWERS, region="99", organisation=school.pk))
        assert clerk.get(at("today")).status_code == 302
        assert str(sitting.pk) in clerk.get(at("roster-new")).text
        roster = upload(clerk, sitting, as_csv(line(8)), body=str(school.pk))
        clerk.post(at("roster-check", roster.pk))
        clerk.post(at("roster-commit", roster.pk))
        assert Registration.objects.get(sitting=sitting).through_id == school.pk

    def test_another_province_finds_nothing(
        self, monkeypatch: pytest.MonkeyPatch, desk: Client, sitting: Sitting
    ) -> None:
        roster = upload(desk, sitting, as_csv(line(9)))
        stranger = browser(monkeypatch, outsider(*POWERS))
        assert roster.file_name not in stranger.get(at("rosters")).text
        for name in ("roster", "roster-commit", "roster-discard"):
            assert stranger.get(at(name, roster.pk)).status_code == 404
        for name in ("roster-check", "roster-recheck", "roster-refused"):
            assert stranger.post(at(name, roster.pk)).status_code == 404
