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
    parts = [0] * len(shares)
    left = total
    while left:
        open_ = [i for i in range(len(shares)) if parts[i] < limits[i]]
        whole = sum(Fraction(shares[i]) for i in open_)
        exact = {i: Fraction(left) * (Fraction(shares[i]) / whole if whole else Fraction(1, len(open_))) for i in open_}
        given = {i: min(int(exact[i]), limits[i] - parts[i]) for i in open_}
        if not any(given.values()):
            by_remainder = sorted(open_, key=lambda i: (-exact[i], i))
            given = dict.fromkeys(by_remainder[:left], 1)
        for i, count in given.items():
            parts[i] += count
        left -= sum(given.values())
    return parts
