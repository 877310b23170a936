"""The languages that an item may be set in beside Chinese: name, direction, writing mode, font, and its letters.

Source: BCP 47 (RFC 5646) for the tags; W3C, "Requirements for Mongolian, Tibetan and Chinese Text Layout" and
CSS Writing Modes 3 for directions: traditional Mongolian runs down the page, its columns from left to right.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

CHINESE = "zh-hans"
RIGHT_TO_LEFT, LEFT_TO_RIGHT = "rtl", "ltr"
ACROSS, DOWN = "horizontal-tb", "vertical-lr"
Range = tuple[int, int]
LATIN: tuple[Range, ...] = ((0x41, 0x5A), (0x61, 0x7A), (0xC0, 0x24F))
ARABIC: tuple[Range, ...] = ((0x0600, 0x06FF), (0x0750, 0x077F), (0xFB50, 0xFDFF), (0xFE70, 0xFEFC))


@dataclass(frozen=True, slots=True)
class Language:
    """A language by its tag (BCP 47): its names, how it runs, its font, and the code points of its script."""

    tag: str
    name: str
    own_name: str
    direction: str
    writing_mode: str
    font: str
    script: tuple[Range, ...]
    truths: tuple[str, str] = ("", "")
    """How right and wrong are said of a statement; empty where we are not sure of the words."""

    @property
    def is_down(self) -> bool:
        """Whether its lines run down the page."""
        return self.writing_mode == DOWN

    def writes(self, character: str) -> bool:
        """Whether the character belongs to its script."""
        code = ord(character)
        return any(first <= code <= last for first, last in self.script)


LANGUAGES = {
    each.tag: each
    for each in (
        Language(
            "bo",
            "藏语",
            "བོད་སྐད།",
            LEFT_TO_RIGHT,
            ACROSS,
            "Noto Serif Tibetan",
            ((0x0F00, 0x0FFF),),
            ("བདེན་པ།", "ནོར་བ།"),
        ),
        Language("ug", "维吾尔语", "ئۇيغۇرچە", RIGHT_TO_LEFT, ACROSS, "Noto Naskh Arabic", ARABIC, ("توغرا", "خاتا")),
        Language(
            "mn-Mong",
            "蒙古语（传统蒙古文）",
            "ᠮᠣᠩᠭᠣᠯ ᠬᠡᠯᠡ",
            LEFT_TO_RIGHT,
            DOWN,
            "Noto Sans Mongolian",
            ((0x1800, 0x18AF),),
            ("ᠵᠥᠪ", "ᠪᠤᠷᠤᠭᠤ"),
        ),
        Language(
            "kk-Arab",
            "哈萨克语（阿拉伯字母）",
            "قازاقشا",
            RIGHT_TO_LEFT,
            ACROSS,
            "Noto Naskh Arabic",
            ARABIC,
            ("دۇرىس", "قاتە"),
        ),
        Language(
            "ko",
            "朝鲜语",
            "조선어",
            LEFT_TO_RIGHT,
            ACROSS,
            "Noto Sans KR",
            ((0x1100, 0x11FF), (0xAC00, 0xD7A3)),
            ("옳음", "그름"),
        ),
        Language("ii", "彝语", "ꆈꌠꉙ", LEFT_TO_RIGHT, ACROSS, "Noto Sans Yi", ((0xA000, 0xA4CF),)),
        Language("za", "壮语", "Vahcuengh", LEFT_TO_RIGHT, ACROSS, "Noto Sans SC", LATIN),
    )
}
CHOICES = [(tag, each.name) for tag, each in LANGUAGES.items()]


def language_name(tag: str) -> str:
    """The name of a language in Chinese, Chinese itself included."""
    return LANGUAGES[tag].name if tag in LANGUAGES else "中文"


def letters_of(language: Language, text: str) -> Iterator[str]:
    """The letters of the language's script in a text."""
    return (mark for mark in text if language.writes(mark) and mark.isalpha())
