"""The verification page as strangers meet it, the limit, the scanned code, the report, and the front page."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from kaogong.certificates import limiting, selectors
from kaogong.certificates.models import Certificate
from tests.support.certificates import administrator, make_certificate
from tests.support.sittings import make_round

pytestmark = pytest.mark.django_db
NOBODY = "2610992999500001"


@pytest.fixture
def certificate() -> Certificate:
    return make_certificate(names={0: "阿依古丽·买买提"})


@pytest.fixture
def stranger() -> Client:
    return Client()


def ask(stranger: Client, number: str, name: str) -> str:
    response = stranger.post(reverse("public:verify"), {"number": number, "name": name})
    assert response.status_code == 200
    return response.text


class TestVerdict:
    def test_says_what_the_certificate_is_worth(self, stranger: Client, certificate: Certificate) -> None:
        page = ask(stranger, certificate.number, certificate.name)
        for words in ("有效", "电工", "五级/初级工", certificate.issuer_name, "2026年5月18日", "查询时间"):
            assert words in page

    def test_shows_nothing_else_of_the_person(self, stranger: Client, certificate: Certificate) -> None:
        page = ask(stranger, certificate.number, certificate.name)
        for secret in (certificate.document_masked, "78.00", "81.67", "A0000001", str(certificate.person_id)):
            assert secret not in page

    def test_two_misses_read_alike(self, stranger: Client, certificate: Certificate) -> None:
        wrong = ask(stranger, certificate.number, "钱某")
        unknown = ask(stranger, NOBODY, "钱某")
        assert "未查到" in wrong
        assert neutral(wrong, certificate.number) == neutral(unknown, NOBODY)

    def test_a_tampered_register_is_not_called_valid(self, stranger: Client, certificate: Certificate) -> None:
        with administrator():
            Certificate.objects.filter(pk=certificate.pk).update(level=1)
        page = ask(stranger, certificate.number, certificate.name)
        assert "不能证实" in page
        assert "一级/高级技师" in page

    def test_is_never_cached(self, stranger: Client, certificate: Certificate) -> None:
        response = stranger.post(reverse("public:verify"), {"number": certificate.number, "name": certificate.name})
        assert "no-store" in response["Cache-Control"]


def neutral(page: str, number: str) -> str:
    """A page without what differs by the question and the second: number, tokens, times."""
    import re

    plain = page.replace(number, "N")
    grouped = " ".join(number[place : place + 4] for place in range(0, 16, 4))
    for part in (grouped, *(number[place : place + 4] for place in range(0, 16, 4))):
        plain = plain.replace(part, "N")
    plain = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", plain)
    plain = re.sub(r'"X-CSRFToken"[^}]+', "", plain)
    return re.sub(r"\d\d:\d\d", "", plain)


class TestForm:
    @pytest.mark.parametrize(
        ("number", "words"),
        [("", "请填写“证书编号”"), ("12345", "16位"), ("1210015003400025", "机构类别"), ("O210012003400025", "第1位")],
    )
    def test_says_at_the_field_what_is_wrong(self, stranger: Client, number: str, words: str) -> None:
        response = stranger.post(reverse("public:verify"), {"number": number, "name": "孙某"})
        assert response.status_code == 422
        assert words in response.text

    def test_needs_the_name(self, stranger: Client, certificate: Certificate) -> None:
        response = stranger.post(reverse("public:verify"), {"number": certificate.number, "name": ""})
        assert response.status_code == 422
        assert "请填写“姓名”" in response.text

    def test_takes_an_old_number_of_shanghai(self, stranger: Client) -> None:
        assert "未查到" in ask(stranger, "0912345678901", "孙某")

    def test_a_number_in_the_address_bar_is_only_filled_in(self, stranger: Client, certificate: Certificate) -> None:
        response = stranger.get(reverse("public:verify"), {"n": certificate.number})
        assert "verdict-head" not in response.text
        assert certificate.number in response.text


class TestScan:
    def test_the_code_answers_without_typing(self, stranger: Client, certificate: Certificate) -> None:
        tag = selectors.tag_of(certificate)
        page = stranger.get(reverse("public:verify"), {"n": certificate.number, "t": tag}).text
        assert "*******提" in page
        assert certificate.name not in page
        assert "二维码与登记的证书相符" in page

    def test_a_guessed_tag_finds_nobody(self, stranger: Client, certificate: Certificate) -> None:
        page = stranger.get(reverse("public:verify"), {"n": certificate.number, "t": "0" * 20}).text
        assert "未查到" in page

    def test_head_looks_nothing_up(self, stranger: Client, certificate: Certificate) -> None:
        tag = selectors.tag_of(certificate)
        response = stranger.head(reverse("public:verify"), {"n": certificate.number, "t": tag})
        assert response.status_code == 200
        empty = stranger.head(reverse("public:verify"), {"n": certificate.number})
        assert response["Content-Type"] == empty["Content-Type"]


class TestReport:
    def test_is_a_paper(self, stranger: Client, certificate: Certificate) -> None:
        said = {"number": certificate.number, "name": certificate.name}
        response = stranger.post(reverse("public:verify-report"), said)
        assert response["Content-Type"] == "application/pdf"
        assert response.content.startswith(b"%PDF-")

    def test_needs_both(self, stranger: Client) -> None:
        assert stranger.post(reverse("public:verify-report"), {"number": NOBODY}).status_code == 422


class TestLimit:
    def test_asks_to_wait_and_says_how_long(
        self, stranger: Client, certificate: Certificate, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        refused = limiting.Turn(False, 3, limiting.limit_on(certificate.issued_at))
        monkeypatch.setattr(limiting, "ask_from", lambda meta, *, at: refused)
        said = {"number": certificate.number, "name": certificate.name}
        response = stranger.post(reverse("public:verify"), said)
        assert response.status_code == 429
        assert response["Retry-After"] == "3"
        assert "请等待 3 秒" in response.text
        assert "有效" not in response.text

    def test_a_burst_uses_it_up(self, stranger: Client, certificate: Certificate) -> None:
        said = {"number": certificate.number, "name": "钱某"}
        codes = {stranger.post(reverse("public:verify"), said).status_code for _each in range(75)}
        assert codes == {200, 429}


class TestHome:
    def test_searches_first_and_shows_what_is_open(self, stranger: Client) -> None:
        from datetime import timedelta

        from django.utils.timezone import now

        at = now()
        round_ = make_round(
            days=[(at + timedelta(days=60)).date()],
            at=at - timedelta(days=3),
            opens=at - timedelta(days=1),
            closes=at + timedelta(days=20),
        )
        page = stranger.get("/").text
        assert page.index("查一本证书") < page.index("正在报名")
        assert reverse("public:round", args=[round_.pk]) in page

    def test_says_what_to_do_when_nothing_is_open(self, stranger: Client) -> None:
        assert "今天没有正在报名的批次" in stranger.get("/").text
