"""`python -m psychometrics fit FILE.csv --items items.csv`: where answers and curves do not agree."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from psychometrics import fit, irt, responses, tables
from psychometrics.cli.output import Column, Report, Section, Value, progress, show
from psychometrics.errors import TooFew
from psychometrics.estimation import answered
from psychometrics.responses import Floats, Responses

SPENT = {"rasch": 1, "1pl": 1, "2pl": 2, "3pl": 3}
"""Parameters that a dichotomous item has of its own; others have their thresholds and a slope."""
MISFIT_P, MISFIT_RMSD = 0.01, 0.10
ITEM_COLUMNS = (
    Column("item", "its name"),
    Column("s_x2", "S-X², Orlando & Thissen; at least 0"),
    Column("df", "its degrees of freedom", 0),
    Column("p", "chance of so much when the curve holds, 0 to 1", is_chance=True),
    Column("rmsea", "misfit per degree of freedom; at least 0"),
    Column("rmsd", "distance of seen and believed curve, 0 to 1; above 0.10 is looked at"),
    Column("outfit", "mean square of residuals; 0.7 to 1.3 is well"),
    Column("infit", "the same weighted by information"),
    Column("outfit_z", "standardised, about normal"),
    Column("infit_z", "standardised, about normal"),
)
GROUP_COLUMNS = (
    Column("item", "its name"),
    Column("group", "the group"),
    Column("persons", "of it who answered the item"),
    Column("rmsd", "distance of the group's curve from the common one, 0 to 1"),
)
PAIR_COLUMNS = (
    Column("one", "an item"),
    Column("other", "another that goes together with it"),
    Column("q3", "correlation of their residuals, -1 to 1"),
    Column("excess", "above the mean of all pairs"),
)
PERSON_COLUMNS = (
    Column("person", "the name in the file, or p1, p2 and so on"),
    Column("theta", "ability"),
    Column("l_z_star", "likelihood of the row, standardised; below the limit to be here"),
    Column("outfit", "mean square of residuals"),
    Column("infit", "the same weighted by information"),
)


def run(
    file: Annotated[Path, typer.Argument(help="CSV: one row a person, one column an item; `person`, `group` optional")],
    items: Annotated[Path, typer.Option(help="CSV of parameters: item, model, a, b (or b1, b2 and so on), c")],
    fixed: Annotated[
        bool, typer.Option("--fixed", help="the parameters were not estimated from these answers")
    ] = False,
    mean: Annotated[float, typer.Option(help="mean ability of the persons: s_x2, rmsd")] = 0.0,
    sd: Annotated[float, typer.Option(help="its standard deviation")] = 1.0,
    limit: Annotated[float, typer.Option(help="persons with l_z* below this are listed")] = -3.0,
    excess: Annotated[float, typer.Option(help="pairs with Q3 above the mean by more than this are listed")] = 0.2,
    as_json: Annotated[bool, typer.Option("--json", help="JSON instead of tables")] = False,
) -> None:
    """Fit of items, persons and pairs of items to the item response model.

    Output: n_persons, n_complete (persons of s_x2), n_misfits (items with p < 0.01 and rmsd > 0.10), mean_q3,
    n_unlikely; `items` (s_x2, df, p, rmsea, rmsd, outfit, infit, outfit_z, infit_z); `groups` where the file names
    several (item, group, persons, rmsd); `pairs` (one, other, q3, excess); `persons` who are unlikely
    (person, theta, l_z_star, outfit, infit).
    """
    given, table = responses.read_csv(file), tables.read_parameters(items)
    known = answered(given, table.items).items
    population = irt.normal_quadrature(mean=mean, sd=sd)
    with progress("persons", quiet=as_json) as advance:
        persons = fit.person_fit(given, known, progress=advance)
    by_item, by_person = fit.mean_squares(given, known, persons.abilities.theta)
    curves = fit.rmsd(given, known, population=population)
    pairs = fit.dependence(given, known, persons.abilities.theta)
    by_score, why = _by_score(given, known, _spent(table, known, fixed), population)
    found = [*by_score, curves.overall, by_item.outfit, by_item.infit, by_item.outfit_z, by_item.infit_z]
    unlikely = np.flatnonzero(np.nan_to_num(persons.l_z_star) < limit)
    figures: dict[str, Value] = {
        "n_persons": given.n_persons,
        "n_complete": int(given.is_present.all(axis=1).sum()),
        "n_misfits": int(((by_score[2] < MISFIT_P) & (curves.overall > MISFIT_RMSD)).sum()),
        "mean_q3": pairs.mean,
        "n_unlikely": unlikely.size,
    }
    sections = [Section("items", "Items", ITEM_COLUMNS, _rows(given.items, found), notes=why)]
    if len(given.groups) > 1:
        sections.append(Section("groups", "Items in each group", GROUP_COLUMNS, _by_group(given.items, curves)))
    named: list[list[Value]] = [[each.one, each.other, each.q3, each.excess] for each in pairs.above(excess)]
    sections.append(Section("pairs", "Items that go together", PAIR_COLUMNS, named))
    rows = [persons.abilities.theta, persons.l_z_star, by_person.outfit, by_person.infit]
    listed = _rows([given.persons[place] for place in unlikely], [each[unlikely] for each in rows])
    sections.append(Section("persons", "Persons whose answers are unlikely", PERSON_COLUMNS, listed))
    show(Report(figures, sections), as_json=as_json)


def _spent(table: tables.Parameters, known: irt.Items, fixed: bool) -> list[int]:
    """Parameters that were estimated for each item."""
    models = dict(zip(table.items.names, table.models, strict=True))
    own = [SPENT.get(models[name], count) for name, count in zip(known.names, known.n_categories.tolist(), strict=True)]
    return [0] * known.n if fixed else own


def _by_score(
    given: Responses, known: irt.Items, counts: list[int], population: irt.Quadrature
) -> tuple[list[Floats], list[str]]:
    """S-X², df, p and RMSEA, and why there are none."""
    try:
        found = fit.score_fit(given, known, n_parameters=counts, population=population)
    except TooFew as error:
        return [np.full(known.n, np.nan)] * 4, [f"s_x2: {error}"]
    return [found.statistic, found.df, found.p, found.rmsea], []


def _by_group(names: Sequence[str], curves: fit.Rmsd) -> list[list[Value]]:
    return [
        [item, group, int(curves.persons[place, column]), float(curves.by_group[place, column])]
        for place, item in enumerate(names)
        for column, group in enumerate(curves.groups)
    ]


def _rows(names: Sequence[str], columns: Sequence[Floats]) -> list[list[Value]]:
    return [[name, *(float(column[place]) for column in columns)] for place, name in enumerate(names)]
