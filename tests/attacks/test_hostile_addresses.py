"""Whatever is typed into an address or sent to the exam's door: an answer, never a fault of ours."""

from __future__ import annotations

import json
from urllib.parse import quote

import pytest
from django.test import Client

from kaogong.delivery import selectors as delivery
from kaogong.foundation.access.roles import ROLES
from kaogong.foundation.kernel.actors import EVERYWHERE, Actor, Grant, Reach
from kaogong.foundation.kernel.ids import uuid7
from kaogong.web.examroom.views import exam
from tests.support.delivery import Hall, begun_hall
from tests.support.doors import browser
from tests.web import matrix

pytestmark = pytest.mark.django_db
NAMES = [
    "q", "text", "page", "sort", "state", "level", "region", "export", "since", "until", "day", "organisation",
    "occupation", "sitting", "round", "actor", "action", "kind", "on", "from", "to", "n", "t", "code", "year",
    "wave", "part", "issuer", "station", "role", "track", "limit", "open", "series", "serial", "edition",
    "view", "date", "parent",
]  # fmt: skip
HOSTILE = {
    "nul": "\x00",
    "markup": "'\"><script>alert(1)</script>",
    "wildcards": "%_\\",
    "day": "2026-13-45",
    "huge": "９²" + "9" * 40,
    "id": str(uuid7()),
}
LISTS = sorted({row.path for row in matrix.rows() if "<" not in row.path and not row.path.endswith(".json")})


def everything() -> Actor:
    """Somebody who may open every page."""
    powers = frozenset().union(*(role.powers for role in ROLES))
    body = uuid7()
    grant = Grant(body, "测试部", "officer", powers, Reach(EVERYWHERE, frozenset({body})))
    return Actor(kind="officer", name="万能", account_id=uuid7(), person_id=uuid7(), grants=(grant,))


@pytest.mark.parametrize("path", LISTS)
def test_no_page_falls_over_its_address(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    reader = browser(monkeypatch, everything())
    reader.raise_request_exception = False
    for kind, value in HOSTILE.items():
        answer = reader.get(f"/{path}?" + "&".join(f"{name}={quote(value)}" for name in NAMES))
        assert answer.status_code < 500, (path, kind, getattr(answer, "exc_info", None))
        if not answer.streaming and answer.headers["Content-Type"].startswith("text/html"):
            assert "<script>alert(1)" not in answer.text


def log(*, device: str = "m", sequence: str = "1", position: str = "1", at: str = "2026-04-18T01:00Z") -> str:
    """A machine's log of one answer, each piece as JSON text or its inside."""
    entry = f'{{"sequence": {sequence}, "position": {position}, "answer": "A", "at": "{at}"}}'
    return f'{{"device": "{device}", "entries": [{entry}]}}'


BODIES = {
    "nothing": "",
    "no json": "{",
    "no object": "[1]",
    "deep": "[" * 50_000,
    "no entries": '{"device": "m"}',
    "entries no list": '{"device": "m", "entries": 7}',
    "entry no object": '{"device": "m", "entries": [7]}',
    "infinite": log(sequence="1e999"),
    "beyond the column": log(sequence=str(2**32)),
    "beyond the paper": log(position="999999999999"),
    "nul": log(device="m\\u0000"),
    "half a character": log(device="\\ud800"),
    "no day": log(at="2026-99-99"),
}


class TestExamMachine:
    """Who sits at a machine may send by hand what the page never would."""

    @pytest.fixture
    def hall(self, monkeypatch: pytest.MonkeyPatch) -> Hall:
        hall = begun_hall()
        starts_at = delivery.own_attempt(hall.candidate(), hall.attempt().pk).started_at
        monkeypatch.setattr(exam, "now", lambda: starts_at)
        return hall

    @pytest.mark.parametrize("name", BODIES)
    def test_an_unreadable_log_is_refused(self, hall: Hall, name: str) -> None:
        machine = Client(raise_request_exception=False)
        session = machine.session
        session["examroom.machine"] = {
            "attempt": str(hall.attempt().pk), "person": str(hall.registrations[0].person_id), "name": "孙同学",
        }  # fmt: skip
        session.save()
        answer = machine.post("/room/exam/answers.json", BODIES[name], content_type="application/json")
        assert 400 <= answer.status_code < 500, getattr(answer, "exc_info", None)
        assert json.loads(answer.content)["words"]
        assert delivery.submission(hall.attempt().pk) == {}
