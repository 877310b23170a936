"""The codes of institutions, and how far each kind of body reaches. Pure.

Sources: 职业技能鉴定编码规则 for the 8-digit institution code; the coding rule of level certificates, known from a
reworded copy, for the 13 characters of an evaluation body.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

INSTITUTION_KINDS = {
    0: "职业技能鉴定指导中心",
    1: "国家职业技能鉴定所",
    2: "地方职业技能鉴定站",
    3: "行业特有工种职业技能鉴定站",
    4: "工人考核委员会或企业内鉴定机构",
}
"""The fifth digit of an institution code."""

CODE_KINDS = {
    "provincial_centre": frozenset({0}),
    "prefecture_centre": frozenset({0}),
    "industry_centre": frozenset({0}),
    "corps_centre": frozenset({0}),
    "station": frozenset({1, 2, 3}),
    "enterprise": frozenset({4}),
    "college": frozenset({1, 2}),
}
"""Which fifth digits each kind of organisation may bear; kinds that are missing bear no institution code."""

EVALUATION_LETTERS = {"enterprise": frozenset("Y"), "social_body": frozenset("S"), "college": frozenset("YS")}
"""Which first letter of an evaluation code each kind of organisation may bear."""

NATIONAL = frozenset({"ministry", "national_centre"})
TERRITORIAL = frozenset({"provincial_department", "provincial_centre", "prefecture_department", "prefecture_centre"})
LINES = frozenset({"industry_centre", "corps_centre"})

LEAVES = frozenset({"station", "social_body", "enterprise", "college"})
"""Kinds under which nothing stands as a rule."""

Breadth = Literal["everywhere", "territory", "line", "own"]


@dataclass(frozen=True, slots=True)
class InstitutionCode:
    """The 8 digits `PP CC K NNN`: province or industry, prefecture, kind of body, serial within the prefecture."""

    prefix: str
    prefecture: str
    kind: int
    serial: int

    def __str__(self) -> str:
        return f"{self.prefix}{self.prefecture}{self.kind}{self.serial:03d}"

    @property
    def kind_name(self) -> str:
        """The kind of body in words, such as 地方职业技能鉴定站."""
        return INSTITUTION_KINDS[self.kind]


@dataclass(frozen=True, slots=True)
class EvaluationCode:
    """The 13 characters of an evaluation body: letter, ministry's number (0000: none), province, serial."""

    letter: str
    ministry_number: str
    province: str
    serial: str

    def __str__(self) -> str:
        return f"{self.letter}{self.ministry_number}{self.province}{self.serial}"

    @property
    def is_ministry_filed(self) -> bool:
        """Whether the body was first filed with the ministry; its province is then that of the branch (站点)."""
        return self.ministry_number != "0000"


def parse_institution_code(code: str) -> InstitutionCode:
    """Read an 8-digit institution code. Raises ValueError, in Chinese, that says which part is wrong.

    Whether its first two digits are in the code table is for `services` to say: the table is data.
    """
    if not re.fullmatch(r"[0-9]{8}", code):
        raise ValueError("机构编码应为8位数字")
    prefix, prefecture, kind, serial = code[:2], code[2:4], int(code[4]), int(code[5:])
    if kind not in INSTITUTION_KINDS:
        raise ValueError(f"机构编码第5位（机构类别）应为0至4，现为{kind}")
    if serial == 0:
        raise ValueError("机构编码后3位（顺序号）应为001至999")
    return InstitutionCode(prefix, prefecture, kind, serial)


def parse_evaluation_code(code: str) -> EvaluationCode:
    """Read the 13 characters of an evaluation body. Raises ValueError, in Chinese, that says which part is wrong."""
    if len(code) != 13:
        raise ValueError(f"评价机构代码应为13位，现为{len(code)}位")
    if code[0] not in "YS":
        raise ValueError("评价机构代码第1位应为Y（用人单位）或S（社会培训评价组织）")
    if not re.fullmatch(r"[0-9]{12}", code[1:]):
        raise ValueError("评价机构代码第2至13位应为数字")
    if code[7:] == "000000":
        raise ValueError("评价机构代码后6位（顺序号）应从000001起")
    return EvaluationCode(code[0], code[1:5], code[5:7], code[7:])


def next_serial(codes: list[InstitutionCode]) -> int:
    """The serial after the highest given, over all kinds of body of one prefecture. Raises ValueError after 999.

    Whether serials count per kind or per prefecture no source says; counting over all kinds fits both readings.
    """
    serial = max((code.serial for code in codes), default=0) + 1
    if serial > 999:
        raise ValueError("该地市的机构顺序号已用完（999）")
    return serial


def breadth(kind: str) -> Breadth:
    """How a kind of body reaches: the country, a territory, a line of bodies under it, or only itself."""
    if kind in NATIONAL:
        return "everywhere"
    if kind in TERRITORIAL:
        return "territory"
    return "line" if kind in LINES else "own"
