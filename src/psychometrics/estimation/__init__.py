"""Estimation: how able is a person, given the answers and the items' parameters; and how sure is that.

`abilities` estimates persons by maximum likelihood, Warm's weighted likelihood, the mode or the mean of the posterior,
with missing answers and a population for each group. `score_table` says what each sum score speaks of.
"""

from psychometrics.estimation.abilities import Abilities, Method, abilities
from psychometrics.estimation.answered import Answered, answered
from psychometrics.estimation.tables import ScoreTable, score_table

__all__ = ["Abilities", "Answered", "Method", "ScoreTable", "abilities", "answered", "score_table"]
