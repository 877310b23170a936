"""Rows of a file, whatever its format: values by field become items, or reasons why not."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from kaogong.itembank.rules.files.profiles import PROFILES
from kaogong.itembank.rules.items import (
    CHOICE,
    CONSTRUCTED,
    FILL_IN,
    FULL_RUBRIC,
    LETTERS,
    MULTIPLE,
    SCALE,
    TRUE_FALSE,
    Criterion,
    ItemContent,
    Limits,
    normal_stem,
    problems_of,
)
from kaogong.itembank.rules.problems import Problem
from kaogong.itembank.rules.problems import gettext_noop as _

OBJECT = "\ufffc"
"""Stands where a file had a picture, a formula or something else that is no text."""
GAP = re.compile(r"[（(][\s_　]*[)）]")
SHARE = re.compile(r"^(.*?)[\s|｜:：，,（(]*(\d{1,3})\s*(?:%|％|分)?\s*[)）]?[;；。]?$", re.DOTALL)
"""One point of a rubric with its share at the end: `写出公式 40`, `代入数据（30分）`, `结果|30`."""
TRUE = frozenset({"T", "TRUE", "Y", "YES", "1", "√", "✓", "对", "正确", "是"})
FALSE = frozenset({"F", "FALSE", "N", "NO", "0", "×", "X", "✗", "错", "错误", "否"})


@dataclass(frozen=True, slots=True)
class Entry:
    """One record as a format yields it: where it stands, its values by field (see `tables.FIELDS`), what is wrong.

    `place` is the part of a package that holds it, `source` its original, kept sealed when it cannot be taken in.
    `is_strange` says that the record cannot be read at all: then only its own problems are told.
    """

    line: int
    values: Mapping[str, str]
    problems: tuple[Problem, ...] = ()
    place: str = ""
    source: bytes = b""
    is_strange: bool = False


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
    place: str = ""
    source: bytes = b""


@dataclass(frozen=True, slots=True)
class Reading:
    """How to read a file: columns by field, the profile, limits, values for absent columns, the blueprint's points.

    `names` leads from a point's name to its codes, where the name is the only one.
    """

    columns: Mapping[str, str]
    profile: str
    limits: Limits
    default_difficulty: int
    default_consistency: int
    points: frozenset[tuple[str, ...]] = field(default_factory=frozenset)
    names: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def read_rows(entries: Sequence[Entry], reading: Reading) -> list[Row]:
    """Judge every row by itself and against the rows above it; nothing is dropped."""
    seen_stems: dict[str, Row] = {}
    seen_numbers: dict[str, int] = {}
    rows = []
    for entry in entries:
        row = _row(entry, reading)
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


def _answer(content: ItemContent) -> frozenset[str]:
    """The right answer in words: the same question may have its options in another order."""
    if content.type not in CHOICE or not set(content.key) <= set(LETTERS[: len(content.options)]):
        return frozenset([content.key])
    return frozenset(content.options[LETTERS.index(letter)] for letter in content.key)


def _row(entry: Entry, reading: Reading) -> Row:
    values, problems = entry.values, list(entry.problems)
    if entry.is_strange:
        empty = ItemContent("", "", (), "")
        return Row(entry.line, empty, problems=entry.problems, place=entry.place, source=entry.source)
    type_ = PROFILES[reading.profile].types.get(values["type"], "")
    if not type_:
        problems.append(Problem("type", _("不支持的题型“{type}”"), {"type": values["type"] or "（空）"}))
    content = _content(type_, values)
    if values.get("picture") or any(OBJECT in value for value in values.values()):
        problems.append(Problem("stem", _("含有图片、公式或符号，不能随文字读入")))
    if type_:
        problems += problems_of(content, limits=reading.limits)
    codes = _codes(values, reading)
    if codes and codes not in reading.points:
        problems.append(Problem("point", _("没有鉴定点“{code}”"), {"code": "-".join(codes)}))
    number = values.get("number", "")
    if len(number) > 40:
        problems.append(Problem("number", _("题号超过 40 个字")))
    return Row(
        line=entry.line,
        content=content,
        number=number,
        codes=codes,
        difficulty=_scale("difficulty", values, reading.default_difficulty, problems),
        consistency=_scale("consistency", values, reading.default_consistency, problems),
        problems=tuple(problems),
        place=entry.place,
        source=entry.source,
    )


def _content(type_: str, values: Mapping[str, str]) -> ItemContent:
    options = [values.get(letter.lower(), "") for letter in LETTERS]
    while options and not options[-1]:
        options.pop()
    stem, key, explanation = values["stem"], values["key"], values.get("explanation", "")
    if type_ in CONSTRUCTED:
        return ItemContent(type_, stem, tuple(options), key, explanation, _rubric(values.get("rubric", "")))
    if type_ == FILL_IN:
        stem = stem if "__" in stem else GAP.sub("____", stem)
        key = _gaps(key, ItemContent(type_, stem, (), key).gaps)
    else:
        key = re.sub(r"[\s,，、;；]", "", unicodedata.normalize("NFKC", key).upper())
    if type_ == MULTIPLE:
        key = "".join(sorted(key))
    if type_ == TRUE_FALSE:
        key = _truth(key, options)
        if are_truths(options):
            options = []
    return ItemContent(type_, stem, tuple(options), key, explanation)


def _gaps(key: str, gaps: int) -> str:
    """A line a gap: as it stands, or parted at semicolons when these are as many as the gaps need."""
    parts = [part.strip() for part in re.split(r"[;；]", key)]
    lines = [line.strip() for line in key.splitlines()]
    return "\n".join(parts if len(lines) < gaps == len(parts) else lines)


def _rubric(text: str) -> tuple[Criterion, ...]:
    """A rubric, one point a line or between semicolons, shares at the ends; marks become shares when these are whole.

    A line without a share has 0, which the judges of content refuse.
    """
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if len(lines) == 1:
        parts = [part.strip() for part in re.split(r"[;；]", lines[0]) if part.strip()]
        lines = parts if all(map(SHARE.match, parts)) else lines
    found = [SHARE.match(line) for line in lines]
    points = [(each[1].strip(), int(each[2])) if each else (line, 0) for each, line in zip(found, lines, strict=True)]
    total = sum(share for _text, share in points)
    if total and total != FULL_RUBRIC and all(share * FULL_RUBRIC % total == 0 for _text, share in points):
        points = [(text, share * FULL_RUBRIC // total) for text, share in points]
    return tuple(Criterion(text, share) for text, share in points)


def _truth(key: str, options: Sequence[str]) -> str:
    """T or F for any usual way to say so, a letter that names a 正确/错误 option included; otherwise as it stands."""
    if key in LETTERS and len(key) == 1 and LETTERS.index(key) < len(options) and are_truths(options):
        key = options[LETTERS.index(key)].upper()
    return "T" if key in TRUE else "F" if key in FALSE else key


def are_truths(options: Sequence[str]) -> bool:
    """Whether the options merely say true and false."""
    marks = [option.upper() for option in options]
    return len(marks) == 2 and any(each in TRUE for each in marks) and any(each in FALSE for each in marks)


def _codes(values: Mapping[str, str], reading: Reading) -> tuple[str, ...]:
    levels = tuple(filter(None, (values.get(f"level{depth}", "") for depth in range(1, 7))))
    if levels:
        return levels if levels in reading.points else reading.names.get(levels[-1], levels)
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
