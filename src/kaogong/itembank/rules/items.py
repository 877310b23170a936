"""What an item must be: a stem, options that differ, a key among them; and when two stems are the same."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from kaogong.itembank.rules.problems import Problem
from kaogong.itembank.rules.problems import gettext_noop as _

SINGLE, TRUE_FALSE = "single", "truefalse"
TYPES = {SINGLE: "单项选择题", TRUE_FALSE: "判断题"}
LETTERS = "ABCDEF"
TRUTHS = ("T", "F")
SCALE = range(1, 6)


@dataclass(frozen=True, slots=True)
class ItemContent:
    """What is kept sealed: stem, options in order (none for true/false), key (a letter, or T or F), explanation."""

    type: str
    stem: str
    options: tuple[str, ...]
    key: str
    explanation: str = ""

    def encode(self) -> bytes:
        """As JSON bytes, to be sealed."""
        value = {
            "type": self.type,
            "stem": self.stem,
            "options": list(self.options),
            "key": self.key,
            "explanation": self.explanation,
        }
        return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()

    @classmethod
    def decode(cls, clear: bytes) -> ItemContent:
        """The content that `encode` wrote."""
        value = json.loads(clear)
        return cls(value["type"], value["stem"], tuple(value["options"]), value["key"], value["explanation"])


@dataclass(frozen=True, slots=True)
class Limits:
    """How long the parts of an item may be, in characters, and how many options; provisions set them."""

    stem: int
    option: int
    explanation: int
    options_at_least: int
    options_at_most: int

    @classmethod
    def of(cls, value: Mapping[str, int]) -> Limits:
        """From the value of a provision."""
        return cls(
            value["stem"], value["option"], value["explanation"], value["options_at_least"], value["options_at_most"]
        )


def problems_of(content: ItemContent, *, limits: Limits) -> list[Problem]:
    """Return what is wrong with an item's content: empty when it may enter the bank."""
    if content.type not in TYPES:
        return [Problem("type", _("不支持的题型“{type}”"), {"type": content.type})]
    return [*_stem(content, limits), *_options(content, limits), *_key(content), *_explanation(content, limits)]


def _stem(content: ItemContent, limits: Limits) -> Iterator[Problem]:
    if not normal_stem(content.stem):
        yield Problem("stem", _("没有题干"))
    elif len(content.stem) > limits.stem:
        yield _too_long("stem", "题干", content.stem, limits.stem)


def _explanation(content: ItemContent, limits: Limits) -> Iterator[Problem]:
    if len(content.explanation) > limits.explanation:
        yield _too_long("explanation", "解析", content.explanation, limits.explanation)


def _too_long(field: str, name: str, text: str, limit: int) -> Problem:
    facts = {"name": name, "length": len(text), "limit": limit}
    return Problem(field, _("{name}有 {length} 个字，最多 {limit} 个"), facts)


def _options(content: ItemContent, limits: Limits) -> Iterator[Problem]:
    if content.type == TRUE_FALSE:
        if content.options:
            yield Problem("options", _("判断题不应有选项"))
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
    if not content.key:
        yield Problem("key", _("没有答案"))
    elif content.type == TRUE_FALSE:
        if content.key not in TRUTHS:
            yield Problem("key", _("判断题的答案“{key}”不是对或错"), {"key": content.key})
    elif len(content.key) > 1 and set(content.key) <= set(LETTERS):
        yield Problem("key", _("单项选择题有不止一个答案“{key}”"), {"key": content.key})
    else:
        letters = [letter for letter, option in zip(LETTERS, content.options, strict=False) if option.strip()]
        if content.key not in letters:
            yield Problem("key", _("答案“{key}”不在选项之中"), {"key": content.key})


def normal_stem(stem: str) -> str:
    """A stem reduced to what makes it the same question: NFKC, lower case, without blanks, punctuation and spacing.

    Those vary from file to file; mathematical signs do not, so they stay, and so does what stands inside a figure
    (1.5 is not 15).
    """
    folded = unicodedata.normalize("NFKC", stem).casefold()
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
