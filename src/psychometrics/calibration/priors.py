"""What is believed of parameters before the data: keeps the weakly determined ones within reason."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import betaln, expit, xlog1py, xlogy

from psychometrics.calibration.kinds import Block, Kind
from psychometrics.errors import WrongValue
from psychometrics.responses import Floats


@dataclass(frozen=True, slots=True)
class Normal:
    """A normal density. Raises WrongValue unless `sd` is above 0."""

    mean: float = 0.0
    sd: float = 1.0

    def __post_init__(self) -> None:
        if not self.sd > 0:
            raise WrongValue("a prior's standard deviation is above 0")


@dataclass(frozen=True, slots=True)
class LogNormal(Normal):
    """A density of slopes: log a is normal with this mean and standard deviation."""

    sd: float = 0.5


@dataclass(frozen=True, slots=True)
class Beta:
    """A density on (0, 1) with mean first / (first + second). Raises WrongValue unless both are at least 1."""

    first: float = 5.0
    second: float = 16.0

    def __post_init__(self) -> None:
        if self.first < 1 or self.second < 1:
            raise WrongValue("both numbers of a Beta prior are at least 1")


@dataclass(frozen=True, slots=True)
class Priors:
    """Densities of a, of every b, and of c; None leaves the parameter to the data.

    By default only lower asymptotes have one, c ~ Beta(5, 16), which is worth 19 answers by persons without a clue
    (mode 0.21). `CUSTOMARY` holds slopes and difficulties too. Source: Mislevy (1986); figures as in irtQ.
    """

    slope: LogNormal | None = None
    difficulty: Normal | None = None
    guessing: Beta | None = Beta()  # frozen
    option: Normal | None = None

    @property
    def holds_scale(self) -> bool:
        """Whether a change of scale changes the density."""
        return not (self.slope is None and self.difficulty is None and self.option is None)

    def log_density(self, block: Block, parameters: Floats) -> float:
        """The logarithm of the density of a block's items, summed. A slope that items share counts once."""
        if block.kind is Kind.NOMINAL:
            return self._of_options(block, parameters)[0]
        found = 0.0
        if self.slope is not None and not block.has_fixed_slope:
            logs = np.log(_slopes(block, parameters))
            found += float(np.sum(_normal(logs, self.slope) - logs))
        if self.difficulty is not None:
            found += float(np.sum(_normal(block.difficulties(parameters)[0], self.difficulty)))
        if self.guessing is not None and block.kind is Kind.THREE:
            c = expit(parameters[:, 2])
            plus, minus = self.guessing.first, self.guessing.second
            found += float(np.sum(xlogy(plus - 1, c) + xlog1py(minus - 1, -c) - betaln(plus, minus)))
        return found

    def pull(self, block: Block, parameters: Floats) -> tuple[Floats, Floats]:
        """Gradient of the log density, (items, parameters), and its curvature made positive, (…, parameters)."""
        if block.kind is Kind.NOMINAL:
            return self._of_options(block, parameters)[1:]
        gradient = np.zeros_like(parameters)
        curvature = np.zeros((*parameters.shape, parameters.shape[1]))
        if self.slope is not None and not block.has_fixed_slope:
            # A shared slope has one density, of which each item carries a share.
            share = 1 / len(parameters) if block.kind in (Kind.RASCH, Kind.ONE) else 1.0
            slope, precision = parameters[:, 0], share / self.slope.sd**2
            gradient[:, 0] += -(share + precision * (np.log(slope) - self.slope.mean)) / slope
            curvature[:, 0, 0] += precision / slope**2
        if self.difficulty is not None:
            b, by = block.difficulties(parameters)
            gradient -= np.einsum("nk,nkp->np", (b - self.difficulty.mean) / self.difficulty.sd**2, by)
            curvature += by.transpose(0, 2, 1) @ by / self.difficulty.sd**2
        if self.guessing is not None and block.kind is Kind.THREE:
            c = expit(parameters[:, 2])
            plus, minus = self.guessing.first - 1, self.guessing.second - 1
            gradient[:, 2] += plus * (1 - c) - minus * c
            curvature[:, 2, 2] += (plus + minus) * c * (1 - c)
        return gradient, curvature

    def _of_options(self, block: Block, parameters: Floats) -> tuple[float, Floats, Floats]:
        """Slopes and intercepts of options, each measured from its item's mean, are normal about 0."""
        count, n_parameters = parameters.shape
        if self.option is None:
            return 0.0, np.zeros_like(parameters), np.zeros((count, n_parameters, n_parameters))
        options, half = block.n_categories, n_parameters // 2
        one = (np.eye(half) - 1 / options) / self.option.sd**2
        both = np.zeros((n_parameters, n_parameters))
        both[:half, :half] = both[half:, half:] = one
        pull = -parameters @ both
        return float(np.sum(pull * parameters)) / 2, pull, np.broadcast_to(both, (count, *both.shape))


CUSTOMARY = Priors(slope=LogNormal(), difficulty=Normal(), guessing=Beta())
"""a ~ lognormal(0, 0.5), b ~ N(0, 1), c ~ Beta(5, 16): the defaults of irtQ (item-bank.md §3.2)."""


def _slopes(block: Block, parameters: Floats) -> Floats:
    return parameters[:1, 0] if block.kind in (Kind.RASCH, Kind.ONE) else parameters[:, 0]


def _normal(value: Floats, density: Normal) -> Floats:
    standard = (value - density.mean) / density.sd
    return np.asarray(-(standard**2) / 2 - np.log(density.sd * np.sqrt(2 * np.pi)))
