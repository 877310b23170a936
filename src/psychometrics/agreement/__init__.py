"""Agreement of those who mark: how alike several raters' marks are, and who of them is severe.

`intraclass` for marks on a scale (reliability of one rater and of the mean of all), `kappa` for two raters' categories.
"""

from psychometrics.agreement.intraclass import Form, Intraclass, Reliability, intraclass
from psychometrics.agreement.kappa import Kappa, Weights, cross_table, kappa, kappa_of_table

__all__ = [
    "Form",
    "Intraclass",
    "Kappa",
    "Reliability",
    "Weights",
    "cross_table",
    "intraclass",
    "kappa",
    "kappa_of_table",
]
