"""Items out: every file reads back to what it was; who may take it, what the trail and the file say of it."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from decimal import Decimal
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader
from tests.support.cast import officer
from tests.support.itembank import (
    ELECTRICIAN,
    LEVEL,
    NOW,
    TRAINER,
    assembler,
    importer,
    make_item,
    make_paper,
    single,
    some_point,
    writer,
)

from kaogong.foundation.audit import selectors as audit
from kaogong.foundation.kernel.refusals import NotFound, NotPermitted
from kaogong.itembank import services
from kaogong.itembank.models import PaperItem
from kaogong.itembank.rules.exports import Exported, excel, qti, word
from kaogong.itembank.rules.files import PROFILES, Reading, Row, columns_of, entries_of, read_rows
from kaogong.itembank.rules.items import Criterion, ItemContent, Limits

LIMITS = Limits(stem=600, option=200, explanation=600, options_at_least=2, options_at_most=8)
MARK = "审题王老师 2026-03-02 09:00 导出"
CODES = ("A", "B", "C", "001")
ALPHABET = st.sampled_from("甲乙丙丁应不大于<&>\"'№220Vab 　é؟ོ𠮷+=")
WORDS = st.text(ALPHABET, min_size=1, max_size=20).map(str.strip).filter(lambda text: text and "  " not in text)
LINES = st.lists(WORDS, min_size=1, max_size=3).map("\n".join)
SHARES = st.sampled_from([(100,), (40, 60), (10, 20, 70)])


@st.composite
def contents(draw: st.DrawFn) -> ItemContent:
    """A sound item of any type."""
    type_ = draw(
        st.sampled_from(["single", "multiple", "truefalse", "fillin", "short", "calculation", "essay", "case"])
    )
    stem, explanation = draw(LINES), draw(st.just("") | LINES)
    if type_ in {"single", "multiple"}:
        options = tuple(draw(st.lists(WORDS, min_size=3, max_size=8, unique_by=lambda text: "".join(text.split()))))
        least = 2 if type_ == "multiple" else 1
        most = len(options) if type_ == "multiple" else 1
        right = draw(st.sets(st.sampled_from("ABCDEFGH"[: len(options)]), min_size=least, max_size=most))
        return ItemContent(type_, stem, options, "".join(sorted(right)), explanation)
    if type_ == "truefalse":
        return ItemContent(type_, stem, (), draw(st.sampled_from("TF")), explanation)
    if type_ == "fillin":
        gap = st.sampled_from(["220|二百二十", "36±0.5", "-5.25±0.01", "接地", "甲|乙±1"])
        key = draw(st.lists(gap, min_size=1, max_size=3))
        return ItemContent(type_, stem + "____，".join(["", *key]), (), "\n".join(key), explanation)
    rubric = tuple(Criterion(draw(WORDS), share) for share in draw(SHARES))
    return ItemContent(type_, stem, (), draw(LINES), explanation, rubric)


def exported(content: ItemContent, number: str = "B-A-B-C-001-001") -> Exported:
    return Exported(number, CODES, "转速", 4, 5, content)


def read(raw: bytes, profile: str) -> list[Row]:
    """What our own import makes of a file."""
    how = PROFILES[profile]
    columns = columns_of(raw, how, bytes_at_most=10**7, rows_at_most=99)[1]
    entries, _encoding = entries_of(raw, how, columns, bytes_at_most=10**7, rows_at_most=99)
    return read_rows(entries, Reading(columns, profile, LIMITS, 3, 3, frozenset({CODES})))


def same(row: Row, content: ItemContent) -> None:
    """Assert that a row is the item that was written, with its marks."""
    assert (row.content, row.codes, row.difficulty, row.consistency) == (content, CODES, 4, 5)


class TestRoundTrip:
    @settings(deadline=None, max_examples=150)
    @given(contents())
    def test_by_qti(self, content: ItemContent) -> None:
        (row,) = read(qti.package([exported(content)], watermark=MARK), "qti")
        same(row, content)
        assert row.number == "B-A-B-C-001-001"

    @settings(deadline=None, max_examples=60)
    @given(contents())
    def test_by_excel(self, content: ItemContent) -> None:
        (row,) = read(excel.sheet([exported(content)], watermark=MARK), "national")
        same(row, content)

    @settings(deadline=None, max_examples=100)
    @given(contents())
    def test_by_word(self, content: ItemContent) -> None:
        """All of it; a choice that says nowhere where its answer goes is given a place for it."""
        (row,) = read(word.document([exported(content)], watermark=MARK), "text-national")
        placed = replace(content, stem=f"{content.stem}（　）") if content.type in {"single", "multiple"} else content
        same(row, placed)

    def test_formulas_pass_through_word_with_their_meaning(self) -> None:
        asked = ItemContent("single", r"求 $\frac{a}{b}$、$U_{A} \cdot f (b)$（　）", (r"$x^{B}$", "乙"), "A")
        (row,) = read(word.document([exported(asked)], watermark=MARK), "text-national")
        assert row.content.stem == r"求 $\frac{a{}}{b{}}$、$U_{A{}} \cdot f(b)$（　）"
        assert (row.content.options, row.content.key, row.problems) == ((r"$x^{B{}}$", "乙"), "A", ())

    def test_word_keeps_items_apart_and_its_marks_out_of_their_words(self) -> None:
        sly = ItemContent(
            "single", "见 {A} 与【解析】（　）。\n(A) 不是选项", ("(B) 甲", "乙\n{B}二行"), "B", "【解析】x"
        )
        unbound = replace(exported(ItemContent("truefalse", "第二题", (), "F")), codes=(), point="")
        raw = word.document([exported(sly), unbound], watermark=MARK)
        first, second = read(raw, "text-national")
        assert first.content.stem == "见 〔A〕 与〔解析〕（　）。\n〔A〕 不是选项"
        assert (first.content.options, first.content.key) == (("〔B〕 甲", "乙\n〔B〕二行"), "B")
        assert (second.content, second.codes, second.problems) == (unbound.content, (), ())
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            assert MARK in archive.read("word/header1.xml").decode()
            assert MARK not in archive.read("word/document.xml").decode()

    def test_numbers_that_are_no_names_come_back_as_they_were(self) -> None:
        items = [exported(single(f"题{n}"), number) for n, number in enumerate(["题 1", "题 2", "007", "a/b", "a_b"])]
        assert [row.number for row in read(qti.package(items, watermark=MARK), "qti")] == [
            "题 1",
            "题 2",
            "007",
            "a/b",
            "a_b",
        ]

    def test_cells_are_never_formulas(self) -> None:
        content = ItemContent("single", "=1+1", ("=2", "@x"), "A")
        (row,) = read(excel.sheet([exported(content)], watermark=MARK), "national")
        assert row.content == content

    def test_equal_items_give_equal_bytes(self) -> None:
        items = [exported(single("一样的题"))]
        assert qti.package(items, watermark=MARK) == qti.package(items, watermark=MARK)


@pytest.mark.django_db
class TestService:
    def take(self, **changes: object) -> services.Export:
        """An export of the trainer's bank unless changed."""
        arguments: dict[str, object] = {
            "actor": writer(),
            "at": NOW,
            "occupation_code": ELECTRICIAN,
            "level": LEVEL,
            "kind": "qti",
            "reason": "送专家审题",
            "state": "drafted",
        }
        return services.export_items(**(arguments | changes))  # type: ignore[arg-type]  # the command's, by name

    def test_one_line_names_every_item_and_the_file_names_the_taker(self) -> None:
        items = [make_item(), make_item()]
        made = self.take()
        (line,) = audit.entries(actor=officer("audit.read", region=""), action="itembank.items_exported")
        assert line.reason == "送专家审题"
        assert sorted(line.facts["numbers"]) == sorted(item.number for item in items)
        with zipfile.ZipFile(io.BytesIO(made.content)) as archive:
            assert "命题李老师 2026-03-02 09:00" in archive.read("imsmanifest.xml").decode()

    def test_a_booklet_wears_the_mark_on_every_page(self) -> None:
        make_item(single("只在册子里的题（　）。"))
        made = self.take(kind="pdf")
        pages = [page.extract_text() for page in PdfReader(io.BytesIO(made.content)).pages]
        assert "只在册子里的题" in "".join(pages)
        assert all(page.count("命题李老师") >= 3 for page in pages)

    def test_narrowed_by_type(self) -> None:
        make_item()
        with pytest.raises(services.NothingToExport):
            self.take(type_="essay")

    def test_who_may_not_open_may_not_take(self) -> None:
        make_item()
        with pytest.raises(NotPermitted):
            self.take(actor=officer("itembank.assemble", "itembank.import", region="32"))

    def test_another_provinces_items_stay_there(self) -> None:
        mine = make_item()
        make_item(actor=writer("37"))
        assert self.take().items == 1
        assert self.take(actor=writer("37")).items == 1
        (row,) = read(self.take().content, "qti")
        assert row.number == mine.number

    @pytest.mark.parametrize("reason", ["", "  "])
    def test_not_without_a_purpose(self, reason: str) -> None:
        with pytest.raises(services.NoPurpose):
            self.take(reason=reason)

    def test_not_more_than_the_figure(self, monkeypatch: pytest.MonkeyPatch) -> None:
        from kaogong.itembank.services import exporting

        class Few:
            value = 1

        make_item()
        make_item()
        monkeypatch.setattr(exporting.regulations, "provision", lambda *_a, **_k: Few)
        with pytest.raises(services.TooManyItems, match="2 道题，一次最多导出 1 道"):
            self.take()

    def test_a_bank_moves_to_another_place_whole(self) -> None:
        make_item(single("搬家的题（　）。", key="B"), point_id=some_point(3).pk)
        batch = services.stage_import(
            actor=importer(),
            at=NOW,
            file_name="q.zip",
            content=self.take().content,
            column_map={},
            occupation_code=TRAINER,
            level=5,
            profile="qti",
        )
        assert (batch.good_rows, batch.bad_rows) == (0, 1)  # the trainer's bank has no such point
        assert batch.encoding == "QTI 3.0"


@pytest.mark.django_db
class TestPaper:
    def test_a_test_refers_to_the_items_in_their_order_with_their_worth(self) -> None:
        paper = make_paper()
        made = services.export_paper(actor=assembler(), at=NOW, paper_id=paper.pk, reason="送制卷")
        with zipfile.ZipFile(io.BytesIO(made.content)) as archive:
            root = ET.fromstring(archive.read("test.xml"))
            names = set(archive.namelist())
        space = f"{{{qti.ASI}}}"
        refs = list(root.iter(f"{space}qti-assessment-item-ref"))
        places = PaperItem.objects.filter(paper=paper).select_related("version__item").order_by("position")
        assert [ref.get("identifier") for ref in refs] == [place.version.item.number for place in places]
        assert {ref.get("href") for ref in refs} <= names
        weights = [Decimal(str(each.get("value"))) for each in root.iter(f"{space}qti-weight")]
        assert weights == [place.marks for place in places]
        (line,) = audit.entries(actor=officer("audit.read", region=""), action="itembank.paper_exported")
        assert len(line.facts["numbers"]) == 100

    def test_needs_the_power_to_open_it(self) -> None:
        paper = make_paper()
        with pytest.raises(NotPermitted):
            services.export_paper(
                actor=officer("itembank.assemble", region="32"), at=NOW, paper_id=paper.pk, reason="看看"
            )
        with pytest.raises(NotFound):
            services.export_paper(
                actor=officer("itembank.write", region="37"), at=NOW, paper_id=paper.pk, reason="看看"
            )
