"""The two doors of calibration: what is asked is checked, fitted, and put into the parameters that people publish."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from psychometrics import irt
from psychometrics.calibration.asked import (
    answers_of,
    blocks_of,
    check,
    chosen_of,
    frozen,
    held_of,
    kinds_of,
    nodes_over,
    reference_of,
    require_determined,
    seen_of,
)
from psychometrics.calibration.em import Fit, Problem, Progress, State, fit, log_likelihood, log_prior
from psychometrics.calibration.information import Covariances, Information, affordable, covariances, mapping_of
from psychometrics.calibration.kinds import Kind
from psychometrics.calibration.priors import Normal, Priors
from psychometrics.calibration.results import Calibration, Course, NominalCalibration, published, published_options
from psychometrics.calibration.starting import WIDE, anchored, begun, plain_counts, started
from psychometrics.errors import ConstantItem, NotConverged, TooFew, WrongValue
from psychometrics.responses import Flags, Responses

PLAIN = Priors()


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
    hold the scale, and all groups' distributions are updated each cycle (MEM: Kim 2006); `reference` then says nothing,
    and the standard errors take the fixed items as known.
    ∫ is a sum over `points` even nodes, `reach` standard deviations either way; 61 serve up to some 200 items, beyond
    that the nodes should lie no wider apart than 1.5 standard errors of ability. It ends when no intercept, slope,
    logit c, mean or log SD moves by `tolerance` in an EM step; `progress` hears the iteration and the limit.
    `information` chooses the errors' source, Louis where that takes seconds unless told.

    Raises WrongShape (as many models as items), WrongValue (scores that are no categories, a distribution beyond the
    nodes or too narrow for them, priors of a or b together with Rasch items that hold the scale), ConstantItem (a free
    item everybody answered alike), TooFew (nobody answered it, a category nobody reached, no fixed item among the
    responses, groups without common items, too few items for the parameters), EmptyGroup (a group with nobody in it),
    NotConverged unless `incomplete`. Source: Bock & Aitkin (1981); Bock & Zimowski (1997).
    """
    kinds, held = kinds_of(responses, model), held_of(responses, fixed)
    group = reference_of(responses, reference)
    check(responses, kinds, held, seen_of(responses))
    answers = answers_of(responses, held, fixed)
    keeps = None if fixed is None else _kept(responses, fixed, held)
    known = () if keeps is None else frozen(keeps, np.flatnonzero(held), WIDE)
    if not known and priors.holds_scale and Kind.RASCH in kinds:
        raise WrongValue("Rasch items that hold the scale take no priors of a and b; ask for 1pl items")
    blocks = blocks_of(kinds, held, answers.n_categories)
    problem = Problem(answers, blocks, known, priors, nodes_over(points, reach, 0.0, 1.0), group)
    require_determined(problem)
    if keeps is not None:
        problem, state = anchored(problem, keeps, held, points, reach)
    else:
        state = started(problem, plain_counts(problem, responses))
    done = _ended(responses, problem, state, tolerance, limit, incomplete, progress)
    edge = np.zeros(responses.n_items, dtype=bool)
    for block, own in zip(problem.blocks, done.state.parameters, strict=True):
        edge[block.columns] = block.edges(own).any(axis=1)
    problem, state = _turned(problem, done.state)
    course, covered = _course(responses, problem, state, done, information)
    return published(responses, problem, state, covered, course, keeps, held, edge)


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
    answers = chosen_of(responses)
    counts = answers.n_categories
    free = np.zeros(responses.n_items, dtype=bool)
    for place, name in enumerate(responses.items):
        seen = np.bincount(responses.choices.chosen[:, place] + 1, minlength=counts[place] + 1)[1:]
        if (seen > 0).sum() < 2:
            raise ConstantItem(f"everybody chose alike on {name}: its options have no curves")
        if prior is None and not seen.all():
            label = responses.choices.labels[place][int(np.argmin(seen))]
            raise TooFew(f"nobody chose {label!r} on {name}: leave the label out, or give a prior")
    blocks = blocks_of([Kind.NOMINAL] * free.size, free, counts)
    group = reference_of(responses, reference)
    problem = Problem(answers, blocks, (), Priors(option=prior), nodes_over(points, reach, 0.0, 1.0), group)
    require_determined(problem)
    state = started(problem, plain_counts(problem, responses))
    done = _ended(responses, problem, state, tolerance, limit, incomplete, progress)
    course, covered = _course(responses, problem, done.state, done, information)
    return published_options(responses, problem, done.state, covered, course)


def _kept(responses: Responses, fixed: irt.Items, held: Flags) -> irt.Items:
    """The fixed items that are among the responses, in their order."""
    places = {name: place for place, name in enumerate(fixed.names)}
    return fixed.take([places[responses.items[at]] for at in np.flatnonzero(held)])


def _ended(
    responses: Responses,
    problem: Problem,
    state: State,
    tolerance: float,
    limit: int,
    incomplete: bool,
    progress: Progress | None,
) -> Fit:
    if not tolerance > 0 or limit < 1:
        raise WrongValue("an iteration needs a tolerance above 0 and a limit of at least 1")
    done = fit(problem, begun(problem, state), tolerance=tolerance, limit=limit, progress=progress)
    for name, mean, sd in zip(responses.groups, done.state.means, done.state.sds, strict=True):
        if not problem.nodes[0] <= mean - 3 * sd < mean + 3 * sd <= problem.nodes[-1]:
            raise WrongValue(
                f"group {name!r} with mean {mean:.2f} and SD {sd:.2f} lies beyond the nodes: give a wider reach, "
                "or leave it out if all of it is right or all wrong"
            )
        if sd < problem.least_sd * 1.001:
            raise WrongValue(
                f"group {name!r} is too narrow to be seen (SD at most {sd:.2f}): give more points, "
                "or leave it out if all of it is right or all wrong"
            )
    if not done.converged and not incomplete:
        raise NotConverged(
            f"parameters still move by more than {tolerance:g} after {limit} iterations, most on "
            f"{_restless(responses, problem, done)}"
        )
    return done


def _restless(responses: Responses, problem: Problem, done: Fit) -> str:
    """What moved most in the last step: the item or the group."""
    moves = done.state.unpacked(np.abs(np.nan_to_num(done.move, nan=np.inf)))
    found = [
        (float(own.max(axis=1)[place]), responses.items[block.columns[place]])
        for block, own in zip(problem.blocks, moves.parameters, strict=True)
        for place in [int(own.max(axis=1).argmax())]
    ]
    groups = np.maximum(moves.means, np.log(moves.sds))
    return str(max([*found, (float(groups.max()), f"group {responses.groups[int(groups.argmax())]!r}")])[1])


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


def _course(
    responses: Responses, problem: Problem, state: State, done: Fit, information: Information | None
) -> tuple[Course, Covariances]:
    how = affordable(problem) if information is None else information
    if how is Information.NONE:
        empty = [np.full((*own.shape, own.shape[1]), np.nan) for own in state.parameters]
        known = Covariances(tuple(empty), np.full((len(state.means), 2), np.nan))
    else:
        known = covariances(problem, state, how)
    course = Course(
        log_likelihood=log_likelihood(problem, state),
        log_prior=log_prior(problem, state),
        n_parameters=int(mapping_of(problem).shape[1]),
        n_persons=int(responses.is_present.any(axis=1).sum()),
        iterations=done.iterations,
        converged=done.converged,
        information=how,
    )
    return course, known
