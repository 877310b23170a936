"""Requests that cost a sender nothing and might cost us much: endless words, deep and fat bodies, a thousand fields."""

from __future__ import annotations

import json
from urllib.parse import quote

import pytest
from django.test import Client
from django.urls import reverse

from kaogong.delivery import selectors as delivery
from kaogong.web.examroom.views import exam
from tests.attacks.test_hostile_addresses import LISTS, NAMES, everything
from tests.support.delivery import begun_hall
from tests.support.doors import browser

pytestmark = pytest.mark.django_db
LONG = {"words": "电工" * 5_000, "brackets": "(a+)+" * 2_000, "wildcards": "%_" * 5_000, "page": "9" * 5_000}
MEGABYTE = 1024 * 1024


class TestLongWords:
    @pytest.mark.parametrize("path", LISTS)
    def test_in_an_address(self, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
        reader = browser(monkeypatch, everything())
        reader.raise_request_exception = False
        for kind, value in LONG.items():
            answer = reader.get(f"/{path}?" + "&".join(f"{name}={quote(value)}" for name in NAMES[:5]))
            assert answer.status_code < 500, (path, kind, getattr(answer, "exc_info", None))

    @pytest.mark.parametrize("name", ["django_language", "sessionid", "csrftoken", "messages", "kaogong_display"])
    @pytest.mark.parametrize("value", ["x" * 8_000, "%00", "\\xff", "{", "../../etc/passwd", "zh-hans;q=1"])
    def test_in_a_cookie(self, name: str, value: str) -> None:
        client = Client(raise_request_exception=False)
        client.cookies[name] = value
        assert client.get("/verify/").status_code == 200

    @pytest.mark.parametrize("name", ["accept-language", "user-agent", "referer", "x-forwarded-for", "HX-Request"])
    @pytest.mark.parametrize("value", ["x" * 8_000, ",".join(["zh;q=0.1"] * 2_000), "\x00", "999.1.1.1, ::1%x"])
    def test_in_a_header(self, name: str, value: str) -> None:
        answer = Client(raise_request_exception=False, headers={name: value}).post(
            "/account/login/", {"login": "nobody", "password": "x"}
        )
        assert answer.status_code < 500, getattr(answer, "exc_info", None)


BODIES = {
    "deep list": "[" * 100_000,
    "deep object": '{"a":' * 100_000,
    "closed deep list": "[" * 50_000 + "]" * 50_000,
    "endless number": '{"number": ' + "9" * 100_000 + "}",
    "infinity": '{"number": 1e999, "name": NaN}',
    "nul": '{"number": "1\\u0000", "name": "\\u0000"}',
    "half a character": '{"number": "\\ud800", "name": "\\udfff"}',
    "no text": b"\xff\xfe\x00",
    "a thousand keys": json.dumps({str(key): key for key in range(50_000)}),
    "long name": json.dumps({"number": "1" * 16, "name": "长" * 1_000_000}),
    "list": "[]",
    "nothing": "",
}


class TestBodies:
    @pytest.mark.parametrize("body", BODIES)
    def test_of_the_api(self, body: str) -> None:
        answer = Client(raise_request_exception=False).post(
            "/api/v1/verification", BODIES[body], content_type="application/json"
        )
        assert answer.status_code in {200, 400, 422, 429}, getattr(answer, "exc_info", None)

    @pytest.mark.parametrize(
        "query",
        [
            "limit=99999",
            "page=0",
            "page=" + "9" * 100,
            "q=%00",
            "q=" + "x" * 10_000,
            "level=6",
            "open=perhaps",
            "region=%ff",
        ],
    )
    @pytest.mark.parametrize("path", ["occupations", "rounds"])
    def test_nor_its_addresses(self, path: str, query: str) -> None:
        answer = Client(raise_request_exception=False).get(f"/api/v1/{path}?{query}")
        assert answer.status_code in {200, 400, 422}, getattr(answer, "exc_info", None)

    @pytest.mark.parametrize("path", ["/verify/", "/account/login/", "/room/exam/", "/ui/display/"])
    def test_of_forms(self, path: str) -> None:
        client = Client(raise_request_exception=False)
        fat = client.post(path, "number=" + "1" * 13 * MEGABYTE, content_type="application/x-www-form-urlencoded")
        many = client.post(
            path, "&".join(f"a{n}=1" for n in range(5_000)), content_type="application/x-www-form-urlencoded"
        )
        torn = client.post(
            path, b"--x\r\nContent-Disposition: form-data; name=", content_type="multipart/form-data; boundary=x"
        )
        assert (fat.status_code, many.status_code) == (400, 400)
        assert torn.status_code < 500

    def test_of_an_exam_machine(self, monkeypatch: pytest.MonkeyPatch) -> None:
        hall = begun_hall()
        starts_at = delivery.own_attempt(hall.candidate(), hall.attempt().pk).started_at
        monkeypatch.setattr(exam, "now", lambda: starts_at)
        machine = Client(raise_request_exception=False)
        session = machine.session
        session["examroom.machine"] = {
            "attempt": str(hall.attempt().pk), "person": str(hall.registrations[0].person_id), "name": "孙同学",
        }  # fmt: skip
        session.save()
        address = reverse("examroom:exam-save")
        for body in (*BODIES.values(), "1" * 13 * MEGABYTE):
            answer = machine.post(address, body, content_type="application/json")
            assert 400 <= answer.status_code < 500, getattr(answer, "exc_info", None)
