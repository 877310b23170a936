"""Recovery: answers are drawn from known items, again and again, and the estimates must be about right and know it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from psychometrics import irt
from psychometrics.calibration import Calibration, Information, Kind, calibrate
from psychometrics.responses import Floats, scored
from tests.psychometrics.drawn import sat, steps, two

TRUTH = two(40, 60)
OPERATIONAL = TRUTH.take(np.arange(30))


def standardised(found: Calibration, truth: irt.Items) -> Floats:
    """Estimates of a and b less the truth in standard errors, of what was estimated."""
    away = np.column_stack([(found.items.a - truth.a) / found.a_errors, (found.items.b - truth.b) / found.b_errors])
    return np.asarray(away[np.isfinite(away)])


def repeated(once: Callable[[int], Floats], times: int) -> Floats:
    return np.concatenate([once(seed) for seed in range(times)])


def require_honest(away: Floats) -> None:
    """No bias beyond chance, errors of the size that they say, 95 % intervals that hold about 95 %.

    Of 60 repetitions the mean was 0.01, the root mean square 1.01, the intervals held 95 %; the mean of one repetition
    varies by 0.4, since its items share whoever sat.
    """
    assert abs(away.mean()) < 0.4
    assert 0.85 < np.sqrt((away**2).mean()) < 1.2
    assert 0.9 < (np.abs(away) < 1.96).mean() < 1


class TestTrialItems:
    """Kim (2006): operational items are fixed, trial items take what is missing, the groups are found on the way."""

    @pytest.mark.parametrize(("mean", "sd"), [(0.0, 1.0), (1.0, 0.7), (-0.8, 1.4)])
    def test_come_onto_the_scale_whoever_sits(self, mean: float, sd: float) -> None:
        def once(seed: int) -> Floats:
            found = calibrate(scored(sat(TRUTH, 1200, seed=seed, mean=mean, sd=sd)), fixed=OPERATIONAL)
            assert found.latent.means[0] == pytest.approx(mean, abs=4 * found.latent.mean_errors[0])
            assert found.latent.sds[0] == pytest.approx(sd, abs=4 * found.latent.sd_errors[0])
            return standardised(found, TRUTH)

        require_honest(repeated(once, 4))

    def test_seeded_into_papers_so_that_each_person_meets_two_of_ten(self) -> None:
        def once(seed: int) -> Floats:
            scores = sat(TRUTH, 4000, seed=100 + seed, mean=0.5)
            rng = np.random.default_rng(seed)
            met = np.argsort(rng.random((4000, 10)), axis=1)[:, :2]
            trial = np.full((4000, 10), np.nan, dtype=np.float32)
            np.put_along_axis(trial, met, np.take_along_axis(scores[:, 30:], met, axis=1), axis=1)
            scores[:, 30:] = trial
            return standardised(calibrate(scored(scores), fixed=OPERATIONAL), TRUTH)

        require_honest(repeated(once, 5))

    def test_in_groups_of_different_ability(self) -> None:
        groups = ["甲"] * 700 + ["乙"] * 700

        def once(seed: int) -> Floats:
            halves = [sat(TRUTH, 700, seed=200 + seed, mean=-0.7), sat(TRUTH, 700, seed=300 + seed, mean=0.7, sd=0.8)]
            found = calibrate(scored(np.concatenate(halves), groups=groups), fixed=OPERATIONAL)
            assert found.latent.groups == ("乙", "甲")
            assert np.abs((found.latent.means - [0.7, -0.7]) / found.latent.mean_errors).max() < 4
            return standardised(found, TRUTH)

        require_honest(repeated(once, 5))

    def test_without_the_groups_being_found_they_would_be_wrong(self) -> None:
        """What fixing is for: the same items calibrated alone come out on the scale of whoever sat."""
        scores = sat(TRUTH, 3000, seed=61, mean=1.0, sd=0.7)
        alone = calibrate(scored(scores[:, 30:]))
        linked = calibrate(scored(scores), fixed=OPERATIONAL)
        assert np.abs((linked.items.b - TRUTH.b)[30:]).mean() < 0.15
        assert np.abs(alone.items.b - TRUTH.b[30:]).mean() > 0.5

    def test_of_other_kinds_than_the_fixed_ones(self) -> None:
        truth = irt.joined([OPERATIONAL, steps("grm", 3, 4, 62), steps("gpcm", 3, 3, 63)])
        kinds = [Kind.TWO] * 30 + [Kind.GRADED] * 3 + [Kind.PARTIAL_CREDIT] * 3

        def once(seed: int) -> Floats:
            scores = sat(truth, 1500, seed=400 + seed, mean=0.4, sd=0.9)
            return standardised(calibrate(scored(scores, items=truth.names), kinds, fixed=OPERATIONAL), truth)

        require_honest(repeated(once, 5))


class TestOrderedCategories:
    @pytest.mark.parametrize("kind", [Kind.GRADED, Kind.PARTIAL_CREDIT])
    def test_of_five(self, kind: Kind) -> None:
        truth = steps(kind.value, 8, 5, 64)

        def once(seed: int) -> Floats:
            return standardised(calibrate(scored(sat(truth, 1500, seed=500 + seed)), kind), truth)

        require_honest(repeated(once, 4))


def test_three_parameters_get_nearer_with_more_persons() -> None:
    plain = two(30, 65)
    truth = irt.logistic(plain.b[:, 0], plain.a, 0.2)
    away = []
    for persons in (800, 3200, 12800):
        found = calibrate(scored(sat(truth, persons, seed=66)), Kind.THREE, information=Information.NONE)
        away.append(np.sqrt(((found.items.b - truth.b) ** 2).mean()))
    # Four times the persons would halve the errors of b, but for what the prior of c holds.
    assert away[0] > 1.3 * away[1] > 1.3**2 * away[2]
