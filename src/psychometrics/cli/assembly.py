"""`python -m psychometrics assembly POOL.csv --rules RULES.csv`: parallel papers from a pool, with their proof."""

from __future__ import annotations

import csv
import math
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from psychometrics import assembly
from psychometrics.assembly import Assembly, Goal, Rule
from psychometrics.cli.output import Column, Report, Section, Value, progress, show
from psychometrics.errors import UnreadableFile, WrongValue
from psychometrics.responses import BLANKS, Floats
from psychometrics.sheets import Sheet, read_sheet
from psychometrics.tables import read_parameters

PAPERS = (Column("paper", "its number"), Column("items", "how many"), Column("names", "its items"))
REACHED = (
    Column("paper", "its number"),
    Column("point", "of the goal"),
    Column("reached", "its sum"),
    Column("wanted", ""),
)
PROOF = (
    Column("rule", "its name"),
    Column("least", "the smallest left side of the rows with the least slack, over the papers"),
    Column("most", "the largest"),
    Column("lower", "bound of the row with the least slack"),
    Column("upper", "bound of that row"),
    Column("slack", "how far the worst left side is from a bound; below 0 it would be broken"),
    Column("where", "the paper and the row with the least slack"),
    Column("rows", "how many inequalities the rule has in each paper"),
)


def run(
    file: Annotated[Path, typer.Argument(help="CSV: one row an item; columns `item` and whatever the rules name")],
    rules: Annotated[Path, typer.Option(help="CSV: rule, kind, column, label, values, lower, upper: see above")],
    papers: Annotated[int, typer.Option(help="how many papers")] = 1,
    target: Annotated[str, typer.Option(help="information wanted at abilities: '-1:12,0:16,1:12'")] = "",
    maximin: Annotated[str, typer.Option(help="most information at abilities, by weight: '-1:1,0:2'")] = "",
    ceiling: Annotated[str, typer.Option(help="most papers an item may be in: a number or a column")] = "1",
    overlap: Annotated[int | None, typer.Option(help="most items that two papers share")] = None,
    seed: Annotated[int, typer.Option(help="the same seed gives the same papers")] = 1,
    out: Annotated[Path | None, typer.Option(help="write the papers there: CSV with paper, item")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="JSON instead of tables")] = False,
) -> None:
    """Papers that keep every rule, near the goal, with a proof of each rule and the gap to the optimum.

    Rules, one a row. sum: lower ≤ Σ ≤ upper of `values` (a column; blank counts) over the items whose `column` is
    `label` (both blank: all). each: at most `upper` of each label of `column`. enemies: `column` names the items, with
    blanks between, that an item does not go with. sets: of each label of `column` none, or lower to upper (blank: all).
    A target or maximin needs the columns model, a, b, c.

    Output: figure (of the worst paper), bound, gap (share), use (of the pool), is_reproducible; `papers` with names;
    `reached`, the goal; `proof`, one row a rule: least, most, lower, upper, slack, where, rows. Rules that clash are
    named, and the exit status is 2.
    """
    pool = read_sheet(file)
    asked = assembly.demand(
        len(pool.rows),
        read_rules(rules, pool),
        n_papers=papers,
        goal=_goal(file, target, maximin),
        ceiling=_ceiling(pool, ceiling),
        overlap=overlap,
    )
    with progress("assembling", quiet=as_json) as advance:
        made = assembly.assemble(asked, rng=np.random.default_rng(seed), progress=advance)
    names = pool.texts("item")
    if out is not None:
        _write(out, made, names)
    show(_report(made, names), as_json=as_json)


def read_rules(path: Path, pool: Sheet) -> list[Rule]:
    """Rules from a CSV file, about the items of a pool. Raises UnreadableFile with the line, WrongValue."""
    sheet = read_sheet(path)
    cells = {name: sheet.texts(name) if name in sheet.columns else [""] * len(sheet.rows) for name in _COLUMNS}
    return [_rule(path, line, pool, *row) for line, row in enumerate(zip(*cells.values(), strict=True), start=2)]


_COLUMNS = ("rule", "kind", "column", "label", "values", "lower", "upper")


def _rule(
    path: Path, line: int, pool: Sheet, name: str, kind: str, column: str, label: str, values: str, low: str, high: str
) -> Rule:
    where = f"{path}, line {line}"
    lower, upper = _bound(where, low, -math.inf), _bound(where, high, math.inf)
    if kind in {"sum", ""}:
        return assembly.total(name, _values(where, pool, values) * _bearing(where, pool, column, label), lower, upper)
    if kind not in {"each", "sets", "enemies"}:
        raise UnreadableFile(f"{where}: no kind {kind!r}; there are: sum, each, sets, enemies")
    labels = ["" if each in BLANKS else each for each in pool.texts(column)]
    if kind == "each":
        return assembly.at_most_each(name, labels, int(1 if math.isinf(upper) else upper))
    if kind == "sets":
        whole = math.isinf(lower) and math.isinf(upper)
        return assembly.sets(name, labels) if whole else assembly.sets(name, labels, int(lower), int(upper))
    return assembly.enemies(name, _pairs(where, pool, labels), len(labels))


def _values(where: str, pool: Sheet, column: str) -> Floats:
    if not column:
        return np.ones(len(pool.rows))
    found = pool.numbers([column])[:, 0]
    if np.isnan(found).any():
        raise UnreadableFile(f"{where}: {pool.texts('item')[int(np.argmax(np.isnan(found)))]} has no {column}")
    return found


def _bearing(where: str, pool: Sheet, column: str, label: str) -> Floats:
    if not column:
        return np.ones(len(pool.rows))
    borne = np.array([each == label for each in pool.texts(column)], dtype=np.float64)
    if not borne.any():
        raise UnreadableFile(f"{where}: no item has {label!r} in {column}")
    return borne


def _pairs(where: str, pool: Sheet, labels: list[str]) -> list[tuple[int, int]]:
    place = {name: number for number, name in enumerate(pool.texts("item"))}
    found = set()
    for number, named in enumerate(labels):
        for other in named.replace(";", " ").split():
            if other not in place:
                raise UnreadableFile(f"{where}: an enemy is called {other!r}, but no item")
            found.add((min(number, place[other]), max(number, place[other])))
    return sorted(found)


def _bound(where: str, cell: str, blank: float) -> float:
    if cell in BLANKS:
        return blank
    try:
        return float(cell)
    except ValueError:
        raise UnreadableFile(f"{where}: {cell!r} is no number") from None


def _goal(file: Path, target: str, maximin: str) -> Goal | None:
    if not target and not maximin:
        return None
    if target and maximin:
        raise WrongValue("a target or maximin, not both")
    theta, wanted = _points(target or maximin)
    items = read_parameters(file).items
    make = assembly.information_near if target else assembly.information_most
    return make(items, theta, wanted)


def _points(text: str) -> tuple[list[float], list[float]]:
    """'-1:12,0:16' as abilities and what is wanted there; without a colon 1."""
    pairs = [point.partition(":") for point in text.split(",")]
    try:
        return [float(theta) for theta, _colon, _wanted in pairs], [float(wanted or 1) for _t, _c, wanted in pairs]
    except ValueError:
        raise WrongValue(f"{text!r} is not ability:number,ability:number …") from None


def _ceiling(pool: Sheet, given: str) -> Floats:
    if given not in pool.columns:
        try:
            return np.full(len(pool.rows), int(given))
        except ValueError:
            raise WrongValue(f"a ceiling is a number or a column, not {given!r}") from None
    return _values("the ceiling", pool, given)


def _write(path: Path, made: Assembly, names: list[str]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["paper", "item"])
        writer.writerows([number, names[item]] for number, paper in enumerate(made.papers, 1) for item in paper)


def _report(made: Assembly, names: list[str]) -> Report:
    goal = made.demand.goal
    figures: dict[str, Value] = {
        "goal": goal.sense.value if goal else None,
        "figure": made.figure,
        "bound": made.bound,
        "gap": made.gap,
        "use": made.use,
        "is_reproducible": made.is_reproducible,
    }
    papers: list[list[Value]] = [
        [number, paper.size, " ".join(names[item] for item in paper)] for number, paper in enumerate(made.papers, 1)
    ]
    reached: list[list[Value]] = [
        [number, label, float(value), float(wanted)]
        for number, sums in enumerate(made.reached, 1)
        for label, value, wanted in zip(goal.labels if goal else (), sums, goal.wanted if goal else (), strict=True)
    ]
    return Report(
        figures,
        [
            Section("papers", "Papers", PAPERS, papers),
            Section("reached", "Towards the goal", REACHED, reached),
            Section("proof", "Proof", PROOF, _proof(made)),
        ],
    )


def _proof(made: Assembly) -> list[list[Value]]:
    rows: list[list[Value]] = []
    for rule in dict.fromkeys(check.rule for check in made.checks):
        checks = [check for check in made.checks if check.rule == rule]
        worst = min(checks, key=lambda check: check.slack)
        left = [check.left for check in checks]
        paper = f"paper {worst.paper}" if worst.paper else ""
        where = " ".join(part for part in (paper, worst.label) if part)
        rows.append([rule, min(left), max(left), worst.lower, worst.upper, worst.slack, where, worst.n_rows])
    return rows
