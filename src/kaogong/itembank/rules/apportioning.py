"""Whole numbers in fair shares: the largest-remainder method, with upper bounds."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction


class CannotApportion(ValueError):
    """The bounds together are smaller than the total."""


def apportion(shares: Sequence[int | Fraction], total: int, *, bounds: Sequence[int] | None = None) -> list[int]:
    """Split `total` in proportion to `shares` into whole numbers that sum to it exactly.

    Each gets the whole part of its exact share, what is left goes to the largest remainders (the earlier first when
    equal); nobody gets more than its bound, and what a bound cuts off is shared among the others.
    Source: Hamilton's (largest remainder) method. Raises CannotApportion when the bounds leave no room.
    """
    limits = list(bounds) if bounds is not None else [total] * len(shares)
    if sum(limits) < total:
        raise CannotApportion(f"{total} into {limits}")
    fixed: dict[int, int] = {}
    while True:
        exact = _exact(shares, total - sum(fixed.values()), [i for i in range(len(shares)) if i not in fixed])
        over = {i: limits[i] for i, share in exact.items() if share > limits[i]}
        if not over:
            break
        fixed |= over
    parts = {i: int(share) for i, share in exact.items()} | fixed
    by_remainder = sorted(exact, key=lambda i: (parts[i] - exact[i], i))
    while left := total - sum(parts.values()):
        for i in [i for i in by_remainder if parts[i] < limits[i]][:left]:
            parts[i] += 1
    return [parts[i] for i in range(len(shares))]


def _exact(shares: Sequence[int | Fraction], total: int, open_: Sequence[int]) -> dict[int, Fraction]:
    """The exact share of each open place; even shares when all are zero."""
    whole = sum((Fraction(shares[i]) for i in open_), Fraction(0))
    return {i: Fraction(total) * (Fraction(shares[i]) / whole if whole else Fraction(1, len(open_))) for i in open_}
