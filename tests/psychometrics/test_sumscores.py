from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from scipy.stats import binom

from psychometrics import irt, sumscores
from psychometrics.errors import WrongShape, WrongValue

ABILITIES = np.array([-1.5, 0.0, 2.0])


def mixed() -> irt.Items:
    return irt.joined(
        [
            irt.logistic([-1.0, 0.5, 0.2], [1.2, 0.7, 1.0], [0.0, 0.2, 0.1], names=["one", "two", "three"]),
            irt.graded([1.1], [[-1.0, 0.0, 1.5]], names=["graded"]),
            irt.partial_credit([0.9], [[0.3, -0.2]], names=["credit"]),
        ]
    )


class TestDistribution:
    @pytest.mark.parametrize("points", [1, [1, 2, 1, 3, 1]])
    def test_is_that_of_counting_every_pattern(self, points: object) -> None:
        items = mixed()
        steps = sumscores.units(items, points)  # type: ignore[arg-type]
        chance = irt.probabilities(items, ABILITIES)
        wanted = np.zeros((3, int(items.maxima @ steps) + 1))
        for pattern in product(*(range(int(count)) for count in items.n_categories)):
            wanted[:, int(np.dot(pattern, steps))] += np.prod(
                [chance[:, place, score] for place, score in enumerate(pattern)], axis=0
            )
        assert sumscores.distribution(items, ABILITIES, steps) == pytest.approx(wanted)

    def test_of_equal_items_is_binomial(self) -> None:
        items = irt.logistic(np.zeros(40))
        wanted = binom.pmf(np.arange(41), 40, irt.right(items, ABILITIES)[:, :1])
        assert sumscores.distribution(items, ABILITIES) == pytest.approx(wanted)

    def test_without_each_item_is_the_distribution_of_the_others(self) -> None:
        items, steps = mixed(), np.array([1, 2, 1, 3, 1])
        found = sumscores.without_each(items, ABILITIES, steps)
        for place in range(items.n):
            others = np.delete(np.arange(items.n), place)
            wanted = sumscores.distribution(items.take(others), ABILITIES, steps[others])
            assert found[place, :, : wanted.shape[1]] == pytest.approx(wanted)
            assert found[place, :, wanted.shape[1] :].max(initial=0.0) == 0


class TestAbility:
    def test_the_expected_sum_comes_back(self) -> None:
        items = mixed()
        sums = np.arange(9)
        found = sumscores.ability_at(items, sums)
        assert np.isnan(found[0])
        assert found[-1] == np.inf
        assert sumscores.expected(items, found[1:-1]) == pytest.approx(sums[1:-1])

    def test_ends_are_infinite_and_what_is_beyond_is_none(self) -> None:
        found = sumscores.ability_at(irt.logistic([0.0, 0.0], c=[0.25, 0.25]), [0.4, 0.5, 2, 2.1])
        assert found.tolist() == pytest.approx([np.nan, -np.inf, np.inf, np.nan], nan_ok=True)


class TestUnits:
    @pytest.mark.parametrize(("points", "error"), [([1, 2], WrongShape), (0.5, WrongValue), (0, WrongValue)])
    def test_what_is_no_unit_is_refused(self, points: object, error: type[Exception]) -> None:
        with pytest.raises(error):
            sumscores.distribution(mixed(), ABILITIES, points)  # type: ignore[arg-type]
