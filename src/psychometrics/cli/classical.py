"""`python -m psychometrics classical FILE.csv`: items, options, reliability, and how sure the cut is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer

from psychometrics import classical, responses
from psychometrics.cli.output import Column, Report, Section, Value, show
from psychometrics.errors import PsychometricsError, TooFew, UnreadableFile
from psychometrics.responses import Responses
from psychometrics.sheets import read_sheet

TYPE, POINTS = "type", "points"
ITEM_COLUMNS = (
    Column("item", "its name"),
    Column("n", "persons who answered it"),
    Column("missing", "share of persons who did not, 0 to 1"),
    Column("difficulty", "mean share of its points, 0 to 1: the higher, the easier"),
    Column("discrimination", "correlation with the rest score, -1 to 1"),
    Column("upper_lower", "difficulty among the best 27 % less that among the worst, -1 to 1"),
    Column("alpha_without", "alpha of the other items"),
    Column("flags", "why to look at it"),
)
OPTION_COLUMNS = (
    Column("item", "the item"),
    Column("option", "the option"),
    Column("is_key", "whether it is right"),
    Column("share", "share of answers, 0 to 1"),
    Column("upper", "share among the best 27 %"),
    Column("lower", "share among the worst 27 %"),
    Column("correlation", "of choosing it with the rest score, -1 to 1"),
)
CUT_COLUMNS = (
    Column("method", "livingston-lewis (any points), hanson-brennan or subkoviak (right or wrong)"),
    Column("consistency", "P(two papers decide alike)"),
    Column("kappa", "the same beyond chance"),
    Column("accuracy", "P(the paper decides as the true score would)"),
    Column("false_positive", "P(passes who truly should fail)"),
    Column("false_negative", "P(fails who truly should pass)"),
)
SCORE_COLUMNS = (
    Column("score", "points", 1),
    Column("n", "persons who have it"),
    Column("sem", "standard error there, in points"),
)
GROUP_COLUMNS = (
    Column("group", "its name"),
    Column("n", "persons"),
    Column("mean", "points"),
    Column("sd", "points"),
    Column("alpha", "reliability in this group"),
)


def run(
    file: Annotated[Path, typer.Argument(help="CSV: one row a person, one column an item; `person`, `group` optional")],
    key: Annotated[Path | None, typer.Option(help="CSV with columns item, key: then the cells are options")] = None,
    about: Annotated[
        Path | None,
        typer.Option(help="CSV with columns item and type (single, true_false, multiple, open) or points or both"),
    ] = None,
    cut: Annotated[float | None, typer.Option(help="points that pass: reports how sure this decision is")] = None,
    only: Annotated[str | None, typer.Option(help="one group alone: a language version has its own statistics")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="JSON instead of tables")] = False,
) -> None:
    """Counts on items, options and totals.

    Output: n_persons, n_items, mean, sd, alpha with alpha_low and alpha_high (95 %), sufficient_for
    (local from 0.80, high stakes from 0.90), omega, sem, with types alpha_stratified; `items` (n, missing,
    difficulty, discrimination, upper_lower, alpha_without, flags); `options` with a key (share, upper, lower,
    correlation); `scores` (sem at each score); `groups` where the file names several; `decision` with a cut
    (consistency, kappa, accuracy, false_positive, false_negative).
    """
    given = responses.read_csv(file, key=responses.read_key(key) if key else None)
    if only is not None:
        given = given.of_persons(given.in_group(only))
    told = _about(about, given.items) if about else {}
    if POINTS in told:
        given = _worth(given, told[POINTS])
    found = classical.reliability(given)
    figures: dict[str, Value] = {
        "n_persons": found.n_persons,
        "n_items": found.n_items,
        "mean": found.mean,
        "sd": found.sd,
        "alpha": found.alpha,
        "alpha_low": found.interval[0],
        "alpha_high": found.interval[1],
        "sufficient_for": ", ".join(sorted(classical.sufficient_for(found.alpha))),
        "omega": found.omega,
        "sem": found.sem,
    }
    if TYPE in told:
        figures["alpha_stratified"] = _by_type(given, told[TYPE])
    report = Report(figures, _items(given, found, told.get(TYPE)))
    report.sections.append(_scores(given, found))
    if len(given.groups) > 1 and only is None:
        report.sections.append(
            Section("groups", "Groups", GROUP_COLUMNS, [_group(given, each) for each in given.groups])
        )
    if cut is not None:
        report.sections.append(_decision(given, found, cut))
    show(report, as_json=as_json)


def _items(given: Responses, found: classical.Reliability, types: list[str] | None) -> list[Section]:
    items = classical.item_statistics(given)
    options = classical.option_statistics(given) if given.choices else None
    flagged = classical.flags(items, options, types=types)
    columns = (items.n, items.missing, items.difficulty, items.discrimination, items.upper_lower, found.without)
    rows: list[list[Value]] = [
        [name, *(each[place].item() for each in columns), ", ".join(sorted(flagged[place]))]
        for place, name in enumerate(items.names)
    ]
    sections = [Section("items", "Items", ITEM_COLUMNS, rows)]
    if options is not None:
        sections.append(Section("options", "Options", OPTION_COLUMNS, _options(options)))
    return sections


def _by_type(given: Responses, types: list[str]) -> float | None:
    """Alpha by parts of one type each; None when one is a single item."""
    try:
        return classical.stratified_alpha(classical.covariances(given), types)
    except TooFew:
        return None


def _options(options: classical.OptionStatistics) -> list[list[Value]]:
    figures = (options.share, options.upper, options.lower, options.correlation)
    return [
        [name, label, bool(options.key[item] == place), *(each[item, place].item() for each in figures)]
        for item, name in enumerate(options.names)
        for place, label in enumerate(options.labels[item])
    ]


def _scores(given: Responses, found: classical.Reliability) -> Section:
    """The standard error at each score, or why there is none."""
    title = "Standard error of measurement by score"
    try:
        made = classical.conditional_sem(given, reliability=found.alpha)
    except PsychometricsError as error:
        return Section("scores", title, SCORE_COLUMNS, notes=[str(error)])
    rows = list(zip(made.scores.tolist(), made.n.tolist(), made.sem.tolist(), strict=True))
    return Section("scores", title, SCORE_COLUMNS, rows)


def _group(given: Responses, name: str) -> list[Value]:
    mine = given.of_persons(given.in_group(name))
    try:
        found = classical.reliability(mine)
    except PsychometricsError:
        return [name, mine.n_persons, float(mine.totals.mean()), None, None]
    return [name, found.n_persons, found.mean, found.sd, found.alpha]


def _decision(given: Responses, found: classical.Reliability, cut: float) -> Section:
    """Every method that the scores allow; a note says why one is missing. Totals of those who answered everything."""
    whole = given.is_present.all(axis=1)
    totals, most = given.totals[whole], float(given.maxima.sum())
    ways: dict[str, Callable[[], classical.Consistency]] = {
        "livingston-lewis": partial(classical.livingston_lewis, totals, reliability=found.alpha, most=most, cuts=[cut])
    }
    if given.is_dichotomous:
        counted: dict[str, Any] = {"length": given.n_items, "cuts": [cut], "reliability": found.alpha}
        ways["hanson-brennan"] = partial(classical.hanson_brennan, totals, **counted)
        ways["subkoviak"] = partial(classical.subkoviak, totals, **counted)
    section = Section("decision", f"Decision at {cut:g} points", CUT_COLUMNS)
    rows: list[list[Value]] = []
    notes = [] if whole.all() else [f"{(~whole).sum()} persons who did not answer everything are left out"]
    for name, judge in ways.items():
        try:
            made = judge()
        except PsychometricsError as error:
            notes.append(f"{name}: {error}")
        else:
            rows.append([name, made.consistency, made.kappa, made.accuracy, made.false_positive, made.false_negative])
    section.rows, section.notes = rows, notes
    return section


def _about(path: Path, items: tuple[str, ...]) -> dict[str, list[str]]:
    """The columns of a file about the items, each in the items' order."""
    sheet = read_sheet(path)
    if not (columns := [name for name in (TYPE, POINTS) if name in sheet.columns]):
        raise UnreadableFile(f"{path}: a column type or points is needed")
    place = {name: row for row, name in enumerate(sheet.texts("item"))}
    if missing := [name for name in items if name not in place]:
        raise UnreadableFile(f"{path}: nothing about {', '.join(missing[:10])}")
    return {column: [sheet.texts(column)[place[name]] for name in items] for column in columns}


def _worth(given: Responses, points: list[str]) -> Responses:
    """The same responses with what each item gives: of options right ones earn it, of points it is the most."""
    try:
        most = np.array([float(each) for each in points])
    except ValueError as error:
        raise UnreadableFile(f"points of items: {error}") from None
    scores = given.scores * most if given.choices else given.scores
    groups = [given.groups[place] for place in given.group]
    made = responses.scored(scores, maxima=most, items=given.items, persons=given.persons, groups=groups)
    return replace(made, choices=given.choices)
