"""Who sees which organisations: an officer those within the reach of any of her posts."""

from __future__ import annotations

from django.db.models import Q

from kaogong.foundation.kernel.actors import Actor, Reach
from kaogong.foundation.kernel.scope import within


def visible_to(actor: Actor) -> Q:
    """Organisations of the actor's territories and lines, and her own."""
    reach = Reach()
    for grant in actor.grants:
        reach |= grant.reach
    return within(reach, region="region_code", organisation="pk")
