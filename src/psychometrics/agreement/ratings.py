"""Ratings: which examiner gave whom how many points on which task, one after another, checked once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.sparse import coo_array, csr_array

from psychometrics.errors import Disconnected, TooFew, WrongShape, WrongValue
from psychometrics.responses import Flags, Indices


@dataclass(frozen=True)
class Ratings:
    """Ratings in a row: `score` (ratings,) whole points; `person`, `task`, `examiner` (ratings,) point into names.

    `maxima` (tasks,) is the most that each task gives. All arrays are read-only. Make one with `ratings`.
    """

    score: Indices
    person: Indices
    task: Indices
    examiner: Indices
    persons: tuple[str, ...]
    tasks: tuple[str, ...]
    examiners: tuple[str, ...]
    maxima: Indices

    @property
    def n(self) -> int:
        """Number of ratings."""
        return int(self.score.size)

    def take(self, chosen: Flags) -> Ratings:
        """Some of the ratings, all names kept."""
        score, person, task, examiner = (
            _fixed(each[chosen]) for each in (self.score, self.person, self.task, self.examiner)
        )
        return Ratings(score, person, task, examiner, self.persons, self.tasks, self.examiners, self.maxima)

    def without_extremes(self) -> Ratings:
        """Without the tasks and examiners whose every rating is the least or the most: they have no finite measure."""
        left = self
        while left.n:
            share = left.score / left.maxima[left.task]
            keep = np.ones(left.n, dtype=np.bool_)
            for facet, count in ((left.task, len(self.tasks)), (left.examiner, len(self.examiners))):
                sums, sizes = np.bincount(facet, share, count), np.bincount(facet, minlength=count)
                keep &= ((sums > 0) & (sums < sizes))[facet]
            if keep.all():
                return left
            left = left.take(keep)
        raise TooFew("no examiner gave anything but the least or the most")

    def require_connected(self) -> None:
        """Raise Disconnected, with names, when some examiners (or tasks) cannot be compared with others.

        Whom they rated links them. A contrast of two is known when it is orthogonal to every change of tasks' and
        examiners' measures that the persons' abilities can make good.
        """
        tasks, examiners = np.unique(self.task), np.unique(self.examiner)
        columns = np.concatenate(
            [np.searchsorted(tasks, self.task), tasks.size + np.searchsorted(examiners, self.examiner)]
        )
        rows = np.tile(np.arange(self.n), 2)
        design = csr_array(coo_array((np.ones(2 * self.n), (rows, columns))))
        by_person = csr_array(coo_array((np.ones(self.n), (self.person, np.arange(self.n)))))
        sums, sizes = by_person @ design, np.maximum(by_person.sum(axis=1), 1)
        left = (design.T @ design - sums.T @ (sums * (1 / sizes)[:, None])).toarray()
        values, vectors = np.linalg.eigh(left)
        free = vectors[:, values < 1e-9 * max(float(values.max()), 1.0)]
        for place, names, known in (
            (slice(None, tasks.size), self.tasks, tasks),
            (slice(tasks.size, None), self.examiners, examiners),
        ):
            same = np.linalg.norm(free[place] - free[place][0], axis=1) < 1e-6
            if not same.all():
                one, other = ([names[each] for each in known[flags][:5]] for flags in (same, ~same))
                raise Disconnected(f"nothing links the ratings of {', '.join(one)} with those of {', '.join(other)}")


def ratings(
    persons: Sequence[str],
    examiners: Sequence[str],
    scores: ArrayLike,
    *,
    tasks: Sequence[str] | None = None,
    maxima: int | Sequence[int] | None = None,
) -> Ratings:
    """Ratings from columns, (ratings,) each: who was rated, by whom, the points (NaN: no rating), and on which task.

    Without `tasks` there is one for all. `maxima` is one number or one for each task in the order of their names;
    without it each task's most is the largest score given on it. Raises WrongShape, TooFew (no rating), WrongValue
    (points that are not whole or outside 0 to the most, an examiner twice on the same task of the same person).
    """
    points = np.asarray(scores, dtype=np.float64)
    named = tuple(tasks) if tasks is not None else ("all",) * len(persons)
    if points.ndim != 1 or not points.size == len(persons) == len(examiners) == len(named):
        raise WrongShape("persons, examiners, tasks and scores are columns of the same length")
    given = ~np.isnan(points)
    if not given.any():
        raise TooFew("there is no rating")
    (who, person), (what, task), (whom, examiner) = (_coded(each, given) for each in (persons, named, examiners))
    points = points[given]
    if not (np.isfinite(points) & (points >= 0) & (points == np.floor(points))).all():
        raise WrongValue("points are whole, 0 or more; multiply half points by 2")
    score = points.astype(np.intp)
    most = _maxima(score, task, len(what), maxima)
    if (over := score > most[task]).any():
        first = int(np.argmax(over))
        raise WrongValue(f"{who[person[first]]} has {score[first]} of {most[task[first]]} on {what[task[first]]}")
    if len(np.unique(np.stack([person, task, examiner]), axis=1).T) < score.size:
        raise WrongValue("an examiner rated the same task of the same person twice")
    return Ratings(_fixed(score), _fixed(person), _fixed(task), _fixed(examiner), who, what, whom, _fixed(most))


def _maxima(score: Indices, task: Indices, count: int, maxima: int | Sequence[int] | None) -> Indices:
    if maxima is None:
        most = np.ones(count, dtype=np.intp)
        np.maximum.at(most, task, score)
        return most
    if np.ndim(maxima) == 1 and np.size(maxima) != count:
        raise WrongShape(f"{np.size(maxima)} maxima for {count} tasks")
    most = np.array(np.broadcast_to(np.asarray(maxima, dtype=np.intp), (count,)))
    if (most < 1).any():
        raise WrongValue("every task gives 1 point or more")
    return most


def _coded(names: Sequence[str], given: Flags) -> tuple[tuple[str, ...], Indices]:
    labels, code = np.unique(np.asarray(names, dtype=str)[given], return_inverse=True)
    return tuple(map(str, labels)), code.astype(np.intp)


def _fixed(array: Indices) -> Indices:
    array.setflags(write=False)
    return array
