"""Fairness: items that work differently for persons of equal ability in different groups (sex, province, language).

Three ways, which agree where they overlap: odds (`mantel_haenszel`), mean scores (`standardised`, for points in part
too) and regression (`logistic`, for several groups at once and for differences that grow with ability). A flag asks for
a person to look at the item; it does not say that the item is unfair.
"""

from psychometrics.fairness.mantel import MantelHaenszel, Odds, ets_classes, mantel_haenszel, odds
from psychometrics.fairness.matching import Comparison, Fewest, Table, bands, compared, focal_groups
from psychometrics.fairness.regression import LikelihoodRatio, Logistic, logistic
from psychometrics.fairness.standardisation import Standardised, standardised

__all__ = [
    "Comparison",
    "Fewest",
    "LikelihoodRatio",
    "Logistic",
    "MantelHaenszel",
    "Odds",
    "Standardised",
    "Table",
    "bands",
    "compared",
    "ets_classes",
    "focal_groups",
    "logistic",
    "mantel_haenszel",
    "odds",
    "standardised",
]
