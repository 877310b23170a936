"""Agreement of those who mark: how alike several raters' marks are, and who of them is severe.

`intraclass` for marks on a scale (reliability of one rater and of the mean of all), `kappa` for two raters' categories,
`severity` for examiners who each rated some of the persons (many-facet Rasch).
"""

from psychometrics.agreement.facets import Steps
from psychometrics.agreement.intraclass import Form, Intraclass, Reliability, intraclass
from psychometrics.agreement.kappa import Kappa, Weights, cross_table, kappa, kappa_of_table
from psychometrics.agreement.ratings import Ratings, ratings
from psychometrics.agreement.severity import Measures, Persons, Severity, severity

__all__ = [
    "Form",
    "Intraclass",
    "Kappa",
    "Measures",
    "Persons",
    "Ratings",
    "Reliability",
    "Severity",
    "Steps",
    "Weights",
    "cross_table",
    "intraclass",
    "kappa",
    "kappa_of_table",
    "ratings",
    "severity",
]
