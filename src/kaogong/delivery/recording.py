"""Writing down an incident, within a service's command: the row, its line in the trail, its event."""

from __future__ import annotations

from datetime import datetime

from kaogong.delivery import rules
from kaogong.delivery.events import IncidentRecorded
from kaogong.delivery.models import Attempt, Incident
from kaogong.foundation.kernel import trail
from kaogong.foundation.kernel.actors import Actor
from kaogong.foundation.outbox import announcing
from kaogong.sittings.models import SittingPart


def write_incident(
    actor: Actor, at: datetime, part: SittingPart, attempt: Attempt | None, kind: str, text: str
) -> Incident:
    """Record what happened at a part, perhaps to one candidate, with the clause of its kind."""
    each = rules.INCIDENTS[kind]
    incident = Incident.objects.create(
        part=part,
        attempt=attempt,
        kind=kind,
        text=text.strip()[:400],
        happened_at=at,
        recorded_by=actor.name,
        clause=str(each.clause) if each.clause else "",
        region_code=part.sitting.region_code,
    )
    trail.record(actor=actor, action="delivery.incident_recorded", target=incident, kind=kind, part=part.pk)
    announcing.announce(IncidentRecorded(region_code=incident.region_code, part_id=part.pk, kind=kind), at=at)
    return incident
