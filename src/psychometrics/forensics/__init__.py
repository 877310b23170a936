"""Forensics: which answers are so alike, so quick or so unlike a person that people should look into them.

Every statistic here *opens* an inquiry and never decides one: see `inquiry`. Copying between two: `omega` (who from
whom), `gbt`, `m4`, the K-index family; for given pairs, or for all pairs of a room or of a sitting; `search` does it in
two stages, neighbours first. One person: `aberrance`, `preknowledge`, and the times of answers in `times`.
"""

from psychometrics.forensics.answers import Answers, answers, option_abilities
from psychometrics.forensics.inquiry import NO_VERDICT, Control, Inquiry, Stages, inquire, inquire_in_stages
from psychometrics.forensics.kindex import KFamily, k_family
from psychometrics.forensics.matches import M4, Matches, gbt, gbt_among, m4
from psychometrics.forensics.omega import Omega, omega, omega_among
from psychometrics.forensics.pairs import both_ways, neighbours, within
from psychometrics.forensics.persons import Aberrance, Preknowledge, aberrance, preknowledge
from psychometrics.forensics.search import Search, search
from psychometrics.forensics.times import (
    Effort,
    Pace,
    QuickRights,
    TimeModel,
    effort,
    fit_times,
    normative_thresholds,
    pace,
    quick_rights,
)

__all__ = [
    "M4",
    "NO_VERDICT",
    "Aberrance",
    "Answers",
    "Control",
    "Effort",
    "Inquiry",
    "KFamily",
    "Matches",
    "Omega",
    "Pace",
    "Preknowledge",
    "QuickRights",
    "Search",
    "Stages",
    "TimeModel",
    "aberrance",
    "answers",
    "both_ways",
    "effort",
    "fit_times",
    "gbt",
    "gbt_among",
    "inquire",
    "inquire_in_stages",
    "k_family",
    "m4",
    "neighbours",
    "normative_thresholds",
    "omega",
    "omega_among",
    "option_abilities",
    "pace",
    "preknowledge",
    "quick_rights",
    "search",
    "within",
]
