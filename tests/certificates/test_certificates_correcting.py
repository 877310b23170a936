"""A wrong name put right after the issue: one number, a new blank, the old name as good as any wrong name."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, transaction

from kaogong.blanks import selectors as blanks
from kaogong.certificates import selectors, services
from kaogong.certificates.models import Certificate, Copy, StatusChange
from kaogong.foundation.audit.models import TrailEntry
from kaogong.foundation.identity import services as identity
from kaogong.foundation.kernel.actors import Actor
from kaogong.foundation.kernel.refusals import NotFound, NotPermitted, Refusal, WrongState
from kaogong.foundation.outbox.models import OutboxEvent
from tests.documents.reading import text_of
from tests.support.blanks import KEEPER
from tests.support.cast import officer, outsider
from tests.support.certificates import ISSUING, POWERS, Season, administrator, issuer_of, make_season
from tests.support.stations import make_centre

WRONG, RIGHT = "孙小红", "孙晓红"
PROOF = "户口簿首页与本页（宁公户〔2026〕118号）"
SITE = "https://kaogong.example"


def season_of(name: str = WRONG) -> tuple[Season, Certificate]:
    season = make_season(names={0: name})
    return season, season.issue().issued[0]


def renamed(certificate: Certificate, name: str = RIGHT, *, actor: Actor | None = None) -> None:
    identity.correct_name(
        actor=actor or officer("persons.correct", "persons.see", region="32", name="人事周老师"),
        at=ISSUING,
        person_id=certificate.person_id,
        name=name,
        document=PROOF,
    )


def corrected(season: Season, certificate: Certificate, **options: Any) -> Certificate:
    plain = {"actor": season.issuer, "paper": "returned"}
    return services.correct(at=ISSUING, certificate_id=certificate.pk, **plain | options)


@pytest.mark.django_db
class TestCorrect:
    def test_keeps_the_number_and_prints_the_right_name_on_a_new_blank(self) -> None:
        season, certificate = season_of()
        renamed(certificate)
        assert corrected(season, certificate).number == certificate.number
        first, second = selectors.copies_of([certificate.pk])[certificate.pk]
        assert (first.blank_serial, second.blank_serial, second.number, second.remark) == (
            "A0000001",
            "A0000002",
            2,
            "更正",
        )
        printed = text_of(selectors.pdf(season.issuer, certificate.pk, site=SITE))
        assert RIGHT in printed
        assert WRONG not in printed

    def test_the_paper_that_came_back_is_written_off(self) -> None:
        season, certificate = season_of()
        renamed(certificate)
        corrected(season, certificate)
        assert blanks.where_is(season.series.pk, 1, actor=KEEPER).place == "spoilt"

    def test_one_that_is_lost_needs_the_notice_and_stays_used(self) -> None:
        season, certificate = season_of()
        renamed(certificate)
        with pytest.raises(services.NoticeMissing):
            corrected(season, certificate, paper="lost")
        corrected(season, certificate, paper="lost", notice="《南京日报》2026年5月20日第8版")
        assert blanks.where_is(season.series.pk, 1, actor=KEEPER).place == "used"
        assert Copy.objects.get(number=2).notice == "《南京日报》2026年5月20日第8版"

    def test_a_stranger_finds_the_new_name_and_not_the_old(self) -> None:
        season, certificate = season_of()
        old_tag = selectors.tag_of(certificate)
        renamed(certificate)
        certificate = corrected(season, certificate)
        new = selectors.verify(certificate.number, RIGHT, ISSUING)
        assert (new.outcome, [line.label for line in new.history]) == ("valid", ["核发", "更正"])
        old, absent = (
            selectors.verify(certificate.number, WRONG, ISSUING),
            selectors.verify(f"{certificate.number[:-1]}9", WRONG, ISSUING),
        )
        assert old.outcome == absent.outcome == "no_match"
        assert (old.history, old.issuer) == (absent.history, absent.issuer) == ((), "")
        assert selectors.verify_tag(certificate.number, old_tag, ISSUING).outcome == "no_match"
        assert selectors.verify_tag(certificate.number, selectors.tag_of(certificate), ISSUING).outcome == "valid"

    def test_history_and_trail_say_what_changed_by_whom_and_why(self) -> None:
        season, certificate = season_of()
        renamed(certificate)
        corrected(season, certificate)
        change = selectors.history_of(certificate.pk)[-1]
        assert (change.move, change.changed_by, change.clause) == (
            "correct",
            season.issuer.name,
            "kaogong-certificates-rules/correction",
        )
        assert PROOF in change.basis
        assert (change.facts["name_before"], change.facts["name"]) == (WRONG, RIGHT)
        line = TrailEntry.objects.get(action="certificates.corrected")
        assert (line.facts["old_name"], line.facts["new_name"], line.target_id) == (WRONG, RIGHT, str(certificate.pk))
        assert PROOF in line.reason
        assert OutboxEvent.objects.get(name="certificates.corrected").payload["copy"] == 2

    def test_a_second_correction_follows_the_first(self) -> None:
        season, certificate = season_of()
        for name in (RIGHT, "孙晓虹"):
            renamed(certificate, name)
            corrected(season, certificate)
        found = Certificate.objects.get()
        assert found.name == "孙晓虹"
        assert selectors.integrity_of(found, selectors.history_of(found.pk)).is_whole
        assert selectors.verify(found.number, RIGHT, ISSUING).outcome == "no_match"

    def test_two_corrections_of_the_person_are_one_of_the_certificate(self) -> None:
        season, certificate = season_of()
        renamed(certificate, "孙小虹")
        renamed(certificate, RIGHT)
        assert corrected(season, certificate).name == RIGHT

    def test_refuses_when_the_name_is_the_legal_one(self) -> None:
        season, certificate = season_of()
        with pytest.raises(services.NothingToCorrect):
            corrected(season, certificate)

    def test_refuses_a_name_that_no_document_leads_to(self) -> None:
        """The holder was merged into another record: that record's own papers say nothing of this name."""
        season, certificate = season_of()
        from tests.support.identity import make_person

        other = make_person(name="钱不同")
        clerk = officer("persons.merge", "persons.correct", "persons.see", region="32", name="人事周老师")
        identity.correct_name(actor=clerk, at=ISSUING, person_id=other.pk, name="钱大同", document=PROOF)
        identity.merge(
            actor=clerk, at=ISSUING, keep_id=other.pk, lose_id=certificate.person_id, reason="同一人两次录入"
        )
        with pytest.raises(services.NothingToCorrect):
            corrected(season, certificate)

    def test_refuses_whoever_corrected_the_person(self) -> None:
        season, certificate = season_of()
        both = officer(
            *POWERS, "persons.correct", "persons.see", region="32", organisation=season.centre.pk, name="一人两岗"
        )
        renamed(certificate, actor=both)
        with pytest.raises(services.CorrectedByOneself):
            corrected(season, certificate, actor=both)

    def test_refuses_without_word_of_the_old_paper(self) -> None:
        season, certificate = season_of()
        renamed(certificate)
        with pytest.raises(services.PaperUnknown):
            corrected(season, certificate, paper="")

    def test_refuses_a_suspended_one(self) -> None:
        season, certificate = season_of()
        renamed(certificate)
        services.suspend(actor=season.issuer, at=ISSUING, certificate_id=certificate.pk, basis="正在调查替考举报")
        with pytest.raises(WrongState):
            corrected(season, certificate)

    def test_needs_the_power_in_the_issuing_body(self) -> None:
        season, certificate = season_of()
        renamed(certificate)
        with pytest.raises(NotPermitted):
            corrected(season, certificate, actor=issuer_of(make_centre(name="另一个中心")))

    def test_outsiders_cannot_even_find_it(self) -> None:
        season, certificate = season_of()
        renamed(certificate)
        with pytest.raises(NotFound):
            corrected(season, certificate, actor=outsider(*POWERS))


@pytest.mark.django_db
class TestTheDatabase:
    def test_takes_no_new_name_without_a_correction(self) -> None:
        season, certificate = season_of()
        with pytest.raises(Exception, match="only by a correction"), transaction.atomic():
            Certificate.objects.update(name=RIGHT)
        renamed(certificate)
        corrected(season, certificate)
        with pytest.raises(Exception, match="only by a correction"), transaction.atomic():
            Certificate.objects.update(name=WRONG)

    @pytest.mark.parametrize("how", ["name", "history"])
    def test_past_its_guards_the_signature_tells(self, how: str) -> None:
        season, certificate = season_of()
        renamed(certificate)
        corrected(season, certificate)
        with administrator():
            if how == "name":
                Certificate.objects.update(name="李冒名")
            else:
                facts = {**selectors.history_of(certificate.pk)[-1].facts, "name": "李冒名"}
                StatusChange.objects.filter(move="correct").update(facts=facts)
                Certificate.objects.update(name="李冒名")
        assert selectors.verify(certificate.number, "李冒名", ISSUING).outcome == "broken"


@pytest.mark.concurrency
@pytest.mark.usefixtures("real_database")
def test_of_two_who_correct_at_once_one_does() -> None:
    season, certificate = season_of()
    renamed(certificate)

    def one(_place: int) -> str:
        try:
            return corrected(season, certificate).name
        except Refusal as refusal:
            return type(refusal).__name__
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        found = sorted(pool.map(one, range(2)))
    assert found == ["NothingToCorrect", RIGHT]
    assert [copy.number for copy in Copy.objects.order_by("number")] == [1, 2]
