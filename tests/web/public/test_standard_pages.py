"""The public pages of standards: found, read level by level, searched, printed; drafts are not there."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from tests.support.standards import electrician, make_draft, make_standard

pytestmark = pytest.mark.django_db


class TestList:
    @pytest.mark.parametrize("words", ["", "电工", "6-31-01", "接地电阻"])
    def test_finds_a_standard_by_name_code_or_sentence(self, client: Client, words: str) -> None:
        page = client.get(reverse("public:standards"), {"q": words}).text
        assert "电工国家职业技能标准（2018年版）" in page

    def test_says_what_to_do_when_nothing_is_found(self, client: Client) -> None:
        assert "没有找到这样的标准" in client.get(reverse("public:standards"), {"q": "量子"}).text

    def test_does_not_show_drafts(self, client: Client) -> None:
        draft = make_draft()
        assert draft.title not in client.get(reverse("public:standards")).text
        assert client.get(reverse("public:standard", args=[draft.pk])).status_code == 404


class TestStandard:
    def test_the_overview_marks_what_no_source_gives(self, client: Client) -> None:
        page = client.get(reverse("public:standard", args=[electrician().pk])).text
        assert '<span class="sample">示例</span>' in page
        for words in ("职业概况", "权重表", "基本要求", "电气值班员", "与考生不低于 1:5", "本项目拟定"):
            assert words in page

    def test_a_level_has_work_conditions_parts_and_weights(self, client: Client) -> None:
        page = client.get(reverse("public:standard", args=[electrician().pk]), {"level": "5"}).text
        for words in (
            "电器安装和线路敷设",
            "累计从事本职业或相关职业工作满1年。",
            "工龄：累计 1 年（本职业或相关职业），含本数",
            "≥ 90 分钟",
            "≥ 60",
            "35%",
        ):
            assert words in page

    def test_every_kind_of_clause_has_its_words(self, client: Client) -> None:
        address = reverse("public:standard", args=[electrician().pk])
        pages = "".join(client.get(address, {"level": level}).text for level in "5432")
        for words in (
            "证书：五级/初级工",
            "学徒期满",
            "学历：技工学校或中等职业学校",
            "（含毕业年级）",
            "预备技师证书",
            "取得四级/中级工证书后累计 5 年",
        ):
            assert words in pages

    def test_an_unknown_level_shows_the_overview(self, client: Client) -> None:
        assert "职业概况" in client.get(reverse("public:standard", args=[electrician().pk]), {"level": "9"}).text

    def test_search_leads_to_the_line(self, client: Client) -> None:
        page = client.get(reverse("public:standard", args=[electrician().pk]), {"q": "剩余电流"}).text
        assert "?level=5#task-" in page
        assert "能安装剩余电流动作保护器" in page

    def test_a_figure_with_a_source_is_not_marked(self, client: Client) -> None:
        page = client.get(reverse("public:standard", args=[make_standard().pk]), {"level": "5"}).text
        assert page.count('<span class="sample">示例</span>') == 2  # the notice's own, and the one weight

    def test_the_whole_of_it_on_paper(self, client: Client) -> None:
        page = client.get(reverse("public:standard-print", args=[electrician().pk])).text
        for words in ("五级/初级工", "一级/高级技师", "综合评审", "权重表", electrician().digest):
            assert words in page
