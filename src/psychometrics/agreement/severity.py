"""Severity: how hard each examiner marks, freed from whom and what they marked (many-facet Rasch, Linacre 1989)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import ceil

import numpy as np
from scipy import stats
from scipy.linalg import LinAlgError, cho_factor, cho_solve, solve_triangular
from scipy.optimize import minimize

from psychometrics.agreement.facets import Curves, Facets, Posterior, Steps
from psychometrics.agreement.ratings import Ratings
from psychometrics.errors import NotConverged, TooFew
from psychometrics.irt import normal_quadrature
from psychometrics.responses import Floats, Indices

NODES, MOST_NODES, REACH = 41, 201, 5.0
WIDEST = 7.0
"""Bound of |ln sd| of ability."""
CHUNK = 65_536
"""Ratings whose fit is reckoned at once."""


@dataclass(frozen=True)
class Measures:
    """Measures of tasks or examiners in logits, higher harder or more severe; they sum to 0. Arrays are (names,).

    `error` is the standard error of `measure`; `n` ratings, `mean_share` of the points given, in [0, 1]. `infit` and
    `outfit` are mean squares about 1 (below: too even, above: erratic), `infit_t` and `outfit_t` how surprising, about
    N(0, 1). All are NaN for those who only ever gave the least or the most.
    """

    names: tuple[str, ...]
    measure: Floats
    error: Floats
    n: Indices
    mean_share: Floats
    infit: Floats
    outfit: Floats
    infit_t: Floats
    outfit_t: Floats


@dataclass(frozen=True)
class Persons:
    """Persons in logits: posterior mean `ability` and sd `error`; `points` they got and `fair`, what they could expect.

    `fair` is the share of all tasks' points, in [0, 1], expected at this ability from an examiner of mean severity. NaN
    for those whose every rating was left out.
    """

    names: tuple[str, ...]
    ability: Floats
    error: Floats
    fair: Floats
    n: Indices


@dataclass(frozen=True)
class Severity:
    """Examiners, tasks and persons on one scale of logits, higher harder, more severe, more able.

    `steps` (tasks, most points) with `step_errors` sum to 0 within a task, NaN beyond its points.
    Abilities are N(`mean`, `sd`²). `chi_square` on `df` with `p` tests that all examiners are equally severe (Wald);
    `spread` is the sd of severities freed from their errors, `separation` the share of their variance that is no error.
    """

    examiners: Measures
    tasks: Measures
    persons: Persons
    steps: Floats
    step_errors: Floats
    mean: float
    mean_error: float
    sd: float
    chi_square: float
    df: int
    p: float
    spread: float
    separation: float
    log_likelihood: float
    n_parameters: int
    n_ratings: int
    n_left_out: int


def severity(
    given: Ratings,
    *,
    steps: Steps = Steps.SHARED,
    robust: bool = False,
    most_iterations: int = 500,
    progress: Callable[[int, int], None] | None = None,
) -> Severity:
    """Fit ln P(k) / P(k-1) = θ - difficulty - severity - step k to ratings, by marginal maximum likelihood.

    Abilities are integrated out as normal, so that severities do not drift apart as they do when few ratings of each
    person are fitted jointly with abilities (Neyman & Scott 1948). Nodes are refined until they are no wider than what
    is known of a person (201 at the most: then abilities surer than sd / 20 are not told apart). Standard errors come
    from the observed information (Louis 1982), or, `robust`, hold also when marks spread otherwise than the model says,
    persons being independent (White 1982): for many persons and doubtful fit. Fit compares ratings with what is
    expected over the posterior, mean squares being 1 on average (Adams & Wu 2007), t by Wilson and Hilferty with the
    spread between persons. Raters' and tasks' extremes are left out, see `Ratings.without_extremes`.

    `progress` is told of iterations done and the most there can be. Raises TooFew (less than 2 examiners), Disconnected
    (no common persons), WrongValue (a score nobody was given), NotConverged.
    Source: Linacre (1989); Adams, Wilson & Wang (1997).
    """
    kept = given.without_extremes()
    if np.unique(kept.examiner).size < 2:
        raise TooFew("severity compares two examiners or more")
    kept.require_connected()
    model = Facets(kept, steps, normal_quadrature(NODES, reach=REACH))
    model.require_every_score()
    free = np.zeros(model.spread.shape[1])
    share = float(kept.score.sum() / kept.maxima[kept.task].sum())
    free[0] = np.log(share / (1 - share))
    free = _climbed(model, free, most_iterations, progress)
    while (wanted := _nodes_wanted(model, free)) > model.nodes.nodes.size:
        model = replace(model, nodes=normal_quadrature(wanted, reach=REACH))
        free = _climbed(model, free, most_iterations, progress)
    free, covariance = _polished(model, free, robust=robust)
    return _reported(model, free, covariance, given.n - kept.n)


def _climbed(model: Facets, free: Floats, most_iterations: int, progress: Callable[[int, int], None] | None) -> Floats:
    """Quasi-Newton in units of the complete information, near enough to the top for Newton to finish."""
    done = 0
    curves, posterior, sd = _at(model, free)
    unit = np.linalg.cholesky(model.complete(curves, posterior, sd) + 1e-8 * np.eye(free.size))

    def below(moved: Floats) -> tuple[float, Floats]:
        at = free + solve_triangular(unit.T, moved, lower=False)
        curves, posterior, sd = _at(model, at)
        slope = solve_triangular(unit, model.slope(curves, posterior, sd), lower=True)
        return -posterior.log_likelihood, -slope

    def told(_moved: Floats) -> None:
        nonlocal done
        done += 1
        if progress is not None:
            progress(done, most_iterations)

    found = minimize(
        below, np.zeros(free.size), jac=True, method="L-BFGS-B", callback=told,
        options={"maxiter": most_iterations, "maxcor": 20, "ftol": 0.0, "gtol": 1e-3},
    )  # fmt: skip
    return np.asarray(free + solve_triangular(unit.T, found.x, lower=False))


def _at(model: Facets, free: Floats) -> tuple[Curves, Posterior, float]:
    whole = model.base + model.spread @ free
    whole[1] = np.clip(whole[1], -WIDEST, WIDEST)
    curves = model.curves(whole)
    return curves, model.posterior(curves), float(np.exp(whole[1]))


def _polished(
    model: Facets, free: Floats, *, robust: bool, tolerance: float = 1e-3, most: int = 20
) -> tuple[Floats, Floats]:
    """Newton's steps until none moves a parameter by `tolerance` of its error; then the covariance."""
    for _ in range(most):
        curves, posterior, sd = _at(model, free)
        slope = model.slope(curves, posterior, sd)
        try:
            observed, crossed = model.information(curves, posterior, sd)
            factor = cho_factor(observed)
        except LinAlgError:
            raise NotConverged("the ratings do not settle the parameters: too few, or persons do not differ") from None
        step, covariance = cho_solve(factor, slope), cho_solve(factor, np.eye(free.size))
        free = free + step
        if not abs(free[1]) < WIDEST:
            raise NotConverged("persons do not differ beyond chance, or nothing but differ: severity has no scale")
        if (np.abs(step) <= tolerance * np.sqrt(np.diag(covariance))).all():
            return free, covariance @ crossed @ covariance if robust else covariance
    raise NotConverged(f"severity did not settle within {most} of Newton's steps")


def _nodes_wanted(model: Facets, free: Floats) -> int:
    """So many nodes that neighbours are no farther apart than the surest person is known."""
    whole = model.base + model.spread @ free
    sd = float(np.exp(whole[1]))
    curves = model.curves(whole)
    weights = model.posterior(curves).weights
    theta = weights @ curves.theta
    # Information at the posterior mean: read off the curves, cell by cell, at the nearest node.
    nearest = np.abs(curves.theta[:, None] - theta[None, :]).argmin(axis=0)[model.ratings.person]
    told = np.bincount(model.ratings.person, curves.variance[model.cells[2], nearest], len(theta))
    surest = 1 / np.sqrt(1 / sd**2 + told.max())
    return min(max(ceil(2 * REACH * sd / float(surest)) + 1, NODES), MOST_NODES)


# ------------------------------------------------------------------------------------------------ what is reported
def _reported(model: Facets, free: Floats, covariance: Floats, left_out: int) -> Severity:
    ratings = model.ratings
    whole = model.base + model.spread @ free
    mean, sd, difficulty, severe, steps = model.split(whole)
    # Of each parameter the variance, of examiners also their covariances.
    spread = model.spread.toarray()
    errors = np.sqrt(np.einsum("if,fg,ig->i", spread, covariance, spread, optimize=True))
    mean_error, _, task_errors, examiner_errors, step_errors = model.split(errors)
    curves = model.curves(whole)
    posterior = model.posterior(curves)
    fits = _residuals(model, curves, posterior)
    examiners = _measures(ratings, ratings.examiners, ratings.examiner, severe, examiner_errors, fits)
    tasks = _measures(ratings, ratings.tasks, ratings.task, difficulty, task_errors, fits)
    log_likelihood = posterior.log_likelihood
    chi_square, df = _equal(model, free, covariance)
    rated = ~np.isnan(examiners.measure)
    seen = float(examiners.measure[rated].var(ddof=1))
    true = max(seen - float((examiners.error[rated] ** 2).mean()), 0.0)
    own = np.arange(model.most) < model.maxima[:, None]
    return Severity(
        examiners, tasks, _persons(model, curves, posterior, whole),
        np.where(own, steps[model.scale], np.nan), np.where(own, step_errors[model.scale], np.nan),
        mean, mean_error, sd, chi_square, df, float(stats.chi2.sf(chi_square, df)),
        float(np.sqrt(true)), true / seen if seen > 0 else float("nan"),
        log_likelihood, free.size, ratings.n, left_out,
    )  # fmt: skip


def _equal(model: Facets, free: Floats, covariance: Floats) -> tuple[float, int]:
    """Wald's test of equal severities: free ones are all but the last, which is minus their sum."""
    start = 2 + max(np.unique(model.ratings.task).size - 1, 0)
    mine = slice(start, start + np.unique(model.ratings.examiner).size - 1)
    return float(free[mine] @ np.linalg.solve(covariance[mine, mine], free[mine])), mine.stop - mine.start


@dataclass(frozen=True)
class _Residuals:
    """Of each rating, over its person's posterior: squared residual, variance, and their quotient."""

    square: Floats
    variance: Floats
    quotient: Floats


def _residuals(model: Facets, curves: Curves, posterior: Posterior) -> _Residuals:
    parts = []
    ratings, cell = model.ratings, model.cells[2]
    for start in range(0, ratings.n, CHUNK):
        some = slice(start, start + CHUNK)
        weight, mine = posterior.weights[ratings.person[some]], cell[some]
        square = (ratings.score[some, None] - curves.mean[mine]) ** 2
        variance = curves.variance[mine]
        quotient = square / np.maximum(variance, 1e-12)
        parts.append([(weight * each).sum(axis=1) for each in (square, variance, quotient)])
    return _Residuals(*(np.concatenate(each) for each in zip(*parts, strict=True)))


def _measures(
    ratings: Ratings, names: tuple[str, ...], facet: Indices, measure: Floats, error: Floats, fits: _Residuals
) -> Measures:
    size = len(names)
    n = np.bincount(facet, minlength=size)
    none = np.where(n > 0, 1.0, np.nan)
    counts = np.maximum(n, 1)
    variance = np.bincount(facet, fits.variance, size)
    infit = none * np.bincount(facet, fits.square, size) / np.where(n > 0, variance, 1.0)
    outfit = none * np.bincount(facet, fits.quotient, size) / counts
    spreads = (
        _spread(ratings, facet, fits.square - fits.variance, size) / np.where(n > 0, variance, 1.0),
        _spread(ratings, facet, fits.quotient - 1, size) / counts,
    )
    points = np.bincount(facet, ratings.score / ratings.maxima[ratings.task], size)
    return Measures(
        names, none * measure, none * error, n, none * points / counts, infit, outfit,
        _wilson_hilferty(infit, spreads[0]), _wilson_hilferty(outfit, spreads[1]),
    )  # fmt: skip


def _spread(ratings: Ratings, facet: Indices, residual: Floats, size: int) -> Floats:
    """Standard error of the sum of residuals of each, persons being independent, (names,)."""
    pair = facet * len(ratings.persons) + ratings.person
    pairs, place = np.unique(pair, return_inverse=True)
    sums = np.bincount(place, residual)
    return np.asarray(np.sqrt(np.bincount(pairs // len(ratings.persons), sums**2, size)))


def _wilson_hilferty(mean_square: Floats, error: Floats) -> Floats:
    """A mean square with expectation 1 and this standard error, as a normal deviate; NaN without an error."""
    known = np.where(error > 0, error, np.nan)
    return np.asarray((np.cbrt(mean_square) - 1) * 3 / known + known / 3)


def _persons(model: Facets, curves: Curves, posterior: Posterior, whole: Floats) -> Persons:
    ratings = model.ratings
    n = np.bincount(ratings.person, minlength=len(ratings.persons))
    none = np.where(n > 0, 1.0, np.nan)
    ability = posterior.weights @ curves.theta
    error = np.sqrt(np.maximum(posterior.weights @ curves.theta**2 - ability**2, 0))
    return Persons(ratings.persons, none * ability, none * error, none * _fair(model, whole, ability), n)


def _fair(model: Facets, whole: Floats, ability: Floats) -> Floats:
    """The share of all rated tasks' points expected at these abilities with severity 0, (abilities,)."""
    _, _, difficulty, _, steps = model.split(whole)
    points, most = np.zeros(ability.size), 0
    for task in np.unique(model.ratings.task):
        own = int(model.maxima[task])
        climbed = np.concatenate([[0.0], steps[model.scale[task], :own].cumsum()])
        height = (ability - difficulty[task])[:, None] * np.arange(own + 1) - climbed
        chance = np.exp(height - height.max(axis=1, keepdims=True))
        points += chance @ np.arange(own + 1) / chance.sum(axis=1)
        most += own
    return np.asarray(points / most)
