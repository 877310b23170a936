"""What is asked of calibration: answers as columns, items in blocks, and by name whatever cannot be fitted."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from psychometrics import irt
from psychometrics.calibration.em import ROWS, Answers, Fixed, Problem
from psychometrics.calibration.information import mapping_of
from psychometrics.calibration.kinds import DICHOTOMOUS, Block, Kind
from psychometrics.errors import ConstantItem, EmptyGroup, TooFew, WrongShape, WrongValue
from psychometrics.responses import NO_OPTION, Flags, Floats, Indices, Options, Responses


def kinds_of(responses: Responses, model: Kind | Sequence[Kind]) -> list[Kind]:
    """The kind of every item, (items,)."""
    kinds = [Kind(model)] * responses.n_items if isinstance(model, str) else [Kind(each) for each in model]
    if len(kinds) != responses.n_items:
        raise WrongShape(f"{len(kinds)} models for {responses.n_items} items")
    if Kind.NOMINAL in kinds:
        raise WrongValue("options are fitted by calibrate_nominal")
    return kinds


def reference_of(responses: Responses, reference: str | None) -> int:
    """The place of the reference group. Raises EmptyGroup when nobody bears that name, or a group has nobody."""
    if reference is not None:
        responses.in_group(reference)
    persons = np.bincount(responses.group, minlength=len(responses.groups))
    if not persons.all():
        raise EmptyGroup(f"nobody is in the group {responses.groups[int(np.argmin(persons))]!r}")
    return 0 if reference is None else responses.groups.index(reference)


def held_of(responses: Responses, fixed: irt.Items | None) -> Flags:
    """Which items are fixed, (items,)."""
    names = set() if fixed is None else set(fixed.names)
    held = np.array([name in names for name in responses.items])
    if fixed is not None and not held.any():
        raise TooFew("none of the fixed items is among the responses")
    return held


def seen_of(responses: Responses) -> Indices:
    """Persons in each category of each item, (items, most categories). Raises WrongValue unless scores are whole."""
    found = np.zeros((int(responses.maxima.max()) + 1, responses.n_items), dtype=np.intp)
    for rows in responses.chunks(ROWS):
        for category in range(len(found)):
            found[category] += np.count_nonzero(responses.scores[rows] == category, axis=0)
    if found.sum() != np.count_nonzero(responses.is_present) or np.any(responses.maxima % 1):
        raise WrongValue("scores are whole categories from 0: count half points as points of their own")
    return found.T


def check(responses: Responses, kinds: Sequence[Kind], held: Flags, seen_by_item: Indices) -> None:
    """Refuse free items that have no curves: unanswered, answered all alike, with categories that nobody reached."""
    for place in np.flatnonzero(~held).tolist():
        name, most = responses.items[place], int(responses.maxima[place])
        seen = seen_by_item[place, : most + 1]
        if not seen.any():
            raise TooFew(f"nobody answered {name}")
        if (seen > 0).sum() < 2:
            raise ConstantItem(f"everybody got {int(seen.argmax())} on {name}: it cannot be calibrated")
        if kinds[place] in DICHOTOMOUS and most != 1:
            raise WrongValue(f"{name} gives 0 to {most}; a {kinds[place].value} item gives 0 or 1")
        if not seen.all():
            raise TooFew(f"nobody got {int(np.argmin(seen))} on {name}: put that score together with its neighbour")


def answers_of(responses: Responses, held: Flags, fixed: irt.Items | None) -> Answers:
    """Scores as columns; a fixed item has as many categories as its parameters say."""
    scores = responses.scores
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
    return _matrix(responses, np.where(responses.is_present, scores, -1).astype(np.int16), n_categories)


def chosen_of(responses: Responses) -> Answers:
    """Chosen options as columns."""
    assert responses.choices is not None
    chosen = responses.choices.chosen
    return _matrix(responses, np.where(chosen == NO_OPTION, -1, chosen), responses.choices.counts.astype(np.intp))


def _matrix(responses: Responses, reached: Options, n_categories: Indices) -> Answers:
    """Answers from the category that everybody reached, (persons, items), -1 where missing."""
    first = np.concatenate([[0], np.cumsum(n_categories - 1)[:-1]])
    some = np.flatnonzero((reached < 0).any(axis=0))
    total = int((n_categories - 1).sum())
    columns = np.empty((responses.n_persons, total + some.size), dtype=np.int8)
    for place, start in enumerate(first):
        for category in range(1, n_categories[place]):
            columns[:, start + category - 1] = reached[:, place] == category
    columns[:, total:] = reached[:, some] >= 0
    presence = np.full(responses.n_items, -1)
    presence[some] = total + np.arange(some.size)
    return Answers(columns, _member(responses), first, n_categories, presence)


def _member(responses: Responses) -> Floats:
    return np.asarray(responses.group[:, None] == np.arange(len(responses.groups)), dtype=np.float64)


def blocks_of(kinds: Sequence[Kind], held: Flags, n_categories: Indices) -> tuple[Block, ...]:
    """The free items, those of one kind and one number of categories together."""
    places: dict[tuple[Kind, int], list[int]] = {}
    for place in np.flatnonzero(~held).tolist():
        places.setdefault((kinds[place], int(n_categories[place])), []).append(place)
    is_anchored = bool(held.any())
    return tuple(
        Block(kind, np.array(columns), count, has_fixed_slope=kind is Kind.RASCH and is_anchored)
        for (kind, count), columns in sorted(places.items())
    )


def frozen(keeps: irt.Items, places: Indices, nodes: Floats) -> tuple[Fixed, ...]:
    """Fixed items as they lie on the nodes; `places` (items,) are theirs among the responses."""
    counts = keeps.n_categories
    chances = np.log(np.maximum(irt.probabilities(keeps, nodes), 1e-300)).transpose(1, 0, 2)
    return tuple(
        Fixed(Block(Kind.GRADED, places[counts == count], int(count)), chances[counts == count, :, :count])
        for count in np.unique(counts)
    )


def nodes_over(points: int, reach: float, mean: float, sd: float) -> Floats:
    """Even nodes, `reach` standard deviations either way, (points,)."""
    if points < 11 or not reach > 0:
        raise WrongValue("calibration needs at least 11 nodes and a reach above 0")
    return np.asarray(mean + sd * np.linspace(-reach, reach, points))


def require_determined(problem: Problem) -> None:
    """Refuse what no number of persons could determine, priors apart: more parameters than patterns of answers.

    Raises TooFew (groups that no common item puts on one scale, fewer free frequencies of patterns than parameters).
    """
    answered = _answered(problem.answers)
    if not _is_linked(problem, answered):
        raise TooFew("groups without common items cannot be put on one scale")
    if problem.priors.holds_scale:
        return
    patterns = np.expm1(np.minimum(answered @ np.log(problem.answers.n_categories), 50.0)).sum()
    if (count := mapping_of(problem).shape[1]) > np.rint(patterns):
        raise TooFew(f"{problem.answers.first.size} items are too few for {count} parameters")


def _answered(answers: Answers) -> Flags:
    """Which items anybody of a group answered, (groups, items)."""
    found = np.ones((answers.member.shape[1], answers.first.size), dtype=bool)
    if (some := np.flatnonzero(answers.presence >= 0)).size:
        found[:, some] = False
        for rows in answers.chunks():
            present = answers.columns[rows][:, answers.presence[some]]
            found[:, some] |= (answers.member[rows].T @ present) > 0
    return found


def _is_linked(problem: Problem, answered: Flags) -> bool:
    """Whether items that several groups answered, or fixed ones, put all groups on one scale."""
    known = np.zeros(problem.answers.first.size, dtype=bool)
    for each in problem.fixed:
        known[each.block.columns] = True
    reached = np.zeros(len(answered), dtype=bool)
    reached[0] = not problem.is_anchored
    for _ in range(len(answered) + 1):
        known = known | answered[reached].any(axis=0)
        reached = reached | answered[:, known].any(axis=1)
    return bool(reached.all())
