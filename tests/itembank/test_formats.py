"""Reading items from every format but CSV's own traps: the text dialect, Excel, Word. No database."""

from __future__ import annotations

import pytest
from tests.support.packages import archive, excel, word

from kaogong.itembank.rules.files import PROFILES, NotReadable, Reading, Row, columns_of, entries_of, read_rows
from kaogong.itembank.rules.items import Criterion, Limits

LIMITS = Limits(stem=120, option=40, explanation=60, options_at_least=2, options_at_most=8)
POINTS = frozenset({("A", "B", "C", "001"), ("1", "1", "10")})
SINGLE = """A-B-C-001 B 3 5
{A}三相异步电动机的转速与{.XZ}有关。
(A) 电源频率
(B) 电源电压
(C) 绕组温度
(D) 环境湿度
{B}A
"""


def read(raw: bytes, profile: str, columns: dict[str, str] | None = None) -> list[Row]:
    """The rows of a file, columns as they are guessed unless given."""
    how = PROFILES[profile]
    guessed = columns_of(raw, how, bytes_at_most=10**6, rows_at_most=50)[1] if columns is None else columns
    entries, _encoding = entries_of(raw, how, guessed, bytes_at_most=10**6, rows_at_most=50)
    return read_rows(entries, Reading(guessed, profile, LIMITS, 3, 3, POINTS, {"频率": ("A", "B", "C", "001")}))


def reasons(row: Row) -> list[str]:
    return [str(problem) for problem in row.problems]


class TestNationalText:
    def test_a_record(self) -> None:
        (row,) = read(SINGLE.encode(), "text")
        assert row.problems == ()
        assert row.content.stem == "三相异步电动机的转速与（　）有关。"
        assert (row.content.options[0], row.content.key) == ("电源频率", "A")
        assert (row.line, row.codes, row.difficulty, row.consistency) == (2, ("A", "B", "C", "001"), 3, 5)

    @pytest.mark.parametrize(("encoding", "name"), [("utf-8-sig", "UTF-8"), ("gbk", "GB18030"), ("gb18030", "GB18030")])
    def test_in_every_encoding(self, encoding: str, name: str) -> None:
        entries, found = entries_of(SINGLE.encode(encoding), PROFILES["text"], {}, bytes_at_most=9999, rows_at_most=9)
        assert (len(entries), found) == (1, name)

    @pytest.mark.parametrize(
        ("profile", "letter", "type_"), [("text", "D", "multiple"), ("text-national", "G", "multiple")]
    )
    def test_several_right_letters(self, profile: str, letter: str, type_: str) -> None:
        text = SINGLE.replace(" B 3", f" {letter} 3").replace("{B}A", "{B}C、A")
        (row,) = read(text.encode(), profile)
        assert (row.content.type, row.content.key, row.problems) == (type_, "AC", ())

    def test_the_same_letter_is_another_type_in_another_profile(self) -> None:
        text = (
            "A-B-C-001 D 3 5\n{A}什么是转差率？\n{B}同步转速与转速之差的比。\n【评分标准】\n写出定义 60\n写出公式 40\n"
        )
        (row,) = read(text.encode(), "text-national")
        assert (row.content.type, row.problems) == ("short", ())
        assert row.content.rubric == (Criterion("写出定义", 60), Criterion("写出公式", 40))
        assert read(text.encode(), "text")[0].content.type == "multiple"

    @pytest.mark.parametrize("mark", ["√", "✓", "对", "正确", "T"])
    def test_true_and_false(self, mark: str) -> None:
        text = f"1·1·10 C 2 4\n{{A}}熔断器起短路保护作用。\n{{B}}{mark}\n【解析】见教材。\n"
        (row,) = read(text.encode(), "text")
        assert (row.content.key, row.content.explanation, row.problems) == ("T", "见教材。", ())

    def test_wide_marks_options_on_one_line_and_stems_over_several(self) -> None:
        text = "A-B-C-001　B　3　5\n｛Ａ｝第一行\n第二行｛.XZ｝\n（Ａ）甲 （Ｂ）乙 （C） 丙\n｛Ｂ｝ｂ\n"
        (row,) = read(text.encode(), "text")
        assert (row.content.stem, row.content.options) == ("第一行\n第二行（　）", ("甲", "乙", "丙"))
        assert (row.content.key, row.problems) == ("B", ())

    def test_two_records_close_together(self) -> None:
        rows = read((SINGLE + SINGLE.replace("转速", "转矩").replace("{B}A", "{B}D")).encode(), "text")
        assert [(row.line, row.content.key) for row in rows] == [(2, "A"), (9, "D")]

    @pytest.mark.parametrize(
        ("old", "new", "reason"),
        [
            ("{.XZ}", "", "选择题的题干应有一处 ｛.XZ｝，现有 0 处"),
            ("有关", "{.XZ}", "选择题的题干应有一处 ｛.XZ｝，现有 2 处"),
            ("{B}A", "{B}E", "答案“E”不在选项之中"),
            ("{B}A", "{B}AB", "单项选择题有不止一个答案“AB”"),
            (" B 3 5", " B 7 5", "难度“7”不是 1 至 5 的整数"),
            (" B 3 5", " Z 3 5", "不支持的题型“Z”"),
            ("A-B-C-001", "A-B-C-999", "没有鉴定点“A-B-C-999”"),
        ],
    )
    def test_reasons(self, old: str, new: str, reason: str) -> None:
        assert reason in reasons(read(SINGLE.replace(old, new).encode(), "text")[0])

    def test_a_record_without_an_answer_does_not_take_its_neighbours(self) -> None:
        rows = read((SINGLE.replace("{B}A\n", "") + SINGLE.replace("转速", "转矩")).encode(), "text")
        assert "没有以 ｛B｝ 开头的答案" in reasons(rows[0])
        assert rows[1].problems == ()

    def test_a_text_without_records(self) -> None:
        with pytest.raises(NotReadable, match="没有找到试题"):
            read("随便写的话".encode(), "text")


HEAD_A = [
    "ID", "序号", "认定点代码", "题型代码", "题号", "试题(题干)", "选项A", "选项B", "选项C", "选项D", "选项E",
    "【图】及位置", "正确答案", "难度代码", "一致性代码", "解析",
]  # fmt: skip


class TestExcel:
    def test_the_national_sheet_with_a_title_above_its_header(self) -> None:
        rows = read(
            excel(
                ["国家题库"],
                HEAD_A,
                ["B-A-B-C-001-001", 1, "A-B-C-001", "B", 1, "选（）", "甲", "乙", "丙", "丁", "", "", "D", 3, 5, "略"],
                ["G-A-B-C-001-001", 2, "A-B-C-001", "G", 1, "多（）", 1, 2.5, 3, 4, 5, "", "ACE", 2, 4, ""],
                ["D-A-B-C-001-001", 3, "A-B-C-001", "D", 1, "简答", "", "", "", "", "", "", "如何", 2, 4, ""],
                ["C-A-B-C-001-001", 4, "A-B-C-001", "C", 1, "看图", "", "", "", "", "", "图1 题干", "√", 2, 4, ""],
            ),
            "national",
        )
        first, second, third, fourth = rows
        assert (first.line, first.number, first.codes) == (3, "B-A-B-C-001-001", ("A", "B", "C", "001"))
        assert (first.content.key, first.difficulty, first.consistency, first.problems) == ("D", 3, 5, ())
        assert (second.content.type, second.content.options, second.content.key) == (
            "multiple",
            ("1", "2.5", "3", "4", "5"),
            "ACE",
        )
        assert (third.content.type, reasons(third)) == ("short", ["简答题没有评分标准"])
        assert reasons(fourth) == ["含有图片、公式或符号，不能随文字读入"]

    def test_the_sheet_by_knowledge_points_where_d_is_multiple(self) -> None:
        head = [
            "试题GUID",
            "题型",
            "题干",
            "答案",
            "选项A",
            "选项B",
            "选项C",
            "知识点一级",
            "知识点二级",
            "难度",
            "一致性",
        ]
        first, second, third = read(
            excel(
                head,
                ["g1", "D", "多（）", "AB", "甲", "乙", "丙", "电机", "频率", "3", "3"],
                ["g2", "判断题", "判", "错误", "", "", "", "电机", "没有的点", "3", "3"],
                ["g3", "判断题", "再判", "错误", "", "", "", "", "", "3", "3"],
            ),
            "industry",
        )
        assert (first.content.type, first.codes, first.problems) == ("multiple", ("A", "B", "C", "001"), ())
        assert reasons(second) == ["没有鉴定点“电机-没有的点”"]
        assert (third.codes, third.problems) == ((), ())

    def test_macros_are_refused(self) -> None:
        book = archive({"xl/worksheets/sheet1.xml": "<x/>", "xl/vbaProject.bin": b"\0"})
        with pytest.raises(NotReadable, match="宏"):
            read(book, "plain")


class TestEveryType:
    def one(self, type_: str, stem: str, key: str, rubric: str = "") -> Row:
        """A row of a table with a type in words."""
        (row,) = read(excel(["题型", "题干", "答案", "评分标准"], [type_, stem, key, rubric]), "plain")
        return row

    def test_gaps_in_brackets_become_gaps(self) -> None:
        row = self.one("填空", "线电压为（ ）V，频率为（　）Hz。", "380|三百八十；50±0.5")
        assert row.content.stem == "线电压为____V，频率为____Hz。"
        assert (row.content.key, row.problems) == ("380|三百八十\n50±0.5", ())

    def test_a_gap_may_hold_a_semicolon(self) -> None:
        assert self.one("填空题", "写出 ____", "甲；乙").content.key == "甲；乙"

    def test_a_gap_without_its_answer(self) -> None:
        assert reasons(self.one("填空", "甲____乙____", "一")) == ["题干有 2 个空，答案有 1 行"]

    @pytest.mark.parametrize("type_", ["简答", "计算", "论述", "案例分析题"])
    @pytest.mark.parametrize(
        "rubric", ["公式 4\n代入 6", "公式（4分）；代入（6分）", "公式|40；代入|60", "公式 40%\n代入：60%"]
    )
    def test_marks_become_shares(self, type_: str, rubric: str) -> None:
        row = self.one(type_, "求电流。", "I = U/R, 约 2 A", rubric)
        assert row.content.rubric == (Criterion("公式", 40), Criterion("代入", 60))
        assert (row.content.key, row.problems) == ("I = U/R, 约 2 A", ())

    def test_shares_that_do_not_come_out_are_told(self) -> None:
        assert reasons(self.one("简答", "问", "答", "甲 1\n乙 1\n丙 1")) == ["评分标准合计 3，应为 100"]


class TestWord:
    record = ("A-B-C-001 B 3 5", "{A}熔体{.XZ}", "(A) 甲", "(B) 乙", "{B}B")

    def test_a_document_in_the_national_format(self) -> None:
        (row,) = read(word(*self.record), "text")
        assert (row.content.options, row.content.key, row.problems) == (("甲", "乙"), "B", ())

    def test_runs_are_joined_and_deleted_text_is_gone(self) -> None:
        stem = "<w:r><w:t>{</w:t></w:r><w:r><w:t>A}熔</w:t></w:r><w:del><w:r><w:delText>旧</w:delText></w:r></w:del>"
        (row,) = read(
            word(self.record[0], stem + "<w:ins><w:r><w:t>体{.XZ}</w:t></w:r></w:ins>", *self.record[2:]), "text"
        )
        assert row.content.stem == "熔体（　）"

    def test_a_picture_is_told(self) -> None:
        drawn = "<w:r><w:t>{A}熔体{.XZ}</w:t><w:drawing/></w:r>"
        assert reasons(read(word(self.record[0], drawn, *self.record[2:]), "text")[0]) == [
            "含有图片、公式或符号，不能随文字读入"
        ]

    @pytest.mark.parametrize(
        "document",
        [
            '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>',
            "<broken",
            '<?xml version="1.0" encoding="UTF-16"?><x/>'.encode("utf-16"),
        ],
    )
    def test_what_is_no_document(self, document: str | bytes) -> None:
        with pytest.raises(NotReadable, match="Word"):
            read(archive({"word/document.xml": document}), "text")

    def test_macros_are_refused(self) -> None:
        with pytest.raises(NotReadable, match="宏"):
            read(word(*self.record, more={"word/vbaProject.bin": b"\0"}), "text")
