"""Assembly: papers to the blueprint, reproducible, within what two papers may share. No database."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction

import pytest

from kaogong.itembank.rules.assembly import (
    Candidate,
    Draw,
    Infeasible,
    Order,
    RangeShare,
    Section,
    allot,
    draw,
    sow,
)
from kaogong.itembank.rules.reports import marks_residue, report

RANGES = [
    RangeShare("A-A", "职业道德", 5),
    RangeShare("A-B", "基础知识", 20),
    RangeShare("B-A", "安装", 35),
    RangeShare("B-B", "控制", 25),
    RangeShare("B-C", "电子", 15),
]
ORDER = Order(RANGES, [Section("single", 80, Fraction(1)), Section("truefalse", 20, Fraction(1))], Fraction(1, 5))


def bank(*, per_percent: int = 2, singles: int = 2, truths: int = 1, without: str = "") -> list[Candidate]:
    """A bank of points by weight, with so many items of each type at a point (none of true/false in `without`)."""
    made = []
    for share in RANGES:
        for number in range(share.percent * per_percent):
            point = f"{share.key}-{number:03d}"
            importance = "Z" if number % 33 == 32 else "Y" if number % 8 == 7 else "X"
            kinds = ["single"] * singles + ["truefalse"] * (0 if share.key == without else truths)
            for index, type_ in enumerate(kinds):
                name = f"{point}-{index}"
                difficulty = 1 + (number * 3 + index * 2) % 5
                made.append(Candidate(name, name, point, share.key, type_, importance, difficulty))
    return made


def versions(found: Draw) -> frozenset[str]:
    return frozenset(each.version for each in found.items)


class TestSow:
    TRIAL = tuple(
        Candidate(f"t{n}", f"t{n}", f"N-{n}", "A-B", "single" if n % 2 else "truefalse", "X", 3) for n in range(20)
    )

    def test_hides_them_among_their_own_type(self) -> None:
        paper = draw(bank(), ORDER, seed=1).items
        sown = sow(self.TRIAL, paper, {"single": 5, "truefalse": 2}, seed=1)
        assert [each for each, is_scored in sown if is_scored] == list(paper)
        assert Counter(each.type for each, is_scored in sown if not is_scored) == {"single": 5, "truefalse": 2}
        types = [each.type for each, _scored in sown]
        assert types == sorted(types, key=("single", "truefalse").index)

    def test_falls_elsewhere_with_another_seed_and_the_same_with_the_same(self) -> None:
        paper = draw(bank(), ORDER, seed=1).items
        sown = [sow(self.TRIAL, paper, {"single": 5}, seed=seed) for seed in (1, 1, 2, 3)]
        places = {tuple(place for place, (_each, is_scored) in enumerate(each) if not is_scored) for each in sown}
        assert len(places) == 3
        assert sown[0] == sown[1]

    def test_takes_what_there_is(self) -> None:
        paper = draw(bank(), ORDER, seed=1).items
        assert len(sow(self.TRIAL[:3], paper, {"single": 5, "case": 2}, seed=1)) == 101
        assert len(sow((), paper, {"single": 5}, seed=1)) == 100

    def test_prefers_points_that_the_paper_does_not_ask(self) -> None:
        paper = draw(bank(), ORDER, seed=1).items
        asked = Candidate("same", "a-same", paper[0].point, paper[0].range, "single", "X", 3)
        sown = sow((asked, self.TRIAL[1]), paper, {"single": 1}, seed=1)
        assert [each.version for each, is_scored in sown if not is_scored] == ["t1"]


class TestAllot:
    def test_rows_and_columns_come_out_exactly(self) -> None:
        plan = allot(ORDER)
        for share in RANGES:
            assert sum(plan[share.key, section.type] for section in ORDER.sections) == share.percent
        for section in ORDER.sections:
            assert sum(plan[share.key, section.type] for share in RANGES) == section.count

    def test_types_worth_the_same_leave_no_residue(self) -> None:
        assert set(marks_residue(ORDER, allot(ORDER)).values()) == {Fraction(0)}

    def test_types_worth_differently_leave_a_residue_that_is_told(self) -> None:
        order = Order(
            RANGES, [Section("single", 60, Fraction(1)), Section("truefalse", 20, Fraction(2))], Fraction(1, 5)
        )
        residue = marks_residue(order, allot(order))
        assert sum(residue.values()) == 0
        assert max(abs(each) for each in residue.values()) <= 1


class TestDraw:
    def test_has_the_sections_in_order(self) -> None:
        types = [each.type for each in draw(bank(), ORDER, seed=1).items]
        assert types == ["single"] * 80 + ["truefalse"] * 20

    def test_takes_at_most_one_item_per_point(self) -> None:
        points = Counter(each.point for each in draw(bank(), ORDER, seed=2).items)
        assert set(points.values()) == {1}

    def test_gives_every_range_its_weight(self) -> None:
        counts = Counter(each.range for each in draw(bank(), ORDER, seed=3).items)
        assert counts == {share.key: share.percent for share in RANGES}

    @pytest.mark.parametrize("seed", range(10))
    def test_keeps_the_mix_of_importance(self, seed: int) -> None:
        points = {each.point: each.importance for each in bank()}
        mix = Counter(points.values())
        found = Counter(each.importance for each in draw(bank(), ORDER, seed=seed).items)
        for importance in "XYZ":
            assert abs(found[importance] - 100 * mix[importance] / len(points)) < 1.5

    @pytest.mark.parametrize("seed", range(10))
    def test_keeps_the_spread_of_difficulty(self, seed: int) -> None:
        cards = bank()
        lines = report(cards, ORDER, draw(cards, ORDER, seed=seed))["difficulty"]
        assert isinstance(lines, list)
        assert sum(abs(line["paper"] - line["target"]) for line in lines) <= 4

    def test_the_same_seed_gives_the_same_paper_in_any_order_of_the_bank(self) -> None:
        assert draw(bank(), ORDER, seed=7) == draw(reversed(bank()), ORDER, seed=7)

    def test_another_seed_gives_another_paper(self) -> None:
        assert versions(draw(bank(), ORDER, seed=7)) != versions(draw(bank(), ORDER, seed=8))

    def test_many_papers_share_no_more_than_a_fifth(self) -> None:
        papers: list[frozenset[str]] = []
        for seed in range(8):
            papers.append(versions(draw(bank(), ORDER, seed=seed, avoid=papers)))
        for index, paper in enumerate(papers):
            assert all(len(paper & other) <= 20 for other in papers[:index])

    def test_the_first_papers_share_nothing_when_the_bank_is_large(self) -> None:
        first = draw(bank(per_percent=3), ORDER, seed=1)
        second = draw(bank(per_percent=3), ORDER, seed=2, avoid=[versions(first)])
        assert second.shared == (0,)

    def test_exactly_enough_is_enough(self) -> None:
        found = draw(bank(per_percent=1, singles=1), ORDER, seed=1)
        assert len({each.point for each in found.items}) == 100

    def test_a_range_where_only_few_points_have_one_type_is_matched(self) -> None:
        cards = [
            each
            for each in bank(per_percent=1, singles=1)
            if each.type == "single" or each.range != "A-A" or each.point == "A-A-004"
        ]
        found = draw(cards, ORDER, seed=1)
        assert [each.point for each in found.items if each.range == "A-A" and each.type == "truefalse"] == ["A-A-004"]


class TestInfeasible:
    def test_says_which_range_lacks_what(self) -> None:
        with pytest.raises(Infeasible) as refused:
            draw(bank(without="B-C"), ORDER, seed=1)
        problem = refused.value.problems[0]
        assert (problem.field, str(problem)) == ("电子", "需要 3 道判断题，但只有 0 个鉴定点有在用的判断题")
        assert not refused.value.is_by_sharing

    def test_too_few_points_for_both_types(self) -> None:
        cards = [each for each in bank(per_percent=1) if each.point != "A-B-000"]
        with pytest.raises(Infeasible, match="基础知识"):
            draw(cards, ORDER, seed=1)

    def test_an_empty_bank(self) -> None:
        with pytest.raises(Infeasible) as refused:
            draw([], ORDER, seed=1)
        assert len(refused.value.problems) == 10

    def test_too_much_sharing(self) -> None:
        cards = bank(per_percent=1, singles=1)
        first = versions(draw(cards, ORDER, seed=1))
        with pytest.raises(Infeasible, match="重复") as refused:
            draw(cards, ORDER, seed=2, avoid=[first])
        assert refused.value.is_by_sharing
