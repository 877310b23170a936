"""Who may see a certificate in the register, and who may act on it."""

from __future__ import annotations

from django.db.models import Q

from kaogong.certificates.models import Certificate
from kaogong.foundation.identity import selectors as identity
from kaogong.foundation.kernel.actors import Actor, Reach
from kaogong.foundation.kernel.refusals import NotPermitted
from kaogong.foundation.kernel.scope import NOTHING, within

SEEING = (
    "certificates.see",
    "certificates.issue",
    "certificates.print",
    "certificates.replace",
    "certificates.suspend",
    "certificates.revoke",
)


def reach(actor: Actor, *powers: str) -> Reach:
    """How far any of `powers` (by default any power over certificates) reaches."""
    total = Reach()
    for power in powers or SEEING:
        total |= actor.reach(power)
    return total


def visible_to(actor: Actor) -> Q:
    """Certificates of the territory, and those that the actor's bodies issued or appraised."""
    held = reach(actor)
    if "" in held.prefixes:
        return Q()
    return within(held, organisation="issuer") | within(held, region="", organisation="body")


def own(actor: Actor) -> Q:
    """The actor's own certificates, under any record that was merged into hers."""
    if actor.person_id is None:
        return NOTHING
    return Q(person__in=identity.all_ids(actor.person_id))


def may(actor: Actor, power: str, certificate: Certificate) -> bool:
    """Whether the actor holds `power` over the certificate: by its region or as its issuer."""
    return actor.may(power, region=certificate.region_code, organisation=certificate.issuer_id)


def require(actor: Actor, power: str, certificate: Certificate) -> None:
    """Raise NotPermitted unless the actor holds `power` over the certificate's region or issuer."""
    if not may(actor, power, certificate):
        raise NotPermitted(power=power)


def require_as_issuer(actor: Actor, power: str, certificate: Certificate) -> None:
    """Raise NotPermitted unless the actor holds `power` in the very body that issued the certificate."""
    if not actor.may(power, organisation=certificate.issuer_id):
        raise NotPermitted(power=power)
