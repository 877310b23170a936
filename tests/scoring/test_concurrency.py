"""Two at once, with real commits: one publishes, one decides, each attempt is marked once."""

from __future__ import annotations

from typing import Any

import pytest

from kaogong.scoring import services
from kaogong.scoring.models import Mark, Result
from tests.delivery.test_concurrency import at_once
from tests.scoring.test_objections import DECIDING, SIGNING, file, judge, uphold, wrong_place
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


def test_two_who_rule_on_a_question_rule_once(real_database: str) -> None:
    hall = closed_hall(theory=(59,))
    publish(hall)
    found = file(hall)

    def give_to_all() -> Any:
        return uphold(found)

    def dismiss() -> Any:
        return services.dismiss_objections(actor=judge(), at=DECIDING, dispute_id=found.dispute_id, reason="无误")

    assert sorted(type(each).__name__ for each in at_once(give_to_all, dismiss)) == ["Dispute", "WrongState"]


def test_two_who_sign_a_rescoring_sign_once(real_database: str) -> None:
    hall = closed_hall(theory=(59,))
    publish(hall)
    dispute = uphold(file(hall, wrong_place(hall)))
    seen = services.preview_rescoring(actor=scorer(), at=SIGNING, dispute_id=dispute.pk)

    def sign() -> Any:
        return services.rescore(actor=scorer(), at=SIGNING, dispute_id=dispute.pk, expected=seen.token)

    assert sorted(type(each).__name__ for each in at_once(sign, sign)) == ["Dispute", "WrongState"]
    assert Mark.objects.filter(part="theory", version=2).count() == 1
    assert Result.objects.filter(state="final").count() == 1


def test_two_who_object_at_once_stand_in_one_dispute(real_database: str) -> None:
    hall = closed_hall(theory=(80, 70))
    publish(hall)

    def first() -> Any:
        return file(hall, 3)

    def second() -> Any:
        return file(hall, 3, 1)

    one, other = at_once(first, second)
    assert one.dispute_id == other.dispute_id
