"""Sittings are moved, held, cancelled, declared void; rounds completed and cancelled."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from tests.support.cast import officer, outsider
from tests.support.sittings import APPLYING, DAY, PLANNER, announced_sitting, clock, make_round, make_sitting
from tests.support.stations import make_station

from kaogong.foundation.kernel.refusals import NotFound, NotPermitted, WrongState
from kaogong.foundation.outbox.models import OutboxEvent
from kaogong.sittings import hooks, selectors, services
from kaogong.sittings.models import Round, Sitting, SittingRoom

pytestmark = pytest.mark.django_db

LATER = DAY + timedelta(days=7)
EVE = clock(DAY - timedelta(days=1), 15)


def move(sitting: Sitting, **changes: Any) -> Sitting:
    given = {"actor": PLANNER, "at": APPLYING, "sitting_id": sitting.pk, "to": LATER, "reason": "场地检修"}
    return services.move(**{**given, **changes})


def published(sitting: Sitting) -> Sitting:
    return services.publish(actor=PLANNER, at=APPLYING, sitting_id=sitting.pk)


class TestMove:
    def test_shifts_every_part_by_whole_days_and_keeps_the_history(self) -> None:
        sitting = announced_sitting()
        before = [part.starts_at for part in selectors.parts_of(sitting.pk)]
        move(sitting)
        after = selectors.parts_of(sitting.pk)
        assert [part.starts_at for part in after] == [each + timedelta(days=7) for each in before]
        assert selectors.of_id(sitting.pk).held_on == LATER
        assert [(m.from_day, m.to_day) for m in selectors.moves_of(sitting.pk)] == [(DAY, LATER)]
        for room in SittingRoom.objects.filter(part__in=after).select_related("part"):
            assert (room.period.lower, room.period.upper) == (room.part.starts_at, room.part.ends_at)
            assert room.is_live

    def test_by_one_day_too_though_old_and_new_hours_touch(self) -> None:
        assert move(announced_sitting(), to=DAY + timedelta(days=1)).held_on == DAY + timedelta(days=1)

    def test_is_announced_as_an_event(self) -> None:
        sitting = move(announced_sitting())
        event = OutboxEvent.objects.get(name="sittings.moved")
        assert event.payload["sitting_id"] == str(sitting.pk)
        assert event.payload["to_day"] == LATER.isoformat()

    def test_the_rooms_must_be_free_on_the_new_day(self) -> None:
        station = make_station()
        sitting = announced_sitting(stations=[station])
        make_sitting(station=station, day=LATER)
        with pytest.raises(services.RoomTaken):
            move(sitting)
        assert selectors.of_id(sitting.pk).held_on == DAY
        assert SittingRoom.objects.filter(part__sitting=sitting, is_live=False).count() == 0

    def test_the_licence_must_hold_on_the_new_day(self) -> None:
        sitting = announced_sitting(stations=[make_station(until=DAY)])
        with pytest.raises(services.OutOfScope):
            move(sitting)

    def test_must_be_asked_for_some_days_ahead(self) -> None:
        with pytest.raises(services.MoveTooLate) as refused:
            move(announced_sitting(), at=EVE)
        assert str(refused.value.clause) == "kaogong-sittings-rules/change-notice"

    def test_a_typhoon_does_not_wait(self) -> None:
        sitting = move(announced_sitting(), at=EVE, reason="台风红色预警", is_emergency=True)
        assert selectors.moves_of(sitting.pk)[0].is_emergency

    @pytest.mark.parametrize("to", [DAY, APPLYING.date() - timedelta(days=1)])
    def test_goes_somewhere_and_not_into_the_past(self, to: object) -> None:
        with pytest.raises(services.MoveNowhere):
            move(announced_sitting(), to=to)

    def test_needs_a_reason(self) -> None:
        with pytest.raises(services.ReasonMissing):
            move(announced_sitting(), reason=" ")

    def test_not_once_held_or_cancelled(self) -> None:
        sitting = announced_sitting()
        services.cancel(actor=PLANNER, at=APPLYING, sitting_id=sitting.pk, reason="停电")
        with pytest.raises(WrongState):
            move(sitting)

    def test_needs_the_power(self) -> None:
        with pytest.raises(NotPermitted):
            move(announced_sitting(), actor=officer("sittings.plan"))

    def test_outsiders_cannot_even_find_it(self) -> None:
        with pytest.raises(NotFound):
            move(announced_sitting(), actor=outsider("sittings.move"))

    def test_whoever_is_downstream_is_asked_in_the_same_transaction(self, monkeypatch: pytest.MonkeyPatch) -> None:
        seen: list[int] = []
        monkeypatch.setattr(hooks, "moved", [lambda *, actor, at, sitting_id, days: seen.append(days)])
        move(announced_sitting())
        assert seen == [7]


class TestHold:
    def test_once_its_last_part_has_begun(self) -> None:
        sitting = published(announced_sitting())
        with pytest.raises(services.NotHeldYet):
            services.hold(actor=PLANNER, at=clock(DAY, 9), sitting_id=sitting.pk)
        held = services.hold(actor=PLANNER, at=clock(DAY, 20), sitting_id=sitting.pk)
        assert held.state == "held"

    def test_only_after_publication(self) -> None:
        with pytest.raises(WrongState):
            services.hold(actor=PLANNER, at=clock(DAY, 20), sitting_id=announced_sitting().pk)

    def test_the_station_may_declare_it(self) -> None:
        sitting = published(announced_sitting())
        clerk = officer("delivery.run", region="9999", organisation=sitting.station.organisation_id)
        assert services.hold(actor=clerk, at=clock(DAY, 20), sitting_id=sitting.pk).state == "held"

    def test_needs_the_power(self) -> None:
        with pytest.raises(NotPermitted):
            services.hold(actor=officer("seating.see"), at=clock(DAY, 20), sitting_id=published(announced_sitting()).pk)


class TestCancel:
    def test_frees_the_rooms(self) -> None:
        station = make_station()
        sitting = announced_sitting(stations=[station])
        services.cancel(actor=PLANNER, at=APPLYING, sitting_id=sitting.pk, reason="停电")
        assert make_sitting(station=station).capacity == 30

    def test_needs_a_reason_and_the_power(self) -> None:
        sitting = announced_sitting()
        with pytest.raises(services.ReasonMissing):
            services.cancel(actor=PLANNER, at=APPLYING, sitting_id=sitting.pk, reason="")
        with pytest.raises(NotPermitted):
            services.cancel(actor=officer("sittings.plan"), at=APPLYING, sitting_id=sitting.pk, reason="停电")

    def test_outsiders_cannot_even_find_it(self) -> None:
        with pytest.raises(NotFound):
            services.cancel(
                actor=outsider("sittings.move"), at=APPLYING, sitting_id=announced_sitting().pk, reason="停电"
            )


class TestVoidAndComplete:
    def held(self) -> Sitting:
        sitting = published(announced_sitting())
        return services.hold(actor=PLANNER, at=clock(DAY, 20), sitting_id=sitting.pk)

    def test_a_held_sitting_may_be_declared_void(self) -> None:
        sitting = services.declare_void(actor=PLANNER, at=APPLYING, sitting_id=self.held().pk, reason="试题泄露")
        assert (sitting.state, sitting.state_reason) == ("void", "试题泄露")

    def test_a_round_is_completed_when_nothing_is_to_come(self) -> None:
        round_id = self.held().round_id
        assert services.complete(actor=PLANNER, at=clock(DAY, 21), round_id=round_id).state == "completed"

    def test_not_before(self) -> None:
        with pytest.raises(services.SittingsPending):
            services.complete(actor=PLANNER, at=clock(DAY, 21), round_id=make_round().pk)

    def test_a_cancelled_round_cancels_its_sittings(self) -> None:
        round_ = make_round()
        services.cancel_round(actor=PLANNER, at=APPLYING, round_id=round_.pk, reason="报名人数不足")
        assert Round.objects.get(pk=round_.pk).state == "cancelled"
        assert {each.state for each in selectors.sittings_of(round_.pk)} == {"cancelled"}
        assert selectors.public_round(round_.pk).state_reason == "报名人数不足"

    def test_a_round_with_a_sitting_held_cannot_be_cancelled(self) -> None:
        with pytest.raises(WrongState):
            services.cancel_round(actor=PLANNER, at=clock(DAY, 21), round_id=self.held().round_id, reason="重办")


class TestPeopleFor:
    def test_counts_by_the_ratios_of_the_standard(self) -> None:
        needed = {each.part: each for each in selectors.people_for(announced_sitting())}
        assert (needed["theory"].count, needed["skill"].count) == (2, 3)
        assert needed["skill"].candidates == 10


class TestReading:
    def test_open_rounds_are_those_in_their_window(self) -> None:
        round_ = make_round()
        assert list(selectors.open_rounds(APPLYING)) == [round_]
        assert not selectors.open_rounds(clock(DAY, 9))

    def test_filters_of_the_public_list(self) -> None:
        round_ = make_round()
        assert list(selectors.public_rounds(text="电工", region_prefix="32", occupation_code="6-31-01-03", level=5))
        assert not selectors.public_rounds(level=4)
        assert not selectors.public_rounds(region_prefix="37")
        assert list(selectors.public_rounds(text=round_.number)) == [round_]

    def test_places_are_summed_over_live_sittings(self) -> None:
        round_ = make_round(stations=[make_station(), make_station()])
        found = selectors.rounds_with_places(selectors.public_rounds()).get(pk=round_.pk)
        assert (found.places, found.taken, found.sitting_count, found.first_day) == (60, 0, 2, DAY)  # type: ignore[attr-defined]  # annotated

    def test_a_station_sees_what_is_held_there(self) -> None:
        sitting = announced_sitting()
        clerk = officer("delivery.see", region="9999", organisation=sitting.station.organisation_id)
        assert list(selectors.today(clerk, DAY)) == [sitting]
        assert selectors.sitting(clerk, sitting.pk) == sitting
        assert list(selectors.rounds_for(clerk)) == [sitting.round]
