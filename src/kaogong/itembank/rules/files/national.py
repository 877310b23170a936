"""The national text format (国标格式): `A-B-C-001 B 3 5`, `{A}` and the stem with `{.XZ}`, options `(A) …`, `{B}` key.

Source: item-bank §2.1; the order of difficulty and consistency in the head is inferred there. `【解析】` and
`【评分标准】` after the key are ours, for types that the format does not know.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping

from kaogong.itembank.rules.files.rows import Entry
from kaogong.itembank.rules.files.text import NotReadable
from kaogong.itembank.rules.items import CHOICE, FILL_IN, LETTERS
from kaogong.itembank.rules.problems import Problem
from kaogong.itembank.rules.problems import gettext_noop as _

OPENS, ANSWERS, BLANK = "{A}", "{B}", "{.XZ}"
HEAD = re.compile(r"^(\S+)\s+([A-Za-z0-9]+)(?:\s+(\S{1,4}))?(?:\s+(\S{1,4}))?$")
OPTION = re.compile(r"(?:^|(?<=\s))[（(]\s*([A-Ha-hＡ-Ｈ])\s*[）)][ \t　]?", re.MULTILINE)
SECTION = re.compile(r"【(解析|试题解析|评分标准)】[:：]?")
MARKS = (
    (re.compile(r"[{｛]\s*[AaＡ]\s*[}｝]"), OPENS),
    (re.compile(r"[{｛]\s*[BbＢ]\s*[}｝]"), ANSWERS),
    (re.compile(r"[{｛]\s*[.．。]\s*(?:XZ|ＸＺ|xz)\s*[}｝]"), BLANK),
)


def entries_of(text: str, types: Mapping[str, str], *, rows_at_most: int) -> list[Entry]:
    """The records of a text, each with the line where its stem begins. Raises NotReadable when there is none."""
    for mark, plain in MARKS:
        text = mark.sub(plain, text)
    lines = text.splitlines()
    stems = [number for number, line in enumerate(lines) if OPENS in line]
    if not stems:
        raise NotReadable(_("没有找到试题：每道题的题干应以 ｛A｝ 开头"))
    if len(stems) > rows_at_most:
        raise NotReadable(_("文件超过 {limit} 行，请分开导入"), limit=rows_at_most)
    heads = [_head_of(lines, number, after=stems[place - 1] if place else -1) for place, number in enumerate(stems)]
    ends = [*heads[1:], len(lines)]
    return [_record(lines, head, stem, end, types) for head, stem, end in zip(heads, stems, ends, strict=True)]


def _head_of(lines: list[str], stem: int, *, after: int) -> int:
    """The line that heads the record: its own when something stands before `{A}`, else the last that is not empty."""
    if lines[stem].partition(OPENS)[0].strip():
        return stem
    return next((number for number in range(stem - 1, after, -1) if lines[number].strip()), stem)


def _record(lines: list[str], head: int, stem: int, end: int, types: Mapping[str, str]) -> Entry:
    found = HEAD.match(lines[head].partition(OPENS)[0].strip())
    body = "\n".join([lines[stem].partition(OPENS)[2], *lines[stem + 1 : max(end, stem + 1)]])
    question, has_key, answer = body.partition(ANSWERS)
    point, code, difficulty, consistency = found.groups(default="") if found else ("", "", "", "")
    code = code.upper()
    type_ = types.get(code, "")
    question, options = _options(question) if type_ in CHOICE or not type_ else (question, [])
    sections = SECTION.split(answer)
    values = {
        "point": point,
        "type": code,
        "difficulty": difficulty,
        "consistency": consistency,
        "stem": _lines(question).replace(BLANK, "____" if type_ == FILL_IN else "（　）"),
        "key": _lines(sections[0]),
        "explanation": "",
        "rubric": "",
        **dict(zip(LETTERS.lower(), options, strict=False)),
    }
    for name, words in zip(sections[1::2], sections[2::2], strict=True):
        values["rubric" if name == "评分标准" else "explanation"] = _lines(words)
    problems = tuple(_problems(bool(found), bool(has_key), question.count(BLANK), type_))
    return Entry(stem + 1, values, problems)


def _problems(has_head: bool, has_key: bool, blanks: int, type_: str) -> Iterator[Problem]:
    if not has_head:
        yield Problem("type", _("题干前一行应是“鉴定点代码 题型代码 难度 一致性”"))
    if not has_key:
        yield Problem("key", _("没有以 ｛B｝ 开头的答案"))
    if type_ in CHOICE and blanks != 1:
        yield Problem("stem", _("选择题的题干应有一处 ｛.XZ｝，现有 {count} 处"), {"count": blanks})


def _options(question: str) -> tuple[str, list[str]]:
    """The stem, and what follows `(A)`, `(B)` … in their order, on lines of their own or on one."""
    marks: list[re.Match[str]] = []
    for mark in OPTION.finditer(question):
        if len(marks) < len(LETTERS) and unicodedata.normalize("NFKC", mark[1]).upper() == LETTERS[len(marks)]:
            marks.append(mark)
    if not marks:
        return question, []
    ends = [*(mark.start() for mark in marks[1:]), len(question)]
    options = [_lines(question[mark.end() : end]) for mark, end in zip(marks, ends, strict=True)]
    return question[: marks[0].start()], options


def _lines(text: str) -> str:
    return "\n".join(line.strip() for line in text.splitlines() if line.strip())
