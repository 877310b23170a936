"""`python -m psychometrics adaptive ITEMS.csv`: simulates or replays an adaptive test, or names the next item."""

from __future__ import annotations

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
from psychometrics.irt import normal_quadrature
from psychometrics.responses import BLANKS, Floats, read_csv
from psychometrics.sheets import Sheet, read_sheet
from psychometrics.tables import read_parameters

ITEM_COLUMNS = (
    Column("item", "its name"),
    Column("rate", "share of sittings in which it was given, 0 to 1"),
    Column("chance", "with which it is given once selected, 0 to 1"),
)
ABILITY_COLUMNS = (
    Column("from", "true ability, this or above", 1),
    Column("to", "and below this", 1),
    Column("n", "sittings"),
    Column("length", "mean items given", 1),
    Column("se", "mean standard error"),
    Column("bias", "mean of estimate less truth"),
    Column("rmse", "root of the mean squared error"),
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
    rounds; then `abilities`, `reasons`, `items`. A replay knows no truth: bias and its like are blank.

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
            sat = adaptive.simulated(engine, rng.normal(mean, sd, sittings), rng=rng, progress=advance)
        else:
            sat = adaptive.replayed(engine, read_csv(responses), rng=rng, progress=advance)
    show(_report(design, sat, mean + EDGES * sd, cut, figures), as_json=as_json)


def _next(engine: Engine, path: Path, seed: int) -> dict[str, Value]:
    sheet = read_sheet(path)
    scores = [None if cell in BLANKS else _score(path, line, cell) for line, cell in enumerate(sheet.texts("score"), 2)]
    found = adaptive.standing(engine, list(zip(sheet.texts("item"), scores, strict=True)), seed=seed)
    return {
        "item": found.item,
        "answered": found.answered,
        "theta": found.theta,
        "se": found.se,
        "log_ratio": found.log_ratio,
        "reason": found.reason.name.lower(),
        "verdict": found.verdict.name.lower(),
    }


def _report(design: Design, sat: Sittings, edges: Floats, cut: float | None, figures: dict[str, Value]) -> Report:
    exact, used = adaptive.precision(sat), adaptive.usage(sat)
    figures |= {
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
    sections = []
    if sat.truth is not None:
        sections.append(Section("abilities", "By true ability", ABILITY_COLUMNS, _abilities(sat, sat.truth, edges)))
        if cut is not None:
            right = adaptive.classification(sat, cut)
            figures |= {
                "accuracy": right.accuracy,
                "false_pass": right.false_pass,
                "false_fail": right.false_fail,
                "kappa": right.kappa,
            }
    ends: list[list[Value]] = [[reason.name.lower(), count] for reason, count in adaptive.reasons(sat).items()]
    sections.append(Section("reasons", "Why sittings ended", REASON_COLUMNS, ends))
    chance = np.ones(design.items.n) if design.exposure.chance is None else design.exposure.chance
    usage: list[list[Value]] = [
        [name, float(rate), float(each)] for name, rate, each in zip(sat.names, used.rate, chance, strict=True)
    ]
    sections.append(Section("items", "Items", ITEM_COLUMNS, usage))
    return Report(figures, sections)


def _abilities(sat: Sittings, truth: Floats, edges: Floats) -> list[list[Value]]:
    rows: list[list[Value]] = []
    exact = adaptive.precision_by_ability(sat, edges)
    for low, high, each in zip(edges[:-1], edges[1:], exact, strict=True):
        inside = (truth >= low) & (truth < high)
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


def _score(path: Path, line: int, cell: str) -> float:
    try:
        return float(cell)
    except ValueError:
        raise UnreadableFile(f"{path}, line {line}, score: {cell!r} is no number") from None
