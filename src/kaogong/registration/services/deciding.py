"""An application is reviewed, paid for, or taken back."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from kaogong.foundation.calendar import selectors as calendar
from kaogong.foundation.documents.fonts import missing_glyphs
from kaogong.foundation.identity import selectors as identity
from kaogong.foundation.kernel import trail
from kaogong.foundation.kernel.actors import Actor
from kaogong.foundation.kernel.clauses import Clause
from kaogong.foundation.kernel.commands import command
from kaogong.foundation.kernel.refusals import Refusal
from kaogong.foundation.outbox import announcing
from kaogong.registration import events, policies, refusals, rules, selectors
from kaogong.registration.models import Bar, Registration
from kaogong.registration.selectors.offers import day_of
from kaogong.registration.services.applying import _locked, _subject
from kaogong.registration.states import REGISTRATION
from kaogong.regulations.selectors import provision
from kaogong.sittings import services as sitting_services


@command
def admit(
    *, actor: Actor, at: datetime, registration_id: UUID, note: str = "", accepted_because: str = ""
) -> Registration:
    """Admit the candidate, and fix the name that the certificate will carry.

    The name is copied, not joined: a later change of name must not rewrite what was verified against the identity
    document on the day. `accepted_because` stands beside the verdict and never changes it. Characters that no font
    can print are named in the verdict's warnings. Two clerks at once: one decides, the other gets WrongState.
    Every clause that needs a proof must have one that a reviewer looked at (ProofMissing, ProofNotSeen).
    Needs `registration.decide` over the sitting; whoever applied, entered or submitted gets ReviewedByApplicant.
    """
    registration = _to_decide(actor, registration_id)
    registration.state = REGISTRATION.after("admit", registration.state)
    _check_proofs(registration)
    person = identity.by_id([registration.person_id])[registration.person_id]
    registration.printed_name = registration.legal_name = person.name
    missing = missing_glyphs(registration.printed_name)
    if missing:
        template = "姓名中的“{glyphs}”没有可用字形，证书打印前须补字。"
        warning = rules.phrase(template, glyphs="".join(missing)).plain()
        registration.verdict = {**registration.verdict, "warnings": [warning]}
    registration.admitted_at = at
    registration.accepted_because = accepted_because.strip()
    _stamp(registration, actor, at, note)
    registration.save(
        update_fields=[
            "state",
            "legal_name",
            "printed_name",
            "verdict",
            "admitted_at",
            "accepted_because",
            *STAMP,
        ]
    )
    trail.record(
        actor=actor,
        action="registration.admitted",
        target=registration,
        attest=trail.Attest.AS_IT_IS,
        reason=registration.accepted_because,
        number=registration.number,
        printed_name=registration.printed_name,
    )
    announcing.announce(events.Admitted(**_subject(registration), fee=registration.fee), at=at)
    return registration


def _check_proofs(registration: Registration) -> None:
    needs = selectors.proof_needs(registration)
    for refusal, lacking in (
        (refusals.ProofMissing, [need for need in needs if not need.is_handed_in]),
        (refusals.ProofNotSeen, [need for need in needs if not need.is_seen]),
    ):
        if lacking:
            words = "；".join(" / ".join(rules.PROOFS[each] for each in need.accepted) for need in lacking)
            raise refusal(proofs=words, clause=Clause.parse(lacking[0].clause))


STAMP = ("decided_by", "decided_by_name", "decided_at", "decision_note")


def _stamp(registration: Registration, actor: Actor, at: datetime, note: str) -> None:
    registration.decided_by = actor.account_id
    registration.decided_by_name = actor.name[:60]
    registration.decided_at = at
    registration.decision_note = note.strip()


def _to_decide(actor: Actor, registration_id: UUID) -> Registration:
    registration = _locked(actor, registration_id)
    policies.require(actor, "registration.decide", registration)
    if policies.had_a_hand_in(actor, registration):
        raise refusals.ReviewedByApplicant
    return registration


@command
def refuse(*, actor: Actor, at: datetime, registration_id: UUID, note: str, false_papers: bool = False) -> Registration:
    """Refuse an application with its reason, and free its place; false papers also bar the person for a time."""
    registration = _to_decide(actor, registration_id)
    registration.state = REGISTRATION.after("refuse", registration.state)
    if not note.strip():
        raise refusals.NoteMissing
    registration.has_place = False
    _stamp(registration, actor, at, note)
    registration.save(update_fields=["state", "has_place", *STAMP])
    if false_papers:
        _bar(actor, at, registration, note.strip())
    trail.record(
        actor=actor,
        action="registration.refused",
        target=registration,
        attest=trail.Attest.AS_IT_IS,
        reason=note.strip(),
        number=registration.number,
    )
    announcing.announce(events.Refused(**_subject(registration), note=note.strip()), at=at)
    sitting_services.release_place(actor=actor, at=at, sitting_id=registration.sitting_id)
    return registration


def _bar(actor: Actor, at: datetime, registration: Registration, reason: str) -> None:
    since = day_of(at)
    rule = provision("registration.bar_months", on=since, region_code=registration.region_code)
    bar = Bar.objects.create(
        person_id=registration.person_id,
        registration=registration,
        since=since,
        until=rules.months_later(since, rule.number),
        reason=reason[:200],
        clause=str(rule.clause),
        recorded_at=at,
    )
    trail.record(actor=actor, action="registration.barred", target=bar, reason=reason, until=bar.until)


@command
def reopen(*, actor: Actor, at: datetime, registration_id: UUID, note: str) -> Registration:
    """Undo an admission made in error, before tickets are published: the application waits for its review again.

    It keeps its place, its papers and what was seen of them, and the fee that was paid. Not by the applicant's own
    hand. Two at once: one reopens, the other gets WrongState. Raises NoteMissing, AdmissionStands.
    """
    registration = _to_decide(actor, registration_id)
    registration.state = REGISTRATION.after("reopen", registration.state)
    if not note.strip():
        raise refusals.NoteMissing
    if registration.sitting.state != "scheduled":
        raise refusals.AdmissionStands
    registration.admitted_at = None
    registration.printed_name = registration.accepted_because = ""
    _stamp(registration, actor, at, note)
    registration.save(update_fields=["state", "admitted_at", "printed_name", "accepted_because", *STAMP])
    trail.record(
        actor=actor,
        action="registration.reopened",
        target=registration,
        attest=trail.Attest.AS_IT_IS,
        reason=note.strip(),
        number=registration.number,
    )
    announcing.announce(events.Reopened(**_subject(registration), note=note.strip()), at=at)
    return registration


@command
def send_back(*, actor: Actor, at: datetime, registration_id: UUID, note: str) -> Registration:
    """Send an application back to be completed, with what is lacking; it keeps its place until the term ends."""
    registration = _to_decide(actor, registration_id)
    registration.state = REGISTRATION.after("return", registration.state)
    if not note.strip():
        raise refusals.NoteMissing
    days = provision("registration.correction_days", on=day_of(at), region_code=registration.region_code)
    deadline = calendar.deadline(day_of(at), days.number)
    registration.correct_until = deadline.due_on
    _stamp(registration, actor, at, note)
    registration.save(update_fields=["state", "correct_until", *STAMP])
    trail.record(
        actor=actor,
        action="registration.returned",
        target=registration,
        attest=trail.Attest.AS_IT_IS,
        reason=note.strip(),
        correct_until=registration.correct_until,
    )
    event = events.Returned(**_subject(registration), note=note.strip(), correct_until=deadline.due_on.isoformat())
    announcing.announce(event, at=at)
    return registration


@command
def withdraw(*, actor: Actor, at: datetime, registration_id: UUID, reason: str = "") -> Registration:
    """Take an application back before tickets are published; its place becomes free at once.

    A fee that was collected stays recorded and is to be paid back. Raises TicketPublished.
    """
    registration = _locked(actor, registration_id)
    policies.require_enter(actor, registration)
    registration.state = REGISTRATION.after("withdraw", registration.state)
    if registration.has_place and registration.sitting.state != "scheduled":
        raise refusals.TicketPublished
    gives_back = registration.has_place
    registration.has_place = False
    registration.withdrawn_at = at
    registration.withdrawn_reason = reason.strip()[:200]
    registration.save(update_fields=["state", "has_place", "withdrawn_at", "withdrawn_reason"])
    trail.record(
        actor=actor,
        action="registration.withdrawn",
        target=registration,
        attest=trail.Attest.AS_IT_IS,
        reason=registration.withdrawn_reason,
        number=registration.number,
        refund=registration.fee if registration.paid_at else 0,
    )
    announcing.announce(events.Withdrawn(**_subject(registration)), at=at)
    if gives_back:
        sitting_services.release_place(actor=actor, at=at, sitting_id=registration.sitting_id)
    return registration


@command
def collect_fee(*, actor: Actor, at: datetime, registration_id: UUID, receipt_number: str) -> Registration:
    """Record that an admitted candidate's fee was collected, with the number of the receipt.

    Two clerks at once: one collects, the other gets FeeAlreadyCollected. Needs `registration.collect_fee`.
    """
    registration = _locked(actor, registration_id)
    policies.require(actor, "registration.collect_fee", registration)
    _check_fee(registration, receipt_number)
    registration.paid_at = at
    registration.receipt_number = receipt_number.strip()
    registration.save(update_fields=["paid_at", "receipt_number"])
    trail.record(
        actor=actor,
        action="registration.fee_collected",
        target=registration,
        fee=registration.fee,
        receipt=registration.receipt_number,
    )
    announcing.announce(events.FeeCollected(**_subject(registration), fee=registration.fee), at=at)
    return registration


def _check_fee(registration: Registration, receipt_number: str) -> None:
    if registration.paid_at is not None:
        raise refusals.FeeAlreadyCollected(
            day=selectors.day_of(registration.paid_at), receipt=registration.receipt_number
        )
    if registration.state != "admitted":
        raise refusals.NotYetAdmitted(state=REGISTRATION.states[registration.state])
    if not receipt_number.strip():
        raise refusals.ReceiptMissing


@dataclass(frozen=True, slots=True)
class NotAdmitted:
    """An application that was not admitted with the others, and why not; None for one that was not found."""

    registration: Registration | None
    refusal: Refusal


@dataclass(frozen=True, slots=True)
class ReviewReport:
    """What became of many applications that were to be admitted in one deed."""

    admitted: Sequence[Registration]
    refused: Sequence[NotAdmitted]


@command
def admit_many(*, actor: Actor, at: datetime, registration_ids: Collection[UUID]) -> ReviewReport:
    """Admit whoever can be admitted, each by `admit` with a line of its own; the others are told, one by one, why not.

    One that fails leaves the others as they are. Raises BatchTooLarge.
    """
    on = day_of(at)
    limit = provision("registration.batch_max", on=on)
    if not 1 <= len(registration_ids) <= limit.number:
        raise refusals.BatchTooLarge(limit=limit.number, count=len(registration_ids), clause=limit.clause)
    found = {each.pk: each for each in selectors.registrations_for(actor).filter(pk__in=registration_ids)}
    admitted: list[Registration] = []
    refused: list[NotAdmitted] = []
    # In one order for everybody: two reviewers with overlapping choices wait for each other and never in a circle.
    for registration_id in sorted(set(registration_ids)):
        try:
            admitted.append(admit(actor=actor, at=at, registration_id=registration_id))
        except Refusal as refusal:
            refused.append(NotAdmitted(found.get(registration_id), refusal))
            trail.record(
                actor=actor,
                action="registration.not_admitted",
                target=found.get(registration_id),
                refusal=refusal.code,
                clause=str(refusal.clause),
            )
    trail.record(actor=actor, action="registration.many_reviewed", admitted=len(admitted), not_admitted=len(refused))
    return ReviewReport(admitted, refused)
