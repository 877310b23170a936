"""Every type of item on its way from the bank to the mark: what can be answered, what is kept, what it is worth."""

from __future__ import annotations

from decimal import Decimal

import pytest

from kaogong.delivery import selectors, services
from kaogong.scoring.selectors import mark_of
from kaogong.scoring.services import mark_part
from tests.support import itembank
from tests.support.delivery import BELL, START, Hall, begin, deliver, key_of, make_hall, save, seat_everyone
from tests.support.scoring import MARKING, scorer

pytestmark = pytest.mark.django_db


@pytest.fixture
def hall() -> Hall:
    """A hall whose one candidate has begun a paper with items of five types."""
    held = make_hall(delivered=False)
    held.paper = itembank.make_mixed_paper()
    deliver(held, held.paper)
    begin(seat_everyone(held))
    return held


def place(hall: Hall, type_: str) -> int:
    assert hall.paper is not None
    return itembank.places_of(hall.paper, type_)[0]


def finish(hall: Hall) -> Decimal:
    """Hand in, close, mark; the mark."""
    services.submit(actor=hall.candidate(), at=START, attempt_id=hall.attempt().pk)
    services.close_part(actor=hall.invigilator, at=BELL, part_id=hall.theory.pk)
    mark_part(actor=scorer(), at=MARKING, part_id=hall.theory.pk)
    found = mark_of(hall.attempt().pk)
    assert found is not None
    return found.value


class TestShown:
    def test_with_gaps_and_limits_and_without_rubric(self, hall: Hall) -> None:
        shown = selectors.own_paper(hall.candidate(), hall.attempt().pk, device="m1", at=START)
        by_type = {each.type: each for each in shown.questions}
        assert (len(shown.questions), shown.limits.gap, shown.limits.text) == (97, 60, 2000)
        assert (by_type["fillin"].gaps, by_type["short"].gaps, by_type["single"].gaps) == (2, 0, 0)
        assert by_type["short"].options == ()
        assert "验电" not in repr(by_type["short"])


class TestSaved:
    @pytest.mark.parametrize(
        ("type_", "answer"),
        [
            ("multiple", "CA"),
            ("multiple", "ACE"),
            ("fillin", "220"),
            ("fillin", "1" * 61 + "\n1"),
            ("short", "字" * 2001),
        ],
    )
    def test_refuses_what_its_type_cannot_have(self, hall: Hall, type_: str, answer: str) -> None:
        with pytest.raises(services.UnreadableAnswers):
            save(hall, {place(hall, type_): answer})
        assert selectors.submission(hall.attempt().pk) == {}

    def test_keeps_a_long_answer_whole_and_its_receipt_fits(self, hall: Hall) -> None:
        text = "先断电，\n再验电。" * 200
        save(hall, {place(hall, "short"): text, place(hall, "fillin"): "２２０\n36.2", place(hall, "multiple"): "AC"})
        assert selectors.submission(hall.attempt().pk)[place(hall, "short")] == text
        services.submit(actor=hall.candidate(), at=START, attempt_id=hall.attempt().pk)
        attempt = hall.attempt()
        assert (attempt.receipt["answered"], attempt.receipt["questions"]) == (3, 97)
        assert selectors.still_matches(attempt)


class TestMarked:
    @pytest.mark.parametrize(
        ("type_", "answer", "worth"),
        [
            ("multiple", "AC", 2),
            ("multiple", "A", 0),
            ("multiple", "ABC", 0),
            ("fillin", "二百二十\n36.5", 2),
            ("fillin", "２２０ \n35.5", 2),
            ("fillin", "220\n36.6", 0),
            ("fillin", "220\n", 0),
        ],
    )
    def test_by_the_key_all_or_nothing(self, hall: Hall, type_: str, answer: str, worth: int) -> None:
        save(hall, {place(hall, type_): answer})
        assert finish(hall) == worth

    def test_all_objective_answers_right(self, hall: Hall) -> None:
        assert hall.paper is not None
        key = key_of(hall.paper) | {place(hall, "fillin"): "220\n36"}
        del key[place(hall, "short")]
        save(hall, key)
        assert finish(hall) == 98
