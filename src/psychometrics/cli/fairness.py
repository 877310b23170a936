"""`python -m psychometrics fairness FILE.csv --reference GROUP`: items that work differently in different groups."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, TypeAlias

import typer

from psychometrics import fairness, responses
from psychometrics.cli.output import Column, Report, Section, Value, progress, show
from psychometrics.errors import EmptyGroup, TooFew
from psychometrics.responses import Responses

Found: TypeAlias = fairness.MantelHaenszel | fairness.Standardised | fairness.Logistic


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
    Column("p", "its probability without a difference", 4, is_chance=True),
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
        Column("p_uniform", "of a shift, in any group", 4, is_chance=True),
        Column("p_nonuniform", "of a turn, in any group", 4, is_chance=True),
        *_ENDS,
    ),
}
GROUP_COLUMNS = (
    Column("group", "its name"),
    Column("n", "persons"),
    Column("is_settled", "whether leaving out what differs came to rest"),
    Column("why_not", "why it was not compared"),
)


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
    is_anchor; `groups` with n, is_settled (whether leaving out came to rest) and why_not (not compared).
    """
    given = responses.read_csv(file, key=responses.read_key(key) if key else None)
    asked = tuple(focal) if focal else fairness.focal_groups(given, reference)
    least = fairness.Fewest(smaller, together)
    fit, refused = _comparable(given, reference, asked, least)
    rows: list[list[Value]] = []
    settled: dict[str, bool] = {}
    with progress("comparing", quiet=as_json) as advance:
        for names in _together(method, fit):
            try:
                found = _found(
                    given, method, reference=reference, focal=names, purify=purify, fewest=least, progress=advance
                )
            except TooFew as error:
                refused |= dict.fromkeys(names, str(error))
                continue
            settled |= dict.fromkeys(names, found.is_settled)
            for place, name in enumerate(names):
                rows += _rows(found, name, place)
    sizes: list[list[Value]] = [
        [name, int(given.in_group(name).sum()), settled.get(name), refused.get(name, "")]
        for name in (reference, *asked)
    ]
    sections = [Section("items", "Items", COLUMNS[method], rows), Section("groups", "Groups", GROUP_COLUMNS, sizes)]
    show(Report({"reference": reference, "method": method.value}, sections), as_json=as_json)


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


def _together(method: Method, names: list[str]) -> list[list[str]]:
    """Which groups one analysis compares: regression all of them, the others one by one."""
    if method is Method.LOGISTIC:
        return [names] if names else []
    return [[name] for name in names]


def _found(given: Responses, method: Method, *, focal: list[str], **options: Any) -> Found:
    if method is Method.LOGISTIC:
        return fairness.logistic(given, focal=focal, **options)
    way = fairness.mantel_haenszel if method is Method.MANTEL_HAENSZEL else fairness.standardised
    return way(given, focal=focal[0], **options)


def _rows(found: Found, focal: str, place: int) -> list[list[Value]]:
    """One row an item for one focal group, which is at this place among them."""
    if isinstance(found, fairness.Logistic):
        both, figures = found.both, [found.shifts[:, place], found.turns[:, place]]
        figures += [both.change, found.uniform.p, found.nonuniform.p, both.chi2, both.p]
    elif isinstance(found, fairness.MantelHaenszel):
        figures = [found.alpha, found.delta, found.se, found.chi2, found.p]
    else:
        figures = [found.difference, found.se, found.effect, found.chi2, found.p]
    return [
        [name, focal, *(each[item].item() for each in figures), found.classes[item], bool(found.anchor[item])]
        for item, name in enumerate(found.names)
    ]
