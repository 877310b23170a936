"""What a bribed clerk, examiner, issuer or administrator tries with the post that is really theirs."""

from __future__ import annotations

import inspect
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from kaogong.blanks import services as blanks
from kaogong.certificates import services as certificates
from kaogong.certificates.models import Certificate, Copy
from kaogong.delivery import services as delivery
from kaogong.delivery.models import ScoreSheet
from kaogong.foundation.access import services as access
from kaogong.foundation.audit.models import TrailEntry
from kaogong.foundation.identity import services as identity
from kaogong.foundation.kernel.actors import Actor
from kaogong.foundation.kernel.refusals import NotFound, NotPermitted, Refusal, WrongState
from kaogong.itembank import services as bank
from kaogong.personnel import services as personnel
from kaogong.registration import services as registration
from kaogong.scoring.models import Mark
from kaogong.seating import services as seating
from kaogong.seating.models import Seat
from tests.support import itembank
from tests.support.access import AT, acting, make_account, make_body, make_post
from tests.support.blanks import make_series
from tests.support.cast import candidate, officer
from tests.support.certificates import ISSUING, make_season
from tests.support.delivery import SKILL_START, begin_practical, full_marks, make_hall, sign
from tests.support.identity import make_person
from tests.support.personnel import GRANTOR
from tests.support.registration import APPRENTICE, make_drafted, make_submitted
from tests.support.scoring import closed_hall, mark
from tests.support.sittings import APPLYING, DAY, announced_sitting, clock

pytestmark = pytest.mark.django_db
CLERK = ("registration.enter", "registration.see", "registration.decide", "registration.collect_fee", "persons.see")


class TestReviewer:
    """Who enters does not decide; who applies does not decide; who writes into it does not decide."""

    def test_she_does_not_admit_what_she_entered(self) -> None:
        clerk = officer(*CLERK)
        with pytest.raises(registration.ReviewedByApplicant):
            registration.admit(
                actor=clerk, at=APPLYING, registration_id=make_submitted(announced_sitting(), actor=clerk).pk
            )

    def test_nor_her_own_by_her_post(self) -> None:
        waiting = make_submitted(announced_sitting())
        with pytest.raises(registration.ReviewedByApplicant):
            registration.admit(
                actor=replace(officer(*CLERK), person_id=waiting.person_id), at=APPLYING, registration_id=waiting.pk
            )

    def test_nor_one_whose_papers_she_supplied(self) -> None:
        drafted, clerk = make_drafted(announced_sitting()), officer(*CLERK)
        herself = candidate(drafted.person_id)
        registration.hand_in(
            actor=clerk, at=APPLYING, registration_id=drafted.pk, kind="years", title="工作证明",
            content=b"%PDF-1.7 forged",
        )  # fmt: skip
        registration.claim(
            actor=herself, at=APPLYING, registration_id=drafted.pk, condition_code="5-2", facts=APPRENTICE,
            residence_code="320102",
        )  # fmt: skip
        registration.submit(actor=herself, at=APPLYING, registration_id=drafted.pk)
        with pytest.raises(registration.ReviewedByApplicant):
            registration.admit(actor=clerk, at=APPLYING, registration_id=drafted.pk)

    def test_what_was_admitted_cannot_be_rewritten(self) -> None:
        waiting = make_submitted(announced_sitting())
        registration.admit(actor=officer(*CLERK), at=APPLYING, registration_id=waiting.pk)
        with pytest.raises(WrongState):
            registration.claim(
                actor=officer(*CLERK), at=APPLYING, registration_id=waiting.pk, condition_code="5-1", facts={}
            )


class TestExaminer:
    def test_a_relative_is_not_marked_though_the_panel_was_set_up_before(self) -> None:
        """The relation became known after the appointment."""
        hall = make_hall()
        draws = begin_practical(hall)
        person = hall.examiners[0].person_id
        assert person is not None
        personnel.relate(
            actor=GRANTOR, at=SKILL_START, first_id=person, second_id=hall.registrations[0].person_id, kind="related",
            since=date(2000, 1, 1), source="举报查实",
        )  # fmt: skip
        with pytest.raises(delivery.MustStandAside):
            sign(hall, 0, draws[0], marks=full_marks(draws[0]))
        assert not ScoreSheet.objects.exists()

    def test_a_signed_sheet_is_not_signed_again_with_more(self) -> None:
        hall = make_hall()
        (first, *_rest) = begin_practical(hall)
        sign(hall, 0, first, marks=full_marks(first, share="0.5"))
        with pytest.raises(delivery.AlreadySigned):
            sign(hall, 0, first, marks=full_marks(first))

    def test_after_the_part_is_closed_nobody_signs(self) -> None:
        hall = closed_hall(theory=(80,), skill=("0.5",))
        sheet = ScoreSheet.objects.select_related("draw__task").first()
        assert sheet is not None
        with pytest.raises((WrongState, delivery.AlreadySigned)):
            sign(hall, 0, sheet.draw, marks=full_marks(sheet.draw))

    def test_an_examiner_of_another_sitting_finds_nothing(self) -> None:
        hall, other = make_hall(), make_hall()
        draws = begin_practical(hall)
        with pytest.raises(NotFound):
            delivery.sign_score_sheet(
                actor=other.examiners[0], at=SKILL_START, attempt_id=hall.attempt(0, "skill").pk, draw_id=draws[0].pk,
                marks=full_marks(draws[0]),
            )  # fmt: skip

    def test_a_mark_cannot_be_edited(self) -> None:
        hall = closed_hall(theory=(40,), skill=("0.5",))
        mark(hall)
        with pytest.raises(IntegrityError), transaction.atomic():
            Mark.objects.update(value=Decimal(99))


class TestSeats:
    def test_no_seat_moves_after_the_publication(self) -> None:
        hall = make_hall()
        seat = Seat.objects.get(registration=hall.registrations[0], part=hall.theory)
        with pytest.raises(Refusal):
            seating.move_seat(
                actor=officer("seating.arrange", "seating.see"), at=clock(DAY, 7), seat_id=seat.pk,
                room_id=seat.room_id, number=20,
            )  # fmt: skip
        assert Seat.objects.get(pk=seat.pk).number == seat.number


class TestIssuer:
    def test_not_past_the_gate(self) -> None:
        season = make_season(closed=False)
        with pytest.raises(certificates.GateClosed):
            season.issue()
        assert not Certificate.objects.exists()

    def test_not_for_whoever_failed_or_owes(self) -> None:
        season = make_season(candidates=2, failed=[0], unpaid=[1])
        with pytest.raises(Refusal):
            season.issue()
        assert not Certificate.objects.exists()

    def test_not_twice(self) -> None:
        season = make_season()
        season.issue()
        with pytest.raises(certificates.NothingToIssue):
            season.issue()

    def test_no_blank_carries_two_certificates(self) -> None:
        season = make_season(candidates=2)
        season.issue()
        first, second = Copy.objects.order_by("serial")
        with pytest.raises(IntegrityError), transaction.atomic():
            Copy.objects.create(
                certificate_id=second.certificate_id, series_id=first.series_id, serial=first.serial, number=2,
                blank_serial=first.blank_serial, printed_at=ISSUING,
            )  # fmt: skip

    def test_a_keeper_cannot_put_a_used_blank_back(self) -> None:
        season = make_season()
        season.issue()
        keeper = officer("blanks.receive", "blanks.move", "blanks.see", organisation=season.centre.pk)
        with pytest.raises(Refusal):
            blanks.receive(
                actor=keeper, at=ISSUING, series_id=season.series.pk, organisation_id=season.centre.pk, first=1, last=1,
                reference="又到货",
            )  # fmt: skip

    def test_a_keeper_of_another_body_takes_nothing(self) -> None:
        season = make_season()
        with pytest.raises(NotPermitted):
            blanks.take(
                actor=officer("certificates.issue", region="37"), at=ISSUING, organisation_id=season.centre.pk, count=1,
                reference="私取",
            )  # fmt: skip
        assert make_series() is not None

    @pytest.mark.parametrize("deed", ["suspend", "revoke"])
    def test_nothing_void_is_printed_again(self, deed: str) -> None:
        season = make_season()
        (certificate,) = season.issue().issued
        getattr(certificates, deed)(
            actor=officer("certificates.suspend", "certificates.revoke"), at=ISSUING, certificate_id=certificate.pk,
            basis="冒名顶替查实",
        )  # fmt: skip
        with pytest.raises(WrongState):
            certificates.print_run(
                actor=season.issuer, at=ISSUING, certificate_ids=[certificate.pk], site="https://x.example"
            )

    def test_every_print_leaves_its_line(self) -> None:
        """Printing the same booklet again is possible (printers jam); it cannot be done in silence."""
        season = make_season()
        (certificate,) = season.issue().issued
        for _each in range(2):
            certificates.print_run(
                actor=season.issuer, at=ISSUING, certificate_ids=[certificate.pk], site="https://x.example"
            )
        assert TrailEntry.objects.filter(target_id=str(certificate.pk), action="certificates.printed").count() == 2


class TestReading:
    """What may be read leaves a line; what may not is refused."""

    def test_an_item_is_not_read_in_silence(self) -> None:
        item = itembank.make_item()
        bank.view_item(actor=itembank.reviewer(), at=itembank.NOW, item_id=item.pk)
        assert TrailEntry.objects.filter(target_id=str(item.pk), action="itembank.item_viewed").count() == 1

    def test_every_service_that_opens_content_is_a_command(self) -> None:
        """A command without a line in the trail is rolled back, so that none of these can be silent."""
        opening = [name for name, each in inspect.getmembers(bank, callable) if name.startswith("view_")]
        assert set(opening) >= {"view_item", "view_paper", "view_task"}
        assert all(getattr(bank, name).is_command for name in opening)

    def test_the_assembler_draws_without_reading_items(self) -> None:
        with pytest.raises(NotPermitted):
            bank.view_item(
                actor=officer("itembank.assemble", region="32"), at=itembank.NOW, item_id=itembank.make_item().pk
            )

    @pytest.mark.parametrize("reason", ["", "   ", "查"])
    def test_no_document_number_without_a_reason(self, reason: str) -> None:
        person = make_person()
        with pytest.raises(identity.ReasonTooShort):
            identity.reveal_document(actor=officer("persons.reveal"), at=AT, person_id=person.pk, reason=reason)
        assert not TrailEntry.objects.filter(target_id=str(person.pk), action="identity.document_revealed").exists()

    def test_a_reason_given_stands_in_the_trail(self) -> None:
        person = make_person()
        identity.reveal_document(actor=officer("persons.reveal"), at=AT, person_id=person.pk, reason="核对证书姓名")
        line = TrailEntry.objects.get(target_id=str(person.pk), action="identity.document_revealed")
        assert line.reason == "核对证书姓名"


class TestPowers:
    """Nobody gives herself power."""

    def boss(self, role: str = "centre_director") -> tuple[Actor, object]:
        body = make_body()
        account = make_account(name="主任")
        make_post(account=account, organisation=body, role=role)
        return acting(account), body

    def test_nobody_appoints_herself(self) -> None:
        boss, body = self.boss()
        assert boss.account_id is not None
        with pytest.raises(access.NotOneself):
            access.appoint(
                actor=boss, at=AT, account_id=boss.account_id, organisation_id=body.pk, role="scorer",  # type: ignore[attr-defined]  # a body
                since=date(2026, 3, 2),
            )  # fmt: skip

    def test_nobody_stands_in_by_her_own_hand(self) -> None:
        boss, body = self.boss()
        post = make_post(organisation=body, role="scorer")  # type: ignore[arg-type]  # a body
        assert boss.account_id is not None
        with pytest.raises(access.NotOneself):
            access.depute(
                actor=boss, at=AT, post_id=post.pk, account_id=boss.account_id, since=date(2026, 3, 2),
                until=date(2026, 4, 2), reason="代管",
            )  # fmt: skip

    def test_a_deputy_does_not_pass_it_on(self) -> None:
        """Standing in for a post without the power to appoint, she names a third."""
        post = make_post(role="scorer")
        deputy, third = make_account(), make_account()
        today = AT.date()
        access.depute(
            actor=acting(post.account), at=AT, post_id=post.pk, account_id=deputy.pk, since=today,
            until=today + timedelta(days=9), reason="休假",
        )  # fmt: skip
        with pytest.raises((NotPermitted, NotFound)):
            access.depute(
                actor=acting(deputy), at=AT, post_id=post.pk, account_id=third.pk, since=today,
                until=today + timedelta(days=9), reason="再转",
            )  # fmt: skip

    def test_posts_apart_stay_apart_for_deputies(self) -> None:
        body = make_body()
        scorer, issuer = make_account(), make_account()
        make_post(account=scorer, organisation=body, role="scorer")
        post = make_post(account=issuer, organisation=body, role="issuer")
        with pytest.raises(access.RolesApart):
            access.depute(
                actor=acting(issuer), at=AT, post_id=post.pk, account_id=scorer.pk, since=AT.date(),
                until=AT.date() + timedelta(days=9), reason="休假",
            )  # fmt: skip

    def test_a_city_administrator_appoints_nobody_in_the_province(self) -> None:
        boss, _body = self.boss("administrator")
        province = make_body(kind="provincial_centre", region_code="320000")
        with pytest.raises(NotPermitted):
            access.appoint(
                actor=boss, at=AT, account_id=make_account().pk, organisation_id=province.pk, role="centre_director",
                since=AT.date(),
            )  # fmt: skip
