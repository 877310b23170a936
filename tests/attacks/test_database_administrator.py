"""A superuser of the database, past every trigger: what is found, and by which check.

Sealed lines of the trail are his other prey: `tests/audit/test_verification.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, connection, transaction

from kaogong.certificates import selectors as certificates
from kaogong.certificates import services as issuing
from kaogong.certificates.models import Certificate, Copy, Counter, StatusChange
from kaogong.delivery import selectors as delivery
from kaogong.delivery.models import Answer, Attempt, PaperCopy, ScoreSheet
from kaogong.foundation.access.models import Post
from kaogong.foundation.audit import attesting
from kaogong.foundation.audit.models import TrailEntry
from kaogong.foundation.audit.verification import verify
from kaogong.foundation.kernel.ids import uuid7
from kaogong.foundation.kernel.records import Attested
from kaogong.itembank import selectors as itembank
from kaogong.itembank.models import ItemVersion, Paper, PaperItem
from kaogong.registration.models import Registration
from kaogong.regulations.models import Provision
from kaogong.scoring import services as marking
from kaogong.scoring.models import Mark, Result
from tests.support.access import make_account
from tests.support.cast import officer
from tests.support.certificates import ISSUING, Season, administrator, make_season
from tests.support.delivery import DAY, START, Hall, begun_hall
from tests.support.scoring import MARKING, closed_hall, mark, publish, scorer
from tests.support.stations import make_centre

pytestmark = pytest.mark.django_db


@pytest.fixture
def season() -> Season:
    return make_season(candidates=2)


@pytest.fixture
def certificate(season: Season) -> Certificate:
    return season.issue().issued[0]


def outcome(certificate: Certificate, *, name: str = "") -> str:
    """What a stranger is told of it now."""
    now = Certificate.objects.filter(pk=certificate.pk).first() or certificate
    return certificates.verify(now.number, name or now.name, ISSUING).outcome


class TestCertificates:
    @pytest.mark.parametrize(
        "change",
        [
            {"name": "钱某"}, {"level": 1}, {"occupation_name": "焊工"}, {"issued_on": "2020-01-01"},
            {"parts": {"theory": {"mark": "99"}}}, {"body_name": "某站"}, {"document_digest": "k1:00"},
        ],
        ids=lambda change: next(iter(change)),
    )  # fmt: skip
    def test_an_altered_field_is_found_by_verification(self, certificate: Certificate, change: dict[str, Any]) -> None:
        with administrator():
            Certificate.objects.filter(pk=certificate.pk).update(**change)
        assert outcome(certificate) == "broken"

    def test_an_inserted_certificate_is_found(self) -> None:
        """A copy of a genuine row for somebody who failed, signature and history too."""
        season = make_season(candidates=2, failed=[1])
        (genuine,) = season.issue().issued
        other = season.registrations[1]
        forged, history = Certificate.objects.get(pk=genuine.pk), StatusChange.objects.filter(certificate=genuine)
        forged.pk = forged.id = uuid7()
        forged.number = forged.number[:-1] + ("8" if forged.number[-1] != "8" else "9")
        forged.registration_id, forged.person_id, forged.name = other.pk, other.person_id, other.printed_name
        forged.result = Result.objects.get(registration=other)
        with administrator():
            forged.save(force_insert=True)
            for change in history:
                change.pk = change.id = uuid7()
                change.certificate = forged
                change.save(force_insert=True)
        assert outcome(forged) == "broken"
        assert outcome(genuine) == "valid"

    def test_a_dropped_revocation_is_found(self, certificate: Certificate) -> None:
        revoke(certificate)
        with administrator():
            Certificate.objects.filter(pk=certificate.pk).update(state="issued")
        assert outcome(certificate) == "broken"

    def test_a_revocation_dropped_with_its_history_is_found_by_the_trail(self, certificate: Certificate) -> None:
        """The signed history only proves what is in it; the trail names the certificate that is not as it left it."""
        revoke(certificate)
        with administrator():
            StatusChange.objects.filter(certificate=certificate, move="revoke").delete()
            Certificate.objects.filter(pk=certificate.pk).update(state="issued")
        line = TrailEntry.objects.get(target_id=str(certificate.pk), action="certificates.revoked")
        assert found("record_altered", certificate) == [line.pk]

    def test_a_deleted_certificate_is_found_by_the_trail(self, certificate: Certificate) -> None:
        """To a stranger it answers as if there were none."""
        with administrator():
            StatusChange.objects.filter(certificate=certificate).delete()
            Copy.objects.filter(certificate=certificate).delete()
            Certificate.objects.filter(pk=certificate.pk).delete()
        assert outcome(certificate) == "no_match"
        line = TrailEntry.objects.get(target_id=str(certificate.pk), action="certificates.issued")
        assert found("record_removed", certificate) == [line.pk]

    def test_a_certificate_slipped_in_with_its_history_is_found_by_the_trail(self, certificate: Certificate) -> None:
        before = Certificate.objects.get(pk=certificate.pk)
        with administrator():
            other = uuid7()
            Certificate.objects.filter(pk=certificate.pk).update(id=other)
            Copy.objects.filter(certificate=before).update(certificate=other)
            StatusChange.objects.filter(certificate=before).update(certificate=other)
        assert found("record_removed", before)
        slipped_in = Certificate.objects.get(pk=other)
        assert found("record_slipped_in", slipped_in) == [None]

    def test_a_lowered_counter_stops_the_next_issue(self, season: Season) -> None:
        """The number itself is the judge: it cannot be given twice, and nothing is half done."""
        season.issue()
        again = make_season(candidates=1, centre=season.centre)
        body = season.hall.sitting.station.organisation
        with administrator():
            type(body).objects.filter(pk=again.hall.sitting.station.organisation_id).update(institution_code="11999001")
            type(body).objects.filter(pk=body.pk).update(institution_code="11999002")
            type(body).objects.filter(pk=again.hall.sitting.station.organisation_id).update(
                institution_code=body.institution_code
            )
            Counter.objects.update(last=0)
        before = Certificate.objects.count()
        with pytest.raises(IntegrityError), transaction.atomic():
            again.issue()
        assert Certificate.objects.count() == before


def revoke(certificate: Certificate) -> None:
    issuing.revoke(
        actor=officer("certificates.revoke"), at=ISSUING, certificate_id=certificate.pk, basis="冒名顶替查实"
    )


def found(kind: str, record: Attested) -> list[UUID | None]:
    """The lines by which a verification finds a record, with findings of that kind."""
    return [each.entry_id for each in verify().findings if each.kind == kind and str(record.pk) in each.words]


class TestIssuing:
    """What stands behind a certificate is looked at when it is issued, not only in the night."""

    def test_a_failed_result_set_to_passed_gets_no_certificate(self) -> None:
        season = make_season(candidates=2, failed=[1])
        result = Result.objects.get(registration=season.registrations[1])
        parts = {**result.parts, "skill": {**result.parts["skill"], "mark": "60.00", "is_passed": True}}
        with administrator():
            Result.objects.filter(pk=result.pk).update(parts=parts, is_passed=True)
        report = season.issue()
        assert [each.registration_id for each in report.issued] == [season.registrations[0].pk]
        assert [each.reason.key for each in report.refused] == ["altered"]
        assert found("record_altered", result)

    def test_a_result_slipped_in_gets_none(self) -> None:
        season = make_season(candidates=1)
        registration = season.registrations[0]
        genuine = Result.objects.get(registration=registration)
        with administrator():
            Result.objects.filter(pk=genuine.pk).update(id=uuid7())
        with pytest.raises(issuing.NothingToIssue):
            season.issue()
        assert not Certificate.objects.filter(registration=registration).exists()

    def test_a_forged_line_does_not_help(self) -> None:
        """He writes himself the line that vouches for the altered result; sign it he cannot."""
        season = make_season(candidates=1, failed=[0])
        result = Result.objects.get(registration=season.registrations[0])
        line = TrailEntry.objects.filter(target_id=str(result.pk), facts__has_key="attests").latest("recorded_at")
        with administrator():
            Result.objects.filter(pk=result.pk).update(is_passed=True)
            result.refresh_from_db()
            line.pk = line.id = uuid7()
            line.recorded_at += timedelta(seconds=1)
            line.facts = {"attests": attesting.digest(result.statement())}
            line.save(force_insert=True)
        with pytest.raises(issuing.NothingToIssue):
            season.issue()
        assert [each.entry_id for each in verify().findings if each.kind == "slipped_in"] == [line.pk]

    @pytest.mark.parametrize("change", [{"printed_name": "钱某"}, {"condition_code": "9-9"}], ids=["name", "condition"])
    def test_an_altered_registration_gets_none(self, change: dict[str, str]) -> None:
        season = make_season(candidates=1)
        with administrator():
            Registration.objects.filter(pk=season.registrations[0].pk).update(**change)
        with pytest.raises(issuing.NothingToIssue):
            season.issue()


class TestAnswersAndMarks:
    @pytest.fixture
    def hall(self) -> Hall:
        return closed_hall(theory=(40,), skill=("0.5",))

    def test_an_altered_answer_is_found_before_it_is_marked(self, hall: Hall) -> None:
        with administrator():
            Answer.objects.filter(attempt=hall.attempt()).update(answer="A")
        assert not delivery.still_matches(hall.attempt())
        with pytest.raises(marking.AnswersAltered) as refused:
            marking.mark_part(actor=scorer(), at=MARKING, part_id=hall.theory.pk)
        assert hall.attempt().receipt["number"] in str(refused.value)
        assert not Mark.objects.filter(attempt=hall.attempt()).exists()

    def test_an_answer_slipped_in_is_found(self, hall: Hall) -> None:
        kept = Answer.objects.filter(attempt=hall.attempt()).order_by("-order")[0]
        with administrator():
            kept.pk = kept.id = uuid7()
            kept.order, kept.sequence, kept.answer = kept.order + 1, kept.sequence + 1, "E"
            kept.save(force_insert=True)
        with pytest.raises(marking.AnswersAltered):
            marking.mark_part(actor=scorer(), at=MARKING, part_id=hall.theory.pk)

    def test_a_receipt_written_anew_is_found(self, hall: Hall) -> None:
        """He computes the digest of the altered answers; the signature over it he cannot make."""
        with administrator():
            Answer.objects.filter(attempt=hall.attempt()).update(answer="A")
            attempt = hall.attempt()
            facts = delivery.answers.rules.receipt_facts(  # type: ignore[attr-defined]  # the module behind
                attempt=str(attempt.pk), ticket=attempt.receipt["ticket"], answers=delivery.submission(attempt.pk),
                questions=attempt.receipt["questions"],
            )  # fmt: skip
            digest = delivery.answers.digest_of(facts)  # type: ignore[attr-defined]  # the module behind
            Attempt.objects.filter(pk=attempt.pk).update(
                answers_digest=digest, receipt={**attempt.receipt, "digest": digest}
            )
        with pytest.raises(marking.MarksAltered):
            marking.mark_part(actor=scorer(), at=MARKING, part_id=hall.theory.pk)

    def test_an_altered_score_sheet_is_found_before_it_is_marked(self, hall: Hall) -> None:
        with administrator():
            ScoreSheet.objects.filter(attempt=hall.attempt(0, "skill")).update(total=100)
        with pytest.raises(marking.AnswersAltered):
            marking.mark_part(actor=scorer(), at=MARKING, part_id=hall.skill.pk)

    def test_a_mark_altered_before_the_publication_is_found_when_the_draft_is_older(self, hall: Hall) -> None:
        mark(hall)
        marking.draft_results(actor=scorer(), at=MARKING, sitting_id=hall.sitting.pk)
        with administrator():
            Mark.objects.filter(attempt=hall.attempt()).update(value=99)
        with pytest.raises(marking.MarksAltered):
            marking.finalise(actor=scorer(), at=MARKING, sitting_id=hall.sitting.pk)

    def test_a_mark_altered_before_it_is_drafted_is_found(self, hall: Hall) -> None:
        mark(hall)
        with administrator():
            Mark.objects.filter(attempt=hall.attempt()).update(value=99)
        with pytest.raises(marking.MarksAltered) as refused:
            marking.draft_results(actor=scorer(), at=MARKING, sitting_id=hall.sitting.pk)
        assert refused.value.clause
        assert not Result.objects.filter(registration__sitting=hall.sitting).exists()

    def test_one_barred_for_cheating_is_not_marked_as_if_she_had_handed_in(self, hall: Hall) -> None:
        with administrator():
            Attempt.objects.filter(pk=hall.attempt().pk).update(state="barred")
        with pytest.raises(marking.MarksAltered):
            marking.mark_part(actor=scorer(), at=MARKING, part_id=hall.theory.pk)

    def test_a_published_result_altered_is_found_by_the_trail(self, hall: Hall) -> None:
        """And what the candidate handed in still proves the true mark."""
        (result,) = publish(hall)
        assert verify().is_sound
        parts = {**result.parts, "theory": {**result.parts["theory"], "mark": "99.00", "is_passed": True}}
        with administrator():
            Result.objects.filter(pk=result.pk).update(parts=parts)
        line = TrailEntry.objects.get(target_id=str(result.pk), action="scoring.result_published")
        assert found("record_altered", result) == [line.pk]
        assert delivery.still_matches(hall.attempt())


class TestPapers:
    def test_a_question_exchanged_in_a_sealed_paper_is_found_by_the_paper_check(self) -> None:
        hall = begun_hall()
        assert hall.paper is not None
        place = PaperItem.objects.filter(paper=hall.paper)[0]
        used = PaperItem.objects.filter(paper=hall.paper).values("version")
        other = ItemVersion.objects.exclude(pk__in=used).filter(type=place.version.type)[0]
        with administrator():
            PaperItem.objects.filter(pk=place.pk).update(version=other)
        assert not itembank.check_paper(Paper.objects.get(pk=hall.paper.pk)).is_whole

    def test_an_item_sealed_for_another_does_not_open(self) -> None:
        hall = begun_hall()
        assert hall.paper is not None
        one, other = [each.version for each in PaperItem.objects.filter(paper=hall.paper)[:2]]
        with administrator():
            ItemVersion.objects.filter(pk=one.pk).update(content_sealed=bytes(other.content_sealed))
        with pytest.raises(Exception, match=r".*"):  # whatever the cipher says, it does not open
            itembank.check_paper(Paper.objects.get(pk=hall.paper.pk))

    TRICKS: dict[str, Callable[[PaperCopy], dict[str, Any]]] = {
        "another content": lambda copy: {"content_sealed": bytes(copy.content_sealed)[:-1] + b"\0"},
        "another hour": lambda copy: {"not_before": START.replace(hour=1)},
        "another digest": lambda copy: {"digest": "0" * 64},
    }

    @pytest.mark.parametrize("trick", TRICKS)
    def test_an_altered_copy_at_the_room_does_not_open(self, trick: str) -> None:
        hall = begun_hall()
        copy = PaperCopy.objects.get(part=hall.theory)
        with administrator():
            PaperCopy.objects.filter(pk=copy.pk).update(**self.TRICKS[trick](copy))
        with pytest.raises(Exception, match=r".*"):  # the seal's own error, of several kinds
            delivery.own_paper(hall.candidate(), hall.attempt().pk, device="m1", at=START)


class TestRulesAndPosts:
    def test_a_figure_altered_silently_is_found_by_the_trail(self) -> None:
        figure = Provision.objects.get(key="delivery.late_entry_minutes", region_code="", track="")
        assert verify().is_sound
        with administrator():
            Provision.objects.filter(pk=figure.pk).update(value=300)
        assert found("record_altered", figure)

    def test_a_figure_slipped_in_for_one_town_is_found(self) -> None:
        """It would lower the pass mark there, and only there."""
        figure = Provision.objects.filter(key="delivery.late_entry_minutes")[0]
        with administrator():
            figure.pk = figure.id = uuid7()
            figure.region_code, figure.value = "320102", 300
            figure.save(force_insert=True)
        assert found("record_slipped_in", figure) == [None]

    def test_a_post_that_he_gives_himself_is_found(self) -> None:
        account, body = make_account(), make_centre()
        post = Post(account=account, organisation=body, role="registrar", since=DAY)
        with administrator():
            post.save(force_insert=True)
        assert found("record_slipped_in", post) == [None]

    def test_a_removed_figure_is_found(self) -> None:
        figure = Provision.objects.filter(key="delivery.late_entry_minutes")[0]
        with administrator():
            Provision.objects.filter(pk=figure.pk).delete()
        assert found("record_removed", figure)


def test_without_his_rights_the_tables_themselves_refuse() -> None:
    """The same by the site's own role, triggers on: nothing of this can be written at all."""
    hall = closed_hall(theory=(40,), skill=("0.5",))
    mark(hall)
    for table, change in (
        ("delivery_answer", "answer = 'A'"),
        ("delivery_attempt", "answers_digest = ''"),
        ("delivery_scoresheet", "total = 100"),
        ("scoring_mark", "value = 99"),
        ("audit_trailentry", "reason = ''"),
    ):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE {table} SET {change}")  # from the table above
