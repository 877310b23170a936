"""The fonts of every paper, and what none of them can print.

System fonts are never asked: the same fields give the same page on a laptop and in the ministry's hall.
"""

from __future__ import annotations

import os
import unicodedata
from functools import cache
from pathlib import Path

import pylopdf_fonts_zh_cn
import typst

from kaogong.foundation.documents.glyphs import coverage

HERE = Path(__file__).parent / "fonts"

#: Stands for a character that no font has: the geta mark by which Chinese and Japanese printers show a missing sort.
GETA = "〓"


def font_folders() -> tuple[Path, ...]:
    """Return the folders that fonts are taken from: ours, Noto SC, and the site's own named in `KAOGONG_FONTS`."""
    own = os.environ.get("KAOGONG_FONTS", "")
    chinese = Path(pylopdf_fonts_zh_cn.sans_path()).parent
    return (HERE, chinese, *(Path(folder) for folder in own.split(os.pathsep) if folder))


@cache
def font_book(*, has_formulas: bool = False) -> typst.Fonts:
    """Return the loaded fonts, one set for the whole process; for papers with formulas those of the typesetter too.

    Its New Computer Modern Math is the one font at hand that sets formulas, and is the same in every copy of it.
    """
    return typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=has_formulas,
        font_paths=[str(folder) for folder in font_folders()],
    )


@cache
def printable() -> frozenset[str]:
    """Return every character that at least one of the fonts has a glyph for."""
    files = [file for folder in font_folders() for file in sorted(folder.iterdir()) if file.suffix in {".otf", ".ttf"}]
    return frozenset(chr(code) for file in files for code in coverage(file))


def missing_glyphs(text: str) -> tuple[str, ...]:
    """Return the characters of `text` that none of our fonts can print, each once, in the order they appear.

    Characters that leave no mark (line ends, joiners, direction marks, variation selectors) are not missed.
    """
    suspects = dict.fromkeys(character for character in text if character not in printable())
    return tuple(character for character in suspects if not _leaves_no_mark(character))


def without_missing(text: str) -> str:
    """Return `text` with a geta mark (〓) in the place of every character that cannot be printed."""
    return text.translate({ord(character): GETA for character in missing_glyphs(text)})


def _leaves_no_mark(character: str) -> bool:
    if unicodedata.category(character) in {"Cc", "Cf", "Zl", "Zp", "Zs"}:
        return True
    return "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef"
