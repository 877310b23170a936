"""`kappa`: how far raters' categories agree beyond chance."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path
from typing import Annotated

import typer

from psychometrics.agreement import Weights, kappa
from psychometrics.cli.output import Column, Report, Section, show
from psychometrics.responses import BLANKS
from psychometrics.sheets import read_sheet

TARGET = "target"


def run(
    file: Annotated[Path, typer.Argument(help="CSV: a row a target, a column a rater; `target` may name the row.")],
    categories: Annotated[str, typer.Option(help="In their order, with commas; else as numbers or letters sort.")] = "",
    weights: Annotated[Weights, typer.Option(help="What a miss by several categories weighs.")] = Weights.QUADRATIC,
    confidence: Annotated[float, typer.Option(help="Of the intervals, between 0 and 1.")] = 0.95,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object instead of tables.")] = False,
) -> None:
    """Weighted kappa (Cohen 1968) of every two raters, and the mean of all pairs (Light 1971).

    Reports the mean, and for each pair: kappa with its standard error (Fleiss, Cohen & Everitt 1969), low and high, the
    weighted shares of agreement observed and expected by chance, p, and the targets that both rated.
    """
    sheet = read_sheet(file)
    raters = {name: sheet.texts(name) for name in sheet.besides(TARGET)}
    known = categories.split(",") if categories else _sorted({label for each in raters.values() for label in each})
    pairs = list(combinations(raters, 2))
    found = [
        kappa(raters[one], raters[other], categories=known, weights=weights, confidence=confidence)
        for one, other in pairs
    ]
    sections = [
        Section(
            "pairs",
            "Pairs of raters",
            [
                *_PAIR,
                Column("kappa", "agreement beyond chance, -1 to 1"),
                Column("error", "its standard error"),
                Column("low", "lower end of its interval"),
                Column("high", "upper end of its interval"),
                Column("targets", "rated by both"),
            ],
            [
                (*pair, each.estimate, each.error, each.low, each.high, each.n)
                for pair, each in zip(pairs, found, strict=True)
            ],
        ),
        Section(
            "basis",
            "What they rest on",
            [
                *_PAIR,
                Column("observed", "weighted share of agreement, 0 to 1"),
                Column("expected", "the same by chance, 0 to 1"),
                Column("p", "chance of so much without agreement", is_chance=True),
            ],
            [(*pair, each.observed, each.expected, each.p) for pair, each in zip(pairs, found, strict=True)],
        ),
    ]
    mean = sum(each.estimate for each in found) / len(found) if found else None
    show(Report({"mean": mean, "weights": weights.value}, sections), as_json=as_json)


_PAIR = [Column("first", "a rater"), Column("second", "another")]


def _sorted(labels: set[str]) -> list[str]:
    named = labels - BLANKS
    try:
        return sorted(named, key=float)
    except ValueError:
        return sorted(named)
