"""Serials and ranges: how they are printed, counted, joined and taken. Pure.

A range is (first, end): the end is not in it, as the database keeps it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

Range = tuple[int, int]


def printed(prefix: str, width: int, serial: int) -> str:
    """The serial as it stands on the paper: prefix and zero-padded digits, such as `A0000001`."""
    return f"{prefix}{serial:0{width}d}"


def size(serials: Range) -> int:
    """How many serials a range holds."""
    return max(0, serials[1] - serials[0])


def joined(ranges: Iterable[Range]) -> list[Range]:
    """The same serials in as few ranges as can be, in order. Ranges must not overlap; empty ones vanish."""
    found: list[Range] = []
    for first, end in sorted(each for each in ranges if size(each)):
        if found and found[-1][1] == first:
            found[-1] = (found[-1][0], end)
        else:
            found.append((first, end))
    return found


def without(serials: Range, taken: Range) -> list[Range]:
    """What is left of a range when `taken`, which lies within, is cut out: none, one or two ranges."""
    if not (serials[0] <= taken[0] <= taken[1] <= serials[1]):
        raise ValueError(f"{taken} is not within {serials}")
    return [each for each in ((serials[0], taken[0]), (taken[1], serials[1])) if size(each)]


@dataclass(frozen=True, slots=True)
class Stretch:
    """A range in stock, and the series it is of; `order` says which series is used up first."""

    order: int
    first: int
    end: int


def lowest(stock: Sequence[Stretch], count: int) -> list[Stretch]:
    """The `count` lowest serials of a stock, by series and serial, skipping none; fewer when the stock holds fewer."""
    found: list[Stretch] = []
    for stretch in sorted(stock, key=lambda each: (each.order, each.first)):
        if count <= 0:
            break
        end = min(stretch.end, stretch.first + count)
        found.append(Stretch(stretch.order, stretch.first, end))
        count -= end - stretch.first
    return found


def wording(prefix: str, width: int, serials: Range) -> str:
    """A range in words: `A0000001–A0000312`, or the one serial when it holds one."""
    first, last = serials[0], serials[1] - 1
    if first == last:
        return printed(prefix, width, first)
    return f"{printed(prefix, width, first)}–{printed(prefix, width, last)}"


def taken_since(stock: Sequence[Range], *, counted: int, lowest: int | None) -> tuple[list[Range], str]:
    """Which serials were taken from a stock, lowest first, when `counted` are left and the first of these is `lowest`.

    Returns (ranges taken, ""), or ([], the reason) when that cannot be: more than the ledger knows, or another first.
    """
    surplus = sum(size(each) for each in stock) - counted
    if surplus < 0:
        return [], f"台账库存只有 {surplus + counted} 本"
    gone: list[Range] = []
    rest: list[Range] = []
    for first, end in sorted(stock):
        cut = min(end, first + surplus)
        surplus -= cut - first
        gone.append((first, cut))
        rest.append((cut, end))
    expected = next((first for first, end in rest if first < end), None)
    if lowest != expected:
        return [], "按从小号用起，架上应从另一流水码开始" if expected is not None else "架上应已没有空白证书"
    return [each for each in gone if size(each)], ""
