"""Rows of chosen options whose truth is known: who worked alone, and who copied how much from whom."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from psychometrics import irt, responses
from psychometrics.responses import Floats, Options, Responses

LABELS = "ABCDE"


@dataclass(frozen=True)
class Sitting:
    """Persons without any copying: their options, the key, the curves that made them and their abilities."""

    chosen: Options
    key: Options
    curves: irt.Nominal
    theta: Floats

    def responses(self, chosen: Options | None = None) -> Responses:
        """As responses that know the choices; a negative option is a blank."""
        rows = self.chosen if chosen is None else chosen
        letters = np.array([*LABELS, ""])
        return responses.chosen(
            letters[rows].tolist(),
            key=letters[self.key].tolist(),
            items=self.curves.names,
            labels=[LABELS[: self.curves.slopes.shape[1]]] * self.key.size,
        )


def sitting(rng: np.random.Generator, n_persons: int, n_items: int = 40, n_options: int = 4) -> Sitting:
    """Abilities are standard normal; the key rises with ability, distractors differ."""
    key = rng.integers(0, n_options, n_items)
    slopes, intercepts = rng.normal(0, 0.3, (n_items, n_options)), rng.normal(0, 0.7, (n_items, n_options))
    slopes[np.arange(n_items), key] = rng.uniform(0.6, 1.4, n_items)
    intercepts[np.arange(n_items), key] += 0.8
    slopes -= slopes.mean(axis=1, keepdims=True)
    intercepts -= intercepts.mean(axis=1, keepdims=True)
    curves = irt.Nominal(slopes, intercepts, tuple(f"i{place}" for place in range(1, n_items + 1)))
    theta = rng.standard_normal(n_persons)
    reached = curves.probabilities(theta).cumsum(axis=2)[:, :, :-1]
    chosen = (rng.random((n_persons, n_items, 1)) > reached).sum(axis=2)
    return Sitting(chosen.astype(np.int16), key.astype(np.int16), curves, theta)


def copied(made: Sitting, copier: int, source: int, n_items: int, rng: np.random.Generator) -> Options:
    """The same rows, after one has taken `n_items` answers from another."""
    found = made.chosen.copy()
    places = rng.choice(made.key.size, n_items, replace=False)
    found[copier, places] = found[source, places]
    return found
