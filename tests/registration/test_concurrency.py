"""Two at once on a real database: exactly one wins, the other is told."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from kaogong.foundation.kernel.refusals import Refusal, WrongState
from kaogong.registration import services
from kaogong.registration.models import Registration
from kaogong.seating import selectors as seating
from kaogong.seating import services as seating_services
from kaogong.seating.models import Seat, Ticket
from kaogong.sittings import selectors as sittings
from kaogong.sittings import services as sitting_services
from tests.support.cast import candidate, officer
from tests.support.identity import make_person
from tests.support.registration import (
    APPRENTICE,
    CASHIER,
    application,
    make_admitted,
    make_admitted_many,
    make_drafted,
    make_submitted,
    next_name,
)
from tests.support.seating import ARRANGER, arranging_time, fill_panels
from tests.support.sittings import APPLYING, PLANNER, announced_sitting
from tests.support.stations import make_station

pytestmark = pytest.mark.concurrency


def at_once(*deeds: Callable[[], object]) -> list[object]:
    """Do all deeds at the same moment, each on a connection of its own; results or refusals, in their order."""
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


def refusals(results: list[object]) -> list[type]:
    return [type(each) for each in results if isinstance(each, Refusal)]


@pytest.mark.usefixtures("real_database")
class TestAtOnce:
    def test_two_clerks_decide_one_application(self) -> None:
        registration = make_submitted(announced_sitting())
        first, second = (officer("registration.decide", name=name) for name in ("甲审核", "乙审核"))

        def admit() -> object:
            return services.admit(actor=first, at=APPLYING, registration_id=registration.pk)

        def refuse() -> object:
            return services.refuse(actor=second, at=APPLYING, registration_id=registration.pk, note="材料不全")

        assert refusals(at_once(admit, refuse)) == [WrongState]
        registration.refresh_from_db()
        assert (registration.state, registration.decided_by_name) in {("admitted", "甲审核"), ("refused", "乙审核")}

    def test_six_for_the_last_two_places(self) -> None:
        station = make_station(rooms=(("theory", 1, 2), ("practical", 1, 2)))
        sitting = announced_sitting(stations=[station], waves=1)
        drafts = [make_drafted(sitting, person=make_person(name=next_name())) for _each in range(6)]
        for draft in drafts:
            services.claim(
                actor=candidate(draft.person_id),
                at=APPLYING,
                registration_id=draft.pk,
                condition_code="5-2",
                facts=APPRENTICE,
            )

        def submit(draft: Registration) -> Callable[[], object]:
            me = candidate(draft.person_id)
            return lambda: services.submit(actor=me, at=APPLYING, registration_id=draft.pk)

        results = at_once(*[submit(draft) for draft in drafts])

        assert refusals(results) == [sitting_services.RoundFull] * 4
        assert Registration.objects.filter(sitting=sitting, has_place=True).count() == 2
        sitting.refresh_from_db()
        assert sitting.claimed == 2

    def test_one_person_begins_twice(self) -> None:
        sitting = announced_sitting()
        person = make_person(name=next_name())

        def begin() -> object:
            return services.start(actor=candidate(person.pk), at=APPLYING, sitting_id=sitting.pk, person_id=person.pk)

        assert refusals(at_once(begin, begin, begin)) == [services.AlreadyRegistered] * 2

    def test_two_lists_with_the_same_people(self) -> None:
        sitting = announced_sitting()
        rows = [application(make_person(name=next_name()).pk) for _each in range(4)]
        clerks = [officer("registration.enter", "persons.see") for _each in range(2)]

        def enter(clerk: Any) -> Callable[[], object]:
            return lambda: services.enter_many(actor=clerk, at=APPLYING, sitting_id=sitting.pk, applications=rows)

        results = at_once(*[enter(clerk) for clerk in clerks])

        entered = [len(each.entered) for each in results if isinstance(each, services.BatchReport)]
        assert sum(entered) == 4
        assert Registration.objects.filter(sitting=sitting).count() == 4
        sitting.refresh_from_db()
        assert sitting.claimed == 4

    def test_two_cashiers_collect_one_fee(self) -> None:
        admitted = make_admitted(announced_sitting(), paid=False)

        def collect(receipt: str) -> Callable[[], object]:
            return lambda: services.collect_fee(
                actor=CASHIER, at=APPLYING, registration_id=admitted.pk, receipt_number=receipt
            )

        assert refusals(at_once(collect("A1"), collect("B2"))) == [services.FeeAlreadyCollected]

    def test_two_requests_for_one_seat(self) -> None:
        sitting = announced_sitting()
        make_admitted_many(sitting, 2)
        at = arranging_time(sitting)
        seating_services.arrange(actor=ARRANGER, at=at, sitting_id=sitting.pk, seed="7")
        first, second = seating.seats(sittings.parts_of(sitting.pk)[0].pk)

        def move(seat: Seat) -> Callable[[], object]:
            return lambda: seating_services.move_seat(
                actor=ARRANGER, at=at, seat_id=seat.pk, room_id=seat.room_id, number=20
            )

        assert refusals(at_once(move(first), move(second))) == [seating_services.SeatTaken]

    def test_two_publish_one_sitting(self) -> None:
        sitting = announced_sitting()
        make_admitted_many(sitting, 3)
        at = arranging_time(sitting)
        seating_services.arrange(actor=ARRANGER, at=at, sitting_id=sitting.pk, seed="7")
        fill_panels(sitting)

        def publish() -> object:
            return seating_services.publish(actor=ARRANGER, at=at, sitting_id=sitting.pk)

        assert refusals(at_once(publish, publish)) == [seating_services.SeatsPublished]
        assert Ticket.objects.filter(registration__sitting=sitting).count() == 3


def test_the_paper_s_language_is_chosen_before_the_tickets_or_not_at_all(real_database: None) -> None:
    """Whoever changes it while tickets are published gets it in time, or is told; never in between."""
    sitting = announced_sitting(languages=("ug",))
    entered = make_admitted(sitting)
    results = at_once(
        lambda: services.choose_language(
            actor=candidate(entered.person_id), at=APPLYING, registration_id=entered.pk, language="ug"
        ),
        lambda: sitting_services.publish(actor=PLANNER, at=APPLYING, sitting_id=sitting.pk),
    )
    told = refusals(results)
    assert told in ([], [services.LanguageSettled])
    assert Registration.objects.get(pk=entered.pk).language == ("zh-hans" if told else "ug")
    assert sittings.of_id(sitting.pk).state == "published"
