"""The practical part: tasks drawn in public, sheets signed once, the part closed when all is there."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from kaogong.delivery import selectors, services
from kaogong.delivery.models import ScoreSheet, TaskDraw
from kaogong.foundation.kernel.refusals import NotFound, NotPermitted, WrongState
from kaogong.personnel import services as personnel
from kaogong.seating.models import PanelMember
from tests.support.cast import outsider
from tests.support.delivery import (
    BELL,
    DELIVERER,
    EVENING,
    MORNING,
    SKILL_START,
    START,
    Hall,
    begin,
    begin_practical,
    begun_hall,
    draw,
    full_marks,
    make_hall,
    open_doors,
    overseer,
    save,
    seat_everyone,
    sign,
)
from tests.support.personnel import GRANTOR

pytestmark = pytest.mark.django_db


def sign_all(hall: Hall, draws: list[TaskDraw], *, share: str = "1") -> None:
    for examiner in range(3):
        for each in draws:
            sign(hall, examiner, each, marks=full_marks(each, share=share))


class TestDrawTasks:
    def test_draws_one_for_each_module(self) -> None:
        hall = make_hall()
        draws = draw(hall)
        assert sum(each.task.weight for each in draws) == 100
        assert len({each.module_code for each in draws}) == len(draws)

    def test_anyone_can_draw_again_from_the_seed(self) -> None:
        first, second = make_hall(), make_hall()
        assert [each.task_id for each in draw(first, seed=5)] == [each.task_id for each in draw(second, seed=5)]

    def test_happens_once(self) -> None:
        hall = make_hall()
        draw(hall, seed=7)
        with pytest.raises(services.AlreadyDrawn) as told:
            draw(hall, seed=8)
        assert "7" in str(told.value)

    def test_theory_has_nothing_to_draw(self) -> None:
        hall = make_hall()
        with pytest.raises(services.NothingToDraw):
            services.draw_tasks(actor=DELIVERER, at=MORNING, part_id=hall.theory.pk, seed=1)

    def test_needs_the_power_or_the_duty(self) -> None:
        hall = make_hall()
        with pytest.raises(NotPermitted):
            services.draw_tasks(actor=overseer(), at=MORNING, part_id=hall.skill.pk, seed=1)
        with pytest.raises(NotFound):
            services.draw_tasks(actor=outsider("delivery.deliver"), at=MORNING, part_id=hall.skill.pk, seed=1)
        assert services.draw_tasks(actor=hall.examiners[0], at=MORNING, part_id=hall.skill.pk, seed=1)


class TestStartPractical:
    def test_not_before_its_hour(self) -> None:
        with pytest.raises(services.TooEarly):
            begin_practical(make_hall(), at=SKILL_START - timedelta(minutes=1))

    def test_not_before_the_draw(self) -> None:
        hall = make_hall()
        leader = hall.examiners[0]
        services.open_room(actor=leader, at=MORNING, part_id=hall.skill.pk)
        attempt = hall.attempt(0, "skill")
        services.check_in(actor=leader, at=MORNING, attempt_id=attempt.pk, document_tail=hall.tail())
        with pytest.raises(services.NotDrawn):
            services.start_practical(actor=leader, at=SKILL_START, attempt_id=attempt.pk)


class TestSignScoreSheet:
    def test_keeps_the_marks_and_the_total(self) -> None:
        hall = make_hall()
        draws = begin_practical(hall)
        sheet = sign(hall, 0, draws[0], marks=full_marks(draws[0]))
        assert sheet.total == Decimal("100.00")
        assert next(due.sheet is not None for due in selectors.sheets_due(hall.examiners[0], sheet.attempt_id))

    def test_happens_once(self) -> None:
        hall = make_hall()
        draws = begin_practical(hall)
        sign(hall, 0, draws[0], marks=full_marks(draws[0]))
        with pytest.raises(services.AlreadySigned):
            sign(hall, 0, draws[0], marks=full_marks(draws[0], share="0.5"))

    def test_is_fixed(self) -> None:
        hall = make_hall()
        draws = begin_practical(hall)
        sheet = sign(hall, 0, draws[0], marks=full_marks(draws[0]))
        with pytest.raises(IntegrityError), transaction.atomic():
            ScoreSheet.objects.filter(pk=sheet.pk).update(total=0)

    def test_a_breach_of_safety_makes_the_module_zero(self) -> None:
        hall = make_hall()
        draws = begin_practical(hall)
        sheet = sign(hall, 0, draws[0], marks=full_marks(draws[0]), safety_violation=True, note="未经同意擅自通电")
        assert sheet.total == 0

    def test_a_breach_of_safety_must_be_told(self) -> None:
        hall = make_hall()
        draws = begin_practical(hall)
        with pytest.raises(services.SafetyNeedsWords):
            sign(hall, 0, draws[0], marks=full_marks(draws[0]), safety_violation=True)

    def test_names_each_row_at_fault(self) -> None:
        hall = make_hall()
        draws = begin_practical(hall)
        marks = full_marks(draws[0])
        first, second = list(marks)[:2]
        faulty = {**marks, first: marks[first] + 1, second: Decimal("0.25")}
        with pytest.raises(services.SheetFaulty) as told:
            sign(hall, 0, draws[0], marks=faulty)
        assert told.value.faults == {first: "range", second: "step"}

    def test_is_for_the_examiners_of_that_panel(self) -> None:
        hall, other = make_hall(), make_hall()
        draws = begin_practical(hall)
        marks = full_marks(draws[0])
        attempt = hall.attempt(0, "skill").pk
        for stranger, refusal in ((overseer(), NotPermitted), (other.examiners[0], NotFound)):
            with pytest.raises(refusal):
                services.sign_score_sheet(
                    actor=stranger, at=SKILL_START, attempt_id=attempt, draw_id=draws[0].pk, marks=marks
                )

    def test_not_by_a_released_examiner(self) -> None:
        hall = make_hall()
        draws = begin_practical(hall)
        PanelMember.objects.filter(person=hall.examiners[1].person_id).update(
            released_at=SKILL_START, release_reason="突发疾病"
        )
        with pytest.raises(NotFound):
            sign(hall, 1, draws[0], marks=full_marks(draws[0]))

    def test_not_by_the_candidates_teacher(self) -> None:
        hall = make_hall()
        draws = begin_practical(hall)
        teacher, pupil = hall.examiners[0].person_id, hall.registrations[0].person_id
        assert teacher is not None
        personnel.relate(actor=GRANTOR, at=MORNING, first_id=teacher, second_id=pupil, kind="taught", source="学校证明")
        with pytest.raises(services.MustStandAside):
            sign(hall, 0, draws[0], marks=full_marks(draws[0]))

    def test_not_before_the_candidate_works(self) -> None:
        hall = make_hall()
        draws = draw(hall)
        services.open_room(actor=hall.examiners[0], at=MORNING, part_id=hall.skill.pk)
        with pytest.raises(WrongState):
            sign(hall, 0, draws[0], marks=full_marks(draws[0]))


class TestCloseTheTheory:
    def test_hands_in_what_was_saved_and_seals(self) -> None:
        hall = seat_everyone(make_hall(candidates=3))
        begin(hall, 0)
        save(hall, {1: "A"}, 0)
        begin(hall, 1)
        services.submit(actor=hall.candidate(1), at=START, attempt_id=hall.attempt(1).pk)
        closing = services.close_part(actor=hall.invigilator, at=BELL, part_id=hall.theory.pk)
        assert closing.counts == {"sealed": 2, "absent": 1, "late": 0, "barred": 0}
        assert hall.attempt(0).receipt["by"] == "closing"
        assert hall.attempt(0).receipt["answered"] == 1
        assert hall.attempt(2).state == "absent"

    def test_not_while_somebody_is_within_her_time(self) -> None:
        hall = begun_hall()
        with pytest.raises(services.StillWorking):
            services.close_part(actor=hall.invigilator, at=BELL - timedelta(seconds=1), part_id=hall.theory.pk)

    def test_not_while_somebody_may_still_come(self) -> None:
        hall = open_doors(make_hall())
        with pytest.raises(services.StillWorking):
            services.close_part(actor=hall.invigilator, at=START + timedelta(minutes=30), part_id=hall.theory.pk)

    def test_early_when_everybody_has_handed_in(self) -> None:
        hall = begun_hall()
        services.submit(actor=hall.candidate(), at=START, attempt_id=hall.attempt().pk)
        services.close_part(actor=hall.invigilator, at=START + timedelta(minutes=40), part_id=hall.theory.pk)
        assert hall.attempt().state == "sealed"

    def test_happens_once(self) -> None:
        hall = begun_hall()
        services.close_part(actor=hall.invigilator, at=BELL, part_id=hall.theory.pk)
        with pytest.raises(services.AlreadyClosed):
            services.close_part(actor=hall.invigilator, at=BELL, part_id=hall.theory.pk)

    def test_a_sealed_attempt_takes_nothing_at_all(self) -> None:
        from kaogong.delivery.models import Attempt

        hall = begun_hall()
        services.close_part(actor=hall.invigilator, at=BELL, part_id=hall.theory.pk)
        for change in ({"state": "started"}, {"note": "改"}):
            with pytest.raises(IntegrityError), transaction.atomic():
                Attempt.objects.filter(pk=hall.attempt().pk).update(**change)

    def test_is_for_those_on_duty(self) -> None:
        hall = begun_hall()
        with pytest.raises(NotPermitted):
            services.close_part(actor=overseer(), at=BELL, part_id=hall.theory.pk)
        with pytest.raises(NotFound):
            services.close_part(actor=outsider("delivery.run"), at=BELL, part_id=hall.theory.pk)


class TestCloseThePractical:
    def test_when_every_sheet_is_signed(self) -> None:
        hall = make_hall()
        sign_all(hall, begin_practical(hall))
        services.close_part(actor=hall.examiners[0], at=EVENING, part_id=hall.skill.pk)
        attempt = hall.attempt(0, "skill")
        assert attempt.state == "sealed"
        assert selectors.is_genuine(attempt.receipt)

    def test_not_while_a_sheet_is_missing(self) -> None:
        hall = make_hall()
        draws = begin_practical(hall)
        sign(hall, 0, draws[0], marks=full_marks(draws[0]))
        with pytest.raises(services.SheetsMissing):
            services.close_part(actor=hall.examiners[0], at=EVENING, part_id=hall.skill.pk)

    def test_not_with_fewer_than_three_examiners(self) -> None:
        hall = make_hall()
        PanelMember.objects.filter(person=hall.examiners[2].person_id).update(
            released_at=MORNING, release_reason="突发疾病"
        )
        draws = begin_practical(hall)
        for examiner in range(2):
            for each in draws:
                sign(hall, examiner, each, marks=full_marks(each))
        with pytest.raises(services.SheetsMissing):
            services.close_part(actor=hall.examiners[0], at=EVENING, part_id=hall.skill.pk)
