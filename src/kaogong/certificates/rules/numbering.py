"""Certificate numbers: parsed, generated and validated by regime. Pure.

Sources: 职业技能鉴定编码规则 for the 16 digits `YY PP CC K NNN L SSSSS`, whose digits 3–10 are the institution code;
the coding rule of level certificates, known from a reworded copy, for the 22 characters: the 13 of the evaluation
body, then year, level and six digits. Running numbers go per year, body and level; there is no check digit and no
occupation in either.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from kaogong.foundation.kernel.clauses import Clause


@dataclass(frozen=True, slots=True)
class Regime:
    """One way of numbering: its shape, how many running digits it has, and what the certificate is called."""

    key: str
    title: str
    clause: Clause
    shape: re.Pattern[str]
    running_digits: int
    body_digits: int

    @property
    def capacity(self) -> int:
        """How many certificates one body may number in one year at one level."""
        return int(10**self.running_digits) - 1


QUALIFICATION = Regime(
    "qualification-16",
    "职业资格证书",
    Clause("certificate-numbering-16", "sixteen-digits"),
    re.compile(r"(?P<year>\d{2})(?P<body>\d{4}[0-4]\d{3})(?P<level>[1-5])(?P<running>\d{5})", re.ASCII),
    5,
    8,
)
SKILL_LEVEL = Regime(
    "level-22",
    "职业技能等级证书",
    Clause("level-certificate-coding", "certificate-number"),
    re.compile(r"(?P<body>[YS]\d{12})(?P<year>\d{2})(?P<level>[1-5])(?P<running>\d{6})", re.ASCII),
    6,
    13,
)
REGIMES = {regime.key: regime for regime in (QUALIFICATION, SKILL_LEVEL)}


@dataclass(frozen=True, slots=True)
class Number:
    """A certificate number taken apart. `year` has two digits; which century no number says."""

    regime: Regime
    year: int
    body_code: str
    level: int
    running: int

    def __str__(self) -> str:
        running = f"{self.running:0{self.regime.running_digits}d}"
        if self.regime is QUALIFICATION:
            return f"{self.year:02d}{self.body_code}{self.level}{running}"
        return f"{self.body_code}{self.year:02d}{self.level}{running}"


def regime_of(key: str) -> Regime:
    """The regime of that key. Raises ValueError for an unknown one."""
    if key not in REGIMES:
        raise ValueError(f"没有编号规则“{key}”")
    return REGIMES[key]


def parse(text: str) -> Number:
    """Take a number apart. Raises ValueError, in Chinese, that says which part is wrong."""
    if len(text) == 13 and text.isascii() and text.isdecimal():
        raise ValueError("13位为上海旧证书编号，不按全国规则编排；查询时在前面补000")
    regime = QUALIFICATION if text[:1].isdecimal() else SKILL_LEVEL
    found = regime.shape.fullmatch(text)
    if found is None:
        raise ValueError(_fault(text, regime))
    number = Number(regime, int(found["year"]), found["body"], int(found["level"]), int(found["running"]))
    if number.running == 0:
        raise ValueError("证书顺序号应从1起")
    if set(number.body_code[-3:]) == {"0"}:
        raise ValueError("机构顺序号应从1起")
    return number


def generate(regime: Regime, *, year: int, body_code: str, level: int, running: int) -> str:
    """Build a number; `year` may have four digits. Raises ValueError when a part does not fit the regime."""
    if not 1 <= running <= regime.capacity:
        raise ValueError(f"证书顺序号应为1至{regime.capacity}，现为{running}")
    if len(body_code) != regime.body_digits:
        raise ValueError(f"机构代码应为{regime.body_digits}位，现为{len(body_code)}位")
    text = str(Number(regime, year % 100, body_code, level, running))
    if str(parse(text)) != text:
        raise ValueError(f"编号 {text} 不能还原")
    return text


def canonical_number(text: str) -> str:
    """A number as typed or scanned, in the form under which it is kept: no blanks or hyphens, full width made half.

    Thirteen digits (old numbers of Shanghai) get the three zeros that the national query asks for.
    """
    plain = re.sub(r"[\s\-‐‑–—.·]", "", unicodedata.normalize("NFKC", text)).upper()
    return f"000{plain}" if re.fullmatch(r"\d{13}", plain, re.ASCII) else plain


def _fault(text: str, regime: Regime) -> str:
    length = 16 if regime is QUALIFICATION else 22
    if regime is SKILL_LEVEL and text[:1] not in {"Y", "S"}:
        return "第1位应为数字（职业资格证书），或 Y、S（职业技能等级证书）"
    if len(text) != length:
        return f"{regime.title}编号应为{length}位，现为{len(text)}位"
    digits = text if regime is QUALIFICATION else text[1:]
    if not (digits.isascii() and digits.isdecimal()):
        return "其余各位应为数字（注意字母O与数字0）"
    if regime is QUALIFICATION and text[6] not in "01234":
        return f"第7位（机构类别）应为0至4，现为{text[6]}"
    level = text[10 if regime is QUALIFICATION else 15]
    return f"等级一位应为1至5，现为{level}"
