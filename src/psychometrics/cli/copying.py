"""`python -m psychometrics copying FILE.csv --key key.csv`: pairs of papers that are too much alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from psychometrics import forensics, irt, responses, tables
from psychometrics.calibration import Normal, calibrate_nominal
from psychometrics.cli.output import Column, Report, Section, Value, progress, show
from psychometrics.errors import UnreadableFile, WrongValue
from psychometrics.forensics import NO_VERDICT, Answers, Control, Search
from psychometrics.responses import NO_OPTION, Choices, Indices, Responses
from psychometrics.sheets import read_sheet

PRIOR = Normal(0.0, 2.0)
"""Of the curves of options, so that one that nobody chose has a curve too."""
PAIR_COLUMNS = (
    Column("copier", "whose paper agrees with the other's more than this ability explains"),
    Column("source", "with whose"),
    Column("opens", "whether an inquiry opens"),
    Column("near", "whether they sat beside each other"),
    Column("matches", "items on which both chose the same"),
    Column("expected", "matches of such abilities", 1),
    Column("omega", "Wollack's ω, about standard normal", 2),
    Column("p", "chance of so many matches with that paper, 0 to 1", 4, is_chance=True),
    Column("adjusted", "the same among all that were looked at, 0 to 1", 4, is_chance=True),
    Column("gbt", "chance of so many matches, both working alone, 0 to 1", 4, is_chance=True),
    Column("m4", "chance of such right and wrong matches, 0 to 1", 4, is_chance=True),
    Column("wrong", "wrong options that both chose"),
    Column("k", "K-index of those, 0 to 1", 4, is_chance=True),
    Column("k2", "the same with a smoothed share, 0 to 1", 4, is_chance=True),
    Column("s1", "the same by a Poisson rate, 0 to 1", 4, is_chance=True),
    Column("s2", "the same with right matches, 0 to 1", 4, is_chance=True),
)


class Within(StrEnum):
    """Between whom papers are compared."""

    ROOM = "room"
    SITTING = "sitting"


def run(
    file: Annotated[Path, typer.Argument(help="CSV: one row a person, one column an item, options in the cells")],
    key: Annotated[Path, typer.Option(help="CSV with columns item and key")],
    seats: Annotated[Path | None, typer.Option(help="CSV with columns person, room, row, column")] = None,
    curves: Annotated[
        Path | None, typer.Option(help="CSV of curves of options; fitted to FILE without it, with a prior")
    ] = None,
    within: Annotated[
        Within, typer.Option(help="with --seats: all pairs of a room, or of the sitting")
    ] = Within.SITTING,
    reach: Annotated[int, typer.Option(help="with --seats: rows and columns between neighbours")] = 1,
    level: Annotated[float, typer.Option(help="of false inquiries, 0 to 1")] = 0.01,
    control: Annotated[
        Control, typer.Option(help="level of any false inquiry, or of their share among those opened")
    ] = Control.BONFERRONI,
    limit: Annotated[float, typer.Option(help="pairs with p up to this are listed too")] = 1e-4,
    most: Annotated[int, typer.Option(help="of pairs on which no inquiry opens, as many are listed")] = 50,
    as_json: Annotated[bool, typer.Option("--json", help="JSON instead of tables")] = False,
) -> None:
    """Pairs of papers more alike than chance. A statistic opens an inquiry; it never decides one.

    Every ordered pair is compared by ω; with --seats neighbours share half the level among few, all others the rest.

    Output: meaning, n_persons, n_near and n_far (ordered pairs looked at), n_opened; `pairs` (copier, source, opens,
    near, matches, expected, omega, p, adjusted, gbt, m4, wrong, k, k2, s1, s2), the most surprising first.
    """
    given = responses.read_csv(file, key=responses.read_key(key))
    given, known = _with_curves(given, curves, quiet=as_json)
    beside = forensics.answers(given, known)
    rooms, near = _seated(given.persons, seats, reach) if seats is not None else (None, None)
    with progress("pairs", quiet=as_json) as advance:
        found = forensics.search(
            beside,
            rooms if within is Within.ROOM else None,
            near,
            level=level,
            limit=limit,
            control=control,
            progress=advance,
        )
    figures: dict[str, Value] = {
        "meaning": NO_VERDICT,
        "n_persons": given.n_persons,
        "n_near": found.near_tests,
        "n_far": found.far_tests,
        "n_opened": int(found.opens.sum()),
    }
    rows = _rows(given, beside, found, most, quiet=as_json)
    show(Report(figures, [Section("pairs", "Pairs to look into", PAIR_COLUMNS, rows)]), as_json=as_json)


def _with_curves(given: Responses, curves: Path | None, *, quiet: bool) -> tuple[Responses, irt.Nominal]:
    if curves is None:
        with progress("curves of options", quiet=quiet) as advance:
            return given, calibrate_nominal(given, prior=PRIOR, progress=advance).items
    table = tables.read_options(curves)
    return _relabelled(given, dict(zip(table.items.names, table.labels, strict=True))), table.items


def _relabelled(given: Responses, labels: dict[str, tuple[str, ...]]) -> Responses:
    """The same responses with the options of the curves, in their order."""
    assert given.choices is not None
    chosen, key = given.choices.chosen.copy(), given.choices.key.copy()
    if missing := [name for name in given.items if name not in labels]:
        raise WrongValue(f"no curves for {', '.join(missing[:10])}")
    for place, (name, own) in enumerate(zip(given.items, given.choices.labels, strict=True)):
        if unknown := [label for label in own if label not in labels[name]]:
            raise WrongValue(f"{name} has no curve of option {unknown[0]!r}; it has {', '.join(labels[name])}")
        # The last place is that of NO_OPTION.
        codes = np.array([*(labels[name].index(label) for label in own), NO_OPTION], dtype=np.int16)
        chosen[:, place], key[place] = codes[chosen[:, place]], codes[key[place]]
    return replace(given, choices=Choices(chosen, tuple(labels[name] for name in given.items), key))


def _seated(persons: Sequence[str], seats: Path, reach: int) -> tuple[list[str], Indices]:
    """Each person's room, and the pairs of neighbours."""
    sheet = read_sheet(seats)
    places = {name: place for place, name in enumerate(sheet.texts("person"))}
    if missing := [name for name in persons if name not in places]:
        raise UnreadableFile(f"{seats}: no seat of {', '.join(missing[:10])}")
    order = [places[name] for name in persons]
    rooms = [sheet.texts("room")[place] for place in order]
    row, column = sheet.numbers(["row", "column"])[order].T
    if not (np.mod([row, column], 1) == 0).all():
        raise UnreadableFile(f"{seats}: rows and columns are whole numbers")
    return rooms, forensics.neighbours(rooms, row, column, reach=reach)


def _rows(given: Responses, beside: Answers, found: Search, most: int, *, quiet: bool) -> list[list[Value]]:
    count = int(found.opens.sum()) + most
    pairs, omega = found.found.pairs[:count], found.found
    with progress("likeness of pairs", quiet=quiet) as advance:
        joint = forensics.m4(beside, pairs, progress=advance)
    alike, shared = forensics.gbt(beside, pairs), forensics.k_family(given, pairs)
    return [
        [
            given.persons[copier],
            given.persons[source],
            bool(found.opens[place]),
            bool(found.is_near[place]),
            int(omega.observed[place]),
            *(
                float(each[place])
                for each in (omega.expected, omega.omega, omega.exact, found.adjusted, alike.p, joint.p)
            ),
            int(shared.shared[place]),
            *(float(each[place]) for each in (shared.k, shared.k2, shared.s1, shared.s2)),
        ]
        for place, (copier, source) in enumerate(pairs.tolist())
    ]
