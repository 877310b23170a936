"""Two at once: one orders a set by a number, one relates two items, one of two jobs seals a set."""

from __future__ import annotations

import pytest
from django.utils import timezone
from tests.itembank.test_concurrency import both
from tests.support.itembank import ELECTRICIAN, LEVEL, NOW, assembler, make_item, writer

from kaogong.foundation.kernel.refusals import WrongState
from kaogong.itembank import selectors, services
from kaogong.itembank.models import ItemRelation, Paper, PaperSet
from kaogong.itembank.rules import solving

pytestmark = pytest.mark.concurrency


def order() -> PaperSet:
    """Two papers of 电工 level 5, ordered."""
    return services.order_set(
        actor=assembler(), at=NOW, occupation_code=ELECTRICIAN, level=LEVEL, size=2, seed=7, number="PX-BOTH"
    )


def test_one_of_two_orders_by_a_number_and_one_of_two_jobs_wins(real_database: str) -> None:
    outcomes = both(order)
    assert sum(isinstance(outcome, services.PaperNumberTaken) for outcome in outcomes) == 1
    found = PaperSet.objects.get(number="PX-BOTH")
    made = solving.assemble(selectors.set_order(found))
    worker = selectors.assembler_of(found)
    outcomes = both(lambda: services.seal_set(actor=worker, at=timezone.now(), set_id=found.pk, made=made))
    assert sum(isinstance(outcome, WrongState) for outcome in outcomes) == 1
    assert Paper.objects.filter(paper_set=found).count() == 2


def test_one_of_two_relations_is_noted(real_database: str) -> None:
    one, other = make_item(), make_item()
    outcomes = both(
        lambda: services.relate_items(
            actor=writer(),
            at=NOW,
            item_id=one.pk,
            number=other.number,
            kind=ItemRelation.Kind.ENEMY,
            reason="提示答案",
        )
    )
    assert sum(isinstance(outcome, services.RelatedAlready) for outcome in outcomes) == 1
    assert ItemRelation.objects.count() == 1
