"""Interleaved repetitions and their medians: how every benchmark here compares two ways of doing the same work."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import median

from rich.console import Console
from rich.table import Table

console = Console()


@dataclass(frozen=True, slots=True)
class Rate:
    """Units of work per second, over the repetitions."""

    name: str
    per_second: tuple[float, ...]

    @property
    def median(self) -> float:
        """The middle repetition: what is quoted."""
        return median(self.per_second)


def compare(ways: Mapping[str, Callable[[int], int]], *, repetitions: int = 3) -> dict[str, Rate]:
    """Run every way in turn, `repetitions` times over, and return its rate.

    A way receives the repetition's number (0, 1, …) and returns how many units of work it did.
    """
    rates: dict[str, list[float]] = {name: [] for name in ways}
    for repetition in range(repetitions):
        for name, way in ways.items():
            begun = time.perf_counter()
            done = way(repetition)
            rates[name].append(done / (time.perf_counter() - begun))
    return {name: Rate(name, tuple(values)) for name, values in rates.items()}


def exponent(small: tuple[int, float], large: tuple[int, float]) -> float:
    """Growth of cost with size: 1 means that twice the work takes twice the time.

    Takes (size, units per second) twice; the time of a run is size / rate.
    """
    (small_size, small_rate), (large_size, large_rate) = small, large
    return math.log((large_size / large_rate) / (small_size / small_rate)) / math.log(large_size / small_size)


def show(title: str, rates: Mapping[str, Rate], *, against: str, unit: str, note: str = "") -> None:
    """Print the rates with their ratio to the way named `against`."""
    table = Table(title=title, caption=note, title_justify="left", caption_justify="left")
    for heading in ("way", f"{unit}/s (median)", "min", "max", f"ratio to {against}"):
        table.add_column(heading, justify="left" if heading == "way" else "right")
    for name, rate in rates.items():
        table.add_row(
            name,
            f"{rate.median:,.0f}",
            f"{min(rate.per_second):,.0f}",
            f"{max(rate.per_second):,.0f}",
            f"{rate.median / rates[against].median:.3f}",
        )
    console.print(table)
