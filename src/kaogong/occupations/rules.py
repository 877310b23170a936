"""How occupations are named and found: bigrams, pinyin, codes with and without dashes. Pure."""

from __future__ import annotations

import re

from pypinyin import lazy_pinyin

LEVELS = {1: "大类", 2: "中类", 3: "小类", 4: "细类（职业）"}
CODE_STARTED = re.compile(r"^\d[\d-]*$")
NOT_LETTERS = re.compile(r"[^0-9A-Za-z㐀-鿿]+")


def bigrams(text: str) -> list[str]:
    """Every pair of neighbouring characters, once, in order: 高低压 → [高低, 低压]; a single one alone."""
    plain = NOT_LETTERS.sub("", text)
    pairs = [plain[at : at + 2] for at in range(len(plain) - 1)] or [plain]
    return list(dict.fromkeys(pair for pair in pairs if pair))


def pinyin(name: str) -> str:
    """Initials and full spelling, for search: 电工 → `dg diangong`."""
    syllables = lazy_pinyin(NOT_LETTERS.sub("", name))
    return f"{''.join(each[:1] for each in syllables)} {''.join(syllables)}".lower()


def dashed(code: str) -> str:
    """A code or its beginning with its dashes: `6310103` → `6-31-01-03`, `63101` → `6-31-01`, `631-0` → `6-31-0`."""
    digits = code.replace("-", "")
    return "-".join(filter(None, [digits[:1], digits[1:3], digits[3:5], digits[5:]]))


def ancestors(code: str) -> list[str]:
    """The codes above, from the major group down: `6-31-01-03` → [`6`, `6-31`, `6-31-01`]."""
    parts = code.split("-")
    return ["-".join(parts[:length]) for length in range(1, len(parts))]


def rank(code: str, name: str, name_pinyin: str, text: str) -> tuple[int, int, int, str]:
    """How well an occupation answers a search; less is better: the thing itself, its beginning, a part, a sound."""
    wanted, own = text.lower(), name.lower()
    initials, _, spelling = name_pinyin.partition(" ")
    fits = (
        wanted in {own, initials, spelling},
        own.startswith(wanted),
        wanted in own,
        initials.startswith(wanted) or spelling.startswith(wanted),
    )
    # An occupation before the groups that hold it, short names before long ones.
    return fits.index(True) if any(fits) else len(fits), -code.count("-"), len(name), code
