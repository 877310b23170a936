"""Which papers an application still needs before it can be admitted, for one and for many at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext

from kaogong.foundation.kernel.actors import Actor
from kaogong.registration import policies, rules
from kaogong.registration.models import Evidence, Registration, Roster
from kaogong.registration.selectors.offers import day_of
from kaogong.registration.selectors.rosters import get_roster
from kaogong.regulations.selectors import provisions
from kaogong.sittings import selectors as sittings
from kaogong.sittings.models import Sitting

KEYS = {kind: f"registration.proof_{kind}" for kind in rules.PROOF_KINDS}
Accepted = Mapping[str, tuple[Sequence[str], str]]


@dataclass(frozen=True, slots=True)
class ReviewRow:
    """An application in a list of many: what it needs, and whether this reviewer may admit it as it stands."""

    registration: Registration
    needs: tuple[rules.Need, ...]
    is_own_hand: bool
    warnings: Sequence[str]

    @property
    def missing(self) -> list[rules.Need]:
        """Clauses without a paper."""
        return [need for need in self.needs if not need.is_handed_in]

    @property
    def unseen(self) -> list[rules.Need]:
        """Clauses whose papers nobody has looked at yet."""
        return [need for need in self.needs if need.is_handed_in and not need.is_seen]

    @property
    def readiness(self) -> str:
        """Whether it can be admitted now, or why not: the first thing to do about it."""
        if self.registration.state != "submitted":
            return "decided"
        if self.is_own_hand:
            return "own"
        return "missing" if self.missing else "unseen" if self.unseen else "ready"


READINESS = {
    "ready": "材料已查看，可以通过",
    "unseen": "材料还没有查看",
    "missing": "缺材料",
    "own": "本人经手，须他人审核",
    "decided": "不在待审核",
}


def accepted_proofs(sitting: Sitting) -> Accepted:
    """The proofs that each kind of clause accepts at a sitting (with its round loaded), with their clause."""
    round_ = sitting.round
    figures = provisions(
        *KEYS.values(),
        on=day_of(round_.applications_until),
        region_code=sitting.region_code,
        track=round_.track,
        occupation_code=round_.occupation_code,
    )
    return {kind: (tuple(figures[key].value), str(figures[key].clause)) for kind, key in KEYS.items()}


def papers_for(registrations: Iterable[Registration]) -> QuerySet[Evidence]:
    """The papers of these applications, those of their lists among them, without contents."""
    every = list(registrations)
    lists = {each.roster_id for each in every} - {None}
    found = Evidence.objects.filter(Q(registration__in=[each.pk for each in every]) | Q(roster__in=lists))
    return found.defer("content_sealed").order_by("handed_in_at", "id")


def proof_needs(registration: Registration, accepted: Accepted | None = None) -> tuple[rules.Need, ...]:
    """What an application needs to be proved, and how far it has come."""
    accepted = accepted_proofs(registration.sitting) if accepted is None else accepted
    return _needs(registration, accepted, list(papers_for([registration])))


def _needs(registration: Registration, accepted: Accepted, papers: Sequence[Evidence]) -> tuple[rules.Need, ...]:
    tree = registration.verdict.get("tree", {})
    code = registration.condition_code
    chosen = next((each for each in tree.get("alternatives", []) if each["code"] == code), None)
    found = [rules.Paper(each.kind, each.proof, each.seen_at is not None) for each in papers]
    return rules.needs(chosen["findings"] if chosen else (), accepted, found)


def review_rows(actor: Actor, sitting_id: UUID, registrations: QuerySet[Registration]) -> list[ReviewRow]:
    """The applications of one sitting as rows of a review of many, in a handful of queries whatever their number."""
    sitting = sittings.of_id(sitting_id)
    accepted = accepted_proofs(sitting)
    every = list(registrations.filter(sitting=sitting).order_by("number"))
    own: dict[UUID | None, list[Evidence]] = defaultdict(list)
    of_list: dict[UUID | None, list[Evidence]] = defaultdict(list)
    for paper in papers_for(every):
        (of_list[paper.roster_id] if paper.registration_id is None else own[paper.registration_id]).append(paper)
    hands = policies.those_with_own_hand(actor, every)
    return [
        ReviewRow(
            each,
            _needs(each, accepted, [*own[each.pk], *(of_list[each.roster_id] if each.roster_id else [])]),
            each.pk in hands,
            [each.person.document_warning] if each.person.document_warning else [],
        )
        for each in every
    ]


def proof_choices(needs: Iterable[rules.Need]) -> list[tuple[str, str]]:
    """What may be handed in, as choices of a form: the kind alone for its first proof, `kind/proof` for the others."""
    return [
        (need.kind if place == 0 else f"{need.kind}/{proof}", proof_label(proof))
        for need in needs
        for place, proof in enumerate(need.accepted)
    ]


def list_proof_choices(roster: Roster) -> list[tuple[str, str]]:
    """What may be handed in for a whole list, as `kind/proof`: whatever its round accepts, but no one's promise."""
    return [
        (f"{kind}/{proof}", proof_label(proof))
        for kind, (proofs, _clause) in accepted_proofs(roster.sitting).items()
        for proof in proofs
        if proof != "work_promise"
    ]


def papers_of_list(actor: Actor, roster_id: UUID) -> list[Evidence]:
    """The papers for everybody on a list within reach, without their contents. Raises NotFound."""
    roster = get_roster(actor, roster_id)
    return list(Evidence.objects.filter(roster=roster).defer("content_sealed").order_by("handed_in_at", "id"))


def proof_label(proof: str) -> str:
    """What a paper is, in the reader's language."""
    return gettext(rules.PROOFS[proof]) if proof in rules.PROOFS else ""


@dataclass(frozen=True, slots=True)
class NeedWords:
    """A clause that needs a proof, in the reader's language, and how far it has come."""

    kind: str
    asks: str
    accepted: Sequence[str]
    clause: str
    is_handed_in: bool
    is_seen: bool
    may_promise: bool


def need_words(needs: Iterable[rules.Need]) -> list[NeedWords]:
    """What still needs a proof, for people."""
    return [
        NeedWords(
            need.kind,
            _asks(need),
            [proof_label(proof) for proof in need.accepted],
            need.clause,
            need.is_handed_in,
            need.is_seen,
            "work_promise" in need.accepted,
        )
        for need in needs
    ]


def _asks(need: rules.Need) -> str:
    facts: Mapping[str, Any] = need.asks["facts"]
    said = {name: gettext(value) if isinstance(value, str) and value else value for name, value in facts.items()}
    return gettext(str(need.asks["template"])).format(**said)
