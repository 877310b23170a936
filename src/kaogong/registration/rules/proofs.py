"""Proofs: which papers speak for a clause of a condition, and whether enough of them were looked at.

Which papers a kind of clause accepts is dated data (`registration.proof_…`); here is only what the codes mean.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kaogong.registration.rules.phrases import gettext_noop as _

PROOFS: Mapping[str, str] = {
    "certificate": _("职业资格证书或职业技能等级证书"),
    "diploma": _("学历证书"),
    "enrolment": _("在校证明"),
    "work_statement": _("工作年限证明（单位盖章）"),
    "work_promise": _("工作年限承诺书（告知承诺）"),
    "insurance": _("社会保险缴费记录"),
    "apprenticeship": _("学徒期满证明"),
    "completion": _("培训结业证书"),
    "reserve": _("预备技师证书"),
}
PROOF_KINDS = ("certificate", "years", "training", "apprenticeship", "schooling", "reserve_technician")
"""The kinds of clauses, as `registration.proof_<kind>` names them."""


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper as far as proving goes: for which kind of clause, what it is, whether a reviewer looked at it."""

    kind: str
    proof: str
    is_seen: bool


@dataclass(frozen=True, slots=True)
class Need:
    """A clause that needs a proof: what it asks, which proofs it accepts, and how far it has come."""

    kind: str
    asks: Mapping[str, Any]
    accepted: tuple[str, ...]
    clause: str
    is_handed_in: bool
    is_seen: bool


def needs(
    findings: Iterable[Mapping[str, Any]], accepted: Mapping[str, tuple[Sequence[str], str]], papers: Sequence[Paper]
) -> tuple[Need, ...]:
    """The clauses of a kept verdict that need a proof. `accepted` gives proofs and clause by kind.

    What our own register knows needs none, and a kind for which no proof is named needs none. Clauses of one kind
    are proved together: one paper on the work speaks for every clause about years.
    """
    found: dict[str, Need] = {}
    for finding in findings:
        kind = str(finding["kind"])
        proofs, clause = accepted.get(kind, ((), ""))
        if not proofs or finding.get("is_registered") or kind in found:
            continue
        fitting = [paper for paper in papers if paper.kind == kind and paper.proof in proofs]
        found[kind] = Need(
            kind,
            finding["asks"],
            tuple(proofs),
            clause,
            is_handed_in=bool(fitting),
            is_seen=any(paper.is_seen for paper in fitting),
        )
    return tuple(found.values())
