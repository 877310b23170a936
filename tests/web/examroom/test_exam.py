"""The exam machine over HTTP: its door, its log of answers, its hand-in; and the pages of those on duty."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client

from kaogong.delivery import selectors
from kaogong.foundation.access import middleware
from kaogong.foundation.kernel.actors import PUBLIC, Actor
from kaogong.web.examroom.views import candidates, exam, marking, panel
from tests.support.cast import outsider
from tests.support.delivery import (
    BELL,
    MORNING,
    SKILL_START,
    START,
    Hall,
    begin_practical,
    full_marks,
    make_hall,
    open_doors,
    seat_everyone,
)
from tests.support.scoring import PUBLISHING, closed_hall, publish, result_of, scorer

pytestmark = pytest.mark.django_db


class Clock:
    """What the views take for now."""

    def __init__(self) -> None:
        self.at: datetime = MORNING

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    found = Clock()
    for module in (exam, panel, candidates, marking):
        monkeypatch.setattr(module, "now", found)
    return found


@pytest.fixture
def acting(monkeypatch: pytest.MonkeyPatch) -> list[Actor]:
    """The actor of the next requests: put it in."""
    actors = [PUBLIC]

    def call(self: middleware.ActorOfRequest, request: HttpRequest) -> HttpResponse:
        request.actor = actors[-1]  # type: ignore[attr-defined]  # as the middleware does
        return self.get_response(request)

    monkeypatch.setattr(middleware.ActorOfRequest, "__call__", call)
    return actors


def code_of(hall: Hall, clock: Clock) -> str:
    return selectors.room_code(hall.invigilator, hall.theory.pk, hall.room.pk, at=clock()).code


def enter(client: Client, hall: Hall, clock: Clock, index: int = 0, **wrong: str) -> Any:
    typed = {"ticket_number": hall.ticket(index), "document_tail": hall.tail(index), "room_code": code_of(hall, clock)}
    return client.post("/room/exam/", {**typed, **wrong})


def send(client: Client, path: str, body: dict[str, Any]) -> Any:
    return client.post(f"/room/exam/{path}", json.dumps(body), content_type="application/json")


def entry(sequence: int, position: int, answer: str) -> dict[str, Any]:
    return {"sequence": sequence, "position": position, "answer": answer, "at": START.isoformat()}


@pytest.fixture
def seated(client: Client, clock: Clock) -> Hall:
    """A candidate sits at the machine, the paper is open."""
    hall = seat_everyone(make_hall(candidates=2))
    enter(client, hall, clock)
    clock.at = START
    from kaogong.delivery import services

    services.release_papers(actor=hall.invigilator, at=START, part_id=hall.theory.pk)
    return hall


class TestDoor:
    def test_lets_the_candidate_to_the_waiting_room(self, client: Client, clock: Clock) -> None:
        hall = seat_everyone(make_hall())
        assert enter(client, hall, clock).headers["Location"] == "/room/exam/waiting/"
        page = client.get("/room/exam/waiting/")
        assert hall.registrations[0].legal_name in page.content.decode()

    @pytest.mark.parametrize("wrong", [{"document_tail": "0000"}, {"room_code": "000000"}, {"ticket_number": "999"}])
    def test_answers_alike(self, client: Client, clock: Clock, wrong: dict[str, str]) -> None:
        hall = seat_everyone(make_hall())
        answer = enter(client, hall, clock, **wrong)
        assert answer.status_code == 422
        assert "准考证号、证件末四位或考场口令不正确" in answer.content.decode()

    def test_pauses_after_many_wrong_tries(self, client: Client, clock: Clock) -> None:
        hall = seat_everyone(make_hall())
        for _try in range(6):
            enter(client, hall, clock, document_tail="0000")
        assert "输错次数过多" in enter(client, hall, clock).content.decode()

    def test_nothing_opens_without_it(self, client: Client, clock: Clock) -> None:
        assert client.get("/room/exam/paper/").headers["Location"] == "/room/exam/"
        assert client.get("/room/exam/status.json").status_code == 401
        assert send(client, "start.json", {"device": "m1"}).status_code == 401

    def test_leaving_frees_the_machine(self, client: Client, seated: Hall) -> None:
        client.post("/room/exam/leave/")
        assert client.get("/room/exam/status.json").status_code == 401


class TestPaper:
    def test_is_not_to_be_had_before_the_start(self, client: Client, clock: Clock) -> None:
        hall = seat_everyone(make_hall())
        enter(client, hall, clock)
        answer = send(client, "start.json", {"device": "m1"})
        assert answer.status_code == 422
        assert "questions" not in answer.json()
        assert client.get("/room/exam/paper/").headers["Location"] == "/room/exam/waiting/"

    def test_comes_whole_and_is_never_stored(self, client: Client, seated: Hall) -> None:
        answer = send(client, "start.json", {"device": "m1"})
        assert len(answer.json()["questions"]) == 100
        assert answer.headers["Cache-Control"] == "no-store"
        assert "key" not in answer.json()["questions"][0]

    def test_takes_answers_and_says_what_it_has(self, client: Client, seated: Hall) -> None:
        send(client, "start.json", {"device": "m1"})
        told = send(client, "answers.json", {"device": "m1", "entries": [entry(1, 3, "A"), entry(2, 4, "B")]}).json()
        assert told["acknowledged"] == 2
        again = send(client, "start.json", {"device": "m1"}).json()
        assert again["answers"] == {"3": "A", "4": "B"}

    @pytest.mark.parametrize(
        "body", [{}, {"device": "m1", "entries": [{"sequence": 1}]}, {"device": "m1", "entries": 5}]
    )
    def test_refuses_what_it_cannot_read(self, client: Client, seated: Hall, body: dict[str, Any]) -> None:
        send(client, "start.json", {"device": "m1"})
        assert send(client, "answers.json", body).status_code == 400

    def test_the_second_hand_in_is_told(self, client: Client, seated: Hall) -> None:
        send(client, "start.json", {"device": "m1"})
        first = send(client, "hand-in.json", {})
        second = send(client, "hand-in.json", {})
        assert (first.status_code, second.status_code) == (200, 409)
        assert second.json()["kind"] == "handed_in"
        assert first.json()["number"] in client.get("/room/exam/receipt/").content.decode()
        assert client.get("/room/exam/receipt.pdf").content.startswith(b"%PDF")

    def test_after_the_grace_nothing_is_taken(self, client: Client, clock: Clock, seated: Hall) -> None:
        send(client, "start.json", {"device": "m1"})
        clock.at = BELL + timedelta(seconds=121)
        answer = send(client, "answers.json", {"device": "m1", "entries": [entry(1, 3, "A")]})
        assert (answer.status_code, answer.json()["kind"]) == (422, "time_over")

    def test_the_practice_needs_no_door_and_saves_nothing(self, client: Client) -> None:
        page = client.get("/room/exam/practice/")
        assert page.status_code == 200
        assert 'data-exam="practice"' in page.content.decode()


class TestPanel:
    def test_those_on_duty_see_their_day_and_room(self, client: Client, clock: Clock, acting: list[Actor]) -> None:
        hall = open_doors(make_hall(candidates=2))
        acting.append(hall.invigilator)
        for path in ("", "rooms/{room}/", "rooms/{room}/live/", "close/"):
            address = f"/room/parts/{hall.theory.pk}/{path.format(room=hall.room.pk)}"
            assert client.get(address).status_code == 200
        assert client.get(f"/room/?day={START:%Y-%m-%d}").content.decode().count("duty-what") == 1

    def test_checks_in_by_the_end_of_the_ticket(self, client: Client, clock: Clock, acting: list[Actor]) -> None:
        hall = open_doors(make_hall(candidates=2))
        acting.append(hall.invigilator)
        answer = client.post(
            f"/room/parts/{hall.theory.pk}/rooms/{hall.room.pk}/door/",
            {"ticket_number": hall.ticket(1)[-4:], "document_tail": hall.tail(1)},
            headers={"HX-Request": "true"},
        )
        assert answer.status_code == 200
        assert hall.attempt(1).state == "present"

    def test_a_breach_is_recorded_from_the_candidates_page(
        self, client: Client, clock: Clock, acting: list[Actor]
    ) -> None:
        hall = seat_everyone(make_hall())
        acting.append(hall.invigilator)
        attempt = hall.attempt().pk
        assert client.get(f"/room/attempts/{attempt}/").status_code == 200
        client.post(f"/room/attempts/{attempt}/bar/", {"bar-kind": "phone", "bar-text": "手机响铃并查看"})
        assert hall.attempt().state == "barred"

    def test_a_refusal_keeps_the_form(self, client: Client, clock: Clock, acting: list[Actor]) -> None:
        hall = open_doors(make_hall())
        acting.append(hall.invigilator)
        clock.at = START + timedelta(minutes=45)
        answer = client.post(f"/room/attempts/{hall.attempt().pk}/check-in/", {"check-document_tail": hall.tail()})
        assert answer.status_code == 422
        assert "不准入场" in answer.content.decode()

    def test_strangers_find_nothing(self, client: Client, clock: Clock, acting: list[Actor]) -> None:
        hall = open_doors(make_hall())
        acting.append(outsider("delivery.run", "delivery.see"))
        for path in (f"parts/{hall.theory.pk}/", f"attempts/{hall.attempt().pk}/"):
            assert client.get(f"/room/{path}").status_code == 404

    def test_an_examiner_signs_a_sheet(self, client: Client, clock: Clock, acting: list[Actor]) -> None:
        hall = make_hall()
        draws = begin_practical(hall)
        clock.at = SKILL_START
        acting.append(hall.examiners[0])
        attempt = hall.attempt(0, "skill").pk
        address = f"/room/attempts/{attempt}/sheets/{draws[0].pk}/"
        assert client.get(address).status_code == 200
        assert client.get(f"/room/parts/{hall.skill.pk}/marking/").status_code == 200
        marks = {f"mark-{code}": str(mark) for code, mark in full_marks(draws[0]).items()}
        assert client.post(address, {**marks, next(iter(marks)): "99"}).status_code == 422
        assert client.post(address, marks).status_code == 302
        assert selectors.score_sheets(attempt)[0].total == 100
        assert client.get(f"{address}sheet.pdf").content.startswith(b"%PDF")


class TestResults:
    def test_the_candidate_reads_prints_and_asks(self, client: Client, acting: list[Actor]) -> None:
        hall = closed_hall(theory=(80,), skill=("0.55",))
        publish(hall, at=datetime.now(PUBLISHING.tzinfo))
        found = result_of(hall).pk
        acting.append(hall.candidate())
        assert client.get("/my/results/").status_code == 200
        assert "未达合格线" in client.get(f"/my/results/{found}/").content.decode()
        assert client.get(f"/my/results/{found}/notice.pdf").content.startswith(b"%PDF")
        assert client.post(f"/my/results/{found}/recheck/skill/", {"reason": "合分有误"}).status_code == 302
        assert client.post(f"/my/results/{found}/recheck/theory/", {"reason": "合分有误"}).status_code == 422

    def test_the_office_scores_publishes_and_rechecks(self, client: Client, acting: list[Actor]) -> None:
        hall = closed_hall(theory=(80,), skill=("0.55",))
        acting.append(scorer())
        sitting = f"/office/scoring/{hall.sitting.pk}/"
        for part in (hall.theory, hall.skill):
            client.post(f"{sitting}mark/{part.pk}/")
        client.post(f"{sitting}draft/")
        assert client.get(f"{sitting}finalise/").status_code == 200
        assert client.post(f"{sitting}finalise/").status_code == 302
        assert client.post(f"{sitting}finalise/").status_code == 422
        assert client.get(sitting).status_code == 200
        assert client.get(f"{sitting}?export=xlsx").status_code == 200
        assert client.get("/office/scoring/?progress=published").status_code == 200
        assert client.get(f"/office/results/{result_of(hall).pk}/").status_code == 200
        assert client.get("/office/rechecks/").status_code == 200
