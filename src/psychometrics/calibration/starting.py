"""Where the iteration begins: close to its end, which saves most of it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy.special import logit

from psychometrics import irt
from psychometrics.calibration.asked import frozen, nodes_over
from psychometrics.calibration.em import Expected, Fixed, Problem, State, expected, fit, maximised, table
from psychometrics.calibration.kinds import Block, Kind
from psychometrics.errors import WrongValue
from psychometrics.responses import Flags, Floats, Responses

FIRST_PERSONS = 4000
"""Of many persons, about so many give the starting values."""
WIDE = np.linspace(-10, 10, 121)
"""Where persons are looked for before trial items are fitted."""


def anchored(problem: Problem, keeps: irt.Items, held: Flags, points: int, reach: float) -> tuple[Problem, State]:
    """Find the groups by the fixed items, lay the nodes over them, and begin the trial items from there."""
    groups = problem.answers.member.shape[1]
    wide = replace(problem, blocks=(), nodes=WIDE)
    found = fit(wide, State((), np.zeros(groups), np.ones(groups)), tolerance=1e-3, limit=200).state
    if np.any((found.means - found.sds < WIDE[0]) | (found.means + found.sds > WIDE[-1])):
        raise WrongValue("persons lie beyond ±10 on the scale of the fixed items: are these items of theirs, D = 1?")
    share = problem.answers.member.mean(axis=0)
    mean = float(share @ found.means)
    sd = float(np.sqrt(share @ (found.sds**2 + (found.means - mean) ** 2)))
    nodes = nodes_over(points, reach, mean, sd)
    laid = replace(problem, nodes=nodes, fixed=frozen(keeps, np.flatnonzero(held), nodes))
    begin = started(laid, expected(replace(laid, blocks=()), found))
    return laid, State(begin.parameters, found.means, found.sds)


def plain_counts(problem: Problem, responses: Responses) -> Expected:
    """Everybody at the node nearest to their standardised logit share of points: the first guess of the weights."""
    shares = [
        (np.nansum(responses.scores[rows], axis=1) + 0.5) / (responses.is_present[rows] @ responses.maxima + 1)
        for rows in problem.answers.chunks()
    ]
    height = np.asarray(logit(np.concatenate(shares)))
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


def started(problem: Problem, found: Expected) -> State:
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


def begun(problem: Problem, state: State) -> State:
    """Starting values from about FIRST_PERSONS persons, when there are many more and every answer occurs among them."""
    answers = problem.answers
    every = answers.n_persons // FIRST_PERSONS
    if every < 3:
        return state
    some = answers.part(np.argsort(answers.member.argmax(axis=1), kind="stable")[::every])
    seen = Expected(0.0, some.columns.sum(axis=0, dtype=np.float64)[:, None], some.member.sum(axis=0)[:, None])
    if any(table(some, block, seen).min() < 20 for block in problem.blocks) or seen.mass.min() < 100:
        return state
    return fit(replace(problem, answers=some), state, tolerance=1e-2, limit=50).state
