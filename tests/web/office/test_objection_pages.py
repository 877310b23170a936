"""Objections to questions on the pages: asked by number, ruled on, re-scored, published; content never shown."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from kaogong.foundation.access import sessions
from kaogong.scoring.models import Dispute, Mark, Objection
from tests.scoring.test_objections import file, judge, number_of, uphold, wrong_place
from tests.support.cast import outsider
from tests.support.doors import browser
from tests.support.scoring import PUBLISHING, closed_hall, publish, result_of, scorer

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def soon_after(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pages' clock stands a day after publication, and whoever signs has just proved who she is."""
    at = PUBLISHING + timedelta(days=1)
    for door in ("candidate.views.objections", "candidate.views.results", "office.views.objections"):
        monkeypatch.setattr(f"kaogong.web.{door}.now", lambda: at)
    monkeypatch.setattr(sessions, "must_prove", lambda _request: False)


def published(**options: Any) -> Any:
    hall = closed_hall(**options)
    publish(hall)
    return hall


def stems(hall: Any) -> list[str]:
    from kaogong.itembank import selectors as bank
    from tests.support.itembank import deliverer

    return [each.stem for each in bank.questions_for_delivery(hall.paper.pk, deliverer())]


class TestCandidate:
    def test_asks_by_the_number_she_saw(self, monkeypatch: pytest.MonkeyPatch) -> None:
        hall = published()
        client = browser(monkeypatch, hall.candidate())
        path = f"/my/results/{result_of(hall).pk}/questions/"
        shown = client.get(path).content.decode()
        assert not [stem for stem in stems(hall) if stem in shown]
        answer = client.post(path, {"number": "3", "kind": "unclear", "text": "题意不清"})
        assert (answer.status_code, answer["Location"]) == (302, path)
        assert Objection.objects.get().shown_as == 3
        assert "第 3 题" in client.get(path).content.decode()

    def test_is_told_why_not_beside_the_field(self, monkeypatch: pytest.MonkeyPatch) -> None:
        hall = published()
        client = browser(monkeypatch, hall.candidate())
        path = f"/my/results/{result_of(hall).pk}/questions/"
        answer = client.post(path, {"number": "9999", "kind": "key", "text": "不对"})
        assert answer.status_code == 422
        assert "第 9999 题" in answer.content.decode()

    def test_anothers_paper_is_not_found(self, monkeypatch: pytest.MonkeyPatch) -> None:
        hall = published(theory=(80, 70))
        client = browser(monkeypatch, hall.candidate(1))
        path = f"/my/results/{result_of(hall, 0).pk}/questions/"
        assert client.get(path).status_code == 404
        assert client.post(path, {"number": "1", "kind": "key", "text": "不对"}).status_code == 404
        assert not Objection.objects.exists()


class TestOffice:
    def test_rules_and_another_signs(self, monkeypatch: pytest.MonkeyPatch) -> None:
        hall = published(theory=(59, 80))
        found = file(hall, wrong_place(hall))
        expert = browser(monkeypatch, judge())
        case = f"/office/objections/{found.dispute_id}/"
        assert found.dispute.number in expert.get("/office/objections/").content.decode()
        stem = next(each for number, each in enumerate(stems(hall), 1) if number_of(hall, number) == found.shown_as)
        assert stem not in expert.get(case).content.decode()
        assert stem in expert.post(f"{case}open/").content.decode()
        ruling = {"uphold-effect": "void", "uphold-reason": "题意不清", "uphold-answers": ""}
        assert expert.post(f"{case}uphold/", ruling)["Location"] == case
        officer = browser(monkeypatch, scorer())
        listed = officer.post(f"{case}rescoring/")
        name = hall.registrations[0].legal_name
        assert name in listed.content.decode()
        token = listed.context["seen"].token
        assert officer.post(f"{case}rescore/", {"expected": token})["Location"] == case
        assert Dispute.objects.get().state == "rescored"
        assert Mark.objects.filter(version=2).exists()
        assert name in officer.get(case).content.decode()

    def test_the_expert_does_not_learn_whose_marks_change(self, monkeypatch: pytest.MonkeyPatch) -> None:
        hall = published(theory=(59,))
        dispute = uphold(file(hall, wrong_place(hall)))
        expert = browser(monkeypatch, judge())
        assert hall.registrations[0].legal_name not in expert.get(f"/office/objections/{dispute.pk}/").content.decode()
        assert expert.post(f"/office/objections/{dispute.pk}/rescoring/").status_code == 403

    def test_a_stale_list_is_not_signed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        hall = published(theory=(59,))
        dispute = uphold(file(hall, wrong_place(hall)))
        officer = browser(monkeypatch, scorer())
        answer = officer.post(f"/office/objections/{dispute.pk}/rescore/", {"expected": "0" * 64})
        assert answer.status_code == 422
        assert not Mark.objects.filter(version=2).exists()

    def test_an_outsider_finds_nothing(self, monkeypatch: pytest.MonkeyPatch) -> None:
        found = file(published())
        client = browser(monkeypatch, outsider("scoring.decide_objection", "scoring.finalise"))
        case = f"/office/objections/{found.dispute_id}/"
        assert found.dispute.number not in client.get("/office/objections/").content.decode()
        assert client.get(case).status_code == 404
        for deed in ("open", "dismiss", "uphold", "rescoring", "rescore"):
            assert client.post(f"{case}{deed}/", {"dismiss-reason": "x", "uphold-effect": "void"}).status_code == 404

    def test_is_searched_filtered_and_taken_away(self, monkeypatch: pytest.MonkeyPatch) -> None:
        found = file(published())
        client = browser(monkeypatch, judge())
        assert found.dispute.number in client.get("/office/objections/?state=open").content.decode()
        assert found.dispute.number not in client.get("/office/objections/?state=rescored").content.decode()
        assert found.dispute.number not in client.get("/office/objections/?q=zzz").content.decode()
        assert client.get("/office/objections/?export=csv").status_code == 200

    def test_the_home_page_says_what_waits(self, monkeypatch: pytest.MonkeyPatch) -> None:
        file(published())
        assert "待裁定的试题异议" in browser(monkeypatch, judge()).get("/office/").content.decode()


class TestPublic:
    def test_sees_rulings_without_names_or_content(self, monkeypatch: pytest.MonkeyPatch) -> None:
        hall = published(theory=(59, 80))
        path = f"/rounds/{hall.sitting.round_id}/objections/"
        found = file(hall, wrong_place(hall))
        client = browser(monkeypatch, hall.candidate(1))
        assert found.dispute.number not in client.get(path).content.decode()
        uphold(found)
        shown = client.get(path).content.decode()
        assert found.dispute.number in shown
        assert "全体给分" in shown
        hidden = [hall.registrations[0].legal_name, found.text, *stems(hall)]
        assert not [each for each in hidden if each in shown]
