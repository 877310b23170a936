"""Content during a sitting: which areas may still be drawn from, and which come first."""

from __future__ import annotations

import numpy as np

from psychometrics.adaptive.design import Content
from psychometrics.adaptive.state import State
from psychometrics.responses import Flags, Floats


def allowed(content: Content, state: State, length: int) -> Flags:
    """Areas from which an item may come, (persons, areas), so that the bounds can still be met at full length.

    An area is closed at its most; and when the places left are all needed for areas below their least, the others are.
    """
    lacking = np.maximum(content.least - state.counts, 0)
    spare = length - state.step - lacking.sum(axis=1) > 0
    return np.asarray((state.counts < content.most) & ((lacking > 0) | spare[:, None]))


def is_covered(content: Content, state: State) -> Flags:
    """Whether every area has its least, (persons,)."""
    return np.asarray((state.counts >= content.least).all(axis=1))


def priority(content: Content, state: State) -> Floats:
    """The maximum priority index's factor of every area, (persons, areas), in [0, 1].

    The share of its quota that an area still lacks; the quota is the least until all areas have it, then the most.
    Source: Cheng & Chang (2009).
    """
    covered = is_covered(content, state)[:, None]
    quota = np.where(covered, content.most, content.least)
    left = np.maximum(quota - state.counts, 0)
    return np.asarray(np.divide(left, quota, out=np.zeros(left.shape), where=quota > 0))


def lagging(content: Content, state: State, open_areas: Flags) -> Flags:
    """The area that lags most behind its share, of those that are open: (persons, areas), one true in a row or none.

    The share is midway between least and most, of the sum of all midways. Source: Kingsbury & Zara (1989).
    """
    middle = (content.least + content.most) / 2
    lag = middle / middle.sum() - state.counts / max(state.step, 1)
    best = np.where(open_areas, lag, -np.inf).argmax(axis=1)
    return np.asarray((np.arange(middle.size) == best[:, None]) & open_areas)
