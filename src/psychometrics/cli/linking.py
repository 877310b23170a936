"""`python -m psychometrics linking NEW.csv OLD.csv`: a calibration onto the scale of another; scores by curves."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from psychometrics import equating, irt, tables
from psychometrics.cli.output import Column, Report, Section, Value, show
from psychometrics.equating import Drift, Equating, Link, Linking

ANCHOR_COLUMNS = (
    Column("item", "an item of both files"),
    Column("moved", "new difficulty less old, on the old scale"),
    Column("z_moved", "robust z of that"),
    Column("steeper", "log of new slope / old"),
    Column("z_steeper", "robust z of that"),
    Column("kept", "whether the link rests on it"),
)
SCORE_COLUMNS = (
    Column("raw", "points on the new form", 1),
    Column("worth", "points on the old form"),
)
REPORTED_COLUMNS = (
    Column("reported", "what the candidate is told, 0 to 100", 1),
    Column("passes", "whether it passes"),
)


def run(
    new: Annotated[Path, typer.Argument(help="CSV of parameters to be turned: item, model, a, b (or b1, b2, …), c")],
    old: Annotated[Path, typer.Argument(help="CSV of parameters on the scale to be kept")],
    method: Annotated[Linking, typer.Option(help="how the constants are found")] = Linking.STOCKING_LORD,
    limit: Annotated[float, typer.Option(help="anchors whose |robust z| is beyond this are dropped; inf: none")] = 2.7,
    least: Annotated[float, typer.Option(help="anchors that moved by less are kept, in logits")] = 0.0,
    observed: Annotated[
        bool, typer.Option("--observed", help="equate observed scores; unless told true scores")
    ] = False,
    mean: Annotated[float, typer.Option(help="mean ability of the population, for observed scores")] = 0.0,
    sd: Annotated[float, typer.Option(help="its standard deviation")] = 1.0,
    cut: Annotated[
        float | None, typer.Option(help="old form's points that pass: adds the reported score, 60 there")
    ] = None,
    step: Annotated[float, typer.Option(help="steps of the reported score")] = 1.0,
    write: Annotated[Path | None, typer.Option(help="CSV to write: the new parameters on the old scale")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="JSON instead of tables")] = False,
) -> None:
    """Link two calibrations by their common items, and equate the forms by their curves.

    Output: method, slope and shift (old ability = slope · new + shift), n_common, n_kept; `anchors` (item, moved,
    z_moved, steeper, z_steeper, kept); `scores` (raw, worth; with a cut reported, passes) and then raw_cut.
    """
    one, other = tables.read_parameters(new), tables.read_parameters(old)
    found = equating.drift(one.items, other.items, method, limit=limit, least=least)
    turned = found.link.turned(one.items)
    if write is not None:
        tables.write_parameters(write, _table(one, found.link))
    by_curves = (
        equating.observed_score(turned, other.items, [(1.0, irt.normal_quadrature(mean=mean, sd=sd))])
        if observed
        else equating.true_score(turned, other.items)
    )
    figures: dict[str, Value] = {
        "method": method.value,
        "slope": found.link.slope,
        "shift": found.link.shift,
        "n_common": len(found.names),
        "n_kept": int(found.is_kept.sum()),
    }
    raw_cut, scores = scores_section(by_curves, cut, step)
    show(Report(figures | raw_cut, [_anchors(found), scores]), as_json=as_json)


def scores_section(
    found: Equating, cut: float | None, step: float, unit: float = 1.0
) -> tuple[dict[str, Value], Section]:
    """The lowest raw score that passes, and the table of scores: standard errors when known, reports with a cut.

    `cut` and what is shown are in points, `unit` of them a step of the scores that were equated.
    """
    columns = [*SCORE_COLUMNS]
    values: list[list[Value]] = [
        (np.arange(found.equivalents.size) * unit).tolist(),
        (found.equivalents * unit).tolist(),
    ]
    if np.isfinite(found.errors).any():
        columns.append(Column("se", "standard error of that, points"))
        values.append((found.errors * unit).tolist())
    figures: dict[str, Value] = {}
    if cut is not None:
        made = equating.conversion(found, cut / unit, step=step)
        columns.extend(REPORTED_COLUMNS)
        values.extend([made.reported.tolist(), made.passes.tolist()])
        figures["raw_cut"] = made.cut * unit if made.passes.any() else None
    rows = [list(row) for row in zip(*values, strict=True)]
    return figures, Section("scores", "Worth of raw scores", columns, rows)


def _anchors(found: Drift) -> Section:
    columns = (found.moved, found.z_moved, found.steeper, found.z_steeper, found.is_kept)
    rows = [list(row) for row in zip(found.names, *(each.tolist() for each in columns), strict=True)]
    return Section("anchors", "Common items", ANCHOR_COLUMNS, rows)


def _table(given: tables.Parameters, link: Link) -> tables.Parameters:
    """Parameters and their standard errors on the old scale; Rasch items have another slope there."""
    models = ["1pl" if model == "rasch" else model for model in given.models]
    return tables.parameters(
        link.turned(given.items),
        models,
        a_errors=given.a_errors / link.slope,
        b_errors=given.b_errors * link.slope,
        c_errors=given.c_errors,
    )
