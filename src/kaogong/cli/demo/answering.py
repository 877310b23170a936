"""How the demo's candidates answer and work: a stated model, so that results look like results.

Theory: two-parameter logistic, P(right) = 1 / (1 + exp(-a (θ - b))) (Birnbaum, 1968), with a guess when the candidate
does not know: a candidate who misses the right answer picks one of the others evenly.
  θ ~ N(1.35, 0.9) for theory; a ~ lognormal(mean 0, sd 0.25); b = -1.6, -0.8, 0, 0.8, 1.6 for difficulty codes 1 … 5.
Skill: τ ~ N(0, 1), correlated 0.5 with θ. A criterion of m marks earns m times a share, share = logistic(1.5 + 0.8 τ +
noise N(0, 0.5)), less the examiner's severity N(0, 0.02), rounded to half marks: means near 80, a tail below 60.
"""

from __future__ import annotations

import math
import random
from collections.abc import Mapping
from dataclasses import dataclass, field

MEAN_THETA, SD_THETA = 1.35, 0.9
SD_LOG_A = 0.25
SKILL_INTERCEPT, SKILL_SLOPE, SKILL_NOISE = 1.5, 0.8, 0.5
CORRELATION = 0.5
SEVERITY_SD = 0.02


@dataclass(frozen=True, slots=True)
class Ability:
    """Standing of one candidate on both scales (standard-normal units, theory shifted by MEAN_THETA)."""

    theta: float
    tau: float


@dataclass(slots=True)
class Model:
    """The season's answering model; every draw comes from one seeded generator."""

    seed: int
    random: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)  # noqa: S311  # a reproducible season, not a secret

    def ability(self) -> Ability:
        """Draw a candidate."""
        common, own = self.random.gauss(0, 1), self.random.gauss(0, 1)
        tau = CORRELATION * common + math.sqrt(1 - CORRELATION**2) * own
        return Ability(MEAN_THETA + SD_THETA * common, tau)

    def severity(self) -> float:
        """Draw an examiner's severity: the share of every criterion that he takes off more than others."""
        return self.random.gauss(0, SEVERITY_SD)

    def knows(self, ability: Ability, *, difficulty: int) -> bool:
        """Whether the candidate knows the answer of an item with that difficulty code (1 … 5)."""
        a = self.random.lognormvariate(0, SD_LOG_A)
        b = (difficulty - 3) * 0.8
        return self.random.random() < 1 / (1 + math.exp(-a * (ability.theta - b)))

    def answer(self, ability: Ability, *, key: str, choices: str, difficulty: int) -> str:
        """The letter the candidate marks."""
        if self.knows(ability, difficulty=difficulty):
            return key
        return self.random.choice([letter for letter in choices if letter != key])

    def score_sheet(self, ability: Ability, criteria: Mapping[str, float], *, severity: float) -> dict[str, float]:
        """Marks for each criterion (code → full marks), in half marks between 0 and full."""
        return {code: self._criterion(ability, full, severity) for code, full in criteria.items()}

    def _criterion(self, ability: Ability, full: float, severity: float) -> float:
        logit = SKILL_INTERCEPT + SKILL_SLOPE * ability.tau + self.random.gauss(0, SKILL_NOISE)
        share = 1 / (1 + math.exp(-logit)) - severity
        return min(full, max(0.0, round(2 * full * share) / 2))
