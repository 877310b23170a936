"""Score sheets: what an examiner has to mark, what was marked, and whether a part's sheets are complete."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from django.db.models import Q, QuerySet

from kaogong.delivery import policies, rules
from kaogong.delivery.models import Attempt, ScoreSheet, TaskDraw
from kaogong.delivery.selectors.finding import attempt_for, draws_of
from kaogong.foundation.identity import selectors as identity
from kaogong.foundation.kernel.actors import Actor
from kaogong.foundation.kernel.refusals import NotFound
from kaogong.itembank.models import PracticalTask
from kaogong.personnel import selectors as personnel
from kaogong.seating.models import PanelMember


@dataclass(frozen=True, slots=True)
class SheetDue:
    """One module of one candidate for one examiner: still to be filled (`sheet` None) or signed."""

    draw: TaskDraw
    sheet: ScoreSheet | None


def criteria_of(task: PracticalTask) -> list[rules.Criterion]:
    """The rows of a task's score sheet: their codes and the most they can give."""
    return [rules.Criterion(str(row["code"]), Decimal(str(row["marks"]))) for row in task.criteria]


def examiners_of(attempt: Attempt) -> QuerySet[PanelMember]:
    """Who marks this candidate: the leader and examiners of the part, in this room or in none in particular."""
    return examiners_in(attempt.part_id, attempt.seat.room_id)


def examiners_in(part_id: UUID, room_id: UUID) -> QuerySet[PanelMember]:
    """The leader and examiners who mark in a room of a part."""
    here = Q(room=room_id) | Q(room__isnull=True)
    found = PanelMember.objects.filter(here, part=part_id, role__in=policies.ASSESSING, released_at__isnull=True)
    return found.select_related("person").order_by("appointed_at", "pk")


def examiner_for(actor: Actor, attempt: Attempt) -> PanelMember | None:
    """The actor's place among those who mark this candidate; None when there is none."""
    return (
        examiners_of(attempt).filter(identity.is_human("person", actor.person_id)).first() if actor.person_id else None
    )


def must_stand_aside(person_id: UUID, candidate_id: UUID, attempt: Attempt) -> bool:
    """Whether a relation keeps this examiner from marking this candidate on the day."""
    on, region = attempt.part.sitting.held_on, attempt.part.sitting.region_code
    return bool(personnel.conflict_reasons(person_id, {candidate_id}, on, region_code=region))


def sheets_due(actor: Actor, attempt_id: UUID) -> list[SheetDue]:
    """What the actor, an examiner of this candidate, has signed and still has to sign. Raises NotFound."""
    attempt = attempt_for(actor, attempt_id)
    examiner = examiner_for(actor, attempt)
    if examiner is None:
        raise NotFound
    signed = {sheet.draw_id: sheet for sheet in ScoreSheet.objects.filter(attempt=attempt, examiner=examiner)}
    return [SheetDue(draw, signed.get(draw.pk)) for draw in draws_of(attempt.part_id)]


def own_sheets(actor: Actor, part_id: UUID) -> dict[UUID, int]:
    """How many sheets the actor has signed for each attempt of a part."""
    rows = ScoreSheet.objects.filter(attempt__part=part_id, examiner__person=actor.person_id).values_list(
        "attempt", "pk"
    )
    counts: dict[UUID, int] = {}
    for attempt_id, _sheet in rows:
        counts[attempt_id] = counts.get(attempt_id, 0) + 1
    return counts


def score_sheets(attempt_id: UUID) -> list[ScoreSheet]:
    """The signed sheets of an attempt, by module and examiner: for `scoring`, under its own scope."""
    return score_sheets_of([attempt_id]).get(attempt_id, [])


def score_sheets_of(attempt_ids: Collection[UUID]) -> dict[UUID, list[ScoreSheet]]:
    """The signed sheets of several attempts."""
    found: dict[UUID, list[ScoreSheet]] = {}
    rows = ScoreSheet.objects.filter(attempt__in=list(attempt_ids)).select_related("draw__task", "examiner__person")
    for sheet in rows.order_by("draw__module_code", "examiner__appointed_at", "examiner"):
        found.setdefault(sheet.attempt_id, []).append(sheet)
    return found


def missing_sheets(part_id: UUID) -> list[tuple[Attempt, int, int]]:
    """Attempts of a practical part that were begun and lack sheets: (attempt, signed, due)."""
    begun = Attempt.objects.filter(part=part_id, state__in=["started", "submitted"]).select_related("seat")
    signed = {key: len(rows) for key, rows in score_sheets_of([each.pk for each in begun]).items()}
    draws = len(draws_of(part_id))
    panels: dict[UUID, int] = {}
    lacking = []
    for attempt in begun:
        room = attempt.seat.room_id
        if room not in panels:
            panels[room] = examiners_in(part_id, room).count()
        due = panels[room] * draws
        if signed.get(attempt.pk, 0) < due or due == 0:
            lacking.append((attempt, signed.get(attempt.pk, 0), due))
    return lacking


def may_read_task(actor: Actor, task_id: UUID, at: datetime) -> bool:
    """Answer to the item bank: an examiner of a part that drew the task may read it from the day before its start."""
    if actor.person_id is None:
        return False
    parts = TaskDraw.objects.filter(
        task=task_id, part__starts_at__lte=at + timedelta(days=1), part__ends_at__gte=at - timedelta(days=1)
    )
    return PanelMember.objects.filter(
        part__in=parts.values("part"), person=actor.person_id, released_at__isnull=True, role__in=policies.ASSESSING
    ).exists()
