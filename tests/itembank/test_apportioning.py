"""Whole numbers in fair shares."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaogong.itembank.rules.apportioning import CannotApportion, apportion


class TestApportion:
    def test_exact_shares_stay_exact(self) -> None:
        assert apportion([5, 20, 35, 25, 15], 100) == [5, 20, 35, 25, 15]

    def test_the_largest_remainder_gets_what_is_left(self) -> None:
        assert apportion([1, 1, 1], 100) == [34, 33, 33]
        assert apportion([50, 30, 20], 9) == [4, 3, 2]

    def test_a_bound_passes_the_rest_on(self) -> None:
        assert apportion([80, 20], 10, bounds=[3, 10]) == [3, 7]

    def test_shares_of_nothing_are_even(self) -> None:
        assert apportion([0, 0], 4) == [2, 2]

    def test_no_room(self) -> None:
        with pytest.raises(CannotApportion):
            apportion([1, 1], 5, bounds=[2, 2])

    @given(st.lists(st.integers(0, 50), min_size=1, max_size=8), st.integers(0, 200), st.data())
    def test_sums_exactly_within_bounds(self, shares: list[int], total: int, data: st.DataObject) -> None:
        bounds = data.draw(st.lists(st.integers(0, 100), min_size=len(shares), max_size=len(shares)))
        total = min(total, sum(bounds))
        parts = apportion(shares, total, bounds=bounds)
        assert sum(parts) == total
        assert all(0 <= part <= bound for part, bound in zip(parts, bounds, strict=True))

    @given(st.lists(st.integers(1, 50), min_size=1, max_size=8), st.integers(0, 200))
    def test_without_bounds_nobody_is_off_by_one_or_more(self, shares: list[int], total: int) -> None:
        parts = apportion(shares, total)
        assert all(abs(part - total * share / sum(shares)) < 1 for part, share in zip(parts, shares, strict=True))
