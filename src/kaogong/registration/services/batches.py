"""A school's or an employer's list is entered at once: every row judged, the good ones submitted together."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from kaogong.foundation.identity import selectors as identity
from kaogong.foundation.kernel import trail
from kaogong.foundation.kernel.actors import Actor
from kaogong.foundation.kernel.commands import command
from kaogong.foundation.kernel.refusals import NotFound, Refusal
from kaogong.foundation.outbox import announcing
from kaogong.registration import events, gate, refusals, rules, selectors
from kaogong.registration.models import Registration
from kaogong.registration.selectors.offers import Offer, day_of
from kaogong.registration.services.applying import (
    _carried,
    _entering_for,
    _numbers,
    _subject,
    _take_claim,
    _unique_in_round,
)
from kaogong.regulations.selectors import provision
from kaogong.sittings import selectors as sittings
from kaogong.sittings import services as sitting_services


@dataclass(frozen=True, slots=True)
class Application:
    """One row of a list: the person, the condition claimed and the facts for it; `photo` as a clean JPEG, if any."""

    person_id: UUID
    condition_code: str
    facts: Mapping[str, Any]
    parts: Sequence[str] = ()
    residence_code: str = ""
    employer: str = ""
    employer_code: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Applicant:
    """Whom a row is about, as far as judging it needs: somebody known, or somebody to be entered with the list."""

    person_id: UUID
    name: str
    region_code: str


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A row that was not entered: its place in the list (from 1), whose it is, and the refusal with its clause."""

    row: int
    person_id: UUID
    refusal: Refusal


@dataclass(frozen=True, slots=True)
class BatchReport:
    """What became of a list."""

    entered: Sequence[Registration] = field(default=())
    refused: Sequence[RefusedRow] = field(default=())


@command
def enter_many(*, actor: Actor, at: datetime, sitting_id: UUID, applications: Sequence[Application]) -> BatchReport:
    """Start, claim and submit a list for one sitting in one transaction; refused rows are told, good ones enter.

    Places are claimed together: when fewer are free than good rows wait, nothing is entered and RoundFull says so.
    The same person twice in one list: the first row counts. Needs `registration.enter` as `start` does, row by row.
    A person begun elsewhere at the same moment makes the whole list fail with AlreadyRegistered; it can be sent again.
    """
    sitting = sittings.public_sitting(sitting_id)
    limit = provision("registration.batch_max", on=day_of(at), region_code=sitting.region_code)
    if not 1 <= len(applications) <= limit.number:
        raise refusals.BatchTooLarge(limit=limit.number, count=len(applications), clause=limit.clause)
    gate.check_open(sitting, at)
    offer = selectors.offer(sitting)
    ids = {each.person_id for each in applications}
    persons = {person.pk: person for person in identity.persons_for(actor).filter(pk__in=ids)}

    def judge(application: Application, facts: gate.Known) -> Registration:
        person = persons.get(application.person_id)
        if person is None:
            raise NotFound
        through = _entering_for(actor, sitting, person)
        applicant = Applicant(person.pk, person.name, person.region_code)
        return judged(actor, at, offer, application, applicant, facts, through=through)

    report = judge_each(applications, gate.known(offer, list(persons), at), judge)
    good, refused = report.entered, report.refused
    if good:
        enter(actor, at, good)
        sitting_services.claim_place(actor=actor, at=at, sitting_id=sitting_id, count=len(good))
    trail.record(
        actor=actor,
        action="registration.batch_entered",
        target=sitting,
        entered=len(good),
        refused=[
            {"row": each.row, "refusal": each.refusal.code, "clause": str(each.refusal.clause)} for each in refused
        ],
    )
    return report


def judge_each(
    applications: Sequence[Application], facts: gate.Known, judge: Callable[[Application, gate.Known], Registration]
) -> BatchReport:
    """Every row judged, nothing saved; whoever stands in the list twice counts once."""
    good: list[Registration] = []
    refused: list[RefusedRow] = []
    taken: dict[UUID, str] = dict(facts.live)
    facts = gate.Known(taken, facts.bars, facts.awards, facts.passed, facts.sittings)
    for row, application in enumerate(applications, 1):
        try:
            registration = judge(application, facts)
        except Refusal as refusal:
            refused.append(RefusedRow(row, application.person_id, refusal))
        else:
            taken[application.person_id] = f"（本批第 {row} 行）"
            good.append(registration)
    return BatchReport(good, refused)


def judged(
    actor: Actor,
    at: datetime,
    offer: Offer,
    application: Application,
    applicant: Applicant,
    facts: gate.Known,
    *,
    through: UUID | None,
) -> Registration:
    """One row as a registration that passed the gate, not saved yet. Raises what `start` and `submit` would."""
    gate.check_person(offer, applicant.person_id, facts)
    passed = facts.passed.get(applicant.person_id, {})
    chosen = gate.check_parts(offer, application.parts or rules.parts_to_sit(offer.required, passed), passed)
    residence = application.residence_code or applicant.region_code
    gate.check_region(offer, residence, application.employer_code)
    judgement = gate.judge(
        offer, application.facts, application.condition_code, facts.awards.get(applicant.person_id, ())
    )
    gate.check_judgement(offer, judgement)
    registration = Registration(
        sitting=offer.sitting,
        round=offer.round,
        person_id=applicant.person_id,
        organisation_id=offer.sitting.organisation_id,
        region_code=offer.sitting.region_code,
        parts=list(chosen),
        carried=_carried(passed, chosen),
        legal_name=applicant.name,
        through_id=through,
        residence_code=residence,
        employer=application.employer.strip(),
        employer_code=application.employer_code,
        source=application.source,
        fee=rules.fee_of(chosen, offer.round.fees),
        state="submitted",
        has_place=True,
        started_at=at,
        submitted_at=at,
        entered_by=actor.account_id,
        submitted_by=actor.account_id,
    )
    _take_claim(registration, application.facts, application.condition_code, judgement)
    return registration


def enter(actor: Actor, at: datetime, good: Sequence[Registration]) -> None:
    """Number and save what was judged good, and tell of it; the place is claimed by the caller."""
    for registration, number in zip(good, _numbers(at, len(good)), strict=True):
        registration.number = number
    with _unique_in_round():
        Registration.objects.bulk_create(good)
    targets: list[trail.Target] = [*good]
    trail.record_each(actor=actor, action="registration.submitted", targets=targets)
    announcing.announce_each([events.Submitted(**_subject(each)) for each in good], at=at)
