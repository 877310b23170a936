from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from psychometrics.agreement import Form, Weights, intraclass, kappa, kappa_of_table
from psychometrics.errors import TooFew, UnreadableFile, WrongShape, WrongValue
from psychometrics.sheets import read_sheet

NAN = float("nan")
# Six targets, four judges (Shrout & Fleiss 1979, table 2).
SHROUT_FLEISS = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]
# Two psychiatrists' diagnoses, in per cent of 200, and the weight of each disagreement (Cohen 1968).
COHEN = np.array([[44, 7, 9], [5, 20, 5], [1, 3, 6]]) * 2
COHEN_WEIGHTS = [[0, 1, 3], [1, 0, 6], [3, 6, 0]]


class TestIntraclass:
    @pytest.mark.parametrize(
        ("form", "single", "average"),
        [
            (Form.ONE_WAY, (0.17, -0.13, 0.72), (0.44, -0.88, 0.91)),
            (Form.AGREEMENT, (0.29, 0.02, 0.76), (0.62, 0.07, 0.93)),
            (Form.CONSISTENCY, (0.71, 0.34, 0.95), (0.91, 0.68, 0.99)),
        ],
    )
    def test_published_figures(
        self, form: Form, single: tuple[float, float, float], average: tuple[float, float, float]
    ) -> None:
        found = intraclass(SHROUT_FLEISS, form)
        assert (found.single.estimate, found.single.low, found.single.high) == pytest.approx(single, abs=0.005)
        assert (found.average.estimate, found.average.low, found.average.high) == pytest.approx(average, abs=0.005)

    def test_published_variance(self) -> None:
        """Mean squares 11.24 between targets, 32.49 between judges, 1.02 left, 6.26 within."""
        found, plain = intraclass(SHROUT_FLEISS, Form.AGREEMENT), intraclass(SHROUT_FLEISS, Form.ONE_WAY)
        assert found.variance_error == pytest.approx(1.02, abs=0.005)
        assert 4 * found.variance_targets + found.variance_error == pytest.approx(11.24, abs=0.005)
        assert 6 * found.variance_raters + found.variance_error == pytest.approx(32.49, abs=0.005)
        assert plain.variance_error == pytest.approx(6.26, abs=0.005)
        assert found.error == pytest.approx(np.sqrt(found.variance_raters + found.variance_error))
        assert intraclass(SHROUT_FLEISS, Form.CONSISTENCY).error == pytest.approx(np.sqrt(found.variance_error))

    def test_one_ways_f_is_that_of_an_analysis_of_variance(self) -> None:
        found, oracle = intraclass(SHROUT_FLEISS, Form.ONE_WAY), stats.f_oneway(*SHROUT_FLEISS)
        assert (found.f, found.p) == pytest.approx((oracle.statistic, oracle.pvalue))

    def test_the_average_of_consistent_raters_is_alpha(self) -> None:
        marks = np.array(SHROUT_FLEISS, dtype=float)
        alpha = 4 / 3 * (1 - marks.var(axis=0, ddof=1).sum() / marks.sum(axis=1).var(ddof=1))
        assert intraclass(marks, Form.CONSISTENCY).average.estimate == pytest.approx(alpha)

    @given(
        marks=arrays(np.int64, (6, 3), elements=st.integers(0, 20)),
        severity=arrays(np.int64, 3, elements=st.integers(-9, 9)),
    )
    def test_severity_counts_for_agreement_alone(self, marks: np.ndarray, severity: np.ndarray) -> None:  # type: ignore[type-arg]
        plain, moved = (intraclass(each, Form.CONSISTENCY) for each in (marks, marks + severity))
        assert moved.single.estimate == pytest.approx(plain.single.estimate, nan_ok=True)
        assert intraclass(marks, Form.AGREEMENT).variance_error == pytest.approx(plain.variance_error)

    @given(marks=arrays(np.int64, (5, 3), elements=st.integers(0, 20)))
    def test_an_estimate_lies_within_its_interval_and_below_one(self, marks: np.ndarray) -> None:  # type: ignore[type-arg]
        for form in Form:
            found = intraclass(marks, form)
            for each in (found.single, found.average):
                if not np.isnan([each.estimate, each.low, each.high]).any():
                    assert each.low - 1e-9 <= each.estimate <= each.high + 1e-9 <= 1 + 2e-9

    @pytest.mark.parametrize("form", list(Form))
    def test_intervals_cover_the_truth_as_often_as_they_say(self, form: Form) -> None:
        rng, covered = np.random.default_rng(5), 0
        raters = 0.0 if form is Form.ONE_WAY else 0.5
        truth = {Form.ONE_WAY: 1 / 2, Form.AGREEMENT: 1 / 2.25, Form.CONSISTENCY: 1 / 2}[form]
        for _ in range(400):
            marks = rng.normal(0, 1, (20, 1)) + rng.normal(0, raters, 4) + rng.normal(0, 1, (20, 4))
            single = intraclass(marks, form, confidence=0.9).single
            covered += single.low <= truth <= single.high
        assert 0.86 <= covered / 400 <= 0.94

    def test_with_unequal_numbers_of_marks_one_way_still_finds_the_truth(self) -> None:
        rng = np.random.default_rng(6)
        marks = rng.normal(0, 2, (3000, 1)) + rng.normal(0, 1, (3000, 4))
        marks[rng.random(marks.shape) < 0.3] = NAN
        found = intraclass(marks, Form.ONE_WAY)
        assert found.single.estimate == pytest.approx(0.8, abs=0.02)
        assert found.n_targets + found.n_left_out == 3000
        assert 2 < found.n_raters < 4

    def test_targets_that_lack_a_mark_are_left_out_and_counted(self) -> None:
        holed = [*SHROUT_FLEISS, [5, NAN, 5, 5]]
        assert intraclass(holed).single == intraclass(SHROUT_FLEISS).single
        assert intraclass(holed).n_left_out == 1

    @pytest.mark.parametrize("form", list(Form))
    def test_whole_agreement_is_one_and_no_difference_at_all_is_nothing(self, form: Form) -> None:
        whole = intraclass([[1, 1], [2, 2], [4, 4]], form)
        assert (whole.single.estimate, whole.single.low, whole.average.high) == pytest.approx((1, 1, 1))
        assert np.isnan(intraclass([[3, 3], [3, 3]], form).single.estimate)

    def test_what_cannot_be_reckoned_is_named(self) -> None:
        with pytest.raises(WrongShape):
            intraclass([1, 2, 3])
        with pytest.raises(TooFew):
            intraclass([[1, 2], [NAN, 2]])
        with pytest.raises(TooFew):
            intraclass([[1], [2]], Form.CONSISTENCY)
        with pytest.raises(WrongValue):
            intraclass([[1, float("inf")], [2, 2]])
        with pytest.raises(WrongValue):
            intraclass(SHROUT_FLEISS, confidence=95)


class TestKappa:
    def test_published_figures(self) -> None:
        assert kappa_of_table(COHEN, weights=Weights.NONE).estimate == pytest.approx(0.492, abs=5e-4)
        assert kappa_of_table(COHEN, weights=COHEN_WEIGHTS).estimate == pytest.approx(0.348, abs=5e-4)

    def test_published_errors(self) -> None:
        """Fleiss (1981), table 13.1: 100 subjects, kappa .676, error .088, under no agreement .076."""
        found = kappa_of_table([[75, 1, 4], [5, 4, 1], [0, 0, 10]], weights=Weights.NONE)
        assert found.estimate == pytest.approx(0.676, abs=5e-4)
        assert found.error == pytest.approx(0.088, abs=5e-4)
        assert found.null_error == pytest.approx(0.076, abs=5e-4)

    @pytest.mark.parametrize("weights", [*Weights, COHEN_WEIGHTS])
    def test_the_error_is_the_delta_methods(self, weights: Weights | list[list[int]]) -> None:
        """Multinomial shares, the gradient by differences."""
        share, n, step = COHEN / COHEN.sum(), COHEN.sum(), 1e-5
        found = kappa_of_table(COHEN, weights=weights)
        slope = np.zeros_like(share)
        for place in np.ndindex(3, 3):
            moved = [share.copy(), share.copy()]
            for sign, each in zip((1, -1), moved, strict=True):
                each[place] += sign * step
            up, down = (kappa_of_table(each * n, weights=weights).estimate for each in moved)
            slope[place] = (up - down) / (2 * step)
        variance = ((share * slope**2).sum() - (share * slope).sum() ** 2) / n
        assert found.error == pytest.approx(np.sqrt(variance), rel=1e-5)

    @given(
        first=st.lists(st.integers(1, 4), min_size=12, max_size=12),
        second=st.lists(st.integers(1, 4), min_size=12, max_size=12),
    )
    def test_quadratic_kappa_is_an_intraclass_correlation(self, first: list[int], second: list[int]) -> None:
        """With variances over n it is the concordance of the two raters (Fleiss & Cohen 1973; Lin 1989)."""
        one, other = np.array(first), np.array(second)
        below = one.var() + other.var() + (one.mean() - other.mean()) ** 2
        names = [str(each) for each in range(1, 5)]
        found = kappa(list(map(str, first)), list(map(str, second)), categories=names).estimate
        assert found == pytest.approx(
            2 * np.cov(one, other, bias=True)[0, 1] / below if below > 0 else NAN, nan_ok=True, abs=1e-12
        )

    def test_two_categories_leave_no_near_miss(self) -> None:
        found = [kappa_of_table([[20, 5], [10, 15]], weights=each).estimate for each in Weights]
        assert found == pytest.approx([0.4] * 3)

    def test_blanks_are_left_out_and_counted(self) -> None:
        found = kappa(["a", "b", "", "b"], ["a", "b", "a", "a"], categories=["a", "b"])
        assert (found.n, found.n_left_out) == (3, 1)
        assert found.estimate == pytest.approx(0.4)

    def test_one_category_for_all_tells_nothing(self) -> None:
        found = kappa(["a", "a"], ["a", "a"], categories=["a", "b"])
        assert np.isnan([found.estimate, found.error, found.p]).all()
        assert found.observed == 1

    def test_what_cannot_be_reckoned_is_named(self) -> None:
        with pytest.raises(WrongValue):
            kappa(["a"], ["c"], categories=["a", "b"])
        with pytest.raises(WrongShape):
            kappa(["a"], ["a", "b"], categories=["a", "b"])
        with pytest.raises(WrongShape):
            kappa_of_table([[1, 2, 3], [4, 5, 6]])
        with pytest.raises(WrongShape):
            kappa_of_table([[1, 2], [4, 5]], weights=COHEN_WEIGHTS)
        with pytest.raises(WrongValue):
            kappa_of_table([[1, 2], [4, 5]], weights=[[1, 0], [0, 1]])
        with pytest.raises(TooFew):
            kappa_of_table([[0, 0], [0, 0]])
        with pytest.raises(WrongValue):
            kappa_of_table(COHEN, confidence=95)


def command(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "psychometrics", *map(str, arguments)], capture_output=True, text=True, check=False
    )


class TestCommands:
    def test_icc(self, tmp_path: Path) -> None:
        file = tmp_path / "marks.csv"
        lines = [f"t{place},{','.join(map(str, row))}" for place, row in enumerate(SHROUT_FLEISS)]
        file.write_text("\n".join(["target,甲,乙,丙,丁", *lines]), encoding="utf-8")
        found = json.loads(command("icc", file, "--json").stdout)["reliability"]
        assert [each["estimate"] for each in found] == pytest.approx([0.17, 0.44, 0.29, 0.62, 0.71, 0.91], abs=0.005)

    def test_kappa(self, tmp_path: Path) -> None:
        file = tmp_path / "grades.csv"
        file.write_text("甲,乙\n" + "10,10\n9,9\n9,10\n10,\n", encoding="utf-8")
        found = json.loads(command("kappa", file, "--json").stdout)
        assert found["mean"] == found["pairs"][0]["kappa"] == pytest.approx(0.4)
        assert found["pairs"][0]["targets"] == 3


class TestSheets:
    def test_a_cell_that_is_no_number_is_named_with_its_line(self, tmp_path: Path) -> None:
        file = tmp_path / "marks.csv"
        file.write_text("甲,乙\n1,2\n3,四\n", encoding="utf-8")
        with pytest.raises(UnreadableFile, match="line 3, 乙"):
            read_sheet(file).numbers(["甲", "乙"])

    def test_rows_of_another_length_twice_named_columns_and_missing_ones_are_refused(self, tmp_path: Path) -> None:
        file = tmp_path / "marks.csv"
        for text in ("a,b\n1,2\n3\n", "a,a\n1,2\n", "a,b\n"):
            file.write_text(text, encoding="utf-8")
            with pytest.raises(UnreadableFile):
                read_sheet(file)
        file.write_text("a,b\n1,-\n", encoding="utf-8")
        with pytest.raises(UnreadableFile, match="no column 'c'"):
            read_sheet(file).texts("c")
        with pytest.raises(UnreadableFile):
            read_sheet(file).besides("a", "b")
        assert np.isnan(read_sheet(file).numbers(["b"])).all()
