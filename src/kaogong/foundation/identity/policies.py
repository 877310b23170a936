"""Who may see a person: the officers of the region and body of entry, and the person."""

from __future__ import annotations

from django.db.models import Q

from kaogong.foundation.kernel import scope
from kaogong.foundation.kernel.actors import Actor, Reach

SEEING = ("persons.see", "persons.enter", "persons.correct", "persons.merge", "persons.reveal")


def reach_of(actor: Actor) -> Reach:
    """How far the actor sees persons: wherever any power over persons reaches."""
    total = Reach()
    for power in SEEING:
        total |= actor.reach(power)
    return total


def visible_to(actor: Actor) -> Q:
    """Persons entered within the actor's reach, and the actor's own record."""
    reach = reach_of(actor)
    within = scope.within(reach)
    # "Everywhere" comes as an empty Q, which would vanish beside an alternative and leave only the own record.
    if actor.person_id is None or not within:
        return within
    return within | Q(pk=actor.person_id)


def is_own(actor: Actor, person_id: object) -> bool:
    """Whether the record is the actor's own."""
    return actor.person_id is not None and actor.person_id == person_id
