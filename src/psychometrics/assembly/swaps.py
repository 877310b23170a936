"""The fast part: deal the items out after the linear programme's shares, mend what is broken, come near the goal.

`deal` is systematic: items in the order of their cells lie on a line, each as long as its use, and every unit of it
goes to the next paper; so no paper has more than one item too many of any cell. `mend` exchanges items while that
breaks less. `improve` takes, for the worst paper, the best of thousands of allowed exchanges, or the best *pair* of
them, found by a k-d tree: a pair of 10,000 allowed exchanges is one of 50 million.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.spatial import KDTree

from psychometrics.assembly.demand import Demand
from psychometrics.assembly.goals import Goal, Sense
from psychometrics.assembly.table import FREE, Table
from psychometrics.responses import Flags, Floats, Indices

PAIRS = 12_000
"""Exchanges looked at together."""
FIRSTS = 3_000
"""Of how many of them the best partner is looked for."""
OUTS, INTOS = 6, 120
"""Of how many items mending looks for one to leave, and for one to come."""
IN_A_ROW = 12
"""Exchanges made from one sample."""
SHAKES = 8
"""How often the worst paper is shaken before it is left as it is."""
TRIES = 25
"""Pairs of exchanges, best first, that are tried before giving up: most fit together."""
HOPEFUL = 0.75
"""How often mending takes the best exchange of its sample only when it helps; else it also goes sideways."""


@dataclass(frozen=True)
class _Offer:
    """Allowed exchanges of one paper with one partner: `out` and `into` (exchanges,), and what they change of the
    goal, (exchanges, points)."""

    partner: int
    out: Indices
    into: Indices
    change: Floats


def deal(asked: Demand, shares: Floats, table: Table, rng: np.random.Generator) -> Flags:
    """Papers by systematic sampling: `shares` (items,) in [0, 1] say in which share of the papers each item is."""
    count = asked.n_papers
    uses = np.minimum(shares * count, np.minimum(table.ceiling[:-1], count))
    uses[table.locked[:-1]] = 0
    order = np.lexsort((table.member[:-1, 0], rng.random(asked.n_items).round(1), table.cell[:-1]))
    ends = np.cumsum(uses[order]) + rng.random()
    copies = np.floor(ends + 1e-9) - np.floor(np.concatenate([[ends[0] - uses[order[0]]], ends[:-1]]) + 1e-9)
    copies = np.minimum(copies.astype(np.intp), table.ceiling[order])
    items = np.repeat(order, copies)
    papers = table.papers
    papers[(np.arange(items.size) + int(rng.integers(count))) % count, items] = True
    return papers


# ------------------------------------------------------------------------------------------------ mending
def mend(table: Table, rng: np.random.Generator, *, moves: int) -> int:
    """Exchange items while rules are broken, at most `moves` times; returns how many moves were made."""
    count = table.asked.n_papers
    for move in range(moves):
        bad = np.flatnonzero(table.broken > 0)
        if not bad.size:
            return move
        paper = int(rng.choice(bad))
        partner = FREE if count == 1 or rng.random() < 0.5 else int((paper + rng.integers(1, count)) % count)
        _mend_once(table, rng, paper, partner)
    return moves


def _mend_once(table: Table, rng: np.random.Generator, paper: int, partner: int) -> None:
    outs = table.blamed(paper)
    if partner != FREE:
        outs = outs[~table.has[partner, outs]]
    if not outs.size or rng.random() < 0.1:
        outs = table.given(paper, partner)
    outs = np.append(_some(outs, OUTS, rng), table.nobody)
    offered = table.offered(paper, partner)
    # Half of those that may come are like one that may leave: they break nothing else.
    alike = offered[np.isin(table.cell[offered], table.cell[outs[:-1]])]
    intos = np.concatenate([_some(alike, INTOS // 2, rng), _some(offered, INTOS // 2, rng), [table.nobody]])
    out, into = (each.ravel() for each in np.meshgrid(outs, intos, indexing="ij"))
    change = table.after(paper, out, into) - table.broken[paper]
    if partner != FREE:
        best = np.argsort(change, kind="stable")[:400]
        out, into, change = out[best], into[best], change[best]
        change = change + table.after(partner, into, out) - table.broken[partner]
    least = change.min()
    if least < 0 or (least == 0 and rng.random() > HOPEFUL):
        pick = int(rng.choice(np.flatnonzero(change == least)))
        table.exchange(paper, int(out[pick]), int(into[pick]), partner)


# ------------------------------------------------------------------------------------------------ improving
def improve(table: Table, goal: Goal, rng: np.random.Generator, *, rounds: int, enough: float) -> None:
    """Exchange within the rules until the worst paper's loss is at most `enough`, or `rounds` tries per paper are up.

    Only papers that keep all rules are touched. For the most of the least all papers first take the best of what is
    free, so that the worst has something to exchange for. A worst paper that could not be helped by what is free, by
    any other paper, or by shaking it ends it.
    """
    count = table.asked.n_papers
    if goal.sense is Sense.MOST:
        for whole in map(int, np.flatnonzero(table.broken == 0)):
            for _n in range(rounds):
                if not _take_one(table, goal, whole, _offer(table, rng, whole, FREE)):
                    break
    stuck = 0
    for _n in range(rounds * count):
        losses = np.where(table.broken > 0, -np.inf, goal.loss(table.reached))
        paper = int(np.argmax(losses))
        if losses[paper] <= enough or stuck == SHAKES:
            return
        helped = _shaken(table, goal, rng, paper) if stuck else _improve_once(table, goal, rng, paper)
        stuck = 0 if helped else stuck + 1


def _improve_once(table: Table, goal: Goal, rng: np.random.Generator, paper: int) -> bool:
    """Help one paper: by two exchanges, by one, or by one with another paper, the best-off first."""
    free = _offer(table, rng, paper, FREE)
    if goal.sense is Sense.NEAR and _take_two(table, goal, paper, free):
        return True
    if _take_one(table, goal, paper, free):
        return True
    partners = [int(each) for each in np.argsort(goal.loss(table.reached)) if each != paper and not table.broken[each]]
    return any(_take_one(table, goal, paper, _offer(table, rng, paper, partner)) for partner in partners)


def _shaken(table: Table, goal: Goal, rng: np.random.Generator, paper: int) -> bool:
    """Make an exchange by chance, then the best two: a third one opens other pairs. Undone unless the paper gains."""
    before, kept = goal.loss(table.reached[paper]), np.flatnonzero(table.has[paper])
    offer = _offer(table, rng, paper, FREE)
    if goal.sense is not Sense.NEAR or not offer.out.size:
        return False
    chance = int(rng.integers(offer.out.size))
    table.exchange(paper, int(offer.out[chance]), int(offer.into[chance]))
    _take_two(table, goal, paper, _offer(table, rng, paper, FREE))
    if goal.loss(table.reached[paper]) < before - 1e-12:
        return True
    for item in np.setdiff1d(np.flatnonzero(table.has[paper]), kept):
        table.exchange(paper, int(item), table.nobody)
    for item in np.setdiff1d(kept, np.flatnonzero(table.has[paper])):
        table.exchange(paper, table.nobody, int(item))
    return False


def _offer(table: Table, rng: np.random.Generator, paper: int, partner: int) -> _Offer:
    """Allowed exchanges among a sample of pairs, most of them of items that are alike to the dense rules."""
    given, offered = table.given(paper, partner), table.offered(paper, partner)
    out, into = _alike(table.cell, given, offered, rng)
    some = max(0, PAIRS // 4) if given.size and offered.size else 0
    out = np.concatenate([out, given[rng.integers(given.size, size=some)] if some else out[:0]])
    into = np.concatenate([into, offered[rng.integers(offered.size, size=some)] if some else into[:0]])
    kept = table.after(paper, out, into) == 0
    if partner != FREE:
        kept &= table.after(partner, into, out) == 0
    out, into = out[kept], into[kept]
    return _Offer(partner, out, into, table.values[into] - table.values[out])


def _alike(cell: Indices, given: Indices, offered: Indices, rng: np.random.Generator) -> tuple[Indices, Indices]:
    """Pairs of a given and an offered item of one cell: all of them, or as many as fit by chance."""
    offered = offered[np.argsort(cell[offered], kind="stable")]
    low = np.searchsorted(cell[offered], cell[given])
    many = np.searchsorted(cell[offered], cell[given], side="right") - low
    every = int(many.sum())
    picks = np.arange(every) if every <= PAIRS else np.unique(rng.integers(every, size=PAIRS))
    ends = np.cumsum(many)
    which = np.searchsorted(ends, picks, side="right")
    return given[which], offered[low[which] + picks - (ends - many)[which]]


def _take_one(table: Table, goal: Goal, paper: int, offer: _Offer) -> bool:
    """Make the exchange that helps most, then the next, as long as one helps; a partner must not become the worse."""
    open_, helped = np.ones(offer.out.size, dtype=bool), False
    for _n in range(IN_A_ROW):
        if not open_.any():
            return helped
        loss = goal.loss(table.reached[paper] + offer.change)
        if offer.partner != FREE:
            loss = np.maximum(loss, goal.loss(table.reached[offer.partner] - offer.change))
        best = int(np.argmin(np.where(open_, loss, np.inf)))
        if loss[best] >= goal.loss(table.reached[paper]) - 1e-12:
            return helped
        out, into = int(offer.out[best]), int(offer.into[best])
        if not helped or _still(table, paper, offer, best):
            table.exchange(paper, out, into, offer.partner)
            open_ &= (offer.out != out) & (offer.into != into)
            helped = True
        open_[best] = False
    return helped


def _still(table: Table, paper: int, offer: _Offer, which: int) -> bool:
    """Whether an exchange is still allowed after others of the same offer."""
    out, into = offer.out[[which]], offer.into[[which]]
    return bool(
        table.after(paper, out, into)[0] == 0
        and (offer.partner == FREE or table.after(offer.partner, into, out)[0] == 0)
    )


def _take_two(table: Table, goal: Goal, paper: int, offer: _Offer) -> bool:
    """Make the two exchanges that together come nearest to the target, if they come nearer than it is."""
    count = offer.out.size
    if count < 2:
        return False
    missing = goal.wanted - table.reached[paper]
    # The nearest partner of each exchange in the largest deviation; the second one, where it is itself.
    firsts = np.argsort(goal.loss(table.reached[paper] + offer.change), kind="stable")[:FIRSTS]
    found, second = KDTree(offer.change).query(missing - offer.change[firsts], k=2, p=np.inf)
    is_self = second[:, 0] == firsts
    distance = np.where(is_self, found[:, 1], found[:, 0])
    other = np.where(is_self, second[:, 1], second[:, 0])
    before = goal.loss(table.reached[paper])
    for best in np.argsort(distance, kind="stable")[:TRIES]:
        if distance[best] >= before - 1e-12:
            return False
        if _both(table, paper, offer, int(firsts[best]), int(other[best])):
            return True
    return False


def _both(table: Table, paper: int, offer: _Offer, one: int, other: int) -> bool:
    """Make both exchanges, or none when they do not fit together."""
    if offer.out[one] == offer.out[other] or offer.into[one] == offer.into[other]:
        return False
    table.exchange(paper, int(offer.out[one]), int(offer.into[one]))
    if table.after(paper, offer.out[[other]], offer.into[[other]])[0] == 0:
        table.exchange(paper, int(offer.out[other]), int(offer.into[other]))
        return True
    table.exchange(paper, int(offer.into[one]), int(offer.out[one]))
    return False


def _some(items: Indices, count: int, rng: np.random.Generator) -> Indices:
    return items if items.size <= count else items[rng.integers(items.size, size=count)]
