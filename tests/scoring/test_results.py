"""Marks and results through the services."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from kaogong.delivery import services as delivery
from kaogong.delivery.models import Attempt
from kaogong.foundation.identity import services as identity
from kaogong.foundation.identity.models import Person
from kaogong.foundation.kernel.refusals import NotFound, NotPermitted
from kaogong.foundation.outbox.models import OutboxEvent
from kaogong.registration import hooks
from kaogong.scoring import selectors, services
from kaogong.scoring.models import Mark, Result
from kaogong.seating.models import Seat
from kaogong.sittings.models import Sitting
from tests.support import itembank
from tests.support.audit import vouch_for
from tests.support.cast import candidate, officer, outsider
from tests.support.delivery import BELL, START, Hall, begun_hall, make_hall, right_answers, save
from tests.support.identity import make_person
from tests.support.registration import make_admitted
from tests.support.scoring import (
    MARKING,
    PUBLISHING,
    closed_hall,
    mark,
    publish,
    rechecker,
    result_of,
    scorer,
)
from tests.support.sittings import DAY, announced_sitting, clock
from tests.support.stations import make_centre, make_station

pytestmark = pytest.mark.django_db
JUNE = DAY + timedelta(days=63)
AGAIN = clock(DAY + timedelta(days=20), 10)
"""When the application for the resit is made."""


class TestMarkPart:
    def test_theory_goes_by_the_key(self) -> None:
        hall = closed_hall(theory=(73,))
        services.mark_part(actor=scorer(), at=MARKING, part_id=hall.theory.pk)
        found = Mark.objects.get()
        assert found.value == Decimal("73.00")
        assert found.working["right"] == 73
        assert found.working["digest"] == hall.attempt().answers_digest

    def test_practical_is_the_mean_of_the_panel(self) -> None:
        hall = closed_hall(skill=("1",))
        services.mark_part(actor=scorer(), at=MARKING, part_id=hall.skill.pk)
        found = Mark.objects.get()
        assert found.value == Decimal("100.00")
        assert len(found.working["examiners"]) == 3

    def test_who_did_not_come_has_zero_and_why(self) -> None:
        hall = closed_hall(theory=(80, None))
        services.mark_part(actor=scorer(), at=MARKING, part_id=hall.theory.pk)
        found = Mark.objects.get(registration=hall.registrations[1])
        assert (found.value, found.outcome) == (0, "absent")

    def test_who_was_barred_has_zero_whatever_was_saved(self) -> None:
        hall = begun_hall()
        assert hall.paper is not None
        save(hall, right_answers(hall.paper, 100))
        delivery.bar(actor=hall.invigilator, at=START, attempt_id=hall.attempt().pk, kind="cheating", text="夹带")
        delivery.close_part(actor=hall.invigilator, at=BELL, part_id=hall.theory.pk)
        services.mark_part(actor=scorer(), at=MARKING, part_id=hall.theory.pk)
        assert (Mark.objects.get().value, Mark.objects.get().outcome) == (0, "barred")

    def test_again_marks_nothing_twice(self) -> None:
        hall = closed_hall()
        assert mark(hall) == 2
        assert mark(hall) == 0
        assert Mark.objects.count() == 2

    def test_not_before_the_part_is_closed(self) -> None:
        hall = begun_hall()
        with pytest.raises(services.NotClosed):
            services.mark_part(actor=scorer(), at=MARKING, part_id=hall.theory.pk)

    def test_needs_the_power(self) -> None:
        hall = closed_hall()
        with pytest.raises(NotPermitted):
            services.mark_part(actor=officer("scoring.see"), at=MARKING, part_id=hall.theory.pk)
        with pytest.raises(NotPermitted):
            services.mark_part(actor=hall.invigilator, at=MARKING, part_id=hall.theory.pk)

    def test_outsiders_cannot_even_find_it(self) -> None:
        hall = closed_hall()
        with pytest.raises(NotFound):
            services.mark_part(actor=outsider("scoring.mark"), at=MARKING, part_id=hall.theory.pk)

    def test_nobody_marks_her_own_sitting(self) -> None:
        from dataclasses import replace

        hall = closed_hall()
        with pytest.raises(services.MarkedByOneself):
            services.mark_part(
                actor=replace(scorer(), person_id=hall.registrations[0].person_id), at=MARKING, part_id=hall.theory.pk
            )

    def test_marks_are_fixed(self) -> None:
        mark(closed_hall())
        with pytest.raises(IntegrityError), transaction.atomic():
            Mark.objects.update(value=100)


class TestAfterTheBell:
    def scored(self, region: str) -> Mark:
        sitting = announced_sitting(
            centre=make_centre(region_code=f"{region}00"), stations=[make_station(region_code=f"{region}02")]
        )
        person = make_person(region_code=f"{region}02")
        hall = begun_hall(
            sitting=sitting,
            registrations=[make_admitted(sitting, person=person)],
            assembler=itembank.assembler(region=region[:2]),
        )
        assert hall.paper is not None
        save(hall, right_answers(hall.paper, 69))
        delivery.record_incident(
            actor=hall.invigilator,
            at=BELL,
            part_id=hall.theory.pk,
            kind="after_bell",
            text="铃后继续作答，经警告停止",
            attempt_id=hall.attempt().pk,
        )
        delivery.close_part(actor=hall.invigilator, at=BELL, part_id=hall.theory.pk)
        services.mark_part(actor=scorer(region=region), at=MARKING, part_id=hall.theory.pk)
        return Mark.objects.get()

    def test_where_no_rule_says_so_nothing_is_taken_off(self) -> None:
        found = self.scored("3201")
        assert found.value == 69
        assert found.working["after_bell"]["off"] == "0.00"

    def test_where_the_rule_says_so_ten_points_are(self) -> None:
        found = self.scored("3401")
        assert found.value == 59
        assert found.working["after_bell"] == {"off": "10.00", "clause": "anhui-2016-breaches/after-bell"}


class TestDraftResults:
    def test_holds_each_part_to_its_own_line(self) -> None:
        hall = closed_hall(theory=(100, 59, 60), skill=("0.3", "1", "1"))
        mark(hall)
        services.draft_results(actor=scorer(), at=MARKING, sitting_id=hall.sitting.pk)
        assert [result_of(hall, index).is_passed for index in range(3)] == [False, False, True]

    def test_says_which_clause(self) -> None:
        hall = closed_hall()
        mark(hall)
        services.draft_results(actor=scorer(), at=MARKING, sitting_id=hall.sitting.pk)
        assert result_of(hall).clause == "standard-assessment-form/pass"

    def test_needs_every_mark(self) -> None:
        hall = closed_hall()
        services.mark_part(actor=scorer(), at=MARKING, part_id=hall.theory.pk)
        with pytest.raises(services.NotMarked):
            services.draft_results(actor=scorer(), at=MARKING, sitting_id=hall.sitting.pk)

    def test_again_brings_the_draft_up_to_date(self) -> None:
        hall = closed_hall()
        mark(hall)
        for _twice in range(2):
            services.draft_results(actor=scorer(), at=MARKING, sitting_id=hall.sitting.pk)
        assert Result.objects.count() == 1

    def test_the_candidate_does_not_see_a_draft(self) -> None:
        hall = closed_hall()
        mark(hall)
        services.draft_results(actor=scorer(), at=MARKING, sitting_id=hall.sitting.pk)
        assert not selectors.own_results(hall.candidate()).exists()
        with pytest.raises(NotFound):
            selectors.own_result(hall.candidate(), result_of(hall).pk)

    def test_needs_the_power(self) -> None:
        hall = closed_hall()
        mark(hall)
        with pytest.raises(NotPermitted):
            services.draft_results(actor=officer("scoring.see"), at=MARKING, sitting_id=hall.sitting.pk)
        with pytest.raises(NotFound):
            services.draft_results(actor=outsider("scoring.mark"), at=MARKING, sitting_id=hall.sitting.pk)


class TestFinalise:
    def test_publishes_and_sets_the_days_for_a_recheck(self) -> None:
        hall = closed_hall()
        publish(hall)
        found = result_of(hall)
        assert found.state == "final"
        assert found.recheck_until == selectors.recheck_deadline(found).due_on
        assert OutboxEvent.objects.filter(name="scoring.result_published").count() == 1

    def test_the_candidate_sees_it(self) -> None:
        hall = closed_hall()
        publish(hall)
        assert selectors.own_result(hall.candidate(), result_of(hall).pk).is_passed

    def test_another_candidate_does_not(self) -> None:
        hall = closed_hall()
        publish(hall)
        from kaogong.foundation.kernel.ids import uuid7

        with pytest.raises(NotFound):
            selectors.own_result(candidate(uuid7()), result_of(hall).pk)

    def test_happens_once(self) -> None:
        hall = closed_hall()
        publish(hall)
        with pytest.raises(services.NothingToFinalise):
            services.finalise(actor=scorer(), at=PUBLISHING, sitting_id=hall.sitting.pk)

    def test_needs_the_power(self) -> None:
        hall = closed_hall()
        mark(hall)
        services.draft_results(actor=scorer(), at=MARKING, sitting_id=hall.sitting.pk)
        with pytest.raises(NotPermitted):
            services.finalise(actor=rechecker(), at=PUBLISHING, sitting_id=hall.sitting.pk)
        with pytest.raises(NotFound):
            services.finalise(actor=outsider("scoring.finalise"), at=PUBLISHING, sitting_id=hall.sitting.pk)

    def test_a_published_result_is_fixed(self) -> None:
        publish(closed_hall())
        for change in ({"is_passed": False}, {"state": "drafted", "published_at": None}, {"parts": {}}):
            with pytest.raises(IntegrityError), transaction.atomic():
                Result.objects.update(**change)
        with pytest.raises(IntegrityError), transaction.atomic():
            Result.objects.all().delete()

    def test_passes_wait_for_their_certificates(self) -> None:
        hall = closed_hall(theory=(80, 20))
        publish(hall)
        assert [each.registration_id for each in selectors.passes_waiting(hall.sitting.pk)] == [
            hall.registrations[0].pk
        ]


class TestPassedParts:
    def ask(self, hall: object, on: date) -> list[str]:
        person = hall.registrations[0].person_id  # type: ignore[attr-defined]  # Hall
        found = hooks.passed_parts([person], occupation_code="6-31-01-03", level=5, on=on)
        return [each.part for each in found.get(person, [])]

    @pytest.mark.parametrize(("days", "parts"), [(0, ["theory"]), (365, ["theory"]), (366, [])])
    def test_a_passed_part_is_kept_a_year(self, days: int, parts: list[str]) -> None:
        hall = closed_hall(theory=(80,), skill=("0.3",))
        publish(hall)
        assert self.ask(hall, DAY + timedelta(days=days)) == parts

    def test_nothing_is_kept_before_publication(self) -> None:
        hall = closed_hall(theory=(80,), skill=("0.3",))
        mark(hall)
        assert self.ask(hall, DAY + timedelta(days=30)) == []

    def test_who_passed_the_whole_has_nothing_to_resit(self) -> None:
        hall = closed_hall()
        publish(hall)
        assert self.ask(hall, DAY + timedelta(days=30)) == []

    def test_of_another_level_nothing(self) -> None:
        hall = closed_hall(theory=(80,), skill=("0.3",))
        publish(hall)
        person = hall.registrations[0].person_id
        assert hooks.passed_parts([person], occupation_code="6-31-01-03", level=4, on=DAY) == {}


class TestOverview:
    def test_counts_and_spreads(self) -> None:
        hall = closed_hall(theory=(80, 55, None))
        mark(hall)
        theory, _skill = selectors.overview(hall.sitting.pk, scorer())
        assert (theory.marked, theory.unmarked, theory.passed) == (3, 0, 1)
        assert theory.mean == Decimal("67.50")
        assert theory.is_closed
        assert sum(number for _band, number in theory.bands) == 2

    def test_strangers_find_nothing(self) -> None:
        hall = make_hall()
        with pytest.raises(NotFound):
            selectors.overview(hall.sitting.pk, officer("registration.see"))


class TestResit:
    """Theory 80 in April, skill failed; the skill alone again in June."""

    def first(self) -> Hall:
        hall = closed_hall(theory=(80,), skill=("0.3",))
        publish(hall)
        return hall

    def resit(self, hall: Hall, *, person: Person | None = None) -> Sitting:
        """A later sitting at which the skill, and only the skill, was sat and marked 81.67."""
        later = announced_sitting(
            days=(JUNE,),
            at=AGAIN - timedelta(days=2),
            opens=AGAIN - timedelta(days=1),
            closes=AGAIN + timedelta(days=9),
        )
        who = person or hall.registrations[0].person
        entered = make_admitted(later, person=who, parts=["skill"], at=AGAIN)
        assert entered.carried == {"theory": DAY.isoformat()}
        again = make_hall(sitting=later, registrations=[entered], delivered=False)
        seat = Seat.objects.get(registration=entered)
        attempt = Attempt.objects.create(
            seat=seat,
            part=again.skill,
            registration=entered,
            state="sealed",
            region_code=entered.region_code,
            started_at=clock(JUNE, 11),
            ends_at=clock(JUNE, 13),
            answers_digest="0" * 64,
        )
        given = Mark.objects.create(
            attempt=attempt,
            registration=entered,
            part="skill",
            value=Decimal("81.67"),
            outcome="scored",
            marked_at=AGAIN,
        )
        vouch_for(actor=officer(), at=AGAIN, records=[attempt, given])
        return later

    def finished(self, later: Sitting) -> Result:
        at = AGAIN + timedelta(days=40)
        services.draft_results(actor=scorer(), at=at, sitting_id=later.pk)
        (found,) = services.finalise(actor=scorer(), at=at, sitting_id=later.pk)
        return found

    def test_the_kept_part_comes_with_its_mark_its_day_and_its_result(self) -> None:
        hall = self.first()
        found = self.finished(self.resit(hall))
        theory = found.parts["theory"]
        assert (theory["mark"], theory["outcome"], theory["is_passed"]) == ("80.00", "carried", True)
        assert (theory["carried_from"], theory["carried_result"]) == (DAY.isoformat(), str(result_of(hall).pk))
        assert found.parts["skill"]["mark"] == "81.67"
        assert found.is_passed

    def test_also_when_it_was_earned_under_a_record_that_was_merged_away(self) -> None:
        hall = self.first()
        living = make_person(name="孙合并")
        identity.merge(
            actor=officer("persons.merge", "persons.correct", "persons.see", region="3201"),
            at=AGAIN - timedelta(days=3),
            keep_id=living.pk,
            lose_id=hall.registrations[0].person_id,
            reason="同一人两次录入，经核对身份证件",
        )
        found = self.finished(self.resit(hall, person=living))
        assert (found.parts["theory"]["mark"], found.is_passed) == ("80.00", True)

    def test_a_draft_does_not_outlive_a_correction_of_the_earlier_mark(self) -> None:
        hall = self.first()
        later = self.resit(hall)
        services.draft_results(actor=scorer(), at=AGAIN, sitting_id=later.pk)
        old = result_of(hall)
        Result.objects.filter(pk=old.pk).update(state="superseded")
        low = {**old.parts["theory"], "mark": "59.00", "is_passed": False}
        corrected = Result.objects.create(
            registration=old.registration,
            region_code=old.region_code,
            version=2,
            parts={**old.parts, "theory": low},
            is_passed=False,
            clause=old.clause,
            state="final",
            drafted_at=AGAIN,
            published_at=AGAIN,
            recheck_until=old.recheck_until,
            supersedes=old,
        )
        vouch_for(actor=officer(), at=AGAIN, records=[corrected])
        with pytest.raises(services.MarksChanged):
            services.finalise(actor=scorer(), at=AGAIN, sitting_id=later.pk)
        found = self.finished(later)
        assert (found.parts["theory"]["mark"], found.is_passed) == ("59.00", False)
