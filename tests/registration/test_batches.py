"""Lists that a school or a station enters at once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from kaogong.foundation.audit.models import TrailEntry
from kaogong.foundation.kernel.ids import uuid7
from kaogong.foundation.outbox.models import OutboxEvent
from kaogong.registration import rules, services
from kaogong.registration.models import Registration
from kaogong.sittings import services as sitting_services
from kaogong.sittings.models import Sitting
from tests.support.cast import candidate, officer
from tests.support.identity import make_person
from tests.support.registration import ENTERER, application, make_submitted, next_name
from tests.support.sittings import APPLYING, CLOSES, announced_sitting
from tests.support.stations import make_body, make_station

pytestmark = pytest.mark.django_db


@pytest.fixture
def sitting() -> Sitting:
    return announced_sitting()


def enter(sitting: Sitting, *rows: services.Application, **options: object) -> services.BatchReport:
    given = {"actor": ENTERER, "at": APPLYING, **options}
    return services.enter_many(sitting_id=sitting.pk, applications=rows, **given)  # type: ignore[arg-type]  # as given


def persons(count: int, **options: object) -> list[services.Application]:
    return [application(make_person(name=next_name()).pk, **options) for _each in range(count)]


class TestEnterMany:
    def test_enters_the_good_rows_together(self, sitting: Sitting) -> None:
        report = enter(sitting, *persons(5))

        sitting.refresh_from_db()
        assert (len(report.entered), len(report.refused), sitting.claimed) == (5, 0, 5)
        assert all(rules.is_registration_number(each.number) for each in report.entered)
        assert OutboxEvent.objects.filter(name="registration.submitted").count() == 5
        assert TrailEntry.objects.filter(action="registration.submitted").count() == 5

    def test_tells_every_other_row_with_its_refusal(self, sitting: Sitting) -> None:
        live = make_submitted(sitting)
        good = make_person(name=next_name())
        report = enter(
            sitting,
            application(good.pk),
            application(live.person_id),
            application(make_person(name=next_name()).pk, facts={}),
            application(make_person(name=next_name()).pk, residence_code="330102"),
            application(make_person(name=next_name()).pk, condition_code="9-9"),
            application(make_person(name=next_name()).pk, parts=["theory"]),
            application(uuid7()),
            application(good.pk),
        )
        assert [each.person_id for each in report.entered] == [good.pk]
        assert [(each.row, each.refusal.code) for each in report.refused] == [
            (2, "registration.AlreadyRegistered"),
            (3, "registration.NotEligible"),
            (4, "registration.OutOfRegion"),
            (5, "registration.UnknownCondition"),
            (6, "registration.PartsMissing"),
            (7, "kernel.NotFound"),
            (8, "registration.AlreadyRegistered"),
        ]
        facts = TrailEntry.objects.get(action="registration.batch_entered").facts
        assert facts["entered"] == 1
        assert len(facts["refused"]) == 7

    def test_enters_nobody_when_places_run_short(self) -> None:
        station = make_station(rooms=(("theory", 1, 3), ("practical", 1, 3)))
        sitting = announced_sitting(stations=[station], waves=1)
        with pytest.raises(sitting_services.RoundFull):
            enter(sitting, *persons(4))
        assert not Registration.objects.filter(sitting=sitting).exists()

    def test_needs_an_open_round(self, sitting: Sitting) -> None:
        with pytest.raises(sitting_services.RoundClosed):
            enter(sitting, *persons(1), at=CLOSES + timedelta(seconds=1))

    def test_has_a_size(self, sitting: Sitting) -> None:
        with pytest.raises(services.BatchTooLarge):
            enter(sitting)
        with pytest.raises(services.BatchTooLarge):
            enter(sitting, *[application(uuid7())] * 501)

    def test_a_school_enters_its_own_pupils_only(self, sitting: Sitting) -> None:
        school = make_body(kind="college", region_code="320102")
        clerk = officer("persons.see", "registration.enter", region="99", organisation=school.pk)
        pupil = make_person(name=next_name(), organisation_id=school.pk)
        stranger = make_person(name=next_name())

        report = enter(sitting, application(pupil.pk), application(stranger.pk), actor=clerk)

        assert [each.through_id for each in report.entered] == [school.pk]
        assert [each.refusal.code for each in report.refused] == ["kernel.NotFound"]

    def test_one_entered_by_list_is_reviewed_by_another(self, sitting: Sitting) -> None:
        clerk = officer("persons.see", "registration.enter", "registration.decide")
        entered = enter(sitting, *persons(1), actor=clerk).entered[0]
        with pytest.raises(services.ReviewedByApplicant):
            services.admit(actor=clerk, at=APPLYING, registration_id=entered.pk)

    def test_costs_few_statements(self, sitting: Sitting, django_assert_max_num_queries: object) -> None:
        rows = persons(20)
        with django_assert_max_num_queries(45):  # type: ignore[operator]  # a fixture of pytest-django
            enter(sitting, *rows)

    def test_the_candidate_finds_it_as_her_own(self, sitting: Sitting) -> None:
        entered = enter(sitting, *persons(1)).entered[0]
        withdrawn = services.withdraw(actor=candidate(entered.person_id), at=APPLYING, registration_id=entered.pk)
        assert withdrawn.state == "withdrawn"
