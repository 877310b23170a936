"""The API: the same answers as the pages, as JSON; refusals with their clause."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from kaogong.certificates import limiting
from kaogong.certificates.models import Certificate
from tests.support.certificates import make_certificate
from tests.support.sittings import draft, make_round

pytestmark = pytest.mark.django_db
NOBODY = "2610992999500001"


@pytest.fixture
def client() -> Client:
    return Client(enforce_csrf_checks=True)


class TestOccupations:
    def test_search_by_word_and_initials(self, client: Client) -> None:
        for q in ("电工", "6-31-01-03", "dg"):
            found = client.get("/api/v1/occupations", {"q": q, "limit": 100}).json()
            assert "6-31-01-03" in [item["code"] for item in found["items"]]

    def test_one_by_its_code(self, client: Client) -> None:
        assert client.get("/api/v1/occupations/6-31-01-03").json()["name"] == "电工"

    def test_unknown_ones_are_not_found(self, client: Client) -> None:
        response = client.get("/api/v1/occupations/9-99-99-99")
        assert response.status_code == 404
        assert response.json()["clause"] == "kaogong-house-rules/scope"

    def test_a_limit_beyond_reason_is_refused(self, client: Client) -> None:
        assert client.get("/api/v1/occupations", {"limit": 1000}).status_code == 422


class TestRounds:
    def test_lists_announced_ones_only(self, client: Client) -> None:
        announced, drafted = make_round(), draft()
        found = client.get("/api/v1/rounds", {"open": "false"}).json()
        numbers = [item["number"] for item in found["items"]]
        assert announced.number in numbers
        assert drafted.number not in numbers

    def test_one_with_its_sittings(self, client: Client) -> None:
        round_ = make_round()
        found = client.get(f"/api/v1/rounds/{round_.pk}").json()
        assert found["sittings"][0]["capacity"] == found["places"] == found["places_left"]
        assert found["fees_fen"]["theory"] == 3500

    def test_a_drafted_one_is_not_found(self, client: Client) -> None:
        assert client.get(f"/api/v1/rounds/{draft().pk}").status_code == 404


class TestVerification:
    @pytest.fixture
    def certificate(self) -> Certificate:
        return make_certificate()

    def ask(self, client: Client, number: str, name: str) -> Any:
        body = {"number": number, "name": name}
        return client.post("/api/v1/verification", body, content_type="application/json")

    def test_answers_with_a_dated_verdict(self, client: Client, certificate: Certificate) -> None:
        found = self.ask(client, certificate.number, certificate.name).json()
        assert (found["outcome"], found["level"], found["issuer"]) == ("valid", 5, certificate.issuer_name)
        assert [line["move"] for line in found["history"]] == ["issue"]

    def test_two_misses_have_one_shape(self, client: Client, certificate: Certificate) -> None:
        wrong = self.ask(client, certificate.number, "钱某").json()
        unknown = self.ask(client, NOBODY, certificate.name).json()
        for found in (wrong, unknown):
            found.pop("number")
            found.pop("verified_at")
        assert wrong == unknown
        assert wrong["outcome"] == "no_match"

    def test_is_not_answered_to_a_get(self, client: Client, certificate: Certificate) -> None:
        address = f"/api/v1/verification?number={certificate.number}&name={certificate.name}"
        assert client.get(address).status_code == 405

    @pytest.mark.parametrize("body", ["", "{}", "[]", '{"number": "1"}', '{"number": 1, "name": null}', "not json"])
    def test_a_bad_question_is_refused(self, client: Client, body: str) -> None:
        response = client.post("/api/v1/verification", body, content_type="application/json")
        assert response.status_code in {400, 422}

    def test_the_limit_says_when_to_come_back(
        self, client: Client, certificate: Certificate, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        refused = limiting.Turn(False, 7, limiting.limit_on(certificate.issued_at))
        monkeypatch.setattr(limiting, "ask_from", lambda meta, *, at: refused)
        response = self.ask(client, certificate.number, certificate.name)
        assert (response.status_code, response["Retry-After"]) == (429, "7")
        assert response.json()["clause"] == "kaogong-certificates-rules/verification"


def test_the_page_stands_on_its_own(client: Client) -> None:
    page = client.get("/api/").text
    assert "/api/v1/verification" in page
    assert "cdn" not in page.lower()
    assert client.get("/api/v1/openapi.json").json()["info"]["title"] == "Kaogong 考工"
