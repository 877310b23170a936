from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from psychometrics import irt
from psychometrics.equating import Linking, drift, link
from psychometrics.equating.linking import robust_z
from psychometrics.errors import TooFew, WrongShape
from tests.psychometrics.kolen_brennan import ITEMS_X, ITEMS_Y, items

NAN = float("nan")


def mixed() -> irt.Items:
    return irt.joined(
        [
            irt.logistic([-1.0, 0.5, 1.2], [1.2, 0.7, 1.0], [0.0, 0.2, 0.1], names=["one", "two", "three"]),
            irt.graded([1.1], [[-1.0, 0.0, 1.5]], names=["graded"]),
            irt.partial_credit([0.9], [[0.3, -0.2]], names=["credit"]),
        ]
    )


class TestPublishedFigures:
    """Weeks (2010), plink, section 4.1, on Kolen & Brennan (2004), table 6.5."""

    @pytest.mark.parametrize(
        ("method", "slope", "shift"),
        [
            (Linking.MEAN_MEAN, 1.217266, -0.557155),
            (Linking.MEAN_SIGMA, 1.168892, -0.515543),
            (Linking.HAEBARA, 1.112133, -0.465667),
            (Linking.STOCKING_LORD, 1.119231, -0.485545),
        ],
    )
    def test_forty_equal_weights_from_minus_four_to_four(self, method: Linking, slope: float, shift: float) -> None:
        even = irt.Quadrature(np.linspace(-4, 4, 40), np.full(40, 1 / 40))
        found = link(items(ITEMS_X, "x"), items(ITEMS_Y, "y"), method, population=even)
        assert (found.slope, found.shift) == (pytest.approx(slope, abs=2e-6), pytest.approx(shift, abs=2e-6))
        assert len(found.anchors) == 12

    @pytest.mark.parametrize(
        ("method", "slope", "shift"),
        [(Linking.HAEBARA, 1.088233, -0.504619), (Linking.STOCKING_LORD, 1.109529, -0.519901)],
    )
    def test_symmetric_with_thirty_normal_weights(self, method: Linking, slope: float, shift: float) -> None:
        nodes = np.linspace(-4, 4, 30)
        weights = np.exp(-(nodes**2) / 2)
        normal = irt.Quadrature(nodes, weights / weights.sum())
        found = link(items(ITEMS_X, "x"), items(ITEMS_Y, "y"), method, population=normal, symmetric=True)
        assert (found.slope, found.shift) == (pytest.approx(slope, abs=2e-6), pytest.approx(shift, abs=2e-6))

    def test_the_item_that_the_book_leaves_out_is_dropped(self) -> None:
        """Kolen & Brennan set item 27 aside as an outlier; 21 is beyond the robust limit as well."""
        found = drift(items(ITEMS_X, "x"), items(ITEMS_Y, "y"))
        assert not found.is_kept[found.names.index("c27")]
        assert found.is_kept.sum() >= 10
        assert found.link.anchors == tuple(np.array(found.names)[found.is_kept])


class TestAgainstAnotherProgram:
    @pytest.mark.parametrize(
        ("method", "name"), [(Linking.HAEBARA, "haebara"), (Linking.STOCKING_LORD, "stocking_lord")]
    )
    def test_constants_are_those_of_mirt(self, method: Linking, name: str) -> None:
        import mirt

        new, old = items(ITEMS_X, "x"), items(ITEMS_Y, "y")
        models = [mirt.ThreeParameterLogistic(36) for _ in range(2)]
        for model, own in zip(models, (old, new), strict=True):
            model.set_parameters(discrimination=own.a, difficulty=own.b[:, 0], guessing=own.c)
        shared = list(range(2, 36, 3))
        nodes = np.linspace(-4, 4, 61)
        weights = np.exp(-(nodes**2) / 2)
        other = mirt.link(*models, shared, shared, name, compute_diagnostics=False).constants
        found = link(new, old, method, population=irt.Quadrature(nodes, weights / weights.sum()))
        assert (found.slope, found.shift) == (pytest.approx(other.A, abs=1e-6), pytest.approx(other.B, abs=1e-6))


class TestLink:
    @settings(max_examples=30, deadline=None)
    @given(slope=st.floats(0.5, 2), shift=st.floats(-1.5, 1.5), method=st.sampled_from(list(Linking)))
    def test_a_turned_scale_is_turned_back(self, slope: float, shift: float, method: Linking) -> None:
        old = mixed()
        found = link(old.on_scale(1 / slope, -shift / slope), old, method)
        assert (found.slope, found.shift) == (pytest.approx(slope, rel=1e-5), pytest.approx(shift, abs=1e-5))
        assert found.turned(old.on_scale(1 / slope, -shift / slope)).b == pytest.approx(old.b, abs=1e-4, nan_ok=True)

    def test_only_common_items_tell(self) -> None:
        old = mixed()
        new = irt.joined([old.on_scale(2.0, 0.3), irt.logistic([9.0], names=["new"])])
        assert link(new, irt.joined([irt.logistic([-9.0], names=["old"]), old])).slope == pytest.approx(0.5)

    def test_the_curve_methods_stand_noise_better_than_moments(self) -> None:
        rng = np.random.default_rng(1)
        apart: dict[Linking, list[float]] = {method: [] for method in Linking}
        for _ in range(20):
            truth = irt.logistic(rng.normal(0, 1, 15), rng.lognormal(0, 0.2, 15), 0.2)
            noisy = irt.logistic(truth.b[:, 0] + rng.normal(0, 0.15, 15), truth.a * rng.lognormal(0, 0.15, 15), 0.2)
            for method in Linking:
                made = link(noisy.on_scale(1 / 1.2, -0.5 / 1.2), truth, method)
                apart[method].append(abs(made.slope - 1.2) + abs(made.shift - 0.5))
        assert np.mean(apart[Linking.STOCKING_LORD]) < np.mean(apart[Linking.MEAN_SIGMA])
        assert np.mean(apart[Linking.HAEBARA]) < np.mean(apart[Linking.MEAN_SIGMA])
        assert np.mean(apart[Linking.STOCKING_LORD]) < 0.15

    @pytest.mark.parametrize(
        ("make", "error"),
        [
            (lambda: link(mixed(), irt.logistic([0.0])), TooFew),
            (lambda: link(mixed(), irt.logistic([0.0], names=["graded"])), WrongShape),
            (lambda: link(irt.logistic([0.0]), irt.logistic([1.0]), Linking.MEAN_SIGMA), TooFew),
            (lambda: drift(irt.logistic([0.0, 1.0]), irt.logistic([1.0, 2.0])), TooFew),
        ],
    )
    def test_what_cannot_be_linked_is_refused_by_name(self, make: Callable[[], object], error: type[Exception]) -> None:
        with pytest.raises(error):
            make()


class TestDrift:
    @staticmethod
    def calibrated() -> tuple[irt.Items, irt.Items]:
        """Twenty anchors with errors of estimation; the fourth has leaked."""
        rng = np.random.default_rng(2)
        old = irt.logistic(rng.normal(0, 1, 20), rng.lognormal(0, 0.2, 20))
        b = old.b[:, 0] + rng.normal(0, 0.08, 20)
        b[3] -= 1.0
        return irt.logistic(b, old.a * rng.lognormal(0, 0.05, 20)).on_scale(0.8, -0.2), old

    def test_the_leaked_item_is_dropped_and_the_link_is_right(self) -> None:
        new, old = self.calibrated()
        found = drift(new, old)
        assert np.flatnonzero(~found.is_kept).tolist() == [3]
        assert found.z_moved[3] < -2.7
        assert found.moved[3] == pytest.approx(-1, abs=0.2)
        assert abs(found.link.slope - 1.25) < abs(link(new, old).slope - 1.25) + 0.02
        assert found.link.shift == pytest.approx(0.25, abs=0.06)

    def test_a_cautious_limit_drops_no_fewer_and_small_moves_are_kept_when_told(self) -> None:
        new, old = self.calibrated()
        assert drift(new, old, limit=1.645).is_kept.sum() <= drift(new, old).is_kept.sum()
        assert drift(new, old, limit=1.645, least=0.3).is_kept.sum() == 19

    def test_robust_z_is_its_formula(self) -> None:
        values = np.array([0.1, -0.2, 0.3, 0.0, 2.0])
        assert robust_z(values) == pytest.approx((values - 0.1) / (0.74 * 0.3))

    def test_where_most_moved_alike_only_the_others_stand_out(self) -> None:
        assert robust_z(np.array([1.0, 1.0, 1.0, 1.0, 2.0])).tolist() == [0, 0, 0, 0, np.inf]
