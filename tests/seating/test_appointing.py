"""Panels: who may serve, who must stand aside, and what happens when a sitting moves."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from kaogong.foundation.kernel.refusals import NotFound, NotPermitted, WrongState
from kaogong.foundation.outbox.models import OutboxEvent
from kaogong.personnel import selectors as personnel
from kaogong.personnel import services as personnel_services
from kaogong.personnel.services import DoubleBooked
from kaogong.seating import selectors, services
from kaogong.seating.models import PanelMember
from kaogong.sittings import selectors as sittings
from kaogong.sittings import services as sitting_services
from kaogong.sittings.models import Sitting, SittingPart
from tests.support.cast import candidate, officer, outsider
from tests.support.identity import make_person
from tests.support.personnel import GRANTOR, make_card
from tests.support.registration import make_admitted, make_submitted, next_name
from tests.support.seating import ARRANGER, arranging_time, fill_panels, make_published
from tests.support.sittings import APPLYING, DAY, PLANNER, announced_sitting
from tests.support.stations import make_body

pytestmark = pytest.mark.django_db


@pytest.fixture
def sitting() -> Sitting:
    return announced_sitting()


def part_of(sitting: Sitting, code: str = "skill") -> SittingPart:
    return next(part for part in sittings.parts_of(sitting.pk) if part.part == code)


def card(**options: Any) -> Any:
    return make_card(person=options.pop("person", None) or make_person(name=next_name()), **options)


def appoint(part: SittingPart, **options: Any) -> PanelMember:
    given = {"actor": ARRANGER, "at": arranging_time(part.sitting), "role": "examiner", **options}
    return services.appoint(part_id=part.pk, **given)


class TestAppoint:
    def test_enters_the_duty_into_the_diary(self, sitting: Sitting) -> None:
        part = part_of(sitting)
        examiner = card()

        appointed = appoint(part, card_id=examiner.pk)

        duty = personnel.diary(examiner.person_id).get()
        assert (duty.starts_at, duty.ends_at) == (part.starts_at, part.ends_at)
        assert duty.reference == f"{sitting.number}/skill"
        assert selectors.panel(part.pk) == [appointed]
        assert OutboxEvent.objects.filter(name="seating.member_appointed").count() == 1

    def test_finds_the_fitting_card_of_a_person(self, sitting: Sitting) -> None:
        person = make_person(name=next_name())
        card(person=person, occupation_code="4-04-05-05")
        fitting = card(person=person)
        assert appoint(part_of(sitting), person_id=person.pk).card == fitting

    @pytest.mark.parametrize(
        ("options", "words"),
        [
            ({"occupation_code": "4-04-05-05"}, "不是 6-31-01-03"),
            ({"levels": (4, 3)}, "等级不含五级"),
            ({"until": date(2026, 4, 17)}, "不在其内"),
            ({"since": date(2026, 4, 19)}, "不在其内"),
        ],
    )
    def test_the_card_must_fit_the_day_the_occupation_and_the_level(
        self, sitting: Sitting, options: dict[str, Any], words: str
    ) -> None:
        with pytest.raises(services.CardNotValid, match=words) as refused:
            appoint(part_of(sitting), card_id=card(**options).pk)
        assert refused.value.clause.instrument == "examiner-trial-rule"

    def test_the_last_day_of_a_card_counts(self, sitting: Sitting) -> None:
        assert appoint(part_of(sitting), card_id=card(until=DAY).pk).role == "examiner"

    def test_a_suspended_card_does_not(self, sitting: Sitting) -> None:
        suspended = card()
        personnel_services.suspend_card(actor=GRANTOR, at=APPLYING, card_id=suspended.pk, reason="年检未过")
        with pytest.raises(services.CardNotValid, match="暂停"):
            appoint(part_of(sitting), card_id=suspended.pk)

    def test_without_any_card_nobody_examines(self, sitting: Sitting) -> None:
        with pytest.raises(services.CardMissing):
            appoint(part_of(sitting), person_id=make_person(name=next_name()).pk)

    @pytest.mark.parametrize("kind", ["taught", "employed", "related"])
    @pytest.mark.parametrize("state", ["submitted", "admitted"])
    def test_someone_related_to_a_candidate_stands_aside(self, sitting: Sitting, kind: str, state: str) -> None:
        make = make_submitted if state == "submitted" else make_admitted
        registration = make(sitting)
        examiner = card()
        personnel_services.relate(
            actor=GRANTOR,
            at=APPLYING,
            first_id=registration.person_id,
            second_id=examiner.person_id,
            kind=kind,
            source="学校名册",
        )
        with pytest.raises(services.MustStandAside, match=registration.legal_name) as refused:
            appoint(part_of(sitting), card_id=examiner.pk)
        assert str(refused.value.clause) == "examiner-avoidance/avoidance"

    def test_invigilators_stand_aside_too(self, sitting: Sitting) -> None:
        registration = make_admitted(sitting)
        teacher = make_person(name=next_name())
        personnel_services.relate(
            actor=GRANTOR,
            at=APPLYING,
            first_id=registration.person_id,
            second_id=teacher.pk,
            kind="taught",
            source="学校名册",
        )
        part = part_of(sitting, "theory")
        room = sittings.rooms_of(part.pk)[0]
        with pytest.raises(services.MustStandAside):
            appoint(part, role="invigilator", person_id=teacher.pk, room_id=room.pk)

    def test_nobody_examines_herself(self, sitting: Sitting) -> None:
        person = make_person(name=next_name())
        make_submitted(sitting, person=person)
        with pytest.raises(services.MustStandAside):
            appoint(part_of(sitting), card_id=card(person=person).pk)

    def test_nobody_examines_colleagues(self, sitting: Sitting) -> None:
        works = make_body(kind="enterprise", name="金陵电机厂")
        make_submitted(sitting, employer="金陵电机厂")
        with pytest.raises(services.OwnEmployer, match="金陵电机厂") as refused:
            appoint(part_of(sitting), card_id=card(employer=works).pk)
        assert str(refused.value.clause) == "kaogong-seating-rules/employer"

    def test_nobody_is_in_two_places_at_once(self, sitting: Sitting) -> None:
        elsewhere = announced_sitting()
        examiner = card()
        appoint(part_of(elsewhere), card_id=examiner.pk)
        with pytest.raises(DoubleBooked):
            appoint(part_of(sitting), card_id=examiner.pk)
        assert selectors.panel(part_of(sitting).pk) == []

    def test_one_duty_per_part(self, sitting: Sitting) -> None:
        examiner = card()
        appoint(part_of(sitting), card_id=examiner.pk)
        with pytest.raises(services.AlreadyOnDuty):
            appoint(part_of(sitting), card_id=examiner.pk, role="leader")

    def test_one_leader_per_part(self, sitting: Sitting) -> None:
        appoint(part_of(sitting), card_id=card().pk, role="leader")
        with pytest.raises(services.LeaderStands):
            appoint(part_of(sitting), card_id=card().pk, role="leader")

    def test_an_invigilator_needs_a_room_of_the_part(self, sitting: Sitting) -> None:
        theory, skill = part_of(sitting, "theory"), part_of(sitting)
        person = make_person(name=next_name())
        with pytest.raises(services.RoomMissing):
            appoint(theory, role="invigilator", person_id=person.pk)
        with pytest.raises(services.WrongRoom):
            appoint(theory, role="invigilator", person_id=person.pk, room_id=sittings.rooms_of(skill.pk)[0].pk)

    @pytest.mark.parametrize(("code", "role"), [("theory", "examiner"), ("skill", "invigilator"), ("skill", "cook")])
    def test_a_part_has_its_own_roles(self, sitting: Sitting, code: str, role: str) -> None:
        with pytest.raises(services.UnknownRole):
            appoint(part_of(sitting, code), role=role, card_id=card().pk)

    def test_a_supervisor_needs_a_supervisors_card(self, sitting: Sitting) -> None:
        with pytest.raises(services.CardNotValid):
            appoint(part_of(sitting), role="supervisor", card_id=card().pk)
        supervisor = card(kind="supervisor", levels=())
        assert appoint(part_of(sitting), role="supervisor", card_id=supervisor.pk).role == "supervisor"

    def test_needs_the_power(self, sitting: Sitting) -> None:
        with pytest.raises(NotPermitted):
            appoint(part_of(sitting), actor=officer("seating.see"), card_id=card().pk)

    def test_outsiders_cannot_even_find_it(self, sitting: Sitting) -> None:
        with pytest.raises(NotFound):
            appoint(part_of(sitting), actor=outsider("seating.appoint"), card_id=card().pk)

    def test_is_closed_once_cancelled(self, sitting: Sitting) -> None:
        sitting_services.cancel(actor=PLANNER, at=APPLYING, sitting_id=sitting.pk, reason="停电")
        with pytest.raises(WrongState):
            appoint(part_of(sitting), card_id=card().pk)


class TestRelease:
    def test_frees_the_diary_and_the_place(self, sitting: Sitting) -> None:
        examiner = card()
        appointed = appoint(part_of(sitting), card_id=examiner.pk, role="leader")
        services.release_member(actor=ARRANGER, at=APPLYING, member_id=appointed.pk, reason="因病")

        assert not personnel.diary(examiner.person_id).exists()
        assert appoint(part_of(sitting), card_id=examiner.pk, role="leader").pk != appointed.pk

    def test_happens_once(self, sitting: Sitting) -> None:
        appointed = appoint(part_of(sitting), card_id=card().pk)
        services.release_member(actor=ARRANGER, at=APPLYING, member_id=appointed.pk)
        with pytest.raises(NotFound):
            services.release_member(actor=ARRANGER, at=APPLYING, member_id=appointed.pk)

    def test_outsiders_cannot_even_find_it(self, sitting: Sitting) -> None:
        appointed = appoint(part_of(sitting), card_id=card().pk)
        with pytest.raises(NotFound):
            services.release_member(actor=outsider("seating.appoint"), at=APPLYING, member_id=appointed.pk)


class TestPublishLooksAgain:
    def test_a_candidate_who_came_later_makes_an_examiner_stand_aside(self, sitting: Sitting) -> None:
        members = fill_panels(sitting)
        registration = make_admitted(sitting)
        personnel_services.relate(
            actor=GRANTOR,
            at=APPLYING,
            first_id=registration.person_id,
            second_id=members[-1].person_id,
            kind="taught",
            source="学校名册",
        )
        at = arranging_time(sitting)
        services.arrange(actor=ARRANGER, at=at, sitting_id=sitting.pk, seed="7")
        with pytest.raises(services.MustStandAside):
            services.publish(actor=ARRANGER, at=at, sitting_id=sitting.pk)


class TestMove:
    def move(self, sitting: Sitting, days: int = 7) -> None:
        sitting_services.move(
            actor=PLANNER,
            at=arranging_time(sitting),
            sitting_id=sitting.pk,
            to=sitting.held_on + timedelta(days=days),
            reason="台风",
            is_emergency=True,
        )

    def test_duties_follow_and_tickets_keep_their_numbers(self, sitting: Sitting) -> None:
        tickets = make_published(sitting)
        self.move(sitting)

        part = part_of(sitting)
        assert part.starts_at.date() == DAY + timedelta(days=7)
        leader = selectors.panel(part.pk)[0]
        assert [duty.starts_at for duty in personnel.diary(leader.person_id)] == [part.starts_at]
        assert OutboxEvent.objects.filter(name="seating.ticket_changed").count() == len(tickets)
        me = candidate(tickets[0].registration.person_id)
        assert selectors.ticket_of(tickets[0].registration_id, me) == tickets[0]

    def test_whoever_is_busy_on_the_new_day_is_released(self, sitting: Sitting) -> None:
        make_published(sitting)
        part = part_of(sitting)
        busy = selectors.panel(part.pk)[-1]
        elsewhere = announced_sitting(days=(DAY + timedelta(days=7),))
        appoint(part_of(elsewhere), card_id=busy.card_id)

        self.move(sitting)

        assert busy.person_id not in {each.person_id for each in selectors.panel(part.pk)}
        busy.refresh_from_db()
        assert "已有其他职责" in busy.release_reason
        assert not selectors.is_ready(sitting.pk)

    def test_whose_card_has_expired_by_then_is_released(self, sitting: Sitting) -> None:
        expiring = card(until=DAY)
        appoint(part_of(sitting), card_id=expiring.pk)
        self.move(sitting)
        assert selectors.panel(part_of(sitting).pk) == []

    def test_a_cancelled_sitting_frees_everyone(self, sitting: Sitting) -> None:
        members = fill_panels(sitting)
        sitting_services.cancel(actor=PLANNER, at=APPLYING, sitting_id=sitting.pk, reason="停电")
        assert all(not personnel.diary(member.person_id).exists() for member in members)


class TestLooking:
    def test_eligible_cards_are_fitting_and_free(self, sitting: Sitting) -> None:
        part = part_of(sitting)
        fitting, busy, other = card(), card(), card(occupation_code="4-04-05-05")
        appoint(part_of(announced_sitting()), card_id=busy.pk)

        found = selectors.eligible_cards(ARRANGER, part)

        assert fitting in found
        assert not {busy, other} & set(found)

    def test_duties_are_ones_own(self, sitting: Sitting) -> None:
        appointed = appoint(part_of(sitting), card_id=card().pk)
        assert list(selectors.duties_of(candidate(appointed.person_id))) == [appointed]
        assert not selectors.duties_of(officer("seating.see")).exists()

    def test_rotation_is_told_not_enforced(self) -> None:
        from tests.support.stations import make_station

        station = make_station()
        cards = [card() for _each in range(3)]
        for week in range(4):
            part = part_of(announced_sitting(stations=[station], days=(DAY + timedelta(days=7 * week),)))
            for each in cards:
                appoint(part, card_id=each.pk)
        notes = selectors.rotation_notes(part)
        assert len(notes) == 4
        assert "连续执考 3 次" in notes[0]
