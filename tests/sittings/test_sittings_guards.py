"""The tables hold what the services promise: an announced offer stays as it was read, moves and cards are history."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from tests.support.personnel import make_card
from tests.support.sittings import APPLYING, DAY, PLANNER, announced_sitting, draft, make_sitting
from tests.support.stations import make_station

from kaogong.personnel.models import Card, Duty
from kaogong.sittings import services
from kaogong.sittings.models import Round, Sitting, SittingMove, SittingPart, SittingRoom
from kaogong.stations.models import Licence, Scope

pytestmark = pytest.mark.django_db


def refused(act: Callable[[], object]) -> bool:
    try:
        with transaction.atomic():
            act()
    except IntegrityError:
        return True
    return False


class TestAnnounced:
    def test_nothing_of_the_offer_may_change(self) -> None:
        sitting = announced_sitting()
        part = SittingPart.objects.filter(sitting=sitting).first()
        assert part is not None
        acts: list[Callable[[], object]] = [
            lambda: Round.objects.filter(pk=sitting.round_id).update(level=1),
            lambda: Round.objects.filter(pk=sitting.round_id).update(fees={}),
            lambda: Round.objects.filter(pk=sitting.round_id).update(announced_at=datetime(2026, 1, 1, tzinfo=UTC)),
            lambda: Sitting.objects.filter(pk=sitting.pk).update(capacity=1000),
            lambda: Sitting.objects.filter(pk=sitting.pk).update(station=make_station()),
            lambda: SittingPart.objects.filter(pk=part.pk).update(waves=9),
            lambda: SittingPart.objects.filter(pk=part.pk).update(minutes=9),
            lambda: SittingRoom.objects.filter(part=part).update(places=500),
            lambda: SittingRoom.objects.filter(part=part)._raw_delete("default"),
        ]
        assert [refused(act) for act in acts] == [True] * len(acts)

    def test_no_sitting_joins_an_announced_round(self) -> None:
        sitting = announced_sitting()
        late = Sitting(
            round=sitting.round,
            number="迟到",
            station=sitting.station,
            organisation=sitting.organisation,
            region_code="320100",
            held_on=DAY,
            capacity=1,
        )
        assert refused(lambda: late.save(force_insert=True))

    def test_a_draft_may_still_change(self) -> None:
        round_ = draft()
        sitting = make_sitting(round_=round_)
        assert not refused(lambda: Round.objects.filter(pk=round_.pk).update(name="改名"))
        assert not refused(lambda: Sitting.objects.filter(pk=sitting.pk).update(capacity=20))

    def test_a_room_is_not_given_twice_behind_the_services_back(self) -> None:
        station = make_station()
        first = make_sitting(station=station)
        second = make_sitting(station=station, day=DAY + timedelta(days=1))
        period = SittingRoom.objects.filter(part__sitting=first)[0].period
        room = SittingRoom.objects.filter(part__sitting=second)[0]
        assert refused(lambda: SittingRoom.objects.filter(pk=room.pk).update(period=period))

    def test_no_more_places_than_there_are(self) -> None:
        sitting = announced_sitting()
        assert refused(lambda: Sitting.objects.filter(pk=sitting.pk).update(claimed=31))

    def test_a_move_is_history(self) -> None:
        sitting = announced_sitting()
        services.move(actor=PLANNER, at=APPLYING, sitting_id=sitting.pk, to=DAY + timedelta(days=1), reason="场地检修")
        moves = SittingMove.objects.filter(sitting=sitting)
        assert refused(lambda: moves.update(reason="别的"))
        assert refused(moves.delete)


class TestGranted:
    def test_a_licence_stands_as_it_was_granted(self) -> None:
        station = make_station()
        licences = Licence.objects.filter(station=station)
        scopes = Scope.objects.filter(licence__station=station)
        assert refused(lambda: licences.update(until=date(2030, 1, 1)))
        assert refused(lambda: scopes.update(levels=[1]))
        assert refused(lambda: scopes._raw_delete("default"))
        assert refused(lambda: licences.update(state="suspended"))
        assert not refused(lambda: licences.update(state="suspended", state_reason="整改"))

    def test_a_card_and_the_diary_stand(self) -> None:
        card = make_card()
        cards = Card.objects.filter(pk=card.pk)
        assert refused(lambda: cards.update(levels=[1]))
        assert refused(lambda: cards._raw_delete("default"))
        duty = Duty.objects.create(
            person=card.person,
            kind="examiner",
            starts_at=APPLYING,
            ends_at=APPLYING + timedelta(hours=1),
            organisation=card.issued_by,
            reference="场次",
        )
        assert refused(lambda: Duty.objects.filter(pk=duty.pk).update(reference="别处"))
        assert refused(lambda: Duty.objects.filter(pk=duty.pk)._raw_delete("default"))
        assert not refused(lambda: Duty.objects.filter(pk=duty.pk).update(cancelled_at=APPLYING))
