"""`borderline`: a cut from persons rated to be on the border, and from a line through all ratings."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from psychometrics.cli.output import Column, Report, Section, show
from psychometrics.errors import TooFew
from psychometrics.sheets import read_sheet
from psychometrics.standard_setting import borderline_group, borderline_regression


def run(
    file: Annotated[Path, typer.Argument(help="CSV: a row a person; columns score (points) and rating (global).")],
    at: Annotated[float, typer.Option(help="The rating that means: on the border.")],
    confidence: Annotated[float, typer.Option(help="Of the intervals, between 0 and 1.")] = 0.95,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object instead of tables.")] = False,
) -> None:
    """Cut of the borderline group (its median score) and by borderline regression (score expected at that rating).

    Reports for both methods cut in points, its error, low, high and persons; of the line slope, intercept, r_squared
    and residual_sd. A method with too few persons has none.
    """
    sheet = read_sheet(file)
    scores, ratings = sheet.numbers(["score", "rating"]).T
    line = borderline_regression(scores, ratings, at=at, confidence=confidence)
    here = scores[(ratings == at) & (scores == scores)]
    rows = [("regression", line.cut.cut, line.cut.error, line.cut.low, line.cut.high, line.n)]
    try:
        group = borderline_group(here, confidence=confidence)
    except TooFew:
        pass
    else:
        rows.append(("group", group.cut, group.error, group.low, group.high, int(here.size)))
    columns = [
        Column("method", "group (median) or regression"),
        Column("cut", "points", 2),
        Column("error", "its standard error, points", 2),
        Column("low", "lower end of its interval", 2),
        Column("high", "upper end of its interval", 2),
        Column("persons", "it rests on"),
    ]
    show(
        Report(
            {
                "intercept": line.intercept,
                "slope": line.slope,
                "r_squared": line.r_squared,
                "residual_sd": line.residual_sd,
            },
            [Section("cuts", "Cuts", columns, rows)],
        ),
        as_json=as_json,
    )
