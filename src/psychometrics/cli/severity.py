"""`severity`: how hard each examiner marks."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from psychometrics.agreement import Measures, Persons, Severity, Steps, ratings, severity
from psychometrics.cli.output import Column, Report, Section, progress, show
from psychometrics.sheets import read_sheet

TASK = "task"


def run(
    file: Annotated[Path, typer.Argument(help="CSV: a row a rating; columns person, examiner, score, optional task.")],
    steps: Annotated[Steps, typer.Option(help="One rating scale, one for each task, or a trial for each point.")] = (
        Steps.SHARED
    ),
    most: Annotated[int, typer.Option(help="Most points of every task; 0: the largest score given on it.")] = 0,
    robust: Annotated[bool, typer.Option("--robust", help="Errors that hold where the model does not fit.")] = False,
    with_persons: Annotated[bool, typer.Option("--persons", help="Also every person's ability.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object instead of tables.")] = False,
) -> None:
    """Severity of examiners, freed from whom and what they rated (many-facet Rasch, Linacre 1989), in logits.

    Reports mean and sd of ability, spread and separation of severities, a test that all are equal (chi_square, df, p),
    ratings used and left_out; for examiners and tasks: measure (higher is harder) and its error, ratings, mean_share of
    points given, infit and outfit (1 as expected) with t; the steps; with --persons ability, its error, and fair, the
    share of points expected from an examiner of mean severity.
    """
    sheet = read_sheet(file)
    given = ratings(
        sheet.texts("person"),
        sheet.texts("examiner"),
        sheet.numbers(["score"])[:, 0],
        tasks=sheet.texts(TASK) if TASK in sheet.columns else None,
        maxima=most or None,
    )
    with progress("severity", quiet=as_json) as advance:
        found = severity(given, steps=steps, robust=robust, progress=advance)
    sections = [
        _measures("examiners", "Examiners", found.examiners),
        _measures("tasks", "Tasks", found.tasks),
        _steps(found),
    ]
    if with_persons:
        sections.append(_persons(found.persons))
    show(Report(_figures(found), sections), as_json=as_json)


def _figures(found: Severity) -> dict[str, str | float | int | bool | None]:
    return {
        "ratings": found.n_ratings,
        "left_out": found.n_left_out,
        "log_likelihood": found.log_likelihood,
        "mean": found.mean,
        "sd": found.sd,
        "spread": found.spread,
        "separation": found.separation,
        "chi_square": found.chi_square,
        "df": found.df,
        "p": found.p,
    }


def _measures(name: str, title: str, found: Measures) -> Section:
    columns = [
        Column("name", "whose"),
        Column("measure", "logits, higher is harder or more severe; they sum to 0"),
        Column("error", "standard error, logits"),
        Column("n", "ratings"),
        Column("mean_share", "share of the points given, 0 to 1"),
        Column("infit", "mean square weighted by information, 1 as expected", 2),
        Column("infit_t", "how surprising, about N(0, 1)", 1),
        Column("outfit", "plain mean square, 1 as expected", 2),
        Column("outfit_t", "how surprising, about N(0, 1)", 1),
    ]
    values = (found.measure, found.error, found.n, found.mean_share)
    fit = (found.infit, found.infit_t, found.outfit, found.outfit_t)
    rows = list(zip(found.names, *(each.tolist() for each in (*values, *fit)), strict=True))
    return Section(name, title, columns, rows)


def _steps(found: Severity) -> Section:
    columns = [
        Column("task", "which"),
        Column("score", "points reached", 0),
        Column("step", "logits; they sum to 0 within a task"),
        Column("error", "standard error, 0 where fixed"),
    ]
    rows = [
        (task, score + 1, float(found.steps[place, score]), float(found.step_errors[place, score]))
        for place, task in enumerate(found.tasks.names)
        for score in range(int((found.steps[place] == found.steps[place]).sum()))
    ]
    return Section("steps", "Steps", columns, rows)


def _persons(found: Persons) -> Section:
    columns = [
        Column("name", "who"),
        Column("ability", "posterior mean, logits"),
        Column("error", "posterior sd, logits"),
        Column("fair", "share of points expected from a mean examiner, 0 to 1"),
        Column("n", "ratings"),
    ]
    values = (found.ability, found.error, found.fair, found.n)
    return Section(
        "persons", "Persons", columns, list(zip(found.names, *(each.tolist() for each in values), strict=True))
    )
