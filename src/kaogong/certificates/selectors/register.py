"""The register as officers and holders read it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from kaogong.blanks import selectors as blanks
from kaogong.certificates import policies, seals
from kaogong.certificates.models import Certificate, Copy, StatusChange
from kaogong.certificates.rules import canonical_number
from kaogong.certificates.states import CERTIFICATE
from kaogong.foundation.identity import selectors as identity
from kaogong.foundation.identity.selectors import Renaming
from kaogong.foundation.kernel.actors import Actor
from kaogong.foundation.kernel.refusals import NotFound
from kaogong.registration.hooks import EarlierAward
from kaogong.scoring.models import Result

MOVES = {"issue": "核发", **{move.verb: move.label for move in CERTIFICATE.moves}}


@dataclass(frozen=True, slots=True)
class Integrity:
    """Whether a certificate's printed fields and its history are still what was signed."""

    fields: bool
    history: bool

    @property
    def is_whole(self) -> bool:
        """Whether both are."""
        return self.fields and self.history


def has_lost_its_pass(certificate: Certificate) -> bool:
    """Whether the result that stands today is no pass: a ruling or a recheck came after the award, which stays."""
    final = Result.objects.filter(registration=certificate.registration_id, state="final")
    return final.filter(is_passed=False).exists()


def certificates_for(
    actor: Actor,
    *,
    text: str = "",
    state: str = "",
    level: int | None = None,
    regime: str = "",
    sitting_id: UUID | None = None,
    issuer_id: UUID | None = None,
    occupation_code: str = "",
    since: date | None = None,
    until: date | None = None,
) -> QuerySet[Certificate]:
    """Certificates within the actor's reach, the latest first; `text` finds numbers, names, blank serials."""
    rows = Certificate.objects.filter(policies.visible_to(actor)).select_related("issuer", "body", "sitting__round")
    if text.strip():
        rows = rows.filter(_matching(text.strip()))
    for field, value in (
        ("state", state),
        ("level", level),
        ("regime", regime),
        ("sitting", sitting_id),
        ("issuer", issuer_id),
        ("occupation_code", occupation_code),
        ("issued_on__gte", since),
        ("issued_on__lte", until),
    ):
        if value:
            rows = rows.filter(**{field: value})
    return rows.order_by("-issued_at", "number")


def certificate_for(actor: Actor, certificate_id: UUID) -> Certificate:
    """One certificate within the actor's reach. Raises NotFound."""
    found = certificates_for(actor).filter(pk=certificate_id).first()
    if found is None:
        raise NotFound
    return found


def own_certificates(actor: Actor) -> QuerySet[Certificate]:
    """The actor's own certificates, the latest first."""
    rows = Certificate.objects.filter(policies.own(actor)).select_related("issuer", "body", "sitting__round")
    return rows.order_by("-issued_at")


def own_certificate(actor: Actor, certificate_id: UUID) -> Certificate:
    """One of the actor's own certificates. Raises NotFound."""
    found = own_certificates(actor).filter(pk=certificate_id).first()
    if found is None:
        raise NotFound
    return found


def copies_of(certificate_ids: Collection[UUID]) -> Mapping[UUID, list[Copy]]:
    """The printed booklets of certificates found within scope, by certificate, the first copy first."""
    found: dict[UUID, list[Copy]] = {pk: [] for pk in certificate_ids}
    for copy in Copy.objects.filter(certificate__in=certificate_ids).order_by("number"):
        found[copy.certificate_id].append(copy)
    return found


def history_of(certificate_id: UUID) -> list[StatusChange]:
    """The changes of status of a certificate found within scope, the oldest first."""
    return list(StatusChange.objects.filter(certificate=certificate_id).order_by("sequence"))


def integrity_of(certificate: Certificate, history: Sequence[StatusChange]) -> Integrity:
    """Whether a certificate and its history are still what was signed."""
    return Integrity(seals.is_whole(certificate, history), seals.history_is_whole(certificate, history))


def count_by_state(found: QuerySet[Certificate]) -> Mapping[str, int]:
    """How many of a list are in each state."""
    rows = found.order_by().values_list("state").annotate(number=Count("pk"))
    return {**dict.fromkeys(CERTIFICATE.states, 0), **dict(rows)}


def of_registrations(registration_ids: Collection[UUID]) -> Mapping[UUID, Certificate]:
    """Certificates by registration. Without scope: for pages that have found the registrations under theirs."""
    return {row.registration_id: row for row in Certificate.objects.filter(registration__in=registration_ids)}


def renaming_of(certificate: Certificate) -> Renaming | None:
    """The correction of the holder's legal name that a certificate found within scope does not carry yet, if any."""
    return identity.renaming(certificate.person_id, certificate.name)


def may(actor: Actor, power: str, certificate: Certificate) -> bool:
    """Whether the actor may do that to the certificate; replacing and printing are the issuing body's own."""
    if power in {"certificates.replace", "certificates.print"}:
        return actor.may(power, organisation=certificate.issuer_id)
    return policies.may(actor, power, certificate)


def next_blanks(certificate: Certificate, count: int) -> list[str]:
    """The blanks that `count` new copies of a certificate would be printed on now, in words; empty when too few."""
    return blanks.next_serials(certificate.issuer_id, count, paper=certificate.regime)


def earlier_awards(person_ids: Collection[UUID], *, on: date) -> Mapping[UUID, Sequence[EarlierAward]]:
    """Registration's question: the certificates in good standing of each person on that day."""
    living = {asked: person.pk for asked, person in identity.by_id(person_ids).items()}
    under = set(living.values())
    rows = (
        Certificate.objects.filter(Q(person__in=under) | Q(person__merged_into__in=under), state="issued")
        .filter(issued_on__lte=on)
        .select_related("person")
        .order_by("issued_on", "number")
    )
    of_living: dict[UUID, list[EarlierAward]] = {}
    for row in rows:
        award = EarlierAward(row.occupation_code, row.level, row.issued_on, row.number)
        of_living.setdefault(row.person.merged_into_id or row.person_id, []).append(award)
    return {asked: of_living[pk] for asked, pk in living.items() if pk in of_living}


def _matching(text: str) -> Q:
    number = canonical_number(text)
    blank = Copy.objects.filter(certificate=OuterRef("pk"), blank_serial=text.upper())
    return Q(number__startswith=number) | Q(name__icontains=text) | Q(Exists(blank))
