"""Recovery: known parameters, a wrong key and an unfair item are found again from simulated answers."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from kaogong.calibration.rules.analysing import LIVE, TRIAL, Answers, Findings, Settings, analyse
from kaogong.calibration.rules.information import curve_of
from psychometrics import irt
from psychometrics.classical import Thresholds
from psychometrics.fairness import Fewest
from psychometrics.responses import scored

SETTINGS = Settings(
    one=200,
    two=500,
    thresholds={"single": Thresholds(), "truefalse": Thresholds(hardest=0.5)},
    fewest=Fewest(200, 500),
    drift=2.7,
    founders=50,
    anchors=20,
    anchor_percent=20,
)
OPERATIONAL, TRIED = 60, 8
PERSONS = 3000


def sure(value: float | None) -> float:
    """A number that must be there."""
    assert value is not None
    return value


@pytest.fixture(scope="module")
def truth() -> irt.Items:
    rng = np.random.default_rng(20261124)
    count = OPERATIONAL + TRIED
    a, b = rng.lognormal(0.0, 0.25, count), rng.normal(0.0, 1.0, count)
    return irt.logistic(b, a, names=[f"q{place}" for place in range(count)])


@pytest.fixture(scope="module")
def answers(truth: irt.Items) -> Answers:
    """Persons abler than the scale's origin; each saw half of the trial items. q66 is unfair to women, q67 miskeyed."""
    rng = np.random.default_rng(7)
    theta = rng.normal(0.6, 0.9, PERSONS)
    sex = rng.permutation(np.repeat(["1", "2"], PERSONS // 2))
    points = irt.simulated(truth, theta, rng=rng).astype(np.float64)
    harder = irt.logistic([float(truth.b[66, 0]) + 1.0], [float(truth.a[66])])
    points[sex == "2", 66] = irt.simulated(harder, theta[sex == "2"], rng=rng)[:, 0]
    points[:, 67] = 1 - points[:, 67]
    points[:, OPERATIONAL:][rng.random((PERSONS, TRIED)) < 0.5] = np.nan
    given = scored(points, maxima=1.0, items=truth.names)
    is_trial = np.arange(truth.n) >= OPERATIONAL
    region = tuple(rng.permutation(np.repeat(["3201", "3205"], PERSONS // 2)))
    return Answers(given, ("single",) * truth.n, is_trial, {"sex": tuple(sex), "region": region})


@pytest.fixture(scope="module")
def found(answers: Answers, truth: irt.Items) -> Findings:
    return analyse(answers, TRIAL, truth.take(np.arange(OPERATIONAL)), SETTINGS)


class TestTrial:
    def test_tells_of_the_trial_items_alone(self, found: Findings) -> None:
        assert [each.name for each in found.items] == [f"q{place}" for place in range(60, 68)]
        assert all(1300 < each.cases < 1700 for each in found.items)
        assert all(each.exposure == each.cases / PERSONS for each in found.items)
        assert found.report["fixed"] == OPERATIONAL

    def test_recovers_their_difficulty_on_the_banks_scale(self, found: Findings, truth: irt.Items) -> None:
        for place in range(60, 66):  # neither the unfair nor the miskeyed one
            each = found.items[place - 60]
            assert each.model == "2pl"
            assert each.b == pytest.approx(float(truth.b[place, 0]), abs=max(4 * sure(each.se_b), 0.1))
            assert sure(each.se_b) < 0.25
            assert each.a == pytest.approx(float(truth.a[place]), rel=0.3)
        assert found.report["mean"] == pytest.approx(0.6, abs=0.06)
        assert found.report["sd"] == pytest.approx(0.9, abs=0.06)

    def test_the_unfair_one_is_class_c_by_sex_and_no_other_by_anything(self, found: Findings) -> None:
        classes = {
            (each.name, row["by"]): row["class"] for each in found.items for row in each.dif if row["class"] == "C"
        }
        assert classes == {("q66", "sex"): "C"}
        (row,) = [row for row in found.items[6].dif if row["by"] == "sex"]
        assert (float(str(row["delta"])) < 0) == (row["focal"] == "2")

    def test_the_wrong_key_tells_backwards(self, found: Findings) -> None:
        bad = found.items[7]
        assert sure(bad.r) < 0
        assert {"poor", "flat"} <= set(bad.flags)
        assert sure(bad.a) < 0.3  # the prior keeps it above 0; its b means nothing, and the error says so
        assert sure(bad.se_b) > 0.5
        assert not [each for each in found.items[:6] if "poor" in each.flags]

    def test_too_few_answers_leave_counts_and_a_note_but_no_parameters(
        self, answers: Answers, truth: irt.Items
    ) -> None:
        few = replace(
            answers,
            responses=answers.responses.of_persons(np.arange(150)),
            groups={by: labels[:150] for by, labels in answers.groups.items()},
        )
        found = analyse(few, TRIAL, truth.take(np.arange(OPERATIONAL)), SETTINGS)
        assert all(each.p is not None and each.b is None and each.model == "" for each in found.items)
        assert "few" in found.report["notes"]
        assert any(str(note).startswith("dif sex") for note in found.report["notes"])


@pytest.fixture(scope="module")
def told(answers: Answers, truth: irt.Items) -> tuple[Findings, Findings]:
    """A run over both languages and one over Chinese alone. The last thousand sat in Uyghur; there q60 is much harder,
    and hardly anybody finds q61's right option."""
    chinese = PERSONS - 1000
    points = answers.responses.scores.copy()
    rng = np.random.default_rng(3)
    points[chinese:, 60] *= rng.random(1000) < 0.4
    points[chinese:, 61] *= rng.random(1000) < 0.05
    groups = {"language": ("zh-hans",) * chinese + ("ug",) * 1000}
    both = replace(
        answers,
        responses=scored(points, maxima=1.0, items=truth.names),
        groups=groups,
        days=(date(2026, 5, 1),) * chinese + (date(2026, 5, 2),) * 1000,
    )
    alone = replace(answers, responses=scored(points[:chinese], maxima=1.0, items=truth.names), groups={}, days=())
    known = truth.take(np.arange(OPERATIONAL))
    return analyse(both, TRIAL, known, SETTINGS), analyse(alone, TRIAL, known, SETTINGS)


class TestLanguages:
    def test_what_is_learnt_is_of_the_answers_in_chinese(self, told: tuple[Findings, Findings]) -> None:
        both, alone = told
        assert [
            (each.name, each.cases, each.p, each.r, each.a, each.b, each.se_b, each.flags) for each in both.items
        ] == [(each.name, each.cases, each.p, each.r, each.a, each.b, each.se_b, each.flags) for each in alone.items]

    def test_yet_all_who_met_an_item_expose_it(self, told: tuple[Findings, Findings], answers: Answers) -> None:
        met = answers.responses.is_present[:, OPERATIONAL:].mean(axis=0)
        assert [each.exposure for each in told[0].items] == pytest.approx(met.tolist())
        assert all(each.uses == 2 for each in told[0].items)

    def test_the_items_that_changed_in_translation_are_found_and_no_other(
        self, told: tuple[Findings, Findings]
    ) -> None:
        rows = {each.name: row for each in told[0].items for row in each.dif if row["class"] == "C"}
        assert set(rows) == {"q60", "q61"}
        assert all(
            (row["by"], row["reference"], row["focal"]) == ("language", "zh-hans", "ug") for row in rows.values()
        )

    def test_a_language_that_most_sat_in_is_still_compared_with_chinese(self, answers: Answers) -> None:
        spoken = ("zh-hans",) * 1000 + ("ug",) * (PERSONS - 1000)
        found = analyse(replace(answers, groups={"language": spoken}), TRIAL, None, SETTINGS)
        assert {row["reference"] for each in found.items for row in each.dif} == {"zh-hans"}


class TestWithoutAScale:
    def test_the_first_run_founds_it_for_all_items(self, answers: Answers, truth: irt.Items) -> None:
        found = analyse(answers, TRIAL, None, SETTINGS)
        assert found.report["founds_scale"] is True
        assert len(found.items) == truth.n
        wanted = (truth.b[:OPERATIONAL, 0] - 0.6) / 0.9
        got = np.array([sure(each.b) for each in found.items[:OPERATIONAL]])
        assert np.sqrt(np.mean((got - wanted) ** 2)) < 0.12

    def test_too_few_items_found_none(self, answers: Answers) -> None:
        few = replace(
            answers,
            responses=answers.responses.of_items(np.arange(49)),
            types=answers.types[:49],
            is_trial=answers.is_trial[:49],
        )
        found = analyse(few, TRIAL, None, SETTINGS)
        assert found.report["founds_scale"] is False
        assert found.report["notes"][0] == "founders 49 50"
        assert all(each.b is None for each in found.items)


class TestTooFewCommonItems:
    def test_give_no_parameters_to_the_trial_items_and_say_how_many_are_missing(
        self, answers: Answers, truth: irt.Items
    ) -> None:
        found = analyse(answers, TRIAL, truth.take(np.arange(11)), SETTINGS)
        assert found.report["notes"][0] == "anchors 11 12"  # a fifth of the sixty in use is fewer than twenty
        assert all(each.b is None and each.p is not None for each in found.items)
        assert analyse(answers, TRIAL, truth.take(np.arange(12)), SETTINGS).items[0].b is not None

    def test_leave_a_live_run_without_parameters(self, answers: Answers, truth: irt.Items) -> None:
        found = analyse(answers, LIVE, truth.take(np.arange(2, 10)), SETTINGS)
        assert any(str(note).startswith(("anchors", "link")) for note in found.report["notes"])
        assert all(each.b is None and each.drift is None for each in found.items)


class TestLive:
    def test_an_item_that_became_easier_drifts_and_the_rest_stay_on_the_scale(
        self, answers: Answers, truth: irt.Items
    ) -> None:
        then = irt.logistic(truth.b[:, 0] + np.eye(truth.n)[3] * 1.2, truth.a, names=truth.names)
        found = analyse(answers, LIVE, then.take(np.arange(OPERATIONAL)), SETTINGS)
        assert len(found.items) == OPERATIONAL
        beyond = [each.name for each in found.items if abs(sure(each.drift)) > SETTINGS.drift]
        assert sure(found.items[3].drift) < -SETTINGS.drift
        assert len(beyond) <= 4, beyond
        kept = [place for place in range(OPERATIONAL) if place != 3]
        error = np.array([sure(found.items[place].b) for place in kept]) - truth.b[kept, 0]
        assert np.sqrt(np.mean(error**2)) < 0.12


class TestTwoSeasons:
    def test_the_leaked_items_drift_and_no_other_from_the_first_season_to_the_second(self, truth: irt.Items) -> None:
        """Season one founds the scale; a year later abler people sit the same bank, of which two items leaked."""
        use, leaked = truth.take(np.arange(OPERATIONAL)), (7, 31)
        later = irt.logistic(use.b[:, 0] - 1.2 * np.isin(np.arange(OPERATIONAL), leaked), use.a, names=use.names)

        def season(items: irt.Items, mean: float, seed: int) -> Answers:
            rng = np.random.default_rng(seed)
            points = irt.simulated(items, rng.normal(mean, 1.0, PERSONS), rng=rng).astype(np.float64)
            return Answers(
                scored(points, maxima=1.0, items=items.names),
                ("single",) * OPERATIONAL,
                np.zeros(OPERATIONAL, dtype=bool),
                {},
            )

        first = analyse(season(use, 0.0, 41), LIVE, None, SETTINGS)
        assert first.report["founds_scale"] is True
        known = irt.logistic(
            [sure(each.b) for each in first.items],
            [sure(each.a) for each in first.items],
            names=[each.name for each in first.items],
        )
        second = analyse(season(later, 0.5, 42), LIVE, known, SETTINGS)
        beyond = {each.name for each in second.items if abs(sure(each.drift)) > SETTINGS.drift}
        assert {"q7", "q31"} <= beyond
        assert len(beyond) <= 4, beyond  # z beyond 2.7 by chance: about one in a hundred and forty
        assert all(sure(second.items[place].drift) < -SETTINGS.drift for place in leaked)
        assert second.report["mean"] == pytest.approx(0.5, abs=0.1)  # who came is abler; the items did not move


class TestInformation:
    def test_the_cut_is_where_sixty_of_a_hundred_are_expected(self) -> None:
        items = irt.logistic([-1.0, 0.0, 1.0], [1.0, 1.2, 0.8])
        curve = curve_of(items, 100)
        assert curve.cut is not None
        assert irt.right(items, [curve.cut]).mean() == pytest.approx(0.6)
        assert curve.at_cut == pytest.approx(float(irt.information(items, [curve.cut]).mean()) * 100)
        assert curve.sem == pytest.approx(sure(curve.at_cut) ** -0.5)

    def test_a_bank_that_anybody_can_guess_has_no_cut(self) -> None:
        assert curve_of(irt.logistic([0.0], c=0.7), 10).cut is None
