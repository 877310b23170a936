"""Seats drawn, moved and published through the services."""

from __future__ import annotations

import io

import pytest
from django.db import IntegrityError, transaction
from pypdf import PdfReader

from kaogong.foundation.audit.models import TrailEntry
from kaogong.foundation.kernel.refusals import NotFound, NotPermitted
from kaogong.foundation.outbox.models import OutboxEvent
from kaogong.registration import services as registration_services
from kaogong.seating import selectors, services
from kaogong.seating.models import Seat, Ticket
from kaogong.sittings import selectors as sittings
from kaogong.sittings.models import Sitting
from tests.support.cast import candidate, officer, outsider
from tests.support.identity import make_person
from tests.support.registration import collect, make_admitted, make_admitted_many, make_submitted
from tests.support.seating import ARRANGER, arranging_time, fill_panels, make_published
from tests.support.sittings import announced_sitting

pytestmark = pytest.mark.django_db


@pytest.fixture
def sitting() -> Sitting:
    return announced_sitting()


def arrange(sitting: Sitting, seed: str = "7", **options: object) -> object:
    given = {"actor": ARRANGER, "at": arranging_time(sitting), **options}
    return services.arrange(sitting_id=sitting.pk, seed=seed, **given)  # type: ignore[arg-type]  # as given


class TestArrange:
    def test_seats_everyone_who_paid_in_every_part(self, sitting: Sitting) -> None:
        make_admitted_many(sitting, 12, employers=["甲厂", "乙厂"])
        unpaid = make_admitted(sitting, paid=False)

        arrangement = services.arrange(actor=ARRANGER, at=arranging_time(sitting), sitting_id=sitting.pk, seed=" 7 ")

        theory, skill = sittings.parts_of(sitting.pk)
        assert (selectors.seats(theory.pk).count(), selectors.seats(skill.pk).count()) == (12, 12)
        assert {seat.wave for seat in selectors.seats(skill.pk)} == {1, 2}
        assert not Seat.objects.filter(registration=unpaid).exists()
        assert (arrangement.seed, arrangement.candidates, arrangement.left_out) == ("7", 12, 1)
        assert arrangement.violations == 0

    def test_may_be_repeated_and_the_seed_decides(self, sitting: Sitting) -> None:
        make_admitted_many(sitting, 6)

        def drawn(seed: str) -> dict[object, int]:
            arrange(sitting, seed)
            theory = sittings.parts_of(sitting.pk)[0]
            return dict(selectors.seats(theory.pk).values_list("registration_id", "number"))

        first = drawn("7")
        assert drawn("8") != first
        assert drawn("7") == first
        assert selectors.arrangements_of(sitting.pk).count() == 3

    def test_keeps_the_seed_in_the_trail(self, sitting: Sitting) -> None:
        make_admitted_many(sitting, 2)
        arrange(sitting, "公开摇号 4711")
        assert TrailEntry.objects.get(action="seating.arranged").facts["seed"] == "公开摇号 4711"

    def test_needs_a_seed(self, sitting: Sitting) -> None:
        with pytest.raises(services.SeedMissing):
            arrange(sitting, "  ")

    def test_needs_candidates(self, sitting: Sitting) -> None:
        make_submitted(sitting)
        with pytest.raises(services.NobodyToSeat):
            arrange(sitting)

    def test_needs_the_power(self, sitting: Sitting) -> None:
        with pytest.raises(NotPermitted):
            arrange(sitting, actor=officer("seating.see"))

    def test_outsiders_cannot_even_find_it(self, sitting: Sitting) -> None:
        with pytest.raises(NotFound):
            arrange(sitting, actor=outsider("seating.arrange"))

    def test_is_closed_once_published(self, sitting: Sitting) -> None:
        make_published(sitting)
        with pytest.raises(services.SeatsPublished):
            arrange(sitting)


class TestMoveSeat:
    def test_moves_to_a_free_seat(self, sitting: Sitting) -> None:
        make_admitted_many(sitting, 3)
        arrange(sitting)
        seat = selectors.seats(sittings.parts_of(sitting.pk)[0].pk)[0]

        moved = services.move_seat(
            actor=ARRANGER, at=arranging_time(sitting), seat_id=seat.pk, room_id=seat.room_id, number=17
        )
        assert (moved.number, moved.row, moved.column) == (17, 4, 4)

    def test_a_taken_seat_is_refused(self, sitting: Sitting) -> None:
        make_admitted_many(sitting, 3)
        arrange(sitting)
        first, second, _third = selectors.seats(sittings.parts_of(sitting.pk)[0].pk)
        with pytest.raises(services.SeatTaken):
            services.move_seat(
                actor=ARRANGER,
                at=arranging_time(sitting),
                seat_id=first.pk,
                room_id=first.room_id,
                number=second.number,
            )

    @pytest.mark.parametrize(("number", "wave"), [(0, 1), (31, 1), (1, 2)])
    def test_a_seat_that_the_room_does_not_have_is_refused(self, sitting: Sitting, number: int, wave: int) -> None:
        make_admitted_many(sitting, 1)
        arrange(sitting)
        seat = selectors.seats(sittings.parts_of(sitting.pk)[0].pk)[0]
        with pytest.raises(services.NoSuchSeat):
            services.move_seat(
                actor=ARRANGER,
                at=arranging_time(sitting),
                seat_id=seat.pk,
                room_id=seat.room_id,
                number=number,
                wave=wave,
            )


class TestPublish:
    def test_gives_tickets_that_end_with_the_theory_seat(self, sitting: Sitting) -> None:
        tickets = make_published(sitting, candidates=5)

        theory = sittings.parts_of(sitting.pk)[0]
        seats = dict(selectors.seats(theory.pk).values_list("registration_id", "number"))
        for ticket in tickets:
            assert ticket.number == f"26041800101{seats[ticket.registration_id]:02d}"
        sitting.refresh_from_db()
        assert sitting.state == "published"
        assert OutboxEvent.objects.filter(name="seating.ticket_published").count() == 5

    def test_sittings_of_one_day_have_their_own_numbers(self) -> None:
        first, second = (make_published(announced_sitting(), candidates=2) for _each in range(2))
        assert {ticket.number[6:9] for ticket in first} == {"001"}
        assert {ticket.number[6:9] for ticket in second} == {"002"}

    def test_happens_once(self, sitting: Sitting) -> None:
        make_published(sitting)
        with pytest.raises(services.SeatsPublished):
            services.publish(actor=ARRANGER, at=arranging_time(sitting), sitting_id=sitting.pk)

    def test_needs_seats(self, sitting: Sitting) -> None:
        make_admitted(sitting)
        with pytest.raises(services.SeatsStale, match="2 人没有座位"):
            services.publish(actor=ARRANGER, at=arranging_time(sitting), sitting_id=sitting.pk)

    def test_seats_that_no_longer_match_are_refused(self, sitting: Sitting) -> None:
        admitted = make_admitted_many(sitting, 3)
        arrange(sitting)
        fill_panels(sitting)
        registration_services.withdraw(
            actor=candidate(admitted[0].person_id), at=arranging_time(sitting), registration_id=admitted[0].pk
        )
        with pytest.raises(services.SeatsStale):
            services.publish(actor=ARRANGER, at=arranging_time(sitting), sitting_id=sitting.pk)

    def test_someone_who_pays_later_needs_a_new_drawing(self, sitting: Sitting) -> None:
        late = make_admitted(sitting, paid=False)
        make_admitted_many(sitting, 2)
        arrange(sitting)
        fill_panels(sitting)
        collect(late)
        with pytest.raises(services.SeatsStale):
            services.publish(actor=ARRANGER, at=arranging_time(sitting), sitting_id=sitting.pk)

    def test_needs_complete_panels(self, sitting: Sitting) -> None:
        make_admitted_many(sitting, 3)
        arrange(sitting)
        with pytest.raises(services.PanelIncomplete, match="监考员 0 名") as refused:
            services.publish(actor=ARRANGER, at=arranging_time(sitting), sitting_id=sitting.pk)
        assert str(refused.value.clause) == "standard-form-2018/panel"
        assert not Ticket.objects.exists()

    def test_an_even_panel_is_not_complete(self, sitting: Sitting) -> None:
        make_admitted_many(sitting, 3)
        arrange(sitting)
        fill_panels(sitting, examiners=4)
        with pytest.raises(services.PanelIncomplete, match="不为单数"):
            services.publish(actor=ARRANGER, at=arranging_time(sitting), sitting_id=sitting.pk)

    def test_withdrawing_afterwards_is_too_late(self, sitting: Sitting) -> None:
        ticket = make_published(sitting)[0]
        with pytest.raises(registration_services.TicketPublished):
            registration_services.withdraw(
                actor=candidate(ticket.registration.person_id),
                at=arranging_time(sitting),
                registration_id=ticket.registration_id,
            )

    def test_a_published_ticket_and_its_seat_are_for_good(self, sitting: Sitting) -> None:
        ticket = make_published(sitting)[0]
        with pytest.raises(IntegrityError), transaction.atomic():
            Ticket.objects.filter(pk=ticket.pk).update(number="1")
        with pytest.raises(IntegrityError), transaction.atomic():
            Seat.objects.filter(registration=ticket.registration).update(number=29)


class TestSeeing:
    def test_the_candidate_sees_the_own_ticket_only(self, sitting: Sitting) -> None:
        mine, other = make_published(sitting)[:2]
        me = candidate(mine.registration.person_id)
        assert selectors.ticket_of(mine.registration_id, me) == mine
        with pytest.raises(NotFound):
            selectors.ticket_of(other.registration_id, me)

    def test_the_station_the_office_and_the_panel_see_all(self, sitting: Sitting) -> None:
        make_published(sitting)
        on_duty = selectors.panel(sittings.parts_of(sitting.pk)[0].pk)[0]
        station = officer("seating.see", region="99", organisation=sitting.station.organisation_id)
        for actor in (officer("seating.see"), station, candidate(on_duty.person_id)):
            assert selectors.tickets_of(actor, sitting.pk).count() == 4

    def test_outsiders_and_other_candidates_do_not(self, sitting: Sitting) -> None:
        make_published(sitting)
        for actor in (outsider("seating.see"), candidate(make_person().pk)):
            with pytest.raises(NotFound):
                selectors.tickets_of(actor, sitting.pk)
            with pytest.raises(NotFound):
                selectors.seats_of_sitting(actor, sitting.pk)


class TestPapers:
    def text(self, pdf: bytes) -> str:
        return "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).replace(" ", "")

    def test_the_ticket_says_who_where_and_when(self, sitting: Sitting) -> None:
        ticket = make_published(sitting)[0]
        document = selectors.ticket_pdf(
            candidate(ticket.registration.person_id), ticket.registration_id, arranging_time(sitting)
        )
        text = self.text(document.pdf)
        assert ticket.number in text
        assert ticket.registration.printed_name in text
        assert ticket.registration.person.document_masked in text
        assert "2026年4月18日09:00" in text

    def test_the_door_shows_no_full_name(self, sitting: Sitting) -> None:
        ticket = make_published(sitting)[0]
        room = sittings.rooms_of(sittings.parts_of(sitting.pk)[0].pk)[0]
        text = self.text(selectors.door_pdf(ARRANGER, room.pk, 1, arranging_time(sitting)).pdf)
        assert ticket.registration.printed_name not in text
        assert "孙○" in text

    def test_the_list_to_sign_in_has_every_candidate(self, sitting: Sitting) -> None:
        tickets = make_published(sitting)
        room = sittings.rooms_of(sittings.parts_of(sitting.pk)[0].pk)[0]
        text = self.text(selectors.attendance_pdf(ARRANGER, room.pk, 1, arranging_time(sitting)).pdf)
        assert all(ticket.registration.printed_name in text for ticket in tickets)

    def test_outsiders_print_nothing(self, sitting: Sitting) -> None:
        make_published(sitting)
        room = sittings.rooms_of(sittings.parts_of(sitting.pk)[0].pk)[0]
        for print_it in (selectors.door_pdf, selectors.attendance_pdf):
            with pytest.raises(NotFound):
                print_it(outsider("seating.see"), room.pk, 1, arranging_time(sitting))
