"""The design of an adaptive test: which pool, how the next item is chosen, what must be covered, when it ends."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike

from psychometrics.errors import Infeasible, WrongShape, WrongValue
from psychometrics.irt import Items, Quadrature, normal_quadrature
from psychometrics.responses import Floats, Indices


class Criterion(StrEnum):
    """What makes an item the next best; all are at least 0, and more is better.

    INFORMATION: Fisher's at the estimate (Lord 1980). POSTERIOR_INFORMATION: its mean over the posterior (van der
    Linden 1998). KL: Kullback–Leibler information summed over estimate ± 3/√n (Chang & Ying 1996). POSTERIOR_KL: its
    mean over the posterior (Chang & Ying 1996; Wang, Chang & Huebner 2011). NEAREST: 1 / (1 + |difficulty - estimate|),
    the rule of a-stratified tests. RANDOM: chance, the baseline of comparisons.
    """

    INFORMATION = "information"
    POSTERIOR_INFORMATION = "posterior-information"
    KL = "kl"
    POSTERIOR_KL = "posterior-kl"
    NEAREST = "nearest"
    RANDOM = "random"


class Estimator(StrEnum):
    """How ability is estimated from the answers so far, on the points of the prior.

    EAP: the posterior's mean, its standard deviation as error (Bock & Mislevy 1982). MAP: the posterior's peak, error
    1/√(information + 1/prior variance). ML: the likelihood's peak, error 1/√information; no further out than the
    outermost points, where an all-right or all-wrong record ends.
    """

    EAP = "eap"
    MAP = "map"
    ML = "ml"


class Balance(StrEnum):
    """How areas of content get their share. Their bounds hold in every way; the ways differ in who comes first.

    BOUNDS: the criterion alone, until the bounds leave no choice. PRIORITY: the criterion times the maximum priority
    index, in two phases: first the least of every area, then up to its most (Cheng & Chang 2009). SPIRAL: the area that
    lags most behind its share, midway between least and most (Kingsbury & Zara 1989).
    """

    BOUNDS = "bounds"
    PRIORITY = "priority"
    SPIRAL = "spiral"


@dataclass(frozen=True)
class Content:
    """Areas of content and how many items of each a sitting has: `area` (items,) points into `names`.

    `least` and `most` are (areas,) counts. Make it with `content`: it checks.
    """

    area: Indices
    names: tuple[str, ...]
    least: Indices
    most: Indices
    balance: Balance = Balance.PRIORITY


def content(
    area_of: Sequence[str], bounds: Mapping[str, tuple[int, int]], *, balance: Balance = Balance.PRIORITY
) -> Content:
    """Content from the area of every item, (items,), and (least, most) of every area; an area not named is free.

    Raises WrongValue (bounds of an area that no item has, least above most), Infeasible (fewer items than the least).
    """
    names, area = np.unique(np.asarray(area_of, dtype=str), return_inverse=True)
    if unknown := sorted(set(bounds) - set(names.tolist())):
        raise WrongValue(f"no item belongs to {', '.join(unknown)}")
    there = np.bincount(area, minlength=names.size)
    asked = [bounds.get(name, (0, int(count))) for name, count in zip(names.tolist(), there, strict=True)]
    for name, count, (least, most) in zip(names, there, asked, strict=True):
        if not 0 <= least <= most:
            raise WrongValue(f"{name} asks for {least} to {most} items")
        if count < least:
            raise Infeasible(f"{name} has {count} items, of which every sitting needs {least}")
    least_of, most_of = np.array(asked, dtype=np.intp).T
    # An area cannot give more than it has.
    return Content(area.astype(np.intp), tuple(names.tolist()), least_of, np.minimum(most_of, there), balance)


@dataclass(frozen=True, slots=True)
class Sprt:
    """Pass or fail by the sequential probability ratio test (Wald 1947; Reckase 1983).

    The likelihoods at `cut` + `half_width` and `cut` - `half_width` are compared after every answer. The sitting ends
    with a pass when log(L+/L-) ≥ log((1-β)/α), with a fail when it is ≤ log(β/(1-α)). `alpha` is the chance to pass
    somebody at the lower point, `beta` to fail somebody at the upper one. At the sitting's full length the nearer bound
    decides (truncated, Spray & Reckase 1996).
    """

    cut: float
    half_width: float
    alpha: float = 0.05
    beta: float = 0.05

    def __post_init__(self) -> None:
        if not (self.half_width > 0 and 0 < self.alpha < 0.5 and 0 < self.beta < 0.5):
            raise WrongValue("a half-width above 0 and error rates in (0, 0.5) are needed")

    @property
    def bounds(self) -> tuple[float, float]:
        """The log likelihood ratios at which it fails and passes."""
        return math.log(self.beta / (1 - self.alpha)), math.log((1 - self.beta) / self.alpha)


@dataclass(frozen=True, slots=True)
class Stopping:
    """When a sitting ends: after `most` items at the latest, and after `least` at the earliest.

    In between when the standard error is at most `se`, or `sprt` has decided. Neither ends it before every area of
    content has its least, and what was given meets the rules of shadow tests as it stands.
    """

    most: int
    least: int = 1
    se: float | None = None
    sprt: Sprt | None = None

    def __post_init__(self) -> None:
        if not 1 <= self.least <= self.most:
            raise WrongValue(f"a sitting of {self.least} to {self.most} items is none")
        if self.se is not None and not self.se > 0:
            raise WrongValue("the standard error to reach is above 0")


@dataclass(frozen=True)
class Exposure:
    """How items are kept from being seen too often; without arguments not at all.

    `among`: the item is drawn from this many best ones (randomesque, Kingsbury & Zara 1989), one number for each place
    of the sitting, the last for all that follow; (5, 4, 3, 2, 1) is McBride & Martin's (1983).
    `chance` (items,) in (0, 1]: a selected item is administered with this probability, else set aside for the sitting
    (Sympson & Hetter 1985); `sympson_hetter` finds it.
    `strata` (items,) 0, 1, …: the sitting goes through them in as many stages of about equal length (Chang & Ying
    1999); `by_slope` makes them. Where a stratum, or all that the lottery left, has run out, the rest is used.
    """

    among: tuple[int, ...] = (1,)
    chance: Floats | None = None
    strata: Indices | None = None

    def __post_init__(self) -> None:
        if not self.among or min(self.among) < 1:
            raise WrongValue("an item is drawn from among 1 or more")
        if self.chance is not None and not np.all((self.chance > 0) & (self.chance <= 1)):
            raise WrongValue("chances of administration lie in (0, 1]")


@dataclass(frozen=True)
class Rule:
    """A linear rule of shadow tests: `least` ≤ Σ weights·chosen ≤ `most` over the items of a sitting; ±inf for none."""

    name: str
    weights: Floats
    least: float = -math.inf
    most: float = math.inf


@dataclass(frozen=True)
class Design:
    """A whole adaptive test, checked once.

    `prior` is the distribution of ability where every sitting starts and, for EAP and MAP, the prior; its points are
    those on which ability is estimated. `at` fixes the point at which items are chosen (a cut: Spray & Reckase 1994),
    instead of the estimate. `enemies` are pairs of items of which a sitting has at most one. With `shadow` every item
    comes from a whole test that meets all rules, content and enemies included (van der Linden & Reese 1998).

    Raises WrongShape, WrongValue, Infeasible (a pool too small for the length and the areas).
    """

    items: Items
    stopping: Stopping
    criterion: Criterion = Criterion.INFORMATION
    estimator: Estimator = Estimator.EAP
    prior: Quadrature = field(default_factory=lambda: normal_quadrature(97, reach=4.8))
    at: float | None = None
    content: Content | None = None
    exposure: Exposure = field(default_factory=Exposure)
    enemies: tuple[tuple[int, int], ...] = ()
    shadow: tuple[Rule, ...] | None = None

    @property
    def reads_posterior(self) -> bool:
        """Whether the posterior is used: by the estimator or the criterion."""
        return self.estimator is Estimator.EAP or self.criterion in {
            Criterion.POSTERIOR_INFORMATION,
            Criterion.POSTERIOR_KL,
        }

    @property
    def reads_likelihood(self) -> bool:
        """Whether the likelihood itself is used, whose peak the estimator seeks."""
        return self.estimator is not Estimator.EAP

    def __post_init__(self) -> None:
        count, length, nodes = self.items.n, self.stopping.most, self.prior.nodes
        if nodes.size < 3 or not np.allclose(np.diff(nodes), nodes[1] - nodes[0]):
            raise WrongValue("the prior's points are three or more, evenly spaced")
        if count < length:
            raise Infeasible(f"a sitting of {length} items from a pool of {count}")
        area = self.content.area if self.content else None
        perhaps = (area, self.exposure.chance, self.exposure.strata, *(rule.weights for rule in self.shadow or ()))
        if any(each.shape != (count,) for each in perhaps if each is not None):
            raise WrongShape(f"areas, strata, chances and rules are one number for each of {count} items")
        if any(not (0 <= one < count and 0 <= other < count and one != other) for one, other in self.enemies):
            raise WrongValue("enemies are pairs of different items of the pool")
        if self.content and not self.content.least.sum() <= length <= self.content.most.sum():
            least, most = self.content.least.sum(), self.content.most.sum()
            raise Infeasible(f"the areas need {least} and give {most} items; a sitting has {length}")


def by_slope(items: Items, strata: int, *, block: bool = True, within: ArrayLike | None = None) -> Indices:
    """Strata of ascending slope, (items,) 0 … strata - 1: the sharpest items are kept for the end of a sitting.

    With `block` items are first put in blocks of like difficulty, and each block is dealt over the strata (Chang, Qian
    & Ying 2001), so that every stratum has easy and hard ones; without it slope alone decides (Chang & Ying 1999).
    `within` (items,) does so in each area by itself (Yi & Chang 2003). Raises WrongValue.
    """
    if not 1 <= strata <= items.n:
        raise WrongValue(f"{strata} strata of {items.n} items")
    areas = np.zeros(items.n, dtype=np.intp) if within is None else np.asarray(within)
    found = np.empty(items.n, dtype=np.intp)
    middle = np.nanmean(items.b, axis=1)
    for area in np.unique(areas):
        mine = np.flatnonzero(areas == area)
        place = np.arange(mine.size)
        if block:
            mine = mine[np.argsort(middle[mine], kind="stable")]
            mine = mine[np.lexsort((items.a[mine], place // strata))]
            found[mine] = place % strata
        else:
            found[mine[np.argsort(items.a[mine], kind="stable")]] = place * strata // mine.size
    return found
