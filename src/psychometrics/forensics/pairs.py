"""Which two papers are compared: those of neighbours, of a room, of a sitting."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from psychometrics.errors import TooFew, WrongShape, WrongValue
from psychometrics.responses import Flags, Indices

SIDE = 1024
"""Persons along each side of a block of comparisons."""


def pairs(given: ArrayLike, n_persons: int) -> Indices:
    """Pairs of rows, (pairs, 2), checked. Raises WrongShape, WrongValue (nobody's row, a person with himself)."""
    found = np.asarray(given, dtype=np.intp)
    if found.ndim != 2 or found.shape[1] != 2:
        raise WrongShape("pairs are two columns of rows")
    if found.size and (found.min() < 0 or found.max() >= n_persons):
        raise WrongValue(f"a pair points outside of {n_persons} persons")
    if np.any(found[:, 0] == found[:, 1]):
        raise WrongValue("nobody is compared with himself")
    return found


def within(rooms: Sequence[str] | ArrayLike) -> Indices:
    """All pairs of each room, (pairs, 2), every pair once; `rooms` (persons,) names each person's room."""
    found = [np.empty((0, 2), dtype=np.intp)]
    for mine in members(rooms):
        one, two = np.triu_indices(mine.size, k=1)
        found.append(np.stack([mine[one], mine[two]], axis=1))
    return np.concatenate(found)


def neighbours(rooms: Sequence[str] | ArrayLike, row: ArrayLike, column: ArrayLike, *, reach: int = 1) -> Indices:
    """Pairs of the same room whose seats lie at most `reach` rows and columns apart, (pairs, 2), every pair once.

    `rooms`, `row` and `column` are (persons,); whole numbers. With reach 1 these are the eight seats around.
    Raises WrongShape, WrongValue (two on one seat, reach below 1).
    """
    room = np.unique(np.asarray(rooms), return_inverse=True)[1]
    rows, columns = np.asarray(row, dtype=np.intp), np.asarray(column, dtype=np.intp)
    if not room.shape == rows.shape == columns.shape:
        raise WrongShape(f"{room.size} rooms, {rows.size} rows and {columns.size} columns")
    if reach < 1:
        raise WrongValue("neighbours sit at least one seat apart")
    taken = {
        seat: person for person, seat in enumerate(zip(room.tolist(), rows.tolist(), columns.tolist(), strict=True))
    }
    if len(taken) != room.size:
        raise WrongValue("two persons sit on one seat")
    around = [
        (down, across) for down in range(reach + 1) for across in range(-reach, reach + 1) if (down, across) > (0, 0)
    ]
    found = [
        (person, taken[beside])
        for (place, here, there), person in taken.items()
        for down, across in around
        if (beside := (place, here + down, there + across)) in taken
    ]
    return np.sort(np.array(found, dtype=np.intp).reshape(-1, 2), axis=1)


def both_ways(given: ArrayLike) -> Indices:
    """Each pair and its reverse, (2 × pairs, 2): for statistics that tell who copied from whom."""
    found = np.asarray(given, dtype=np.intp)
    return np.concatenate([found, found[:, ::-1]])


def members(rooms: Sequence[str] | ArrayLike) -> list[Indices]:
    """The rows of each room. Raises TooFew when no room has two persons."""
    labels, place = np.unique(np.asarray(rooms), return_inverse=True)
    order = np.argsort(place, kind="stable")
    found = np.split(order, np.cumsum(np.bincount(place, minlength=labels.size))[:-1])
    if not any(each.size > 1 for each in found):
        raise TooFew("no room has two persons to compare")
    return found


@dataclass(frozen=True, slots=True)
class Block:
    """A rectangle of comparisons between some persons and some others, or the same ones when `is_diagonal`.

    `done` of `total` comparisons are behind it.
    """

    one: Indices
    two: Indices
    is_diagonal: bool
    done: int
    total: int

    def pairs(self, wanted: Flags) -> Indices:
        """The pairs where `wanted` (one, two) holds, (pairs, 2)."""
        one, two = np.divmod(np.flatnonzero(wanted), self.two.size)
        return np.stack([self.one[one], self.two[two]], axis=1)


def blocks(groups: Sequence[Indices], *, once: bool) -> Iterator[Block]:
    """Rectangles that cover every comparison within each group; with `once` those below the diagonal are left out.

    All rectangles of the same `one` come together.
    """
    places = [
        (mine, one, two)
        for mine in groups
        for one in range(0, mine.size, SIDE)
        for two in range(one if once else 0, mine.size, SIDE)
    ]
    total = sum(min(SIDE, mine.size - one) * min(SIDE, mine.size - two) for mine, one, two in places)
    done = 0
    for mine, one, two in places:
        rows, columns = mine[one : one + SIDE], mine[two : two + SIDE]
        done += rows.size * columns.size
        yield Block(rows, columns, one == two, done, total)


def chunked(given: Indices, size: int) -> Iterator[slice]:
    """Slices of `size` pairs."""
    for start in range(0, len(given), max(1, size)):
        yield slice(start, start + max(1, size))
