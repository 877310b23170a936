"""Background work of calibration: the runs that were ordered."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.utils import timezone
from procrastinate.contrib.django import app

from kaogong.calibration import services
from kaogong.foundation.kernel.actors import service
from kaogong.itembank.policies import Home

CALIBRATOR = service("题库定标", services.POWER)


@app.task(name="calibration.run")
def run(
    *,
    occupation_code: str,
    level: int,
    purpose: str,
    since: str,
    until: str,
    region_code: str,
    organisation_id: str,
    ordered_by: str,
) -> str:
    """Make a run that was ordered; returns its id. A refusal stands in the trail."""
    made = services.run(
        actor=CALIBRATOR,
        at=timezone.now(),
        occupation_code=occupation_code,
        level=level,
        purpose=purpose,
        since=date.fromisoformat(since),
        until=date.fromisoformat(until),
        home=Home(region_code, UUID(organisation_id) if organisation_id else None),
        ordered_by=ordered_by,
    )
    assert made.run is not None  # it was to be kept
    return str(made.run.pk)
