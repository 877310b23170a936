"""§7: two clerks with one application, two requests for one seat, a double hand-in → one wins, the other is told."""

from __future__ import annotations

from collections import Counter

import pytest

from kaogong.delivery import services as delivery
from kaogong.delivery.models import Attempt
from kaogong.foundation.audit.models import TrailEntry
from kaogong.foundation.kernel.refusals import WrongState
from kaogong.registration import services as deciding
from kaogong.seating import services as seating
from kaogong.seating.models import Seat
from kaogong.sittings import selectors as sittings
from tests.registration.test_concurrency import at_once
from tests.support.cast import officer
from tests.support.delivery import START, begun_hall, save
from tests.support.registration import make_admitted_many, make_submitted
from tests.support.seating import ARRANGER, arranging_time
from tests.support.sittings import APPLYING, announced_sitting

pytestmark = [pytest.mark.concurrency, pytest.mark.usefixtures("real_database")]


class TestTwoClerksOneApplication:
    """Two clerks deciding one application."""

    def test_exactly_one_decides(self) -> None:
        waiting = make_submitted(announced_sitting())
        first, second = (officer("registration.decide", name=name) for name in ("甲审核", "乙审核"))
        told = at_once(
            lambda: deciding.admit(actor=first, at=APPLYING, registration_id=waiting.pk),
            lambda: deciding.send_back(actor=second, at=APPLYING, registration_id=waiting.pk, note="缺证明"),
        )
        assert Counter(isinstance(each, WrongState) for each in told) == {True: 1, False: 1}
        waiting.refresh_from_db()
        assert waiting.decided_by_name in {"甲审核", "乙审核"}
        lines = TrailEntry.objects.filter(target_id=str(waiting.pk), is_refused=False)
        assert lines.filter(action__in=["registration.admitted", "registration.returned"]).count() == 1


class TestTwoRequestsOneSeat:
    """Two requests for one seat."""

    def test_exactly_one_gets_it(self) -> None:
        sitting = announced_sitting()
        make_admitted_many(sitting, 3)
        at = arranging_time(sitting)
        seating.arrange(actor=ARRANGER, at=at, sitting_id=sitting.pk, seed="1")
        theory = next(part for part in sittings.parts_of(sitting.pk) if part.part == "theory")
        one, other = list(Seat.objects.filter(part=theory).order_by("number"))[:2]
        told = at_once(
            *(
                lambda seat=seat: seating.move_seat(
                    actor=ARRANGER, at=at, seat_id=seat.pk, room_id=seat.room_id, number=20, wave=1
                )
                for seat in (one, other)
            )
        )
        assert Counter(isinstance(each, seating.SeatTaken) for each in told) == {True: 1, False: 1}
        assert Seat.objects.filter(part=theory, room=one.room_id, number=20).count() == 1


class TestDoubleHandIn:
    """A double hand-in."""

    def test_one_receipt_and_the_other_is_told_with_it(self) -> None:
        hall = begun_hall()
        save(hall, {1: "A", 2: "B"})
        attempt, herself = hall.attempt(), hall.candidate()
        told = at_once(*[lambda: delivery.submit(actor=herself, at=START, attempt_id=attempt.pk) for _each in range(2)])
        refused = [each for each in told if isinstance(each, delivery.AlreadyHandedIn)]
        (given,) = [each for each in told if not isinstance(each, delivery.AlreadyHandedIn)]
        assert len(refused) == 1
        assert dict(refused[0].receipt) == dict(given)  # type: ignore[call-overload]  # a receipt
        assert Attempt.objects.get(pk=attempt.pk).receipt == given
