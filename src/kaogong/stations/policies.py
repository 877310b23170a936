"""Who may see and license a station."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q

from kaogong.foundation.kernel.actors import Actor, Reach
from kaogong.foundation.kernel.refusals import NotPermitted
from kaogong.foundation.kernel.scope import NOTHING, within
from kaogong.stations.models import Station

SEEING = ("stations.license", "stations.edit", "sittings.plan", "sittings.announce")


def reach(actor: Actor, *powers: str) -> Reach:
    """How far any of `powers` reaches, together."""
    total = Reach()
    for power in powers:
        total |= actor.reach(power)
    return total


def visible_to(actor: Actor, *powers: str) -> Q:
    """Stations in the territory, under an industry body, or the actor's own body's, for any of `powers`."""
    held = reach(actor, *(powers or SEEING))
    superior = Q(organisation__parent__in=held.organisations) if held.organisations else NOTHING
    return within(held) | superior


def require(actor: Actor, power: str, station: Station) -> None:
    """Raise NotPermitted unless the actor holds `power` over the station: by region, as its body or as its superior."""
    if not may(actor, power, station.region_code, (station.organisation_id, station.organisation.parent_id)):
        raise NotPermitted(power=power)


def may(actor: Actor, power: str, region: str, bodies: tuple[UUID | None, ...]) -> bool:
    """Whether `power` reaches the region or one of the bodies."""
    return actor.may(power, region=region) or any(body and actor.may(power, organisation=body) for body in bodies)
