"""The pages of issuing and of the register: shown before done, scoped, and with their clauses."""

from __future__ import annotations

import io
import zipfile

import pytest
from django.test import Client
from django.urls import reverse

from kaogong.certificates.models import Certificate
from kaogong.delivery.models import Closing
from kaogong.foundation.identity import services as identity
from tests.support.cast import officer, outsider
from tests.support.certificates import ISSUING, POWERS, Season, administrator, make_season
from tests.support.doors import browser

pytestmark = pytest.mark.django_db


@pytest.fixture
def season() -> Season:
    return make_season(candidates=3, failed=[1])


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch, season: Season) -> Client:
    return browser(monkeypatch, season.issuer)


class TestIssuing:
    def test_lists_what_waits(self, desk: Client, season: Season) -> None:
        assert season.hall.sitting.number in desk.get(reverse("office:issue-list")).text

    def test_shows_before_what_it_will_do(self, desk: Client, season: Season) -> None:
        page = desk.get(reverse("office:issue", args=[season.hall.sitting.pk])).text
        assert "核发 2 本，占用流水码 A0000001–A0000002" in page
        assert "技能考核不合格" in page
        assert "/rules/baotou-issue/checks/" in page
        assert not Certificate.objects.exists()

    def test_issues_and_leads_to_the_printer(self, desk: Client, season: Season) -> None:
        response = desk.post(reverse("office:issue", args=[season.hall.sitting.pk]), follow=True)
        assert "已核发 2 本证书" in response.text
        assert Certificate.objects.count() == 2

    def test_a_second_click_is_told(self, desk: Client, season: Season) -> None:
        desk.post(reverse("office:issue", args=[season.hall.sitting.pk]))
        response = desk.post(reverse("office:issue", args=[season.hall.sitting.pk]))
        assert response.status_code == 422
        assert "没有可以核发的证书" in response.text

    def test_a_red_check_takes_the_button_away(self, desk: Client, season: Season) -> None:
        with administrator():
            Closing.objects.filter(part=season.hall.skill).delete()
        page = desk.get(reverse("office:issue", args=[season.hall.sitting.pk])).text
        assert "技能考核尚未收场封存" in page
        assert "btn-seal" not in page
        assert desk.post(reverse("office:issue", args=[season.hall.sitting.pk])).status_code == 422

    def test_another_body_sees_who_issues(self, monkeypatch: pytest.MonkeyPatch, season: Season) -> None:
        other = browser(monkeypatch, officer(*POWERS, region="3201"))
        page = other.get(reverse("office:issue", args=[season.hall.sitting.pk])).text
        assert season.centre.name in page
        assert "btn-seal" not in page

    def test_outsiders_find_nothing(self, monkeypatch: pytest.MonkeyPatch, season: Season) -> None:
        foreign = browser(monkeypatch, outsider(*POWERS))
        assert foreign.get(reverse("office:issue", args=[season.hall.sitting.pk])).status_code == 404


class TestRegister:
    @pytest.fixture
    def certificate(self, season: Season) -> Certificate:
        return season.issue().issued[0]

    def test_finds_and_narrows(self, desk: Client, certificate: Certificate) -> None:
        url = reverse("office:certificates")
        assert certificate.name in desk.get(url, {"q": certificate.number[:12]}).text
        assert "没有符合条件的证书" in desk.get(url, {"state": "revoked"}).text

    def test_leaves_as_a_file(self, desk: Client, certificate: Certificate) -> None:
        response = desk.get(reverse("office:certificates"), {"export": "csv"})
        assert certificate.number in response.content.decode("utf-8-sig")

    def test_shows_one_with_its_signature(self, desk: Client, certificate: Certificate) -> None:
        page = desk.get(reverse("office:certificate", args=[certificate.pk])).text
        assert "与核发时一致" in page
        assert "A0000001" in page

    def test_says_loudly_when_it_was_tampered_with(self, desk: Client, certificate: Certificate) -> None:
        with administrator():
            Certificate.objects.filter(pk=certificate.pk).update(name="钱某")
        assert "登记内容与签名不符" in desk.get(reverse("office:certificate", args=[certificate.pk])).text

    def test_is_a_paper(self, desk: Client, certificate: Certificate) -> None:
        response = desk.get(reverse("office:certificate-pdf", args=[certificate.pk]))
        assert response.content.startswith(b"%PDF-")

    def test_prints_a_run(self, desk: Client, certificate: Certificate) -> None:
        response = desk.post(reverse("office:certificates-print"), {"certificate": [str(certificate.pk)]})
        with zipfile.ZipFile(io.BytesIO(response.content)) as archive:
            assert archive.namelist()[1:] == ["A0000001.pdf"]

    def test_replaces_with_the_notice(self, desk: Client, certificate: Certificate) -> None:
        url = reverse("office:certificate-deed", args=[certificate.pk, "replace"])
        assert "A0000003" in desk.get(url).text
        missing = desk.post(url, {"reason": "lost"})
        assert missing.status_code == 422
        assert "登报声明" in missing.text
        desk.post(url, {"reason": "lost", "notice": "《南京日报》2026年6月3日第8版"})
        assert "补发" in desk.get(reverse("office:certificate", args=[certificate.pk])).text

    def test_corrects_a_name_that_was_put_right(self, desk: Client, certificate: Certificate) -> None:
        url = reverse("office:certificate-deed", args=[certificate.pk, "correct"])
        page = reverse("office:certificate", args=[certificate.pk])
        assert url not in desk.get(page).text
        assert "没有需要更正的" in desk.get(url).text
        identity.correct_name(
            actor=officer("persons.correct", "persons.see", region="32"),
            at=ISSUING,
            person_id=certificate.person_id,
            name="孙晓红",
            document="户口簿（宁公户〔2026〕118号）",
        )
        assert "证书上仍是原姓名" in desk.get(page).text
        assert url in desk.get(page).text
        before = desk.get(url).text
        assert f"姓名由“{certificate.name}”更正为“孙晓红”，依据：户口簿（宁公户〔2026〕118号）" in before
        assert "A0000003" in before
        assert desk.post(url, {"paper": "lost"}).status_code == 422
        after = desk.post(url, {"paper": "returned"}, follow=True).text
        assert "孙晓红" in after
        assert "已作废" in after
        assert "证书上仍是原姓名" not in after

    def test_leads_to_the_holder_only_for_those_who_may_see_her(
        self, monkeypatch: pytest.MonkeyPatch, certificate: Certificate
    ) -> None:
        page, holder = (
            reverse("office:certificate", args=[certificate.pk]),
            reverse("office:person", args=[certificate.person_id]),
        )
        assert holder not in browser(monkeypatch, officer("certificates.see", region="32")).get(page).text
        assert holder in browser(monkeypatch, officer("certificates.see", "persons.see", region="32")).get(page).text

    def test_offers_no_form_for_what_the_service_would_refuse(
        self, monkeypatch: pytest.MonkeyPatch, certificate: Certificate
    ) -> None:
        desk = browser(monkeypatch, officer("certificates.see", "certificates.suspend", region="32"))
        assert desk.get(reverse("office:certificate-deed", args=[certificate.pk, "suspend"])).status_code == 200
        assert desk.get(reverse("office:certificate-deed", args=[certificate.pk, "revoke"])).status_code == 403

    def test_revokes_only_with_a_basis(
        self, monkeypatch: pytest.MonkeyPatch, season: Season, certificate: Certificate
    ) -> None:
        boss = browser(monkeypatch, officer("certificates.revoke", "certificates.see", region="3201"))
        url = reverse("office:certificate-deed", args=[certificate.pk, "revoke"])
        assert "撤销后不能恢复" in boss.get(url).text
        assert boss.post(url, {"basis": "不行"}).status_code == 422
        boss.post(url, {"basis": "冒名顶替，经查实"})
        assert Certificate.objects.get(pk=certificate.pk).state == "revoked"
        assert "现在不能办理" in boss.get(url).text

    def test_outsiders_find_nothing(
        self, monkeypatch: pytest.MonkeyPatch, season: Season, certificate: Certificate
    ) -> None:
        foreign = browser(monkeypatch, outsider(*POWERS))
        assert certificate.number not in foreign.get(reverse("office:certificates")).text
        assert foreign.get(reverse("office:certificate", args=[certificate.pk])).status_code == 404
        assert foreign.get(reverse("office:certificate-pdf", args=[certificate.pk])).status_code == 404


class TestHolder:
    def test_sees_her_own_and_takes_a_copy(self, monkeypatch: pytest.MonkeyPatch, season: Season) -> None:
        from tests.support.cast import candidate

        certificate = season.issue().issued[0]
        holder = browser(monkeypatch, candidate(certificate.person_id))
        page = holder.get(reverse("candidate:certificates")).text
        assert certificate.number[:4] in page
        paper = holder.get(reverse("candidate:certificate-pdf", args=[certificate.pk]))
        assert paper.content.startswith(b"%PDF-")

    def test_sees_nobody_elses(self, monkeypatch: pytest.MonkeyPatch, season: Season) -> None:
        from tests.support.cast import candidate

        first, second = season.issue().issued
        holder = browser(monkeypatch, candidate(first.person_id))
        assert holder.get(reverse("candidate:certificate-pdf", args=[second.pk])).status_code == 404
