"""A candidate gets another seat, or two change places, before and after the tickets are out."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from kaogong.delivery import selectors as delivery
from kaogong.foundation.audit.models import TrailEntry
from kaogong.foundation.kernel.refusals import NotFound, NotPermitted, Refusal
from kaogong.foundation.outbox.models import OutboxEvent
from kaogong.personnel import services as personnel
from kaogong.seating import selectors, services
from kaogong.seating.models import Seat, Ticket
from kaogong.sittings import selectors as sittings
from kaogong.sittings.models import Sitting
from tests.support.cast import candidate, officer, outsider
from tests.support.personnel import GRANTOR
from tests.support.registration import make_admitted_many
from tests.support.seating import ARRANGER, arranging_time, make_published
from tests.support.sittings import announced_sitting


@pytest.fixture
def sitting() -> Sitting:
    return announced_sitting()


def theory_seats(sitting: Sitting) -> list[Seat]:
    return list(selectors.seats(sittings.parts_of(sitting.pk)[0].pk))


def move(sitting: Sitting, seat: Seat, number: int, **options: Any) -> Seat:
    given = {"actor": ARRANGER, "at": arranging_time(sitting), "room_id": seat.room_id, "reason": "行动不便", **options}
    return services.move_seat(seat_id=seat.pk, number=number, **given)


def exchange(sitting: Sitting, one: Seat, other: Seat, **options: Any) -> Seat:
    return move(sitting, one, other.number, exchange_with=other.pk, **options)


def numbers(*seats: Seat) -> list[int]:
    return [Seat.objects.get(pk=seat.pk).number for seat in seats]


@pytest.mark.django_db
class TestBeforeTheTickets:
    @pytest.fixture
    def seats(self, sitting: Sitting) -> list[Seat]:
        make_admitted_many(sitting, 4)
        services.arrange(actor=ARRANGER, at=arranging_time(sitting), sitting_id=sitting.pk, seed="7")
        return theory_seats(sitting)

    def test_two_change_places_in_one_deed(self, sitting: Sitting, seats: list[Seat]) -> None:
        first, second, *_others = seats
        before = numbers(first, second)
        exchange(sitting, first, second)
        assert numbers(first, second) == before[::-1]
        line = TrailEntry.objects.get(action="seating.seats_exchanged")
        assert (line.reason, line.facts["before"]["number"], line.facts["after"]["number"]) == ("行动不便", *before)

    def test_whoever_sits_there_must_be_the_one_that_was_named(self, sitting: Sitting, seats: list[Seat]) -> None:
        first, second, third, _fourth = seats
        with pytest.raises(services.SeatTaken):
            move(sitting, first, second.number, exchange_with=third.pk)
        with pytest.raises(services.SeatChanged):
            move(sitting, first, 25, exchange_with=third.pk)

    def test_a_plan_that_is_out_of_date_is_told(self, sitting: Sitting, seats: list[Seat]) -> None:
        first = seats[0]
        seen = (first.room_id, first.wave, first.number)
        move(sitting, first, 20, seen_at=seen)
        with pytest.raises(services.SeatChanged):
            move(sitting, first, 21, seen_at=seen)

    def test_the_own_seat_is_no_move(self, sitting: Sitting, seats: list[Seat]) -> None:
        with pytest.raises(services.AlreadyThere):
            move(sitting, seats[0], seats[0].number)

    def test_needs_the_power_and_is_not_found_by_outsiders(self, sitting: Sitting, seats: list[Seat]) -> None:
        with pytest.raises(NotPermitted):
            exchange(sitting, *seats[:2], actor=officer("seating.see"))
        with pytest.raises(NotFound):
            exchange(sitting, *seats[:2], actor=outsider("seating.see", "seating.arrange"))


@pytest.mark.django_db
class TestNeighbours:
    def test_more_of_one_school_side_by_side_must_be_accepted(self, sitting: Sitting) -> None:
        make_admitted_many(sitting, 4, employers=["甲厂", "乙厂"])
        services.arrange(actor=ARRANGER, at=arranging_time(sitting), sitting_id=sitting.pk, seed="7")
        first, second, third, _fourth = theory_seats(sitting)
        assert first.registration.employer == third.registration.employer != second.registration.employer

        with pytest.raises(services.NeighboursAlike):
            exchange(sitting, second, third)
        exchange(sitting, second, third, accept_neighbours=True)
        assert TrailEntry.objects.get(action="seating.seats_exchanged").facts["neighbours"] > 0


@pytest.mark.django_db
class TestAfterThePublication:
    def test_the_old_tickets_become_void_and_new_numbers_end_with_the_seat(self, sitting: Sitting) -> None:
        old = {ticket.registration_id: ticket.number for ticket in make_published(sitting)}
        first, second, *_others = theory_seats(sitting)
        exchange(sitting, first, second)

        new = dict(Ticket.objects.filter(registration__sitting=sitting).values_list("registration_id", "number"))
        for seat in (first, second):
            assert new[seat.registration_id].endswith(f"{numbers(seat)[0]:02d}")
            assert new[seat.registration_id] not in old.values()
        assert len(new) == len(old)
        assert {t.number for t in selectors.void_tickets(ARRANGER, sitting.pk)} == {
            old[first.registration_id],
            old[second.registration_id],
        }
        assert OutboxEvent.objects.filter(name="seating.ticket_changed").count() == 2
        assert TrailEntry.objects.filter(action="seating.ticket_replaced").count() == 2
        herself = candidate(first.registration.person_id)
        shown = selectors.ticket_of(first.registration_id, herself)
        assert shown is not None
        assert shown.number == new[first.registration_id]

    def test_back_and_forth_no_number_is_used_again(self, sitting: Sitting) -> None:
        make_published(sitting)
        first, second, *_others = theory_seats(sitting)
        for _time in range(2):
            exchange(sitting, *theory_seats(sitting)[:2])
        printed = list(Ticket.printed.filter(registration__in=[first.registration_id, second.registration_id]))
        assert len(printed) == len({ticket.number for ticket in printed}) == 6

    def test_a_seat_that_nobody_had_is_numbered_in_the_first_series(self, sitting: Sitting) -> None:
        old = make_published(sitting)[0].number
        seat = theory_seats(sitting)[0]
        move(sitting, seat, 20)
        assert Ticket.objects.get(registration=seat.registration_id).number == f"{old[:-2]}20"

    def test_another_workplace_renews_the_ticket_too(self, sitting: Sitting) -> None:
        make_published(sitting)
        seat = selectors.seats(sittings.parts_of(sitting.pk)[1].pk)[0]
        old = Ticket.objects.get(registration=seat.registration_id).number
        move(sitting, seat, 9)
        new = Ticket.objects.get(registration=seat.registration_id).number
        assert (new != old, new[-2:]) == (True, old[-2:])

    def test_the_door_tells_who_shows_the_old_one(self, sitting: Sitting) -> None:
        make_published(sitting)
        part = sittings.parts_of(sitting.pk)[0]
        seat = theory_seats(sitting)[0]
        old = Ticket.objects.get(registration=seat.registration_id).number
        move(sitting, seat, 20)
        door = officer("delivery.run", "delivery.see", "seating.see")
        with pytest.raises(services.TicketVoid) as told:
            delivery.attempt_by_ticket(door, part.pk, old)
        new = Ticket.objects.get(registration=seat.registration_id).number
        assert new in str(told.value).replace(" ", "")
        with pytest.raises(NotFound):
            delivery.attempt_by_ticket(outsider("delivery.run", "delivery.see"), part.pk, old)

    def test_needs_a_reason(self, sitting: Sitting) -> None:
        make_published(sitting)
        seat = theory_seats(sitting)[0]
        with pytest.raises(services.ExchangeReasonMissing):
            move(sitting, seat, 20, reason=" ")

    def test_ends_with_the_start(self, sitting: Sitting) -> None:
        make_published(sitting)
        seat = theory_seats(sitting)[0]
        starts = sittings.parts_of(sitting.pk)[0].starts_at
        with pytest.raises(services.ExchangeTooLate):
            move(sitting, seat, 20, at=starts)
        move(sitting, seat, 20, at=starts - timedelta(seconds=1))

    def test_whoever_watches_there_must_be_no_relative(self, sitting: Sitting) -> None:
        make_published(sitting)
        part = sittings.parts_of(sitting.pk)[0]
        seat = theory_seats(sitting)[0]
        watching = next(each for each in selectors.panel(part.pk) if each.room_id == seat.room_id)
        personnel.relate(
            actor=GRANTOR,
            at=arranging_time(sitting),
            first_id=watching.person_id,
            second_id=seat.registration.person_id,
            kind="related",
            source="本人申报",
        )
        with pytest.raises(services.MustStandAside):
            move(sitting, seat, 20)
        assert Ticket.objects.filter(registration=seat.registration_id).count() == 1

    def test_a_void_ticket_stays_as_it_is(self, sitting: Sitting) -> None:
        make_published(sitting)
        seat = theory_seats(sitting)[0]
        move(sitting, seat, 20)
        void = Ticket.printed.filter(registration=seat.registration_id, void_at__isnull=False)
        for change in ({"void_at": None}, {"number": "1"}):
            with pytest.raises(IntegrityError), transaction.atomic():
                void.update(**change)
        with pytest.raises(IntegrityError), transaction.atomic():
            Seat.objects.filter(pk=seat.pk).update(number=29)


@pytest.mark.concurrency
class TestTwoAtOnce:
    @pytest.fixture(autouse=True)
    def _commits(self, real_database: str) -> None:
        """Commits are real here."""

    def at_once(self, *deeds: Callable[[], object]) -> list[object]:
        together = Barrier(len(deeds))

        def run(deed: Callable[[], object]) -> object:
            together.wait()
            try:
                return deed()
            except Refusal as refusal:
                return refusal
            finally:
                connection.close()

        with ThreadPoolExecutor(len(deeds)) as pool:
            return [each.result() for each in [pool.submit(run, deed) for deed in deeds]]

    def test_one_exchange_wins_and_every_seat_keeps_one_candidate_and_one_ticket(self) -> None:
        sitting = announced_sitting()
        make_published(sitting)
        first, second, third, _fourth = theory_seats(sitting)
        seen = (first.room_id, first.wave, first.number)
        told = self.at_once(
            lambda: exchange(sitting, first, second, seen_at=seen),
            lambda: exchange(sitting, first, third, seen_at=seen),
        )
        assert [type(each) for each in told if isinstance(each, Refusal)] == [services.SeatChanged]
        now = theory_seats(sitting)
        assert sorted(seat.number for seat in now) == [1, 2, 3, 4]
        standing = dict(Ticket.objects.values_list("registration_id", "number"))
        assert [standing[seat.registration_id][-2:] for seat in now] == ["01", "02", "03", "04"]
