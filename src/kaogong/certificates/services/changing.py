"""What happens to a certificate after its issue: replaced, suspended, resumed, revoked. Its number always stays."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from kaogong.blanks import services as blanks
from kaogong.certificates import policies, seals
from kaogong.certificates.events import (
    CertificateReplaced,
    CertificateResumed,
    CertificateRevoked,
    CertificateSuspended,
)
from kaogong.certificates.models import Certificate, Copy, StatusChange
from kaogong.certificates.selectors import register
from kaogong.certificates.services.refusals import HOUSE, BasisMissing, NoticeMissing, ReasonUnknown
from kaogong.certificates.states import CERTIFICATE
from kaogong.foundation.kernel import trail
from kaogong.foundation.kernel.actors import Actor
from kaogong.foundation.kernel.clauses import Clause
from kaogong.foundation.kernel.commands import command
from kaogong.foundation.outbox import announcing
from kaogong.regulations.selectors import provision

Events = type[CertificateSuspended] | type[CertificateResumed] | type[CertificateRevoked]


@command
def replace(
    *, actor: Actor, at: datetime, certificate_id: UUID, reason: str, notice: str = "", basis: str = ""
) -> Certificate:
    """Print a certificate again: the same number on a new blank, with the remark that its reason asks for.

    `reason` is one of the provision's (`lost`, `damaged`, `misprint`). A lost one needs the newspaper notice; the blank
    of a damaged or misprinted one is written off. Two at once: one prints the second copy, the other the third.
    Needs `certificates.replace` in the body that issued. Refused for a suspended or revoked certificate.
    """
    certificate = locked(actor, certificate_id)
    policies.require_as_issuer(actor, "certificates.replace", certificate)
    state = CERTIFICATE.after("replace", certificate.state)
    rule = provision("certificates.replacement", on=timezone.localdate(at), region_code=certificate.region_code)
    how: Mapping[str, object] | None = rule.value.get(reason)
    if how is None:
        raise ReasonUnknown(reason=reason, clause=rule.clause)
    if how.get("notice") and not notice.strip():
        raise NoticeMissing(clause=rule.clause)
    old, copy = print_anew(certificate, how, notice, actor=actor, at=at)
    words = "，".join(text for text in (str(how["title"]), basis.strip(), notice.strip()) if text)
    write(
        certificate,
        actor,
        move="replace",
        state=state,
        basis=words,
        clause=str(rule.clause),
        facts={"blank": copy.blank_serial, "before": old.blank_serial, "remark": copy.remark},
        at=at,
    )
    trail.record(
        actor=actor,
        action="certificates.replaced",
        target=certificate,
        attest=trail.Attest.AS_IT_IS,
        reason=words,
        number=certificate.number,
        blank=copy.blank_serial,
        before=old.blank_serial,
    )
    announcing.announce(
        CertificateReplaced(
            region_code=certificate.region_code,
            certificate_id=certificate.pk,
            person_id=certificate.person_id,
            number=certificate.number,
            copy=copy.number,
        ),
        at=at,
    )
    return certificate


@command
def suspend(*, actor: Actor, at: datetime, certificate_id: UUID, basis: str) -> Certificate:
    """Say that a certificate may not be used for the time being. Needs `certificates.suspend` over it."""
    return _changed(actor, at, certificate_id, "suspend", "certificates.suspend", basis, CertificateSuspended)


@command
def resume(*, actor: Actor, at: datetime, certificate_id: UUID, basis: str) -> Certificate:
    """Lift a suspension. Needs `certificates.suspend` over the certificate."""
    return _changed(actor, at, certificate_id, "resume", "certificates.suspend", basis, CertificateResumed)


@command
def revoke(*, actor: Actor, at: datetime, certificate_id: UUID, basis: str) -> Certificate:
    """Revoke a certificate for good; its number stays on record. Needs `certificates.revoke` over it.

    Of two who decide at once one wins and the other gets WrongState.
    """
    return _changed(actor, at, certificate_id, "revoke", "certificates.revoke", basis, CertificateRevoked)


def locked(actor: Actor, certificate_id: UUID) -> Certificate:
    """The certificate, within reach, locked until the deed is done. Raises NotFound."""
    register.certificate_for(actor, certificate_id)
    return Certificate.objects.select_for_update(of=("self",)).get(pk=certificate_id)


def print_anew(
    certificate: Certificate, how: Mapping[str, object], notice: str, *, actor: Actor, at: datetime
) -> tuple[Copy, Copy]:
    """Put a certificate on the issuer's next blank; returns the copy before and the new one.

    `how` is a reason of the rules: whether it `spoils` the paper before, which was handed back, and the new `remark`.
    """
    old = Copy.objects.filter(certificate=certificate).order_by("-number")[0]
    if how.get("spoils"):
        blanks.spoil(
            actor=actor,
            at=at,
            series_id=old.series_id,
            organisation_id=certificate.issuer_id,
            first=old.serial,
            last=old.serial,
            reason=str(how["title"]),
            reference=certificate.number,
            from_place="used",
        )
    (blank,) = blanks.take(
        actor=actor,
        at=at,
        organisation_id=certificate.issuer_id,
        count=1,
        reference=certificate.number,
        paper=certificate.regime,
    )
    return old, Copy.objects.create(
        certificate=certificate,
        series_id=blank.series_id,
        serial=blank.serial,
        blank_serial=blank.printed,
        number=old.number + 1,
        remark=str(how.get("remark", "")),
        notice=notice.strip(),
        printed_at=at,
    )


def _changed(
    actor: Actor, at: datetime, certificate_id: UUID, move: str, power: str, basis: str, event: Events
) -> Certificate:
    certificate = locked(actor, certificate_id)
    policies.require(actor, power, certificate)
    state = CERTIFICATE.after(move, certificate.state)
    least = provision("certificates.basis_length", on=timezone.localdate(at)).number
    words = basis.strip()
    if len(words) < least:
        raise BasisMissing(move=CERTIFICATE.label_of(move), least=least)
    certificate.state = state
    certificate.save(update_fields=["state"])
    clause = Clause(HOUSE, "basis")
    write(certificate, actor, move=move, state=state, basis=words, clause=str(clause), facts={}, at=at)
    trail.record(
        actor=actor,
        action=event.name,
        target=certificate,
        attest=trail.Attest.AS_IT_IS,
        reason=words,
        number=certificate.number,
        state=state,
    )
    announcing.announce(
        event(
            region_code=certificate.region_code,
            certificate_id=certificate.pk,
            person_id=certificate.person_id,
            number=certificate.number,
        ),
        at=at,
    )
    return certificate


def write(
    certificate: Certificate,
    actor: Actor,
    *,
    move: str,
    state: str,
    basis: str,
    clause: str,
    facts: Mapping[str, str],
    at: datetime,
) -> None:
    """Sign the next entry of a certificate's history and save it."""
    sequence = StatusChange.objects.filter(certificate=certificate).count() + 1
    seals.signed_change(
        certificate,
        sequence=sequence,
        move=move,
        state=state,
        basis=basis[:300],
        clause=clause,
        facts=facts,
        at=at,
        by=actor.name,
    ).save(force_insert=True)
