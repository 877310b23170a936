"""What answers and sheets are worth: both sides of every line, without a database."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from kaogong.itembank.selectors import Key
from kaogong.scoring import rules
from kaogong.scoring.rules import ModuleSheet, SheetsDoNotFit

D = Decimal
KEY = {position: Key("single", "A", D(1)) for position in range(1, 101)}


def sheets(*totals: tuple[str, str], weights: tuple[int, int] = (40, 60)) -> list[ModuleSheet]:
    """One examiner's pair of module totals after the other."""
    return [
        ModuleSheet(f"e{number}", module, weight, D(total))
        for number, pair in enumerate(totals)
        for module, weight, total in zip(("1", "2"), weights, pair, strict=True)
    ]


class TestRounded:
    @pytest.mark.parametrize(
        ("exact", "printed"),
        [
            ("60.124", "60.12"),
            ("60.125", "60.13"),
            ("60.135", "60.14"),
            ("59.994", "59.99"),
            ("59.995", "60.00"),
            ("59.9949999", "59.99"),
            ("0", "0.00"),
        ],
    )
    def test_half_goes_up(self, exact: str, printed: str) -> None:
        assert str(rules.rounded(D(exact))) == printed


class TestTheoryMark:
    def test_all_right(self) -> None:
        assert rules.theory_mark(dict.fromkeys(KEY, "A"), KEY).value == 100

    def test_nothing_answered(self) -> None:
        mark = rules.theory_mark({}, KEY)
        assert (mark.value, mark.right, mark.wrong, mark.blank) == (0, 0, 0, 100)

    @pytest.mark.parametrize("right", [0, 1, 59, 60, 61, 99])
    def test_counts_the_right_ones(self, right: int) -> None:
        answers = {position: "A" if position <= right else "B" for position in KEY}
        mark = rules.theory_mark(answers, KEY)
        assert (mark.value, mark.right, mark.wrong) == (right, right, 100 - right)

    def test_takes_nothing_off_for_wrong_ones(self) -> None:
        assert rules.theory_mark({1: "A", 2: "B", 3: "C"}, KEY).value == 1

    def test_half_marks_add_up(self) -> None:
        key = {1: Key("single", "A", D("0.5")), 2: Key("truefalse", "T", D("0.5")), 3: Key("single", "B", D("1.5"))}
        assert rules.theory_mark({1: "A", 2: "T", 3: "B"}, key).value == D("2.50")

    def test_items_on_trial_count_for_nothing(self) -> None:
        key = KEY | {101: Key("single", "B", D(1), is_scored=False)}
        right = rules.theory_mark(dict.fromkeys(KEY, "A") | {101: "B"}, key)
        wrong = rules.theory_mark(dict.fromkeys(KEY, "A") | {101: "C"}, key)
        assert right == wrong == rules.TheoryMark(D("100.00"), 100, 0, 0)

    def test_people_mark_what_no_key_decides(self) -> None:
        key = {1: Key("short", "参考答案", D(5)), 2: Key("multiple", "ACD", D(2)), 3: Key("essay", "参考答案", D(10))}
        given = {1: "断电、验电、挂牌", 2: "ACD"}
        assert rules.theory_mark(given, key, {1: D("3.5")}) == rules.TheoryMark(D("5.50"), 1, 0, 1)
        with pytest.raises(rules.NotMarkedByHand, match="1"):
            rules.theory_mark(given, key)

    def test_ignores_what_the_paper_does_not_ask(self) -> None:
        assert rules.theory_mark({999: "A"}, KEY).value == 0


class TestPracticalMark:
    def test_is_the_mean_of_the_panel(self) -> None:
        mark = rules.practical_mark(sheets(("80", "70"), ("60", "90"), ("70", "80")))
        assert mark.per_examiner == {"e0": D(74), "e1": D(78), "e2": D(76)}
        assert mark.value == D("76.00")

    def test_rounds_once_at_the_end(self) -> None:
        # 59.995 exactly: rounding each examiner first would still give 60.00, cutting each would give 59.99.
        mark = rules.practical_mark(sheets(("59.995", "59.995"), ("59.995", "59.995"), ("59.995", "59.995")))
        assert mark.value == D("60.00")

    @pytest.mark.parametrize(
        ("third", "value", "passed"), [("59.95", "59.98", False), ("59.97", "59.99", False), ("60", "60.00", True)]
    )
    def test_both_sides_of_the_line(self, third: str, value: str, passed: bool) -> None:
        mark = rules.practical_mark(sheets(("60", "60"), ("60", "60"), (third, third)))
        assert mark.value == D(value)
        assert rules.is_passed(mark.value, D(60)) is passed

    def test_a_third_is_cut_at_two_places(self) -> None:
        assert rules.practical_mark(sheets(("70", "70"), ("70", "70"), ("71", "71"))).value == D("70.33")

    def test_two_thirds_go_up(self) -> None:
        assert rules.practical_mark(sheets(("70", "70"), ("71", "71"), ("71", "71"))).value == D("70.67")

    def test_a_zero_module_pulls_by_its_weight(self) -> None:
        assert rules.practical_mark(sheets(("100", "0"), ("100", "0"), ("100", "0"))).value == D("40.00")

    def test_weights_must_make_a_hundred(self) -> None:
        with pytest.raises(SheetsDoNotFit):
            rules.practical_mark(sheets(("80", "70"), weights=(40, 59)))

    def test_every_examiner_marks_every_module(self) -> None:
        with pytest.raises(SheetsDoNotFit):
            rules.practical_mark(sheets(("80", "70"), ("60", "90"))[:-1])

    def test_once_each(self) -> None:
        with pytest.raises(SheetsDoNotFit):
            rules.practical_mark([*sheets(("80", "70")), ModuleSheet("e0", "1", 40, D(80))])

    def test_nobody_gives_no_mean(self) -> None:
        with pytest.raises(SheetsDoNotFit):
            rules.practical_mark([])


class TestAfterBell:
    def test_a_written_part_loses_points(self) -> None:
        assert rules.after_bell(D(72), part="theory", points=D(10), percent=D(10)) == (D("62.00"), D("10.00"))

    def test_the_skill_part_loses_a_percentage(self) -> None:
        assert rules.after_bell(D("72.50"), part="skill", points=D(10), percent=D(10)) == (D("65.25"), D("7.25"))

    def test_never_below_zero(self) -> None:
        assert rules.after_bell(D(4), part="theory", points=D(10), percent=D(10)) == (D("0.00"), D("4.00"))

    @pytest.mark.parametrize(("mark", "passed"), [("69.99", False), ("70", True)])
    def test_may_cost_the_pass(self, mark: str, passed: bool) -> None:
        left, _off = rules.after_bell(D(mark), part="theory", points=D(10), percent=D(10))
        assert rules.is_passed(left, D(60)) is passed


class TestIsPassed:
    @pytest.mark.parametrize(
        ("mark", "passed"), [("59.99", False), ("59.999999", False), ("60", True), ("60.00", True), ("60.01", True)]
    )
    def test_as_it_stands(self, mark: str, passed: bool) -> None:
        assert rules.is_passed(D(mark), D(60)) is passed


def kept(mark: str, *, is_passed: bool = True) -> rules.KeptPart:
    return rules.KeptPart(D(mark), D(60), is_passed, "2025-06-01", "r-1")


class TestVerdict:
    lines = {"theory": D(60), "skill": D(60)}

    def test_each_part_by_itself(self) -> None:
        parts = rules.verdict({"theory": (D(60), "scored"), "skill": (D(60), "scored")}, {}, self.lines)
        assert rules.passes(parts)

    @pytest.mark.parametrize(("theory", "skill"), [("100", "59.99"), ("59.99", "100"), ("59", "61")])
    def test_none_makes_up_for_another(self, theory: str, skill: str) -> None:
        parts = rules.verdict({"theory": (D(theory), "scored"), "skill": (D(skill), "scored")}, {}, self.lines)
        assert not rules.passes(parts)

    @pytest.mark.parametrize("outcome", ["absent", "late", "barred"])
    def test_who_did_not_sit_did_not_pass(self, outcome: str) -> None:
        parts = rules.verdict({"theory": (D(0), outcome), "skill": (D(90), "scored")}, {}, self.lines)
        assert [part.is_passed for part in parts] == [False, True]

    def test_a_carried_part_comes_with_its_mark_and_its_day(self) -> None:
        parts = rules.verdict({"skill": (D(61), "scored")}, {"theory": kept("73.5")}, self.lines)
        assert rules.passes(parts)
        assert parts[0].as_json() == {
            "mark": "73.50",
            "pass_mark": "60.00",
            "outcome": "carried",
            "is_passed": True,
            "carried_from": "2025-06-01",
            "carried_result": "r-1",
        }

    def test_a_carried_part_is_held_to_the_line_of_its_own_day(self) -> None:
        parts = rules.verdict({}, {"theory": kept("73.5")}, {"theory": D(80)})
        assert (parts[0].pass_mark, rules.passes(parts)) == (D(60), True)

    def test_a_carried_part_that_was_corrected_below_the_line_no_longer_passes(self) -> None:
        parts = rules.verdict({"skill": (D(61), "scored")}, {"theory": kept("59.99", is_passed=False)}, self.lines)
        assert not rules.passes(parts)

    def test_a_part_sat_again_goes_before_the_one_carried(self) -> None:
        parts = rules.verdict({"theory": (D(50), "scored")}, {"theory": kept("73.5")}, {"theory": D(60)})
        assert not rules.passes(parts)

    def test_a_part_that_was_never_sat_is_missing(self) -> None:
        parts = rules.verdict({"theory": (D(80), "scored")}, {}, self.lines)
        assert not rules.passes(parts)

    def test_the_line_is_the_standards(self) -> None:
        assert not rules.passes(rules.verdict({"theory": (D(79), "scored")}, {}, {"theory": D(80)}))

    def test_no_parts_are_no_pass(self) -> None:
        assert not rules.passes([])


class TestKeptUntil:
    @pytest.mark.parametrize(
        ("passed_on", "months", "until"),
        [
            (date(2026, 4, 18), 12, date(2027, 4, 18)),
            (date(2026, 1, 31), 1, date(2026, 2, 28)),
            (date(2024, 2, 29), 12, date(2025, 2, 28)),
            (date(2026, 12, 31), 2, date(2027, 2, 28)),
            (date(2026, 11, 5), 24, date(2028, 11, 5)),
        ],
    )
    def test_the_same_day_or_the_months_last(self, passed_on: date, months: int, until: date) -> None:
        assert rules.kept_until(passed_on, months) == until


class TestBands:
    def test_every_mark_has_its_band(self) -> None:
        found = dict(rules.bands([D(0), D("9.99"), D(10), D("59.99"), D(60), D(100)]))
        assert (found["0–10"], found["10–20"], found["50–60"], found["60–70"], found["90–100"]) == (2, 1, 1, 1, 1)
        assert sum(found.values()) == 6
