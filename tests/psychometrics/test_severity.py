from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import pytest
from mirt.estimation import fit_mfrm
from mirt.models import Facet, PolytomousMFRM

from psychometrics.agreement import Ratings, Severity, Steps, ratings, severity
from psychometrics.errors import Disconnected, NotConverged, TooFew, WrongShape, WrongValue
from psychometrics.responses import Floats

# Counts of the patterns 00000, 00001, …, 11111 (Bock & Lieberman 1970).
LSAT6 = "3 6 2 11 1 1 3 4 1 8 0 16 0 3 2 15 10 29 14 81 3 28 15 80 16 56 21 173 11 61 28 298"
LSAT7 = "12 19 1 7 3 19 3 17 10 5 3 7 7 23 8 28 7 39 11 34 14 51 15 90 6 25 7 35 18 136 32 308"


def lsat(counts: str) -> tuple[list[str], list[str], Floats]:
    """A thousand persons on five items as columns: person, item, score."""
    patterns = (np.arange(32)[:, None] >> np.arange(4, -1, -1)) & 1
    table = np.repeat(patterns, [int(each) for each in counts.split()], axis=0)
    persons = [f"p{row:04d}" for row in range(len(table)) for _ in range(5)]
    return persons, [f"i{column}" for _ in range(len(table)) for column in range(5)], table.ravel().astype(float)


@dataclass(frozen=True)
class Simulated:
    """Ratings whose truth is known: everybody is rated by `each` of the examiners on all tasks."""

    ratings: Ratings
    ability: Floats
    severity: Floats


def simulated(
    persons: int,
    examiners: int,
    *,
    seed: int,
    each: int = 2,
    most: int = 4,
    tasks: int = 2,
    binomial: bool = False,
    erratic: tuple[int, ...] = (),
) -> Simulated:
    rng = np.random.default_rng(seed)
    ability, severe = rng.normal(0.3, 1.2, persons), rng.normal(0, 0.6, examiners)
    severe -= severe.mean()
    difficulty = np.linspace(-0.4, 0.4, tasks)
    k = np.arange(1, most + 1)
    steps = np.log(k / (most - k + 1)) if binomial else np.linspace(-1, 1, most)
    rows = [
        (who, task, whom)
        for who in range(persons)
        for whom in rng.choice(examiners, each, replace=False)
        for task in range(tasks)
    ]
    who, what, whom = np.array(rows).T
    height = (ability[who] - difficulty[what] - severe[whom])[:, None] * np.arange(most + 1)
    height -= np.concatenate([[0], steps.cumsum()])
    chance = np.exp(height - height.max(axis=1, keepdims=True))
    chance /= chance.sum(axis=1, keepdims=True)
    chance[np.isin(whom, erratic)] = 1 / (most + 1)
    score = (rng.random((len(who), 1)) > chance.cumsum(axis=1)[:, :-1]).sum(axis=1)
    names = [[f"{letter}{place:04d}" for place in column] for letter, column in (("p", who), ("e", whom), ("t", what))]
    return Simulated(ratings(names[0], names[1], score, tasks=names[2], maxima=most), ability, severe)


class TestPublishedFigures:
    """With one task and five "examiners" the model is Rasch's, of which the values are known (1PL: a is the sd)."""

    @pytest.mark.parametrize(
        ("counts", "sd", "d", "log_likelihood"),
        [
            (LSAT6, 0.755, [2.730, 0.999, 0.240, 1.306, 2.099], -2466.938),
            (LSAT7, 1.011, [1.868, 0.791, 1.461, 0.522, 1.993], -2664.901),
        ],
    )
    @pytest.mark.parametrize("steps", list(Steps))
    def test_rasch(self, counts: str, sd: float, d: list[float], log_likelihood: float, steps: Steps) -> None:
        found = severity(ratings(*lsat(counts)), steps=steps)
        assert found.mean - found.examiners.measure == pytest.approx(d, abs=6e-4)
        assert found.sd == pytest.approx(sd, abs=6e-4)
        assert found.log_likelihood == pytest.approx(log_likelihood, abs=6e-4)
        assert found.n_parameters == 6
        assert found.steps.tolist() == [[0.0]]

    def test_tasks_take_the_same_part_and_equal_examiners_are_found_equal(self) -> None:
        persons, items, scores = lsat(LSAT6)
        examiners = [
            "甲" if (int(who[1:]) + int(what[1:])) % 2 else "乙" for who, what in zip(persons, items, strict=True)
        ]
        found = severity(ratings(persons, examiners, scores, tasks=items))
        assert found.mean - found.tasks.measure == pytest.approx([2.730, 0.999, 0.240, 1.306, 2.099], abs=0.01)
        assert found.p > 0.05
        assert np.abs(found.examiners.measure / found.examiners.error).max() < 2

    def test_infit_and_outfit_of_data_that_fit_are_one(self) -> None:
        found = severity(ratings(*lsat(LSAT6))).examiners
        assert found.infit == pytest.approx(np.ones(5), abs=0.01)
        assert found.outfit == pytest.approx(np.ones(5), abs=0.02)


class TestLikelihood:
    """The likelihood written down here, apart from the package's: Gauss and Hermite, person by person."""

    @staticmethod
    def log_likelihood(given: Ratings, at: Floats) -> float:
        points, weights = np.polynomial.hermite_e.hermegauss(61)
        mean, log_sd, one, free, steps = at[0], at[1], at[2], at[3:5], at[5:7]
        severe, difficulty = np.array([*free, -free.sum()]), np.array([one, -one])
        climbed = np.concatenate([[0], np.array([*steps, -steps.sum()]).cumsum()])
        theta = mean + np.exp(log_sd) * points
        ahead = theta - (difficulty[given.task] + severe[given.examiner])[:, None]
        height = ahead[:, :, None] * np.arange(4) - climbed
        chance = np.exp(height) / np.exp(height).sum(axis=2, keepdims=True)
        own = np.log(np.take_along_axis(chance, given.score[:, None, None], axis=2)[:, :, 0])
        total = np.zeros((len(given.persons), points.size))
        np.add.at(total, given.person, own)
        return float(np.log(np.exp(total) @ (weights / weights.sum())).sum())

    def test_the_estimate_is_its_top_and_the_errors_its_curvature(self) -> None:
        given = simulated(70, 3, seed=4, most=3).ratings
        found = severity(given)
        at = np.array(
            [found.mean, np.log(found.sd), found.tasks.measure[0], *found.examiners.measure[:2], *found.steps[0, :2]]
        )
        assert found.log_likelihood == pytest.approx(self.log_likelihood(given, at), abs=1e-4)
        step, units = 1e-3, np.eye(7) * 1e-3
        slope = [
            (self.log_likelihood(given, at + unit) - self.log_likelihood(given, at - unit)) / (2 * step)
            for unit in units
        ]
        hessian = np.array(
            [
                [
                    sum(s * t * self.log_likelihood(given, at + s * one + t * other) for s in (1, -1) for t in (1, -1))
                    for one in units
                ]
                for other in units
            ]
        ) / (4 * step**2)
        covariance = np.linalg.inv(-hessian)
        errors = np.sqrt(np.diag(covariance))
        assert np.abs(slope * errors).max() < 0.01
        assert [found.mean_error, found.tasks.error[0], *found.examiners.error[:2]] == pytest.approx(
            errors[[0, 2, 3, 4]], rel=1e-3
        )
        assert found.step_errors[0, :2] == pytest.approx(errors[5:], rel=1e-3)
        last = np.array([0, 0, 0, -1, -1, 0, 0])
        assert found.examiners.error[2] == pytest.approx(np.sqrt(last @ covariance @ last), rel=1e-3)


class TestOracle:
    """PyPI's mirt fits the same model by code of its own; items are our tasks, whose mean is free there."""

    @pytest.mark.parametrize(
        ("steps", "structure"), [(Steps.SHARED, "rating_scale"), (Steps.BY_TASK, "partial_credit")]
    )
    def test_mirt_finds_the_same(self, steps: Steps, structure: Literal["rating_scale", "partial_credit"]) -> None:
        given = simulated(200, 8, seed=14, tasks=3).ratings
        points = np.full((200, 6), np.nan)
        items, raters = np.zeros((200, 6), dtype=int), np.zeros((200, 6), dtype=int)
        place = (given.person, np.arange(given.n) % 6)
        points[place], items[place], raters[place] = given.score, given.task, given.examiner
        model = PolytomousMFRM(3, 5, [Facet("rater", 8)], structure)
        oracle, found = fit_mfrm(model, points, {"rater": raters}, item_indices=items), severity(given, steps=steps)
        assert found.log_likelihood == pytest.approx(oracle.log_likelihood, abs=1e-4)
        assert found.n_parameters == oracle.n_parameters
        assert found.examiners.measure == pytest.approx(oracle.facet_parameters["rater"], abs=1e-3)
        assert found.examiners.error == pytest.approx(oracle.facet_se["rater"], rel=1e-3)
        assert found.examiners.infit == pytest.approx(oracle.infit["rater"], abs=1e-3)
        assert found.examiners.outfit == pytest.approx(oracle.outfit["rater"], abs=1e-3)
        assert found.tasks.measure - found.mean == pytest.approx(oracle.item_difficulty, abs=1e-3)
        assert found.persons.ability - found.mean == pytest.approx(oracle.theta, abs=1e-3)
        assert found.persons.error == pytest.approx(oracle.theta_se, abs=1e-3)


class TestRecovery:
    def test_severities_come_back_from_a_sparse_design_with_errors_that_hold(self) -> None:
        away, slopes = [], []
        for seed in range(4):
            truth = simulated(300, 15, seed=seed)
            found = severity(truth.ratings)
            away.append((found.examiners.measure - truth.severity) / found.examiners.error)
            slopes.append(np.polyfit(truth.severity, found.examiners.measure, 1)[0])
            assert found.p < 1e-6
        assert np.std(away) == pytest.approx(1, abs=0.25)
        assert np.mean(slopes) == pytest.approx(1, abs=0.06)

    def test_whoever_marks_at_random_stands_out_and_nobody_else(self) -> None:
        found = severity(simulated(400, 12, seed=8, erratic=(3,)).ratings).examiners
        others = np.arange(12) != 3
        assert found.outfit[3] > 1.5 > found.outfit[others].max()
        assert found.outfit_t[3] > 3
        assert found.infit_t[3] > 3

    def test_fair_marks_know_ability_better_than_points_do(self) -> None:
        truth = simulated(400, 10, seed=9)
        found = severity(truth.ratings).persons
        points = np.bincount(truth.ratings.person, truth.ratings.score)
        fair, plain = (np.corrcoef(each, truth.ability)[0, 1] for each in (found.fair, points))
        assert fair > plain + 0.01
        assert ((found.ability - truth.ability) / found.error).std() == pytest.approx(1, abs=0.1)

    def test_many_points_as_trials_need_finer_nodes_and_get_them(self) -> None:
        truth = simulated(200, 8, seed=10, most=40, binomial=True)
        found = severity(truth.ratings, steps=Steps.BINOMIAL)
        away = (found.examiners.measure - truth.severity) / found.examiners.error
        assert np.abs(away).max() < 3.5
        assert found.sd == pytest.approx(truth.ability.std(), abs=0.1)
        assert np.corrcoef(found.persons.ability, truth.ability)[0, 1] > 0.97

    def test_a_scale_for_each_task_and_one_for_all_agree_where_they_are_one(self) -> None:
        truth = simulated(600, 6, seed=11)
        one, each = (severity(truth.ratings, steps=steps) for steps in (Steps.SHARED, Steps.BY_TASK))
        assert each.examiners.measure == pytest.approx(one.examiners.measure, abs=0.05)
        assert each.n_parameters == one.n_parameters + 3
        assert 0 <= 2 * (each.log_likelihood - one.log_likelihood) < 16

    def test_robust_errors_hold_for_marks_that_spread_more_than_trials_do(self) -> None:
        rng, away = np.random.default_rng(12), {True: [], False: []}
        severe = np.linspace(-0.3, 0.3, 6)
        for _ in range(10):
            who = np.repeat(np.arange(150), 2)
            whom = np.concatenate([rng.choice(6, 2, replace=False) for _ in range(150)])
            height = rng.normal(0.5, 0.8, 150)[who] - severe[whom] + rng.normal(0, 0.6, 300)
            marks = rng.binomial(20, 1 / (1 + np.exp(-height)))
            given = ratings(list(map(str, who)), list(map(str, whom)), marks, maxima=20)
            for robust, seen in away.items():
                found = severity(given, steps=Steps.BINOMIAL, robust=robust).examiners
                seen.append(found.measure / found.error - severe / found.error)
        assert np.std(away[True]) == pytest.approx(1, abs=0.25)
        assert np.std(away[False]) > 1.3

    def test_progress_is_told(self) -> None:
        told: list[tuple[int, int]] = []
        severity(simulated(60, 3, seed=1).ratings, progress=lambda done, total: told.append((done, total)))
        assert told[0] == (1, 500)


class TestRefusals:
    def test_examiners_whom_nobody_links_are_named(self) -> None:
        persons = ["p1", "p1", "p2", "p2", "p3", "p3", "p4", "p4"]
        examiners, scores = ["甲", "乙", "甲", "乙", "丙", "丁", "丙", "丁"], [0, 1, 1, 0, 0, 1, 1, 0]
        apart = ratings(persons, examiners, scores)
        with pytest.raises(Disconnected, match=r"丁, 丙|甲, 乙|丙, 丁|乙, 甲"):
            severity(apart)
        ratings([*persons, "p3"], [*examiners, "甲"], [*scores, 1]).require_connected()

    def test_an_examiner_and_a_task_that_always_go_together_cannot_be_told_apart(self) -> None:
        confounded = ratings(
            ["p1", "p1", "p2", "p2"], ["甲", "乙", "甲", "乙"], [0, 1, 1, 0], tasks=["one", "two", "one", "two"]
        )
        with pytest.raises(Disconnected):
            severity(confounded)

    def test_who_gave_nothing_but_the_most_is_left_out_and_the_others_stay(self) -> None:
        truth = simulated(100, 4, seed=2)
        given = truth.ratings
        rows = [[name, "generous", given.maxima[0], given.tasks[0]] for name in given.persons[:20]]
        found = severity(
            ratings(
                [*(given.persons[each] for each in given.person), *(row[0] for row in rows)],
                [*(given.examiners[each] for each in given.examiner), *(row[1] for row in rows)],
                [*given.score, *(row[2] for row in rows)],
                tasks=[*(given.tasks[each] for each in given.task), *(row[3] for row in rows)],
            )
        )
        assert found.n_left_out == len(rows) > 0
        assert np.isnan([found.examiners.measure[-1], found.examiners.error[-1], found.examiners.outfit[-1]]).all()
        assert found.examiners.measure[:-1] == pytest.approx(severity(given).examiners.measure, abs=1e-3)

    def test_what_cannot_be_reckoned_is_named(self) -> None:
        with pytest.raises(TooFew):
            severity(ratings(["p1", "p2"], ["甲", "甲"], [0, 1]))
        with pytest.raises(TooFew):
            severity(ratings(["p1", "p2"], ["甲", "乙"], [0, 0]))
        with pytest.raises(TooFew):
            ratings(["p1"], ["甲"], [float("nan")])
        with pytest.raises(WrongShape):
            ratings(["p1"], ["甲", "乙"], [1])
        with pytest.raises(WrongShape):
            ratings(["p1"], ["甲"], [1], maxima=[1, 2])
        for bad in ([0.5, 1], [-1, 1], [9, 1]):
            with pytest.raises(WrongValue):
                ratings(["p1", "p2"], ["甲", "乙"], bad, maxima=5)
        with pytest.raises(WrongValue):
            ratings(["p1", "p1"], ["甲", "甲"], [0, 1])
        with pytest.raises(WrongValue):
            ratings(["p1", "p2"], ["甲", "乙"], [0, 0], maxima=0)
        with pytest.raises(WrongValue, match="nobody was given 1"):
            severity(ratings(["p1", "p1", "p2", "p2"], ["甲", "乙", "甲", "乙"], [0, 2, 2, 0]))

    def test_persons_who_do_not_differ_give_no_scale(self) -> None:
        persons = [f"p{each}" for each in range(20) for _ in range(2)]
        with pytest.raises(NotConverged):
            severity(ratings(persons, ["甲", "乙"] * 20, [0, 1, 1, 0] * 10))

    def test_a_blank_is_no_rating(self) -> None:
        assert ratings(["p1", "p2"], ["甲", "甲"], [float("nan"), 1]).n == 1


class TestCommand:
    def test_it_reports_what_the_function_finds(self, tmp_path: Path) -> None:
        given = simulated(80, 4, seed=3).ratings
        columns = zip(given.person, given.task, given.examiner, given.score, strict=True)
        lines = [
            f"{given.persons[who]},{given.tasks[what]},{given.examiners[whom]},{score}"
            for who, what, whom, score in columns
        ]
        file = tmp_path / "ratings.csv"
        file.write_text("\n".join(["person,task,examiner,score", *lines]), encoding="utf-8")
        done = subprocess.run(
            [sys.executable, "-m", "psychometrics", "severity", str(file), "--most", "4", "--persons", "--json"],
            capture_output=True,
            text=True,
            check=True,
        )
        printed, found = json.loads(done.stdout), severity(given)
        assert [each["measure"] for each in printed["examiners"]] == pytest.approx(found.examiners.measure.tolist())
        assert [each["fair"] for each in printed["persons"]] == pytest.approx(found.persons.fair.tolist())
        assert len(printed["steps"]) == 8
        assert printed["separation"] == pytest.approx(found.separation)


def test_measures_of_one_kind_sum_to_nothing() -> None:
    found: Severity = severity(simulated(100, 5, seed=6).ratings)
    assert [found.examiners.measure.sum(), found.tasks.measure.sum(), found.steps[0].sum()] == pytest.approx([0, 0, 0])
