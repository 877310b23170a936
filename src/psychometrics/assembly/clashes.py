"""Which rules clash: a set that cannot be kept together, from which no rule can be left out.

By the deletion filter (Chinneck & Dravnieks 1991) over whole rules: leave one out; if the rest still cannot be kept,
it stays out, otherwise it belongs to the set. Each question is asked of the cheapest program that proves the clash:
the linear relaxation of all papers, the integer program of one paper, that of all.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from psychometrics.assembly.demand import OVERLAP, Demand
from psychometrics.assembly.programs import Limits, State, program, relaxation
from psychometrics.errors import Infeasible


class Clash(Infeasible):
    """Rules that cannot be kept together. `rules` are their names; `is_irreducible`: that each is needed was proved.

    There may be other clashes beside it, also smaller ones.
    """

    def __init__(self, rules: Sequence[str], *, is_irreducible: bool) -> None:
        super().__init__(f"these rules cannot be kept together: {', '.join(rules)}")
        self.rules = tuple(rules)
        self.is_irreducible = is_irreducible


def clash(asked: Demand, limits: Limits) -> Clash:
    """The clash in a demand that one of the three programs proves to be impossible; the shorter of two ways to it."""
    for ask in (_relaxed, _one, _all):
        if ask(asked, limits) is State.IMPOSSIBLE:
            found = [_filtered(asked, limits, ask, order) for order in (asked.names, asked.names[::-1])]
            return min(found, key=lambda each: (not each.is_irreducible, len(each.rules)))
    return Clash(asked.names, is_irreducible=False)


def impossible_for_one(asked: Demand, limits: Limits) -> bool:
    """Whether already a single paper is proved to be impossible."""
    return _one(asked, limits) is State.IMPOSSIBLE


def _filtered(asked: Demand, limits: Limits, ask: Callable[[Demand, Limits], State], order: Sequence[str]) -> Clash:
    kept, is_certain = set(order), True
    for name in order:
        state = ask(asked.only(kept - {name}), limits)
        if state is State.IMPOSSIBLE:
            kept.remove(name)
        is_certain &= state is not State.OPEN
    return Clash([name for name in asked.names if name in kept], is_irreducible=is_certain)


def _relaxed(asked: Demand, limits: Limits) -> State:
    return relaxation(asked.only(asked.names)).state


def _one(asked: Demand, limits: Limits) -> State:
    return _exact(asked.only(set(asked.names) - {OVERLAP}, n_papers=1), limits)


def _all(asked: Demand, limits: Limits) -> State:
    return _exact(asked.only(asked.names), limits)


def _exact(asked: Demand, limits: Limits) -> State:
    nothing = np.zeros((asked.n_papers, asked.n_items), dtype=bool)
    once = Limits(limits.nodes, limits.seconds, solutions=1)
    return program(asked, nothing, range(asked.n_papers), limits=once, prefer=np.zeros(asked.n_items)).state
