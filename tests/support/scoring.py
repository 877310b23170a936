"""Sittings that are over, marked and published, for tests: everything through the real services."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from kaogong.delivery import services as delivery
from kaogong.foundation.kernel.actors import Actor
from kaogong.scoring import services
from kaogong.scoring.models import Result
from tests.support.cast import officer
from tests.support.delivery import (
    BELL,
    EVENING,
    START,
    Hall,
    begin,
    begin_practical,
    check_in,
    full_marks,
    make_hall,
    open_doors,
    right_answers,
    save,
    sign,
)

MARKING = EVENING + timedelta(hours=1)
PUBLISHING = EVENING + timedelta(days=3)
SCORING = ("scoring.mark", "scoring.finalise", "scoring.recheck", "scoring.see")


def scorer(region: str = "3201") -> Actor:
    """Marks and publishes."""
    return officer(*SCORING, region=region, name="成绩冯老师")


def rechecker(region: str = "3201") -> Actor:
    """Decides rechecks; somebody else than the scorer."""
    return officer("scoring.recheck", "scoring.see", region=region, name="复核陈主任")


def closed_hall(*, theory: Sequence[int | None] = (80,), skill: Sequence[str] = ("0.8",), **options: Any) -> Hall:
    """A sitting that is over: so many right theory answers (None: absent), such a share of the practical points."""
    hall = open_doors(make_hall(candidates=len(theory), **options))
    assert hall.paper is not None
    for index, right in enumerate(theory):
        if right is not None:
            check_in(hall, index)
            begin(hall, index)
            save(hall, right_answers(hall.paper, right), index)
            delivery.submit(actor=hall.candidate(index), at=START, attempt_id=hall.attempt(index).pk)
    delivery.close_part(actor=hall.invigilator, at=BELL, part_id=hall.theory.pk)
    draws = begin_practical(hall)
    for index in range(len(theory)):
        share = skill[index % len(skill)]
        for examiner in range(3):
            for each in draws:
                sign(hall, examiner, each, index, marks=full_marks(each, share=share))
    delivery.close_part(actor=hall.examiners[0], at=EVENING, part_id=hall.skill.pk)
    return hall


def mark(hall: Hall, *, actor: Actor | None = None, at: datetime = MARKING) -> int:
    """Mark both parts; returns how many were marked now."""
    who = actor or scorer()
    return sum(services.mark_part(actor=who, at=at, part_id=part.pk) for part in (hall.theory, hall.skill))


def publish(hall: Hall, *, actor: Actor | None = None, at: datetime = PUBLISHING) -> list[Result]:
    """Mark, draft and publish."""
    who = actor or scorer()
    mark(hall, actor=who)
    services.draft_results(actor=who, at=at, sitting_id=hall.sitting.pk)
    return services.finalise(actor=who, at=at, sitting_id=hall.sitting.pk)


def result_of(hall: Hall, index: int = 0) -> Result:
    """The result that stands, of that candidate."""
    return Result.objects.exclude(state="superseded").get(registration=hall.registrations[index])
