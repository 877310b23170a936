"""`python -m psychometrics calibrate FILE.csv --output items.csv`: parameters of items from answers."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer

from psychometrics import responses, tables
from psychometrics.calibration import (
    Beta,
    Calibration,
    Course,
    Information,
    Kind,
    Latent,
    LogNormal,
    Normal,
    Priors,
    calibrate,
    calibrate_nominal,
)
from psychometrics.cli.output import Column, Report, Section, Value, progress, show
from psychometrics.errors import UnreadableFile, WrongValue
from psychometrics.responses import Responses

UNUSUAL: dict[str, tuple[str, Callable[[float, float, float], bool]]] = {
    "low a": ("below 0.4", lambda a, b, c: a < 0.4),
    "high a": ("above 3", lambda a, b, c: a > 3),
    "far b": ("beyond ±4", lambda a, b, c: b > 4),
    "high c": ("above 0.35", lambda a, b, c: c > 0.35),
}
"""What is looked at before an item is used, of a, the largest |b|, and c: a convention, not a test."""
GROUP_COLUMNS = (
    Column("group", "its name"),
    Column("n", "persons"),
    Column("mean", "mean ability"),
    Column("mean_se", "its standard error; none where the scale is set by it"),
    Column("sd", "standard deviation of ability"),
    Column("sd_se", "its standard error; none where the scale is set by it"),
)
OPTION_COLUMNS = (
    Column("item", "its name"),
    Column("option", "the option"),
    Column("n", "persons who chose it", 0),
    Column("slope", "of its curve, measured from the item's mean"),
    Column("slope_se", "its standard error"),
    Column("intercept", "of its curve, measured from the item's mean"),
    Column("intercept_se", "its standard error"),
)


def run(
    file: Annotated[Path, typer.Argument(help="CSV: one row a person, one column an item; `person`, `group` optional")],
    model: Annotated[Kind, typer.Option(help="of every item, unless --models names another")] = Kind.TWO,
    models: Annotated[Path | None, typer.Option(help="CSV with columns item, model, for papers of several")] = None,
    key: Annotated[Path | None, typer.Option(help="CSV with columns item, key: then the cells are options")] = None,
    fixed: Annotated[
        Path | None, typer.Option(help="CSV of parameters that stay as they are and hold the scale: trial items")
    ] = None,
    reference: Annotated[
        str | None, typer.Option(help="the group with mean 0 and SD 1; the first unless named")
    ] = None,
    prior_a: Annotated[
        tuple[float, float] | None, typer.Option(help="mean and SD of log a, as 0 0.5", show_default="none")
    ] = None,
    prior_b: Annotated[
        tuple[float, float] | None, typer.Option(help="mean and SD of b, as 0 1", show_default="none")
    ] = None,
    prior_c: Annotated[tuple[float, float], typer.Option(help="Beta of c; 1 1 is none")] = (5.0, 16.0),
    prior_option: Annotated[
        float | None, typer.Option(help="SD of slopes and intercepts of options about 0 (nominal)", show_default="none")
    ] = None,
    points: Annotated[int, typer.Option(help="nodes of ability; more for papers beyond some 200 items")] = 61,
    reach: Annotated[float, typer.Option(help="standard deviations that they reach either way")] = 6.0,
    tolerance: Annotated[float, typer.Option(help="largest move of a parameter that ends it")] = 1e-4,
    limit: Annotated[int, typer.Option(help="most iterations")] = 500,
    incomplete: Annotated[bool, typer.Option("--incomplete", help="print also what has not settled")] = False,
    information: Annotated[
        Information | None, typer.Option(help="source of standard errors", show_default="what takes seconds")
    ] = None,
    output: Annotated[Path | None, typer.Option(help="write the parameters to this CSV, for other commands")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="JSON instead of tables")] = False,
) -> None:
    """Item parameters by marginal maximum likelihood, with missing answers, groups, and fixed items for trial testing.

    Output: n_persons, n_items, log_likelihood, log_prior, n_parameters, aic, bic, iterations, converged, information;
    `items` (item, model, n, a, b or b1, b2 …, c, each with _se, fixed, flags); `groups` (group, n, mean, mean_se, sd,
    sd_se). With the nominal model `options` (item, option, n, slope, slope_se, intercept, intercept_se) for `items`.
    """
    given = responses.read_csv(file, key=responses.read_key(key) if key else None)
    settings: dict[str, Any] = {
        "reference": reference,
        "points": points,
        "reach": reach,
        "tolerance": tolerance,
        "limit": limit,
        "information": information,
        "incomplete": incomplete,
    }
    with progress("calibrating", quiet=as_json) as settings["progress"]:
        if model is Kind.NOMINAL:
            if models or fixed:
                raise WrongValue("the nominal model is for all items, and none of them fixed")
            settings["prior"] = None if prior_option is None else Normal(0.0, prior_option)
            course, sections = _by_options(given, settings, output)
        else:
            settings["priors"] = Priors(
                slope=None if prior_a is None else LogNormal(*prior_a),
                difficulty=None if prior_b is None else Normal(*prior_b),
                guessing=Beta(*prior_c),
            )
            kinds = _kinds(given, model, _read_models(models) if models else {})
            course, sections = _by_items(
                given, kinds, tables.read_parameters(fixed) if fixed else None, settings, output
            )
    show(Report(_figures(given, course), sections), as_json=as_json)


def _by_items(
    given: Responses,
    kinds: Sequence[Kind],
    kept: tables.Parameters | None,
    settings: Mapping[str, Any],
    output: Path | None,
) -> tuple[Course, list[Section]]:
    found = calibrate(given, kinds, fixed=None if kept is None else kept.items, **settings)
    table = _table(found, kinds, kept)
    if output:
        tables.write_parameters(output, table)
    return found.course, [_items(given, found, table), _groups(given, found.latent)]


def _by_options(given: Responses, settings: Mapping[str, Any], output: Path | None) -> tuple[Course, list[Section]]:
    found = calibrate_nominal(given, **settings)
    assert given.choices is not None
    curves = tables.Options(found.items, given.choices.labels, found.slope_errors, found.intercept_errors)
    if output:
        tables.write_options(output, curves)
    return found.course, [_options(given, curves), _groups(given, found.latent)]


def _kinds(given: Responses, model: Kind, named: dict[str, Kind]) -> list[Kind]:
    if unknown := [name for name in named if name not in given.items]:
        raise WrongValue(f"a model is named for {unknown[0]}, which is no item of the answers")
    return [named.get(name, model) for name in given.items]


def _read_models(path: Path) -> dict[str, Kind]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    if not rows or not {"item", "model"} <= set(rows[0]):
        raise UnreadableFile(f"{path}: columns item and model are needed, and at least one row")
    known = {kind.value: kind for kind in Kind}
    for line, row in enumerate(rows, start=2):
        if (row["model"] or "").strip().lower() not in known:
            raise UnreadableFile(f"{path}, line {line}, model: {row['model']!r} is none of {', '.join(known)}")
    return {row["item"].strip(): known[row["model"].strip().lower()] for row in rows}


def _table(found: Calibration, kinds: Sequence[Kind], kept: tables.Parameters | None) -> tables.Parameters:
    """The parameters with their models; fixed items keep the model that they came with."""
    old = {} if kept is None else dict(zip(kept.items.names, kept.models, strict=True))
    models = [
        old[name] if is_fixed else kind.value
        for name, kind, is_fixed in zip(found.items.names, kinds, found.is_fixed.tolist(), strict=True)
    ]
    return tables.parameters(
        found.items, models, a_errors=found.a_errors, b_errors=found.b_errors, c_errors=found.c_errors
    )


def _figures(given: Responses, course: Course) -> dict[str, Value]:
    return {
        "n_persons": course.n_persons,
        "n_items": given.n_items,
        "log_likelihood": course.log_likelihood,
        "log_prior": course.log_prior,
        "n_parameters": course.n_parameters,
        "aic": course.aic,
        "bic": course.bic,
        "iterations": course.iterations,
        "converged": course.converged,
        "information": course.information.value,
    }


def _items(given: Responses, found: Calibration, table: tables.Parameters) -> Section:
    items, steps = found.items, range(found.items.b.shape[1])
    names = ["b"] if items.is_dichotomous else [f"b{step + 1}" for step in steps]
    columns = [Column("item", "its name"), Column("model", "how its curve is drawn"), Column("n", "persons", 0)]
    columns += [Column("a", "slope; D = 1"), Column("a_se", "its standard error; none where it was not estimated")]
    for name in names:
        columns += [Column(name, "difficulty, threshold or step"), Column(f"{name}_se", "its standard error")]
    columns += [Column("c", "lower asymptote of 3pl items, 0 to 1"), Column("c_se", "its standard error")]
    columns += [Column("fixed", "whether it was given"), Column("flags", "why to look at it")]
    answered = given.is_present.sum(axis=0)
    rows: list[list[Value]] = []
    for place, name in enumerate(items.names):
        row: list[Value] = [name, table.models[place], int(answered[place])]
        row += [float(items.a[place]), float(found.a_errors[place])]
        for step in steps:
            row += [float(items.b[place, step]), float(found.b_errors[place, step])]
        row += [float(items.c[place]) if table.models[place] == "3pl" else None, float(found.c_errors[place])]
        row += [bool(found.is_fixed[place]), ", ".join(_flags(found, place))]
        rows.append(row)
    notes = [f"{name}: {what}" for name, (what, _) in UNUSUAL.items()]
    return Section("items", "Items", columns, rows, ["edge: the data would have a at or below 0, or c at 0", *notes])


def _flags(found: Calibration, place: int) -> list[str]:
    items = found.items
    a, b, c = float(items.a[place]), float(np.nanmax(np.abs(items.b[place]))), float(items.c[place])
    edge = ["edge"] if found.is_on_edge[place] else []
    return edge + [name for name, (_, is_so) in UNUSUAL.items() if is_so(a, b, c)]


def _options(given: Responses, curves: tables.Options) -> Section:
    assert given.choices is not None
    rows: list[list[Value]] = [
        [
            name,
            label,
            int((given.choices.chosen[:, place] == option).sum()),
            float(curves.items.slopes[place, option]),
            float(curves.slope_errors[place, option]),
            float(curves.items.intercepts[place, option]),
            float(curves.intercept_errors[place, option]),
        ]
        for place, (name, labels) in enumerate(zip(curves.items.names, curves.labels, strict=True))
        for option, label in enumerate(labels)
    ]
    return Section("options", "Options", OPTION_COLUMNS, rows)


def _groups(given: Responses, latent: Latent) -> Section:
    persons = np.bincount(given.group, minlength=len(given.groups)).tolist()
    figures = (latent.means, latent.mean_errors, latent.sds, latent.sd_errors)
    rows = list(zip(latent.groups, persons, *(each.tolist() for each in figures), strict=True))
    return Section("groups", "Groups", GROUP_COLUMNS, rows)
