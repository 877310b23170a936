"""How the rule library is put into words: certainty with its colour, what it means, values, and where they apply."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kaogong.foundation.regions import selectors as regions
from kaogong.occupations import selectors as occupations
from kaogong.regulations.selectors import Provision
from kaogong.web.ui.shapes import Kind

LABELS = {
    "N": gettext_lazy("国家规定"),
    "L": gettext_lazy("地方或行业规定"),
    "C": gettext_lazy("转述，未见原文"),
    "U": gettext_lazy("未核实"),
    "H": gettext_lazy("本系统规则"),
    "I": gettext_lazy("示例数据"),
}
KINDS: Mapping[str, Kind] = {
    "N": "done",
    "L": "active",
    "C": "waiting",
    "U": "waiting",
    "H": "neutral",
    "I": "waiting",
}
ICONS = {
    "N": "bank",
    "L": "geo-alt",
    "C": "chat-left-text",
    "U": "question-circle",
    "H": "house",
    "I": "easel",
}
MEANINGS = {
    "N": gettext_lazy("国家层面的规定，依据公开的文本或转载件；正式使用前仍应与官方文本核对。"),
    "L": gettext_lazy("某地或某行业的规定，真实存在，但只在其范围内有效，不能当作全国规定。"),
    "C": gettext_lazy("只见到新闻、教材等二手转述，没有见到原文；以官方文本为准。"),
    "U": gettext_lazy("凭一般了解写入，没有来源可以核实；使用前须由规则库管理员核对。"),
    "H": gettext_lazy("国家规定没有写明之处，本系统自定的做法；各地可以用当地规定替代。"),
    "I": gettext_lazy("为演示而拟的数值，不是任何规定。"),
}


@dataclass(frozen=True, slots=True)
class Certainty:
    """How far a rule is known, as a badge: its colour, icon and word, and what that means."""

    kind: Kind
    icon: str
    word: str
    meaning: str

    @classmethod
    def of(cls, tag: str) -> Certainty:
        """The badge of a tag: N, L, C, U, H or I."""
        return cls(KINDS[tag], ICONS[tag], str(LABELS[tag]), str(MEANINGS[tag]))


@dataclass(frozen=True, slots=True)
class FigureRow:
    """A provision as a row of a table; `parts` are the lines of a value that is itself a table."""

    provision: Provision
    value: str
    parts: tuple[tuple[str, str], ...]
    applies_to: str
    certainty: Certainty
    is_in_force: bool

    @classmethod
    def of(cls, provision: Provision, on: date) -> FigureRow:
        """The row of a provision, as it stands on that day."""
        value = words_of_value(provision.value)
        if provision.unit and not isinstance(provision.value, dict | list):
            value = f"{value} {provision.unit}"
        certainty = Certainty.of(provision.certainty)
        return cls(
            provision, value, parts_of(provision.value), applies_to(provision), certainty, provision.in_force(on)
        )


def words_of_value(value: Any) -> str:
    """A JSON value in words: lists joined, tables as `name：value`, truth as 是 and 否."""
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, dict):
        return "；".join(f"{name}：{words_of_value(each)}" for name, each in value.items())
    if isinstance(value, list):
        return "、".join(map(words_of_value, value))
    return _("无") if value is None else str(value)


def parts_of(value: Any) -> tuple[tuple[str, str], ...]:
    """The lines of a table or of a list of tables, as (name, words); empty for a plain value."""
    if isinstance(value, dict):
        return tuple((name, words_of_value(each)) for name, each in value.items())
    if isinstance(value, list) and any(isinstance(each, dict | list) for each in value):
        return tuple((str(number), words_of_value(each)) for number, each in enumerate(value, start=1))
    return ()


def applies_to(provision: Provision) -> str:
    """Where a provision holds: `江苏省 · 电工 6-31-01-03`, or 全国."""
    scope = provision.scope
    parts = [regions.name_of(scope.region_code)]
    if scope.track:
        parts.append(_("类别 %(track)s") % {"track": scope.track})
    if scope.occupation_code:
        parts.append(f"{occupations.name_of(scope.occupation_code)} {scope.occupation_code}")
    return " · ".join(parts)
