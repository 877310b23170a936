"""At the door and in the room."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from kaogong.delivery import selectors, services
from kaogong.delivery.models import Attempt, Incident
from kaogong.foundation.audit.models import TrailEntry
from kaogong.foundation.kernel.refusals import NotFound, NotPermitted, WrongState
from kaogong.itembank import selectors as bank
from tests.support.cast import candidate, officer, outsider
from tests.support.delivery import (
    MORNING,
    START,
    begin,
    check_in,
    make_hall,
    on_duty,
    open_doors,
    overseer,
    save,
    seat_everyone,
)

pytestmark = pytest.mark.django_db


class TestOpenRoom:
    def test_makes_an_attempt_for_every_seat(self) -> None:
        hall = open_doors(make_hall(candidates=2))
        states = Attempt.objects.filter(part=hall.theory).values_list("state", flat=True)
        assert list(states) == ["expected", "expected"]

    def test_only_on_the_day(self) -> None:
        hall = make_hall()
        with pytest.raises(services.RoomNotYet):
            open_doors(hall, at=MORNING - timedelta(days=1))

    def test_happens_once(self) -> None:
        hall = open_doors(make_hall())
        with pytest.raises(services.AlreadyOpen):
            open_doors(hall)

    def test_needs_seats(self) -> None:
        hall = make_hall(parts=("skill",))
        with pytest.raises(services.NoSeats):
            open_doors(hall)

    def test_is_for_those_on_duty_or_with_the_power(self) -> None:
        hall = make_hall()
        with pytest.raises(NotPermitted):
            services.open_room(actor=overseer(), at=MORNING, part_id=hall.theory.pk)
        assert services.open_room(actor=officer("delivery.run", region="3201"), at=MORNING, part_id=hall.theory.pk) == 1

    def test_outsiders_and_candidates_cannot_even_find_it(self) -> None:
        hall = make_hall()
        for stranger in (outsider("delivery.run"), hall.candidate()):
            with pytest.raises(NotFound):
                services.open_room(actor=stranger, at=MORNING, part_id=hall.theory.pk)


class TestCheckIn:
    def test_lets_the_candidate_in(self) -> None:
        hall = open_doors(make_hall())
        check_in(hall)
        assert hall.attempt().state == "present"

    def test_compares_the_document(self) -> None:
        hall = open_doors(make_hall())
        with pytest.raises(services.IdentityMismatch) as told:
            services.check_in(actor=hall.invigilator, at=MORNING, attempt_id=hall.attempt().pk, document_tail="0000")
        assert str(told.value.clause) == "theory-room-rules/identity"

    def test_half_an_hour_late_is_in_time(self) -> None:
        hall = open_doors(make_hall())
        check_in(hall, at=START + timedelta(minutes=30))
        assert hall.attempt().state == "present"

    def test_later_is_not(self) -> None:
        hall = open_doors(make_hall())
        with pytest.raises(services.LateEntry) as told:
            check_in(hall, at=START + timedelta(minutes=30, seconds=1))
        assert "30 分钟" in str(told.value)
        assert str(told.value.clause) == "theory-room-rules/late-entry"
        assert TrailEntry.objects.filter(action="delivery.check_in", is_refused=True).exists()

    def test_happens_once(self) -> None:
        hall = seat_everyone(make_hall())
        with pytest.raises(WrongState):
            check_in(hall)

    def test_an_invigilator_of_another_sitting_cannot_find_it(self) -> None:
        hall, other = open_doors(make_hall()), make_hall()
        with pytest.raises(NotFound):
            services.check_in(
                actor=other.invigilator, at=MORNING, attempt_id=hall.attempt().pk, document_tail=hall.tail()
            )

    def test_a_supervisor_looks_but_does_not_touch(self) -> None:
        hall = open_doors(make_hall())
        watching = on_duty(hall.theory, "supervisor")
        assert selectors.attempt_for(watching, hall.attempt().pk)
        with pytest.raises(NotPermitted):
            services.check_in(actor=watching, at=MORNING, attempt_id=hall.attempt().pk, document_tail=hall.tail())

    def test_a_candidate_cannot_check_herself_in(self) -> None:
        hall = open_doors(make_hall())
        with pytest.raises(NotPermitted):
            services.check_in(
                actor=hall.candidate(), at=MORNING, attempt_id=hall.attempt().pk, document_tail=hall.tail()
            )


class TestTurnAway:
    def test_is_written_down_with_its_clause(self) -> None:
        hall = open_doors(make_hall())
        services.turn_away(actor=hall.invigilator, at=START + timedelta(minutes=42), attempt_id=hall.attempt().pk)
        assert hall.attempt().state == "late"
        incident = Incident.objects.get(attempt=hall.attempt())
        assert incident.kind == "late"
        assert incident.clause == "theory-room-rules/late-entry"

    def test_not_while_there_is_time(self) -> None:
        hall = open_doors(make_hall())
        with pytest.raises(services.NotLateYet):
            services.turn_away(actor=hall.invigilator, at=START + timedelta(minutes=30), attempt_id=hall.attempt().pk)

    def test_not_for_somebody_inside(self) -> None:
        hall = seat_everyone(make_hall())
        with pytest.raises(WrongState):
            services.turn_away(actor=hall.invigilator, at=START + timedelta(minutes=42), attempt_id=hall.attempt().pk)


class TestMarkAbsent:
    def test_when_nobody_may_come_any_more(self) -> None:
        hall = open_doors(make_hall())
        services.mark_absent(actor=hall.invigilator, at=START + timedelta(minutes=31), attempt_id=hall.attempt().pk)
        assert hall.attempt().state == "absent"

    def test_not_before(self) -> None:
        hall = open_doors(make_hall())
        with pytest.raises(services.NotLateYet) as told:
            services.mark_absent(actor=hall.invigilator, at=START, attempt_id=hall.attempt().pk)
        assert told.value.facts["until"] == "09:30"


class TestBar:
    def test_ends_the_attempt(self) -> None:
        hall = seat_everyone(make_hall())
        begin(hall)
        save(hall, {1: "A"})
        services.bar(
            actor=hall.invigilator, at=START, attempt_id=hall.attempt().pk, kind="phone", text="桌内手机亮屏查看"
        )
        assert hall.attempt().state == "barred"
        incident = Incident.objects.get(attempt=hall.attempt())
        assert incident.clause == "anhui-2016-breaches/void"
        with pytest.raises(WrongState):
            save(hall, {2: "A"}, first=2)

    def test_needs_a_breach_and_words(self) -> None:
        hall = seat_everyone(make_hall())
        with pytest.raises(services.UnknownIncident):
            services.bar(actor=hall.invigilator, at=START, attempt_id=hall.attempt().pk, kind="power", text="停电")
        with pytest.raises(services.IncidentWithoutWords):
            services.bar(actor=hall.invigilator, at=START, attempt_id=hall.attempt().pk, kind="phone", text=" ")
        assert hall.attempt().state == "present"

    def test_not_before_the_door(self) -> None:
        hall = open_doors(make_hall())
        with pytest.raises(WrongState):
            services.bar(actor=hall.invigilator, at=START, attempt_id=hall.attempt().pk, kind="phone", text="电话")

    def test_is_for_those_on_duty(self) -> None:
        hall = seat_everyone(make_hall())
        with pytest.raises(NotPermitted):
            services.bar(actor=overseer(), at=START, attempt_id=hall.attempt().pk, kind="phone", text="电话")


class TestIncidents:
    def test_are_kept_as_they_were_written(self) -> None:
        hall = open_doors(make_hall())
        incident = services.record_incident(
            actor=hall.invigilator, at=START, part_id=hall.theory.pk, kind="power", text="停电三分钟"
        )
        assert list(selectors.incidents_of(hall.theory.pk, hall.invigilator)) == [incident]
        with pytest.raises(IntegrityError), transaction.atomic():
            Incident.objects.filter(pk=incident.pk).update(text="没有停电")
        with pytest.raises(IntegrityError), transaction.atomic():
            Incident.objects.filter(pk=incident.pk).delete()

    def test_a_breach_is_not_a_mere_incident(self) -> None:
        hall = open_doors(make_hall())
        with pytest.raises(services.UnknownIncident):
            services.record_incident(
                actor=hall.invigilator, at=START, part_id=hall.theory.pk, kind="cheating", text="传递纸条"
            )

    def test_writing_on_after_the_bell_is_somebodys(self) -> None:
        hall = open_doors(make_hall())
        with pytest.raises(services.UnknownIncident):
            services.record_incident(
                actor=hall.invigilator, at=START, part_id=hall.theory.pk, kind="after_bell", text="铃后作答"
            )

    def test_not_about_a_candidate_of_another_hall(self) -> None:
        hall, other = open_doors(make_hall()), open_doors(make_hall())
        with pytest.raises(NotFound):
            services.record_incident(
                actor=hall.invigilator,
                at=START,
                part_id=hall.theory.pk,
                kind="other",
                text="走错考场",
                attempt_id=other.attempt().pk,
            )


class TestExtend:
    def test_gives_minutes_back_and_says_why(self) -> None:
        hall = seat_everyone(make_hall())
        before = begin(hall).ends_at
        services.extend(
            actor=hall.invigilator, at=START, attempt_id=hall.attempt().pk, minutes=5, reason="考试机死机重启"
        )
        assert hall.attempt().ends_at == before + timedelta(minutes=5)
        assert Incident.objects.get(attempt=hall.attempt()).kind == "extended"

    @pytest.mark.parametrize("minutes", [0, -5, 31])
    def test_within_the_most(self, minutes: int) -> None:
        hall = seat_everyone(make_hall())
        begin(hall)
        with pytest.raises(services.ExtensionTooLong):
            services.extend(
                actor=hall.invigilator, at=START, attempt_id=hall.attempt().pk, minutes=minutes, reason="停电"
            )

    def test_small_steps_do_not_add_up_for_ever(self) -> None:
        hall = seat_everyone(make_hall())
        before = begin(hall).ends_at
        attempt_id = hall.attempt().pk
        for _each in range(2):
            services.extend(actor=hall.invigilator, at=START, attempt_id=attempt_id, minutes=30, reason="停电")
        with pytest.raises(services.ExtendedEnough):
            services.extend(actor=hall.invigilator, at=START, attempt_id=attempt_id, minutes=1, reason="又停电")
        assert hall.attempt().ends_at == before + timedelta(minutes=60)

    def test_only_while_working(self) -> None:
        hall = seat_everyone(make_hall())
        with pytest.raises(WrongState):
            services.extend(actor=hall.invigilator, at=START, attempt_id=hall.attempt().pk, minutes=5, reason="停电")


class TestRoomPicture:
    def test_shows_each_seat_and_how_far_it_is(self) -> None:
        hall = seat_everyone(make_hall(candidates=2))
        begin(hall)
        save(hall, {1: "A", 2: "B", 3: ""})
        picture = selectors.room_picture(hall.invigilator, hall.theory.pk, hall.room.pk, at=START)
        assert [seat.state for seat in picture.seats] == ["started", "present"]
        assert picture.seats[0].ticket_number == hall.ticket()
        assert picture.counts["started"] == 1
        assert picture.seats[0].last_heard_at == START

    def test_strangers_find_no_room(self) -> None:
        hall = open_doors(make_hall())
        with pytest.raises(NotFound):
            selectors.room_picture(outsider("delivery.see"), hall.theory.pk, hall.room.pk, at=START)


class TestDutiesAndTasks:
    def test_a_person_on_duty_finds_her_part_without_any_post(self) -> None:
        hall = make_hall()
        assert hall.theory in selectors.parts_for(hall.invigilator)
        assert hall.skill not in selectors.parts_for(hall.invigilator)

    def test_an_examiner_reads_the_drawn_task_and_others_do_not(self) -> None:
        from tests.support.delivery import draw

        hall = make_hall()
        drawn = draw(hall)[0]
        content = bank.task_content(hall.examiners[0], drawn.task_id, MORNING)
        assert content.criteria
        with pytest.raises(NotFound):
            bank.task_content(hall.candidate(), drawn.task_id, MORNING)
        with pytest.raises(NotFound):
            bank.task_content(hall.examiners[0], drawn.task_id, MORNING - timedelta(days=3))

    def test_nobody_finds_attempts_without_business(self) -> None:
        hall = open_doors(make_hall())
        from kaogong.foundation.kernel.ids import uuid7

        assert not selectors.attempts_of(hall.theory.pk, candidate(uuid7())).exists()
