"""Several who issue at once, some killed in the middle: running numbers and blanks come out 1..n, none twice."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import time
import warnings
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from django.db import connection, connections

from kaogong.blanks.models import Holding
from kaogong.certificates import rules, seals, services
from kaogong.certificates.models import Certificate, Copy, Counter, StatusChange
from kaogong.delivery import services as delivery
from kaogong.foundation.kernel.actors import Actor
from kaogong.foundation.kernel.refusals import Refusal
from kaogong.itembank.models import Paper
from kaogong.sittings import selectors as sittings
from tests.support.blanks import stock_up
from tests.support.certificates import ISSUING, close, issuer_of, make_result, make_season
from tests.support.delivery import DELIVERER, Hall, draw, make_hall
from tests.support.itembank import make_paper
from tests.support.registration import make_admitted
from tests.support.sittings import DAY, clock, days_after, make_round
from tests.support.stations import make_centre, make_station

pytestmark = pytest.mark.concurrency


def issue_slowly(sitting_id: UUID, issuer: Actor) -> None:
    """In a process of its own: issue, dawdling between numbering and commit so that a kill falls in between."""
    connections.close_all()
    seal = seals.seal

    def dawdle(certificate: Certificate) -> None:
        time.sleep(0.03)
        seal(certificate)

    seals.seal = dawdle
    try:
        services.issue(actor=issuer, at=ISSUING, sitting_id=sitting_id)
    except Refusal:
        os._exit(3)
    os._exit(0)


def start(sitting_id: UUID, issuer: Actor) -> multiprocessing.Process:
    with warnings.catch_warnings():
        # Forking beside the test runner's threads is safe here: the child opens its own connection and never returns.
        warnings.simplefilter("ignore", DeprecationWarning)
        process = multiprocessing.get_context("fork").Process(target=issue_slowly, args=(sitting_id, issuer))
        process.start()
    return process  # type: ignore[return-value]  # a fork's process is one


def sittings_of_one_station(count: int, candidates: int) -> tuple[list[UUID], Actor]:
    """So many held sittings of one station on different days, each with passes waiting for their certificates."""
    centre = make_centre(name="并发核发中心")
    station = make_station(centre=centre)
    station.organisation.institution_code = "10993001"
    station.organisation.save()
    round_ = make_round(centre=centre, stations=[station], days=[days_after(DAY, day) for day in range(count)])
    paper = make_paper()
    found = []
    for sitting in sittings.sittings_of(round_.pk):
        entered = [make_admitted(sitting) for _each in range(candidates)]
        hall = make_hall(sitting=sitting, registrations=entered, delivered=False)
        release(hall, paper)
        close(hall)
        for registration in entered:
            make_result(registration)
        found.append(sitting.pk)
    stock_up(centre, last=count * candidates)
    return found, issuer_of(centre)


def release(hall: Hall, paper: Paper) -> None:
    """Deliver the paper, release it at its hour and draw the tasks."""
    day = hall.sitting.held_on
    copy = delivery.deliver_paper(
        actor=DELIVERER, at=clock(days_after(day, -1), 9), part_id=hall.theory.pk, paper_id=paper.pk
    )
    delivery.release_papers(actor=hall.invigilator, at=copy.not_before, part_id=hall.theory.pk)
    draw(hall)


def test_killed_in_the_middle_the_numbers_still_run_from_one(real_database: str) -> None:
    chance = random.Random(20261124)
    pending, issuer = sittings_of_one_station(count=5, candidates=4)
    connections.close_all()
    killed = 0
    for attempt in range(9):
        processes = [start(sitting, issuer) for sitting in pending]
        if attempt < 5:
            for process in chance.sample(processes, k=len(processes) // 2 + 1):
                time.sleep(chance.uniform(0.02, 0.3) if killed else 0)  # the first at once: a fast machine is done soon
                if process.is_alive() and process.pid:
                    os.kill(process.pid, signal.SIGKILL)
                    killed += 1
        for process in processes:
            process.join(60)
        issued = set(Certificate.objects.values_list("sitting", flat=True).distinct())
        pending = [sitting for sitting in pending if sitting not in issued]
        connections.close_all()
        if not pending:
            break
    assert not pending
    assert killed
    numbers = [rules.parse(number).running for number in Certificate.objects.values_list("number", flat=True)]
    assert sorted(numbers) == list(range(1, 21))
    assert sorted(Copy.objects.values_list("serial", flat=True)) == list(range(1, 21))
    assert StatusChange.objects.count() == 20
    assert Counter.objects.get(body_code="10993001").last == 20
    assert [(row.place, row.serials.lower, row.serials.upper) for row in Holding.objects.all()] == [("used", 1, 21)]


def test_of_two_that_issue_one_sitting_the_second_finds_nothing_left(real_database: str) -> None:
    season = make_season(candidates=4)

    def issue(_turn: int) -> str:
        try:
            return f"{season.issue().count} 本"
        except services.NothingToIssue:
            return "已经核发"
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(issue, range(2))) == ["4 本", "已经核发"]
    assert Certificate.objects.count() == 4
