"""A condition that needs a proof is not admitted on words alone; many are admitted together, each on its own papers."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from kaogong.foundation.audit.models import TrailEntry
from kaogong.foundation.kernel.refusals import NotFound, NotPermitted, WrongState
from kaogong.registration import rules, selectors, services
from kaogong.registration.models import Evidence, Registration
from kaogong.sittings.models import Sitting
from tests.registration.test_rosters import CLERK, as_csv, commit, judge, line, stage
from tests.support.cast import candidate, officer, outsider
from tests.support.identity import make_person
from tests.support.registration import PDF, REVIEWER, TWO_YEARS, look, make_submitted, prove
from tests.support.regulations import make_provision
from tests.support.sittings import APPLYING, announced_sitting

ASKS = {"template": "累计从事满 1 年", "facts": {}}
ACCEPTED = {
    "years": (("work_statement", "work_promise"), "house/promise"),
    "certificate": (("certificate",), "house/p"),
}


def finding(kind: str, **changes: Any) -> dict[str, Any]:
    return {"kind": kind, "asks": ASKS, **changes}


class TestNeeds:
    """The rule alone: no database."""

    @pytest.mark.parametrize(
        ("papers", "handed_in", "seen"),
        [
            ([], False, False),
            ([("years", "work_statement", False)], True, False),
            ([("years", "work_promise", True)], True, True),
            ([("years", "work_statement", False), ("years", "work_promise", True)], True, True),
            ([("years", "diploma", True)], False, False),
            ([("certificate", "certificate", True)], False, False),
        ],
    )
    def test_a_paper_speaks_for_its_own_kind_alone(
        self, papers: list[tuple[str, str, bool]], handed_in: bool, seen: bool
    ) -> None:
        (need,) = rules.needs([finding("years")], ACCEPTED, [rules.Paper(*each) for each in papers])
        assert (need.is_handed_in, need.is_seen, need.clause) == (handed_in, seen, "house/promise")

    def test_what_our_register_knows_needs_none(self) -> None:
        assert rules.needs([finding("certificate", is_registered=True)], ACCEPTED, []) == ()

    def test_a_kind_without_named_proofs_needs_none(self) -> None:
        assert rules.needs([finding("training")], ACCEPTED, []) == ()

    def test_two_clauses_of_one_kind_are_proved_together(self) -> None:
        assert len(rules.needs([finding("years"), finding("years")], ACCEPTED, [])) == 1


@pytest.fixture
def sitting() -> Sitting:
    return announced_sitting()


def waiting(sitting: Sitting, **options: Any) -> Registration:
    return make_submitted(sitting, proven=False, **options)


def hand_in(registration: Registration, **options: Any) -> Evidence:
    herself = candidate(registration.person_id)
    given = {"actor": herself, "at": APPLYING, "kind": "apprenticeship", "title": "学徒证明", "content": PDF, **options}
    return services.hand_in(registration_id=registration.pk, **given)


def admit(registration: Registration, **options: Any) -> Registration:
    return services.admit(registration_id=registration.pk, **{"actor": REVIEWER, "at": APPLYING, **options})


@pytest.mark.django_db
class TestAdmitting:
    def test_not_without_a_paper(self, sitting: Sitting) -> None:
        with pytest.raises(services.ProofMissing) as told:
            admit(waiting(sitting))
        assert str(told.value.clause) == "kaogong-registration-rules/proof"
        assert "学徒期满证明" in str(told.value)

    def test_not_on_a_paper_that_nobody_opened(self, sitting: Sitting) -> None:
        application = waiting(sitting)
        hand_in(application)
        with pytest.raises(services.ProofNotSeen):
            admit(application)

    def test_handed_in_later_and_opened_by_the_reviewer_it_will_do(self, sitting: Sitting) -> None:
        application = waiting(sitting)
        paper = hand_in(application)
        look(application, paper)
        paper.refresh_from_db()
        assert (paper.seen_by_name, paper.proof) == (REVIEWER.name, "apprenticeship")
        assert admit(application).state == "admitted"
        with pytest.raises(WrongState):
            hand_in(application)

    def test_the_applicants_own_look_does_not_count(self, sitting: Sitting) -> None:
        application = waiting(sitting)
        paper = hand_in(application)
        look(application, paper, actor=candidate(application.person_id))
        with pytest.raises(services.ProofNotSeen):
            admit(application)

    def test_a_paper_for_something_else_does_not_count(self, sitting: Sitting) -> None:
        application = waiting(sitting)
        look(application, hand_in(application, kind="other", title="荣誉证书"))
        with pytest.raises(services.ProofMissing):
            admit(application)
        with pytest.raises(services.ProofNotAccepted):
            hand_in(application, proof="diploma")

    def test_the_original_at_the_counter_counts_and_is_written_down(self, sitting: Sitting) -> None:
        application = waiting(sitting)
        given = {"at": APPLYING, "registration_id": application.pk, "kind": "apprenticeship", "proof": "apprenticeship"}
        mine = replace(officer("registration.decide", "registration.see"), person_id=application.person_id)
        with pytest.raises(services.ReviewedByApplicant):
            services.see_original(actor=mine, **given)
        with pytest.raises(NotPermitted):
            services.see_original(actor=officer("registration.see"), **given)
        with pytest.raises(NotFound):
            services.see_original(actor=outsider("registration.decide", "registration.see"), **given)
        services.see_original(actor=REVIEWER, **given)
        assert TrailEntry.objects.filter(action="registration.original_seen").count() == 1
        assert admit(application).state == "admitted"

    def test_a_place_may_ask_for_other_papers(self, sitting: Sitting) -> None:
        make_provision("registration.proof_apprenticeship", [], region="320000")
        assert admit(waiting(sitting)).state == "admitted"


@pytest.mark.django_db
class TestPromise:
    def worked(self, sitting: Sitting) -> Registration:
        return waiting(sitting, condition_code="5-1", facts=TWO_YEARS)

    def test_signed_by_herself_it_stands_for_a_proof_of_work(self, sitting: Sitting) -> None:
        application = self.worked(sitting)
        herself = candidate(application.person_id)
        paper = services.promise(actor=herself, at=APPLYING, registration_id=application.pk)
        opened = services.open_evidence(
            actor=REVIEWER, at=APPLYING, registration_id=application.pk, evidence_id=paper.pk
        )
        assert "金陵电机厂" in opened.content.decode()
        assert admit(application).state == "admitted"

    def test_nobody_promises_for_another(self, sitting: Sitting) -> None:
        application = self.worked(sitting)
        with pytest.raises(services.PromiseByAnother):
            services.promise(actor=CLERK, at=APPLYING, registration_id=application.pk)

    def test_there_is_no_original_of_it(self, sitting: Sitting) -> None:
        application = self.worked(sitting)
        with pytest.raises(services.ProofNotAccepted):
            services.see_original(
                actor=REVIEWER, at=APPLYING, registration_id=application.pk, kind="years", proof="work_promise"
            )


@pytest.mark.django_db
class TestPaperOfAList:
    def test_one_paper_serves_everybody_on_it(self, sitting: Sitting) -> None:
        roster = judge(stage(sitting, as_csv(line(60), line(61, "秦阳"))))
        given = {"at": APPLYING, "roster_id": roster.pk, "kind": "apprenticeship", "title": "盖章名册", "content": PDF}
        paper = services.hand_in_for_list(actor=CLERK, proof="apprenticeship", **given)
        with pytest.raises(services.ProofNotAccepted):
            services.hand_in_for_list(actor=CLERK, proof="work_promise", **given)
        with pytest.raises(NotFound):
            services.hand_in_for_list(
                actor=outsider("registration.enter", "registration.see"), proof="apprenticeship", **given
            )
        commit(roster)
        first, second = Registration.objects.filter(roster=roster).order_by("number")
        with pytest.raises(services.ProofNotSeen):
            admit(first)
        look(first, paper)
        assert {admit(each).state for each in (first, second)} == {"admitted"}

    def test_it_is_nobody_elses(self, sitting: Sitting) -> None:
        roster = judge(stage(sitting, as_csv(line(62))))
        paper = services.hand_in_for_list(
            actor=CLERK, at=APPLYING, roster_id=roster.pk, kind="apprenticeship", proof="apprenticeship",
            title="盖章名册", content=PDF,
        )  # fmt: skip
        with pytest.raises(NotFound):
            look(waiting(sitting), paper)


@pytest.mark.django_db
class TestAdmitMany:
    def test_who_lacks_nothing_is_admitted_and_each_other_is_told_why(self, sitting: Sitting) -> None:
        ready = [make_submitted(sitting) for _each in range(2)]
        bare, unseen = waiting(sitting), waiting(sitting)
        hand_in(unseen)
        person = make_person(name="李审核")
        own = make_submitted(sitting, person=person)
        reviewer = replace(officer("registration.decide", "registration.see", region=""), person_id=person.pk)
        elsewhere = officer("registration.decide", region="51")
        every = [*ready, bare, unseen, own]

        report = services.admit_many(actor=reviewer, at=APPLYING, registration_ids=[each.pk for each in every])

        assert {each.pk for each in report.admitted} == {each.pk for each in ready}
        told = {each.registration.pk: type(each.refusal) for each in report.refused if each.registration}
        assert told == {
            bare.pk: services.ProofMissing,
            unseen.pk: services.ProofNotSeen,
            own.pk: services.ReviewedByApplicant,
        }
        lines = TrailEntry.objects.filter(action__in=["registration.admitted", "registration.not_admitted"])
        assert lines.count() == 5
        unknown = services.admit_many(actor=elsewhere, at=APPLYING, registration_ids=[bare.pk])
        assert [(each.registration, type(each.refusal)) for each in unknown.refused] == [(None, NotFound)]

    def test_twice_is_told(self, sitting: Sitting) -> None:
        application = make_submitted(sitting)
        services.admit_many(actor=REVIEWER, at=APPLYING, registration_ids=[application.pk])
        report = services.admit_many(actor=REVIEWER, at=APPLYING, registration_ids=[application.pk])
        assert [type(each.refusal) for each in report.refused] == [WrongState]

    def test_has_a_size(self) -> None:
        with pytest.raises(services.BatchTooLarge):
            services.admit_many(actor=REVIEWER, at=APPLYING, registration_ids=[])

    def test_the_list_says_who_is_ready_in_few_queries(
        self, sitting: Sitting, django_assert_max_num_queries: object
    ) -> None:
        ready, bare, unseen = make_submitted(sitting), waiting(sitting), waiting(sitting)
        hand_in(unseen)
        own = prove(waiting(sitting))
        Registration.objects.filter(pk=own.pk).update(entered_by=REVIEWER.account_id)
        everybody = selectors.registrations_for(REVIEWER)
        with django_assert_max_num_queries(20):  # type: ignore[operator]  # a fixture of pytest-django
            rows = selectors.review_rows(REVIEWER, sitting.pk, everybody)
        assert {row.registration.pk: row.readiness for row in rows} == {
            ready.pk: "ready",
            bare.pk: "missing",
            unseen.pk: "unseen",
            own.pk: "own",
        }
