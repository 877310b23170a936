"""What happens after the issue: replaced, suspended, resumed, revoked; always under one number."""

from __future__ import annotations

from typing import Any

import pytest

from kaogong.blanks import selectors as blanks
from kaogong.certificates import selectors, services
from kaogong.certificates.models import Certificate, Copy
from kaogong.foundation.kernel.refusals import NotFound, NotPermitted, WrongState
from kaogong.foundation.outbox.models import OutboxEvent
from kaogong.registration import hooks
from tests.support.blanks import KEEPER
from tests.support.cast import candidate, officer, outsider
from tests.support.certificates import ISSUING, POWERS, Season, issuer_of, make_season
from tests.support.stations import make_centre

pytestmark = pytest.mark.django_db
BASIS = "冒名顶替，经查实（〔2026〕8号）"


@pytest.fixture
def season() -> Season:
    return make_season(candidates=1)


@pytest.fixture
def certificate(season: Season) -> Certificate:
    return season.issue().issued[0]


def director(**options: Any) -> Any:
    return officer("certificates.suspend", "certificates.revoke", "certificates.see", region="3201", **options)


class TestReplace:
    def replace(self, season: Season, certificate: Certificate, **options: Any) -> Certificate:
        plain = {"reason": "lost", "notice": "《南京日报》2026年5月20日第8版", "actor": season.issuer}
        return services.replace(at=ISSUING, certificate_id=certificate.pk, **plain | options)

    def test_keeps_the_number_and_takes_a_new_blank(self, season: Season, certificate: Certificate) -> None:
        replaced = self.replace(season, certificate)
        first, second = selectors.copies_of([certificate.pk])[certificate.pk]
        assert replaced.number == certificate.number
        assert (first.blank_serial, second.blank_serial, second.number, second.remark) == (
            "A0000001",
            "A0000002",
            2,
            "补发",
        )

    def test_is_written_into_the_history(self, season: Season, certificate: Certificate) -> None:
        self.replace(season, certificate)
        history = selectors.history_of(certificate.pk)
        assert [change.move for change in history] == ["issue", "replace"]
        assert history[1].clause == "bilingual-certificate/replacement"
        assert selectors.integrity_of(Certificate.objects.get(pk=certificate.pk), history).is_whole
        assert OutboxEvent.objects.get(name="certificates.replaced").payload["copy"] == 2

    def test_a_lost_one_needs_the_notice(self, season: Season, certificate: Certificate) -> None:
        with pytest.raises(services.NoticeMissing):
            self.replace(season, certificate, notice=" ")

    def test_a_misprint_is_written_off(self, season: Season, certificate: Certificate) -> None:
        self.replace(season, certificate, reason="misprint", notice="")
        assert blanks.where_is(season.series.pk, 1, actor=KEEPER).place == "spoilt"
        assert Copy.objects.get(certificate=certificate, number=2).remark == ""

    def test_a_lost_blank_stays_used(self, season: Season, certificate: Certificate) -> None:
        self.replace(season, certificate)
        assert blanks.where_is(season.series.pk, 1, actor=KEEPER).place == "used"

    def test_refuses_a_reason_that_the_rules_do_not_name(self, season: Season, certificate: Certificate) -> None:
        with pytest.raises(services.ReasonUnknown):
            self.replace(season, certificate, reason="想换个新的")

    def test_refuses_a_revoked_one(self, season: Season, certificate: Certificate) -> None:
        services.revoke(actor=director(), at=ISSUING, certificate_id=certificate.pk, basis=BASIS)
        with pytest.raises(WrongState):
            self.replace(season, certificate)

    def test_only_the_issuing_body_may(self, season: Season, certificate: Certificate) -> None:
        with pytest.raises(NotPermitted):
            self.replace(season, certificate, actor=issuer_of(make_centre(name="另一个中心")))

    def test_outsiders_cannot_even_find_it(self, season: Season, certificate: Certificate) -> None:
        with pytest.raises(NotFound):
            self.replace(season, certificate, actor=outsider(*POWERS))


class TestStatus:
    def test_is_suspended_and_resumed(self, certificate: Certificate) -> None:
        services.suspend(actor=director(), at=ISSUING, certificate_id=certificate.pk, basis="正在调查替考举报")
        assert Certificate.objects.get().state == "suspended"
        services.resume(actor=director(), at=ISSUING, certificate_id=certificate.pk, basis="举报查无实据")
        assert Certificate.objects.get().state == "issued"
        assert [change.move for change in selectors.history_of(certificate.pk)] == ["issue", "suspend", "resume"]

    def test_is_revoked_for_good(self, certificate: Certificate) -> None:
        services.revoke(actor=director(), at=ISSUING, certificate_id=certificate.pk, basis=BASIS)
        for move in (services.resume, services.suspend, services.revoke):
            with pytest.raises(WrongState):
                move(actor=director(), at=ISSUING, certificate_id=certificate.pk, basis=BASIS)

    def test_the_table_keeps_a_revocation_too(self, certificate: Certificate) -> None:
        services.revoke(actor=director(), at=ISSUING, certificate_id=certificate.pk, basis=BASIS)
        with pytest.raises(Exception, match="revoked for good"):
            Certificate.objects.update(state="issued")

    @pytest.mark.parametrize("basis", ["", "   ", "不行"])
    def test_needs_a_basis(self, certificate: Certificate, basis: str) -> None:
        with pytest.raises(services.BasisMissing, match="不少于 6 个字"):
            services.suspend(actor=director(), at=ISSUING, certificate_id=certificate.pk, basis=basis)

    def test_an_issuer_may_not_revoke(self, season: Season, certificate: Certificate) -> None:
        with pytest.raises(NotPermitted):
            services.revoke(actor=season.issuer, at=ISSUING, certificate_id=certificate.pk, basis=BASIS)

    def test_outsiders_cannot_even_find_it(self, certificate: Certificate) -> None:
        with pytest.raises(NotFound):
            services.revoke(
                actor=outsider("certificates.revoke"), at=ISSUING, certificate_id=certificate.pk, basis=BASIS
            )


class TestPrint:
    def test_refuses_a_revoked_one(self, season: Season, certificate: Certificate) -> None:
        services.revoke(actor=director(), at=ISSUING, certificate_id=certificate.pk, basis=BASIS)
        with pytest.raises(WrongState):
            services.print_run(
                actor=season.issuer, at=ISSUING, certificate_ids=[certificate.pk], site="https://example.org"
            )

    def test_prints_in_the_order_of_the_blanks(self, season: Season, certificate: Certificate) -> None:
        import io
        import zipfile

        run = services.print_run(
            actor=season.issuer, at=ISSUING, certificate_ids=[certificate.pk], site="https://kaogong.example"
        )
        with zipfile.ZipFile(io.BytesIO(run.archive)) as archive:
            assert archive.namelist() == ["00-打印清单.pdf", "A0000001.pdf"]
            assert archive.read("A0000001.pdf").startswith(b"%PDF-")
        assert (run.count, run.missing) == (1, ())

    def test_opens_the_document_number_in_the_trail(self, season: Season, certificate: Certificate) -> None:
        from kaogong.foundation.audit.models import TrailEntry

        services.print_run(
            actor=season.issuer, at=ISSUING, certificate_ids=[certificate.pk], site="https://kaogong.example"
        )
        line = TrailEntry.objects.get(action="identity.document_revealed")
        assert certificate.number in line.reason
        assert season.issuer.name in line.reason

    def test_needs_the_power(self, certificate: Certificate) -> None:
        with pytest.raises(NotPermitted):
            services.print_run(
                actor=director(), at=ISSUING, certificate_ids=[certificate.pk], site="https://kaogong.example"
            )

    def test_outsiders_find_nothing_to_print(self, certificate: Certificate) -> None:
        with pytest.raises(services.NothingToPrint):
            services.print_run(
                actor=outsider(*POWERS), at=ISSUING, certificate_ids=[certificate.pk], site="https://kaogong.example"
            )


class TestSelectors:
    def test_the_holder_sees_her_own(self, certificate: Certificate) -> None:
        holder = candidate(certificate.person_id)
        assert list(selectors.own_certificates(holder)) == [certificate]
        assert selectors.own_pdf(holder, certificate.pk, site="https://kaogong.example").pages == 1

    def test_nobody_else_does(self, certificate: Certificate) -> None:
        stranger = candidate(officer().person_id)  # type: ignore[arg-type]  # an officer of the cast is a person
        assert not selectors.own_certificates(stranger).exists()
        with pytest.raises(NotFound):
            selectors.own_pdf(stranger, certificate.pk, site="https://kaogong.example")

    @pytest.mark.parametrize("what", ["number", "name", "blank"])
    def test_finds_by_number_name_and_blank(self, season: Season, certificate: Certificate, what: str) -> None:
        text = {"number": certificate.number[:12], "name": certificate.name, "blank": "a0000001"}[what]
        assert certificate in selectors.certificates_for(season.issuer, text=text)

    def test_outsiders_see_nothing(self, certificate: Certificate) -> None:
        assert not selectors.certificates_for(outsider(*POWERS)).exists()
        with pytest.raises(NotFound):
            selectors.certificate_for(outsider(*POWERS), certificate.pk)

    def test_answers_registration_about_earlier_awards(self, certificate: Certificate) -> None:
        found = hooks.earlier_awards([certificate.person_id], on=ISSUING.date())
        assert [(each.level, each.number) for each in found[certificate.person_id]] == [(5, certificate.number)]

    def test_a_revoked_award_is_none(self, certificate: Certificate) -> None:
        services.revoke(actor=director(), at=ISSUING, certificate_id=certificate.pk, basis=BASIS)
        assert hooks.earlier_awards([certificate.person_id], on=ISSUING.date()) == {}
