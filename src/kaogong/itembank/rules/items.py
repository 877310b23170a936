"""What an item must be: a stem, options that differ, a key that fits its type; and when two stems are the same.

Eight types (命题技术标准, as item-bank §1.3 lists them). Objective ones are marked by their key; constructed ones by
people, along a rubric whose shares sum to 100 and are worth what the item's place in the paper is worth.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from kaogong.itembank.rules.formulas import pieces, problems_of_formulas
from kaogong.itembank.rules.problems import Problem
from kaogong.itembank.rules.problems import gettext_noop as _

SINGLE, MULTIPLE, TRUE_FALSE, FILL_IN = "single", "multiple", "truefalse", "fillin"
SHORT, CALCULATION, ESSAY, CASE = "short", "calculation", "essay", "case"
TYPES = {
    SINGLE: "单项选择题",
    MULTIPLE: "多项选择题",
    TRUE_FALSE: "判断题",
    FILL_IN: "填空题",
    SHORT: "简答题",
    CALCULATION: "计算题",
    ESSAY: "论述题",
    CASE: "案例分析题",
}
TYPE_CODES = {
    SINGLE: "B",
    MULTIPLE: "G",
    TRUE_FALSE: "C",
    FILL_IN: "T",
    SHORT: "D",
    CALCULATION: "U",
    ESSAY: "W",
    CASE: "E",
}
"""The letters of the national dialect (item-bank §1.3, dialect 1)."""
CHOICE = frozenset({SINGLE, MULTIPLE})
OBJECTIVE = frozenset({SINGLE, MULTIPLE, TRUE_FALSE, FILL_IN})
CONSTRUCTED = frozenset(TYPES) - OBJECTIVE
LETTERS = "ABCDEFGH"
BLANK = re.compile(r"_{2,}")
"""A gap in the stem of a fill-in item: two or more underscores."""
FULL_RUBRIC = 100
TRUTHS = ("T", "F")
SCALE = range(1, 6)


@dataclass(frozen=True, slots=True)
class Criterion:
    """One point of a rubric, and its share of the item's marks in percent."""

    text: str
    share: int


@dataclass(frozen=True, slots=True)
class ItemContent:
    """What is kept sealed: stem, options in order (choice items alone), key, explanation, rubric.

    The key is a letter (single), letters in order (multiple), T or F (true/false), or for a fill-in item a line for
    each gap with its accepted answers between bars, such as `220|二百二十` or `36±0.5`. A constructed item's key is the
    reference answer.
    """

    type: str
    stem: str
    options: tuple[str, ...]
    key: str
    explanation: str = ""
    rubric: tuple[Criterion, ...] = ()

    def encode(self) -> bytes:
        """As JSON bytes, to be sealed. What a type has no use for is left out, so that old digests hold."""
        value: dict[str, object] = {
            "type": self.type,
            "stem": self.stem,
            "options": list(self.options),
            "key": self.key,
            "explanation": self.explanation,
        }
        if self.rubric:
            value["rubric"] = [[each.text, each.share] for each in self.rubric]
        return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()

    @classmethod
    def decode(cls, clear: bytes) -> ItemContent:
        """The content that `encode` wrote."""
        value = json.loads(clear)
        return cls(
            value["type"],
            value["stem"],
            tuple(value["options"]),
            value["key"],
            value["explanation"],
            tuple(Criterion(text, share) for text, share in value.get("rubric", ())),
        )

    @property
    def gaps(self) -> int:
        """How many gaps the stem of a fill-in item has."""
        return gaps_in(self.stem)


@dataclass(frozen=True, slots=True)
class Limits:
    """How long the parts of an item and a formula may be, in characters, and how many options; provisions set them."""

    stem: int
    option: int
    explanation: int
    options_at_least: int
    options_at_most: int
    formula: int = 200

    @classmethod
    def of(cls, value: Mapping[str, int]) -> Limits:
        """From the value of a provision."""
        return cls(
            value["stem"],
            value["option"],
            value["explanation"],
            value["options_at_least"],
            value["options_at_most"],
            value["formula"],
        )


def problems_of(content: ItemContent, *, limits: Limits) -> list[Problem]:
    """Return what is wrong with an item's content: empty when it may enter the bank."""
    if content.type not in TYPES:
        return [Problem("type", _("不支持的题型“{type}”"), {"type": content.type})]
    return [
        *_stem(content, limits),
        *_options(content, limits),
        *_key(content),
        *_rubric(content, limits),
        *_explanation(content, limits),
        *_formulas(content, limits),
    ]


def _stem(content: ItemContent, limits: Limits) -> Iterator[Problem]:
    if not normal_stem(content.stem):
        yield Problem("stem", _("没有题干"))
    elif len(content.stem) > limits.stem:
        yield _too_long("stem", "题干", content.stem, limits.stem)


def _explanation(content: ItemContent, limits: Limits) -> Iterator[Problem]:
    if len(content.explanation) > limits.explanation:
        yield _too_long("explanation", "解析", content.explanation, limits.explanation)


def _formulas(content: ItemContent, limits: Limits) -> Iterator[Problem]:
    parts = [("stem", content.stem), *(("options", option) for option in content.options)]
    parts += [("key", content.key)] if content.type in CONSTRUCTED else []
    for field, text in (
        *parts,
        *(("rubric", each.text) for each in content.rubric),
        ("explanation", content.explanation),
    ):
        yield from problems_of_formulas(field, text, limit=limits.formula)


def _too_long(field: str, name: str, text: str, limit: int) -> Problem:
    facts = {"name": name, "length": len(text), "limit": limit}
    return Problem(field, _("{name}有 {length} 个字，最多 {limit} 个"), facts)


def _options(content: ItemContent, limits: Limits) -> Iterator[Problem]:
    if content.type not in CHOICE:
        if content.options:
            yield Problem("options", _("{type}不应有选项"), {"type": TYPES[content.type]})
        return
    count = len([option for option in content.options if option.strip()])
    if count != len(content.options):
        missing = "、".join(LETTERS[i] for i, option in enumerate(content.options) if not option.strip())
        yield Problem("options", _("选项 {letters} 是空的"), {"letters": missing})
    if not limits.options_at_least <= count <= limits.options_at_most:
        facts = {"count": count, "least": limits.options_at_least, "most": limits.options_at_most}
        yield Problem("options", _("有 {count} 个选项，应为 {least} 至 {most} 个"), facts)
    seen: dict[str, str] = {}
    for letter, option in zip(LETTERS, content.options, strict=False):
        if len(option) > limits.option:
            yield _too_long("options", f"选项 {letter}", option, limits.option)
        plain = "".join(unicodedata.normalize("NFKC", option).split())
        if plain and plain in seen:
            yield Problem("options", _("选项 {first} 与 {second} 相同"), {"first": seen[plain], "second": letter})
        seen.setdefault(plain, letter)


def _key(content: ItemContent) -> Iterator[Problem]:
    if not content.key.strip():
        yield Problem("key", _("没有答案"))
    elif content.type == TRUE_FALSE:
        if content.key not in TRUTHS:
            yield Problem("key", _("判断题的答案“{key}”不是对或错"), {"key": content.key})
    elif content.type in CHOICE:
        yield from _letters(content)
    elif content.type == FILL_IN:
        yield from _gaps(content)


def _letters(content: ItemContent) -> Iterator[Problem]:
    letters = [letter for letter, option in zip(LETTERS, content.options, strict=False) if option.strip()]
    if not set(content.key) <= set(letters):
        yield Problem("key", _("答案“{key}”不在选项之中"), {"key": content.key})
    elif content.type == SINGLE and len(content.key) > 1:
        yield Problem("key", _("单项选择题有不止一个答案“{key}”"), {"key": content.key})
    elif content.type == MULTIPLE and len(set(content.key)) < 2:
        yield Problem("key", _("多项选择题只有一个答案“{key}”，应不少于两个"), {"key": content.key})
    elif list(content.key) != sorted(set(content.key)):
        yield Problem("key", _("多项选择题的答案“{key}”应按字母顺序、不重复"), {"key": content.key})


def _gaps(content: ItemContent) -> Iterator[Problem]:
    answers = content.key.split("\n")
    if not content.gaps:
        yield Problem("stem", _("填空题的题干没有空格；空格用两个以上的下划线表示"))
    elif len(answers) != content.gaps:
        yield Problem("key", _("题干有 {gaps} 个空，答案有 {count} 行"), {"gaps": content.gaps, "count": len(answers)})
    for number, line in enumerate(answers, 1):
        if not all(each.strip() for each in line.split("|")):
            yield Problem("key", _("第 {number} 空的答案是空的"), {"number": number})


def _rubric(content: ItemContent, limits: Limits) -> Iterator[Problem]:
    if content.type not in CONSTRUCTED:
        if content.rubric:
            yield Problem("rubric", _("{type}按答案评分，不应有评分标准"), {"type": TYPES[content.type]})
        return
    if not content.rubric:
        yield Problem("rubric", _("{type}没有评分标准"), {"type": TYPES[content.type]})
        return
    for number, each in enumerate(content.rubric, 1):
        if not each.text.strip() or each.share < 1:
            yield Problem("rubric", _("评分标准第 {number} 条没有内容或分值"), {"number": number})
        elif len(each.text) > limits.option:
            yield _too_long("rubric", "评分标准", each.text, limits.option)
    total = sum(each.share for each in content.rubric)
    if total != FULL_RUBRIC:
        yield Problem("rubric", _("评分标准合计 {total}，应为 100"), {"total": total})


def gaps_in(stem: str) -> int:
    """How many gaps a stem has to be filled in."""
    return len(BLANK.findall(stem))


def normal_stem(stem: str) -> str:
    """A stem reduced to what makes it the same question: NFKC, lower case, without blanks, punctuation and spacing.

    Those vary from file to file; mathematical signs do not, so they stay, and so does what stands inside a figure
    (1.5 is not 15). A formula keeps all but its blanks: braces and capitals are its meaning.
    """
    return "".join(
        f"${''.join(each.text.split())}$" if each.is_formula else _folded(each.text) for each in pieces(stem)
    )


def _folded(words: str) -> str:
    folded = unicodedata.normalize("NFKC", words).casefold()
    return "".join(mark for i, mark in enumerate(folded) if _counts(folded, i, mark))


def stem_of_item(_version: object, clear: bytes) -> str:
    """The normal stem of an item version, from its opened content."""
    return normal_stem(ItemContent.decode(clear).stem)


def stem_of_row(_row: object, clear: bytes) -> str:
    """The normal stem of a good row of an import, from its opened content."""
    return normal_stem(ItemContent.decode(json.loads(clear)["content"].encode()).stem)


def _counts(text: str, i: int, mark: str) -> bool:
    if unicodedata.category(mark)[0] not in "PZC" or mark in "%‰":
        return True
    inside = 0 < i < len(text) - 1 and text[i - 1].isdigit() and text[i + 1].isdigit()
    return inside and mark in "./-:,"
