"""Profiles: what shape a file of items has, and what its type codes mean. One letter means different types in
different files (D is 简答 here and 多选 there), so the map belongs to the profile, never to the format.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from kaogong.itembank.rules.items import (
    CALCULATION,
    CASE,
    ESSAY,
    FILL_IN,
    MULTIPLE,
    SHORT,
    SINGLE,
    TRUE_FALSE,
    TYPE_CODES,
    TYPES,
)
from kaogong.itembank.rules.problems import gettext_noop as _

Shape = Literal["table", "text", "qti"]


@dataclass(frozen=True, slots=True)
class Profile:
    """How to read a file: its shape, its type codes, and column names to be tried before the usual ones.

    A table is CSV or Excel, a text plain or Word, told by the bytes.
    """

    title: str
    shape: Shape
    types: Mapping[str, str]
    first: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


WORDS: dict[str, str] = {
    **dict.fromkeys(("single", "choice", "单选", "单选题", "单项选择", "单项选择题"), SINGLE),
    **dict.fromkeys(("multiple", "multi", "多选", "多选题", "多项选择", "多项选择题"), MULTIPLE),
    **dict.fromkeys(("truefalse", "true_false", "judge", "judgement", "判断", "判断题", "是非题"), TRUE_FALSE),
    **dict.fromkeys(("fillin", "fill_in", "fill", "blank", "填空", "填空题"), FILL_IN),
    **dict.fromkeys(("short", "简答", "简答题"), SHORT),
    **dict.fromkeys(("calculation", "计算", "计算题"), CALCULATION),
    **dict.fromkeys(("essay", "论述", "论述题"), ESSAY),
    **dict.fromkeys(("case", "案例", "案例分析", "案例分析题"), CASE),
}
LETTERED = {letter: type_ for type_, letter in TYPE_CODES.items()}
"""The national letters: D is 简答, G is 多选 (item-bank §1.3, dialect 1)."""
SHORT_LETTERS = {"B": SINGLE, "D": MULTIPLE, "C": TRUE_FALSE}
"""The letters of the text format: D is 多选 (dialect 2)."""
NUMBERED = {
    "10": TRUE_FALSE,
    "20": SINGLE,
    "30": MULTIPLE,
    "40": FILL_IN,
    "50": SHORT,
    "70": CALCULATION,
    "80": ESSAY,
    "90": CASE,
}
_IDS = {"number": ("id", "试题id")}

PROFILES: Mapping[str, Profile] = {
    "plain": Profile(_("表格（CSV 或 Excel），题型写作文字：单选、多选、判断、填空、简答…"), "table", WORDS),
    "national": Profile(
        _("表格甲式（国家题库），题型代码 B 单选、G 多选、C 判断、T 填空、D 简答、U 计算、W 论述、E 案例"),
        "table",
        LETTERED,
        _IDS,
    ),
    "industry": Profile(
        _("表格乙式（知识点一级至六级），题型代码 B 单选、D 多选、C 判断，或写作文字"), "table", WORDS | SHORT_LETTERS
    ),
    "numeric": Profile(_("表格，题型代码为数字：10 判断、20 单选、30 多选、40 填空、50 简答…"), "table", NUMBERED),
    "text": Profile(_("国标格式文本或 Word（｛A｝ 题干、｛B｝ 答案），B 单选、D 多选、C 判断"), "text", SHORT_LETTERS),
    "text-national": Profile(
        _("国标格式文本或 Word（｛A｝ 题干、｛B｝ 答案），B 单选、G 多选、C 判断、D 简答等八种"), "text", LETTERED
    ),
    "qti": Profile(_("QTI 2.1、2.2 或 3.0 题包（zip）"), "qti", {each: each for each in TYPES}),
}
