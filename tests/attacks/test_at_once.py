"""Two at once where the modules' own tests look elsewhere: merges, appointments, posts, sheets, extra time."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from kaogong.certificates import services as certificates
from kaogong.certificates.models import Copy
from kaogong.delivery import services as delivery
from kaogong.delivery.models import ScoreSheet
from kaogong.foundation.access import services as access
from kaogong.foundation.access.models import Post
from kaogong.foundation.identity import services as identity
from kaogong.foundation.identity.models import Person
from kaogong.personnel.models import Duty
from kaogong.seating import services as seating
from kaogong.seating.models import PanelMember
from kaogong.sittings import selectors as sittings
from tests.registration.test_concurrency import at_once, refusals
from tests.support.access import AT, FOUNDER, make_account, make_body
from tests.support.certificates import ISSUING, make_season
from tests.support.delivery import START, begin_practical, begun_hall, full_marks, make_hall, sign
from tests.support.identity import REGISTRAR, make_person
from tests.support.personnel import make_card
from tests.support.registration import make_admitted, next_name
from tests.support.seating import ARRANGER, arranging_time
from tests.support.sittings import announced_sitting

pytestmark = [pytest.mark.concurrency, pytest.mark.usefixtures("real_database")]


class TestMerges:
    def merge(self, keep: Person, lose: Person) -> Person:
        return identity.merge(actor=REGISTRAR, at=AT, keep_id=keep.pk, lose_id=lose.pk, reason="同一个人重复录入")

    def test_crossing_each_other(self) -> None:
        """Each keeps what the other loses: one wins, and nobody is merged into nobody."""
        one, other = make_person(name="孙甲"), make_person(name="孙甲")
        told = at_once(lambda: self.merge(one, other), lambda: self.merge(other, one))
        assert len(refusals(told)) == 1
        assert Person.objects.filter(pk__in=[one.pk, other.pk], merged_into=None).count() == 1

    def test_in_a_chain_end_in_one_step(self) -> None:
        first, middle, last = (make_person(name="孙乙") for _each in range(3))
        at_once(lambda: self.merge(middle, first), lambda: self.merge(last, middle))
        for person in Person.objects.filter(pk__in=[first.pk, middle.pk]).exclude(merged_into=None):
            assert person.merged_into is not None
            assert person.merged_into.merged_into_id is None


class TestAppointments:
    def test_one_examiner_for_two_sittings_of_one_hour(self) -> None:
        halls = [announced_sitting(), announced_sitting()]
        for each in halls:
            make_admitted(each)
        card = make_card(person=make_person(name=next_name()))
        parts = [next(part for part in sittings.parts_of(each.pk) if part.part == "skill") for each in halls]

        def book(place: int) -> object:
            return seating.appoint(
                actor=ARRANGER, at=arranging_time(halls[place]), part_id=parts[place].pk, role="examiner",
                card_id=card.pk,
            )  # fmt: skip

        told = at_once(lambda: book(0), lambda: book(1))
        assert len(refusals(told)) == 1
        assert PanelMember.objects.filter(card=card, released_at=None).count() == 1
        assert Duty.objects.filter(person=card.person, cancelled_at=None).count() == 1

    def test_posts_to_be_kept_apart_do_not_slip_in_together(self) -> None:
        body, account = make_body(), make_account()

        def appoint(role: str) -> object:
            return access.appoint(
                actor=FOUNDER, at=AT, account_id=account.pk, organisation_id=body.pk, role=role, since=date(2026, 3, 2)
            )

        told = at_once(lambda: appoint("scorer"), lambda: appoint("issuer"))
        assert refusals(told) == [access.RolesApart]
        assert Post.objects.filter(account=account).count() == 1


class TestHands:
    def test_a_sheet_signed_by_a_double_tap_stands_once(self) -> None:
        hall = make_hall()
        draw = begin_practical(hall)[0]
        tap = lambda: sign(hall, 0, draw, marks=full_marks(draw))  # noqa: E731  # the same deed twice
        assert refusals(at_once(tap, tap)) == [delivery.AlreadySigned]
        assert ScoreSheet.objects.filter(draw=draw).count() == 1

    def test_two_replacements_take_two_blanks_and_two_copies(self) -> None:
        season = make_season()
        (certificate,) = season.issue().issued

        def replace() -> object:
            return certificates.replace(
                actor=season.issuer, at=ISSUING, certificate_id=certificate.pk, reason="damaged"
            )

        told = at_once(replace, replace)
        assert refusals(told) == []
        copies = Copy.objects.filter(certificate=certificate).order_by("number")
        assert [copy.number for copy in copies] == [1, 2, 3]
        assert len({copy.serial for copy in copies}) == 3

    def test_extra_time_given_by_two_is_bounded_together(self) -> None:
        hall = begun_hall()
        attempt, before = hall.attempt(), hall.attempt().ends_at
        assert before is not None

        def extend() -> object:
            return delivery.extend(
                actor=hall.invigilator, at=START, attempt_id=attempt.pk, minutes=30, reason="停电半小时"
            )

        told = at_once(extend, extend, extend)
        assert refusals(told) == [delivery.ExtendedEnough]
        assert hall.attempt().ends_at == before + timedelta(minutes=60)
