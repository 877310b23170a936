"""A deed asks each question once; nothing outlives it, and what it changes it sees."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse

from kaogong.foundation.kernel import remembering, trail
from kaogong.foundation.kernel.actors import Actor
from kaogong.foundation.kernel.clauses import Clause
from kaogong.foundation.kernel.commands import command
from kaogong.foundation.kernel.refusals import Refusal
from kaogong.regulations import services as regulations
from kaogong.regulations.selectors import provision
from kaogong.web.ui.middleware import MemoryOfRequest
from tests.support.cast import officer
from tests.support.sittings import APPLYING

KEY = "registration.months_between_levels"


class Counter:
    """Counts how often it was really asked."""

    def __init__(self) -> None:
        self.asked = 0

    def __call__(self) -> int:
        self.asked += 1
        return self.asked


class TestMemory:
    def test_asks_once(self) -> None:
        look = Counter()
        with remembering.memory():
            assert [remembering.remembered("q", look) for _twice in range(2)] == [1, 1]

    def test_without_one_every_question_is_asked(self) -> None:
        look = Counter()
        assert [remembering.remembered("q", look) for _twice in range(2)] == [1, 2]

    def test_ends_with_the_outermost(self) -> None:
        look = Counter()
        with remembering.memory():
            with remembering.memory():
                remembering.remembered("q", look)
            assert remembering.remembered("q", look) == 1
        with remembering.memory():
            assert remembering.remembered("q", look) == 2

    def test_ends_when_the_deed_fails(self) -> None:
        look = Counter()

        def deed() -> None:
            with remembering.memory():
                remembering.remembered("q", look)
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            deed()
        assert remembering.remembered("q", look) == 2

    def test_no_other_thread_shares_it(self) -> None:
        look = Counter()
        with remembering.memory(), ThreadPoolExecutor(1) as pool:
            remembering.remembered("q", look)
            assert pool.submit(remembering.remembered, "q", look).result() == 2

    def test_a_request_has_one_and_leaves_none(self) -> None:
        look = Counter()

        def page(_request: HttpRequest) -> HttpResponse:
            return HttpResponse(f"{remembering.remembered('q', look)}{remembering.remembered('q', look)}")

        door = MemoryOfRequest(page)
        assert [door(HttpRequest()).content for _twice in range(2)] == [b"11", b"22"]  # type: ignore[attr-defined]  # HttpResponse


class Refused(Refusal):
    message = "不办"


def months() -> int:
    return provision(KEY, on=APPLYING.date()).number


@command
def double(*, actor: Actor, at: datetime, refused: bool = False) -> list[int]:
    """Read a figure, double it from that day on, and read it again."""
    before = months()
    regulations.enter_provision(
        actor=actor,
        at=at,
        key=KEY,
        value=before * 2,
        clause=Clause("kaogong-certificates-rules", "once"),
        since=at.date(),
        certainty="H",
        reason="测试",
    )
    if refused:
        raise Refused
    return [before, months()]


@command
def try_to_double(*, actor: Actor, at: datetime) -> list[int]:
    """Read, let an inner deed change the figure and fail, and read again."""
    before = months()
    with pytest.raises(Refused):
        double(actor=actor, at=at, refused=True)
    trail.record(actor=actor, action="test.tried")
    return [before, months()]


@pytest.mark.django_db
class TestDeeds:
    actor = officer("regulations.edit", region="")

    def test_reads_a_figure_once(self, django_assert_num_queries: Any) -> None:
        @command
        def read(*, actor: Actor, at: datetime) -> None:
            with django_assert_num_queries(1):
                months(), months()
            trail.record(actor=actor, action="test.read")

        read(actor=self.actor, at=APPLYING)

    def test_sees_what_it_changed(self) -> None:
        before, after = double(actor=self.actor, at=APPLYING)
        assert after == before * 2

    def test_the_next_deed_sees_it_too(self) -> None:
        first = double(actor=self.actor, at=APPLYING)
        assert months() == first[1]

    def test_does_not_see_what_was_rolled_back(self) -> None:
        before, after = try_to_double(actor=self.actor, at=APPLYING)
        assert after == before
