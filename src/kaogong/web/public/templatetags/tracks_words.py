"""The cells of a track's rule table, in words."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.translation import gettext as _

from kaogong.tracks.selectors import Rule
from kaogong.web.ui.formats import level_name

register = template.Library()


@register.filter
def topic_word(rule: Rule) -> str:
    """What a cell is about."""
    words = {
        "organisers": _("谁可以组织"),
        "sites": _("在哪里考"),
        "levels": _("等级"),
        "regimes": _("证书编码"),
        "panel": _("考评小组"),
        "conditions": _("申报条件"),
        "review": _("须综合评审的等级"),
    }
    return words.get(rule.topic, rule.topic)


@register.filter
def rule_words(rule: Rule) -> str:
    """What a cell says: levels, kinds of body and numbering regimes by their names."""
    value = rule.value
    if rule.topic in {"levels", "review"}:
        return "、".join(str(level_name(level)) for level in value)
    if rule.topic in {"organisers", "sites"}:
        return "、".join(_body(kind) for kind in value)
    if rule.topic == "regimes":
        return "；".join(f"{_body(kind)}：{_regime(regime)}" for kind, regime in value.items())
    if rule.topic == "panel":
        least = _("不少于 %(minimum)s 人") % {"minimum": value["minimum"]}
        return least + (_("，且为单数") if value.get("odd") else "")
    return _("按国家职业技能标准") if value == "standard" else str(value)


def _body(kind: str) -> str:
    words: dict[str, Any] = {
        "national_centre": _("部鉴定中心"),
        "provincial_centre": _("省级鉴定中心"),
        "prefecture_centre": _("地市鉴定中心"),
        "industry_centre": _("行业鉴定中心"),
        "corps_centre": _("兵团鉴定中心"),
        "station": _("鉴定所（站）"),
        "social_body": _("社会培训评价组织"),
    }
    return str(words.get(kind, kind))


def _regime(regime: str) -> str:
    words = {"qualification-16": _("十六位职业资格证书编码"), "level-22": _("二十二位职业技能等级证书编码")}
    return words.get(regime, regime)
