"""Score sheets: each examiner fills and signs her own, once; it never changes afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from kaogong.delivery import rules, selectors
from kaogong.delivery.models import Attempt, ScoreSheet, TaskDraw
from kaogong.delivery.selectors.sheets import must_stand_aside
from kaogong.delivery.services.refusals import AlreadySigned, MustStandAside, SafetyNeedsWords, SheetFaulty
from kaogong.delivery.states import ATTEMPT
from kaogong.delivery.wording import moment
from kaogong.foundation.kernel import trail
from kaogong.foundation.kernel.actors import Actor
from kaogong.foundation.kernel.commands import command
from kaogong.foundation.kernel.refusals import NotFound, NotPermitted
from kaogong.regulations.selectors import provision

WORDS = {"missing": "未给分", "unknown": "不是本题的要素", "range": "超出分值", "step": "不是最小分值的整数倍"}


@command
def sign_score_sheet(
    *,
    actor: Actor,
    at: datetime,
    attempt_id: UUID,
    draw_id: UUID,
    marks: Mapping[str, Decimal],
    safety_violation: bool = False,
    note: str = "",
) -> ScoreSheet:
    """Sign one's score sheet of one module: marks by criterion. Only those who mark this candidate, unrelated to it.

    A breach of the safety rules makes the module zero whatever the rows say, and needs words. Two taps at once: one
    sheet, the other is told.
    """
    attempt = selectors.attempts_for(actor).select_for_update(of=("self",)).filter(pk=attempt_id).first()
    if attempt is None:
        raise NotFound
    examiner = selectors.examiner_for(actor, attempt)
    if examiner is None:
        raise NotPermitted(power="scoring.mark")
    draw = TaskDraw.objects.select_related("task").filter(pk=draw_id, part=attempt.part_id).first()
    if draw is None:
        raise NotFound
    if attempt.state != "started":
        ATTEMPT.after("submit", attempt.state)
    if must_stand_aside(examiner.person_id, attempt.registration.person_id, attempt):
        raise MustStandAside
    earlier = ScoreSheet.objects.filter(attempt=attempt, examiner=examiner, draw=draw).first()
    if earlier is not None:
        raise AlreadySigned(signed_at=moment(earlier.signed_at))
    _require_sound(attempt, draw, marks, at)
    if safety_violation and not note.strip():
        raise SafetyNeedsWords
    sheet = ScoreSheet.objects.create(
        attempt=attempt,
        examiner=examiner,
        draw=draw,
        marks={code: str(mark) for code, mark in sorted(marks.items())},
        total=rules.sheet_total(marks, safety_violation=safety_violation),
        safety_violation=safety_violation,
        note=note.strip()[:200],
        signed_at=at,
    )
    trail.record(actor=actor, action="delivery.sheet_signed", target=sheet, attempt=attempt.pk, module=draw.module_code)
    return sheet


def _require_sound(attempt: Attempt, draw: TaskDraw, marks: Mapping[str, Decimal], at: datetime) -> None:
    rule = provision("delivery.mark_step", on=at.date(), region_code=attempt.region_code)
    faults = rules.sheet_faults(selectors.criteria_of(draw.task), marks, step=Decimal(str(rule.value)))
    if faults:
        places = "；".join(f"{code} {WORDS[reason]}" for code, reason in sorted(faults.items()))
        refusal = SheetFaulty(count=len(faults), places=places, step=rule.value, clause=rule.clause)
        refusal.faults = faults
        raise refusal
