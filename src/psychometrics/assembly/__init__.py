"""Assembly: one or many parallel papers from a pool of items, every rule kept and proved, the gap to the best stated.

Rules are linear (`total`, `shares`, `at_most_each`, `enemies`, `apart`, `sets`), so is the goal: sums near a target
(`information_near`, `scores_near`) or the most of the least (`information_most`). `demand` puts them together,
`assemble` answers it or raises `Clash`, which names rules that cannot be kept together; `prove` checks any papers.

    asked = demand(len(points), [
        total("length", np.ones(len(points)), 160, 160),
        *shares("range", ranges, {"A": (5, 5), "B": (95, 95)}, values=points),
        at_most_each("one per point", labels),
    ], n_papers=20, goal=information_near(items, [-1, 0, 1], target))
    made = assemble(asked, rng=np.random.default_rng(seed))

Sources: Theunissen (1985); van der Linden & Boekkooi-Timminga (1989); van der Linden (2005).
"""

from psychometrics.assembly.assembling import Assembly, Effort, assemble
from psychometrics.assembly.clashes import Clash
from psychometrics.assembly.demand import EXPOSURE, OVERLAP, Check, Demand, demand, prove
from psychometrics.assembly.goals import Goal, Sense, information_most, information_near, most, near, scores_near
from psychometrics.assembly.rules import Rule, apart, at_most_each, enemies, sets, shares, total

__all__ = [
    "EXPOSURE",
    "OVERLAP",
    "Assembly",
    "Check",
    "Clash",
    "Demand",
    "Effort",
    "Goal",
    "Rule",
    "Sense",
    "apart",
    "assemble",
    "at_most_each",
    "demand",
    "enemies",
    "information_most",
    "information_near",
    "most",
    "near",
    "prove",
    "scores_near",
    "sets",
    "shares",
    "total",
]
