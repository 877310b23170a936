"""Words, badges and choices that the pages of the bank share."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _

from kaogong.foundation.kernel.actors import Actor
from kaogong.itembank import selectors
from kaogong.occupations import selectors as occupations
from kaogong.web.ui.formats import level_name
from kaogong.web.ui.shapes import Kind

BANK_POWERS = (
    "itembank.view",
    "itembank.write",
    "itembank.review",
    "itembank.approve",
    "itembank.assemble",
    "itembank.import",
)
PAPER_POWERS = ("itembank.view", "itembank.assemble")
ITEM_KIND: Mapping[str, Kind] = {
    "drafted": "neutral",
    "reviewed": "waiting",
    "cleared": "waiting",
    "trial": "active",
    "assessed": "waiting",
    "approved": "done",
    "limited": "neutral",
    "frozen": "stopped",
    "retired": "stopped",
}
PAPER_KIND: Mapping[str, Kind] = {"sealed": "done", "used": "active", "void": "stopped"}
SET_KIND: Mapping[str, Kind] = {
    "ordered": "active",
    "sealed": "done",
    "impossible": "stopped",
    "withdrawn": "neutral",
}
IMPORT_KIND: Mapping[str, Kind] = {"staged": "waiting", "committed": "done", "discarded": "neutral"}
VERDICT_KIND: Mapping[str, Kind] = {"open": "waiting", "distinct": "neutral", "kin": "active"}
BLUEPRINT_KIND: Mapping[str, Kind] = {"drafted": "waiting", "approved": "done", "retired": "neutral"}
TRANSLATION_KIND: Mapping[str, Kind] = {
    "none": "neutral",
    "translating": "waiting",
    "edited": "waiting",
    "proofread": "waiting",
    "approved": "done",
    "retired": "neutral",
    "stale": "stopped",
}
DIFFICULTIES = {1: "很简单", 2: "简单", 3: "中等", 4: "困难", 5: "很难"}


def banks_of(actor: Actor) -> list[tuple[str, str]]:
    """The banks that the actor finds, as choices: (`6-31-01-03:5`, 电工 五级/初级工)."""
    places = {(each.occupation_code, each.level) for each in selectors.blueprints_for(actor)}
    places |= set(selectors.bank_counts(actor))
    return [
        (f"{code}:{level}", f"{occupations.name_of(code)} {level_name(level)}")
        for code, level in sorted(places, key=lambda place: (place[0], -place[1]))
    ]


def split(bank: str) -> tuple[str, int] | None:
    """Occupation code and level of a bank's choice; None for anything else."""
    code, _colon, level = bank.partition(":")
    return (code, int(level)) if code and level in {"1", "2", "3", "4", "5"} else None


def told(problems: list[selectors.Problem]) -> list[tuple[str, str]]:
    """Problems as (field, words in the reader's language)."""
    return [(each.field, _(each.message).format(**each.facts)) for each in problems]


def type_name(type_: str) -> str:
    """单项选择题 or 判断题, in the reader's language."""
    return _(selectors.TYPES[type_])
