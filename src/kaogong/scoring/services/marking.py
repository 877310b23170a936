"""Marks: theory by the key, practical as the mean of the panel; absent, late and barred count zero and say why."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from kaogong.delivery import selectors as delivery
from kaogong.delivery.models import Attempt
from kaogong.foundation.kernel import trail
from kaogong.foundation.kernel.actors import Actor
from kaogong.foundation.kernel.commands import command
from kaogong.scoring.gate import require
from kaogong.scoring.models import Mark
from kaogong.scoring.refusals import NotClosed
from kaogong.scoring.working import Marker
from kaogong.sittings.models import SittingPart
from kaogong.sittings.selectors import PART_NAMES


@command
def mark_part(*, actor: Actor, at: datetime, part_id: UUID) -> int:
    """Mark every attempt of a closed part that has no mark yet; returns how many were marked now.

    Doing it again marks nothing twice; two who do it at once mark each attempt once. Theory goes by the paper's key,
    all or nothing for each question; the skill part is the panel's mean, rounded once by the provision.
    """
    part = delivery.part_for(actor, part_id)
    require(actor, "scoring.mark", part.sitting)
    SittingPart.objects.select_for_update().get(pk=part.pk)
    if delivery.closing_of(part.pk) is None:
        raise NotClosed(part=PART_NAMES.get(part.part, part.part))
    attempts = list(
        Attempt.objects.filter(part=part)
        .exclude(pk__in=Mark.objects.filter(attempt__part=part).values("attempt"))
        .select_related("paper_copy")
        .order_by("pk")
    )
    marks = Marker(part, actor, at).marks(attempts)
    Mark.objects.bulk_create(marks, batch_size=500)
    if marks:
        trail.record_each(
            actor=actor,
            action="scoring.marked",
            targets=list[trail.Target](marks),
            attest=trail.Attest.AS_IT_IS,
            part=part.pk,
        )
    counts = {outcome: sum(mark.outcome == outcome for mark in marks) for outcome in Mark.Outcome.values}
    trail.record(actor=actor, action="scoring.part_marked", target=part, marked=len(marks), counts=counts)
    return len(marks)
