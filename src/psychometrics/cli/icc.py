"""`icc`: how alike raters' marks are."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from psychometrics.agreement import Form, intraclass
from psychometrics.cli.output import Column, Report, Section, show
from psychometrics.sheets import read_sheet

TARGET = "target"


def run(
    file: Annotated[Path, typer.Argument(help="CSV: a row a target, a column a rater; `target` may name the row.")],
    confidence: Annotated[float, typer.Option(help="Of the intervals, between 0 and 1.")] = 0.95,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object instead of tables.")] = False,
) -> None:
    """Intraclass correlations of raters' marks (Shrout & Fleiss 1979), one rater's and that of the mean of all.

    Reports for each form (one-way, agreement, consistency), of one rater and of the mean of all: estimate, low, high;
    and what it rests on: targets used and left_out for want of marks, raters per target, f with its p, and the
    standard error of one mark in points.
    """
    sheet = read_sheet(file)
    marks = sheet.numbers(sheet.besides(TARGET))
    found = [intraclass(marks, form, confidence=confidence) for form in Form]
    reliability = Section(
        "reliability",
        "Intraclass correlations",
        [
            Column("form", "which spread counts as error"),
            Column("of", "one rater (single) or the mean of all (average)"),
            Column("estimate", "reliability, at most 1"),
            Column("low", "lower end of its interval"),
            Column("high", "upper end of its interval"),
        ],
        [
            (each.form.value, of, part.estimate, part.low, part.high)
            for each in found
            for of, part in (("single", each.single), ("average", each.average))
        ],
    )
    basis = Section(
        "basis",
        "What they rest on",
        [
            Column("form", "which spread counts as error"),
            Column("targets", "targets used"),
            Column("left_out", "targets that lack marks"),
            Column("raters", "marks per target", 1),
            Column("f", "F that targets do not differ", 2),
            Column("p", "its chance", is_chance=True),
            Column("error", "standard error of one mark, points"),
        ],
        [
            (each.form.value, each.n_targets, each.n_left_out, each.n_raters, each.f, each.p, each.error)
            for each in found
        ],
    )
    show(Report(sections=[reliability, basis]), as_json=as_json)
