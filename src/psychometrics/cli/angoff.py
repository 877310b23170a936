"""`angoff`: a panel's cut from its judgements of items, round by round."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from psychometrics import irt
from psychometrics.cli.output import Column, Report, Section, Value, show
from psychometrics.errors import UnreadableFile
from psychometrics.responses import Floats
from psychometrics.sheets import Sheet, read_sheet
from psychometrics.standard_setting import Angoff, Reading, ability_at, angoff, movement, readings
from psychometrics.tables import read_parameters

JUDGE, ROUND = "judge", "round"
Row = tuple[Value, ...]


def run(
    file: Annotated[
        Path, typer.Argument(help="CSV: a row a judge (and `round`), a column an item; `judge` is the name.")
    ],
    most: Annotated[float, typer.Option(help="Points of every item; judgements run from 0 to it.")] = 1.0,
    parameters: Annotated[Path | None, typer.Option(help="CSV of item parameters, for the cut as ability.")] = None,
    confidence: Annotated[float, typer.Option(help="Of the intervals, between 0 and 1.")] = 0.95,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object instead of tables.")] = False,
) -> None:
    """Cut by the modified Angoff method: points a borderline person gets on each item, said by every judge, in rounds.

    Reports for each round: cut in points and its error (judges), low, high, share of all points, error_with_items;
    of its panel judges, filled (missing judgements filled in), reliability of the mean, and with --parameters theta and
    theta_error; between rounds: shift of the cut with its error, spread (SD after / before), changed; for each judge
    in the last round: cut, lean from the panel, agreement with the others, and with --parameters theta and consistency.
    """
    sheet = read_sheet(file)
    items = sheet.besides(JUDGE, ROUND)
    names, rounds = _by_round(sheet, items)
    bank = _bank(parameters, items) if parameters else None
    found = {each: angoff(table, maxima=most, confidence=confidence) for each, table in rounds.items()}
    sections = [
        Section("rounds", "Rounds", _ROUNDS, [_round(each, one) for each, one in found.items()]),
        Section("panels", "Panels", _PANELS, [_panel(each, one, bank) for each, one in found.items()]),
    ]
    if len(rounds) > 1:
        rows = [
            (other, each.shift.cut, each.shift.error, each.spread, each.changed)
            for one, other in pairwise(rounds)
            for each in [movement(rounds[one], rounds[other], maxima=most, confidence=confidence)]
        ]
        sections.append(Section("movements", "What discussion did", _MOVEMENTS, rows))
    last = list(rounds)[-1]
    read = readings(rounds[last], bank) if bank is not None else None
    sections.append(Section("judges", f"Judges in round {last}", _JUDGES, _judges(names, found[last], read)))
    show(Report(sections=sections), as_json=as_json)


_ROUNDS = [
    Column("round", "which"),
    Column("cut", "points", 2),
    Column("error", "standard error over judges, points", 2),
    Column("low", "lower end of its interval", 2),
    Column("high", "upper end of its interval", 2),
    Column("share", "of all points, 0 to 1"),
    Column("error_with_items", "with items as a sample too, points", 2),
]
_PANELS = [
    Column("round", "which"),
    Column("judges", "who took part"),
    Column("filled", "missing judgements"),
    Column("reliability", "of the panel's mean judgement, at most 1"),
    Column("theta", "ability the cut stands for"),
    Column("theta_error", "its standard error"),
]
_MOVEMENTS = [
    Column("to", "the later round"),
    Column("shift", "mean change of the judges' cuts, points"),
    Column("error", "its standard error, points"),
    Column("spread", "SD of cuts after / before"),
    Column("changed", "mean absolute change of a judgement, points"),
]
_JUDGES = [
    Column("judge", "who"),
    Column("cut", "points", 2),
    Column("lean", "points above the panel", 2),
    Column("agreement", "correlation with the others' mean, -1 to 1"),
    Column("theta", "ability the judge's cut stands for"),
    Column("consistency", "with the items' parameters, at most 1"),
]


def _bank(path: Path, items: list[str]) -> irt.Items:
    """The items of the sheet in its order."""
    bank = read_parameters(path).items
    if lacking := [name for name in items if name not in bank.names]:
        raise UnreadableFile(f"{path}: no parameters of {', '.join(lacking[:10])}")
    return bank.take([bank.names.index(name) for name in items])


def _round(name: str, found: Angoff) -> Row:
    cut = found.cut
    return (name, cut.cut, cut.error, cut.low, cut.high, cut.cut / found.most, found.error_with_items)


def _panel(name: str, found: Angoff, bank: irt.Items | None) -> Row:
    at = ability_at(bank, found.cut.cut, found.cut.error) if bank is not None else None
    ability = (at.theta, at.error) if at else (None, None)
    return (name, found.n_judges, found.n_filled, found.reliability.estimate, *ability)


def _judges(names: list[str], found: Angoff, read: Reading | None) -> list[Row]:
    none = np.full(len(names), np.nan)
    ability = (read.theta, read.consistency) if read else (none, none)
    columns = (found.cuts, found.cuts - found.cut.cut, found.agreement, *ability)
    return list(zip(names, *(each.tolist() for each in columns), strict=True))


def _by_round(sheet: Sheet, items: list[str]) -> tuple[list[str], dict[str, Floats]]:
    """Names of judges, and each round's judgements (judges, items) in their order, NaN for whoever was away."""
    values = sheet.numbers(items)
    count = len(sheet.rows)
    who = sheet.texts(JUDGE) if JUDGE in sheet.columns else [f"j{place}" for place in range(1, count + 1)]
    when = sheet.texts(ROUND) if ROUND in sheet.columns else ["1"] * count
    names, rounds = list(dict.fromkeys(who)), sorted(set(when), key=lambda each: (len(each), each))
    found = {each: np.full((len(names), len(items)), np.nan) for each in rounds}
    if len(set(zip(who, when, strict=True))) < count:
        raise UnreadableFile(f"{sheet.path}: a judge stands twice in a round")
    for name, each, row in zip(who, when, values, strict=True):
        found[each][names.index(name)] = row
    return names, found
