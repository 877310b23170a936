"""Reading item files: bytes to text, text to rows by a column map, rows to items or to reasons why not."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from kaogong.itembank.rules.items import (
    LETTERS,
    SCALE,
    SINGLE,
    TRUE_FALSE,
    ItemContent,
    Limits,
    normal_stem,
    problems_of,
)
from kaogong.itembank.rules.problems import Problem
from kaogong.itembank.rules.problems import gettext_noop as _

FIELDS = (
    "stem",
    "type",
    "key",
    *LETTERS.lower(),
    "number",
    "difficulty",
    "consistency",
    "explanation",
    "point",
    "range1_code",
    "range2_code",
    "range3_code",
)
"""What a column may be mapped to. `point` alone is a whole code (`A-B-C-001`), with range codes only its last part."""
NEEDED = ("stem", "type", "key")

PROFILES: Mapping[str, Mapping[str, str]] = {
    "plain": {
        "single": SINGLE,
        "choice": SINGLE,
        "单选": SINGLE,
        "单选题": SINGLE,
        "单项选择题": SINGLE,
        "truefalse": TRUE_FALSE,
        "true_false": TRUE_FALSE,
        "judge": TRUE_FALSE,
        "judgement": TRUE_FALSE,
        "判断": TRUE_FALSE,
        "判断题": TRUE_FALSE,
    },
    "national": {"B": SINGLE, "C": TRUE_FALSE},
    "numeric": {"20": SINGLE, "10": TRUE_FALSE},
}
"""Type codes by dialect: one letter means different types in different files, so the map belongs to the profile."""

TRUE = frozenset({"T", "TRUE", "Y", "YES", "1", "√", "✓", "对", "正确", "是"})
FALSE = frozenset({"F", "FALSE", "N", "NO", "0", "×", "X", "✗", "错", "错误", "否"})


NAMES: Mapping[str, tuple[str, ...]] = {
    "stem": ("stem", "题干", "试题", "题目", "question"),
    "type": ("type", "题型", "题型代码", "试题类型"),
    "key": ("key", "answer", "答案", "正确答案", "标准答案"),
    "a": ("a", "选项a", "optiona", "答案a"),
    "b": ("b", "选项b", "optionb", "答案b"),
    "c": ("c", "选项c", "optionc", "答案c"),
    "d": ("d", "选项d", "optiond", "答案d"),
    "e": ("e", "选项e", "optione", "答案e"),
    "f": ("f", "选项f", "optionf", "答案f"),
    "number": ("number", "no", "题号", "编号", "id", "试题id"),
    "difficulty": ("difficulty", "难度", "难度代码"),
    "consistency": ("consistency", "一致性", "一致性代码"),
    "explanation": ("explanation", "解析", "试题解析"),
    "point": ("point", "鉴定点", "鉴定点代码", "认定点代码", "考评点代码"),
    "range1_code": ("range1_code", "一级代码"),
    "range2_code": ("range2_code", "二级代码"),
    "range3_code": ("range3_code", "三级代码"),
}
"""How files usually name their columns, compared without case and spaces."""


class NotReadable(ValueError):
    """The file as a whole cannot be read. `message` is a template that `facts` fill."""

    def __init__(self, message: str, **facts: object) -> None:
        super().__init__(message.format(**facts))
        self.message = message
        self.facts = facts


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a file, read: its line, the item when it is sound, and otherwise every reason why it is not."""

    line: int
    content: ItemContent
    number: str = ""
    codes: tuple[str, ...] = ()
    difficulty: int = 0
    consistency: int = 0
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """How to read a file: columns by field, the dialect of its type codes, limits, and values for absent columns."""

    columns: Mapping[str, str]
    profile: str
    limits: Limits
    default_difficulty: int
    default_consistency: int
    points: frozenset[tuple[str, ...]] = field(default_factory=frozenset)


def decode(raw: bytes, *, bytes_at_most: int) -> tuple[str, str]:
    """The text of a file and its encoding: UTF-8 (with or without a mark), else GB18030. Raises NotReadable.

    GB18030 decodes nearly anything, so a file with control characters afterwards was no text.
    """
    if not raw.strip():
        raise NotReadable(_("文件是空的"))
    if len(raw) > bytes_at_most:
        raise NotReadable(
            _("文件有 {size} MB，最多 {limit} MB"),
            size=f"{len(raw) / 1_048_576:.1f}",
            limit=f"{bytes_at_most / 1_048_576:.1f}",
        )
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", text):
            return text, "UTF-8" if encoding == "utf-8-sig" else "GB18030"
    raise NotReadable(_("文件不是 UTF-8 或 GB18030 编码的文本（Excel 文件请另存为 CSV）"))


def table_of(text: str, columns: Mapping[str, str], *, rows_at_most: int) -> list[tuple[int, dict[str, str]]]:
    """The rows of a CSV text as (line, values by field), empty rows left out. Raises NotReadable."""
    _check_columns(columns)
    reader = csv.reader(io.StringIO(text), delimiter=_delimiter(text), strict=False)
    try:
        header = next((row for row in reader if any(cell.strip() for cell in row)), [])
        places = _places([cell.strip() for cell in header], columns)
        found = []
        for row in reader:
            if any(cell.strip() for cell in row):
                values = {f: row[place].strip() if place < len(row) else "" for f, place in places.items()}
                found.append((reader.line_num, values))
            if len(found) > rows_at_most:
                raise NotReadable(_("文件超过 {limit} 行，请分开导入"), limit=rows_at_most)
    except csv.Error as problem:
        raise NotReadable(_("第 {line} 行不是合法的 CSV"), line=reader.line_num) from problem
    if not found:
        raise NotReadable(_("文件只有表头，没有题目"))
    return found


def header_of(text: str) -> list[str]:
    """The column names of a CSV text. Raises NotReadable when there are none."""
    for row in csv.reader(io.StringIO(text), delimiter=_delimiter(text)):
        if any(cell.strip() for cell in row):
            return [cell.strip() for cell in row]
    raise NotReadable(_("文件是空的"))


def guess_columns(header: Sequence[str]) -> dict[str, str]:
    """The column map that the usual names suggest: field to column, only where one is found."""
    plain = {"".join(name.split()).casefold(): name for name in header}
    guessed = {field: next((plain[name] for name in names if name in plain), "") for field, names in NAMES.items()}
    return {field: column for field, column in guessed.items() if column}


def _delimiter(text: str) -> str:
    """Whichever of comma, tab and semicolon the first line has most of."""
    first = text.lstrip("\r\n").splitlines()[0] if text.strip() else ""
    return max(",\t;", key=first.count)


def _check_columns(columns: Mapping[str, str]) -> None:
    if unknown := sorted(set(columns) - set(FIELDS)):
        raise NotReadable(_("不认识的字段“{names}”"), names="、".join(unknown))
    if missing := [name for name in NEEDED if not columns.get(name)]:
        raise NotReadable(_("没有指定“{names}”对应的列"), names="、".join(missing))


def _places(header: Sequence[str], columns: Mapping[str, str]) -> dict[str, int]:
    named = {name: column for name, column in columns.items() if column}
    if missing := sorted(column for column in named.values() if column not in header):
        raise NotReadable(
            _("文件中没有“{missing}”列；表头是：{header}"), missing="、".join(missing), header="、".join(header)
        )
    if twice := sorted({column for column in named.values() if header.count(column) > 1}):
        raise NotReadable(_("表头中“{names}”出现了不止一次"), names="、".join(twice))
    return {name: header.index(column) for name, column in named.items()}


def read_rows(table: Sequence[tuple[int, Mapping[str, str]]], reading: Reading) -> list[Row]:
    """Judge every row by itself and against the rows above it; nothing is dropped."""
    seen_stems: dict[str, Row] = {}
    seen_numbers: dict[str, int] = {}
    rows = []
    for line, values in table:
        row = _row(line, values, reading)
        repeated = [*_repeated(row, seen_stems, seen_numbers)]
        rows.append(replace(row, problems=(*row.problems, *repeated)))
    return rows


def _repeated(row: Row, stems: dict[str, Row], numbers: dict[str, int]) -> Iterator[Problem]:
    stem = normal_stem(row.content.stem)
    if stem:
        if stem in stems:
            facts = {"line": stems[stem].line}
            if _answer(row.content) == _answer(stems[stem].content):
                yield Problem("stem", _("题干与第 {line} 行相同"), facts)
            else:
                yield Problem("stem", _("题干与第 {line} 行相同，但答案不同"), facts)
        stems.setdefault(stem, row)
    if row.number:
        if row.number in numbers:
            yield Problem("number", _("题号与第 {line} 行相同"), {"line": numbers[row.number]})
        numbers.setdefault(row.number, row.line)


def _answer(content: ItemContent) -> str:
    """The right answer in words: the same question may have its options in another order."""
    place = LETTERS.find(content.key) if len(content.key) == 1 else -1
    return content.options[place] if 0 <= place < len(content.options) else content.key


def _row(line: int, values: Mapping[str, str], reading: Reading) -> Row:
    problems: list[Problem] = []
    type_ = PROFILES[reading.profile].get(values["type"], "")
    if not type_:
        problems.append(Problem("type", _("不支持的题型“{type}”"), {"type": values["type"] or "（空）"}))
    content = _content(type_, values)
    if type_:
        problems += problems_of(content, limits=reading.limits)
    codes = _codes(values)
    if codes and codes not in reading.points:
        problems.append(Problem("point", _("没有鉴定点“{code}”"), {"code": "-".join(codes)}))
    number = values.get("number", "")
    if len(number) > 40:
        problems.append(Problem("number", _("题号超过 40 个字")))
    return Row(
        line=line,
        content=content,
        number=number,
        codes=codes,
        difficulty=_scale("difficulty", values, reading.default_difficulty, problems),
        consistency=_scale("consistency", values, reading.default_consistency, problems),
        problems=tuple(problems),
    )


def _content(type_: str, values: Mapping[str, str]) -> ItemContent:
    options = [values.get(letter.lower(), "") for letter in LETTERS]
    while options and not options[-1]:
        options.pop()
    key = values["key"].upper().replace("，", "").replace(",", "").replace("、", "").replace(" ", "")
    if type_ == TRUE_FALSE:
        key = _truth(key, options)
        if _are_truths(options):
            options = []
    return ItemContent(type_, values["stem"], tuple(options), key, values.get("explanation", ""))


def _truth(key: str, options: Sequence[str]) -> str:
    """T or F for any usual way to say so, a letter that names a 正确/错误 option included; otherwise as it stands."""
    if key in LETTERS and len(key) == 1 and LETTERS.index(key) < len(options) and _are_truths(options):
        key = options[LETTERS.index(key)].upper()
    return "T" if key in TRUE else "F" if key in FALSE else key


def _are_truths(options: Sequence[str]) -> bool:
    """Whether the options merely say true and false."""
    marks = [option.upper() for option in options]
    return len(marks) == 2 and any(each in TRUE for each in marks) and any(each in FALSE for each in marks)


def _codes(values: Mapping[str, str]) -> tuple[str, ...]:
    point = values.get("point", "")
    ranges = [values.get(f"range{depth}_code", "") for depth in (1, 2, 3)]
    if any(ranges):
        return tuple(code for code in (*ranges, point) if code)
    return tuple(code for code in re.split(r"[-·.]", point) if code)


def _scale(name: str, values: Mapping[str, str], default: int, problems: list[Problem]) -> int:
    text = values.get(name, "")
    if not text:
        return default
    if text.isdecimal() and int(text) in SCALE:
        return int(text)
    message = _("难度“{value}”不是 1 至 5 的整数") if name == "difficulty" else _("一致性“{value}”不是 1 至 5 的整数")
    problems.append(Problem(name, message, {"value": text}))
    return default
