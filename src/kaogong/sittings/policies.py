"""Who may see a round before the public does, and who may act on a sitting."""

from __future__ import annotations

from django.db.models import Q

from kaogong.foundation.kernel.actors import Actor, Reach
from kaogong.foundation.kernel.refusals import NotPermitted
from kaogong.foundation.kernel.scope import NOTHING, within
from kaogong.sittings.models import Round, Sitting

PLANNING = ("sittings.plan", "sittings.announce", "sittings.move")
WORKING = (
    *PLANNING,
    "registration.enter",
    "registration.see",
    "registration.decide",
    "registration.collect_fee",
    "seating.arrange",
    "seating.appoint",
    "seating.see",
    "delivery.deliver",
    "delivery.run",
    "delivery.see",
    "scoring.mark",
    "scoring.finalise",
    "scoring.recheck",
    "scoring.decide_objection",
    "scoring.see",
    "certificates.issue",
    "certificates.print",
    "certificates.see",
)
"""Powers for which a sitting must be found: whoever works on one must see it."""


def reach(actor: Actor, *powers: str) -> Reach:
    """How far any of `powers` reaches, together."""
    total = Reach()
    for power in powers:
        total |= actor.reach(power)
    return total


def rounds_visible_to(actor: Actor, *powers: str) -> Q:
    """Rounds of the territory or of the actor's body, and those with a sitting at a station of hers."""
    held = reach(actor, *(powers or WORKING))
    found = within(held)
    if held.organisations:
        at_own_station = Sitting.objects.filter(station__organisation__in=held.organisations)
        found |= Q(pk__in=at_own_station.values("round"))
    return found


def sittings_visible_to(actor: Actor, *powers: str) -> Q:
    """Sittings of the territory, of the actor's body, or held at a station of hers."""
    held = reach(actor, *(powers or WORKING))
    own = Q(station__organisation__in=held.organisations) if held.organisations else NOTHING
    return within(held) | own


def may(actor: Actor, power: str, sitting: Sitting) -> bool:
    """Whether the actor holds `power` over the sitting: by region, as organiser, or as the station that holds it."""
    bodies = (sitting.organisation_id, sitting.station.organisation_id)
    return actor.may(power, region=sitting.region_code) or any(actor.may(power, organisation=body) for body in bodies)


def require(actor: Actor, power: str, sitting: Sitting) -> None:
    """Raise NotPermitted unless the actor holds `power` over the sitting."""
    if not may(actor, power, sitting):
        raise NotPermitted(power=power)


def require_round(actor: Actor, power: str, round_: Round) -> None:
    """Raise NotPermitted unless the actor holds `power` over the round's region or organisation."""
    actor.require(power, region=round_.region_code, organisation=round_.organisation_id)
