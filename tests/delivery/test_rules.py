"""What happens in a room, judged without a database."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from kaogong.delivery import rules
from kaogong.delivery.rules import Criterion, Entry
from tests.support.delivery import START

HALF = Decimal("0.5")
CRITERIA = [Criterion("1", Decimal(10)), Criterion("2", Decimal("7.5"))]


def entry(sequence: int, position: int, answer: str) -> Entry:
    return Entry(sequence, position, answer, START)


class TestPersonalEnd:
    def test_is_ones_own_minutes_from_the_start(self) -> None:
        end = rules.personal_end(START, minutes=90, wave_ends_at=START + timedelta(minutes=120))
        assert end == START + timedelta(minutes=90)

    def test_never_passes_the_waves_end(self) -> None:
        wave_end = START + timedelta(minutes=90)
        assert rules.personal_end(START + timedelta(minutes=20), minutes=90, wave_ends_at=wave_end) == wave_end


class TestIsLate:
    @pytest.mark.parametrize(
        ("seconds", "late"), [(-60, False), (0, False), (29 * 60, False), (30 * 60, False), (30 * 60 + 1, True)]
    )
    def test_counts_from_the_start(self, seconds: int, late: bool) -> None:
        assert rules.is_late(START + timedelta(seconds=seconds), starts_at=START, minutes=30) is late


class TestHighestContiguous:
    @pytest.mark.parametrize(
        ("arrived", "highest"),
        [([], 0), ([1], 1), ([2], 0), ([1, 2, 3], 3), ([3, 1, 2], 3), ([1, 2, 4], 2), ([1, 1, 2, 2], 2)],
    )
    def test_stops_at_the_first_gap(self, arrived: list[int], highest: int) -> None:
        assert rules.highest_contiguous(arrived) == highest


class TestFinalAnswers:
    def test_the_last_arrival_wins(self) -> None:
        assert rules.final_answers([(1, 5, "A"), (2, 5, "B")]) == {5: "B"}

    def test_whatever_order_the_rows_are_read_in(self) -> None:
        assert rules.final_answers([(2, 5, "B"), (1, 5, "A")]) == {5: "B"}

    def test_an_empty_answer_takes_back(self) -> None:
        assert rules.final_answers([(1, 5, "A"), (2, 5, ""), (3, 6, "T")]) == {6: "T"}

    def test_nothing_gives_nothing(self) -> None:
        assert rules.final_answers([]) == {}


class TestContested:
    def test_names_places_that_two_machines_changed(self) -> None:
        assert rules.contested([("m1", 5, "A"), ("m1", 6, "B")], "m2", [entry(1, 5, "C"), entry(2, 6, "B")]) == [5]

    def test_a_machine_does_not_contest_itself(self) -> None:
        assert rules.contested([("m1", 5, "A")], "m1", [entry(2, 5, "C")]) == []


class TestPresentation:
    places = [(n, "single" if n <= 80 else "truefalse") for n in range(1, 101)]

    def test_shows_every_question_once(self) -> None:
        assert sorted(rules.presentation(self.places, seed="x")) == list(range(1, 101))

    def test_keeps_the_types_in_the_papers_order(self) -> None:
        shown = rules.presentation(self.places, seed="x")
        assert set(shown[:80]) == set(range(1, 81))

    def test_is_the_same_after_a_reload(self) -> None:
        assert rules.presentation(self.places, seed="x") == rules.presentation(
            list(reversed(self.places))[::-1], seed="x"
        )

    def test_differs_between_candidates(self) -> None:
        assert rules.presentation(self.places, seed="x") != rules.presentation(self.places, seed="y")

    def test_mixes(self) -> None:
        assert rules.presentation(self.places, seed="x") != list(range(1, 101))


class TestIsAnswer:
    @pytest.mark.parametrize(
        ("kind", "answer", "is_one"),
        [
            ("single", "", True),
            ("single", "D", True),
            ("single", "E", False),
            ("single", "AB", False),
            ("single", "T", False),
            ("truefalse", "F", True),
            ("truefalse", "A", False),
            ("multiple", "B", True),
            ("multiple", "ABD", True),
            ("multiple", "BA", False),
            ("multiple", "AA", False),
            ("multiple", "AE", False),
            ("fillin", "220\n36", True),
            ("fillin", "220\n", True),
            ("fillin", "220", False),
            ("fillin", "1\n2\n3", False),
            ("fillin", "\n ", False),
            ("fillin", "220\n123456789", False),
            ("fillin", "22\x000\n1", False),
            ("short", "先断电。\n再验电。", True),
            ("short", "字" * 20, True),
            ("short", "字" * 21, False),
            ("short", "  \n", False),
            ("essay", "半个字\ud83d", False),
            ("case", "制表\t与换行\n", True),
            ("calculation", "铃\x07", False),
            ("unheard of", "A", True),
        ],
    )
    def test_judges_by_type(self, kind: str, answer: str, is_one: bool) -> None:
        limits = rules.AnswerLimits(gap=8, text=20)
        assert rules.is_answer(answer, kind, options=4, gaps=2, limits=limits) is is_one


class TestDraw:
    def test_is_the_same_for_the_same_seed(self) -> None:
        assert rules.draw(["1-1", "1-2", "1-3"], seed=7, module="1") == rules.draw(
            ["1-3", "1-1", "1-2"], seed=7, module="1"
        )

    def test_reaches_every_task(self) -> None:
        assert {rules.draw(["a", "b", "c"], seed=seed, module="1") for seed in range(60)} == {"a", "b", "c"}

    def test_modules_are_drawn_apart(self) -> None:
        tasks = [str(number) for number in range(20)]
        assert len({rules.draw(tasks, seed=7, module=str(module)) for module in range(10)}) > 1

    def test_needs_a_task(self) -> None:
        with pytest.raises(ValueError, match="no task"):
            rules.draw([], seed=1, module="1")


class TestSheetFaults:
    def test_a_right_sheet_has_none(self) -> None:
        assert rules.sheet_faults(CRITERIA, {"1": Decimal("9.5"), "2": Decimal("7.5")}, step=HALF) == {}

    @pytest.mark.parametrize(
        ("mark", "reason"),
        [
            ("10.5", "range"),
            ("-0.5", "range"),
            ("9.25", "step"),
            ("NaN", "range"),
            ("Infinity", "range"),
            ("10", None),
            ("0", None),
        ],
    )
    def test_holds_each_row_to_its_range_and_step(self, mark: str, reason: str | None) -> None:
        faults = rules.sheet_faults(CRITERIA, {"1": Decimal(mark), "2": Decimal(0)}, step=HALF)
        assert faults == ({} if reason is None else {"1": reason})

    def test_every_row_must_be_marked(self) -> None:
        assert rules.sheet_faults(CRITERIA, {"1": Decimal(1)}, step=HALF) == {"2": "missing"}

    def test_no_row_of_another_task(self) -> None:
        marks = {"1": Decimal(1), "2": Decimal(1), "9": Decimal(1)}
        assert rules.sheet_faults(CRITERIA, marks, step=HALF) == {"9": "unknown"}


class TestSheetTotal:
    def test_sums(self) -> None:
        assert rules.sheet_total({"1": Decimal("9.5"), "2": Decimal(7)}, safety_violation=False) == Decimal("16.50")

    def test_a_breach_of_safety_is_zero(self) -> None:
        assert rules.sheet_total({"1": Decimal("9.5")}, safety_violation=True) == Decimal("0.00")


class TestTailFits:
    masked = "320***********123X"

    @pytest.mark.parametrize("typed", ["123X", "123x", " 123X "])
    def test_forgives_case_and_blanks(self, typed: str) -> None:
        assert rules.tail_fits(self.masked, typed)

    @pytest.mark.parametrize("typed", ["", "X", "23X", "1234", "0123X", "****"])
    def test_refuses_the_rest(self, typed: str) -> None:
        assert not rules.tail_fits(self.masked, typed)

    def test_a_number_without_stars_fits_nothing(self) -> None:
        assert not rules.tail_fits("1234", "1234")


class TestDecimal:
    @pytest.mark.parametrize(("text", "number"), [("7.5", "7.5"), (" 8 ", "8"), (9, "9")])
    def test_reads_numbers(self, text: object, number: str) -> None:
        assert rules.decimal(text) == Decimal(number)

    @pytest.mark.parametrize("text", ["", "x", "nan", "inf", None])
    def test_reads_nothing_else(self, text: object) -> None:
        assert rules.decimal(text) is None


def test_room_codes_have_six_digits() -> None:
    assert rules.code_from_digest("k1:" + "0" * 64) == "000000"
    assert len(rules.code_from_digest("k1:" + "f" * 64)) == 6


def test_every_incident_by_hand_is_a_breach_or_plain() -> None:
    assert not set(rules.BREACHES) & set(rules.PLAIN_INCIDENTS)
    assert {"device_changed", "two_devices", "late"}.isdisjoint({*rules.BREACHES, *rules.PLAIN_INCIDENTS})
