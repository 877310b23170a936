"""Beginning, filling in and handing in an application."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from kaogong.foundation.audit.models import TrailEntry
from kaogong.foundation.kernel.refusals import NotFound, NotPermitted, WrongState
from kaogong.foundation.outbox.models import OutboxEvent
from kaogong.registration import hooks, selectors, services
from kaogong.registration.models import Registration
from kaogong.sittings import services as sitting_services
from kaogong.sittings.models import Sitting
from tests.support.cast import candidate, officer, outsider
from tests.support.identity import make_person, old_form, resident_number
from tests.support.registration import (
    APPRENTICE,
    ENTERER,
    REVIEWER,
    make_admitted,
    make_drafted,
    make_submitted,
)
from tests.support.sittings import APPLYING, CLOSES, DAY, OPENS, announced_sitting, make_sitting
from tests.support.stations import ELECTRICIAN, make_body, make_station

pytestmark = pytest.mark.django_db


@pytest.fixture
def sitting() -> Sitting:
    return announced_sitting()


@pytest.fixture
def registered() -> Iterator[dict[str, Any]]:
    """What downstream would answer: earlier certificates and passed parts, empty until a test fills them."""
    answers: dict[str, Any] = {"awards": {}, "parts": {}}
    before = (list(hooks._awards), list(hooks._parts))
    hooks.answer_earlier_awards(lambda person_ids, *, on: answers["awards"])
    hooks.answer_passed_parts(lambda person_ids, *, occupation_code, level, on: answers["parts"])
    yield answers
    hooks._awards[:], hooks._parts[:] = before


def claim(registration: Registration, **options: Any) -> Registration:
    given = {"condition_code": "5-2", "facts": APPRENTICE, "residence_code": "320102", **options}
    return services.claim(
        actor=candidate(registration.person_id), at=APPLYING, registration_id=registration.pk, **given
    )


class TestStart:
    def test_takes_all_parts_with_their_fee(self, sitting: Sitting) -> None:
        registration = make_drafted(sitting)

        assert registration.parts == ["theory", "skill"]
        assert registration.fee == 19500
        assert registration.state == "drafted"
        assert not registration.has_place

    def test_leaves_a_line_in_the_trail(self, sitting: Sitting) -> None:
        registration = make_drafted(sitting)
        entry = TrailEntry.objects.get(target_id=str(registration.pk))
        assert entry.action == "registration.started"

    def test_happens_once_in_a_round(self, sitting: Sitting) -> None:
        registration = make_drafted(sitting)

        with pytest.raises(services.AlreadyRegistered, match=registration.number):
            make_drafted(sitting, person=registration.person)

    def test_an_old_number_is_the_same_person(self, sitting: Sitting) -> None:
        from kaogong.foundation.identity.services import PersonExists

        number = resident_number(born_on=date(1980, 5, 1))
        make_drafted(sitting, person=make_person(number=number))

        with pytest.raises(PersonExists):
            make_person(number=old_form(number))

    def test_a_withdrawn_application_does_not_stand_in_the_way(self, sitting: Sitting) -> None:
        first = make_drafted(sitting)
        services.withdraw(actor=candidate(first.person_id), at=APPLYING, registration_id=first.pk)

        assert make_drafted(sitting, person=first.person).number != first.number

    def test_needs_an_open_round(self, sitting: Sitting) -> None:
        with pytest.raises(sitting_services.RoundNotOpen):
            make_drafted(sitting, at=OPENS - timedelta(seconds=1))
        with pytest.raises(sitting_services.RoundClosed):
            make_drafted(sitting, at=CLOSES)

    def test_needs_an_announced_round(self) -> None:
        with pytest.raises(NotFound):
            make_drafted(make_sitting())

    def test_refuses_a_part_that_the_level_does_not_have(self, sitting: Sitting) -> None:
        with pytest.raises(services.UnknownPart):
            make_drafted(sitting, parts=["theory", "skill", "review"])

    def test_refuses_to_leave_out_a_part_that_was_not_passed(self, sitting: Sitting) -> None:
        with pytest.raises(services.PartsMissing, match="技能"):
            make_drafted(sitting, parts=["theory"])

    def test_leaves_out_a_part_that_was_passed_and_charges_the_other(
        self, sitting: Sitting, registered: dict[str, Any]
    ) -> None:
        person = make_person()
        registered["parts"] = {person.pk: [hooks.PassedPart("theory", date(2025, 11, 1))]}

        registration = make_drafted(sitting, person=person)

        assert registration.parts == ["skill"]
        assert registration.carried == {"theory": "2025-11-01"}
        assert registration.fee == 16000

    @pytest.mark.parametrize("level", [5, 4, 1])
    def test_refuses_whoever_holds_this_level_or_a_higher_one(
        self, sitting: Sitting, registered: dict[str, Any], level: int
    ) -> None:
        person = make_person()
        registered["awards"] = {person.pk: [hooks.EarlierAward(ELECTRICIAN, level, date(2020, 1, 1), "77")]}

        with pytest.raises(services.AlreadyHolds, match="77"):
            make_drafted(sitting, person=person)

    def test_another_occupation_does_not_stand_in_the_way(self, sitting: Sitting, registered: dict[str, Any]) -> None:
        person = make_person()
        registered["awards"] = {person.pk: [hooks.EarlierAward("4-04-05-05", 4, date(2020, 1, 1), "77")]}
        assert make_drafted(sitting, person=person).state == "drafted"

    def test_nobody_starts_for_another(self, sitting: Sitting) -> None:
        with pytest.raises(NotFound):
            make_drafted(sitting, person=make_person(), actor=candidate(make_person().pk))

    def test_an_officer_needs_the_power(self, sitting: Sitting) -> None:
        with pytest.raises(NotPermitted):
            make_drafted(sitting, person=make_person(), actor=officer("persons.see"))

    def test_an_officer_of_another_province_does_not_find_the_person(self, sitting: Sitting) -> None:
        with pytest.raises(NotFound):
            make_drafted(sitting, person=make_person(), actor=outsider("persons.see", "registration.enter"))

    def test_a_school_enters_its_own_people(self, sitting: Sitting) -> None:
        school = make_body(kind="college", region_code="320102")
        clerk = officer("persons.see", "registration.enter", region="99", organisation=school.pk)
        pupil = make_person(organisation_id=school.pk)

        registration = make_drafted(sitting, person=pupil, actor=clerk)

        assert registration.through_id == school.pk
        assert selectors.get_registration(clerk, registration.pk) == registration

    def test_a_school_does_not_enter_others(self, sitting: Sitting) -> None:
        school = make_body(kind="college", region_code="320102")
        clerk = officer("persons.see", "registration.enter", region="99", organisation=school.pk)
        with pytest.raises(NotFound):
            make_drafted(sitting, person=make_person(), actor=clerk)


class TestClaim:
    def test_keeps_the_whole_tree(self, sitting: Sitting) -> None:
        registration = claim(make_drafted(sitting))

        tree = selectors.verdict_tree(registration)
        assert [(each["code"], each["is_met"]) for each in tree["alternatives"]] == [("5-1", False), ("5-2", True)]

    def test_an_unmet_condition_is_kept_and_shown(self, sitting: Sitting) -> None:
        registration = claim(make_drafted(sitting), condition_code="5-1", facts={})
        finding = selectors.verdict_tree(registration)["alternatives"][0]["findings"][0]
        assert finding["missing"]["facts"] == {"length": "1 年"}

    def test_refuses_an_unknown_condition(self, sitting: Sitting) -> None:
        with pytest.raises(services.UnknownCondition):
            claim(make_drafted(sitting), condition_code="4-1")

    def test_is_closed_once_submitted(self, sitting: Sitting) -> None:
        with pytest.raises(WrongState):
            claim(make_submitted(sitting))

    def test_is_the_candidates_own(self, sitting: Sitting) -> None:
        registration = make_drafted(sitting)
        with pytest.raises(NotFound):
            services.claim(
                actor=candidate(make_person().pk),
                at=APPLYING,
                registration_id=registration.pk,
                condition_code="5-2",
                facts={},
            )

    def test_an_officer_without_the_power_only_sees(self, sitting: Sitting) -> None:
        registration = make_drafted(sitting)
        with pytest.raises(NotPermitted):
            services.claim(
                actor=officer("registration.see"),
                at=APPLYING,
                registration_id=registration.pk,
                condition_code="5-2",
                facts={},
            )


class TestSubmit:
    def submit(self, registration: Registration, **options: Any) -> Registration:
        given = {"actor": candidate(registration.person_id), "at": APPLYING, **options}
        return services.submit(registration_id=registration.pk, **given)

    def test_takes_a_place_and_tells_the_world(self, sitting: Sitting) -> None:
        registration = make_submitted(sitting)

        sitting.refresh_from_db()
        assert (registration.state, registration.has_place, sitting.claimed) == ("submitted", True, 1)
        event = OutboxEvent.objects.get(name="registration.submitted")
        assert event.payload["number"] == registration.number
        assert "document" not in str(event.payload)

    def test_happens_once(self, sitting: Sitting) -> None:
        registration = make_submitted(sitting)
        with pytest.raises(WrongState):
            self.submit(registration)

    def test_refuses_without_a_condition(self, sitting: Sitting) -> None:
        with pytest.raises(services.UnknownCondition):
            self.submit(make_drafted(sitting))

    def test_refuses_an_unmet_condition_and_says_what_is_missing(self, sitting: Sitting) -> None:
        facts = {"work": [{"occupation_code": ELECTRICIAN, "since": "2025-07-03"}]}
        registration = claim(make_drafted(sitting), condition_code="5-1", facts=facts)

        with pytest.raises(services.NotEligible, match="还差 3 个月") as refused:
            self.submit(registration)
        assert str(refused.value.clause) == "standard-form-2018/conditions"
        registration.refresh_from_db()
        assert registration.state == "drafted"

    @pytest.mark.parametrize(("since", "fits"), [("2025-04-03", True), ("2025-04-04", False)])
    def test_a_year_to_the_day_counts(self, sitting: Sitting, since: str, fits: bool) -> None:
        facts = {"work": [{"occupation_code": ELECTRICIAN, "since": since}]}
        registration = claim(make_drafted(sitting), condition_code="5-1", facts=facts)
        if fits:
            assert self.submit(registration).state == "submitted"
        else:
            with pytest.raises(services.NotEligible, match="还差 1 天"):
                self.submit(registration)

    def test_refuses_facts_that_cannot_be_read(self, sitting: Sitting) -> None:
        registration = claim(make_drafted(sitting), facts={"work": [{"since": "昨天"}], **APPRENTICE})
        with pytest.raises(services.ClaimFaulty, match="工作经历第 1 项"):
            self.submit(registration)

    def test_refuses_a_declared_certificate_of_the_same_level(self, sitting: Sitting) -> None:
        award = {"occupation_code": ELECTRICIAN, "level": 5, "awarded_on": "2020-01-01", "number": "55"}
        registration = claim(make_drafted(sitting), facts={**APPRENTICE, "awards": [award]})
        with pytest.raises(services.AlreadyHolds, match="55"):
            self.submit(registration)

    def test_refuses_whoever_lives_and_works_elsewhere(self, sitting: Sitting) -> None:
        registration = claim(make_drafted(sitting), residence_code="330102")
        with pytest.raises(services.OutOfRegion, match="南京市") as refused:
            self.submit(registration)
        assert str(refused.value.clause) == "appraisal-policy-2011/violations"

    def test_working_there_is_enough(self, sitting: Sitting) -> None:
        registration = claim(make_drafted(sitting), residence_code="330102", employer_code="320104")
        assert self.submit(registration).state == "submitted"

    def test_the_round_may_have_closed_meanwhile(self, sitting: Sitting) -> None:
        registration = claim(make_drafted(sitting))
        with pytest.raises(sitting_services.RoundClosed):
            self.submit(registration, at=CLOSES)
        assert Registration.objects.get(pk=registration.pk).state == "drafted"

    def test_refuses_above_capacity(self) -> None:
        station = make_station(rooms=(("theory", 1, 1), ("practical", 1, 1)))
        sitting = announced_sitting(stations=[station], waves=1)
        make_submitted(sitting)

        with pytest.raises(sitting_services.RoundFull) as refused:
            make_submitted(sitting)
        assert refused.value.clause.instrument == "kaogong-sittings-rules"

    def test_someone_barred_cannot_apply(self, sitting: Sitting) -> None:
        first = make_submitted(sitting)
        services.refuse(actor=REVIEWER, at=APPLYING, registration_id=first.pk, note="工作证明系伪造", false_papers=True)

        with pytest.raises(services.Barred, match="工作证明系伪造") as refused:
            make_drafted(announced_sitting(), person=first.person)
        assert str(refused.value.clause) == "kaogong-registration-rules/bar"

    def test_a_bar_ends(self, sitting: Sitting) -> None:
        first = make_submitted(sitting)
        services.refuse(actor=REVIEWER, at=APPLYING, registration_id=first.pk, note="材料不实", false_papers=True)
        assert selectors.bars_on([first.person_id], date(2027, 3, 10))
        assert not selectors.bars_on([first.person_id], date(2027, 3, 11))


class TestTwoLevels:
    def test_the_capital_asks_for_a_year_between_two_levels(self) -> None:
        beijing = make_station(region_code="110105")
        centre = make_body(region_code="110000", kind="provincial_centre")
        five = announced_sitting(stations=[beijing], centre=centre)
        four = announced_sitting(stations=[beijing], centre=centre, level=4, days=(DAY + timedelta(days=7),))
        person = make_person(region_code="110105")
        make_submitted(five, person=person)

        with pytest.raises(services.TwoLevelsTooSoon) as refused:
            make_drafted(four, person=person)
        assert str(refused.value.clause) == "beijing-2002-appraisal/promotion"

    def test_elsewhere_there_is_no_such_rule(self) -> None:
        five = announced_sitting()
        four = announced_sitting(level=4)
        person = make_person()
        make_submitted(five, person=person)
        assert make_drafted(four, person=person).state == "drafted"


class TestIndustry:
    def test_an_industry_centre_serves_its_people_wherever_they_live(self) -> None:
        centre = make_body(kind="industry_centre", region_code="")
        station = make_station(centre=centre)
        sitting = announced_sitting(stations=[station], centre=centre)
        person = make_person(region_code="650102")
        assert make_submitted(sitting, person=person).state == "submitted"


class TestSeeing:
    def test_outsiders_cannot_even_find_it(self, sitting: Sitting) -> None:
        registration = make_submitted(sitting)
        with pytest.raises(NotFound):
            selectors.get_registration(outsider("registration.see"), registration.pk)

    def test_the_territory_the_station_and_the_candidate_see_it(self, sitting: Sitting) -> None:
        registration = make_submitted(sitting)
        station = officer("registration.see", region="99", organisation=sitting.station.organisation_id)
        for actor in (officer("registration.see"), station, candidate(registration.person_id)):
            assert selectors.get_registration(actor, registration.pk) == registration

    def test_another_candidate_does_not(self, sitting: Sitting) -> None:
        registration = make_submitted(sitting)
        other = candidate(make_person().pk)
        assert selectors.of_person(other).count() == 0
        with pytest.raises(NotFound):
            selectors.get_registration(other, registration.pk)

    def test_lists_are_searched_by_number_name_and_tail(self, sitting: Sitting) -> None:
        registration = make_submitted(sitting, person=make_person(name="欧阳·测试"))
        make_submitted(sitting)
        found = selectors.registrations_for(ENTERER)
        tail = registration.person.document_masked[-4:]
        assert [each.pk for each in selectors.search(found, "欧阳")] == [registration.pk]
        assert [each.pk for each in selectors.search(found, registration.number)] == [registration.pk]
        assert registration in selectors.search(found, tail)

    def test_counts_by_state(self, sitting: Sitting) -> None:
        make_submitted(sitting)
        make_admitted(sitting)
        counts = selectors.count_by_state(selectors.of_sitting(sitting.pk, ENTERER))
        assert (counts["submitted"], counts["admitted"], counts["refused"]) == (1, 1, 0)

    def test_admitted_candidates_are_for_officers_of_the_sitting(self, sitting: Sitting) -> None:
        admitted = make_admitted(sitting)
        unpaid = make_admitted(sitting, paid=False)
        clerk = officer("seating.arrange")

        assert set(selectors.admitted_of(sitting.pk, clerk)) == {admitted, unpaid}
        assert list(selectors.admitted_of(sitting.pk, clerk, paid_only=True)) == [admitted]
        for actor in (outsider("seating.arrange"), candidate(admitted.person_id)):
            with pytest.raises(NotFound):
                selectors.admitted_of(sitting.pk, actor)


class TestStartByDocument:
    def start(self, sitting: Sitting, number: str, name: str, **options: Any) -> Registration:
        clerk = officer("registration.enter", region="99", organisation=sitting.station.organisation_id)
        return services.start_by_document(
            sitting_id=sitting.pk,
            document_kind="resident",
            document_number=number,
            name=name,
            **{"actor": clerk, "at": APPLYING, **options},
        )

    def test_finds_somebody_entered_elsewhere(self, sitting: Sitting) -> None:
        number = resident_number(born_on=date(1981, 5, 1))
        person = make_person(name="𠮷田健", number=number, region_code="650102")
        assert self.start(sitting, old_form(number), "𠮷田健").person_id == person.pk

    def test_number_and_name_must_agree(self, sitting: Sitting) -> None:
        number = resident_number(born_on=date(1982, 5, 1))
        make_person(name="诸葛明", number=number)
        wrong = [(number, "诸葛亮"), (resident_number(born_on=date(1983, 5, 1)), "诸葛明"), ("123", "诸葛明")]
        for typed, name in wrong:
            with pytest.raises(services.DocumentDisagrees):
                self.start(sitting, typed, name)

    def test_needs_the_power(self, sitting: Sitting) -> None:
        number = resident_number(born_on=date(1984, 5, 1))
        make_person(name="诸葛明", number=number)
        with pytest.raises(NotPermitted):
            self.start(sitting, number, "诸葛明", actor=officer("persons.see"))
