"""What others may ask about registrations. Selectors with `actor` keep to the actor's reach."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from kaogong.foundation.identity import selectors as identity
from kaogong.foundation.kernel.actors import Actor
from kaogong.foundation.kernel.refusals import NotFound
from kaogong.foundation.signing import encryption
from kaogong.registration import hooks, policies
from kaogong.registration.models import Bar, Evidence, Registration
from kaogong.registration.selectors.offers import Offer, day_of, offer
from kaogong.registration.selectors.proofs import (
    READINESS,
    NeedWords,
    ReviewRow,
    accepted_proofs,
    list_proof_choices,
    need_words,
    papers_for,
    papers_of_list,
    proof_choices,
    proof_label,
    proof_needs,
    review_rows,
)
from kaogong.registration.selectors.reading import record_of
from kaogong.registration.selectors.rosters import (
    RosterCount,
    column_names,
    get_roster,
    may_enter_list,
    problem_words,
    roster_counts,
    roster_row_context,
    roster_row_values,
    roster_rows,
    rosters_for,
    template_of,
)
from kaogong.registration.selectors.wording import (
    SOURCES,
    VerdictWords,
    condition_kinds,
    occupation_choices,
    preview,
    promise_words,
    route_choices,
    source_choices,
    verdict_words,
    words_of_verdict,
)
from kaogong.registration.states import REGISTRATION, ROSTER
from kaogong.sittings import selectors as sittings

__all__ = [
    "READINESS",
    "REGISTRATION",
    "ROSTER",
    "SOURCES",
    "NeedWords",
    "Offer",
    "ReviewRow",
    "RosterCount",
    "VerdictWords",
    "accepted_proofs",
    "admitted_of",
    "bars_on",
    "column_names",
    "condition_kinds",
    "count_by_state",
    "day_of",
    "evidence_content",
    "evidence_context",
    "evidence_of",
    "get_own",
    "get_registration",
    "get_roster",
    "list_proof_choices",
    "live_in_round",
    "may_decide",
    "may_enter",
    "may_enter_list",
    "need_words",
    "occupation_choices",
    "of_ids",
    "of_person",
    "of_sitting",
    "offer",
    "offer_of",
    "papers_for",
    "papers_of_list",
    "passed_parts",
    "person_behind",
    "persons_behind_sitting",
    "photo_of",
    "photos_of",
    "preview",
    "problem_words",
    "promise_words",
    "proof_choices",
    "proof_label",
    "proof_needs",
    "record_of",
    "registrations_for",
    "review_rows",
    "roster_counts",
    "roster_row_context",
    "roster_row_values",
    "roster_rows",
    "rosters_for",
    "route_choices",
    "search",
    "source_choices",
    "template_of",
    "verdict_tree",
    "verdict_words",
    "words_of_verdict",
]

LIVE = ("drafted", "submitted", "returned", "admitted")


def registrations_for(actor: Actor, *powers: str) -> QuerySet[Registration]:
    """Applications within the actor's reach (of `powers`, or of any power over registrations), and the actor's own."""
    return (
        Registration.objects.filter(policies.visible_to(actor, *powers))
        .select_related("sitting__round", "sitting__station__organisation", "round", "person", "through")
        .defer("photo")
        .order_by("-started_at", "-id")
    )


def get_registration(actor: Actor, registration_id: UUID) -> Registration:
    """One application within the actor's reach. Raises NotFound."""
    found = registrations_for(actor).filter(pk=registration_id).first()
    if found is None:
        raise NotFound
    return found


def of_person(actor: Actor) -> QuerySet[Registration]:
    """The actor's own applications, the latest first; those under a merged record of the same person too."""
    found = registrations_for(actor)
    if actor.person_id is None:
        return found.none()
    everyone = identity.all_ids(actor.person_id)
    return (
        Registration.objects.filter(person__in=everyone)
        .select_related("sitting__round", "sitting__station__organisation", "round", "person", "through")
        .defer("photo")
        .order_by("-started_at", "-id")
    )


def get_own(actor: Actor, registration_id: UUID) -> Registration:
    """One of the actor's own applications. Raises NotFound, for applications of others within reach too."""
    found = of_person(actor).filter(pk=registration_id).first()
    if found is None:
        raise NotFound
    return found


def of_sitting(sitting_id: UUID, actor: Actor) -> QuerySet[Registration]:
    """The applications for one sitting within the actor's reach."""
    return registrations_for(actor).filter(sitting=sitting_id)


def admitted_of(sitting_id: UUID, actor: Actor, *, paid_only: bool = False) -> QuerySet[Registration]:
    """The admitted candidates of a sitting, in order of number; with `paid_only` those who owe nothing.

    For modules downstream, which check their own power over the sitting first: officers of seating, delivery and
    scoring need no power over registrations.
    """
    if not sittings.sittings_for(actor).filter(pk=sitting_id).exists():
        raise NotFound
    found = Registration.objects.filter(sitting=sitting_id, state="admitted")
    if paid_only:
        found = found.filter(Q(fee=0) | Q(paid_at__isnull=False))
    return found.select_related("person", "round", "sitting").defer("photo").order_by("number")


def search(found: QuerySet[Registration], text: str) -> QuerySet[Registration]:
    """Narrow a list by registration number, name (any part of it) or the tail of the document number."""
    typed = text.strip()
    if not typed:
        return found
    if typed.isascii():
        tail = Q(person__document_masked__endswith=typed.upper()) if len(typed) == 4 else Q()
        return found.filter(Q(number__startswith=typed) | Q(legal_name__icontains=typed) | tail)
    return found.filter(Q(legal_name__icontains=typed) | Q(employer__icontains=typed))


def count_by_state(found: QuerySet[Registration]) -> Mapping[str, int]:
    """How many of a list stand in each state."""
    rows = found.order_by().values("state").annotate(number=Count("pk")).values_list("state", "number")
    return {**dict.fromkeys(REGISTRATION.states, 0), **dict(rows)}


def may_enter(actor: Actor, registration: Registration) -> bool:
    """Whether the actor may fill in, submit and withdraw this application."""
    return policies.may_enter(actor, registration)


def may_decide(actor: Actor, registration: Registration) -> bool:
    """Whether the actor may review it: holds the power there and had no hand in the application."""
    permitted = sittings.may(actor, "registration.decide", registration.sitting)
    return permitted and not policies.had_a_hand_in(actor, registration)


def live_in_round(round_id: UUID, person_ids: Collection[UUID]) -> Mapping[UUID, str]:
    """The number of each person's live application in a round. Without scope: for entering only."""
    rows = Registration.objects.filter(round=round_id, person__in=person_ids, state__in=LIVE)
    return dict(rows.values_list("person_id", "number"))


def bars_on(person_ids: Collection[UUID], on: date) -> Mapping[UUID, Bar]:
    """The bar that stands against each person on a day; the longest where there are several."""
    rows = Bar.objects.filter(person__in=person_ids, since__lte=on, until__gte=on).order_by("until")
    return {bar.person_id: bar for bar in rows}


def passed_parts(offer: Offer, person_ids: Collection[UUID]) -> Mapping[UUID, Mapping[str, date]]:
    """The parts that each person passed before and that are still kept on the last day to apply, with their days."""
    found = hooks.passed_parts(
        person_ids, occupation_code=offer.round.occupation_code, level=offer.round.level, on=offer.case.on
    )
    return {person: {each.part: each.passed_on for each in parts} for person, parts in found.items()}


def offer_of(actor: Actor, sitting_id: UUID) -> Offer:
    """What is on offer at a sitting that the actor may see. Raises NotFound."""
    return offer(open_sitting(actor, sitting_id))


def open_sitting(actor: Actor, sitting_id: UUID) -> Any:
    """A sitting of an announced round: everyone may apply for one, whatever their reach. Raises NotFound."""
    return sittings.public_sitting(sitting_id)


def verdict_tree(registration: Registration) -> Mapping[str, Any]:
    """The tree of conditions as it was judged when the claim was last made: alternatives, clauses, words."""
    tree: Mapping[str, Any] = registration.verdict.get("tree", {})
    return tree


def evidence_of(actor: Actor, registration_id: UUID) -> list[Evidence]:
    """The papers handed in for an application within reach, without their contents. Raises NotFound."""
    return list(papers_for([get_registration(actor, registration_id)]))


def evidence_context(evidence_id: UUID) -> str:
    """What a sealed paper is bound to."""
    return f"registration.evidence:{evidence_id}"


def evidence_content(evidence: Evidence) -> bytes:
    """The clear content of a paper. Only `services.open_evidence` calls it, which leaves a line in the trail."""
    sealed = bytes(evidence.content_sealed or b"")
    return encryption.open_sealed(sealed, context=evidence_context(evidence.pk)) if sealed else b""


def photo_of(actor: Actor, registration_id: UUID) -> bytes | None:
    """The photo of an application within reach, as JPEG. Raises NotFound."""
    found = Registration.objects.filter(policies.visible_to(actor)).only("photo").filter(pk=registration_id).first()
    if found is None:
        raise NotFound
    return bytes(found.photo) if found.photo else None


def photos_of(registration_ids: Collection[UUID]) -> Mapping[UUID, bytes]:
    """Photos by registration. Without scope: for modules that print what they have found under their own scope."""
    rows = Registration.objects.filter(pk__in=registration_ids, photo__isnull=False).values_list("pk", "photo")
    return {pk: bytes(photo) for pk, photo in rows if photo}


def of_ids(registration_ids: Collection[UUID]) -> Mapping[UUID, Registration]:
    """Registrations by id. Without scope: for modules downstream that have found their own rows under scope."""
    rows = Registration.objects.filter(pk__in=registration_ids).select_related("person", "round", "sitting")
    return {each.pk: each for each in rows.defer("photo")}


def person_behind(registration_id: UUID) -> list[UUID]:
    """Whom a registration concerns, for notices; nobody when there is none of that id."""
    return list(Registration.objects.filter(pk=registration_id).values_list("person_id", flat=True))


def persons_behind_sitting(sitting_id: UUID) -> list[UUID]:
    """Whom a sitting concerns, for notices: everybody whose application for it stands."""
    standing = Registration.objects.filter(sitting=sitting_id, state__in=["submitted", "returned", "admitted"])
    return list(standing.values_list("person_id", flat=True))
