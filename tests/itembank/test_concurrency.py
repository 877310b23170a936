"""Two at once: exactly one commits a batch, approves an item, or takes a paper's number."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections
from tests.support.itembank import (
    COLUMNS,
    NOW,
    TRAINER,
    approver,
    csv_file,
    importer,
    make_item,
    make_paper,
    reviewer,
    single,
)

from kaogong.foundation.kernel.refusals import Refusal, WrongState
from kaogong.itembank import services
from kaogong.itembank.models import Item, Paper

pytestmark = pytest.mark.concurrency


def both(deed: Callable[[], object]) -> list[object]:
    """Do the deed in two threads at once; what each got, a refusal included."""
    barrier = Barrier(2)

    def run() -> object:
        barrier.wait()
        try:
            return deed()
        except Refusal as refusal:
            return refusal
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        return [future.result() for future in [pool.submit(run), pool.submit(run)]]


def test_one_of_two_commits_wins(real_database: str) -> None:
    batch = services.stage_import(
        actor=importer(),
        at=NOW,
        file_name="a.csv",
        content=csv_file("甲题,判断,,,,,对", "乙题,判断,,,,,错"),
        column_map=COLUMNS,
        occupation_code=TRAINER,
        level=5,
    )
    actor = importer()
    outcomes = both(lambda: services.commit_import(actor=actor, at=NOW, batch_id=batch.pk))
    assert sum(isinstance(outcome, WrongState) for outcome in outcomes) == 1
    assert Item.objects.filter(occupation_code=TRAINER).count() == 2


def test_one_of_two_approvals_wins(real_database: str) -> None:
    item = make_item()
    services.review_item(actor=reviewer(), at=NOW, item_id=item.pk)
    outcomes = both(lambda: services.approve_item(actor=approver(), at=NOW, item_id=item.pk))
    assert sum(isinstance(outcome, WrongState) for outcome in outcomes) == 1


def test_one_of_two_same_stems_enters(real_database: str) -> None:
    content = single("两人同时写的同一道题（　）。")
    outcomes = both(lambda: make_item(content))
    assert sum(isinstance(outcome, services.Duplicate) for outcome in outcomes) == 1


def test_one_of_two_papers_takes_the_number(real_database: str) -> None:
    outcomes = both(lambda: make_paper(number="SJ-SAME"))
    assert sum(isinstance(outcome, services.PaperNumberTaken) for outcome in outcomes) == 1
    assert Paper.objects.filter(number="SJ-SAME").count() == 1
