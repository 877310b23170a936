"""The two doors of calibration: what is asked is checked, fitted, and put into the parameters that people publish."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.special import logit

from psychometrics import irt
from psychometrics.calibration.em import (
    Answers,
    Expected,
    Fit,
    Fixed,
    Problem,
    Progress,
    State,
    begun,
    expected,
    fit,
    is_linked,
    log_prior,
    maximised,
)
from psychometrics.calibration.information import Covariances, Information, affordable, covariances, mapping_of
from psychometrics.calibration.kinds import DICHOTOMOUS, Block, Kind
from psychometrics.calibration.priors import Normal, Priors
from psychometrics.errors import ConstantItem, NotConverged, TooFew, WrongShape, WrongValue
from psychometrics.responses import NO_OPTION, Flags, Floats, Indices, Responses

PLAIN = Priors()
WIDE = np.linspace(-10, 10, 121)
"""Where persons are looked for before trial items are fitted."""


@dataclass(frozen=True)
class Latent:
    """The normal distributions of ability: `groups` with their `means` and `sds`, (groups,), and standard errors.

    The errors are NaN for what was not estimated. `nodes` (points,) are those on which it was fitted.
    """

    groups: tuple[str, ...]
    means: Floats
    sds: Floats
    mean_errors: Floats
    sd_errors: Floats
    nodes: Floats

    def quadrature(self, group: str) -> irt.Quadrature:
        """A group's distribution on the nodes. Raises ValueError for an unknown group."""
        place = self.groups.index(group)
        weights = np.exp(-(((self.nodes - self.means[place]) / self.sds[place]) ** 2) / 2)
        return irt.Quadrature(self.nodes, weights / weights.sum())


@dataclass(frozen=True)
class Course:
    """How a calibration went: marginal log-likelihood, log density of the priors, and the way there.

    `n_parameters` counts the estimated ones; `information` says where standard errors come from.
    """

    log_likelihood: float
    log_prior: float
    n_parameters: int
    n_persons: int
    iterations: int
    converged: bool
    information: Information

    @property
    def aic(self) -> float:
        """Akaike's criterion (1974), 2k - 2 log L; without priors."""
        return 2 * self.n_parameters - 2 * self.log_likelihood

    @property
    def bic(self) -> float:
        """Schwarz's criterion (1978), k log(persons) - 2 log L; without priors."""
        return float(self.n_parameters * np.log(self.n_persons) - 2 * self.log_likelihood)


@dataclass(frozen=True)
class Calibration:
    """Items on their scale, in the order of the responses, with standard errors shaped as their parameters.

    `a_errors` (items,), `b_errors` (items, most categories - 1), `c_errors` (items,): NaN where a parameter was fixed
    or the information singular. `is_fixed` (items,). `is_on_edge` (items,): the data would have a slope at or below 0,
    or c at 0; such an item is to be looked at, its parameters are not to be used.
    """

    items: irt.Items
    a_errors: Floats
    b_errors: Floats
    c_errors: Floats
    is_fixed: Flags
    is_on_edge: Flags
    latent: Latent
    course: Course


@dataclass(frozen=True)
class NominalCalibration:
    """Curves of options with standard errors, (items, options), NaN beyond an item's own options."""

    items: irt.Nominal
    slope_errors: Floats
    intercept_errors: Floats
    latent: Latent
    course: Course


def calibrate(
    responses: Responses,
    model: Kind | Sequence[Kind] = Kind.TWO,
    *,
    priors: Priors = PLAIN,
    fixed: irt.Items | None = None,
    reference: str | None = None,
    points: int = 61,
    reach: float = 6.0,
    tolerance: float = 1e-4,
    limit: int = 500,
    information: Information | None = None,
    incomplete: bool = False,
    progress: Progress | None = None,
) -> Calibration:
    """Item parameters that maximise Π_persons ∫ Π_items P(score | θ) φ(θ; μ_g, σ_g) dθ times the priors.

    `model` is one for all items or (items,). Scores are whole categories from 0; missing ones weigh nothing. The scale:
    the group `reference` (the first unless named) has mean 0 and, unless there are Rasch items, standard deviation 1;
    the other groups' are estimated. With `fixed`, items found among the responses by name keep those parameters and
    hold the scale, and all groups' distributions are updated each cycle (MEM: Kim 2006); `reference` then says nothing.
    ∫ is a sum over `points` even nodes, `reach` standard deviations either way. It ends when no intercept, slope, logit
    c, mean or log SD moves by `tolerance` in an EM step; `progress` hears the iteration and the limit. `information`
    chooses the errors' source, Louis where that takes seconds unless told.

    Raises WrongShape (as many models as items), WrongValue (scores that are no categories, a distribution beyond the
    nodes, priors of a or b together with Rasch items that hold the scale), ConstantItem (a free item everybody answered
    alike), TooFew (nobody answered it, a category nobody reached, no fixed item among the responses, groups without
    common items), EmptyGroup, NotConverged unless `incomplete`. Source: Bock & Aitkin (1981); Bock & Zimowski (1997).
    """
    kinds = _kinds(responses, model)
    held = _held(responses, fixed)
    answers = _answers(responses, held, fixed)
    _check(responses, kinds, held)
    keeps = (
        None if fixed is None else fixed.take([fixed.names.index(responses.items[at]) for at in np.flatnonzero(held)])
    )
    frozen = () if keeps is None else _frozen(keeps, np.flatnonzero(held), WIDE)
    blocks = _blocks(kinds, held, answers.n_categories)
    if not frozen and priors.holds_scale and Kind.RASCH in kinds:
        raise WrongValue("Rasch items that hold the scale take no priors of a and b; ask for 1pl items")
    group = _group(responses, reference)
    problem = Problem(answers, blocks, frozen, priors, _nodes(points, reach, 0.0, 1.0), group)
    if not is_linked(answers, held):
        raise TooFew("groups without common items cannot be put on one scale")
    if keeps is not None:
        problem, state = _anchored(problem, keeps, held, points, reach)
    else:
        state = _started(problem, _plain_counts(problem, responses))
    done = _ended(problem, state, tolerance, limit, incomplete, progress)
    problem, state = _turned(problem, done.state)
    course, known = _course(problem, state, done, information)
    return _published(responses, problem, state, known, course, keeps, held)


def calibrate_nominal(
    responses: Responses,
    *,
    prior: Normal | None = None,
    reference: str | None = None,
    points: int = 61,
    reach: float = 6.0,
    tolerance: float = 1e-4,
    limit: int = 500,
    information: Information | None = None,
    incomplete: bool = False,
    progress: Progress | None = None,
) -> NominalCalibration:
    """Curves of options: P(option k | θ) ∝ exp(slope_k θ + intercept_k), Σ slopes = Σ intercepts = 0 (Bock 1972).

    Takes responses that know the choices; nothing chosen weighs nothing. Scores only orient the scale, whose group
    `reference` is standard. `prior` is a density of every slope and intercept about 0; only with one may a
    labelled option be chosen by nobody. Otherwise as `calibrate`, whose errors it raises.
    """
    if responses.choices is None:
        raise WrongValue("which options were chosen is not known; read the responses with a key")
    answers = _chosen(responses)
    counts = answers.n_categories
    free = np.zeros(responses.n_items, dtype=bool)
    for place, name in enumerate(responses.items):
        seen = np.bincount(responses.choices.chosen[:, place] + 1, minlength=counts[place] + 1)[1:]
        if (seen > 0).sum() < 2:
            raise ConstantItem(f"everybody chose alike on {name}: its options have no curves")
        if prior is None and not seen.all():
            label = responses.choices.labels[place][int(np.argmin(seen))]
            raise TooFew(f"nobody chose {label!r} on {name}: leave the label out, or give a prior")
    blocks = _blocks([Kind.NOMINAL] * free.size, free, counts)
    group = _group(responses, reference)
    problem = Problem(answers, blocks, (), Priors(option=prior), _nodes(points, reach, 0.0, 1.0), group)
    if not is_linked(answers, free):
        raise TooFew("groups without common items cannot be put on one scale")
    state = _started(problem, _plain_counts(problem, responses))
    done = _ended(problem, state, tolerance, limit, incomplete, progress)
    course, known = _course(problem, done.state, done, information)
    curves = np.full((4, free.size, int(counts.max())), np.nan)
    for block, own, square in zip(problem.blocks, done.state.parameters, known.blocks, strict=True):
        _centre(curves, block, own, square)
    items = irt.Nominal(curves[0], curves[1], responses.items)
    return NominalCalibration(items, curves[2], curves[3], _latent(responses, problem, done.state, known), course)


# ------------------------------------------------------------------------------------------------ what is asked
def _kinds(responses: Responses, model: Kind | Sequence[Kind]) -> list[Kind]:
    kinds = [Kind(model)] * responses.n_items if isinstance(model, str) else [Kind(each) for each in model]
    if len(kinds) != responses.n_items:
        raise WrongShape(f"{len(kinds)} models for {responses.n_items} items")
    if Kind.NOMINAL in kinds:
        raise WrongValue("options are fitted by calibrate_nominal")
    return kinds


def _group(responses: Responses, reference: str | None) -> int:
    return 0 if reference is None else int(responses.group[np.argmax(responses.in_group(reference))])


def _held(responses: Responses, fixed: irt.Items | None) -> Flags:
    names = set() if fixed is None else set(fixed.names)
    held = np.array([name in names for name in responses.items])
    if fixed is not None and not held.any():
        raise TooFew("none of the fixed items is among the responses")
    return held


def _check(responses: Responses, kinds: Sequence[Kind], held: Flags) -> None:
    for place in np.flatnonzero(~held).tolist():
        name, most = responses.items[place], int(responses.maxima[place])
        values = responses.scores[responses.is_present[:, place], place].astype(np.intp)
        seen = np.bincount(values, minlength=most + 1)
        if not values.size:
            raise TooFew(f"nobody answered {name}")
        if (seen > 0).sum() < 2:
            raise ConstantItem(f"everybody got {values[0]} on {name}: it cannot be calibrated")
        if kinds[place] in DICHOTOMOUS and most != 1:
            raise WrongValue(f"{name} gives 0 to {most}; a {kinds[place].value} item gives 0 or 1")
        if not seen.all():
            raise TooFew(f"nobody got {int(np.argmin(seen))} on {name}: put that score together with its neighbour")


def _answers(responses: Responses, held: Flags, fixed: irt.Items | None) -> Answers:
    scores = responses.scores
    if np.any(np.isfinite(scores) & (scores != np.floor(scores))) or np.any(responses.maxima % 1):
        raise WrongValue("scores are whole categories from 0: count half points as points of their own")
    n_categories = responses.maxima.astype(np.intp) + 1
    for place in np.flatnonzero(held):
        assert fixed is not None
        own = int(fixed.n_categories[fixed.names.index(responses.items[place])])
        if own < n_categories[place]:
            raise WrongValue(f"{responses.items[place]} is fixed with scores up to {own - 1}, the responses have more")
        n_categories[place] = own
    if responses.is_complete and (n_categories == 2).all():
        first = np.arange(responses.n_items)
        return Answers(scores, _member(responses), first, n_categories, np.full_like(first, -1))
    return _matrix(responses, np.where(responses.is_present, np.nan_to_num(scores), -1), n_categories)


def _chosen(responses: Responses) -> Answers:
    assert responses.choices is not None
    chosen = responses.choices.chosen
    return _matrix(responses, np.where(chosen == NO_OPTION, -1, chosen), responses.choices.counts.astype(np.intp))


def _matrix(responses: Responses, reached: Indices | Floats, n_categories: Indices) -> Answers:
    """Answers from the category that everybody reached, (persons, items), -1 where missing."""
    first = np.concatenate([[0], np.cumsum(n_categories - 1)[:-1]])
    some = np.flatnonzero((reached < 0).any(axis=0))
    total = int((n_categories - 1).sum())
    columns = np.empty((responses.n_persons, total + some.size), dtype=np.float32)
    for place, start in enumerate(first):
        for category in range(1, n_categories[place]):
            columns[:, start + category - 1] = reached[:, place] == category
    columns[:, total:] = reached[:, some] >= 0
    presence = np.full(responses.n_items, -1)
    presence[some] = total + np.arange(some.size)
    return Answers(columns, _member(responses), first, n_categories, presence)


def _member(responses: Responses) -> Floats:
    return np.asarray(responses.group[:, None] == np.arange(len(responses.groups)), dtype=np.float64)


def _blocks(kinds: Sequence[Kind], held: Flags, n_categories: Indices) -> tuple[Block, ...]:
    free = [(kinds[place], int(n_categories[place])) for place in np.flatnonzero(~held).tolist()]
    return tuple(
        Block(
            kind,
            np.array(
                [
                    place
                    for place in np.flatnonzero(~held).tolist()
                    if (kinds[place], n_categories[place]) == (kind, count)
                ]
            ),
            count,
            has_fixed_slope=kind is Kind.RASCH and bool(held.any()),
        )
        for kind, count in sorted(set(free))
    )


def _frozen(keeps: irt.Items, places: Indices, nodes: Floats) -> tuple[Fixed, ...]:
    counts = keeps.n_categories
    with np.errstate(divide="ignore"):
        chances = np.log(np.maximum(irt.probabilities(keeps, nodes), 1e-300)).transpose(1, 0, 2)
    return tuple(
        Fixed(Block(Kind.GRADED, places[counts == count], int(count)), chances[counts == count, :, :count])
        for count in np.unique(counts)
    )


def _nodes(points: int, reach: float, mean: float, sd: float) -> Floats:
    if points < 11 or not reach > 0:
        raise WrongValue("calibration needs at least 11 nodes and a reach above 0")
    return np.asarray(mean + sd * np.linspace(-reach, reach, points))


# ------------------------------------------------------------------------------------------------ the way there
def _anchored(problem: Problem, keeps: irt.Items, held: Flags, points: int, reach: float) -> tuple[Problem, State]:
    """Find the groups by the fixed items, lay the nodes over them, and begin the trial items from there."""
    groups = problem.answers.member.shape[1]
    wide = replace(problem, blocks=(), nodes=WIDE)
    found = fit(wide, State((), np.zeros(groups), np.ones(groups)), tolerance=1e-3, limit=200).state
    share = problem.answers.member.mean(axis=0)
    mean = float(share @ found.means)
    sd = float(np.sqrt(share @ (found.sds**2 + (found.means - mean) ** 2)))
    nodes = _nodes(points, reach, mean, sd)
    laid = replace(problem, nodes=nodes, fixed=_frozen(keeps, np.flatnonzero(held), nodes))
    begin = _started(laid, expected(replace(laid, blocks=()), found))
    return laid, State(begin.parameters, found.means, found.sds)


def _plain_counts(problem: Problem, responses: Responses) -> Expected:
    """Everybody at the node nearest to their standardised logit share of points: the first guess of the weights."""
    most = np.where(responses.is_present, responses.maxima, 0).sum(axis=1)
    share = (responses.totals + 0.5) / (most + 1)
    height = np.asarray(logit(share))
    own = height[problem.answers.member[:, problem.reference] > 0]
    height = (height - own.mean()) / max(float(own.std()), 1e-6)
    place = (np.clip(height, -4, 4) - problem.nodes[0]) / (problem.nodes[1] - problem.nodes[0])
    nearest = np.clip(np.rint(place), 0, problem.nodes.size - 1).astype(np.intp)
    columns = problem.answers.columns
    counts = np.zeros((columns.shape[1], problem.nodes.size))
    mass = np.zeros((problem.answers.member.shape[1], problem.nodes.size))
    for node in np.unique(nearest):
        mine = nearest == node
        counts[:, node] = columns[mine].sum(axis=0, dtype=np.float64)
        mass[:, node] = problem.answers.member[mine].sum(axis=0)
    return Expected(-np.inf, counts, mass)


def _started(problem: Problem, found: Expected) -> State:
    """Parameters for the first weights, fitted from moderate slopes and the shares of the categories."""
    parameters = []
    total = found.mass.sum()
    for block in problem.blocks:
        upper = found.counts[problem.answers.of(block)].sum(axis=2)
        place = problem.answers.presence[block.columns]
        present = np.where(place >= 0, found.counts[place].sum(axis=1), total)
        parameters.append(_first_guess(block, np.column_stack([present - upper.sum(axis=1), upper]) + 0.5))
    groups = found.mass.shape[0]
    guess = State(tuple(parameters), np.zeros(groups), np.ones(groups))
    fitted = maximised(replace(problem, fixed=problem.fixed or (_NO_ITEMS,)), guess, found, inner=6)
    if problem.is_anchored:
        return fitted
    # The persons were placed so that the reference group is standard already.
    return State(fitted.parameters, np.zeros(groups), np.ones(groups))


_NO_ITEMS = Fixed(Block(Kind.GRADED, np.array([], dtype=np.intp), 2), np.zeros((0, 0, 2)))


def _first_guess(block: Block, seen: Floats) -> Floats:
    made = np.zeros((len(seen), block.n_parameters))
    share = seen / seen.sum(axis=1, keepdims=True)
    if block.kind is Kind.NOMINAL:
        made[:, block.intercepts] = np.log(seen[:, 1:] / seen[:, :1])
        return made
    made[:, 0] = 1.0
    if block.kind is Kind.PARTIAL_CREDIT:
        made[:, block.intercepts] = np.log(seen[:, 1:] / seen[:, :1])
        return made
    reached = share[:, ::-1].cumsum(axis=1)[:, -2::-1]
    if block.kind is Kind.THREE:
        made[:, 2] = logit(0.2)
        reached = np.clip((reached - 0.2) / 0.8, 0.05, 0.95)
    made[:, block.intercepts] = logit(np.clip(reached, 1e-6, 1 - 1e-6))
    return made


def _ended(
    problem: Problem, state: State, tolerance: float, limit: int, incomplete: bool, progress: Progress | None
) -> Fit:
    done = fit(problem, begun(problem, state), tolerance=tolerance, limit=limit, progress=progress)
    if not done.converged and not incomplete:
        raise NotConverged(f"parameters still move by more than {tolerance:g} after {limit} iterations")
    for mean, sd in zip(done.state.means, done.state.sds, strict=True):
        if not problem.nodes[0] <= mean - 3 * sd < mean + 3 * sd <= problem.nodes[-1]:
            raise WrongValue(f"a group of mean {mean:.2f} and SD {sd:.2f} lies beyond the nodes: give a wider reach")
    return done


def _turned(problem: Problem, state: State) -> tuple[Problem, State]:
    """With Rasch items and nothing fixed: the scale on which their common slope is 1."""
    rasch = [own[0, 0] for block, own in zip(problem.blocks, state.parameters, strict=True) if block.kind is Kind.RASCH]
    if problem.is_anchored or not rasch:
        return problem, state
    unit = float(rasch[0])
    parameters = tuple(
        block.moved(own, 0.0, 1 / unit) for block, own in zip(problem.blocks, state.parameters, strict=True)
    )
    for block, own in zip(problem.blocks, parameters, strict=True):
        if block.kind is Kind.RASCH:
            own[:, 0] = 1.0  # exactly
    blocks = tuple(replace(block, has_fixed_slope=block.kind is Kind.RASCH) for block in problem.blocks)
    turned = replace(problem, blocks=blocks, nodes=problem.nodes * unit, has_free_spread=True)
    return turned, State(parameters, state.means * unit, state.sds * unit)


def _course(problem: Problem, state: State, done: Fit, information: Information | None) -> tuple[Course, Covariances]:
    how = affordable(problem) if information is None else information
    if how is Information.NONE:
        empty = [np.full((*own.shape, own.shape[1]), np.nan) for own in state.parameters]
        known = Covariances(tuple(empty), np.full((len(state.means), 2), np.nan))
    else:
        known = covariances(problem, state, how)
    course = Course(
        log_likelihood=expected(problem, state).log_likelihood,
        log_prior=log_prior(problem, state),
        n_parameters=int(mapping_of(problem).shape[1]),
        n_persons=problem.answers.n_persons,
        iterations=done.iterations,
        converged=done.converged,
        information=how,
    )
    return course, known


# ------------------------------------------------------------------------------------------------ what comes out
def _published(
    responses: Responses,
    problem: Problem,
    state: State,
    known: Covariances,
    course: Course,
    keeps: irt.Items | None,
    held: Flags,
) -> Calibration:
    count, most = responses.n_items, int(problem.answers.n_categories.max()) - 1
    kinds: list[irt.Items] = [] if keeps is None else [keeps]
    order = [np.flatnonzero(held)]
    a, b, c = np.full(count, np.nan), np.full((count, most), np.nan), np.full(count, np.nan)
    edge = np.zeros(count, dtype=bool)
    for block, own, square in zip(problem.blocks, state.parameters, known.blocks, strict=True):
        difficulty, by = block.difficulties(own)
        variance = np.einsum("nkp,npq,nkq->nk", by, square, by)
        edge[block.columns] = block.is_on_edge(own)
        if not block.has_fixed_slope:
            a[block.columns] = _root(square[:, 0, 0])
        b[block.columns, : variance.shape[1]] = _root(variance)
        names = [responses.items[place] for place in block.columns]
        asymptote = np.zeros(len(own))
        if block.kind is Kind.THREE:
            asymptote = 1 / (1 + np.exp(-own[:, 2]))
            c[block.columns] = asymptote * (1 - asymptote) * _root(square[:, 2, 2])
        kinds.append(_items(block, own[:, 0], difficulty, asymptote, names))
        order.append(block.columns)
    back = np.argsort(np.concatenate(order))
    latent = _latent(responses, problem, state, known)
    return Calibration(irt.joined(kinds).take(back), a, b, c, held, edge, latent, course)


def _items(block: Block, a: Floats, b: Floats, c: Floats, names: Sequence[str]) -> irt.Items:
    if block.kind is Kind.GRADED:
        return irt.graded(a, b, names=names)
    if block.kind is Kind.PARTIAL_CREDIT:
        return irt.partial_credit(a, b, names=names)
    return irt.logistic(b[:, 0], a, c, names=names)


def _latent(responses: Responses, problem: Problem, state: State, known: Covariances) -> Latent:
    errors = known.groups.copy()
    if not problem.is_anchored:
        errors[problem.reference, : 1 if problem.has_free_spread else 2] = np.nan
    return Latent(responses.groups, state.means, state.sds, errors[:, 0], errors[:, 1], problem.nodes)


def _centre(curves: Floats, block: Block, parameters: Floats, square: Floats) -> None:
    """Options measured from their item's mean, and their errors, into (slopes, intercepts, their errors)."""
    count, half = block.n_categories, block.n_categories - 1
    turn = (np.eye(count) - 1 / count)[:, 1:]
    places = np.ix_(block.columns, np.arange(count))
    for part in range(2):
        mine = slice(part * half, (part + 1) * half)
        curves[part][places] = parameters[:, mine] @ turn.T
        curves[2 + part][places] = _root(np.einsum("kp,npq,kq->nk", turn, square[:, mine, mine], turn))


def _root(variance: Floats) -> Floats:
    """Square roots; NaN of what is no variance."""
    return np.sqrt(np.where(variance > 0, variance, np.nan))
