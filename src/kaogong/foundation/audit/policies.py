"""Who may read the trail: holders of `audit.read`, as far as it reaches; an institution sees what its own posts did."""

from __future__ import annotations

from django.db.models import Q

from kaogong.foundation.kernel import scope
from kaogong.foundation.kernel.actors import EVERYWHERE, Actor

POWER = "audit.read"


def visible_to(actor: Actor) -> Q:
    """Lines about records of the actor's territory, and lines written from posts of the actor's institutions."""
    reach = actor.reach(POWER)
    found = scope.within(reach, organisation="")
    if reach.prefixes != EVERYWHERE:
        for organisation in reach.organisations:
            found |= Q(posts__contains=[{"organisation_id": str(organisation)}])
    return found
