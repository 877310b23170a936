"""`python -m psychometrics adaptive ITEMS.csv`: simulates or replays an adaptive test, or names the next item."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from psychometrics import adaptive
from psychometrics.adaptive import (
    Balance,
    Criterion,
    Design,
    Engine,
    Estimator,
    Exposure,
    Rule,
    Sittings,
    Sprt,
    Stopping,
)
from psychometrics.cli.output import Column, Report, Section, Value, progress, show
from psychometrics.errors import UnreadableFile, WrongValue
from psychometrics.estimation import Method, abilities
from psychometrics.irt import normal_quadrature
from psychometrics.responses import BLANKS, Floats, Responses, read_csv
from psychometrics.sheets import Sheet, read_sheet
from psychometrics.tables import read_parameters

ITEM_COLUMNS = (
    Column("item", "its name"),
    Column("rate", "share of sittings in which it was given, 0 to 1"),
    Column("chance", "with which it is given once selected, 0 to 1"),
)
ABILITY_COLUMNS = (
    Column("from", "true ability this or above", 1),
    Column("to", "and below this", 1),
    Column("n", "sittings"),
    Column("length", "mean items given", 1),
    Column("se", "mean standard error"),
    Column("bias", "mean of estimate less truth"),
    Column("rmse", "root of the mean squared error"),
    Column("highest", "highest exposure among them, 0 to 1"),
    Column("overlap", "share of items that two of them have in common"),
)
GROUP_COLUMNS = (
    Column("group", "its name"),
    Column("n", "sittings"),
    Column("length", "mean items given", 1),
    Column("theta", "mean estimate"),
    Column("se", "mean standard error"),
    Column("bias", "mean of estimate less truth"),
    Column("highest", "highest exposure among them, 0 to 1"),
    Column("overlap", "share of items that two of them have in common"),
)
REASON_COLUMNS = (Column("reason", "why sittings ended"), Column("n", "sittings"))
EDGES = np.array([-6.0, -2.0, -1.0, 0.0, 1.0, 2.0, 6.0])
"""Between these true abilities precision is reported, in standard deviations from their mean."""


def run(
    file: Annotated[Path, typer.Argument(help="CSV of item parameters, as `calibrate` writes it; `area` optional.")],
    sittings: Annotated[int, typer.Option(help="Persons to simulate.")] = 1000,
    responses: Annotated[Path | None, typer.Option(help="CSV of responses: replays them instead.")] = None,
    answers: Annotated[Path | None, typer.Option(help="CSV item, score of one sitting: names its next item.")] = None,
    longest: Annotated[int, typer.Option(help="Most items of a sitting.")] = 40,
    shortest: Annotated[int, typer.Option(help="Fewest items of a sitting.")] = 1,
    se: Annotated[float | None, typer.Option(help="Stop at this standard error.")] = None,
    cut: Annotated[float | None, typer.Option(help="Ability that passes: reports how right the verdicts are.")] = None,
    half_width: Annotated[float | None, typer.Option(help="Stop by an SPRT between cut - and + this.")] = None,
    alpha: Annotated[float, typer.Option(help="SPRT: chance to pass at the lower point.")] = 0.05,
    beta: Annotated[float, typer.Option(help="SPRT: chance to fail at the upper point.")] = 0.05,
    criterion: Annotated[Criterion, typer.Option(help="What makes an item the next.")] = Criterion.INFORMATION,
    at_cut: Annotated[bool, typer.Option("--at-cut", help="Choose items at the cut, not at the estimate.")] = False,
    estimator: Annotated[Estimator, typer.Option(help="Of ability.")] = Estimator.EAP,
    mean: Annotated[float, typer.Option(help="Mean ability: of the prior and of persons simulated.")] = 0.0,
    sd: Annotated[float, typer.Option(help="Its standard deviation.")] = 1.0,
    area: Annotated[list[str] | None, typer.Option(help="NAME=LEAST:MOST items of an area; may be repeated.")] = None,
    balance: Annotated[Balance, typer.Option(help="How areas get their share.")] = Balance.PRIORITY,
    shadow: Annotated[bool, typer.Option("--shadow", help="Choose from shadow tests.")] = False,
    rule: Annotated[
        list[str] | None, typer.Option(help="COLUMN=LEAST:MOST sum over a sitting, by shadow tests; may be repeated.")
    ] = None,
    among: Annotated[str, typer.Option(help="Draw from this many best ones; 5,4,3,2,1 place by place.")] = "1",
    strata: Annotated[int, typer.Option(help="Go through this many strata of ascending slope; 1: none.")] = 1,
    ceiling: Annotated[float | None, typer.Option(help="Keep exposure below this share (Sympson-Hetter).")] = None,
    seed: Annotated[int, typer.Option(help="Of everything drawn: the same seed, the same report.")] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object instead of tables.")] = False,
) -> None:
    """Adaptive tests: what a design would do to persons and pool, before and while it is used.

    Output: sittings, length, se, bias, rmse, correlation, coverage (of 95 %); highest (exposure), seldom (share of
    items below 2 %), unused, overlap, chi_square; with a cut accuracy, false_pass, false_fail, kappa; with a ceiling
    rounds; then `abilities`, `groups` of a replay that names several, `reasons`, `items`. In a replay the truth is
    everybody's EAP from all that they answered.

    With --answers only: item (none when it has ended), answered, theta, se, log_ratio, reason, verdict.
    """
    if cut is None and (half_width is not None or at_cut):
        raise WrongValue("an SPRT, and choosing at the cut, need --cut")
    items = read_parameters(file).items
    sheet = read_sheet(file)
    areas = sheet.texts("area") if area else []
    design = Design(
        items,
        Stopping(
            longest, shortest, se, None if cut is None or half_width is None else Sprt(cut, half_width, alpha, beta)
        ),
        criterion=criterion,
        estimator=estimator,
        prior=normal_quadrature(97, mean=mean, sd=sd, reach=4.8),
        at=cut if at_cut else None,
        content=adaptive.content(areas, _areas(area), balance=balance) if area else None,
        exposure=Exposure(
            among=_counts(among),
            strata=adaptive.by_slope(items, strata, within=areas or None) if strata > 1 else None,
        ),
        shadow=tuple(_rule(sheet, each) for each in rule or ()) if shadow or rule else None,
    )
    rng = np.random.default_rng(seed)
    figures: dict[str, Value] = {}
    if ceiling is not None:
        with progress("rounds", quiet=as_json) as advance:
            found = adaptive.sympson_hetter(
                design, rng.normal(mean, sd, sittings), ceiling=ceiling, rng=rng, progress=advance
            )
        design, figures["rounds"] = found.design, found.highest.size
    engine = Engine(design)
    if answers is not None:
        show(Report(_next(engine, answers, seed)), as_json=as_json)
        return
    with progress("sittings", quiet=as_json) as advance:
        if responses is None:
            sat, given = adaptive.simulated(engine, rng.normal(mean, sd, sittings), rng=rng, progress=advance), None
        else:
            given = _answered(read_csv(responses), design)
            sat = adaptive.replayed(engine, given, rng=rng, progress=advance)
            whole = abilities(given, items, Method.EAP, population=design.prior)
            sat = replace(sat, truth=whole.theta)
    report = Report(figures | _figures(sat, cut), _sections(design, sat, mean + EDGES * sd))
    if given is not None and len(given.groups) > 1:
        there = [given.groups[place] for place in np.unique(given.group)]
        rows = [_group(sat.of_persons(given.in_group(name)), name) for name in there]
        report.sections.insert(1, Section("groups", "By group", GROUP_COLUMNS, rows))
    show(report, as_json=as_json)


def _answered(given: Responses, design: Design) -> Responses:
    """Those who answered anything of the pool, on its items alone."""
    pool = set(design.items.names)
    own = given.of_items([name in pool for name in given.items])
    return own.of_persons(own.is_present.any(axis=1))


def _next(engine: Engine, path: Path, seed: int) -> dict[str, Value]:
    found = adaptive.standing(engine, list(_answers(path)), seed=seed)
    return {
        "item": found.item,
        "answered": found.answered,
        "theta": found.theta,
        "se": found.se,
        "log_ratio": found.log_ratio,
        "reason": found.reason.name.lower(),
        "verdict": found.verdict.name.lower(),
    }


def _answers(path: Path) -> Iterator[tuple[str, float | None]]:
    """What was given and scored, in order; a header alone is a sitting that begins. Raises UnreadableFile."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.DictReader(file)
        if not {"item", "score"} <= set(rows.fieldnames or ()):
            raise UnreadableFile(f"{path}: columns item and score are needed")
        for line, row in enumerate(rows, start=2):
            cell = (row["score"] or "").strip()
            try:
                yield row["item"].strip(), None if cell in BLANKS else float(cell)
            except ValueError:
                raise UnreadableFile(f"{path}, line {line}, score: {cell!r} is no number") from None


def _figures(sat: Sittings, cut: float | None) -> dict[str, Value]:
    exact, used = adaptive.precision(sat), adaptive.usage(sat)
    figures: dict[str, Value] = {
        "sittings": exact.n,
        "length": exact.length,
        "se": exact.se,
        "bias": exact.bias,
        "rmse": exact.rmse,
        "correlation": exact.correlation,
        "coverage": exact.coverage,
        "highest": used.highest,
        "seldom": used.seldom,
        "unused": used.unused,
        "overlap": used.overlap,
        "chi_square": used.chi_square,
    }
    if cut is not None:
        right = adaptive.classification(sat, cut)
        figures |= {
            "accuracy": right.accuracy,
            "false_pass": right.false_pass,
            "false_fail": right.false_fail,
            "kappa": right.kappa,
        }
    return figures


def _sections(design: Design, sat: Sittings, edges: Floats) -> list[Section]:
    ends: list[list[Value]] = [[reason.name.lower(), count] for reason, count in adaptive.reasons(sat).items()]
    chance = np.ones(design.items.n) if design.exposure.chance is None else design.exposure.chance
    rate = adaptive.usage(sat).rate
    items: list[list[Value]] = [
        [name, float(given), float(won)] for name, given, won in zip(sat.names, rate, chance, strict=True)
    ]
    return [
        Section("abilities", "By ability", ABILITY_COLUMNS, _abilities(sat, edges)),
        Section("reasons", "Why sittings ended", REASON_COLUMNS, ends),
        Section("items", "Items", ITEM_COLUMNS, items),
    ]


def _group(sat: Sittings, name: str) -> list[Value]:
    exact, used = adaptive.precision(sat), adaptive.usage(sat)
    return [name, exact.n, exact.length, float(sat.theta.mean()), exact.se, exact.bias, used.highest, used.overlap]


def _abilities(sat: Sittings, edges: Floats) -> list[list[Value]]:
    assert sat.truth is not None
    rows: list[list[Value]] = []
    for low, high, each in zip(edges[:-1], edges[1:], adaptive.precision_by_ability(sat, edges), strict=True):
        inside = (sat.truth >= low) & (sat.truth < high)
        used = adaptive.usage(sat.of_persons(inside)) if inside.any() else None
        exposure: list[Value] = [used.highest, used.overlap] if used else [None, None]
        rows.append([float(low), float(high), each.n, each.length, each.se, each.bias, each.rmse, *exposure])
    return rows


def _bounds(asked: str) -> tuple[str, float, float]:
    """NAME=LEAST:MOST; either number may be left out. Raises WrongValue."""
    name, _, numbers = asked.rpartition("=")
    least, colon, most = numbers.partition(":")
    try:
        found = (name, float(least or "-inf"), float(most or "inf"))
    except ValueError:
        found = ("", 0.0, 0.0)
    if not (found[0] and colon):
        raise WrongValue(f"bounds are written NAME=LEAST:MOST, not {asked!r}")
    return found


def _areas(asked: list[str]) -> dict[str, tuple[int, int]]:
    found = {}
    for name, least, most in map(_bounds, asked):
        if not (least.is_integer() and most.is_integer()):
            raise WrongValue(f"an area has a whole least and most, as {name}=3:5")
        found[name] = (int(least), int(most))
    return found


def _rule(sheet: Sheet, asked: str) -> Rule:
    name, least, most = _bounds(asked)
    weights = sheet.numbers([name])[:, 0]
    if np.isnan(weights).any():
        raise WrongValue(f"a rule needs a number of every item: {name} has blanks")
    return Rule(name, weights, least, most)


def _counts(among: str) -> tuple[int, ...]:
    parts = among.split(",")
    if not all(part.strip().isdecimal() for part in parts):
        raise WrongValue(f"--among is one whole number or several with commas, not {among!r}")
    return tuple(map(int, parts))
