"""Review, fee, return and withdrawal."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from kaogong.foundation.audit.models import TrailEntry
from kaogong.foundation.identity import services as identity_services
from kaogong.foundation.kernel.actors import Actor, service
from kaogong.foundation.kernel.refusals import NotFound, NotPermitted, WrongState
from kaogong.foundation.outbox.models import OutboxEvent
from kaogong.registration import selectors, services
from kaogong.registration.models import Registration
from kaogong.sittings.models import Sitting
from tests.support.cast import candidate, officer, outsider
from tests.support.identity import make_person
from tests.support.registration import (
    APPRENTICE,
    ENTERER,
    REVIEWER,
    collect,
    make_admitted,
    make_drafted,
    make_submitted,
)
from tests.support.sittings import APPLYING, CLOSES, announced_sitting

pytestmark = pytest.mark.django_db


@pytest.fixture
def sitting() -> Sitting:
    return announced_sitting()


@pytest.fixture
def registration(sitting: Sitting) -> Registration:
    return make_submitted(sitting)


def admit(registration: Registration, **options: Any) -> Registration:
    return services.admit(registration_id=registration.pk, **{"actor": REVIEWER, "at": APPLYING, **options})


class TestAdmit:
    def test_fixes_the_printed_name(self, registration: Registration) -> None:
        admitted = admit(registration, accepted_because="原件已核")
        name = admitted.printed_name

        identity_services.correct_name(
            actor=officer("persons.correct"),
            at=APPLYING,
            person_id=registration.person_id,
            name="孙改名",
            document="户口簿",
        )

        admitted.refresh_from_db()
        assert (admitted.state, admitted.printed_name) == ("admitted", name)
        assert admitted.decided_by_name == "李审核"
        assert OutboxEvent.objects.get(name="registration.admitted").payload["fee"] == 19500

    def test_takes_the_name_as_it_stands_on_the_day(self, registration: Registration) -> None:
        identity_services.correct_name(
            actor=officer("persons.correct"),
            at=APPLYING,
            person_id=registration.person_id,
            name="孙改名",
            document="户口簿",
        )
        assert admit(registration).printed_name == "孙改名"

    def test_the_reason_for_accepting_stands_beside_the_verdict(self, registration: Registration) -> None:
        before = registration.verdict
        admitted = admit(registration, accepted_because="学徒证明有签章")
        assert admitted.verdict == before
        assert TrailEntry.objects.get(action="registration.admitted").reason == "学徒证明有签章"

    @pytest.mark.parametrize("name", ["𠮷田", "丁䶮", "买买提·艾力", "阿"])
    def test_rare_and_short_names_print(self, sitting: Sitting, name: str) -> None:
        admitted = admit(make_submitted(sitting, person=make_person(name=name)))
        assert (admitted.printed_name, admitted.verdict["warnings"]) == (name, [])

    def test_a_character_that_no_font_has_is_named(self, sitting: Sitting) -> None:
        admitted = admit(make_submitted(sitting, person=make_person(name="张𪚥")))
        assert admitted.verdict["warnings"][0]["facts"] == {"glyphs": "𪚥"}

    def test_happens_once(self, registration: Registration) -> None:
        admit(registration)
        with pytest.raises(WrongState):
            admit(registration)

    def test_a_draft_cannot_be_admitted(self, sitting: Sitting) -> None:
        with pytest.raises(WrongState):
            admit(make_drafted(sitting))

    def test_needs_the_power(self, registration: Registration) -> None:
        with pytest.raises(NotPermitted):
            admit(registration, actor=officer("registration.see"))

    def test_outsiders_cannot_even_find_it(self, registration: Registration) -> None:
        with pytest.raises(NotFound):
            admit(registration, actor=outsider("registration.decide"))

    def test_not_by_the_applicant_under_a_record_that_was_merged_into_hers(self) -> None:
        lost, kept = make_person(name="周同一"), make_person(name="周同一")
        registration = make_submitted(announced_sitting(), person=lost)
        merger = service("合并", "persons.merge", "persons.see")
        identity_services.merge(actor=merger, at=APPLYING, keep_id=kept.pk, lose_id=lost.pk, reason="同一人两次录入")
        herself = replace(REVIEWER, person_id=kept.pk)
        with pytest.raises(services.ReviewedByApplicant):
            services.admit(actor=herself, at=APPLYING, registration_id=registration.pk)

    def test_whoever_entered_it_does_not_review_it(self, sitting: Sitting) -> None:
        clerk = officer("registration.enter", "registration.decide", "persons.see")
        entered = make_submitted(sitting, actor=clerk)
        assert not selectors.may_decide(clerk, entered)
        with pytest.raises(services.ReviewedByApplicant) as refused:
            admit(entered, actor=clerk)
        assert str(refused.value.clause) == "kaogong-registration-rules/review"

    def test_whoever_wrote_into_it_does_not_review_it(self, sitting: Sitting) -> None:
        """The candidate began it and handed it in; the clerk rewrote the claim in between."""
        drafted = make_drafted(sitting)
        clerk = officer("registration.enter", "registration.decide")
        services.claim(
            actor=clerk, at=APPLYING, registration_id=drafted.pk, condition_code="5-2", facts=APPRENTICE,
            residence_code="320102",
        )  # fmt: skip
        services.submit(actor=candidate(drafted.person_id), at=APPLYING, registration_id=drafted.pk)
        assert not selectors.may_decide(clerk, drafted)
        with pytest.raises(services.ReviewedByApplicant):
            admit(drafted, actor=clerk)

    def test_nobody_reviews_the_own_application(self, registration: Registration) -> None:
        own = officer("registration.decide")
        own = Actor(
            kind="officer",
            name=own.name,
            account_id=own.account_id,
            person_id=registration.person_id,
            grants=own.grants,
        )
        with pytest.raises(services.ReviewedByApplicant):
            admit(registration, actor=own)

    def test_the_table_itself_refuses_the_same_hand(self, registration: Registration) -> None:
        with pytest.raises(IntegrityError), transaction.atomic():
            Registration.objects.filter(pk=registration.pk).update(decided_by=registration.submitted_by)

    def test_what_was_admitted_stays(self, registration: Registration) -> None:
        admit(registration)
        for change in ({"printed_name": "别人"}, {"claim": {}}, {"fee": 0}):
            with pytest.raises(IntegrityError), transaction.atomic():
                Registration.objects.filter(pk=registration.pk).update(**change)


class TestRefuse:
    def refuse(self, registration: Registration, **options: Any) -> Registration:
        given = {"actor": REVIEWER, "at": APPLYING, "note": "学徒证明无签章", **options}
        return services.refuse(registration_id=registration.pk, **given)

    def test_frees_the_place_and_says_why(self, sitting: Sitting, registration: Registration) -> None:
        refused = self.refuse(registration)
        sitting.refresh_from_db()
        assert (refused.state, refused.decision_note, sitting.claimed) == ("refused", "学徒证明无签章", 0)

    def test_lets_the_person_apply_again(self, sitting: Sitting, registration: Registration) -> None:
        self.refuse(registration)
        assert make_drafted(sitting, person=registration.person).state == "drafted"

    def test_needs_a_reason(self, registration: Registration) -> None:
        with pytest.raises(services.NoteMissing):
            self.refuse(registration, note=" ")

    def test_happens_once(self, registration: Registration) -> None:
        self.refuse(registration)
        with pytest.raises(WrongState):
            self.refuse(registration)

    def test_needs_the_power(self, registration: Registration) -> None:
        with pytest.raises(NotPermitted):
            self.refuse(registration, actor=officer("registration.enter"))

    def test_outsiders_cannot_even_find_it(self, registration: Registration) -> None:
        with pytest.raises(NotFound):
            self.refuse(registration, actor=outsider("registration.decide"))


class TestSendBack:
    def send_back(self, registration: Registration, **options: Any) -> Registration:
        given = {"actor": REVIEWER, "at": APPLYING, "note": "缺学徒证明", **options}
        return services.send_back(registration_id=registration.pk, **given)

    def resubmit(self, registration: Registration, **options: Any) -> Registration:
        me = candidate(registration.person_id)
        return services.submit(registration_id=registration.pk, **{"actor": me, "at": APPLYING, **options})

    def test_keeps_the_place_and_sets_a_term_of_working_days(
        self, sitting: Sitting, registration: Registration
    ) -> None:
        returned = self.send_back(registration)
        sitting.refresh_from_db()
        assert (returned.state, returned.has_place, sitting.claimed) == ("returned", True, 1)
        assert returned.correct_until == date(2026, 3, 13)

    def test_may_come_back_without_taking_a_second_place(self, sitting: Sitting, registration: Registration) -> None:
        self.send_back(registration)
        services.claim(
            actor=candidate(registration.person_id),
            at=APPLYING,
            registration_id=registration.pk,
            condition_code="5-2",
            facts=APPRENTICE,
        )
        assert self.resubmit(registration).state == "submitted"
        sitting.refresh_from_db()
        assert sitting.claimed == 1

    def test_may_come_back_after_the_close_within_its_term(self, registration: Registration) -> None:
        self.send_back(registration, at=CLOSES - timedelta(hours=1))
        assert self.resubmit(registration, at=CLOSES + timedelta(days=1)).state == "submitted"

    def test_comes_too_late_after_that(self, registration: Registration) -> None:
        self.send_back(registration, at=CLOSES - timedelta(hours=1))
        with pytest.raises(services.CorrectionOverdue):
            self.resubmit(registration, at=CLOSES + timedelta(days=10))

    def test_needs_a_reason(self, registration: Registration) -> None:
        with pytest.raises(services.NoteMissing):
            self.send_back(registration, note="")

    def test_a_draft_cannot_be_sent_back(self, sitting: Sitting) -> None:
        with pytest.raises(WrongState):
            self.send_back(make_drafted(sitting))

    def test_outsiders_cannot_even_find_it(self, registration: Registration) -> None:
        with pytest.raises(NotFound):
            self.send_back(registration, actor=outsider("registration.decide"))


class TestReopen:
    def reopen(self, registration: Registration, **options: Any) -> Registration:
        given = {"actor": REVIEWER, "at": APPLYING, "note": "看错了学徒证明的日期", **options}
        return services.reopen(registration_id=registration.pk, **given)

    def test_leads_back_to_the_review_in_its_place(self, sitting: Sitting) -> None:
        admitted = make_admitted(sitting)
        reopened = self.reopen(admitted)
        sitting.refresh_from_db()
        assert (reopened.state, reopened.admitted_at, reopened.printed_name) == ("submitted", None, "")
        assert (sitting.claimed, reopened.receipt_number) == (1, admitted.receipt_number)
        assert OutboxEvent.objects.filter(name="registration.reopened").exists()
        assert selectors.proof_needs(reopened) == selectors.proof_needs(admitted)

    def test_takes_nothing_else_of_what_was_admitted_with_it(self, sitting: Sitting) -> None:
        admitted = make_admitted(sitting)
        for change in ({"claim": {}}, {"printed_name": "另一人"}, {"fee": 1}):
            with pytest.raises(IntegrityError, match="stays as it was"), transaction.atomic():
                Registration.objects.filter(pk=admitted.pk).update(state="submitted", **change)

    def test_may_be_decided_anew(self, sitting: Sitting) -> None:
        reopened = self.reopen(make_admitted(sitting))
        assert services.admit(actor=REVIEWER, at=APPLYING, registration_id=reopened.pk).state == "admitted"

    def test_not_once_tickets_are_out(self, sitting: Sitting) -> None:
        admitted = make_admitted(sitting)
        Sitting.objects.filter(pk=sitting.pk).update(state="published")
        with pytest.raises(services.AdmissionStands) as told:
            self.reopen(admitted)
        assert str(told.value.clause) == "kaogong-registration-rules/review"

    def test_says_why(self, sitting: Sitting) -> None:
        with pytest.raises(services.NoteMissing):
            self.reopen(make_admitted(sitting), note=" ")

    def test_happens_once(self, sitting: Sitting) -> None:
        reopened = self.reopen(make_admitted(sitting))
        with pytest.raises(WrongState):
            self.reopen(reopened)

    def test_not_by_whoever_entered_it_nor_from_another_province(self, sitting: Sitting) -> None:
        admitted = make_admitted(sitting)
        with pytest.raises(NotFound):
            self.reopen(admitted, actor=outsider("registration.decide", "registration.see"))
        with pytest.raises(NotPermitted):
            self.reopen(admitted, actor=officer("registration.see"))


class TestWithdraw:
    def withdraw(self, registration: Registration, **options: Any) -> Registration:
        me = candidate(registration.person_id)
        return services.withdraw(registration_id=registration.pk, **{"actor": me, "at": APPLYING, **options})

    @pytest.mark.parametrize("make", [make_drafted, make_submitted, make_admitted])
    def test_frees_the_place_from_every_live_state(self, sitting: Sitting, make: Any) -> None:
        withdrawn = self.withdraw(make(sitting), reason="出差")
        sitting.refresh_from_db()
        assert (withdrawn.state, withdrawn.withdrawn_reason, sitting.claimed) == ("withdrawn", "出差", 0)

    def test_says_what_is_to_be_paid_back(self, sitting: Sitting) -> None:
        self.withdraw(make_admitted(sitting))
        assert TrailEntry.objects.get(action="registration.withdrawn").facts["refund"] == 19500

    def test_happens_once(self, registration: Registration) -> None:
        self.withdraw(registration)
        with pytest.raises(WrongState):
            self.withdraw(registration)

    def test_an_officer_needs_the_power(self, registration: Registration) -> None:
        with pytest.raises(NotPermitted):
            self.withdraw(registration, actor=officer("registration.decide"))
        assert self.withdraw(registration, actor=ENTERER).state == "withdrawn"

    def test_another_candidate_cannot_even_find_it(self, registration: Registration) -> None:
        with pytest.raises(NotFound):
            self.withdraw(registration, actor=candidate(make_person().pk))


class TestCollectFee:
    def test_records_the_receipt(self, sitting: Sitting) -> None:
        paid = collect(make_admitted(sitting, paid=False))
        assert paid.is_paid
        assert OutboxEvent.objects.filter(name="registration.fee_collected").count() == 1

    def test_happens_once(self, sitting: Sitting) -> None:
        paid = make_admitted(sitting)
        with pytest.raises(services.FeeAlreadyCollected, match=paid.receipt_number):
            collect(paid)

    def test_only_from_an_admitted_candidate(self, registration: Registration) -> None:
        with pytest.raises(services.NotYetAdmitted):
            collect(registration)

    def test_needs_a_receipt(self, sitting: Sitting) -> None:
        admitted = make_admitted(sitting, paid=False)
        with pytest.raises(services.ReceiptMissing):
            services.collect_fee(actor=REVIEWER, at=APPLYING, registration_id=admitted.pk, receipt_number=" ")

    def test_needs_the_power(self, sitting: Sitting) -> None:
        admitted = make_admitted(sitting, paid=False)
        with pytest.raises(NotPermitted):
            services.collect_fee(
                actor=officer("registration.decide"),
                at=APPLYING,
                registration_id=admitted.pk,
                receipt_number="1",
            )

    def test_outsiders_cannot_even_find_it(self, sitting: Sitting) -> None:
        admitted = make_admitted(sitting, paid=False)
        with pytest.raises(NotFound):
            services.collect_fee(
                actor=outsider("registration.collect_fee"),
                at=APPLYING,
                registration_id=admitted.pk,
                receipt_number="1",
            )

    def test_a_collected_fee_stays(self, sitting: Sitting) -> None:
        paid = make_admitted(sitting)
        with pytest.raises(IntegrityError), transaction.atomic():
            Registration.objects.filter(pk=paid.pk).update(receipt_number="别的")
