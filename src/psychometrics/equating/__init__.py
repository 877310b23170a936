"""Equating: so that it does not matter which form one sat.

`link` turns one calibration's scale onto another's by common items and `drift` drops those that moved; `true_score` and
`observed_score` then equate by curves. `equate` does it by scores alone, for equivalent groups or common items, after
log-linear presmoothing; `bootstrap` says how sure that is; `conversion` makes the table that a form is reported by.
"""

from psychometrics.equating.conversion import Conversion, conversion
from psychometrics.equating.curves import observed_score, true_score
from psychometrics.equating.designs import CommonItems, Design, EquivalentGroups, common_items, equivalent_groups
from psychometrics.equating.distributions import equipercentile
from psychometrics.equating.linking import Drift, Link, Linking, drift, link
from psychometrics.equating.methods import Equating, Method, bootstrap, equate
from psychometrics.equating.smoothing import Smooth, best, smoothed, smoothed_jointly

__all__ = [
    "CommonItems",
    "Conversion",
    "Design",
    "Drift",
    "Equating",
    "EquivalentGroups",
    "Link",
    "Linking",
    "Method",
    "Smooth",
    "best",
    "bootstrap",
    "common_items",
    "conversion",
    "drift",
    "equate",
    "equipercentile",
    "equivalent_groups",
    "link",
    "observed_score",
    "smoothed",
    "smoothed_jointly",
    "true_score",
]
