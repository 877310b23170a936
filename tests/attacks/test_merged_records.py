"""Two records of one human being: nobody escapes a rule through the one merged away, or loses what is hers."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from kaogong.delivery import selectors as delivery
from kaogong.delivery import services as delivering
from kaogong.foundation.identity import services as identity
from kaogong.foundation.identity.models import Person
from kaogong.foundation.kernel.actors import Actor
from kaogong.foundation.kernel.refusals import NotPermitted
from kaogong.personnel.models import Relation
from kaogong.scoring import selectors as scoring
from kaogong.scoring import services as marking
from kaogong.scoring.refusals import MarkedByOneself
from kaogong.seating import selectors as seating
from kaogong.seating import services as appointing
from kaogong.sittings import selectors as sittings
from tests.support.cast import candidate, officer
from tests.support.delivery import MORNING, START, begun_hall, entries, make_hall, open_doors
from tests.support.identity import REGISTRAR, make_person
from tests.support.personnel import make_card
from tests.support.registration import make_admitted, next_name
from tests.support.scoring import PUBLISHING, closed_hall, publish, rechecker
from tests.support.seating import ARRANGER, arranging_time
from tests.support.sittings import announced_sitting

pytestmark = pytest.mark.django_db


def merged_away(person_id: object) -> Person:
    """A fresh record of the same human being, into which the given one was merged."""
    kept = make_person(name=next_name())
    return identity.merge(
        actor=REGISTRAR, at=MORNING, keep_id=kept.pk, lose_id=Person.objects.get(pk=person_id).pk, reason="重复录入"
    )


class TestTheCandidateKeepsWhatIsHers:
    def test_her_exam_goes_on(self) -> None:
        hall = begun_hall()
        herself = candidate(merged_away(hall.registrations[0].person_id).pk)
        reached = delivering.save_answers(
            actor=herself, at=START, attempt_id=hall.attempt().pk, device="m1", entries=entries({1: "A"})
        )
        assert reached == 1

    def test_her_ticket_attempt_and_result_stay_hers(self) -> None:
        hall = closed_hall()
        (result,) = publish(hall)
        herself = candidate(merged_away(hall.registrations[0].person_id).pk)
        assert [each.pk for each in scoring.own_results(herself)] == [result.pk]
        assert {each.part.part for each in delivery.own_attempts(herself)} == {"theory", "skill"}
        assert [each.number for each in seating.own_tickets(herself)] == [hall.ticket()]


class TestNobodyEscapesARule:
    def test_the_officer_who_sat_there_under_another_record(self) -> None:
        hall = closed_hall(theory=(80,), skill=("0.5",))
        (result,) = publish(hall)
        asked = marking.request_recheck(
            actor=hall.candidate(), at=PUBLISHING, result_id=result.pk, part="skill", reason="漏分"
        )
        officer_herself = replace(rechecker(), person_id=merged_away(hall.registrations[0].person_id).pk)
        with pytest.raises(MarkedByOneself):
            marking.uphold(actor=officer_herself, at=PUBLISHING, recheck_id=asked.pk, finding="无误")

    def test_the_clerk_who_sits_there_does_not_check_herself_in(self) -> None:
        hall = open_doors(make_hall())
        herself = clerk_at_the_door(merged_away(hall.registrations[0].person_id))
        with pytest.raises(NotPermitted):
            delivering.check_in(actor=herself, at=MORNING, attempt_id=hall.attempt().pk, document_tail=hall.tail())

    def test_the_clerk_who_sits_there_gives_herself_no_time(self) -> None:
        hall = begun_hall()
        person = Person.objects.get(pk=hall.registrations[0].person_id)
        with pytest.raises(NotPermitted):
            delivering.extend(
                actor=clerk_at_the_door(person), at=START, attempt_id=hall.attempt().pk, minutes=30, reason="停电"
            )

    @pytest.mark.parametrize("lost", ["candidate", "examiner"])
    def test_a_relation_entered_under_the_lost_record(self, lost: str) -> None:
        sitting = announced_sitting()
        pupil, teacher = make_person(name=next_name()), make_person(name=next_name())
        Relation.objects.create(first=teacher, second=pupil, kind="taught", since=date(2026, 1, 1), source="试验")
        if lost == "candidate":
            pupil = merged_away(pupil.pk)
        else:
            teacher = merged_away(teacher.pk)
        make_admitted(sitting, person=pupil)
        card = make_card(person=teacher)
        part = next(each for each in sittings.parts_of(sitting.pk) if each.part == "skill")
        with pytest.raises(appointing.MustStandAside) as refused:
            appointing.appoint(
                actor=ARRANGER, at=arranging_time(sitting), part_id=part.pk, role="examiner", card_id=card.pk
            )
        assert pupil.name in str(refused.value)


def clerk_at_the_door(person: Person) -> Actor:
    return replace(officer("delivery.run", "delivery.see"), person_id=person.pk)
