from __future__ import annotations

from datetime import date
from statistics import mean

import pytest

from kaogong.cli.demo.answering import Ability, Model
from kaogong.cli.demo.people import Registry, old_form, with_check_digit


def test_the_check_character_is_that_of_the_standard() -> None:
    # The example of GB 11643-1999 itself.
    assert with_check_digit("11010519491231002") == "11010519491231002X"


def test_the_old_form_has_no_century_and_no_check_character() -> None:
    assert old_form("11010519491231002X") == "110105491231002"


def test_the_same_seed_invents_the_same_people_and_never_one_number_twice() -> None:
    first = list(Registry(7).many(300, born_from=date(1970, 1, 1), born_until=date(2006, 12, 31)))
    again = list(Registry(7).many(300, born_from=date(1970, 1, 1), born_until=date(2006, 12, 31)))

    assert first == again
    assert len({person.document_number for person in first}) == 300
    assert all(int(person.document_number[16]) % 2 == person.is_male for person in first)


class TestModel:
    def test_able_candidates_answer_better(self) -> None:
        model = Model(3)
        right = {theta: mean(model.knows(Ability(theta, 0), difficulty=3) for _ in range(400)) for theta in (-1, 3)}

        assert right[3] > 0.85
        assert right[-1] < 0.45

    def test_score_sheets_stay_within_the_criteria_in_half_marks(self) -> None:
        model = Model(4)
        criteria = {"1": 12.0, "2": 7.5, "3": 80.5}
        for _ in range(200):
            marks = model.score_sheet(model.ability(), criteria, severity=model.severity())
            assert all(0 <= marks[code] <= full and (marks[code] * 2).is_integer() for code, full in criteria.items())

    @pytest.mark.parametrize("key", ["A", "T"])
    def test_who_does_not_know_marks_another_letter(self, key: str) -> None:
        model = Model(5)
        ignorant = Ability(-50.0, 0.0)

        assert model.answer(ignorant, key=key, choices="ABCD" if key == "A" else "TF", difficulty=5) != key
