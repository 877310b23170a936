"""`python -m psychometrics fairness FILE.csv --reference GROUP`: items that work differently in different groups."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from psychometrics import fairness, responses
from psychometrics.cli.output import Advance, Column, Report, Section, Value, progress, show
from psychometrics.errors import EmptyGroup, TooFew
from psychometrics.responses import Floats, Responses


class Method(StrEnum):
    """How items are compared."""

    MANTEL_HAENSZEL = "mantel-haenszel"
    STANDARDISED = "standardised"
    LOGISTIC = "logistic"


DEFAULT = fairness.Fewest()
_ITEM = Column("item", "its name")
_FOCAL = Column("focal", "the group compared")
_ENDS = (
    Column("chi2", "test statistic"),
    Column("p", "its probability without a difference", 4),
    Column("class", "A slight, B, C large (AA, BB, CC for points in part)"),
    Column("is_anchor", "whether the item matched persons"),
)
COLUMNS = {
    Method.MANTEL_HAENSZEL: (
        _ITEM,
        _FOCAL,
        Column("alpha", "odds of the reference group over those of the focal group at equal scores"),
        Column("delta", "-2.35 ln alpha: below 0 against the focal group"),
        Column("se", "standard error of delta"),
        *_ENDS,
    ),
    Method.STANDARDISED: (
        _ITEM,
        _FOCAL,
        Column("difference", "share of points of the focal group less that of the reference group, -1 to 1"),
        Column("se", "standard error of it"),
        Column("effect", "difference in standard deviations of the item"),
        *_ENDS,
    ),
    Method.LOGISTIC: (
        _ITEM,
        _FOCAL,
        Column("shift", "logits at equal scores: below 0 against the focal group"),
        Column("turn", "logits for each standard deviation of the score"),
        Column("r2_change", "of both, of all groups", 4),
        Column("p_uniform", "of a shift, in any group", 4),
        Column("p_nonuniform", "of a turn, in any group", 4),
        *_ENDS,
    ),
}


def run(
    file: Annotated[Path, typer.Argument(help="CSV: one row a person, a column `group`, the others items")],
    reference: Annotated[str, typer.Option(help="the group that the others are compared with")],
    focal: Annotated[list[str] | None, typer.Option(help="a group to compare; all others unless named")] = None,
    method: Annotated[Method, typer.Option(help="how to compare")] = Method.MANTEL_HAENSZEL,
    key: Annotated[Path | None, typer.Option(help="CSV with columns item, key: then the cells are options")] = None,
    purify: Annotated[bool, typer.Option(help="leave out of the match what differs")] = True,
    smaller: Annotated[int, typer.Option(help="fewest persons in a group")] = DEFAULT.smaller,
    together: Annotated[int, typer.Option(help="fewest persons in two groups compared")] = DEFAULT.together,
    as_json: Annotated[bool, typer.Option("--json", help="JSON instead of tables")] = False,
) -> None:
    """Differential item functioning between groups matched on their total.

    Output: reference, method; `items`, one row for each item and focal group: mantel-haenszel alpha, delta, se;
    standardised difference, se, effect; logistic shift, turn, r2_change, p_uniform, p_nonuniform; all chi2, p, class,
    is_anchor; `groups` with n and why a group could not be compared.
    """
    given = responses.read_csv(file, key=responses.read_key(key) if key else None)
    asked = tuple(focal) if focal else fairness.focal_groups(given, reference)
    least = fairness.Fewest(smaller, together)
    fit, refused = _comparable(given, reference, asked, least)
    rows: list[list[Value]] = []
    with progress("comparing", quiet=as_json) as advance:
        if fit:
            rows = _compared(given, method, reference, fit, least, purify=purify, advance=advance)
    sizes: list[list[Value]] = [
        [name, int(given.in_group(name).sum()), refused.get(name, "")] for name in (reference, *asked)
    ]
    report = Report(
        {"reference": reference, "method": method.value},
        [
            Section("items", "Items", COLUMNS[method], rows),
            Section(
                "groups", "Groups", (Column("group", "its name"), Column("n", "persons"), Column("why_not", "")), sizes
            ),
        ],
    )
    show(report, as_json=as_json)


def _comparable(
    given: Responses, reference: str, asked: Sequence[str], least: fairness.Fewest
) -> tuple[list[str], dict[str, str]]:
    """Groups that are large enough, and why the others are not."""
    fit, refused = [], {}
    for name in asked:
        try:
            fairness.compared(given, reference, [name], fewest=least)
        except (TooFew, EmptyGroup) as error:
            refused[name] = str(error)
        else:
            fit.append(name)
    return fit, refused


def _compared(
    given: Responses,
    method: Method,
    reference: str,
    focal: Sequence[str],
    least: fairness.Fewest,
    *,
    purify: bool,
    advance: Advance,
) -> list[list[Value]]:
    if method is Method.LOGISTIC:
        found = fairness.logistic(
            given, reference=reference, focal=focal, purify=purify, fewest=least, progress=advance
        )
        tests = (found.both.change, found.uniform.p, found.nonuniform.p, found.both.chi2, found.both.p)
        return [
            row
            for place, name in enumerate(found.focal)
            for row in _rows(found, name, found.shifts[:, place], found.turns[:, place], *tests)
        ]
    rows: list[list[Value]] = []
    for name in focal:
        if method is Method.MANTEL_HAENSZEL:
            odds = fairness.mantel_haenszel(
                given, reference=reference, focal=name, purify=purify, fewest=least, progress=advance
            )
            rows += _rows(odds, name, odds.alpha, odds.delta, odds.se, odds.chi2, odds.p)
        else:
            means = fairness.standardised(
                given, reference=reference, focal=name, purify=purify, fewest=least, progress=advance
            )
            rows += _rows(means, name, means.difference, means.se, means.effect, means.chi2, means.p)
    return rows


def _rows(
    found: fairness.MantelHaenszel | fairness.Standardised | fairness.Logistic, focal: str, *figures: Floats
) -> list[list[Value]]:
    return [
        [name, focal, *(each[item].item() for each in figures), found.classes[item], bool(found.anchor[item])]
        for item, name in enumerate(found.names)
    ]
