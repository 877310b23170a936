"""Tables of items, CSV or Excel: which column says what, and every row as values by field."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence

from kaogong.itembank.rules.files.text import NotReadable
from kaogong.itembank.rules.items import LETTERS
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
    "rubric",
    "point",
    "range1_code",
    "range2_code",
    "range3_code",
    *(f"level{depth}" for depth in range(1, 7)),
    "picture",
)
"""What a column may be mapped to. `point` alone is a whole code (`A-B-C-001`), with range codes only its last part;
`level1` … `level6` are codes or names from the widest range down to the point, as deep as a row goes."""
NEEDED = ("stem", "type", "key")
HEADER_WITHIN = 10
"""Titles may stand above the header, but not more than this many rows."""

_DEPTHS = "一二三四五六"
NAMES: Mapping[str, tuple[str, ...]] = {
    "stem": ("stem", "题干", "试题", "试题(题干)", "题目", "question"),
    "type": ("type", "题型", "题型代码", "试题类型"),
    "key": ("key", "answer", "答案", "正确答案", "标准答案"),
    **{each: (each, f"选项{each}", f"option{each}", f"答案{each}") for each in LETTERS.lower()},
    "number": ("number", "no", "题号", "编号", "id", "试题id"),
    "difficulty": ("difficulty", "难度", "难度代码"),
    "consistency": ("consistency", "一致性", "一致性代码"),
    "explanation": ("explanation", "解析", "试题解析"),
    "rubric": ("rubric", "评分标准", "评分要点", "评分细则"),
    "point": ("point", "鉴定点", "鉴定点代码", "认定点代码", "考评点代码"),
    "range1_code": ("range1_code", "一级代码"),
    "range2_code": ("range2_code", "二级代码"),
    "range3_code": ("range3_code", "三级代码"),
    **{f"level{place}": (f"level{place}", f"知识点{name}级") for place, name in enumerate(_DEPTHS, 1)},
    "picture": ("picture", "【图】", "【图】及位置", "图"),
}
"""How files usually name their columns, compared without case, spaces and the width of brackets."""
Grid = Sequence[tuple[int, Sequence[str]]]
"""Rows that are not empty, as (line, cells)."""


def grid_of(text: str, *, rows_at_most: int) -> list[tuple[int, list[str]]]:
    """The rows of a CSV text. A row over several lines counts by its last. Raises NotReadable."""
    reader = csv.reader(io.StringIO(text), delimiter=_delimiter(text), strict=False)
    found = []
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                found.append((reader.line_num, [cell.strip() for cell in row]))
            if len(found) > rows_at_most + HEADER_WITHIN:
                break
    except csv.Error as problem:
        raise NotReadable(_("第 {line} 行不是合法的 CSV"), line=reader.line_num) from problem
    return found


def table_of(text: str, columns: Mapping[str, str], *, rows_at_most: int) -> list[tuple[int, dict[str, str]]]:
    """The rows of a CSV text as (line, values by field), empty rows left out. Raises NotReadable."""
    _check_columns(columns)
    return table_of_grid(grid_of(text, rows_at_most=rows_at_most), columns, rows_at_most=rows_at_most)


def table_of_grid(grid: Grid, columns: Mapping[str, str], *, rows_at_most: int) -> list[tuple[int, dict[str, str]]]:
    """The rows below the header as (line, values by field). Raises NotReadable."""
    _check_columns(columns)
    wanted = {column for column in columns.values() if column}
    at = _header_at(grid, lambda header: wanted <= set(header))
    places = _places(_cells(grid[at][1]) if grid else [], columns)
    found = [
        (line, {name: row[place].strip() if place < len(row) else "" for name, place in places.items()})
        for line, row in grid[at + 1 :]
    ]
    if len(found) > rows_at_most:
        raise NotReadable(_("文件超过 {limit} 行，请分开导入"), limit=rows_at_most)
    if not found:
        raise NotReadable(_("文件只有表头，没有题目"))
    return found


def header_of(grid: Grid) -> list[str]:
    """The column names of a table: its first row, or one soon after it that has names we know. Raises NotReadable."""
    if not grid:
        raise NotReadable(_("文件是空的"))
    at = _header_at(grid, lambda header: set(NEEDED) <= set(guess_columns(header)))
    return _cells(grid[at][1])


def _header_at(grid: Grid, is_header: Callable[[list[str]], bool]) -> int:
    near = enumerate(grid[:HEADER_WITHIN])
    return next((place for place, (_line, row) in near if is_header(_cells(row))), 0)


def _cells(row: Iterable[str]) -> list[str]:
    return [cell.strip() for cell in row]


def guess_columns(header: Sequence[str], first: Mapping[str, tuple[str, ...]] = {}) -> dict[str, str]:
    """The column map that the usual names suggest, after `first`: field to column, only where one is found."""
    plain = {_plain(name): name for name in header}
    names = {field: (*first.get(field, ()), *usual) for field, usual in NAMES.items()}
    guessed = {field: next((plain[name] for name in those if name in plain), "") for field, those in names.items()}
    return {field: column for field, column in guessed.items() if column}


def _plain(name: str) -> str:
    return "".join(name.split()).casefold().replace("（", "(").replace("）", ")")


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
