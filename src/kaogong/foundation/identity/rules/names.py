"""Names: one canonical form for printing and comparing, and the keys under which two typed characters find them.

Trigram indexes need three characters, which most Chinese names do not have; so each name carries its single characters
and pairs, its pinyin and the initials of its pinyin.
"""

from __future__ import annotations

import re
import unicodedata

from pypinyin import Style, lazy_pinyin

from kaogong.foundation.identity.rules.faults import Fault

DOT = "·"
DOTS = re.compile("[•‧∙⋅・･˙•●᛫⸱ㆍ]|(?<=[㐀-鿿])\\.(?=[㐀-鿿])")
HAN = "㐀-䶿一-鿿〇-〇\U00020000-\U000323af"
BETWEEN_HAN = re.compile(f"(?<=[{HAN}{DOT}])\\s+(?=[{HAN}{DOT}])")
# Beside letters: the zero that is a Chinese character, and the mark between Tibetan syllables.
MARKS = frozenset("·-'’. 〇་")
LONGEST = 60
# Surnames whose reading differs from the character's usual one, which is all that pypinyin can know.
SURNAMES = {
    "万俟": "mo qi", "尉迟": "yu chi", "单于": "chan yu", "单": "shan", "曾": "zeng", "解": "xie", "仇": "qiu",
    "查": "zha", "区": "ou", "朴": "piao", "任": "ren", "盖": "ge", "翟": "zhai", "乐": "yue", "种": "chong",
    "秘": "bi", "员": "yun", "冼": "xian", "缪": "miao", "折": "she", "长孙": "zhang sun", "葛": "ge", "宁": "ning",
    "纪": "ji", "覃": "qin", "召": "shao", "洗": "xian", "逄": "pang", "卜": "bu", "尹": "yin", "晁": "chao",
}  # fmt: skip


def normalise_name(text: str) -> str:
    """The canonical form: NFKC, one kind of middle dot, no spaces between Chinese characters, single ones elsewhere.

    One character is a name; so are characters outside the basic plane and the scripts of the nationalities.
    Raises Fault: `name-empty`, `name-too-long`, `name-character` (with the character at fault).
    """
    name = DOTS.sub(DOT, unicodedata.normalize("NFKC", text))
    name = BETWEEN_HAN.sub("", " ".join(name.split()))
    name = re.sub(f"\\s*{DOT}+\\s*", DOT, name).strip(DOT)
    if not name:
        raise Fault("name-empty")
    if len(name) > LONGEST:
        raise Fault("name-too-long", longest=LONGEST)
    for character in name:
        if not _belongs(character):
            raise Fault("name-character", character=character, code=f"U+{ord(character):04X}")
    if not any(character == "〇" or unicodedata.category(character)[0] in "LC" for character in name):
        raise Fault("name-empty")
    return name


def _belongs(character: str) -> bool:
    """Letters of any script with their combining marks, and the few marks that stand inside names."""
    category = unicodedata.category(character)
    # A character newer than Python's tables is unassigned to it; in the planes of Chinese characters we let it in.
    is_newer_han = category == "Cn" and 0x20000 <= ord(character) <= 0x3FFFF
    return character in MARKS or category[0] in "LM" or is_newer_han


def bigrams(name: str) -> list[str]:
    """The characters of a name and their neighbouring pairs, once each, in order: the keys of the name index."""
    plain = name.replace(DOT, "").replace(" ", "")
    pairs = [plain[place : place + 2] for place in range(len(plain) - 1)]
    return list(dict.fromkeys([*plain, *pairs]))


def _syllables(name: str) -> list[str]:
    plain = name.replace(DOT, "")
    for surname in sorted(SURNAMES, key=len, reverse=True):
        if plain.startswith(surname):
            return [*SURNAMES[surname].split(), *lazy_pinyin(plain[len(surname) :], style=Style.NORMAL)]
    return list(lazy_pinyin(plain, style=Style.NORMAL))


def pinyin(name: str) -> str:
    """The pinyin of a name in small letters without tones or spaces; what has no reading stays as it is."""
    return "".join(_syllables(name)).replace(" ", "").lower().replace("ü", "v")


def initials(name: str) -> str:
    """The first letter of each syllable: `zs` for 张三."""
    return "".join(syllable[:1] for syllable in _syllables(name)).replace(" ", "").lower()
