"""The public pages of rules and occupations."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from kaogong.web.public.templatetags.rule_texts import without_papers
from tests.support.regulations import make_provision

pytestmark = pytest.mark.django_db


class TestRules:
    def test_search_finds_clauses_and_instruments(self, client: Client) -> None:
        page = client.get(reverse("public:rules"), {"q": "调休"}).text
        assert "/rules/kaogong-house-rules/calendar/" in page
        assert "考工系统规则" in page

    def test_narrowed_by_certainty(self, client: Client) -> None:
        page = client.get(reverse("public:rules"), {"certainty": "H"}).text
        assert "考工系统规则" in page
        assert "公民身份号码" not in page

    def test_says_what_to_do_when_nothing_is_found(self, client: Client) -> None:
        assert "没有找到" in client.get(reverse("public:rules"), {"q": "量子"}).text

    def test_an_instrument_shows_its_source_and_clauses(self, client: Client) -> None:
        page = client.get(reverse("public:instrument", args=["gb-11643-1999"])).text
        assert "GB 11643-1999" in page
        assert "/rules/gb-11643-1999/4.2/" in page

    def test_a_clause_shows_its_words_doubts_and_figures(self, client: Client) -> None:
        make_provision("test.figure", 42, region="320100", occupation="6-31-01-03")
        page = client.get(reverse("public:clause", args=["kaogong-house-rules", "figures"])).text
        for words in ("数值须有依据", "本系统规则", "不是原文", "42", "江苏省南京市", "电工 6-31-01-03"):
            assert words in page

    def test_a_clause_that_was_not_yet_in_force_says_so(self, client: Client) -> None:
        address = reverse("public:clause", args=["personal-information-law", "rights"])
        assert "不生效" in client.get(address, {"on": "2020-01-01"}).text
        assert "不生效" not in client.get(address).text

    @pytest.mark.parametrize("address", ["/rules/none/", "/rules/none/1/", "/rules/kaogong-house-rules/none/"])
    def test_what_is_not_there_is_not_found(self, client: Client, address: str) -> None:
        assert client.get(address).status_code == 404

    def test_figures_are_listed_and_exported(self, client: Client) -> None:
        make_provision("test.figure", [1, 2])
        page = client.get(reverse("public:figures"), {"q": "test.figure"}).text
        assert "1、2" in page
        answer = client.get(reverse("public:figures"), {"q": "test.figure", "export": "csv"})
        assert "test.figure" in answer.content.decode("utf-8-sig")


class TestOccupations:
    def test_begins_with_the_eight_groups(self, client: Client) -> None:
        page = client.get(reverse("public:occupations")).text
        assert "生产制造及有关人员" in page
        assert "1,643" in page

    @pytest.mark.parametrize("text", ["电工", "dg", "6310103"])
    def test_finds_the_electrician(self, client: Client, text: str) -> None:
        assert "/occupations/6-31-01-03/" in client.get(reverse("public:occupations"), {"q": text}).text

    def test_answers_htmx_with_the_list_alone(self, client: Client) -> None:
        page = client.get(reverse("public:occupations"), {"q": "电工"}, headers={"HX-Request": "true"}).text
        assert "<html" not in page
        assert "6-31-01-03" in page

    def test_walks_the_tree(self, client: Client) -> None:
        assert "机械设备修理人员" in client.get(reverse("public:occupation", args=["6-31"])).text

    def test_an_occupation_shows_its_standard(self, client: Client) -> None:
        page = client.get(reverse("public:occupation", args=["6-31-01-03"])).text
        assert "电工国家职业技能标准" in page

    def test_an_occupation_without_a_standard_says_so(self, client: Client) -> None:
        assert "还没有收入" in client.get(reverse("public:occupation", args=["6-31-01-01"])).text

    def test_codes_without_dashes_lead_to_the_one_address(self, client: Client) -> None:
        answer = client.get("/occupations/6310103/")
        assert answer.headers["Location"] == reverse("public:occupation", args=["6-31-01-03"])

    def test_nothing_found_tells_the_next_step(self, client: Client) -> None:
        assert "从大类查找" in client.get(reverse("public:occupations"), {"q": "99999"}).text

    def test_an_unknown_code_is_not_found(self, client: Client) -> None:
        assert client.get("/occupations/9-99/").status_code == 404


class TestNotes:
    @pytest.mark.parametrize(
        ("written", "shown"),
        [
            ("exam-affairs §4.1 [S74][S76]；条文为转述，逐条序号未与原文核对", "条文为转述，逐条序号未与原文核对"),
            ("exam-affairs §1.3–1.4 [S1]；公开页无地址，日期推定", "公开页无地址，日期推定"),
            ("exam-affairs §3.5 [S36]", ""),
            ("本系统设计：规则到位之前不开办", "本系统设计：规则到位之前不开办"),
        ],
    )
    def test_name_no_papers_that_readers_do_not_have(self, written: str, shown: str) -> None:
        assert without_papers(written) == shown
