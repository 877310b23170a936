"""`python -m psychometrics equating NEW.csv OLD.csv`: what scores of a new form are worth on an old one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from psychometrics import equating, responses
from psychometrics.cli.linking import scores_section
from psychometrics.cli.output import Report, Value, progress, show
from psychometrics.equating import CommonItems, Design, Equating, Method
from psychometrics.errors import TooFew
from psychometrics.responses import Floats, Responses

LINES = {Method.MEAN, Method.LINEAR, Method.TUCKER, Method.LEVINE, Method.LEVINE_TRUE, Method.CHAINED_LINEAR}


def run(
    new: Annotated[Path, typer.Argument(help="CSV of who sat the new form: one row a person, one column an item")],
    old: Annotated[Path, typer.Argument(help="CSV of who sat the old form; common items have the same name")],
    method: Annotated[
        Method | None,
        typer.Option(help="unless told chained-equipercentile with common items, equipercentile without"),
    ] = None,
    external: Annotated[bool, typer.Option("--external", help="common items do not count in the totals")] = False,
    smooth: Annotated[int, typer.Option(help="moments kept by presmoothing, for methods by ranks; 0: none")] = 6,
    unit: Annotated[float, typer.Option(help="the smallest mark, in points")] = 1.0,
    cut: Annotated[
        float | None, typer.Option(help="old form's points that pass: adds the reported score, 60 there")
    ] = None,
    step: Annotated[float, typer.Option(help="steps of the reported score")] = 1.0,
    replications: Annotated[int, typer.Option(help="bootstrap draws for standard errors; 0: none")] = 200,
    seed: Annotated[int, typer.Option(help="seed of the draws")] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="JSON instead of tables")] = False,
) -> None:
    """Equate a new form to an old one by scores. Persons with a missing answer are left out; an item's most is the
    largest score seen.

    Output: method, n_new, n_old, n_left_out, n_common (items), slope and intercept of a line; `scores` (raw, worth, se;
    with a cut reported, passes) and then raw_cut.
    """
    one, other = _whole(responses.read_csv(new)), _whole(responses.read_csv(old))
    design, n_common = _design(one[0], other[0], external, unit)
    default = Method.CHAINED_EQUIPERCENTILE if isinstance(design, CommonItems) else Method.EQUIPERCENTILE
    way = _way(method or default, smooth)
    found = way(design)
    if replications > 0:
        with progress("draws", quiet=as_json) as advance:
            rng = np.random.default_rng(seed)
            found = equating.bootstrap(design, way, replications=replications, rng=rng, progress=advance)
    figures: dict[str, Value] = {
        "method": found.method,
        "n_new": one[0].n_persons,
        "n_old": other[0].n_persons,
        "n_left_out": one[1] + other[1],
        "n_common": n_common,
    }
    if np.isfinite(found.slope):
        figures |= {"slope": found.slope, "intercept": found.intercept * unit}
    raw_cut, scores = scores_section(found, cut, step, unit)
    show(Report(figures | raw_cut, [scores]), as_json=as_json)


def _whole(given: Responses) -> tuple[Responses, int]:
    """Those who answered everything, and how many did not."""
    whole = given.is_present.all(axis=1)
    if not whole.any():
        raise TooFew("nobody answered every item")
    return given.of_persons(whole), int((~whole).sum())


def _way(method: Method, smooth: int) -> Callable[[Design], Equating]:
    if smooth == 0 or method in LINES:
        return lambda design: equating.equate(design, method)
    return lambda design: equating.equate(design.smoothed(smooth), method)


def _design(one: Responses, other: Responses, external: bool, unit: float) -> tuple[Design, int]:
    """Totals in units, with the common items apart when there are any; and how many those are."""
    shared = [name for name in one.items if name in set(other.items)]
    totals, anchors = zip(*(_sums(each, shared, external) for each in (one, other)), strict=True)
    most, most_anchor = zip(*(_most(each, (one, other), shared, external) for each in (one, other)), strict=True)
    new, old = (each / unit for each in totals)
    most_new, most_old = (round(each / unit) for each in most)
    if not shared:
        return equating.equivalent_groups(new, old, most_new=most_new, most_old=most_old), 0
    design = equating.common_items(
        new,
        anchors[0] / unit,
        old,
        anchors[1] / unit,
        most_new=most_new,
        most_old=most_old,
        most_anchor=round(most_anchor[0] / unit),
        is_internal=not external,
    )
    return design, len(shared)


def _sums(given: Responses, shared: list[str], external: bool) -> tuple[Floats, Floats]:
    is_shared = np.isin(given.items, shared)
    anchor = given.scores[:, is_shared].sum(axis=1, dtype=np.float64)
    return given.totals - anchor * external, anchor


def _most(
    given: Responses, both: tuple[Responses, Responses], shared: list[str], external: bool
) -> tuple[float, float]:
    """The most of a form's total and of the anchor; a common item's most is the larger of the two files'."""
    largest = {
        name: max(each.maxima[each.items.index(name)] for each in both if name in each.items) for name in given.items
    }
    anchor = float(sum(largest[name] for name in shared))
    return float(sum(largest.values())) - anchor * external, anchor
