"""Two at once, with real commits: exactly one wins, the other is told, and what was acknowledged stays."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connections

from kaogong.delivery import selectors, services
from kaogong.delivery.models import Answer
from tests.support.delivery import START, begun_hall, entries, make_hall, seat_everyone

pytestmark = pytest.mark.concurrency


def at_once(*deeds: Callable[[], Any]) -> list[Any]:
    """Run the deeds in threads that start together; returns what each gave or raised."""
    gate = Barrier(len(deeds))

    def run(deed: Callable[[], Any]) -> Any:
        try:
            gate.wait()
            return deed()
        except Exception as told:
            return told
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(run, deeds))


def test_a_double_hand_in_gives_one_receipt(real_database: str) -> None:
    hall = begun_hall()
    attempt, candidate = hall.attempt().pk, hall.candidate()

    def hand_in() -> Any:
        return services.submit(actor=candidate, at=START, attempt_id=attempt)

    found = at_once(hand_in, hand_in, hand_in)
    receipts = [each for each in found if isinstance(each, dict)]
    told = [each for each in found if isinstance(each, services.AlreadyHandedIn)]
    assert (len(receipts), len(told)) == (1, 2)
    assert {each.receipt["number"] for each in told} == {receipts[0]["number"]}


def test_two_invigilators_release_once(real_database: str) -> None:
    hall = seat_everyone(make_hall())

    def release() -> Any:
        return services.release_papers(actor=hall.invigilator, at=START, part_id=hall.theory.pk)

    found = at_once(release, release)
    assert sorted(type(each).__name__ for each in found) == ["AlreadyReleased", "int"]


def test_the_same_log_sent_twice_at_once_is_kept_once(real_database: str) -> None:
    hall = begun_hall()
    attempt, candidate = hall.attempt().pk, hall.candidate()
    log = entries(dict.fromkeys(range(1, 41), "A"))

    def send() -> Any:
        return services.save_answers(actor=candidate, at=START, attempt_id=attempt, device="m1", entries=log)

    assert at_once(send, send, send) == [40, 40, 40]
    assert Answer.objects.filter(attempt=attempt).count() == 40


def test_two_machines_lose_nothing_of_each_other(real_database: str) -> None:
    hall = begun_hall()
    attempt, candidate = hall.attempt().pk, hall.candidate()

    def sender(device: str, first: int) -> Callable[[], Any]:
        log = entries(dict.fromkeys(range(first, first + 20), "A"))
        return lambda: services.save_answers(actor=candidate, at=START, attempt_id=attempt, device=device, entries=log)

    assert at_once(sender("m1", 1), sender("m2", 21)) == [20, 20]
    assert len(selectors.submission(attempt)) == 40


def test_an_answer_and_the_hand_in_at_once_agree(real_database: str) -> None:
    hall = begun_hall()
    attempt, candidate = hall.attempt().pk, hall.candidate()
    log = entries({1: "A"})
    saved, receipt = at_once(
        lambda: services.save_answers(actor=candidate, at=START, attempt_id=attempt, device="m1", entries=log),
        lambda: services.submit(actor=candidate, at=START, attempt_id=attempt),
    )
    assert receipt["answered"] == (1 if saved == 1 else 0)
    assert selectors.still_matches(hall.attempt())
