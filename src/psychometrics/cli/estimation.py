"""`python -m psychometrics estimation FILE.csv --items items.csv`: how able is each person, and how sure is that."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from psychometrics import estimation, irt, responses, tables
from psychometrics.cli.output import Column, Report, Section, Value, progress, show
from psychometrics.estimation import Method

PERSON_COLUMNS = (
    Column("person", "the name in the file, or p1, p2 and so on"),
    Column("group", "the person's group"),
    Column("answered", "items answered"),
    Column("theta", "ability on the items' scale; none when it is not finite"),
    Column("se", "its standard error"),
)
SUM_COLUMNS = (
    Column("sum", "points in whole units", 0),
    Column("share", "how often it comes in the population, 0 to 1", 4),
    Column("eap", "mean ability of who has this sum"),
    Column("eap_se", "its standard deviation"),
    Column("true_score", "ability whose expected sum this is; none at the ends"),
)


def run(
    file: Annotated[Path, typer.Argument(help="CSV: one row a person, one column an item; `person`, `group` optional")],
    items: Annotated[Path, typer.Option(help="CSV of parameters: item, model, a, b (or b1, b2 and so on), c")],
    method: Annotated[Method, typer.Option(help="ml, wle (Warm), map or eap")] = Method.WLE,
    mean: Annotated[float, typer.Option(help="mean ability of the population: map, eap, sum scores")] = 0.0,
    sd: Annotated[float, typer.Option(help="its standard deviation")] = 1.0,
    sums: Annotated[bool, typer.Option("--sums", help="also what each sum of points says")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="JSON instead of tables")] = False,
) -> None:
    """Abilities of persons, given the parameters of their items.

    Output: method, n_persons, n_finite (persons with a finite estimate), mean and sd of those, reliability; `persons`
    (person, group, answered, theta, se); with --sums `sums` (sum, share, eap, eap_se, true_score).
    """
    given, known = responses.read_csv(file), tables.read_parameters(items).items
    population = irt.normal_quadrature(mean=mean, sd=sd)
    with progress("persons", quiet=as_json) as advance:
        found = estimation.abilities(given, known, method, population=population, progress=advance)
    finite = found.theta[found.is_finite]
    figures: dict[str, Value] = {
        "method": method.value,
        "n_persons": given.n_persons,
        "n_finite": finite.size,
        "mean": float(finite.mean()) if finite.size else None,
        "sd": float(np.std(finite, ddof=1)) if finite.size > 1 else None,
        "reliability": found.reliability,
    }
    groups = [given.groups[place] for place in given.group]
    rows = zip(
        given.persons, groups, found.n_answered.tolist(), found.theta.tolist(), found.errors.tolist(), strict=True
    )
    report = Report(figures, [Section("persons", "Persons", PERSON_COLUMNS, list(rows))])
    if sums:
        report.sections.append(_sums(estimation.answered(given, known).items, population))
    show(report, as_json=as_json)


def _sums(items: irt.Items, population: irt.Quadrature) -> Section:
    table = estimation.score_table(items, population=population)
    columns = (table.shares, table.eap, table.eap_errors, table.true_score)
    rows = zip(map(int, table.sums), *(each.tolist() for each in columns), strict=True)
    return Section("sums", "What each sum of points says", SUM_COLUMNS, list(rows))
