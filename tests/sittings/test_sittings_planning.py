"""Rounds are drafted, sittings planned, rounds announced; refused by state and power, unseen by outsiders."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.support.cast import officer, outsider
from tests.support.sittings import CLOSES, DAY, DRAFTED, OPENS, PLANNER, clock, draft, make_round, make_sitting, plans
from tests.support.stations import LICENSOR, make_body, make_centre, make_room, make_station

from kaogong.foundation.kernel.actors import PUBLIC
from kaogong.foundation.kernel.refusals import NotFound, NotPermitted, WrongState
from kaogong.sittings import selectors, services
from kaogong.sittings.models import SittingRoom
from kaogong.stations import services as station_services

pytestmark = pytest.mark.django_db


def announce(round_id: object, **changes: object) -> object:
    return services.announce(**{"actor": PLANNER, "at": DRAFTED, "round_id": round_id, **changes})  # type: ignore[arg-type]  # a test's shorthand


class TestDraftRound:
    def test_pins_the_standard_and_draws_the_next_number(self) -> None:
        first, second = draft(), draft()
        assert (first.number, second.number) == ("2026-3201-001", "2026-3201-002")
        assert first.standard.occupation_code == first.occupation_code
        assert first.occupation_name == "电工"

    def test_takes_the_reference_fees_when_none_are_given(self) -> None:
        round_ = services.draft_round(
            actor=PLANNER,
            at=DRAFTED,
            name="电工四级",
            track="social",
            organisation_id=make_centre().pk,
            occupation_code="6-31-01-03",
            level=4,
            applications_from=OPENS,
            applications_until=CLOSES,
        )
        assert round_.fees["theory"] == 4000
        assert round_.fees["basis"] == "kaogong-sittings-rules/fee-samples"

    def test_a_number_is_used_once(self) -> None:
        draft(number="2026-3201-777")
        with pytest.raises(services.RoundNumberTaken):
            draft(number="2026-3201-777")

    def test_closes_after_it_opens(self) -> None:
        with pytest.raises(services.WindowWrong):
            draft(opens=CLOSES, closes=OPENS)

    def test_needs_a_standard(self) -> None:
        with pytest.raises(services.NoStandard):
            draft(occupation_code="6-18-01-01")

    def test_needs_the_power_there(self) -> None:
        with pytest.raises(NotPermitted):
            draft(actor=officer("sittings.announce"))
        with pytest.raises(NotPermitted):
            draft(actor=outsider("sittings.plan"))


class TestAddSitting:
    def test_capacity_follows_from_rooms_and_waves(self) -> None:
        assert make_sitting(waves=2).capacity == 20
        assert make_sitting(waves=4).capacity == 30

    def test_copies_the_minutes_of_the_standard(self) -> None:
        theory, skill = selectors.parts_of(make_sitting(waves=3).pk)
        assert (theory.minutes, skill.minutes) == (90, 150)
        assert skill.ends_at - skill.starts_at == timedelta(minutes=3 * 150 + 2 * 30)
        assert skill.wave_starts_at(2) == skill.starts_at + timedelta(minutes=180)
        assert skill.wave_ends_at(3) == skill.ends_at

    def test_sittings_are_numbered_within_the_round(self) -> None:
        round_ = draft()
        numbers = [make_sitting(round_=round_).number for _each in range(2)]
        assert numbers == [f"{round_.number}-01", f"{round_.number}-02"]

    def test_a_theory_room_seats_no_more_than_the_rule_allows(self) -> None:
        station = make_station(rooms=(("theory", 10, 5), ("practical", 10, 5)))
        sitting = make_sitting(station=station, waves=1)
        assert sitting.capacity == 30

    def test_a_room_is_given_once_at_a_time(self) -> None:
        station = make_station()
        make_sitting(station=station)
        with pytest.raises(services.RoomTaken):
            make_sitting(station=station)

    def test_another_day_is_another_matter(self) -> None:
        station = make_station()
        make_sitting(station=station)
        assert make_sitting(station=station, day=DAY + timedelta(days=1)).capacity == 30

    @pytest.mark.parametrize(
        "spoil",
        [
            lambda parts: [],
            lambda parts: [parts[0], parts[0]],
            lambda parts: [replace(parts[0], part="review"), parts[1]],
            lambda parts: [replace(parts[0], room_ids=[])],
            lambda parts: [replace(parts[0], room_ids=[parts[0].room_ids[0]] * 2)],
            lambda parts: [replace(parts[0], waves=0)],
            lambda parts: [replace(parts[0], starts_at=clock(DAY, 10)), *parts[1:]],
            lambda parts: [replace(parts[0], starts_at=clock(DAY + timedelta(days=1), 9))],
            lambda parts: [replace(parts[1], starts_at=clock(DAY, 20))],
            lambda parts: [replace(parts[0], places={parts[0].room_ids[0]: 31})],
        ],
    )
    def test_refuses_a_plan_that_does_not_hold_together(self, spoil: object) -> None:
        station = make_station()
        with pytest.raises(services.PlanIncomplete):
            services.add_sitting(
                actor=PLANNER,
                at=DRAFTED,
                round_id=draft().pk,
                station_id=station.pk,
                held_on=DAY,
                parts=spoil(plans(station, DAY)),  # type: ignore[operator]  # one of the lambdas above
            )

    def test_refuses_rooms_that_are_not_fit(self) -> None:
        station, other = make_station(), make_station()
        theory, skill = plans(station, DAY)
        closed = make_room(station)
        station_services.close_room(actor=LICENSOR, at=DRAFTED, room_id=closed.pk, reason="装修")
        for room_id in (plans(other, DAY)[0].room_ids[0], skill.room_ids[0], closed.pk):
            with pytest.raises(services.RoomUnsuitable):
                services.add_sitting(
                    actor=PLANNER,
                    at=DRAFTED,
                    round_id=draft().pk,
                    station_id=station.pk,
                    held_on=DAY,
                    parts=[replace(theory, room_ids=[room_id])],
                )

    def test_refused_once_announced(self) -> None:
        with pytest.raises(WrongState):
            make_sitting(round_=make_round())

    def test_needs_the_power(self) -> None:
        with pytest.raises(NotPermitted):
            make_sitting(actor=officer("sittings.announce"))

    def test_outsiders_cannot_even_find_the_round(self) -> None:
        with pytest.raises(NotFound):
            make_sitting(actor=outsider("sittings.plan"))

    def test_a_dropped_sitting_frees_its_rooms(self) -> None:
        station, round_ = make_station(), draft()
        sitting = make_sitting(round_=round_, station=station)
        services.drop_sitting(actor=PLANNER, at=DRAFTED, sitting_id=sitting.pk)
        assert not SittingRoom.objects.filter(part__sitting=sitting).exists()
        assert make_sitting(round_=round_, station=station).capacity == 30


class TestAnnounce:
    def test_opens_the_round_to_the_public(self) -> None:
        round_ = draft()
        make_sitting(round_=round_)
        with pytest.raises(NotFound):
            selectors.public_round(round_.pk)
        announce(round_.pk)
        assert selectors.public_round(round_.pk).announced_at == DRAFTED
        assert selectors.sitting(PUBLIC, selectors.sittings_of(round_.pk)[0].pk)

    def test_happens_once(self) -> None:
        with pytest.raises(WrongState):
            announce(make_round().pk)

    def test_needs_the_power(self) -> None:
        round_ = draft()
        make_sitting(round_=round_)
        with pytest.raises(NotPermitted):
            announce(round_.pk, actor=officer("sittings.plan"))

    def test_outsiders_cannot_even_find_it(self) -> None:
        with pytest.raises(NotFound):
            announce(draft().pk, actor=outsider("sittings.announce"))

    def test_refuses_a_station_out_of_scope_with_the_clause(self) -> None:
        round_ = draft()
        make_sitting(round_=round_, station=make_station(scopes=(("6-31-01-03", "电工", (4, 3)),)))
        with pytest.raises(services.OutOfScope) as refused:
            announce(round_.pk)
        assert str(refused.value.clause) == "labour-1993-134/station-scope"
        assert "五级" in str(refused.value)

    def test_refuses_a_station_without_a_licence_on_the_day(self) -> None:
        round_ = draft()
        make_sitting(round_=round_, station=make_station(licensed=False))
        with pytest.raises(services.OutOfScope) as refused:
            announce(round_.pk)
        assert refused.value.clause.article == "station-licence"

    def test_refuses_a_station_of_another_prefecture(self) -> None:
        round_ = draft()
        make_sitting(round_=round_, station=make_station(region_code="320505"))
        with pytest.raises(services.OutsideTerritory):
            announce(round_.pk)

    def test_an_industry_centre_reaches_its_own_stations_wherever_they_stand(self) -> None:
        centre = make_body(kind="industry_centre", region_code="")
        own, foreign = make_station(region_code="370102", centre=centre), make_station(region_code="320102")
        round_ = draft(centre=centre)
        make_sitting(round_=round_, station=own)
        announce(round_.pk)
        other = draft(centre=centre)
        make_sitting(round_=other, station=foreign)
        with pytest.raises(services.OutsideTerritory):
            announce(other.pk)

    def test_refuses_a_body_that_may_not_organise(self) -> None:
        body = make_centre(kind="prefecture_department")
        round_ = draft(centre=body)
        make_sitting(round_=round_)
        with pytest.raises(services.TrackClosed) as refused:
            announce(round_.pk)
        assert refused.value.clause.article == "filed-bodies"

    def test_refuses_a_track_whose_rules_have_not_arrived(self) -> None:
        round_ = draft(track="enterprise")
        make_sitting(round_=round_)
        with pytest.raises(services.TrackClosed) as refused:
            announce(round_.pk)
        assert refused.value.clause.article == "rules-arrive-later"

    def test_refuses_too_short_a_notice(self) -> None:
        round_ = draft()
        make_sitting(round_=round_)
        with pytest.raises(services.NoticeTooShort) as refused:
            announce(round_.pk, at=clock(DAY - timedelta(days=29), 9))
        assert refused.value.clause.article == "announcement"

    def test_refuses_a_round_without_sittings(self) -> None:
        with pytest.raises(services.NoSittings):
            announce(draft().pk)

    def test_refuses_a_part_without_its_fee(self) -> None:
        round_ = draft(fees={"theory": 3500})
        make_sitting(round_=round_)
        with pytest.raises(services.FeesMissing):
            announce(round_.pk)

    def test_refuses_applications_beyond_the_sitting(self) -> None:
        round_ = draft(closes=clock(DAY, 12))
        make_sitting(round_=round_)
        with pytest.raises(services.WindowTooLate):
            announce(round_.pk)

    def test_refuses_a_room_closed_since(self) -> None:
        station, round_ = make_station(), draft()
        make_sitting(round_=round_, station=station)
        room = plans(station, DAY)[0].room_ids[0]
        station_services.close_room(actor=LICENSOR, at=DRAFTED, room_id=room, reason="漏水")
        with pytest.raises(services.RoomClosed):
            announce(round_.pk)

    def test_a_social_body_may_organise_at_its_own_site(self) -> None:
        body = make_station(kind="social_body")
        round_ = draft(centre=body.organisation)
        make_sitting(round_=round_, station=body)
        announce(round_.pk)
        assert selectors.public_round(round_.pk).state == "announced"
