"""The office's pages of the bank: no stem unless opened, decisions, papers with their seal, imports."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpRequest, HttpResponseBase
from django.test import Client
from django.urls import reverse

from kaogong.foundation.access import middleware
from kaogong.foundation.audit import selectors as audit
from kaogong.foundation.kernel.actors import Actor
from kaogong.itembank import sealing, services
from kaogong.itembank.models import (
    Blueprint,
    ImportBatch,
    Item,
    ItemReview,
    ItemVersion,
    Paper,
    PracticalTask,
    Resemblance,
)
from kaogong.itembank.rules.items import Criterion, ItemContent
from tests.support.cast import officer, outsider
from tests.support.itembank import (
    COLUMNS,
    ELECTRICIAN,
    LEVEL,
    NOW,
    TRAINER,
    approver,
    assembler,
    bank_blueprint,
    csv_file,
    importer,
    make_approved_item,
    make_item,
    make_paper,
    reviewer,
    single,
    some_point,
    truth,
    writer,
)
from tests.support.packages import CHOICE, UNKNOWN, package
from tests.support.standards import make_standard

Browse = Callable[[Actor], Client]
BANK = f"{ELECTRICIAN}:5"
SECRET = "只有打开才能看到的题干"
RUBRIC = (Criterion("说出断电", 60), Criterion("说出验电", 40))
CONTENTS = {
    "single": ItemContent("single", "新单选（　）。", ("甲", "乙", "丙", "丁", "戊", "己", "庚", "辛"), "H"),
    "multiple": ItemContent("multiple", "新多选（　）。", ("甲", "乙", "丙", "丁"), "BD"),
    "truefalse": ItemContent("truefalse", "新判断。", (), "F"),
    "fillin": ItemContent("fillin", "相电压__伏，安全电压____伏。", (), "220|二百二十\n36±0.5"),
    "short": ItemContent("short", "新简答？", (), "先断电。\n再验电。", "", RUBRIC),
    "calculation": ItemContent("calculation", "新计算？", (), "I = U/R", "", RUBRIC),
    "essay": ItemContent("essay", "新论述？", (), "要点", "", RUBRIC),
    "case": ItemContent("case", "新案例？", (), "要点", "", tuple(Criterion(f"要点{n}", 10) for n in range(10))),
}
NOT_OF_THE_CONTENT = {"bank", "difficulty", "consistency"}
pytestmark = pytest.mark.django_db


def as_entered(content: ItemContent) -> dict[str, Any]:
    """The fields of the form in which somebody writes that item."""
    key = {"multiple": "keys", "truefalse": "truth", "fillin": "gaps", "single": "key"}.get(content.type, "answer")
    fields: dict[str, Any] = {"bank": BANK, "type": content.type, "stem": content.stem, "difficulty": "3"}
    fields |= {"consistency": "5", key: list(content.key) if key == "keys" else content.key}
    fields |= dict(zip("abcdefgh", content.options, strict=False))
    for row, each in enumerate(content.rubric, 1):
        fields |= {f"rubric_text_{row}": each.text, f"rubric_share_{row}": each.share}
    return fields


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


class TestCoverage:
    def test_shows_every_range_with_its_items(self, enter: Browse) -> None:
        page = enter(writer()).get(reverse("office:bank")).text
        for words in ("A-A 职业道德", "35%", "58 / 9 / 3", "600", "未核实"):
            assert words in page

    def test_a_blueprint_shows_its_requirements_and_points(self, enter: Browse) -> None:
        address = reverse("office:blueprint", args=[bank_blueprint().pk])
        page = enter(writer()).get(address, {"q": "熔断器"}).text
        assert "/rules/item-bank-technique/blueprint/" in page
        assert "熔断器的作用" in page


class TestBlueprints:
    rows = "range1_code,range1_name,point,name,importance\n"

    def post(self, browser: Client, text: str) -> object:
        """Upload a points file for the small standard."""
        standard = make_standard()
        file = SimpleUploadedFile("points.csv", text.encode())
        entered = {"standard": str(standard.pk), "level": "5", "title": "车工五级", "file": file}
        return browser.post(reverse("office:blueprint-new"), entered, follow=True)

    def test_drafted_from_a_file_and_kept_from_approval(self, enter: Browse) -> None:
        page = self.post(enter(officer("itembank.write", region="")), self.rows + "A,职业道德,001,守法,X\n")
        assert "还不符合要求，不能审定" in page.text  # type: ignore[attr-defined]  # a response
        assert Blueprint.objects.get(title="车工五级").state == "drafted"

    def test_a_wrong_row_is_told_with_its_line(self, enter: Browse) -> None:
        page = self.post(enter(officer("itembank.write", region="")), self.rows + "A,职业道德,001,守法,W\n")
        assert "第 2 行" in page.text  # type: ignore[attr-defined]  # a response
        assert not Blueprint.objects.filter(title="车工五级").exists()


class TestItems:
    def test_the_list_never_shows_a_stem(self, enter: Browse) -> None:
        item = make_item(single(SECRET))
        page = enter(writer()).get(reverse("office:items"), {"q": item.number}).text
        assert item.number in page
        assert SECRET not in page

    @pytest.mark.parametrize(
        ("query", "count"),
        [
            ({"bank": BANK, "range": "A-A"}, 30),
            ({"bank": BANK, "type": "truefalse"}, 200),
            ({"bank": BANK, "importance": "Z"}, 18),
            ({"bank": BANK, "point": "A-A-A-001"}, 3),
            ({"bank": BANK, "state": "frozen"}, 0),
            ({"range": "none"}, 0),
        ],
    )
    def test_narrowed_by_the_address_bar(self, enter: Browse, query: dict[str, str], count: int) -> None:
        page = enter(writer()).get(reverse("office:items"), query)
        assert page.context["page"].paginator.count == count

    def test_exported_without_stems(self, enter: Browse) -> None:
        make_item(single(SECRET))
        text = enter(writer()).get(reverse("office:items"), {"export": "csv"}).content.decode("utf-8-sig")
        assert "B-A-A-A-001-003" in text
        assert SECRET not in text

    def test_an_item_stays_closed_until_it_is_opened_on_the_record(self, enter: Browse) -> None:
        item = make_item(single(SECRET))
        browser = enter(writer())
        assert SECRET not in browser.get(reverse("office:item", args=[item.pk])).text
        assert SECRET in browser.post(reverse("office:item-open", args=[item.pk])).text
        lines = audit.entries(actor=officer("audit.read", region=""), target_id=str(item.pk))
        assert "itembank.item_viewed" in {line.action for line in lines}

    def test_who_assembles_may_not_open(self, enter: Browse) -> None:
        item = make_item(single(SECRET))
        only = officer("itembank.assemble", region="32")
        assert enter(only).post(reverse("office:item-open", args=[item.pk])).status_code == 403

    def test_outsiders_do_not_find_it(self, enter: Browse) -> None:
        item = make_item()
        assert enter(outsider("itembank.view")).get(reverse("office:item", args=[item.pk])).status_code == 404


class TestWriting:
    entered = {
        "bank": BANK,
        "type": "single",
        "stem": "页面上写的新题（　）。",
        "a": "甲",
        "b": "乙",
        "c": "丙",
        "d": "丁",
        "key": "B",
        "difficulty": "3",
        "consistency": "5",
        "explanation": "",
    }

    def test_saves_a_draft_at_its_point(self, enter: Browse) -> None:
        code = "-".join(some_point().codes)
        page = enter(writer()).post(reverse("office:item-new"), self.entered | {"point": code}, follow=True)
        assert "命题中" in page.text
        assert Item.objects.get(origin="written").point == some_point()

    def test_keeps_what_was_entered_when_it_is_refused(self, enter: Browse) -> None:
        page = enter(writer()).post(reverse("office:item-new"), self.entered | {"b": "甲"})
        assert page.status_code == 422
        assert "选项 A 与 B 相同" in page.text
        assert "页面上写的新题" in page.text

    def test_an_unknown_point_is_told_at_its_field(self, enter: Browse) -> None:
        page = enter(writer()).post(reverse("office:item-new"), self.entered | {"point": "Z-9"})
        assert page.status_code == 422
        assert "Z-9" in page.context["form"].errors["point"][0]

    def test_preview_shows_what_the_candidate_sees(self, enter: Browse) -> None:
        page = enter(writer()).post(reverse("office:item-preview"), self.entered).text
        assert "页面上写的新题" in page
        assert not Item.objects.filter(origin="written").exists()

    def test_revision_makes_a_version(self, enter: Browse) -> None:
        item = make_item(single(SECRET))
        browser = enter(writer())
        assert SECRET in browser.get(reverse("office:item-revise", args=[item.pk])).text
        browser.post(reverse("office:item-revise", args=[item.pk]), self.entered)
        assert Item.objects.get(pk=item.pk).latest == 2

    @pytest.mark.parametrize("type_", list(CONTENTS))
    def test_every_type_from_form_to_item_and_back(self, enter: Browse, type_: str) -> None:
        content, browser = CONTENTS[type_], enter(writer())
        fields = as_entered(content)
        assert browser.post(reverse("office:item-new"), fields).status_code == 302
        item = Item.objects.get(origin="written")
        kept = ItemVersion.objects.get(item=item)
        assert sealing.open_item(kept.content_sealed, version_id=kept.pk) == content
        form = browser.get(reverse("office:item-revise", args=[item.pk])).context["form"]
        assert {name: form[name].value() for name in fields if name not in NOT_OF_THE_CONTENT} == {
            name: value for name, value in fields.items() if name not in NOT_OF_THE_CONTENT
        }
        shown = browser.post(reverse("office:item-open", args=[item.pk])).text
        for words in (content.stem, *content.options, *(each.text for each in content.rubric)):
            assert words in shown

    def test_what_another_type_would_need_does_not_enter(self, enter: Browse) -> None:
        fields = as_entered(CONTENTS["short"]) | {"a": "甲", "b": "乙", "key": "A", "gaps": "1"}
        enter(writer()).post(reverse("office:item-new"), fields)
        kept = ItemVersion.objects.get(item__origin="written")
        assert sealing.open_item(kept.content_sealed, version_id=kept.pk) == CONTENTS["short"]

    @pytest.mark.parametrize(
        ("type_", "wrong", "field"),
        [
            ("single", {"key": ""}, "key"),
            ("multiple", {"keys": ["A"]}, "keys"),
            ("truefalse", {"truth": ""}, "truth"),
            ("fillin", {"gaps": "220"}, "gaps"),
            ("short", {"answer": ""}, "answer"),
            ("short", {"rubric_share_1": "50"}, "rubric_text_1"),
        ],
    )
    def test_a_fault_is_told_at_the_field_of_its_type(
        self, enter: Browse, type_: str, wrong: dict[str, object], field: str
    ) -> None:
        page = enter(writer()).post(reverse("office:item-new"), as_entered(CONTENTS[type_]) | wrong)
        assert page.status_code == 422
        assert list(page.context["form"].errors) == [field]

    def test_a_forged_row_of_a_rubric_is_bounded(self, enter: Browse) -> None:
        fields = as_entered(CONTENTS["short"]) | {"rubric_text_999999999": "很远的一行"}
        assert enter(writer()).post(reverse("office:item-new"), fields).status_code == 302

    def test_binding_an_unbound_draft(self, enter: Browse) -> None:
        item = make_item(is_bound=False)
        code = "-".join(some_point(5).codes)
        enter(writer()).post(reverse("office:item-bind", args=[item.pk]), {"point": code})
        assert Item.objects.get(pk=item.pk).point == some_point(5)


class TestDecisions:
    def decide(self, browser: Client, item: Item, verb: str, note: str = "") -> int:
        """Press a button of the decision bar."""
        return browser.post(reverse("office:item-decide", args=[item.pk, verb]), {"note": note}).status_code

    def test_review_and_approval_by_two_others(self, enter: Browse) -> None:
        item = make_item()
        assert self.decide(enter(reviewer()), item, "review", "可用") == 302
        assert self.decide(enter(approver()), item, "approve") == 302
        assert Item.objects.get(pk=item.pk).state == "approved"

    def test_the_author_is_told_that_another_must(self, enter: Browse) -> None:
        both = officer("itembank.write", "itembank.review", region="32")
        item = make_item(actor=both)
        page = enter(both).post(reverse("office:item-decide", args=[item.pk, "review"]), {"note": ""})
        assert page.status_code == 422
        assert "/rules/kaogong-itembank-rules/three-persons/" in page.text

    def test_some_reviews_pass_and_some_do_not(self, enter: Browse) -> None:
        item, browser = make_item(), enter(reviewer())
        place = reverse("office:item-decide", args=[item.pk, "review"])
        browser.post(place, {"kinds": ["content", "forged"], "note": ""})
        object_ = reverse("office:item-decide", args=[item.pk, "object"])
        assert browser.post(object_, {"kinds": ["language"], "note": ""}).status_code == 422
        assert browser.post(object_, {"kinds": ["language"], "note": "标点有误"}).status_code == 302
        page = browser.get(reverse("office:item", args=[item.pk])).text
        assert Item.objects.get(pk=item.pk).state == "drafted"
        assert page.count("标点有误") == 1
        assert page.count('name="kinds"') == 2
        assert set(ItemReview.objects.filter(item=item).values_list("kind", "verdict")) == {
            ("content", "passed"),
            ("language", "returned"),
        }

    def test_only_a_reviewer_is_offered_the_reviews(self, enter: Browse) -> None:
        item = make_item()
        assert 'name="kinds"' not in enter(writer()).get(reverse("office:item", args=[item.pk])).text
        forged = reverse("office:item-decide", args=[item.pk, "object"])
        assert enter(writer()).post(forged, {"kinds": ["content"], "note": "x"}).status_code == 403
        assert enter(outsider("itembank.review")).post(forged, {"kinds": ["content"], "note": "x"}).status_code == 404

    @pytest.mark.parametrize("verb", ["freeze", "retire"])
    def test_a_stop_needs_its_reason(self, enter: Browse, verb: str) -> None:
        item = make_approved_item()
        assert self.decide(enter(approver()), item, verb) == 422
        assert self.decide(enter(approver()), item, verb, "疑似泄密") == 302

    def test_twice_is_told(self, enter: Browse) -> None:
        item = make_approved_item()
        assert self.decide(enter(approver()), item, "approve") == 409

    def test_an_unknown_move_is_not_found(self, enter: Browse) -> None:
        assert self.decide(enter(approver()), make_item(), "burn", "x") == 404


class TestPapers:
    def test_assembled_and_reported(self, enter: Browse) -> None:
        entered = {"bank": BANK, "number": "SJ-PAGE", "seed": "7"}
        page = enter(assembler()).post(reverse("office:paper-new"), entered, follow=True).text
        for words in ("封存完好", "80 题，每题 1 分", "单项选择题 28，判断题 7", "paper-1-"):
            assert words in page

    def test_avoids_the_papers_that_are_ticked(self, enter: Browse) -> None:
        other = make_paper()
        entered = {"bank": BANK, "number": "SJ-PAGE", "seed": "7", "avoid": [str(other.pk)]}
        page = enter(assembler()).post(reverse("office:paper-new"), entered, follow=True).text
        assert f"与 {other.number} 重复" in page

    def test_a_number_that_is_taken_is_told_at_its_field(self, enter: Browse) -> None:
        make_paper(number="SJ-PAGE")
        page = enter(assembler()).post(reverse("office:paper-new"), {"bank": BANK, "number": "SJ-PAGE", "seed": "7"})
        assert page.status_code == 422
        assert "SJ-PAGE" in page.context["form"].errors["number"][0]

    def test_what_the_bank_lacks_is_listed_by_range(self, enter: Browse) -> None:
        Item.objects.filter(number__startswith="C-B-C-").update(state="frozen")
        page = enter(assembler()).post(reverse("office:paper-new"), {"bank": BANK, "number": "SJ-PAGE", "seed": "7"})
        assert page.status_code == 422
        assert "需要 3 道判断题" in page.text

    def test_opened_whole_on_the_record(self, enter: Browse) -> None:
        paper = make_paper()
        page = enter(assembler()).post(reverse("office:paper-open", args=[paper.pk])).text
        assert page.count('class="question-stem"') == 100

    def test_voided_with_a_reason(self, enter: Browse) -> None:
        paper = make_paper()
        browser = enter(assembler())
        assert browser.post(reverse("office:paper-void", args=[paper.pk]), {"note": ""}).status_code == 422
        page = browser.post(reverse("office:paper-void", args=[paper.pk]), {"note": "疑似泄密"}, follow=True)
        assert "疑似泄密" in page.text
        assert Paper.objects.get(pk=paper.pk).state == "void"

    def test_outsiders_do_not_find_it(self, enter: Browse) -> None:
        paper = make_paper()
        assert enter(outsider("itembank.view")).get(reverse("office:paper", args=[paper.pk])).status_code == 404


class TestImports:
    rows = csv_file("训练师该先做（）,单选,清洗,标注,训练,部署,A", "缺答案的题,单选,甲,乙,丙,丁,")

    def upload(self, browser: Client, raw: bytes, **changes: str) -> object:
        """Send the form with a file."""
        entered = {"occupation_code": TRAINER, "level": "5", "profile": "plain"} | changes
        return browser.post(
            reverse("office:import-new"), entered | {"file": SimpleUploadedFile("题库.csv", raw)}, follow=True
        )

    def test_the_columns_are_suggested_from_the_header(self, enter: Browse) -> None:
        file = SimpleUploadedFile("题库.csv", self.rows)
        page = enter(importer()).post(reverse("office:import-columns"), {"file": file}).text
        assert '<select class="form-select" name="column_stem"' in page
        assert "<option selected>题干</option>" in page

    def test_what_is_no_table_is_told_at_once(self, enter: Browse) -> None:
        file = SimpleUploadedFile("x.xlsx", b"PK\x03\x04\x00\x00")
        page = enter(importer()).post(reverse("office:import-columns"), {"file": file}).text
        assert "不是可以打开的 Excel 文件" in page

    def test_a_package_has_no_columns_to_map(self, enter: Browse) -> None:
        file = SimpleUploadedFile("x.zip", package(CHOICE))
        page = enter(importer()).post(reverse("office:import-columns"), {"file": file, "profile": "qti"}).text
        assert "不用对应列" in page
        assert "column_stem" not in page

    def test_a_package_tells_where_its_strange_items_stand_and_gives_them_back(self, enter: Browse) -> None:
        browser = enter(importer())
        page = self.upload(browser, package(CHOICE, UNKNOWN), profile="qti")
        assert "items/2.xml" in page.text  # type: ignore[attr-defined]  # a response
        address = reverse("office:import-originals", args=[ImportBatch.objects.get().pk])
        with zipfile.ZipFile(io.BytesIO(browser.post(address).content)) as archive:
            assert archive.read("0001-2.xml").decode() == UNKNOWN
        assert enter(outsider("itembank.import")).post(address).status_code == 404

    def test_staged_with_its_repair_list_then_committed(self, enter: Browse) -> None:
        browser = enter(importer())
        page = self.upload(browser, self.rows)
        assert "没有答案" in page.text  # type: ignore[attr-defined]  # a response
        batch = ImportBatch.objects.get()
        address = reverse("office:import-settle", args=[batch.pk, "commit"])
        assert "1 道试题入库" in browser.get(address).text
        assert "已入库" in browser.post(address, follow=True).text
        assert browser.post(address).status_code == 409
        assert Item.objects.get(occupation_code=TRAINER).state == "drafted"

    def test_a_column_map_of_ones_own(self, enter: Browse) -> None:
        raw = csv_file("甲题,判断,对", header="Q,T,K")
        columns = {"column_stem": "Q", "column_type": "T", "column_key": "K"}
        self.upload(enter(importer()), raw, **columns)
        assert ImportBatch.objects.get().good_rows == 1

    def test_discarded(self, enter: Browse) -> None:
        browser = enter(importer())
        self.upload(browser, self.rows)
        address = reverse("office:import-settle", args=[ImportBatch.objects.get().pk, "discard"])
        assert "已放弃" in browser.post(address, follow=True).text

    def test_the_repair_list_leaves_as_a_file(self, enter: Browse) -> None:
        browser = enter(importer())
        self.upload(browser, self.rows)
        page = browser.get(reverse("office:import", args=[ImportBatch.objects.get().pk]), {"export": "csv"})
        assert "3,,key,没有答案" in page.content.decode("utf-8-sig")

    @pytest.mark.parametrize(("code", "words"), [("9-99-99-99", "没有编码为"), ("", "")])
    def test_an_unknown_occupation_is_told_at_its_field(self, enter: Browse, code: str, words: str) -> None:
        page = self.upload(enter(importer()), self.rows, occupation_code=code)
        assert page.status_code == 422  # type: ignore[attr-defined]  # a response
        assert words in page.context["form"].errors["occupation_code"][0]  # type: ignore[attr-defined]  # a response


class TestTasks:
    def test_listed_by_module_and_opened_on_the_record(self, enter: Browse) -> None:
        task = PracticalTask.objects.order_by("code")[0]
        browser = enter(assembler())
        assert task.title in browser.get(reverse("office:tasks")).text
        closed = browser.get(reverse("office:task", args=[task.pk])).text
        opened = browser.post(reverse("office:task", args=[task.pk])).text
        assert "评分要素" not in closed
        assert "评分要素" in opened


class TestExports:
    entered = {"bank": BANK, "state": "drafted", "type": "", "kind": "qti", "reason": "送专家审题"}

    def test_a_file_with_what_was_asked_for(self, enter: Browse) -> None:
        make_item(single(SECRET))
        browser = enter(writer())
        assert SECRET not in browser.get(reverse("office:items-export")).text
        answer = browser.post(reverse("office:items-export"), self.entered)
        assert answer["Content-Disposition"] == f'attachment; filename="items-{ELECTRICIAN}-5.zip"'
        with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
            assert SECRET in archive.read("items/B-A-A-A-001-003.xml").decode()

    def test_a_purpose_is_asked_for(self, enter: Browse) -> None:
        make_item(single(SECRET))
        page = enter(writer()).post(reverse("office:items-export"), self.entered | {"reason": ""})
        assert page.status_code == 422
        assert SECRET not in page.text

    def test_who_only_assembles_or_imports_is_kept_out(self, enter: Browse) -> None:
        for power in ("itembank.assemble", "itembank.import"):
            answer = enter(officer(power, region="32")).post(reverse("office:items-export"), self.entered)
            assert answer.status_code in {403, 404}

    def test_a_paper_for_whoever_may_open_it(self, enter: Browse) -> None:
        address = reverse("office:paper-export", args=[make_paper().pk])
        browser = enter(assembler())
        assert browser.post(address, {"reason": ""}).status_code == 422
        answer = browser.post(address, {"reason": "送制卷"})
        with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
            assert len(archive.namelist()) == 102
        assert enter(officer("itembank.assemble", region="32")).post(address, {"reason": "看"}).status_code in {
            403,
            404,
        }
        assert enter(outsider("itembank.view")).post(address, {"reason": "看"}).status_code == 404


class TestLikeness:
    first, second = "装配工领料之前，首先要核对领料单的批号。", "装配工在领料前，应首先核对领料单批号。"

    def pair(self) -> Resemblance:
        """Two items that ask the same."""
        make_item(truth(self.first))
        make_item(truth(self.second))
        return Resemblance.objects.get()

    def test_the_writer_is_warned_and_led_to_the_pair(self, enter: Browse) -> None:
        found = self.pair()
        page = enter(writer()).get(reverse("office:item", args=[found.second.item_id])).text
        assert found.first.item.number in page
        assert reverse("office:resemblance", args=[found.pk]) in page

    def test_another_provinces_item_is_not_named(self, enter: Browse) -> None:
        other = make_item(truth(self.first), actor=writer("33"), is_bound=False)
        page = enter(writer()).get(reverse("office:item", args=[make_item(truth(self.second)).pk])).text
        assert "另有 1 道您无权查看" in page
        assert other.number not in page

    def test_the_list_names_the_pair_and_not_what_it_says(self, enter: Browse) -> None:
        found = self.pair()
        page = enter(reviewer()).get(reverse("office:likeness")).text
        assert found.first.item.number in page
        assert "装配工" not in page

    def test_opened_side_by_side_on_the_record(self, enter: Browse) -> None:
        found = self.pair()
        browser = enter(reviewer())
        assert "装配工" not in browser.get(reverse("office:resemblance", args=[found.pk])).text
        page = browser.post(reverse("office:resemblance-open", args=[found.pk])).text
        assert self.first in page
        assert self.second in page

    def test_a_person_says_what_it_is(self, enter: Browse) -> None:
        found = self.pair()
        entered = {"verdict": "distinct", "note": "考点不同"}
        page = enter(reviewer()).post(reverse("office:resemblance-judge", args=[found.pk]), entered, follow=True).text
        assert "考点不同" in page
        assert (
            found.first.item.number not in enter(reviewer()).get(reverse("office:likeness"), {"verdict": "open"}).text
        )

    def test_the_author_is_told_that_another_must(self, enter: Browse) -> None:
        both = officer("itembank.write", "itembank.review", region="32")
        make_item(truth(self.first))
        make_item(truth(self.second), actor=both)
        pk = Resemblance.objects.get().pk
        page = enter(both).post(reverse("office:resemblance-judge", args=[pk]), {"verdict": "kin"})
        assert page.status_code == 422
        assert "/rules/kaogong-itembank-rules/near-duplicates/" in page.text

    def test_a_bank_is_compared_on_demand(self, enter: Browse) -> None:
        self.pair()
        page = enter(reviewer()).post(reverse("office:likeness-compare"), {"bank": BANK}, follow=True).text
        assert "新列入 0 对" in page
        assert enter(writer()).post(reverse("office:likeness-compare"), {"bank": BANK}).status_code == 403
        assert enter(reviewer()).post(reverse("office:likeness-compare"), {"bank": "x"}).status_code == 404

    def test_outsiders_do_not_find_it(self, enter: Browse) -> None:
        found = self.pair()
        browser = enter(outsider("itembank.review"))
        assert browser.get(reverse("office:resemblance", args=[found.pk])).status_code == 404
        assert browser.post(reverse("office:resemblance-open", args=[found.pk])).status_code == 404

    def test_the_import_page_says_what_rows_look_like(self, enter: Browse) -> None:
        item = make_item(truth(self.first))
        batch = services.stage_import(
            actor=importer(),
            at=NOW,
            file_name="题库.csv",
            content=csv_file(f"{self.second.replace('，', '')},判断,,,,,对"),
            column_map=COLUMNS,
            occupation_code=ELECTRICIAN,
            level=LEVEL,
        )
        page = enter(importer()).get(reverse("office:import", args=[batch.pk])).text
        assert f"与题号 {item.number} 相近" in page
