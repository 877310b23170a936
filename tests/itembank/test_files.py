"""Reading item files: encodings, columns, rows and their reasons. No database."""

from __future__ import annotations

import pytest

from kaogong.itembank.rules.files import Entry, NotReadable, Reading, Row, decode, read_rows, table_of
from kaogong.itembank.rules.items import Limits

COLUMNS = {"stem": "题干", "type": "题型", "a": "A", "b": "B", "c": "C", "d": "D", "key": "答案"}
LIMITS = Limits(stem=60, option=20, explanation=60, options_at_least=2, options_at_most=6)
HEADER = "题干,题型,A,B,C,D,答案"


def read(*lines: str, columns: dict[str, str] | None = None, header: str = HEADER, profile: str = "plain") -> list[Row]:
    """The rows of a small file."""
    reading = Reading(columns or COLUMNS, profile, LIMITS, 3, 3, frozenset({("A", "A", "001"), ("1", "1", "10")}))
    table = table_of("\n".join([header, *lines]), reading.columns, rows_at_most=50)
    return read_rows([Entry(*row) for row in table], reading)


def reasons(row: Row) -> list[str]:
    return [str(problem) for problem in row.problems]


class TestDecode:
    @pytest.mark.parametrize(("encoding", "name"), [("utf-8", "UTF-8"), ("utf-8-sig", "UTF-8"), ("gb18030", "GB18030")])
    def test_tells_the_encoding(self, encoding: str, name: str) -> None:
        assert decode("题干,鉴定点𠮷".encode(encoding), bytes_at_most=1000) == ("题干,鉴定点𠮷", name)

    @pytest.mark.parametrize("raw", [b"", b"  \n "])
    def test_an_empty_file(self, raw: bytes) -> None:
        with pytest.raises(NotReadable, match="空的"):
            decode(raw, bytes_at_most=1000)

    def test_a_large_file(self) -> None:
        with pytest.raises(NotReadable, match="最多"):
            decode(b"x" * 2_000_001, bytes_at_most=1_000_000)

    @pytest.mark.parametrize("raw", [b"PK\x03\x04\x14\x00\x06", bytes(range(256)), b"\xff\xfe\x00\x01"])
    def test_what_is_no_text(self, raw: bytes) -> None:
        with pytest.raises(NotReadable, match="编码"):
            decode(raw, bytes_at_most=1000)


class TestTable:
    @pytest.mark.parametrize("delimiter", [",", "\t", ";"])
    def test_finds_the_delimiter(self, delimiter: str) -> None:
        text = delimiter.join(["题干", "题型", "答案"]) + "\n" + delimiter.join(["问", "判断", "对"])
        columns = {"stem": "题干", "type": "题型", "key": "答案"}
        assert table_of(text, columns, rows_at_most=5) == [(2, {"stem": "问", "type": "判断", "key": "对"})]

    def test_a_column_that_is_not_there(self) -> None:
        with pytest.raises(NotReadable, match="没有“正确答案”列"):
            table_of(HEADER + "\nx", COLUMNS | {"key": "正确答案"}, rows_at_most=5)

    def test_a_column_named_twice(self) -> None:
        with pytest.raises(NotReadable, match="不止一次"):
            table_of("题干,题型,答案,答案\nx", {"stem": "题干", "type": "题型", "key": "答案"}, rows_at_most=5)

    def test_a_field_that_we_do_not_have(self) -> None:
        with pytest.raises(NotReadable, match="colour"):
            table_of(HEADER + "\nx", COLUMNS | {"colour": "A"}, rows_at_most=5)

    def test_a_needed_field_without_a_column(self) -> None:
        with pytest.raises(NotReadable, match="key"):
            table_of(HEADER + "\nx", {"stem": "题干", "type": "题型"}, rows_at_most=5)

    def test_only_a_header(self) -> None:
        with pytest.raises(NotReadable, match="只有表头"):
            table_of(HEADER + "\n,,,,,,\n", COLUMNS, rows_at_most=5)

    def test_too_many_rows(self) -> None:
        with pytest.raises(NotReadable, match="超过 2 行"):
            table_of("\n".join([HEADER, *["x"] * 3]), COLUMNS, rows_at_most=2)

    def test_a_line_break_inside_quotes_counts_as_the_last_line(self) -> None:
        found = table_of(HEADER + '\n"上\n下",单选,1,2,3,4,A', COLUMNS, rows_at_most=5)
        assert found[0][0] == 3
        assert found[0][1]["stem"] == "上\n下"

    def test_a_short_row_has_empty_cells(self) -> None:
        assert table_of(HEADER + "\n问,单选", COLUMNS, rows_at_most=5)[0][1]["key"] == ""


class TestRows:
    def test_a_good_row(self) -> None:
        (row,) = read("选（）,单选题,甲,乙,丙,丁,c")
        assert row.problems == ()
        assert (row.content.type, row.content.key, row.content.options) == ("single", "C", ("甲", "乙", "丙", "丁"))
        assert (row.difficulty, row.consistency, row.codes) == (3, 3, ())

    @pytest.mark.parametrize(
        ("key", "expected"),
        [("T", "T"), ("对", "T"), ("√", "T"), ("正确", "T"), ("F", "F"), ("错误", "F"), ("×", "F"), ("x", "F")],
    )
    def test_every_way_to_say_true_or_false(self, key: str, expected: str) -> None:
        (row,) = read(f"判断,judge,,,,,{key}")
        assert (row.problems, row.content.key) == ((), expected)

    def test_a_letter_that_means_true(self) -> None:
        wrong, right = read("判断一,判断题,正确,错误,,,B", "判断二,判断题,正确,错误,,,A")
        assert (wrong.content.key, right.content.key) == ("F", "T")
        assert wrong.content.options == ()

    @pytest.mark.parametrize(
        ("line", "reason"),
        [
            ("选,单选,甲,乙,丙,丁,", "没有答案"),
            ("选,单选,甲,乙,丙,,D", "答案“D”不在选项之中"),
            ("选,单选,甲,甲,丙,丁,A", "选项 A 与 B 相同"),
            ("选,单选,甲,,丙,丁,A", "选项 B 是空的"),
            ("选,连线,甲,乙,丙,丁,AB", "不支持的题型“连线”"),
            ("选,多选,甲,乙,丙,丁,A", "多项选择题只有一个答案“A”，应不少于两个"),
            ("选,,甲,乙,丙,丁,A", "不支持的题型“（空）”"),
            ("选,单选,甲,乙,丙,丁,A B", "单项选择题有不止一个答案“AB”"),
            (",单选,甲,乙,丙,丁,A", "没有题干"),
            ("判,判断,甲,乙,,,对", "判断题不应有选项"),
            ("长" * 61 + ",单选,甲,乙,丙,丁,A", "题干有 61 个字，最多 60 个"),
        ],
    )
    def test_reasons(self, line: str, reason: str) -> None:
        assert reasons(read(line)[0]) == [reason]

    def test_a_stem_that_stands_above(self) -> None:
        rows = read("选（）。,单选,甲,乙,丙,丁,A", "别的,单选,甲,乙,丙,丁,A", "选()，单选,,,,,")
        assert rows[0].problems == rows[1].problems == ()

    def test_the_same_stem_with_the_same_answer_in_another_place(self) -> None:
        rows = read("选（）。,单选,甲,乙,丙,丁,A", "选()。,单选,乙,甲,丙,丁,B")
        assert reasons(rows[1]) == ["题干与第 2 行相同"]

    def test_the_same_stem_with_another_answer(self) -> None:
        rows = read("选（）。,单选,甲,乙,丙,丁,A", "选()。,单选,甲,乙,丙,丁,B")
        assert reasons(rows[1]) == ["题干与第 2 行相同，但答案不同"]

    def test_two_reasons_at_once(self) -> None:
        assert len(reasons(read(",单选,甲,甲,丙,丁,")[0])) == 3


class TestMarks:
    header = HEADER + ",难度,点,号"
    columns = COLUMNS | {"difficulty": "难度", "point": "点", "number": "号"}

    def one(self, tail: str) -> Row:
        (row,) = read(f"选,单选,甲,乙,丙,丁,A,{tail}", header=self.header, columns=self.columns)
        return row

    def test_difficulty_and_point(self) -> None:
        row = self.one("5,A-A-001,N1")
        assert (row.difficulty, row.codes, row.number, row.problems) == (5, ("A", "A", "001"), "N1", ())

    @pytest.mark.parametrize("code", ["1·1·10", "1.1.10", "1-1-10"])
    def test_the_numeric_dialect_splits_its_parts(self, code: str) -> None:
        assert self.one(f",{code},").codes == ("1", "1", "10")

    def test_an_unknown_point(self) -> None:
        assert reasons(self.one(",A-A-999,")) == ["没有鉴定点“A-A-999”"]

    @pytest.mark.parametrize("value", ["0", "6", "难", "2.5", "-1"])
    def test_a_bad_difficulty(self, value: str) -> None:
        assert reasons(self.one(f"{value},,")) == [f"难度“{value}”不是 1 至 5 的整数"]

    def test_a_number_that_stands_above(self) -> None:
        rows = read("一,单选,甲,乙,,,A,,,N1", "二,单选,甲,乙,,,A,,,N1", header=self.header, columns=self.columns)
        assert reasons(rows[1]) == ["题号与第 2 行相同"]

    def test_the_same_letter_means_another_type_in_another_dialect(self) -> None:
        rows = read("一,B,甲,乙,,,A", "二,C,,,,,对", profile="national")
        assert [row.content.type for row in rows] == ["single", "truefalse"]
        assert reasons(read("一,B,甲,乙,,,A")[0]) == ["不支持的题型“B”"]
