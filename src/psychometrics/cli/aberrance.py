"""`python -m psychometrics aberrance FILE.csv --items items.csv`: persons whose answers are unlike the model."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from psychometrics import forensics, responses, tables
from psychometrics.cli.output import Column, Report, Section, Value, progress, show
from psychometrics.forensics import NO_VERDICT, Control

PERSON_COLUMNS = (
    Column("person", "the name in the file, or p1, p2 and so on"),
    Column("opens", "whether an inquiry opens"),
    Column("theta", "ability"),
    Column("l_z_star", "likelihood of the row, standardised; low is unlike the model", 2),
    Column("p", "chance of one so low, 0 to 1", 4, is_chance=True),
    Column("adjusted", "the same among all persons, 0 to 1", 4, is_chance=True),
)


def run(
    file: Annotated[Path, typer.Argument(help="CSV: one row a person, one column an item; `person`, `group` optional")],
    items: Annotated[Path, typer.Option(help="CSV of parameters: item, model, a, b (or b1, b2 and so on), c")],
    level: Annotated[float, typer.Option(help="of false inquiries, 0 to 1")] = 0.01,
    control: Annotated[
        Control, typer.Option(help="level of any false inquiry, or of their share among those opened")
    ] = Control.BENJAMINI_HOCHBERG,
    limit: Annotated[float, typer.Option(help="persons with p up to this are listed too")] = 0.001,
    as_json: Annotated[bool, typer.Option("--json", help="JSON instead of tables")] = False,
) -> None:
    """Persons whose right and wrong answers fit no ability. A statistic opens an inquiry; it never decides one.

    Output: meaning, n_persons, n_judged, n_opened; `persons` (person, opens, theta, l_z_star, p, adjusted), the most
    surprising first.
    """
    given = responses.read_csv(file)
    with progress("persons", quiet=as_json) as advance:
        found = forensics.aberrance(given, tables.read_parameters(items).items, progress=advance)
    verdict = forensics.inquire(found.p, level=level, control=control)
    listed = np.flatnonzero(verdict.opens | (np.nan_to_num(found.p, nan=1.0) <= limit))
    rows: list[list[Value]] = [
        [
            given.persons[place],
            bool(verdict.opens[place]),
            *(float(each[place]) for each in (found.theta, found.statistic, found.p, verdict.adjusted)),
        ]
        for place in listed[np.argsort(found.p[listed], kind="stable")].tolist()
    ]
    section = Section("persons", "Persons to look into", PERSON_COLUMNS, rows)
    figures: dict[str, Value] = {
        "meaning": NO_VERDICT,
        "n_persons": given.n_persons,
        "n_judged": verdict.tests,
        "n_opened": int(verdict.opens.sum()),
    }
    show(Report(figures, [section]), as_json=as_json)
