"""Calibration: items' parameters from responses, by marginal maximum likelihood (Bock & Aitkin 1981).

`calibrate` fits Rasch, one-, two- and three-parameter, graded and partial-credit items together, in several groups,
with missing answers, on a scale of their own or on that of items whose parameters are fixed (trial items).
`calibrate_nominal` fits options. Both name what cannot be fitted and say how sure the estimates are.
"""

from psychometrics.calibration.fitting import calibrate, calibrate_nominal
from psychometrics.calibration.information import Information
from psychometrics.calibration.kinds import Kind
from psychometrics.calibration.priors import CUSTOMARY, Beta, LogNormal, Normal, Priors
from psychometrics.calibration.results import Calibration, Course, Latent, NominalCalibration

__all__ = [
    "CUSTOMARY",
    "Beta",
    "Calibration",
    "Course",
    "Information",
    "Kind",
    "Latent",
    "LogNormal",
    "NominalCalibration",
    "Normal",
    "Priors",
    "calibrate",
    "calibrate_nominal",
]
