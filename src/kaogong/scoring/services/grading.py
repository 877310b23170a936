"""Marking written answers: a marker opens one, gives its criteria their marks, once; the next one comes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from kaogong.delivery.models import Attempt
from kaogong.foundation.kernel import trail
from kaogong.foundation.kernel.actors import Actor
from kaogong.foundation.kernel.commands import command
from kaogong.scoring import grading, rules
from kaogong.scoring.gate import require
from kaogong.scoring.models import HandMark
from kaogong.scoring.refusals import GradedAlready, HandMarksFaulty
from kaogong.sittings.models import SittingPart


@command
def open_script(*, actor: Actor, at: datetime, part_id: UUID, code: str) -> grading.OpenScript:
    """Open one written answer for a marker; the trail says who read which question.

    Raises NotFound (also for answers of candidates whom she stands aside for), NotPermitted, MarkedByOneself,
    GradedAlready.
    """
    part, script = _open(actor, part_id, code)
    found = grading.shown(actor, part, script)
    trail.record(actor=actor, action="scoring.script_opened", target=part, script=code, position=script.position)
    return found


@command
def grade(*, actor: Actor, at: datetime, part_id: UUID, code: str, marks: Sequence[Decimal | None]) -> HandMark:
    """Give an answer's criteria their marks, in the rubric's order. Fixed at once; nobody sees another's before.

    The attempt is locked: of two markers at once each has a turn of her own, and whoever comes when the answer has all
    the marks it needs is told so. Raises as `open_script`, and HandMarksFaulty.
    """
    part, script = _open(actor, part_id, code)
    Attempt.objects.select_for_update(of=("self",)).get(pk=script.attempt_id)
    part, script = _open(actor, part_id, code)
    seen = grading.shown(actor, part, script)
    faults = rules.hand_faults(marks, [most for _text, most in seen.criteria], step=seen.step)
    if faults or len(marks) != len(seen.criteria):
        raise HandMarksFaulty(places="、".join(str(place + 1) for place in sorted(faults)), step=f"{seen.step:f}")
    given = [mark for mark in marks if mark is not None]
    found = HandMark.objects.create(
        attempt_id=script.attempt_id,
        position=script.position,
        turn=len(script.totals) + 1,
        marks=[f"{mark:f}" for mark in given],
        total=sum(given, Decimal(0)),
        marker_key=grading.marker_key(actor),
        marked_by_name=actor.name,
        marked_at=at,
    )
    trail.record(
        actor=actor,
        action="scoring.graded",
        target=found,
        attest=trail.Attest.AS_IT_IS,
        part=part.pk,
        script=code,
        turn=found.turn,
    )
    return found


def _open(actor: Actor, part_id: UUID, code: str) -> tuple[SittingPart, grading.Script]:
    """A script that still needs this marker, as it stands now."""
    part = grading.part_to_grade(actor, part_id)
    require(actor, grading.POWER, part.sitting)
    script = grading.script_by_code(actor, part, code)
    if grading.marker_key(actor) in script.markers or grading.earned(script, part) is not None:
        raise GradedAlready
    return part, script
