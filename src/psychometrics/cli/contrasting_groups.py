"""`contrasting-groups`: a cut between those judged competent and the others."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from psychometrics.cli.output import Report, show
from psychometrics.errors import UnreadableFile
from psychometrics.sheets import read_sheet
from psychometrics.standard_setting import contrasting_groups

ANSWERS = {"1": True, "0": False}


def run(
    file: Annotated[Path, typer.Argument(help="CSV: a row a person; columns score and competent (1 or 0).")],
    loss_ratio: Annotated[float, typer.Option(help="How much worse a wrong pass is than a wrong fail.")] = 1.0,
    confidence: Annotated[float, typer.Option(help="Of the interval, between 0 and 1.")] = 0.95,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object instead of a table.")] = False,
) -> None:
    """Cut between contrasting groups (Livingston & Zieky 1982), by a logistic curve of competence over scores.

    Reports cut in points, its error, low and high (Fieller), intercept and slope, false_pass and false_fail (shares of
    those not competent and of the competent), how many of either there are, and left_out without a score.
    """
    sheet = read_sheet(file)
    judged = sheet.texts("competent")
    for line, each in enumerate(judged, start=2):
        if each not in ANSWERS:
            raise UnreadableFile(f"{file}, line {line}, competent: {each!r} is neither 1 nor 0")
    found = contrasting_groups(
        sheet.numbers(["score"])[:, 0],
        [ANSWERS[each] for each in judged],
        loss_ratio=loss_ratio,
        confidence=confidence,
    )
    show(
        Report(
            {
                "cut": found.cut.cut,
                "error": found.cut.error,
                "low": found.cut.low,
                "high": found.cut.high,
                "intercept": found.intercept,
                "slope": found.slope,
                "false_pass": found.false_pass,
                "false_fail": found.false_fail,
                "competent": found.n_competent,
                "not_competent": found.n_not_competent,
                "left_out": found.n_left_out,
            }
        ),
        as_json=as_json,
    )
