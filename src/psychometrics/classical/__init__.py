"""Classical test theory: items and their options, the reliability of totals, the sureness of decisions at a cut.

Everything is counted, nothing is modelled beyond what a function says; flags are figures to look by, not verdicts.
"""

from psychometrics.classical.consistency import Consistency, from_curves, hanson_brennan, livingston_lewis, subkoviak
from psychometrics.classical.flagging import CUSTOMARY, SUFFICIENT_ALPHA, Flag, Thresholds, flags, sufficient_for
from psychometrics.classical.items import (
    KELLEY,
    ItemStatistics,
    OptionStatistics,
    extremes,
    item_statistics,
    option_statistics,
)
from psychometrics.classical.totals import (
    ConditionalSem,
    Reliability,
    alpha,
    alpha_interval,
    conditional_sem,
    covariances,
    kr21,
    omega,
    reliability,
    sem,
    stratified_alpha,
)
from psychometrics.classical.truth import TrueScores, fitted

__all__ = [
    "CUSTOMARY",
    "KELLEY",
    "SUFFICIENT_ALPHA",
    "ConditionalSem",
    "Consistency",
    "Flag",
    "ItemStatistics",
    "OptionStatistics",
    "Reliability",
    "Thresholds",
    "TrueScores",
    "alpha",
    "alpha_interval",
    "conditional_sem",
    "covariances",
    "extremes",
    "fitted",
    "flags",
    "from_curves",
    "hanson_brennan",
    "item_statistics",
    "kr21",
    "livingston_lewis",
    "omega",
    "option_statistics",
    "reliability",
    "sem",
    "stratified_alpha",
    "subkoviak",
    "sufficient_for",
]
