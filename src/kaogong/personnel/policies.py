"""Who may see and grant cards."""

from __future__ import annotations

from django.db.models import Q

from kaogong.foundation.kernel.actors import Actor, Reach
from kaogong.foundation.kernel.refusals import NotPermitted
from kaogong.foundation.kernel.scope import within
from kaogong.personnel.models import Card

SEEING = ("personnel.view", "personnel.grant", "personnel.relate", "seating.appoint")


def visible_to(actor: Actor, *powers: str) -> Q:
    """Cards of the territory, of an employer or issuer within reach, and the actor's own."""
    held = Reach()
    for power in powers or SEEING:
        held |= actor.reach(power)
    found = within(held, organisation="employer") | within(held, region="", organisation="issued_by")
    if actor.person_id is not None:
        found |= Q(person=actor.person_id)
    return found


def may(actor: Actor, power: str, card: Card) -> bool:
    """Whether the actor holds `power` over the card's region, its employer or its issuer."""
    bodies = [body for body in (card.employer_id, card.issued_by_id) if body]
    return actor.may(power, region=card.region_code) or any(actor.may(power, organisation=body) for body in bodies)


def require(actor: Actor, power: str, card: Card) -> None:
    """Raise NotPermitted unless the actor holds `power` over the card."""
    if not may(actor, power, card):
        raise NotPermitted(power=power)
