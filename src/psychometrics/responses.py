"""Responses: who answered what, checked once and then fixed, for every analysis to begin with.

A matrix of persons by items in two readings. *Scored*: points, 0 to the item's most, NaN where there is none (not
reached, not presented). *Nominal*, when it is known: which option was chosen, for distractors and for copying. Persons
may belong to groups (province, sex, language version). All arrays are read-only.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TypeAlias, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from psychometrics.errors import EmptyGroup, TooFew, UnreadableFile, WrongShape, WrongValue

Floats: TypeAlias = NDArray[np.float64]
Scores: TypeAlias = NDArray[np.float32]
Options: TypeAlias = NDArray[np.int16]
Indices: TypeAlias = NDArray[np.intp]
Flags: TypeAlias = NDArray[np.bool_]

T = TypeVar("T", bound=np.generic)

NO_OPTION = -1
"""In `Choices.chosen`: nothing was chosen."""
PERSON, GROUP = "person", "group"
"""Columns of a CSV file that are no items."""
BLANKS = frozenset({"", "-", ".", "NA", "NaN", "nan"})
"""What a CSV file may have where there is no answer."""


@dataclass(frozen=True, slots=True)
class Choices:
    """Which option each person chose: `chosen` is (persons, items), an index into the item's `labels`, or NO_OPTION.

    `key` is (items,), the index of the right option.
    """

    chosen: Options
    labels: tuple[tuple[str, ...], ...]
    key: Options

    @property
    def counts(self) -> Options:
        """How many options each item has, (items,)."""
        return np.array([len(each) for each in self.labels], dtype=np.int16)


@dataclass(frozen=True)
class Responses:
    """An immutable matrix of responses: `scores` is (persons, items) in points, NaN where missing.

    `maxima` (items,) is the most that each item gives. `group` (persons,) points into `groups`; without groups
    everybody is in one. Make one with `scored`, `chosen` or `read_csv`: they check.
    """

    scores: Scores
    maxima: Floats
    items: tuple[str, ...]
    persons: tuple[str, ...]
    group: Indices
    groups: tuple[str, ...]
    choices: Choices | None = None

    @property
    def n_persons(self) -> int:
        """Number of persons (rows)."""
        return len(self.persons)

    @property
    def n_items(self) -> int:
        """Number of items (columns)."""
        return len(self.items)

    @cached_property
    def is_present(self) -> Flags:
        """Where there is a score, (persons, items)."""
        return _fixed(~np.isnan(self.scores))

    @cached_property
    def is_complete(self) -> bool:
        """Whether no score is missing."""
        return bool(self.is_present.all())

    @cached_property
    def is_dichotomous(self) -> bool:
        """Whether every score is 0 or 1."""
        return bool(np.all(self.maxima == 1) and np.all(np.isin(self.scores[self.is_present], (0, 1))))

    @cached_property
    def totals(self) -> Floats:
        """Points of each person over the items that they answered, (persons,)."""
        return _fixed(np.nansum(self.scores, axis=1, dtype=np.float64))

    def in_group(self, name: str) -> Flags:
        """Who belongs to a group, (persons,). Raises EmptyGroup for a name that nobody bears."""
        if name not in self.groups:
            raise EmptyGroup(f"no group is called {name!r}; there are: {', '.join(self.groups)}")
        return np.equal(self.group, self.groups.index(name))

    def of_persons(self, chosen: ArrayLike) -> Responses:
        """The same items for some persons: flags or indices. Raises EmptyGroup when nobody is left."""
        rows = np.flatnonzero(chosen) if np.asarray(chosen).dtype == np.bool_ else np.asarray(chosen, dtype=np.intp)
        if rows.size == 0:
            raise EmptyGroup("nobody is left")
        choices = self.choices and Choices(_fixed(self.choices.chosen[rows]), self.choices.labels, self.choices.key)
        return Responses(
            scores=_fixed(self.scores[rows]),
            maxima=self.maxima,
            items=self.items,
            persons=tuple(self.persons[row] for row in rows),
            group=_fixed(self.group[rows]),
            groups=self.groups,
            choices=choices,
        )

    def of_items(self, chosen: ArrayLike) -> Responses:
        """The same persons on some items: flags or indices. Raises TooFew when no item is left."""
        columns = np.flatnonzero(chosen) if np.asarray(chosen).dtype == np.bool_ else np.asarray(chosen, dtype=np.intp)
        if columns.size == 0:
            raise TooFew("no item is left")
        choices = self.choices and Choices(
            _fixed(self.choices.chosen[:, columns]),
            tuple(self.choices.labels[column] for column in columns),
            _fixed(self.choices.key[columns]),
        )
        return Responses(
            scores=_fixed(self.scores[:, columns]),
            maxima=_fixed(self.maxima[columns]),
            items=tuple(self.items[column] for column in columns),
            persons=self.persons,
            group=self.group,
            groups=self.groups,
            choices=choices,
        )

    def chunks(self, size: int) -> Iterator[slice]:
        """Slices of rows, `size` persons each, the last one shorter: to keep memory bounded on long matrices."""
        for start in range(0, self.n_persons, size):
            yield slice(start, min(start + size, self.n_persons))


def scored(
    scores: ArrayLike,
    *,
    maxima: ArrayLike | None = None,
    items: Sequence[str] | None = None,
    persons: Sequence[str] | None = None,
    groups: Sequence[str] | None = None,
) -> Responses:
    """Responses from points: `scores` is (persons, items), NaN where missing.

    `maxima` is one number or (items,); without it each item's most is the largest score seen, at least 1. `groups`
    names everybody's group, (persons,). Raises WrongShape, WrongValue (a score below 0, above its most, infinite),
    TooFew (no person, no item).
    """
    points = np.asarray(scores, dtype=np.float32)
    if points.ndim != 2:
        raise WrongShape(f"responses are a matrix of persons by items, not of {points.ndim} dimensions")
    n_persons, n_items = points.shape
    if n_persons == 0 or n_items == 0:
        raise TooFew(f"{n_persons} persons and {n_items} items leave nothing to analyse")
    most = _maxima(points, maxima)
    item_names, person_names = _names(items, n_items, "i"), _names(persons, n_persons, "p")
    bad = (points < 0) | (points > most.astype(np.float32)) | np.isinf(points)
    if bad.any():
        row, column = map(int, np.argwhere(bad)[0])
        who, what = person_names[row], item_names[column]
        raise WrongValue(f"{who} has {points[row, column]:g} on {what}, which gives 0 to {most[column]:g}")
    labels, group = _grouped(groups, n_persons)
    return Responses(_fixed(points.copy()), _fixed(most), item_names, person_names, group, labels)


def chosen(
    options: Sequence[Sequence[str]],
    *,
    key: Sequence[str],
    items: Sequence[str] | None = None,
    persons: Sequence[str] | None = None,
    groups: Sequence[str] | None = None,
    points: ArrayLike | None = None,
    labels: Sequence[Sequence[str]] | None = None,
) -> Responses:
    """Responses from chosen options: one row a person, an option's label in each place, a blank where none.

    Right gives the item's `points` (1 unless told), anything else 0, a blank is missing. `labels` names every item's
    options in order; without it they are those seen and the key. Raises WrongShape, WrongValue (an unknown option).
    """
    if any(len(row) != len(key) for row in options):
        raise WrongShape(f"every row needs {len(key)} answers, one for each key")
    columns = list(zip(*options, strict=True)) if options else [() for _ in key]
    names = _names(items, len(key), "i")
    known = [
        tuple(labels[place]) if labels is not None else tuple(sorted({*column, right} - BLANKS))
        for place, (column, right) in enumerate(zip(columns, key, strict=True))
    ]
    codes = [_coded(column, each, name) for column, each, name in zip(columns, known, names, strict=True)]
    picked = np.stack(codes, axis=1) if codes else np.empty((len(options), 0), dtype=np.int16)
    right = np.array([_coded([one], each, name)[0] for one, each, name in zip(key, known, names, strict=True)])
    most = np.broadcast_to(np.asarray(1.0 if points is None else points, dtype=np.float64), (len(key),))
    values = np.where(picked == NO_OPTION, np.nan, np.where(picked == right, most, 0.0))
    plain = scored(values, maxima=most, items=names, persons=persons, groups=groups)
    choices = Choices(_fixed(picked), tuple(known), _fixed(right.astype(np.int16)))
    return Responses(plain.scores, plain.maxima, plain.items, plain.persons, plain.group, plain.groups, choices)


def read_csv(path: Path, *, key: Mapping[str, str] | None = None) -> Responses:
    """Responses from a CSV file: a header, one row a person; columns `person` and `group` are optional, the rest items.

    With `key` (item to right option) the cells are options, otherwise points. Blank cells are missing. UTF-8, with or
    without byte-order mark. Raises UnreadableFile with the line and the column, and whatever `scored` raises.
    """
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    if len(rows) < 2:
        raise UnreadableFile(f"{path}: a header and at least one person are needed")
    header, body = [each.strip() for each in rows[0]], rows[1:]
    if len(set(header)) != len(header):
        raise UnreadableFile(f"{path}: a column is named twice")
    for line, row in enumerate(body, start=2):
        if len(row) != len(header):
            raise UnreadableFile(f"{path}, line {line}: {len(row)} cells under {len(header)} columns")
    places = [place for place, name in enumerate(header) if name not in {PERSON, GROUP}]
    names = [header[place] for place in places]
    persons = [row[header.index(PERSON)].strip() for row in body] if PERSON in header else None
    groups = [row[header.index(GROUP)].strip() for row in body] if GROUP in header else None
    cells = [[row[place].strip() for place in places] for row in body]
    if key is not None:
        if unknown := [name for name in names if name not in key]:
            raise UnreadableFile(f"{path}: no key for {', '.join(unknown[:10])}")
        return chosen(cells, key=[key[name] for name in names], items=names, persons=persons, groups=groups)
    values = [
        [_number(cell, path, line, name) for cell, name in zip(row, names, strict=True)]
        for line, row in enumerate(cells, start=2)
    ]
    return scored(values, items=names, persons=persons, groups=groups)


def read_key(path: Path) -> dict[str, str]:
    """A key from a CSV file with columns `item` and `key`. Raises UnreadableFile."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    if not rows or not {"item", "key"} <= set(rows[0]):
        raise UnreadableFile(f"{path}: columns item and key are needed, and at least one row")
    return {row["item"].strip(): row["key"].strip() for row in rows}


def _number(cell: str, path: Path, line: int, name: str) -> float:
    if cell in BLANKS:
        return float("nan")
    try:
        return float(cell)
    except ValueError:
        raise UnreadableFile(f"{path}, line {line}, {name}: {cell!r} is no number") from None


def _maxima(points: Scores, maxima: ArrayLike | None) -> Floats:
    if maxima is None:
        seen = np.where(np.isnan(points), 0, points).max(axis=0).astype(np.float64)
        return np.array(np.maximum(seen, 1.0), dtype=np.float64)
    most = np.array(np.broadcast_to(np.asarray(maxima, dtype=np.float64), points.shape[1:]))
    if not np.all(np.isfinite(most) & (most > 0)):
        raise WrongValue("every item gives more than 0 points")
    return most


def _coded(column: Sequence[str], known: Sequence[str], name: str) -> Options:
    places = {label: place for place, label in enumerate(known)} | dict.fromkeys(BLANKS, NO_OPTION)
    for label in column:
        if label not in places:
            raise WrongValue(f"{name} has no option {label!r}; it has {', '.join(known)}")
    return np.array([places[label] for label in column], dtype=np.int16)


def _names(given: Sequence[str] | None, count: int, letter: str) -> tuple[str, ...]:
    names = tuple(given) if given is not None else tuple(f"{letter}{place}" for place in range(1, count + 1))
    if len(names) != count:
        raise WrongShape(f"{len(names)} names for {count}")
    if len(set(names)) != count:
        raise WrongValue("a name stands for two")
    return names


def _grouped(given: Sequence[str] | None, count: int) -> tuple[tuple[str, ...], Indices]:
    if given is None:
        return ("all",), _fixed(np.zeros(count, dtype=np.intp))
    if len(given) != count:
        raise WrongShape(f"{len(given)} groups for {count} persons")
    labels, group = np.unique(np.asarray(given, dtype=str), return_inverse=True)
    return tuple(map(str, labels)), _fixed(group.astype(np.intp))


def _fixed(array: NDArray[T]) -> NDArray[T]:
    array.setflags(write=False)
    return array
