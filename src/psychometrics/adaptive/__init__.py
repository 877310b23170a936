"""Adaptive tests: each person gets the items that tell most about them, all get the same content, no item too often.

A `Design` says how; an `Engine` made of it chooses, records and stops, for one live sitting or for thousands simulated
in step; `precision`, `usage` and `classification` say what came of it.
"""

from psychometrics.adaptive.design import (
    Balance,
    Content,
    Criterion,
    Design,
    Estimator,
    Exposure,
    Rule,
    Sprt,
    Stopping,
    by_slope,
    content,
)
from psychometrics.adaptive.engine import NOTHING, Engine, Reason, Verdict
from psychometrics.adaptive.exposure import Calibrated, sympson_hetter
from psychometrics.adaptive.live import Standing, standing
from psychometrics.adaptive.quality import (
    Classification,
    Precision,
    Usage,
    classification,
    overlap,
    overlap_of_rates,
    precision,
    precision_by_ability,
    reasons,
    usage,
)
from psychometrics.adaptive.simulation import Sittings, replayed, simulated

__all__ = [
    "NOTHING",
    "Balance",
    "Calibrated",
    "Classification",
    "Content",
    "Criterion",
    "Design",
    "Engine",
    "Estimator",
    "Exposure",
    "Precision",
    "Reason",
    "Rule",
    "Sittings",
    "Sprt",
    "Standing",
    "Stopping",
    "Usage",
    "Verdict",
    "by_slope",
    "classification",
    "content",
    "overlap",
    "overlap_of_rates",
    "precision",
    "precision_by_ability",
    "reasons",
    "replayed",
    "simulated",
    "standing",
    "sympson_hetter",
    "usage",
]
