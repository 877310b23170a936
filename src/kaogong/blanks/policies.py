"""Who may see a body's blanks and their ledger."""

from __future__ import annotations

from django.db.models import Q

from kaogong.foundation.kernel.actors import Actor, Reach
from kaogong.foundation.kernel.scope import within

SEEING = ("blanks.see", "blanks.receive", "blanks.move", "certificates.issue", "certificates.replace")
"""Powers for which a body's stock must be found: whoever takes from it must see it."""


def reach(actor: Actor) -> Reach:
    """How far any power over blanks reaches."""
    total = Reach()
    for power in SEEING:
        total |= actor.reach(power)
    return total


def holdings_visible_to(actor: Actor) -> Q:
    """Holdings of the territory and of the actor's bodies."""
    return within(reach(actor))


def movements_visible_to(actor: Actor) -> Q:
    """Entries of the territory, and those that come from or go to one of the actor's bodies."""
    held = reach(actor)
    return within(held, organisation="source") | within(held, region="", organisation="target")
