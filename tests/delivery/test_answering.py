"""The candidate at the machine: nothing acknowledged is lost, the clock is the server's, the hand-in is one."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from kaogong.delivery import selectors, services
from kaogong.delivery.models import Answer, Attempt, Incident
from kaogong.foundation.kernel.actors import PUBLIC
from kaogong.foundation.kernel.refusals import NotFound, WrongState
from tests.support.cast import officer
from tests.support.delivery import (
    BELL,
    MORNING,
    START,
    begin,
    begun_hall,
    check_in,
    entries,
    make_hall,
    open_doors,
    save,
    seat_everyone,
)

pytestmark = pytest.mark.django_db


def enter(hall: object, *, ticket: str, tail: str, code: str) -> services.Admission:
    return services.enter_machine(actor=PUBLIC, at=MORNING, ticket_number=ticket, document_tail=tail, room_code=code)


class TestEnterMachine:
    def test_binds_the_machine_to_the_attempt(self) -> None:
        hall = seat_everyone(make_hall())
        code = selectors.room_code(hall.invigilator, hall.theory.pk, hall.room.pk, at=MORNING).code
        admission = enter(hall, ticket=hall.ticket(), tail=hall.tail(), code=code)
        assert admission.attempt_id == hall.attempt().pk
        assert admission.actor.person_id == hall.registrations[0].person_id
        assert admission.actor.grants == ()

    @pytest.mark.parametrize("wrong", ["ticket", "tail", "code"])
    def test_answers_alike_whatever_is_wrong(self, wrong: str) -> None:
        hall = seat_everyone(make_hall())
        code = selectors.room_code(hall.invigilator, hall.theory.pk, hall.room.pk, at=MORNING).code
        right = {"ticket": hall.ticket(), "tail": hall.tail(), "code": code}
        with pytest.raises(services.NoEntry) as told:
            enter(hall, **{**right, wrong: "0000"})
        assert told.value.facts == {}

    def test_the_code_of_another_room_does_not_open(self) -> None:
        hall, other = seat_everyone(make_hall()), make_hall()
        code = selectors.room_code(other.invigilator, other.theory.pk, other.room.pk, at=MORNING).code
        with pytest.raises(services.NoEntry):
            enter(hall, ticket=hall.ticket(), tail=hall.tail(), code=code)

    def test_a_code_works_one_span_longer_and_no_more(self) -> None:
        hall = seat_everyone(make_hall())
        for minutes, works in ((10, True), (25, False)):
            code = selectors.room_code(
                hall.invigilator, hall.theory.pk, hall.room.pk, at=MORNING - timedelta(minutes=minutes)
            ).code
            try:
                enter(hall, ticket=hall.ticket(), tail=hall.tail(), code=code)
                assert works
            except services.NoEntry:
                assert not works

    def test_who_was_not_checked_in_is_sent_to_the_invigilator(self) -> None:
        hall = open_doors(make_hall())
        code = selectors.room_code(hall.invigilator, hall.theory.pk, hall.room.pk, at=MORNING).code
        with pytest.raises(services.NotCheckedIn):
            enter(hall, ticket=hall.ticket(), tail=hall.tail(), code=code)

    def test_the_code_is_for_those_on_duty(self) -> None:
        hall = open_doors(make_hall())
        with pytest.raises(NotFound):
            selectors.room_code(officer("registration.see"), hall.theory.pk, hall.room.pk, at=MORNING)


class TestStart:
    def test_shows_the_paper_and_starts_the_clock(self) -> None:
        hall = seat_everyone(make_hall())
        begun = begin(hall)
        assert len(begun.questions) == 100
        assert begun.ends_at == BELL
        assert hall.attempt().state == "started"

    def test_who_begins_late_ends_with_the_wave(self) -> None:
        hall = seat_everyone(make_hall())
        assert begin(hall, at=START + timedelta(minutes=25)).ends_at == BELL

    def test_shows_no_key(self) -> None:
        hall = seat_everyone(make_hall())
        shown = begin(hall).questions[0]
        assert set(shown.__slots__) == {"number", "position", "type", "stem", "options", "gaps", "own"}
        assert shown.own is None

    def test_goes_on_after_a_reload_with_what_was_saved(self) -> None:
        hall = begun_hall()
        save(hall, {3: "A", 4: "B"})
        again = services.start(
            actor=hall.candidate(), at=START + timedelta(minutes=9), attempt_id=hall.attempt().pk, device="m1"
        )
        assert again.answers == {3: "A", 4: "B"}
        assert again.acknowledged == 2
        assert again.ends_at == BELL
        assert not Incident.objects.exists()

    def test_goes_on_at_another_machine_and_says_so(self) -> None:
        hall = begun_hall()
        save(hall, {3: "A"})
        again = services.start(actor=hall.candidate(), at=START, attempt_id=hall.attempt().pk, device="m2")
        assert again.answers == {3: "A"}
        assert again.acknowledged == 0
        assert Incident.objects.get().kind == "device_changed"

    def test_the_order_stays_the_same(self) -> None:
        hall = seat_everyone(make_hall())
        first = [each.position for each in begin(hall).questions]
        again = selectors.own_paper(hall.candidate(), hall.attempt().pk, device="m1", at=START)
        assert [each.position for each in again.questions] == first

    def test_needs_the_check_in(self) -> None:
        hall = open_doors(make_hall())
        services.release_papers(actor=hall.invigilator, at=START, part_id=hall.theory.pk)
        with pytest.raises(WrongState):
            services.start(actor=hall.candidate(), at=START, attempt_id=hall.attempt().pk, device="m1")

    def test_nobody_starts_for_another(self) -> None:
        hall = seat_everyone(make_hall(candidates=2))
        services.release_papers(actor=hall.invigilator, at=START, part_id=hall.theory.pk)
        for stranger in (hall.candidate(1), hall.invigilator, officer("delivery.run", region="")):
            with pytest.raises(NotFound):
                services.start(actor=stranger, at=START, attempt_id=hall.attempt(0).pk, device="m1")

    def test_not_after_the_waves_end(self) -> None:
        hall = seat_everyone(make_hall())
        services.release_papers(actor=hall.invigilator, at=START, part_id=hall.theory.pk)
        with pytest.raises(services.TimeOver):
            services.start(actor=hall.candidate(), at=BELL, attempt_id=hall.attempt().pk, device="m1")


class TestSaveAnswers:
    def test_acknowledges_what_arrived_without_a_gap(self) -> None:
        hall = begun_hall()
        assert save(hall, {1: "A", 2: "B"}) == 2
        assert save(hall, {4: "C"}, first=4) == 2
        assert save(hall, {3: "D"}, first=3) == 4

    def test_sent_again_changes_nothing(self) -> None:
        hall = begun_hall()
        save(hall, {1: "A", 2: "B"})
        assert save(hall, {1: "A", 2: "B"}) == 2
        assert Answer.objects.count() == 2

    def test_a_used_number_does_not_overwrite(self) -> None:
        hall = begun_hall()
        save(hall, {1: "A"})
        save(hall, {1: "C"})
        assert selectors.submission(hall.attempt().pk) == {1: "A"}

    def test_the_last_arrival_counts(self) -> None:
        hall = begun_hall()
        save(hall, [(1, "A"), (1, "B"), (2, "C"), (2, "")])
        assert selectors.submission(hall.attempt().pk) == {1: "B"}

    def test_two_machines_are_merged_and_the_humans_told(self) -> None:
        hall = begun_hall()
        save(hall, {1: "A", 2: "B"}, device="m1")
        services.start(actor=hall.candidate(), at=START, attempt_id=hall.attempt().pk, device="m2")
        save(hall, {1: "C"}, device="m2", at=START + timedelta(minutes=1))
        save(hall, {1: "D", 5: "A"}, device="m1", first=3, at=START + timedelta(minutes=2))
        assert selectors.submission(hall.attempt().pk) == {1: "D", 2: "B", 5: "A"}
        told = Incident.objects.get(kind="two_devices")
        assert "1" in told.text
        assert told.clause == "kaogong-delivery-rules/devices"

    def test_changing_ones_mind_at_the_new_machine_is_no_conflict(self) -> None:
        hall = begun_hall()
        save(hall, {1: "A"}, device="m1")
        services.start(actor=hall.candidate(), at=START, attempt_id=hall.attempt().pk, device="m2")
        save(hall, {1: "C"}, device="m2")
        assert not Incident.objects.filter(kind="two_devices").exists()

    @pytest.mark.parametrize(("position", "answer"), [(0, "A"), (101, "A"), (1, "E"), (1, "T"), (1, "AB"), (81, "A")])
    def test_refuses_what_is_no_answer(self, position: int, answer: str) -> None:
        hall = begun_hall()
        with pytest.raises(services.UnreadableAnswers):
            save(hall, {position: answer})
        assert not Answer.objects.exists()

    def test_takes_what_was_under_way_at_the_bell(self) -> None:
        hall = begun_hall()
        assert save(hall, {1: "A"}, at=BELL + timedelta(seconds=120)) == 1

    def test_and_nothing_later(self) -> None:
        hall = begun_hall()
        with pytest.raises(services.TimeOver):
            save(hall, {1: "A"}, at=BELL + timedelta(seconds=121))

    def test_an_extension_opens_the_time_again(self) -> None:
        hall = begun_hall()
        services.extend(actor=hall.invigilator, at=BELL, attempt_id=hall.attempt().pk, minutes=10, reason="停电十分钟")
        assert save(hall, {1: "A"}, at=BELL + timedelta(minutes=9)) == 1

    def test_not_before_the_start(self) -> None:
        hall = seat_everyone(make_hall())
        with pytest.raises(WrongState):
            save(hall, {1: "A"})

    def test_nobody_saves_for_another(self) -> None:
        hall = begun_hall(candidates=2)
        with pytest.raises(NotFound):
            services.save_answers(
                actor=hall.candidate(1),
                at=START,
                attempt_id=hall.attempt(0).pk,
                device="m1",
                entries=entries({1: "A"}),
            )

    def test_answers_are_never_changed_or_deleted(self) -> None:
        hall = begun_hall()
        save(hall, {1: "A"})
        for change in (lambda: Answer.objects.update(answer="B"), lambda: Answer.objects.all().delete()):
            with pytest.raises(IntegrityError), transaction.atomic():
                change()


class TestSubmit:
    def test_gives_a_signed_receipt_with_the_digest(self) -> None:
        hall = begun_hall()
        save(hall, {1: "A", 2: "B"})
        receipt = services.submit(actor=hall.candidate(), at=START, attempt_id=hall.attempt().pk)
        attempt = hall.attempt()
        assert receipt["answered"] == 2
        assert receipt["digest"] == attempt.answers_digest
        assert selectors.is_genuine(receipt)
        assert selectors.still_matches(attempt)

    def test_a_forged_receipt_is_found_out(self) -> None:
        hall = begun_hall()
        receipt = dict(services.submit(actor=hall.candidate(), at=START, attempt_id=hall.attempt().pk))
        assert not selectors.is_genuine({**receipt, "answered": 100})
        assert not selectors.is_genuine({**receipt, "signature": "AAAA"})
        assert not selectors.is_genuine({})

    def test_the_second_hand_in_is_told_with_the_same_receipt(self) -> None:
        hall = begun_hall()
        receipt = services.submit(actor=hall.candidate(), at=START, attempt_id=hall.attempt().pk)
        with pytest.raises(services.AlreadyHandedIn) as told:
            services.submit(actor=hall.candidate(), at=START + timedelta(minutes=1), attempt_id=hall.attempt().pk)
        assert told.value.receipt == receipt
        assert str(receipt["number"]) in str(told.value)

    def test_takes_no_answers_afterwards(self) -> None:
        hall = begun_hall()
        services.submit(actor=hall.candidate(), at=START, attempt_id=hall.attempt().pk)
        with pytest.raises(services.AlreadyHandedIn):
            save(hall, {1: "A"})
        with pytest.raises(IntegrityError), transaction.atomic():
            Answer.objects.create(
                attempt=hall.attempt(),
                device="m1",
                sequence=1,
                order=1,
                position=1,
                answer="A",
                client_at=START,
                received_at=START,
            )

    def test_the_receipt_is_fixed(self) -> None:
        hall = begun_hall()
        services.submit(actor=hall.candidate(), at=START, attempt_id=hall.attempt().pk)
        with pytest.raises(IntegrityError), transaction.atomic():
            Attempt.objects.filter(pk=hall.attempt().pk).update(receipt={})

    def test_not_before_the_start(self) -> None:
        hall = open_doors(make_hall())
        check_in(hall)
        with pytest.raises(WrongState):
            services.submit(actor=hall.candidate(), at=START, attempt_id=hall.attempt().pk)

    def test_nobody_hands_in_for_another(self) -> None:
        hall = begun_hall(candidates=2)
        with pytest.raises(NotFound):
            services.submit(actor=hall.candidate(1), at=START, attempt_id=hall.attempt(0).pk)


class TestEntryPause:
    def fail(self, ticket: str, times: int, *, address: str = "") -> None:
        for _each in range(times):
            services.note_failed_entry(actor=PUBLIC, at=MORNING, ticket_number=ticket, address=address)

    def test_comes_after_six_wrong_tries_even_for_the_right_one(self) -> None:
        hall = seat_everyone(make_hall())
        self.fail(hall.ticket(), 6)
        code = selectors.room_code(hall.invigilator, hall.theory.pk, hall.room.pk, at=MORNING).code
        with pytest.raises(services.EntryPaused):
            enter(hall, ticket=hall.ticket(), tail=hall.tail(), code=code)

    def test_is_the_same_for_tickets_that_do_not_exist(self) -> None:
        self.fail("999", 6)
        with pytest.raises(services.EntryPaused):
            enter(None, ticket="999", tail="0000", code="000000")

    def test_ends(self) -> None:
        self.fail("999", 6)
        with pytest.raises(services.NoEntry):
            services.enter_machine(
                actor=PUBLIC,
                at=MORNING + timedelta(seconds=61),
                ticket_number="999",
                document_tail="0000",
                room_code="000000",
            )

    def test_comes_for_an_address_that_tries_many_tickets(self) -> None:
        for ticket in range(60):
            self.fail(str(ticket), 1, address="10.0.0.7")
        with pytest.raises(services.EntryPaused):
            services.enter_machine(
                actor=PUBLIC,
                at=MORNING,
                ticket_number="61",
                document_tail="0000",
                room_code="000000",
                address="10.0.0.7",
            )
