"""Who finds a run: whoever reviews the statistics of that bank's items."""

from __future__ import annotations

from django.db.models import Q

from kaogong.foundation.kernel.actors import Actor
from kaogong.itembank import policies

POWERS = ("itembank.view", "itembank.calibrate", "itembank.approve")


def visible_to(actor: Actor) -> Q:
    """Runs of the national bank, and of the territories around the actor's and within it, by any of the powers."""
    return policies.visible_to(actor, POWERS)
