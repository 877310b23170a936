from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from psychometrics import responses
from psychometrics.errors import EmptyGroup, TooFew, UnreadableFile, WrongShape, WrongValue

NAN = float("nan")


class TestScored:
    def test_keeps_points_and_what_is_missing(self) -> None:
        made = responses.scored([[1, 0, NAN], [2, 1, 1]], maxima=[2, 1, 1])
        assert made.is_present.tolist() == [[True, True, False], [True, True, True]]
        assert made.totals.tolist() == [1, 4]
        assert (made.is_complete, made.is_dichotomous) == (False, False)

    def test_names_what_is_not_named(self) -> None:
        made = responses.scored([[1, 0], [0, 1]])
        assert (made.items, made.persons, made.groups) == (("i1", "i2"), ("p1", "p2"), ("all",))

    def test_takes_the_largest_score_seen_for_the_most_but_never_less_than_one(self) -> None:
        assert responses.scored([[0, 3], [0, 1]]).maxima.tolist() == [1, 3]

    @pytest.mark.parametrize(
        ("scores", "wrong"),
        [([[-1, 0]], "-1"), ([[0, 2]], "2"), ([[np.inf, 0]], "inf")],
        ids=["negative", "above the most", "infinite"],
    )
    def test_names_the_person_and_the_item_of_an_impossible_score(self, scores: list[list[float]], wrong: str) -> None:
        with pytest.raises(WrongValue, match=f"p1 has {wrong} on i[12]"):
            responses.scored(scores, maxima=1)

    @pytest.mark.parametrize("scores", [[[]], [], np.zeros((0, 3)), np.zeros((3, 0))])
    def test_refuses_nothing(self, scores: list[float]) -> None:
        with pytest.raises((TooFew, WrongShape)):
            responses.scored(scores)

    def test_refuses_a_name_for_two(self) -> None:
        with pytest.raises(WrongValue, match="two"):
            responses.scored([[0, 1]], items=["a", "a"])

    def test_is_a_copy_that_nobody_can_change(self) -> None:
        mine = np.eye(2, dtype=np.float32)
        made = responses.scored(mine)
        mine[0, 0] = 0
        assert made.scores[0, 0] == 1
        with pytest.raises(ValueError, match="read-only"):
            made.scores[0, 0] = 0


class TestChosen:
    def test_scores_by_the_key(self) -> None:
        made = responses.chosen([["A", "B"], ["C", ""]], key=["A", "B"], points=[1, 0.5])
        assert made.scores[0].tolist() == [1, 0.5]
        assert made.scores[1, 0] == 0
        assert np.isnan(made.scores[1, 1])
        assert made.choices is not None
        assert made.choices.labels == (("A", "C"), ("B",))
        assert made.choices.chosen[1].tolist() == [1, responses.NO_OPTION]

    def test_refuses_an_option_that_the_item_does_not_have(self) -> None:
        with pytest.raises(WrongValue, match="i1 has no option 'E'"):
            responses.chosen([["E"]], key=["A"], labels=[["A", "B"]])

    def test_refuses_a_row_too_short(self) -> None:
        with pytest.raises(WrongShape):
            responses.chosen([["A"]], key=["A", "B"])


class TestPicking:
    def made(self) -> responses.Responses:
        return responses.chosen([["A", "B"], ["B", "B"], ["A", "A"]], key=["A", "B"], groups=["west", "east", "west"])

    def test_by_group(self) -> None:
        west = self.made().of_persons(self.made().in_group("west"))
        assert west.persons == ("p1", "p3")
        assert west.choices is not None
        assert west.choices.chosen.tolist() == [[0, 1], [0, 0]]

    def test_a_group_that_nobody_is_in(self) -> None:
        with pytest.raises(EmptyGroup, match=r"north.*east, west"):
            self.made().in_group("north")

    def test_by_item_takes_key_and_labels_along(self) -> None:
        second = self.made().of_items([False, True])
        assert second.items == ("i2",)
        assert second.choices is not None
        assert second.choices.key.tolist() == [1]

    def test_nothing_left(self) -> None:
        with pytest.raises(TooFew):
            self.made().of_items([False, False])
        with pytest.raises(EmptyGroup):
            self.made().of_persons([False, False, False])

    def test_chunks_cover_everybody_once(self) -> None:
        rows = [row for each in self.made().chunks(2) for row in range(each.start, each.stop)]
        assert rows == [0, 1, 2]


class TestCsv:
    def test_points(self, tmp_path: Path) -> None:
        file = tmp_path / "points.csv"
        file.write_text("person,group,a,b\nw,east,1,\nv,west,0,2\n", encoding="utf-8-sig")
        made = responses.read_csv(file)
        assert (made.items, made.persons, made.groups) == (("a", "b"), ("w", "v"), ("east", "west"))
        assert made.is_present.tolist() == [[True, False], [True, True]]

    def test_options_with_their_key(self, tmp_path: Path) -> None:
        answers, key = tmp_path / "answers.csv", tmp_path / "key.csv"
        answers.write_text("a,b\nA,C\nB,B\n")
        key.write_text("item,key\na,A\nb,B\n")
        made = responses.read_csv(answers, key=responses.read_key(key))
        assert made.scores.tolist() == [[1, 0], [0, 1]]

    @pytest.mark.parametrize(
        ("text", "says"),
        [
            ("a,b\n1,0\n1\n", "line 3: 1 cells under 2 columns"),
            ("a,b\n1,x\n", "line 2, b: 'x' is no number"),
            ("a,a\n1,1\n", "named twice"),
            ("a,b\n", "at least one person"),
        ],
    )
    def test_says_where_a_file_is_wrong(self, tmp_path: Path, text: str, says: str) -> None:
        file = tmp_path / "bad.csv"
        file.write_text(text)
        with pytest.raises(UnreadableFile, match=says):
            responses.read_csv(file)

    def test_a_key_that_lacks_an_item(self, tmp_path: Path) -> None:
        file = tmp_path / "answers.csv"
        file.write_text("a,b\nA,B\n")
        with pytest.raises(UnreadableFile, match="no key for b"):
            responses.read_csv(file, key={"a": "A"})
