"""Two at once, with real commits: one publishes, one decides, each attempt is marked once."""

from __future__ import annotations

from typing import Any

import pytest

from kaogong.scoring import services
from kaogong.scoring.models import Mark, Result
from tests.delivery.test_concurrency import at_once
from tests.support.scoring import MARKING, PUBLISHING, closed_hall, mark, publish, rechecker, result_of, scorer

pytestmark = pytest.mark.concurrency


def test_two_who_mark_mark_each_attempt_once(real_database: str) -> None:
    hall = closed_hall()

    def mark_theory() -> Any:
        return services.mark_part(actor=scorer(), at=MARKING, part_id=hall.theory.pk)

    assert sorted(at_once(mark_theory, mark_theory)) == [0, 1]
    assert Mark.objects.filter(part="theory").count() == 1


def test_two_who_publish_publish_once(real_database: str) -> None:
    hall = closed_hall()
    mark(hall)
    services.draft_results(actor=scorer(), at=MARKING, sitting_id=hall.sitting.pk)

    def finalise() -> Any:
        return services.finalise(actor=scorer(), at=PUBLISHING, sitting_id=hall.sitting.pk)

    found = at_once(finalise, finalise)
    assert sorted(type(each).__name__ for each in found) == ["NothingToFinalise", "list"]


def test_two_who_decide_a_recheck_decide_once(real_database: str) -> None:
    from decimal import Decimal

    hall = closed_hall()
    publish(hall)
    asked = services.request_recheck(
        actor=hall.candidate(), at=PUBLISHING, result_id=result_of(hall).pk, part="skill", reason="合分有误"
    )

    def correct() -> Any:
        return services.correct(
            actor=rechecker(), at=PUBLISHING, recheck_id=asked.pk, kind="adding", finding="漏加", value=Decimal(91)
        )

    found = at_once(correct, correct)
    assert sorted(type(each).__name__ for each in found) == ["Result", "WrongState"]
    assert Result.objects.filter(state="final").count() == 1
