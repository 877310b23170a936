"""Issuing: a sitting's passes become certificates, numbered, signed and bound to blanks, all in one transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone

from kaogong.blanks import services as blanks
from kaogong.certificates import numbers, seals
from kaogong.certificates.events import CertificateIssued
from kaogong.certificates.models import Certificate, Copy, StatusChange
from kaogong.certificates.rules import LEVEL_NAMES, Regime, generate
from kaogong.certificates.selectors import gate
from kaogong.certificates.selectors.gate import NotIssued, Plan, Ready
from kaogong.certificates.services.refusals import GateClosed, NothingToIssue, NotTheIssuer, NumbersUsedUp
from kaogong.certificates.states import CERTIFICATE
from kaogong.foundation.kernel import trail
from kaogong.foundation.kernel.actors import Actor
from kaogong.foundation.kernel.commands import command
from kaogong.foundation.organisations.models import Organisation
from kaogong.foundation.outbox import announcing
from kaogong.regulations.selectors import provision
from kaogong.sittings import selectors as sittings


@dataclass(frozen=True, slots=True)
class IssueReport:
    """What an issue did: the certificates, those who got none and why, and how many wait for the next part."""

    issued: tuple[Certificate, ...]
    refused: tuple[NotIssued, ...]
    remaining: int
    serials: tuple[str, ...]

    @property
    def count(self) -> int:
        """How many were issued."""
        return len(self.issued)


@command
def issue(*, actor: Actor, at: datetime, sitting_id: UUID) -> IssueReport:
    """Issue the certificates of a sitting to everyone in whose way nothing stands, at most a part of a run at once.

    Locks the sitting's results, takes running numbers and blanks, and inserts the certificates in one transaction: a
    failure gives numbers and blanks back. Of two that issue one sitting at once, the second finds nothing left.
    Needs `certificates.issue` in the issuing body itself. Raises GateClosed with every red check, or NothingToIssue.
    """
    sitting = sittings.sitting(actor, sitting_id)
    plan = gate.plan_of(sitting, at=at, lock=True)
    if not plan.passes:
        _require_somewhere(actor)
        raise GateClosed(sitting=sitting.number, checks=plan.failed)
    issuer, regime = plan.issuing.issuer, plan.issuing.regime
    if issuer is None or regime is None:
        raise GateClosed(sitting=sitting.number, checks=plan.checks)
    _require_issuer(actor, issuer, sitting.round.level)
    if not plan.ready:
        raise NothingToIssue(sitting=sitting.number, already=len(plan.already), skipped=len(plan.skipped))
    most = provision("certificates.part_size", on=timezone.localdate(at), region_code=sitting.region_code).number
    part = plan.ready[:most]
    certificates = _numbered(plan, part, issuer, regime, at)
    serials = _printed(actor, certificates, issuer, regime, reference=sitting.number, at=at)
    _announce(actor, certificates, serials, at)
    return IssueReport(tuple(certificates), tuple(plan.skipped), len(plan.ready) - len(part), tuple(serials))


def _require_somewhere(actor: Actor) -> None:
    if not actor.holds("certificates.issue"):
        actor.require("certificates.issue")


def _require_issuer(actor: Actor, issuer: Organisation, level: int) -> None:
    if actor.may("certificates.issue", organisation=issuer.pk):
        return
    _require_somewhere(actor)
    raise NotTheIssuer(level=LEVEL_NAMES[level], issuer=issuer.name)


def _numbered(
    plan: Plan, part: Sequence[Ready], issuer: Organisation, regime: Regime, at: datetime
) -> list[Certificate]:
    """Build, number, sign and insert one part; the unique constraint on the number judges the counter."""
    on = timezone.localdate(at)
    level, body_code = plan.sitting.round.level, plan.issuing.body_code
    try:
        first = numbers.advance(regime, year=on.year, body_code=body_code, level=level, count=len(part))
    except numbers.UsedUp as error:
        raise NumbersUsedUp(
            clause=regime.clause,
            body=plan.issuing.body.name,
            year=on.year,
            level=LEVEL_NAMES[level],
            capacity=regime.capacity,
        ) from error
    certificates = [
        _certificate(
            plan,
            ready,
            issuer,
            regime,
            generate(regime, year=on.year, body_code=body_code, level=level, running=first + place),
            at,
        )
        for place, ready in enumerate(part)
    ]
    return Certificate.objects.bulk_create(certificates)


def _certificate(
    plan: Plan, ready: Ready, issuer: Organisation, regime: Regime, number: str, at: datetime
) -> Certificate:
    registration, round_ = ready.registration, plan.sitting.round
    person = registration.person
    certificate = Certificate(
        number=number,
        regime=regime.key,
        result=ready.result,
        registration=registration,
        sitting=plan.sitting,
        person=person,
        name=registration.printed_name,
        sex=person.sex,
        born_on=person.born_on,
        document_kind=person.document_kind,
        document_masked=person.document_masked,
        document_digest=person.document_digest,
        occupation_code=round_.occupation_code,
        occupation_name=round_.occupation_name,
        level=round_.level,
        parts={part: _part(facts) for part, facts in ready.result.parts.items()},
        issuer=issuer,
        issuer_name=issuer.name,
        body=plan.issuing.body,
        body_name=plan.issuing.body.name,
        region_code=plan.sitting.region_code,
        issued_on=timezone.localdate(at),
        issued_at=at,
        state=CERTIFICATE.initial,
    )
    seals.seal(certificate)
    return certificate


def _part(facts: Mapping[str, Any]) -> dict[str, str]:
    """One part as the certificate keeps it: its mark, and the day it was sat when that was at an earlier sitting."""
    part = {"mark": str(facts.get("mark") or "")}
    return part | {"sat_on": facts["carried_from"]} if facts.get("carried_from") else part


def _printed(
    actor: Actor,
    certificates: Sequence[Certificate],
    issuer: Organisation,
    regime: Regime,
    *,
    reference: str,
    at: datetime,
) -> list[str]:
    """Bind each certificate to the next blank and open its history; returns the blanks as printed, in order."""
    taken = blanks.take(
        actor=actor, at=at, organisation_id=issuer.pk, count=len(certificates), reference=reference, paper=regime.key
    )
    Copy.objects.bulk_create(
        Copy(
            certificate=certificate,
            series_id=blank.series_id,
            serial=blank.serial,
            blank_serial=blank.printed,
            printed_at=at,
        )
        for certificate, blank in zip(certificates, taken, strict=True)
    )
    StatusChange.objects.bulk_create(
        seals.signed_change(
            certificate,
            sequence=1,
            move="issue",
            state=certificate.state,
            basis=f"场次 {reference} 成绩合格",
            clause=str(regime.clause),
            facts={"blank": blank.printed},
            at=at,
            by=actor.name,
        )
        for certificate, blank in zip(certificates, taken, strict=True)
    )
    return [blank.printed for blank in taken]


def _announce(actor: Actor, certificates: Sequence[Certificate], serials: Sequence[str], at: datetime) -> None:
    for certificate, serial in zip(certificates, serials, strict=True):
        trail.record(
            actor=actor,
            action="certificates.issued",
            target=certificate,
            attest=trail.Attest.AS_IT_IS,
            number=certificate.number,
            blank=serial,
            registration=certificate.registration_id,
            level=certificate.level,
        )
    announcing.announce_each(
        (
            CertificateIssued(
                region_code=certificate.region_code,
                certificate_id=certificate.pk,
                person_id=certificate.person_id,
                number=certificate.number,
                occupation_code=certificate.occupation_code,
                occupation_name=certificate.occupation_name,
                level=certificate.level,
                sitting_id=certificate.sitting_id,
                issuer_id=certificate.issuer_id,
                body_id=certificate.body_id,
                issued_on=certificate.issued_on,
            )
            for certificate in certificates
        ),
        at=at,
    )
