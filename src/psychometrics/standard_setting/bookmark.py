"""The bookmark method: items in a booklet by difficulty, and each judge marks how far a borderline person gets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import brentq
from scipy.special import logit

from psychometrics import irt
from psychometrics.agreement import Form, intraclass
from psychometrics.errors import TooFew, WrongShape, WrongValue
from psychometrics.responses import Floats, Indices
from psychometrics.standard_setting.cuts import REACH, Cut, by_student, mean_cut, tail


class Place(StrEnum):
    """Which ability a bookmark stands for: that of the last page mastered, of the next, or half way between."""

    LAST = "last"
    MIDPOINT = "midpoint"
    NEXT = "next"


@dataclass(frozen=True)
class Booklet:
    """Pages in ascending difficulty: `theta` (pages,) where each is mastered with `probability`.

    A page is an item and the `score` (pages,) reached on it: an item of several points has a page for each of them;
    `item` (pages,) points into `items`.
    """

    items: irt.Items
    item: Indices
    score: Indices
    theta: Floats
    probability: float


@dataclass(frozen=True)
class Bookmark:
    """A panel's cut as ability and as expected points, with the median beside, and the judges' own, (judges,).

    `between_tables` is the intraclass correlation of judges who sat at one table (NaN without tables): talk makes them
    alike, and the error allows for it.
    """

    ability: Cut
    median: float
    points: Cut
    cuts: Floats
    between_tables: float


def booklet(items: irt.Items, *, probability: float = 2 / 3) -> Booklet:
    """Order items by where a score is reached with `probability`: P(score ≥ k | θ) = probability.

    Of a dichotomous item θ = b + ln((RP - c) / (1 - RP)) / a. Raises WrongValue for a probability outside (0, 1) and
    for an item that guessing alone masters (c at least RP). Source: Mitzel, Lewis, Patz & Green (2001).
    """
    if not 0 < probability < 1:
        raise WrongValue(f"the response probability lies between 0 and 1, not at {probability}")
    if (items.c >= probability).any():
        name = items.names[int(np.argmax(items.c >= probability))]
        raise WrongValue(f"{name} is mastered by guessing with {probability:g} already")
    places = [(item, score) for item in range(items.n) for score in range(1, int(items.n_categories[item]))]
    item, score = np.array(places, dtype=np.intp).T
    theta = np.array([_reached(items, place, points, probability) for place, points in places])
    order = np.argsort(theta, kind="stable")
    return Booklet(items, item[order], score[order], theta[order], probability)


def bookmark(
    pages: Booklet,
    mastered: ArrayLike,
    *,
    tables: Sequence[str] | None = None,
    place: Place = Place.LAST,
    confidence: float = 0.95,
) -> Bookmark:
    """The cut of a panel: `mastered` (judges,) says how many pages of the booklet a borderline person masters.

    Each judge's θ is that of the page; the cut is their mean, its error SD / √judges. With `tables` (judges,) it is the
    error of a clustered sample, SD √((1 + (m - 1) r) / judges) with m judges a table, alike by r (Cochran 1977), on as
    many degrees of freedom as there are tables less one. Points are Σ E(score | θ), their error by the curve's slope.

    Raises WrongShape, WrongValue (a page that is not in the booklet, or has no neighbour where `place` needs one),
    TooFew (two judges, two tables). Source: Mitzel, Lewis, Patz & Green (2001).
    """
    counts = np.asarray(mastered, dtype=np.float64)
    if counts.ndim != 1:
        raise WrongShape("a judge places one bookmark")
    first = 0 if place is Place.NEXT else 1
    last = pages.theta.size - (0 if place is Place.LAST else 1)
    if not ((counts == np.floor(counts)) & (counts >= first) & (counts <= last)).all():
        raise WrongValue(f"between {first} and {last} pages of {pages.theta.size} can be mastered ({place.value})")
    at = counts.astype(np.intp)
    cuts = {
        Place.LAST: lambda: pages.theta[at - 1],
        Place.NEXT: lambda: pages.theta[at],
        Place.MIDPOINT: lambda: (pages.theta[at - 1] + pages.theta[at]) / 2,
    }[place]()
    alike, ability = float("nan"), mean_cut(cuts, confidence)
    if tables is not None:
        alike, ability = _by_table(cuts, tables, confidence)
    return Bookmark(ability, float(np.median(cuts)), _points(pages.items, ability, confidence), cuts, alike)


def _reached(items: irt.Items, item: int, score: int, probability: float) -> float:
    a, b, c = items.a[item], items.b[item], items.c[item]
    if items.model[item] != irt.Model.PARTIAL_CREDIT:
        return float(b[score - 1] + logit((probability - c) / (1 - c)) / a)
    mine = items.take([item])

    def away(theta: float) -> float:
        return float(irt.probabilities(mine, [theta])[0, 0, score:].sum()) - probability

    middle, reach = float(np.nanmean(b)), REACH / a + float(np.nanmax(np.abs(b)))
    return float(brentq(away, middle - reach, middle + reach, xtol=1e-10))


def _by_table(cuts: Floats, tables: Sequence[str], confidence: float) -> tuple[float, Cut]:
    if len(tables) != cuts.size:
        raise WrongShape(f"{len(tables)} tables for {cuts.size} judges")
    names, table = np.unique(np.asarray(tables, dtype=str), return_inverse=True)
    if names.size < 2:
        raise TooFew("one table tells nothing of how tables differ")
    sizes = np.bincount(table)
    seats = np.full((names.size, int(sizes.max())), np.nan)
    for place in range(names.size):
        seats[place, : sizes[place]] = cuts[table == place]
    alike = intraclass(seats, Form.ONE_WAY).single.estimate if (sizes > 1).sum() > 1 else 0.0
    shared = max(alike, 0.0) if not np.isnan(alike) else 0.0
    # A judge meets so many of his own table, himself included.
    company = float((sizes**2).sum() / cuts.size)
    error = float(cuts.std(ddof=1) * np.sqrt((1 + (company - 1) * shared) / cuts.size))
    return alike, by_student(float(cuts.mean()), error, names.size - 1, confidence)


def _points(items: irt.Items, ability: Cut, confidence: float) -> Cut:
    tail(confidence)
    cut, low, high = irt.expected(items, [ability.cut, ability.low, ability.high]).sum(axis=1)
    slope = float((irt.slopes(items, [ability.cut])[0] @ np.arange(items.b.shape[1] + 1)).sum())
    return Cut(float(cut), ability.error * slope, float(low), float(high))
