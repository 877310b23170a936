"""Merging two records of one human being: the lost one stays and points to the kept one."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from kaogong.foundation.identity import events, policies, selectors
from kaogong.foundation.identity.models import Person
from kaogong.foundation.identity.services.reading import read_reason
from kaogong.foundation.identity.services.refusals import AlreadyMerged, MergingWithItself
from kaogong.foundation.kernel import trail
from kaogong.foundation.kernel.actors import Actor
from kaogong.foundation.kernel.commands import command
from kaogong.foundation.kernel.refusals import NotFound
from kaogong.foundation.outbox import announcing


@command
def merge(*, actor: Actor, at: datetime, keep_id: UUID, lose_id: UUID, reason: str) -> Person:
    """Merge `lose_id` into `keep_id`; rows that point to the lost record are followed by `selectors.current`.

    Needs `persons.merge` over both. Of two who merge the same record at once the second is told that it is done.
    """
    if keep_id == lose_id:
        raise MergingWithItself
    kept = selectors.get_person(actor, keep_id)
    # In the order of the ids, so that two merges crossing each other wait instead of locking up.
    visible = Person.objects.filter(policies.visible_to(actor), pk__in={kept.pk, lose_id})
    locked = {person.pk: person for person in visible.select_for_update().order_by("pk")}
    lost = locked.get(lose_id)
    if lost is None:
        raise NotFound
    for person in (kept, lost):
        actor.require("persons.merge", region=person.region_code, organisation=person.organisation_id)
    if lost.merged_into_id is not None or locked[kept.pk].merged_into_id is not None:
        raise AlreadyMerged
    why = read_reason(reason)
    lost.merged_into = locked[kept.pk]
    lost.save(update_fields=["merged_into"])
    # Whoever was merged into the lost one before follows at once: a chain never grows longer than one step.
    Person.objects.filter(merged_into=lost).update(merged_into=kept)
    trail.record(
        actor=actor,
        action="identity.persons_merged",
        target=kept,
        reason=why,
        lost=lost.pk,
        masked=lost.document_masked,
    )
    announcing.announce(events.PersonsMerged(kept_id=kept.pk, lost_id=lost.pk, region_code=kept.region_code), at=at)
    return locked[kept.pk]
