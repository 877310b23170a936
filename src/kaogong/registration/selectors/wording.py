"""The verdict on a claim in the reader's language, and what a form needs to ask for one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.timezone import localtime
from django.utils.translation import gettext, gettext_lazy
from django.utils.translation import gettext_noop as _

from kaogong.registration import hooks
from kaogong.registration.models import Registration
from kaogong.registration.rules import ROUTES
from kaogong.registration.selectors.offers import Offer
from kaogong.registration.selectors.reading import record_of
from kaogong.standards import selectors as standards

SOURCES = {
    "enterprise": _("企业"),
    "institution": _("机关事业单位"),
    "society": _("社会"),
    "school": _("学校（在校生）"),
    "army": _("军队"),
    "other": _("其他"),
}
"""考生来源, as the application forms list it (exam-affairs §2.6)."""


@dataclass(frozen=True, slots=True)
class FindingWords:
    """One clause of a condition in words."""

    kind: str
    asks: str
    is_met: bool
    evidence: Sequence[str]
    missing: str


@dataclass(frozen=True, slots=True)
class AlternativeWords:
    """One condition in words, with its clauses."""

    code: str
    text: str
    is_met: bool
    is_chosen: bool
    findings: Sequence[FindingWords]


@dataclass(frozen=True, slots=True)
class VerdictWords:
    """The whole verdict in words: the day it was reckoned to, the conditions, and entries that could not be read."""

    on: str
    alternatives: Sequence[AlternativeWords]
    faults: Sequence[str]
    warnings: Sequence[str]

    @property
    def chosen(self) -> AlternativeWords | None:
        """The condition that was claimed."""
        return next((each for each in self.alternatives if each.is_chosen), None)

    @property
    def others_met(self) -> Sequence[AlternativeWords]:
        """Conditions that are met though another was claimed."""
        return [each for each in self.alternatives if each.is_met and not each.is_chosen]


def words_of_verdict(verdict: Mapping[str, Any], chosen: str) -> VerdictWords:
    """A kept verdict in the reader's language."""
    tree = verdict.get("tree", {})
    return VerdictWords(
        on=tree.get("on", ""),
        alternatives=[
            AlternativeWords(
                code=each["code"],
                text=each["text"],
                is_met=each["is_met"],
                is_chosen=each["code"] == chosen,
                findings=[_finding(finding) for finding in each["findings"]],
            )
            for each in tree.get("alternatives", [])
        ],
        faults=[_words(each["words"]) for each in verdict.get("faults", [])],
        warnings=[_words(each) for each in verdict.get("warnings", [])],
    )


def _finding(finding: Mapping[str, Any]) -> FindingWords:
    return FindingWords(
        kind=finding["kind"],
        asks=_words(finding["asks"]),
        is_met=finding["is_met"],
        evidence=[_words(each) for each in finding["evidence"]],
        missing=_words(finding["missing"]) if finding["missing"] else "",
    )


def _words(phrase: Mapping[str, Any]) -> str:
    facts = {
        name: gettext(value) if value and isinstance(value, str) else value for name, value in phrase["facts"].items()
    }
    return gettext(str(phrase["template"])).format(**facts)


def verdict_words(registration: Registration) -> VerdictWords:
    """The verdict that is kept with an application."""
    return words_of_verdict(registration.verdict, registration.condition_code)


def preview(registration: Registration, condition_code: str, facts: Mapping[str, Any], offer: Offer) -> VerdictWords:
    """The verdict that a claim would get, nothing being kept: for the page that shows it while one types."""
    awards = hooks.earlier_awards([registration.person_id], on=offer.case.on).get(registration.person_id, ())
    record, faults = record_of(facts, awards=awards, on=offer.case.on)
    verdict = {
        "tree": offer.judge(record).plain(),
        "faults": [{"words": fault.words.plain()} for fault in faults],
    }
    return words_of_verdict(verdict, condition_code)


def promise_words(registration: Registration, at: datetime) -> str:
    """What a candidate promises about her years of work: kept in Chinese, as it is signed."""
    spells = "；".join(
        f"{each.get('since', '')} 至 {each.get('until') or '今'} {each.get('employer', '')}"
        for each in registration.claim.get("work", [])
    )
    return (
        f"本人{registration.legal_name}（证件号码 {registration.person.document_masked}），"
        f"报名号 {registration.number}，已知悉申报条件 {registration.condition_code} 对工作年限的要求，"
        f"承诺所填工作经历属实：{spells or '见申报内容'}。"
        f"如有不实，愿意接受取消资格和成绩、在规定期限内不再受理报名的处理。"
        f"{localtime(at):%Y年%m月%d日 %H:%M}"
    )


def condition_kinds(offer: Offer, code: str) -> list[str]:
    """Which kinds of facts a condition asks for, in its order: "certificate", "years", …; empty for an unknown one."""
    condition = offer.condition(code)
    return list(dict.fromkeys(clause.kind for clause in condition.clauses)) if condition else []


def occupation_choices(offer: Offer) -> list[tuple[str, str]]:
    """The occupation itself and those related to it, as choices of a form."""
    related = standards.related(offer.round.standard_id)
    own = (offer.round.occupation_code, gettext("{name}（本职业）").format(name=offer.round.occupation_name))
    return [own, *((each.occupation_code, each.name) for each in related)]


def route_choices() -> list[tuple[str, str]]:
    """School routes as choices of a form."""
    return [(code, gettext(name)) for code, name in ROUTES.items()]


def source_choices() -> list[tuple[str, Any]]:
    """考生来源 as choices of a form."""
    return [(code, gettext_lazy(name)) for code, name in SOURCES.items()]
