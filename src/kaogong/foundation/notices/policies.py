"""Who may see notices: the officers of the event's region, and whom they went to."""

from __future__ import annotations

from django.db.models import Q

from kaogong.foundation.identity import selectors as persons
from kaogong.foundation.kernel import scope
from kaogong.foundation.kernel.actors import Actor


def visible_to(actor: Actor) -> Q:
    """Notices of events within reach of `notices.see`, and one's own."""
    within = scope.within(actor.reach("notices.see"), organisation="")
    # "Everywhere" comes as an empty Q, which would vanish beside an alternative.
    if actor.person_id is None or not within:
        return within
    return within | Q(person_id__in=persons.all_ids(actor.person_id))
