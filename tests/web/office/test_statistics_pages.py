"""The office's pages of item statistics: the rule's verdict, who may sign, runs ordered, the bank's health."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from procrastinate.contrib.django.models import ProcrastinateJob

from kaogong.calibration.models import Run
from kaogong.foundation.kernel.actors import Actor, service
from kaogong.itembank import selectors as bank
from kaogong.itembank import services
from kaogong.itembank.models import Item
from tests.support.cast import officer, outsider
from tests.support.doors import browser
from tests.support.itembank import (
    ELECTRICIAN,
    NOW,
    approver,
    assembler,
    make_approved_item,
    make_cleared_item,
    make_item,
    make_paper,
    single,
)
from tests.support.regulations import make_provision

pytestmark = pytest.mark.django_db

CALIBRATOR = service("测试定标", "itembank.calibrate")
GOOD = {
    "cases": 260,
    "p": 0.71,
    "r": 0.35,
    "upper_lower": 0.4,
    "model": "2pl",
    "a": 1.1,
    "b": -0.4,
    "se_a": 0.1,
    "se_b": 0.2,
    "exposure": 0.13,
}
SECRET = "只有打开才能看到的题干"


def reader(region: str = "32") -> Actor:
    """Reviews statistics and signs."""
    return officer("itembank.approve", "itembank.calibrate", "itembank.view", region=region, name="终审陈主任")


def record(item: Item, *, purpose: str = "trial", **figures: object) -> None:
    """Report statistics of the item's newest version."""
    learnt = services.Learnt(bank.current_version(item).pk, **GOOD | figures)  # type: ignore[arg-type]
    services.record_statistics(actor=CALIBRATOR, at=NOW, run_id=uuid4(), purpose=purpose, rows=[learnt])


@pytest.fixture
def tried() -> Item:
    """An item whose trial has ended with good statistics."""
    make_provision(
        "itembank.trial", {"required": True, "per_paper": {"single": 5}, "cases": 200}, occupation=ELECTRICIAN
    )
    item = make_cleared_item()
    make_paper()
    record(item)
    item.refresh_from_db()
    assert item.state == "assessed"
    return item


class TestReview:
    def test_lists_the_verdict_and_leads_to_the_lines(self, monkeypatch: pytest.MonkeyPatch, tried: Item) -> None:
        page = browser(monkeypatch, reader())
        listed = page.get(reverse("office:statistics")).text
        for words in (tried.number, "待统计审查", "可以启用", "0.71"):
            assert words in listed
        shown = page.get(reverse("office:statistic", args=[tried.pk])).text
        for words in ("作答人数", "≥ 200", "未检验", "签字启用", "a 1.10", "kaogong-itembank-rules"):
            assert words in shown
        assert "答案" not in shown.replace("答案核查", "").replace("核查答案", "")

    def test_a_failing_item_offers_no_signature_and_the_service_refuses_it(
        self, monkeypatch: pytest.MonkeyPatch, tried: Item
    ) -> None:
        record(tried, r=0.02, flags=("poor",))
        page = browser(monkeypatch, reader())
        shown = page.get(reverse("office:statistic", args=[tried.pk])).text
        assert "签字启用" not in shown
        assert "继续试测" in shown
        forced = page.post(reverse("office:item-decide", args=[tried.pk, "promote"]), {"note": "统计合格"})
        assert forced.status_code == 422
        assert "统计未达到启用条件" in forced.text
        tried.refresh_from_db()
        assert tried.state == "assessed"

    def test_the_signature_puts_it_into_use(self, monkeypatch: pytest.MonkeyPatch, tried: Item) -> None:
        page = browser(monkeypatch, reader())
        assert (
            page.post(reverse("office:item-decide", args=[tried.pk, "promote"]), {"note": "统计合格"}).status_code
            == 302
        )
        tried.refresh_from_db()
        assert tried.state == "approved"

    def test_outsiders_find_nothing(self, monkeypatch: pytest.MonkeyPatch, tried: Item) -> None:
        elsewhere = browser(monkeypatch, reader("51"))
        assert tried.number not in elsewhere.get(reverse("office:statistics")).text
        assert elsewhere.get(reverse("office:statistic", args=[tried.pk])).status_code == 404
        stranger = browser(monkeypatch, outsider("scoring.see"))
        for name in ("statistics", "bank-health", "calibrate"):
            assert stranger.get(reverse(f"office:{name}")).status_code in {403, 404}

    def test_leaves_as_a_file(self, monkeypatch: pytest.MonkeyPatch, tried: Item) -> None:
        given = browser(monkeypatch, reader()).get(reverse("office:statistics"), {"export": "csv"})
        body = b"".join(given) if given.streaming else given.content
        assert tried.number in body.decode("utf-8-sig")

    def test_an_item_without_statistics_says_so(self, monkeypatch: pytest.MonkeyPatch) -> None:
        item = make_cleared_item()
        page = browser(monkeypatch, reader())
        assert "尚无统计" in page.get(reverse("office:statistics")).text
        assert "尚无统计" in page.get(reverse("office:statistic", args=[item.pk])).text


class TestWatch:
    def test_lists_what_moved_or_was_met_too_often_with_a_proposal(self, monkeypatch: pytest.MonkeyPatch) -> None:
        moved, worn, quiet = (make_approved_item(single()) for _each in range(3))
        record(moved, purpose="live", drift=-3.4)
        record(worn, purpose="live", exposure=0.4, uses=3, drift=0.1)
        record(quiet, purpose="live", drift=2.7, exposure=0.9, uses=2)
        page = browser(monkeypatch, reader())
        listed = page.get(reverse("office:statistics"), {"face": "watch"}).text
        assert moved.number in listed
        assert worn.number in listed
        assert quiet.number not in listed
        for words in ("难度漂移", "曝光偏高", "限用", "-3.4"):
            assert words in listed
        done = page.post(reverse("office:item-decide", args=[moved.pk, "limit"]), {"note": "漂移"})
        assert done.status_code == 302
        assert moved.number not in page.get(reverse("office:statistics"), {"face": "watch"}).text


class TestOrder:
    def test_a_run_goes_to_the_background(self, monkeypatch: pytest.MonkeyPatch) -> None:
        make_item()
        page = browser(monkeypatch, reader())
        assert "开始定标" in page.get(reverse("office:calibrate")).text
        entered = {"bank": f"{ELECTRICIAN}:5", "purpose": "trial", "since": "2026-01-01", "until": "2025-01-01"}
        assert page.post(reverse("office:calibrate"), entered).status_code == 422
        assert not ProcrastinateJob.objects.filter(task_name="calibration.run").exists()
        assert page.post(reverse("office:calibrate"), entered | {"until": "2026-03-01"}).status_code == 302
        job = ProcrastinateJob.objects.get(task_name="calibration.run")
        assert (job.args["region_code"], job.args["ordered_by"]) == ("32", "终审陈主任")

    def test_who_assembles_or_only_approves_may_not(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for actor in (assembler(), approver()):
            assert browser(monkeypatch, actor).get(reverse("office:calibrate")).status_code == 403

    def test_runs_are_listed_with_what_was_left_out(self, monkeypatch: pytest.MonkeyPatch) -> None:
        Run.objects.create(
            occupation_code=ELECTRICIAN,
            level=5,
            purpose="trial",
            since=date(2026, 1, 1),
            until=date(2026, 3, 1),
            sittings=3,
            cases=1234,
            items=12,
            model="2pl",
            digest="0" * 64,
            report={
                "left_out": {"absent": 7, "void": 1},
                "founds_scale": True,
                "rulings": ["P-Y01"],
                "notes": ["anchors 3 20", "dif sex 2: few"],
            },
            region_code="32",
            run_at=NOW + timedelta(days=1),
            run_by="终审陈主任",
        )
        listed = browser(monkeypatch, reader()).get(reverse("office:statistics"), {"face": "runs"}).text
        for words in ("1,234", "缺考 7", "异议后作废的题 1", "建立标尺", "3 场", "P-Y01", "有 3 道，须有 20 道"):
            assert words in listed
        assert (
            "1,234" not in browser(monkeypatch, reader("51")).get(reverse("office:statistics"), {"face": "runs"}).text
        )


class TestHealth:
    def test_a_bank_without_statistics_says_what_to_do(self, monkeypatch: pytest.MonkeyPatch) -> None:
        page = browser(monkeypatch, reader()).get(reverse("office:bank-health")).text
        assert "还没有定标" in page
        assert "须有一份试卷的题数 100 道" in page
        assert "鉴定点覆盖" in page

    def test_shows_precision_at_the_cut_exposure_and_what_to_watch(self, monkeypatch: pytest.MonkeyPatch) -> None:
        make_provision("itembank.paper_form", [{"type": "single", "count": 2, "marks": 50}], occupation=ELECTRICIAN)
        first, second = make_approved_item(single()), make_approved_item(single())
        record(first, purpose="live", a=1.0, b=0.0, exposure=0.4, uses=3, flags=("easy",))
        browse = browser(monkeypatch, reader())
        alone = browse.get(reverse("office:bank-health")).text
        assert "已定标 1 道，须有一份试卷的题数 2 道" in alone
        assert "0.41" not in alone  # one item says nothing of a paper of two
        record(second, purpose="live", a=1.0, b=0.0, exposure=0.02)
        page = browse.get(reverse("office:bank-health")).text
        # Two items with a = 1, b = 0: 60 % is expected at ln(0.6/0.4) = 0.41; both give 2 · 0.24 there, SE 1.44.
        for words in ("0.41", "1.44", "25%–50%", "偏易", first.number, "曝光偏高"):
            assert words in page
        assert second.number not in page
