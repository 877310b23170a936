"""Score sheets: each examiner fills and signs her own, once; it never changes afterwards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.utils.timezone import localdate

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
from kaogong.seating.models import PanelMember

WORDS = {"missing": "未给分", "unknown": "不是本题的要素", "range": "超出分值", "step": "不是最小分值的整数倍"}


@dataclass(frozen=True, slots=True)
class Filled:
    """One module's sheet as an examiner filled it: marks by criterion, and whether the safety rules were broken."""

    draw_id: UUID
    marks: Mapping[str, Decimal]
    safety_violation: bool = False
    note: str = ""


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
    (sheet,) = _sign(actor, at, attempt_id, [Filled(draw_id, marks, safety_violation, note)])
    return sheet


@command
def sign_score_sheets(*, actor: Actor, at: datetime, attempt_id: UUID, sheets: Sequence[Filled]) -> list[ScoreSheet]:
    """Sign one's sheets of several modules of a candidate in one deed: all of them, or none when one is faulty."""
    return _sign(actor, at, attempt_id, sheets)


def _sign(actor: Actor, at: datetime, attempt_id: UUID, filled: Sequence[Filled]) -> list[ScoreSheet]:
    attempt = selectors.attempts_for(actor).select_for_update(of=("self",)).filter(pk=attempt_id).first()
    if attempt is None:
        raise NotFound
    examiner = selectors.examiner_for(actor, attempt)
    if examiner is None:
        raise NotPermitted(power="scoring.mark")
    draws = {draw.pk: draw for draw in selectors.draws_of(attempt.part_id)}
    if not filled or any(each.draw_id not in draws for each in filled):
        raise NotFound
    if attempt.state != "started":
        ATTEMPT.after("submit", attempt.state)
    if must_stand_aside(examiner.person_id, attempt.registration.person_id, attempt):
        raise MustStandAside
    earlier = ScoreSheet.objects.filter(
        attempt=attempt, examiner=examiner, draw__in=[each.draw_id for each in filled]
    ).first()
    if earlier is not None:
        raise AlreadySigned(signed_at=moment(earlier.signed_at))
    signed = [_sheet(attempt, examiner, draws[each.draw_id], each, at) for each in filled]
    for sheet in signed:
        trail.record(
            actor=actor,
            action="delivery.sheet_signed",
            target=sheet,
            attest=trail.Attest.AS_IT_IS,
            attempt=attempt.pk,
            module=draws[sheet.draw_id].module_code,
        )
    return signed


def _sheet(attempt: Attempt, examiner: PanelMember, draw: TaskDraw, filled: Filled, at: datetime) -> ScoreSheet:
    _require_sound(attempt, draw, filled.marks, at)
    if filled.safety_violation and not filled.note.strip():
        raise SafetyNeedsWords
    return ScoreSheet.objects.create(
        attempt=attempt,
        examiner=examiner,
        draw=draw,
        marks={code: str(mark) for code, mark in sorted(filled.marks.items())},
        total=rules.sheet_total(filled.marks, safety_violation=filled.safety_violation),
        safety_violation=filled.safety_violation,
        note=filled.note.strip()[:200],
        signed_at=at,
    )


def _require_sound(attempt: Attempt, draw: TaskDraw, marks: Mapping[str, Decimal], at: datetime) -> None:
    rule = provision("delivery.mark_step", on=localdate(at), region_code=attempt.region_code)
    faults = rules.sheet_faults(selectors.criteria_of(draw.task), marks, step=Decimal(str(rule.value)))
    if faults:
        places = "；".join(f"{code} {WORDS[reason]}" for code, reason in sorted(faults.items()))
        refusal = SheetFaulty(count=len(faults), places=places, step=rule.value, clause=rule.clause)
        refusal.faults = faults
        raise refusal
