"""`hofstee`: a compromise between acceptable cuts and acceptable failure rates."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from psychometrics.cli.output import Report, show
from psychometrics.sheets import read_sheet
from psychometrics.standard_setting import hofstee

QUESTIONS = ("lowest_cut", "highest_cut", "lowest_failing", "highest_failing")


def run(
    file: Annotated[Path, typer.Argument(help="CSV: a row a judge; " + ", ".join(QUESTIONS) + " (shares, 0 to 1).")],
    scores: Annotated[Path, typer.Option(help="CSV: a row a person; the column `score`, in points.")],
    seed: Annotated[int, typer.Option(help="Of the bootstrap.")] = 1,
    resamples: Annotated[int, typer.Option(help="Of judges and of persons, for the error.")] = 1000,
    confidence: Annotated[float, typer.Option(help="Of the interval, between 0 and 1.")] = 0.95,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object instead of a table.")] = False,
) -> None:
    """Cut by Hofstee's compromise (1983): where the scores meet what the panel accepts.

    Reports cut and failing (the share below it), error, low, high, met (share of resamples with a cut), the panel's
    four means, and the shares that would fail at the lowest and at the highest cut. Without a meeting the cut is null.
    """
    found = hofstee(
        read_sheet(scores).numbers(["score"])[:, 0],
        read_sheet(file).numbers(QUESTIONS),
        rng=np.random.default_rng(seed),
        resamples=resamples,
        confidence=confidence,
    )
    show(
        Report(
            {
                "cut": found.cut,
                "failing": found.failing,
                "error": found.error,
                "low": found.low,
                "high": found.high,
                "met": found.met,
                "lowest_cut": found.lowest_cut,
                "highest_cut": found.highest_cut,
                "lowest_failing": found.lowest_failing,
                "highest_failing": found.highest_failing,
                "would_fail_at_lowest": found.would_fail[0],
                "would_fail_at_highest": found.would_fail[1],
            }
        ),
        as_json=as_json,
    )
