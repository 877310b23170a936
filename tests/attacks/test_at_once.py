"""Two at once where the modules' own tests look elsewhere: merges, appointments, posts, sheets, extra time."""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import partial

import pytest
from django.core.cache import cache
from django.test import Client
from pytest_django import Settings

from kaogong.certificates import services as certificates
from kaogong.certificates.models import Copy, StatusChange
from kaogong.delivery import services as delivery
from kaogong.delivery.models import ScoreSheet, TaskDraw
from kaogong.foundation.access import hooks
from kaogong.foundation.access import services as access
from kaogong.foundation.access.models import Account, Post
from kaogong.foundation.identity import services as identity
from kaogong.foundation.identity.models import Person
from kaogong.personnel.models import Duty
from kaogong.registration import services as applying
from kaogong.registration.models import Registration
from kaogong.scoring.models import Recheck
from kaogong.seating import services as seating
from kaogong.seating.models import PanelMember
from kaogong.sittings import selectors as sittings
from tests.registration.test_concurrency import at_once, refusals
from tests.scoring.test_rechecks import ask as ask_again
from tests.scoring.test_rechecks import published
from tests.support.access import AT, FOUNDER, acting, make_account, make_body
from tests.support.cast import candidate, officer
from tests.support.certificates import ISSUING, make_season
from tests.support.delivery import START, begin_practical, begun_hall, draw, full_marks, make_hall, sign
from tests.support.identity import REGISTRAR, make_person, resident_number
from tests.support.personnel import make_card
from tests.support.registration import REVIEWER, make_admitted, make_submitted, next_name
from tests.support.seating import ARRANGER, arranging_time
from tests.support.sittings import APPLYING, announced_sitting

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


class TestGuesses:
    def test_a_code_takes_three_tries_however_many_come_together(
        self, settings: Settings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A session is read, changed and written back: sent together, each would be the first."""
        settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
        sent: list[hooks.Message] = []
        monkeypatch.setattr(hooks, "_sender", [sent.append])
        cache.clear()
        make_account(phone="13912345678")
        client = Client()
        client.post("/account/password/reset/", {"login": "13912345678"})
        code = next(word for word in re.findall(r"\d{6}", sent[0].text))

        def guess(typed: str) -> object:
            form = {"code": typed, "password": "Zhong-Shan-Men-8", "again": "Zhong-Shan-Men-8"}
            another = Client()
            another.cookies.update(client.cookies)
            return another.post("/account/password/reset/code/", form).headers.get("Location")

        wrong = [f"{(int(code) + step) % 10**6:06}" for step in range(1, 7)]
        at_once(*(partial(guess, each) for each in wrong))
        assert guess(code) == "/account/password/reset/"
        assert not Account.objects.get().check_password("Zhong-Shan-Men-8")

    def test_an_account_opens_one_record_of_oneself(self) -> None:
        account, number = make_account(), resident_number()

        def enter() -> object:
            return access.enter_oneself(
                actor=acting(account), at=AT, name="孙一人", document_kind="resident", document_number=number,
                region_code="320102",
            )  # fmt: skip

        assert len(refusals(at_once(enter, enter, enter))) == 2
        assert Person.objects.count() == 1


class TestDesks:
    """A double click, or two at two counters."""

    def test_a_certificate_is_revoked_once(self) -> None:
        season = make_season()
        (certificate,) = season.issue().issued
        director = officer("certificates.revoke", "certificates.see", region="32")

        def revoke() -> object:
            return certificates.revoke(
                actor=director, at=ISSUING, certificate_id=certificate.pk, basis="经查实冒名顶替"
            )

        assert len(refusals(at_once(revoke, revoke))) == 1
        assert StatusChange.objects.filter(certificate=certificate, move="revoke").count() == 1

    def test_a_recheck_is_asked_for_once(self) -> None:
        hall = published()

        def ask() -> object:
            return ask_again(hall)

        assert len(refusals(at_once(ask, ask))) == 1
        assert Recheck.objects.count() == 1

    def test_tasks_are_drawn_once(self) -> None:
        hall = make_hall()

        def draw_them() -> object:
            return draw(hall)

        at_once(draw_them, draw_them)
        assert TaskDraw.objects.values("part_id", "module_code").distinct().count() == TaskDraw.objects.count()

    def test_a_withdrawal_and_a_decision_do_not_both_stand(self) -> None:
        waiting = make_submitted(announced_sitting())
        herself = candidate(waiting.person_id)
        at_once(
            lambda: applying.withdraw(actor=herself, at=APPLYING, registration_id=waiting.pk, reason="不考了"),
            lambda: applying.admit(actor=REVIEWER, at=APPLYING, registration_id=waiting.pk),
        )
        found = Registration.objects.get(pk=waiting.pk)
        assert (found.state == "withdrawn") == (found.withdrawn_at is not None)
        assert found.state != "withdrawn" or not found.has_place


class TestHands:
    def test_a_sheet_signed_by_a_double_tap_stands_once(self) -> None:
        hall = make_hall()
        drawn = begin_practical(hall)[0]
        tap = lambda: sign(hall, 0, drawn, marks=full_marks(drawn))  # noqa: E731  # the same deed twice
        assert refusals(at_once(tap, tap)) == [delivery.AlreadySigned]
        assert ScoreSheet.objects.filter(draw=drawn).count() == 1

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
