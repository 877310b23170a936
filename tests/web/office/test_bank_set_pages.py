"""The office's pages of parallel sets and of relations between items."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.http import HttpRequest, HttpResponseBase
from django.test import Client
from django.urls import reverse

from kaogong.foundation.access import middleware
from kaogong.foundation.kernel.actors import Actor
from kaogong.itembank.models import ItemRelation, Paper, PaperSet
from kaogong.itembank.tasks import assemble_set
from tests.support.cast import officer, outsider
from tests.support.itembank import ELECTRICIAN, approver, assembler, make_item, make_paper, single, writer
from tests.support.regulations import make_provision

Browse = Callable[[Actor], Client]
SECRET = "两题都不打开便看不到的题干"
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


def ordered(browser: Client, **changes: str) -> PaperSet:
    """A set ordered on the page."""
    entered = {"bank": f"{ELECTRICIAN}:5", "size": "3", "number": "PX-PAGE", "seed": "5"} | changes
    page = browser.post(reverse("office:paper-set-new"), entered, follow=True)
    assert "正在组卷" in page.text
    return PaperSet.objects.get(number=entered["number"])


class TestSets:
    def test_from_the_order_to_the_proof(self, enter: Browse) -> None:
        other = make_paper()
        browser = enter(assembler())
        found = ordered(browser, avoid=str(other.pk))
        live = browser.get(reverse("office:paper-set-live", args=[found.pk]))
        assert "0 / 6" in live.text
        assert "HX-Refresh" not in live
        assemble_set(str(found.pk))
        assert browser.get(reverse("office:paper-set-live", args=[found.pk]))["HX-Refresh"] == "true"
        page = browser.get(reverse("office:paper-set", args=[found.pk])).text
        for words in (
            "PX-PAGE-03",
            "职业道德：单项选择题 4 道",
            "任两份至多重复 20 题",
            "与 1 份已有试卷各至多重复 20 题",
            "各份试卷的平均难度",
        ):
            assert words in page
        assert "/rules/kaogong-itembank-rules/sets/" in page
        paper = Paper.objects.get(number="PX-PAGE-02")
        assert "第 2 份，共 3 份" in browser.get(reverse("office:paper", args=[paper.pk])).text
        assert "PX-PAGE" in browser.get(reverse("office:paper-sets")).text

    def test_says_which_rules_clash(self, enter: Browse) -> None:
        make_provision("itembank.shared_percent_at_most", 0, occupation=ELECTRICIAN)
        browser = enter(assembler())
        found = ordered(browser, size="20")
        assemble_set(str(found.pk))
        page = browser.get(reverse("office:paper-set", args=[found.pk])).text
        assert "不能组成，一份也没有封存" in page
        assert "至多重复 0 题" in page
        assert "/rules/kaogong-itembank-rules/sharing/" in page

    def test_told_at_the_field(self, enter: Browse) -> None:
        browser = enter(assembler())
        entered = {"bank": f"{ELECTRICIAN}:5", "size": "21", "number": "PX-MANY", "seed": "5"}
        page = browser.post(reverse("office:paper-set-new"), entered)
        assert page.status_code == 422
        assert "2 至 20 份" in page.text

    def test_withdrawn_before_it_is_sealed(self, enter: Browse) -> None:
        browser = enter(assembler())
        found = ordered(browser)
        address = reverse("office:paper-set-withdraw", args=[found.pk])
        assert "不再使用" in browser.get(address).text
        assert "已撤回" in browser.post(address, follow=True).text

    def test_an_outsider_finds_none(self, enter: Browse) -> None:
        found = ordered(enter(assembler()))
        for stranger in (outsider(), officer("itembank.assemble", "itembank.view", region="37")):
            browser = enter(stranger)
            for name in ("paper-set", "paper-set-live", "paper-set-withdraw"):
                assert browser.get(reverse(f"office:{name}", args=[found.pk])).status_code in {403, 404}
            assert "PX-PAGE" not in browser.get(reverse("office:paper-sets")).text


class TestRelations:
    def test_noted_and_seen_on_both_items_without_opening_either(self, enter: Browse) -> None:
        one, other = make_item(single(SECRET)), make_item()
        browser = enter(writer())
        entered = {"kind": "enemy", "number": other.number, "reason": "题干提示答案"}
        page = browser.post(reverse("office:item-relate", args=[one.pk]), entered, follow=True)
        assert other.number in page.text
        assert "题干提示答案" in page.text
        seen = browser.get(reverse("office:item", args=[other.pk])).text
        assert one.number in seen
        assert SECRET not in seen

    def test_a_wrong_number_is_told_at_the_field(self, enter: Browse) -> None:
        entered = {"kind": "enemy", "number": "不存在", "reason": "x"}
        page = enter(writer()).post(reverse("office:item-relate", args=[make_item().pk]), entered)
        assert page.status_code == 422
        assert "没有另一道题号为 不存在 的试题" in page.text

    def test_ended_by_whoever_approves(self, enter: Browse) -> None:
        one, other = make_item(), make_item()
        entered = {"kind": "lineage", "number": other.number, "reason": "改写"}
        enter(writer()).post(reverse("office:item-relate", args=[one.pk]), entered)
        relation = ItemRelation.objects.get(reason="改写")
        address = reverse("office:item-relation-end", args=[one.pk, relation.pk])
        assert enter(writer()).get(address).status_code == 403
        assert enter(officer("itembank.approve", region="37")).get(address).status_code == 404
        browser = enter(approver())
        assert browser.post(address, {"reason": ""}).status_code == 422
        assert "没有登记" in browser.post(address, {"reason": "误记"}, follow=True).text
