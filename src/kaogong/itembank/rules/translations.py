"""What a language version of an item must be: the same question with as many options, in the letters of its language.

The key is not translated: answers are letters in every language (item-bank §1.10), so nothing downstream changes. A
fill-in item can be set in another language only where its accepted answers hold no words.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kaogong.itembank.rules.formulas import problems_of_formulas
from kaogong.itembank.rules.items import BLANK, FILL_IN, LETTERS, ItemContent, Limits
from kaogong.itembank.rules.languages import LANGUAGES, Language, letters_of
from kaogong.itembank.rules.problems import Problem
from kaogong.itembank.rules.problems import gettext_noop as _

FIGURE = re.compile(r"\d+(?:[.,]\d+)*")
STEM, EXPLANATION = "stem", "explanation"
PART_NAMES = {STEM: "题干", EXPLANATION: "解析"} | {letter: f"选项 {letter}" for letter in LETTERS}
"""The parts of an item in a translation job, by what stands in the file."""


@dataclass(frozen=True, slots=True)
class Translated:
    """What a language version says: stem, options in the order of the Chinese ones, explanation."""

    stem: str
    options: tuple[str, ...] = ()
    explanation: str = ""

    def encode(self) -> bytes:
        """As JSON bytes, to be sealed."""
        value = {"stem": self.stem, "options": list(self.options), "explanation": self.explanation}
        return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()

    @classmethod
    def decode(cls, clear: bytes) -> Translated:
        """What `encode` wrote."""
        value = json.loads(clear)
        return cls(value["stem"], tuple(value["options"]), value["explanation"])

    @classmethod
    def of_parts(cls, parts: dict[str, str], source: ItemContent) -> Translated:
        """From its parts by name, with a place for each option of the source."""
        options = tuple(parts.get(letter, "").strip() for letter in LETTERS[: len(source.options)])
        return cls(parts.get(STEM, "").strip(), options, parts.get(EXPLANATION, "").strip())


def parts_of(content: ItemContent | Translated) -> list[tuple[str, str]]:
    """The parts that are translated, by name: the stem, each option, the explanation if there is one."""
    parts = [(STEM, content.stem), *zip(LETTERS, content.options, strict=False)]
    return [*parts, (EXPLANATION, content.explanation)] if content.explanation else parts


def problems_of_translation(
    source: ItemContent, said: Translated, *, language: Language, limits: Limits
) -> list[Problem]:
    """What is wrong with a language version of `source`: empty when it may stand. Lengths are in characters."""
    return [
        *_whole(source, said),
        *_in_its_letters(said, language),
        *_options(said),
        *_lengths(said, limits),
        *_formulas(said, limits),
    ]


def _whole(source: ItemContent, said: Translated) -> Iterator[Problem]:
    if not said.stem.strip():
        yield Problem("stem", _("没有题干"))
    if len(said.options) != len(source.options):
        facts = {"count": len(said.options), "wanted": len(source.options)}
        yield Problem("options", _("译文有 {count} 个选项，原题有 {wanted} 个"), facts)
    for letter, option in zip(LETTERS, said.options, strict=False):
        if not option.strip():
            yield Problem(letter.lower(), _("选项 {letters} 是空的"), {"letters": letter})
    if source.type == FILL_IN:
        if len(BLANK.findall(said.stem)) != source.gaps:
            facts = {"count": len(BLANK.findall(said.stem)), "wanted": source.gaps}
            yield Problem("stem", _("译文有 {count} 个空，原题有 {wanted} 个"), facts)
        if any(unicodedata.category(mark) == "Lo" for mark in source.key):
            yield Problem("stem", _("这道填空题的答案是文字，译成其他语言后无法按答案评分"))


def _in_its_letters(said: Translated, language: Language) -> Iterator[Problem]:
    if said.stem.strip() and not any(letters_of(language, said.stem)):
        yield Problem("stem", _("题干里没有{language}的文字"), {"language": language.name})


def _options(said: Translated) -> Iterator[Problem]:
    seen: dict[str, str] = {}
    for letter, option in zip(LETTERS, said.options, strict=False):
        plain = "".join(unicodedata.normalize("NFKC", option).split())
        if plain and plain in seen:
            facts = {"first": seen[plain], "second": letter}
            yield Problem(letter.lower(), _("选项 {first} 与 {second} 相同"), facts)
        seen.setdefault(plain, letter)


def _formulas(said: Translated, limits: Limits) -> Iterator[Problem]:
    for part, text in parts_of(said):
        yield from problems_of_formulas(part.lower(), text, limit=limits.formula)


def _lengths(said: Translated, limits: Limits) -> Iterator[Problem]:
    options = [
        (letter.lower(), f"选项 {letter}", text, limits.option)
        for letter, text in zip(LETTERS, said.options, strict=False)
    ]
    for field, name, text, limit in (
        ("stem", "题干", said.stem, limits.stem),
        *options,
        ("explanation", "解析", said.explanation, limits.explanation),
    ):
        if len(text) > limit:
            facts = {"name": name, "length": len(text), "limit": limit}
            yield Problem(field, _("{name}有 {length} 个字，最多 {limit} 个"), facts)


def figures_missing(source: ItemContent, said: Translated) -> list[tuple[str, str]]:
    """Figures of the source that a part of the translation lacks, as (part, figure): to be looked at, not an error.

    Digits of every script count as digits: ٢٢٠ is 220.
    """
    theirs = dict(parts_of(said))
    return [
        (part, figure)
        for part, text in parts_of(source)
        if theirs.get(part)
        for figure in dict.fromkeys(FIGURE.findall(text))
        if figure not in FIGURE.findall(_in_ascii(theirs[part]))
    ]


def _in_ascii(text: str) -> str:
    return "".join(str(unicodedata.digit(mark)) if mark.isdigit() else mark for mark in text)


@dataclass(frozen=True, slots=True)
class JobRow:
    """One part of one item in a translation job: the item version it belongs to, its name, and the text."""

    line: int
    version: str
    part: str
    text: str


JOB_HEADS = ("标识", "题号", "语言", "部分", "原文", "译文")
"""The columns of a job's file; the first names the item version and must not be changed."""


class JobUnreadable(ValueError):
    """The file is not a translation job: it lacks columns, or is of another language."""


def read_job(rows: Sequence[tuple[int, Sequence[str]]], language: str) -> dict[str, list[JobRow]]:
    """The translated parts in a job's rows (line number, cells), by item version, the heads in the first row.

    Items of which nothing is translated are left out. Raises JobUnreadable.
    """
    if not rows or not set(JOB_HEADS) <= {cell.strip() for cell in rows[0][1]}:
        raise JobUnreadable(_("这不是翻译任务文件：第一行应有标识、题号、语言、部分、原文、译文"))
    places = {name.strip(): place for place, name in enumerate(rows[0][1])}
    found: dict[str, list[JobRow]] = {}
    for line, cells in rows[1:]:
        at = {name: cells[places[name]].strip() if places[name] < len(cells) else "" for name in JOB_HEADS}
        if at["译文"] and at["语言"] != language:
            raise JobUnreadable(_("文件里有别的语言的译文，请选对语言"))
        if at["译文"]:
            name = next((key for key, words in PART_NAMES.items() if at["部分"] in {key, words}), at["部分"])
            found.setdefault(at["标识"], []).append(JobRow(line, at["标识"], name, at["译文"]))
    return found


def language_of(tag: str) -> Language | None:
    """The language of a tag, or None."""
    return LANGUAGES.get(tag)
