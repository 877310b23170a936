"""Cards are granted and withdrawn, duties enter the diary once at a time, relations hold both ways."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from tests.support.cast import candidate, officer, outsider
from tests.support.identity import make_person
from tests.support.personnel import AT, GRANTOR, make_card
from tests.support.stations import ELECTRICIAN, make_body, make_centre

from kaogong.foundation.kernel.ids import uuid7
from kaogong.foundation.kernel.refusals import NotFound, NotPermitted, Refusal, WrongState
from kaogong.personnel import selectors, services
from kaogong.personnel.models import Duty

NINE = datetime(2026, 4, 18, 1, 0, tzinfo=UTC)
DAY = date(2026, 4, 18)


def book(person_id: UUID, organisation_id: UUID, *, hour: int = 0, hours: int = 2, reference: str = "场次1") -> Duty:
    return services.record_duty(
        actor=officer("seating.appoint"),
        at=AT,
        person_id=person_id,
        kind="examiner",
        starts_at=NINE + timedelta(hours=hour),
        ends_at=NINE + timedelta(hours=hour + hours),
        organisation_id=organisation_id,
        reference=reference,
    )


@pytest.mark.django_db
class TestGrantCard:
    def test_lets_the_holder_assess(self) -> None:
        card = make_card()
        assert selectors.shortfalls(card, occupation_code=ELECTRICIAN, level=3, on=DAY) == []
        assert [each.key for each in selectors.shortfalls(card, occupation_code=ELECTRICIAN, level=2, on=DAY)] == [
            "rule"
        ]

    def test_level_three_was_not_an_examiners_under_the_older_rule(self) -> None:
        with pytest.raises(services.BeyondKind) as refused:
            make_card(since=date(1994, 1, 1), until=date(1995, 12, 31))
        assert str(refused.value.clause) == "examiner-older-rule/who-may-assess"
        old = make_card(levels=(5, 4), since=date(1994, 1, 1), until=date(1995, 12, 31))
        found = selectors.shortfalls(old, occupation_code=ELECTRICIAN, level=3, on=date(1995, 6, 1))
        assert [str(each.clause) for each in found] == ["examiner-older-rule/who-may-assess"]

    def test_the_upper_levels_are_for_seniors(self) -> None:
        with pytest.raises(services.BeyondKind):
            make_card(levels=(3, 2))
        assert make_card(kind="senior_examiner", levels=(2, 1)).levels == [1, 2]

    def test_a_supervisor_needs_neither_occupation_nor_level(self) -> None:
        assert make_card(kind="supervisor", levels=()).levels == []

    @pytest.mark.parametrize(
        "change",
        [
            {"levels": ()},
            {"occupation_code": ""},
            {"until": date(2024, 1, 1)},
            {"until": date(2029, 1, 1)},
        ],
    )
    def test_holds_together(self, change: dict[str, Any]) -> None:
        with pytest.raises(services.CardIncomplete):
            make_card(**change)

    def test_a_number_is_used_once(self) -> None:
        make_card(number="卡甲")
        with pytest.raises(services.CardNumberTaken):
            make_card(number="卡甲")

    def test_needs_the_power_there(self) -> None:
        for actor in (officer("personnel.view"), outsider("personnel.grant")):
            with pytest.raises(NotPermitted):
                make_card(actor=actor)


@pytest.mark.django_db
class TestChange:
    def test_a_suspended_card_does_not_serve_until_resumed(self) -> None:
        card = make_card()
        suspended = services.suspend_card(actor=GRANTOR, at=AT, card_id=card.pk, reason="投诉调查")
        assert [each.key for each in selectors.shortfalls(suspended, occupation_code=ELECTRICIAN, level=5, on=DAY)] == [
            "state"
        ]
        assert services.resume_card(actor=GRANTOR, at=AT, card_id=card.pk, reason="查无此事").state == "granted"

    def test_a_withdrawn_card_stays_withdrawn(self) -> None:
        card = make_card()
        services.withdraw_card(actor=GRANTOR, at=AT, card_id=card.pk, reason="本人申请")
        with pytest.raises(WrongState):
            services.resume_card(actor=GRANTOR, at=AT, card_id=card.pk, reason="反悔")

    def test_needs_a_reason_the_power_and_reach(self) -> None:
        card = make_card()
        with pytest.raises(services.ReasonMissing):
            services.suspend_card(actor=GRANTOR, at=AT, card_id=card.pk, reason="")
        with pytest.raises(NotPermitted):
            services.suspend_card(actor=officer("personnel.view"), at=AT, card_id=card.pk, reason="调查")
        with pytest.raises(NotFound):
            services.suspend_card(actor=outsider("personnel.grant"), at=AT, card_id=card.pk, reason="调查")

    def test_the_holder_finds_her_own_card_and_no_other(self) -> None:
        card = make_card()
        make_card()
        assert list(selectors.cards_for(candidate(card.person_id))) == [card]
        assert not selectors.cards_for(candidate(uuid7()))

    def test_everywhere_means_everywhere(self) -> None:
        card = make_card(region_code="370100")
        assert card in selectors.cards_for(GRANTOR)
        assert card not in selectors.cards_for(officer("personnel.view"))

    def test_an_employer_sees_its_examiners_elsewhere(self) -> None:
        college = make_body(kind="college", region_code="370100")
        card = make_card(employer=college, region_code="370100")
        assert selectors.card_for(officer("personnel.view", organisation=college.pk), card.pk) == card


@pytest.mark.django_db
class TestDiary:
    def test_one_duty_at_a_time(self) -> None:
        person, body = make_person().pk, make_centre().pk
        book(person, body)
        for hour, hours in ((1, 2), (-1, 2), (0, 2), (-1, 4)):
            with pytest.raises(services.DoubleBooked):
                book(person, body, hour=hour, hours=hours)

    def test_the_next_may_begin_when_the_last_ends(self) -> None:
        person, body = make_person().pk, make_centre().pk
        book(person, body)
        book(person, body, hour=2)
        assert [each.starts_at for each in selectors.diary(person)] == [NINE, NINE + timedelta(hours=2)]

    def test_a_cancelled_duty_frees_its_time(self) -> None:
        person, body = make_person().pk, make_centre().pk
        book(person, body, reference="场次甲")
        assert services.cancel_duties(actor=officer(), at=AT, reference="场次甲") == 1
        assert book(person, body, reference="场次乙").reference == "场次乙"
        assert len(selectors.diary(person)) == 1
        assert len(selectors.diary(person, include_cancelled=True)) == 2

    def test_shifted_duties_keep_their_hours(self) -> None:
        person, body = make_person().pk, make_centre().pk
        book(person, body, reference="场次甲")
        assert services.shift_duties(actor=officer(), at=AT, reference="场次甲", days=1) == 1
        assert selectors.diary(person)[0].starts_at == NINE + timedelta(days=1)

    def test_a_shift_onto_another_duty_is_refused(self) -> None:
        person, body = make_person().pk, make_centre().pk
        book(person, body, reference="场次甲")
        book(person, body, hour=25, reference="场次乙")
        with pytest.raises(services.DoubleBooked):
            services.shift_duties(actor=officer(), at=AT, reference="场次甲", days=1)

    def test_tells_who_is_free(self) -> None:
        person, other, body = make_person().pk, make_person().pk, make_centre().pk
        book(person, body)
        assert selectors.available(NINE, NINE + timedelta(hours=1), {person, other}) == {other}
        assert selectors.available(NINE + timedelta(hours=2), NINE + timedelta(hours=3), {person, other}) == {
            person,
            other,
        }


@pytest.mark.django_db
class TestRelations:
    def test_hold_both_ways_and_oblige_to_stand_aside(self) -> None:
        teacher, pupil = make_person().pk, make_person().pk
        services.relate(actor=GRANTOR, at=AT, first_id=teacher, second_id=pupil, kind="taught", source="学校任课安排")
        assert selectors.relations_between([pupil], [teacher], DAY) == selectors.relations_between(
            [teacher], [pupil], DAY
        )
        assert [each.kind for each in selectors.conflict_reasons(teacher, {pupil}, DAY)] == ["taught"]
        assert [each.kind for each in selectors.conflict_reasons(pupil, {teacher}, DAY)] == ["taught"]

    def test_are_entered_once_in_whichever_order(self) -> None:
        one, other = make_person().pk, make_person().pk
        services.relate(actor=GRANTOR, at=AT, first_id=one, second_id=other, kind="related", source="申报")
        with pytest.raises(services.RelationKnown):
            services.relate(actor=GRANTOR, at=AT, first_id=other, second_id=one, kind="related", source="申报")

    def test_are_between_two(self) -> None:
        one = make_person().pk
        with pytest.raises(services.RelationToOneself):
            services.relate(actor=GRANTOR, at=AT, first_id=one, second_id=one, kind="related", source="申报")

    def test_need_the_power(self) -> None:
        with pytest.raises(NotPermitted):
            services.relate(
                actor=officer("personnel.view"),
                at=AT,
                first_id=make_person().pk,
                second_id=make_person().pk,
                kind="related",
                source="申报",
            )


@pytest.mark.concurrency
class TestAtOnce:
    def test_of_two_duties_at_one_time_one_is_refused(self, real_database: str) -> None:
        person, body = make_person().pk, make_centre().pk

        def one(reference: str) -> str:
            try:
                book(person, body, reference=reference)
            except Refusal as refusal:
                return refusal.code
            finally:
                connection.close()
            return "booked"

        with ThreadPoolExecutor(2) as pool:
            outcomes = sorted(pool.map(one, ["场次甲", "场次乙"]))
        assert outcomes == ["booked", "personnel.DoubleBooked"]
