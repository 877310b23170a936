"""Who may see a result: the office of its territory or body, the station, and, once published, the candidate."""

from __future__ import annotations

from django.db.models import Q

from kaogong.foundation.identity import selectors as identity
from kaogong.foundation.kernel.actors import Actor
from kaogong.sittings import selectors as sittings

SEEING = ("scoring.see", "scoring.mark", "scoring.finalise", "scoring.recheck", "certificates.issue")
RULING = ("scoring.decide_objection", "scoring.finalise")
"""Powers for which a disputed question must be found: who rules on it, and who signs what the ruling changes."""
PUBLISHED = ("final", "superseded")


def results_visible_to(actor: Actor, *powers: str) -> Q:
    """Results of sittings within reach of those powers, and the actor's own once they are published."""
    within = sittings.sittings_for(actor, *(powers or SEEING)).order_by().values("pk")
    return Q(registration__sitting__in=within) | own(actor)


def own(actor: Actor) -> Q:
    """The actor's own published results."""
    return identity.is_human("registration__person", actor.person_id) & Q(state__in=PUBLISHED)
