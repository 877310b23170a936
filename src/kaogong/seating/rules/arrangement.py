"""Seats: candidates are dealt to rooms and waves so that one school's people are spread, then seated apart.

Deterministic: the same candidates, rooms and seed give the same seats, whoever runs it and however often.
Seats are numbered in a serpentine, row by row, the direction changing with every row. Source: the numbering of a
neighbouring examination (exam-affairs §3.3 [S58]); no rule of vocational appraisal is known.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

REPAIRS = 4
"""How often a room is walked through again to part neighbours that a swap can part."""


@dataclass(frozen=True, slots=True)
class Seated:
    """Whoever is to be seated: the registration, its number for a fixed order, and the school or employer."""

    id: UUID
    number: str
    group: str = ""


@dataclass(frozen=True, slots=True)
class Space:
    """A room of the sitting: how many places are used there, and how many columns it has."""

    id: UUID
    number: int
    places: int
    columns: int


@dataclass(frozen=True, slots=True)
class Placement:
    """One seat given: number from 1; row 1 is nearest to the front, column 1 leftmost."""

    candidate: UUID
    space: UUID
    wave: int
    number: int
    row: int
    column: int


@dataclass(frozen=True, slots=True)
class Arrangement:
    """All seats of one part, and how many pairs of neighbours are of one school or employer."""

    placements: tuple[Placement, ...]
    violations: int


class NotEnoughPlaces(ValueError):
    """More candidates than places in all rooms and waves."""


def serpentine(number: int, columns: int) -> tuple[int, int]:
    """Row and column of seat `number`: 1 2 3, then 6 5 4, then 7 8 9."""
    row, place = divmod(number - 1, columns)
    return row + 1, place + 1 if row % 2 == 0 else columns - place


def arrange(candidates: Iterable[Seated], *, spaces: Sequence[Space], waves: int, seed: str) -> Arrangement:
    """Give every candidate a seat. Raises NotEnoughPlaces.

    As few waves as are needed, of even size; within a wave every room takes its share. Groups are dealt like cards,
    the largest first, so that each is spread over all rooms; within a room the next seat goes to the largest group
    that does not sit beside or before it, and a few rounds of swaps part what is left.
    """
    everyone = sorted(candidates, key=lambda each: each.number)
    # Not for secrecy: the seed is drawn in public and printed, so that anyone can repeat the arrangement.
    chance = random.Random(f"kaogong.seating/{seed}")  # noqa: S311  # repeatable, not secret
    chance.shuffle(everyone)
    cells = _cells(len(everyone), spaces, waves)
    dealt = _deal(everyone, [size for _space, _wave, size in cells])
    placements: list[Placement] = []
    violations = 0
    for (space, wave, _size), hand in zip(cells, dealt, strict=True):
        order = seat_apart(hand, columns=space.columns)
        violations += neighbours_alike([each.group for each in order], columns=space.columns)
        for number, each in enumerate(order, 1):
            row, column = serpentine(number, space.columns)
            placements.append(Placement(each.id, space.id, wave, number, row, column))
    return Arrangement(tuple(placements), violations)


def _cells(count: int, spaces: Sequence[Space], waves: int) -> list[tuple[Space, int, int]]:
    """Each room in each wave with the number of candidates it takes; empty ones left out."""
    places = sum(space.places for space in spaces)
    if count > places * waves:
        raise NotEnoughPlaces(f"{count} > {places} × {waves}")
    if count == 0:
        return []
    used = -(-count // places)
    found = []
    for wave in range(1, used + 1):
        size = count // used + (wave <= count % used)
        shares = _shares(size, [space.places for space in spaces])
        found += [(space, wave, share) for space, share in zip(spaces, shares, strict=True) if share]
    return found


def _shares(size: int, places: Sequence[int]) -> list[int]:
    """Share `size` among rooms by their places, by largest remainder; no room beyond its places."""
    total = sum(places)
    shares = [size * each // total for each in places]
    by_remainder = sorted(range(len(places)), key=lambda room: (-(size * places[room] % total), room))
    for room in by_remainder[: size - sum(shares)]:
        shares[room] += 1
    return shares


def _deal(everyone: Sequence[Seated], sizes: Sequence[int]) -> list[list[Seated]]:
    """Deal groups round the table, the largest first; a cell that is full is passed over."""
    groups: dict[str, list[Seated]] = defaultdict(list)
    for each in everyone:
        groups[each.group].append(each)
    in_turn = sorted(groups.values(), key=lambda group: (-len(group), group[0].group == "", group[0].group))
    hands: list[list[Seated]] = [[] for _size in sizes]
    place = 0
    for each in (member for group in in_turn for member in group):
        while len(hands[place % len(sizes)]) >= sizes[place % len(sizes)]:
            place += 1
        hands[place % len(sizes)].append(each)
        place += 1
    return hands


def seat_apart(hand: Sequence[Seated], *, columns: int) -> list[Seated]:
    """Order the people of one room by seat number so that few neighbours are of one group."""
    waiting: dict[str, list[Seated]] = defaultdict(list)
    for each in hand:
        waiting[each.group].append(each)
    left = Counter({group: len(members) for group, members in waiting.items()})
    order: list[Seated] = []
    for number in range(1, len(hand) + 1):
        beside = {order[near - 1].group for near in _neighbours(number, columns) if near < number} - {""}
        choices = [group for group in left if group not in beside] or list(left)
        group = max(choices, key=lambda name: (left[name], name))
        order.append(waiting[group].pop(0))
        left[group] -= 1
        if not left[group]:
            del left[group]
    return _repaired(order, columns)


def _repaired(order: list[Seated], columns: int) -> list[Seated]:
    for _round in range(REPAIRS):
        clashing = [number for number in range(1, len(order) + 1) if _clashes(order, number, columns)]
        if not clashing or not any(_swap(order, number, columns) for number in clashing):
            break
    return order


def _swap(order: list[Seated], number: int, columns: int) -> bool:
    """Exchange the person on a seat with the first one whose exchange leaves fewer clashes; whether it was done."""
    if not _clashes(order, number, columns):
        return False
    for other in range(1, len(order) + 1):
        if order[other - 1].group == order[number - 1].group:
            continue
        before = _clashes(order, number, columns) + _clashes(order, other, columns)
        _exchange(order, number, other)
        if _clashes(order, number, columns) + _clashes(order, other, columns) < before:
            return True
        _exchange(order, number, other)
    return False


def _exchange(order: list[Seated], one: int, other: int) -> None:
    order[one - 1], order[other - 1] = order[other - 1], order[one - 1]


def _clashes(order: Sequence[Seated], number: int, columns: int) -> int:
    group = order[number - 1].group
    if not group:
        return 0
    return sum(order[near - 1].group == group for near in _neighbours(number, columns) if near <= len(order))


def _neighbours(number: int, columns: int) -> list[int]:
    """The seats beside, before and behind seat `number`, by their numbers; some may lie beyond the last seat."""
    row, column = serpentine(number, columns)
    beside = [(row, column - 1), (row, column + 1), (row - 1, column), (row + 1, column)]
    return [seat_at(r, c, columns) for r, c in beside if r >= 1 and 1 <= c <= columns]


def seat_at(row: int, column: int, columns: int) -> int:
    """The number of the seat in that row and column: `serpentine` read backwards."""
    return (row - 1) * columns + (column if row % 2 == 1 else columns - column + 1)


def neighbours_alike(groups: Sequence[str], *, columns: int) -> int:
    """How many pairs of neighbours are of one group; `groups` in the order of seat numbers, "" for nobody's."""
    found = 0
    for number, group in enumerate(groups, 1):
        if group:
            later = [near for near in _neighbours(number, columns) if number < near <= len(groups)]
            found += sum(groups[near - 1] == group for near in later)
    return found
