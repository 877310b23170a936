"""Fit: do the items' curves say what the answers say; is a person's row like others'; do two items go together?

`score_fit` (S-X²) and `rmsd` judge curves, `mean_squares` items and persons by residuals, `person_fit` persons by the
likelihood of their row, `dependence` pairs of items. They open questions; a person looks at what they point at.
"""

from psychometrics.fit.curves import Rmsd, ScoreFit, rmsd, score_fit
from psychometrics.fit.dependence import Dependence, dependence
from psychometrics.fit.persons import PersonFit, person_fit
from psychometrics.fit.residuals import MeanSquares, mean_squares

__all__ = [
    "Dependence",
    "MeanSquares",
    "PersonFit",
    "Rmsd",
    "ScoreFit",
    "dependence",
    "mean_squares",
    "person_fit",
    "rmsd",
    "score_fit",
]
