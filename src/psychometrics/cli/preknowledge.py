"""`python -m psychometrics preknowledge FILE.csv --items items.csv --exposed exposed.csv`: abler on what leaked."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from psychometrics import forensics, responses, tables
from psychometrics.cli.output import Column, Report, Section, Value, show
from psychometrics.errors import UnreadableFile
from psychometrics.forensics import NO_VERDICT, Control
from psychometrics.sheets import read_sheet

PERSON_COLUMNS = (
    Column("person", "the name in the file, or p1, p2 and so on"),
    Column("opens", "whether an inquiry opens"),
    Column("exposed", "ability on the exposed items, -5 to 5", 2),
    Column("secure", "ability on all others, -5 to 5", 2),
    Column("statistic", "signed root of the likelihood ratio, about standard normal", 2),
    Column("p", "chance of one so high, 0 to 1", 4, is_chance=True),
    Column("adjusted", "the same among all persons, 0 to 1", 4, is_chance=True),
)


def run(
    file: Annotated[Path, typer.Argument(help="CSV: one row a person, one column an item; `person`, `group` optional")],
    items: Annotated[Path, typer.Option(help="CSV of parameters: item, model, a, b (or b1, b2 and so on), c")],
    exposed: Annotated[Path, typer.Option(help="CSV with a column item: those that may have been known beforehand")],
    level: Annotated[float, typer.Option(help="of false inquiries, 0 to 1")] = 0.01,
    control: Annotated[
        Control, typer.Option(help="level of any false inquiry, or of their share among those opened")
    ] = Control.BENJAMINI_HOCHBERG,
    limit: Annotated[float, typer.Option(help="persons with p up to this are listed too")] = 0.001,
    as_json: Annotated[bool, typer.Option("--json", help="JSON instead of tables")] = False,
) -> None:
    """Persons abler on exposed items than on the others. A statistic opens an inquiry; it never decides one.

    Output: meaning, n_persons, n_exposed (items), n_judged, n_opened; `persons` (person, opens, exposed, secure,
    statistic, p, adjusted), the most surprising first.
    """
    given, known = responses.read_csv(file), tables.read_parameters(items).items
    names = set(read_sheet(exposed).texts("item"))
    if unknown := sorted(names - set(given.items)):
        raise UnreadableFile(f"{exposed}: {file} has no item {', '.join(unknown[:10])}")
    flags = np.array([name in names for name in given.items])
    found = forensics.preknowledge(given, known, flags)
    verdict = forensics.inquire(found.p, level=level, control=control)
    listed = np.flatnonzero(verdict.opens | (np.nan_to_num(found.p, nan=1.0) <= limit))
    columns = (found.exposed, found.secure, found.statistic, found.p, verdict.adjusted)
    rows: list[list[Value]] = [
        [given.persons[place], bool(verdict.opens[place]), *(float(each[place]) for each in columns)]
        for place in listed[np.argsort(found.p[listed], kind="stable")].tolist()
    ]
    figures: dict[str, Value] = {
        "meaning": NO_VERDICT,
        "n_persons": given.n_persons,
        "n_exposed": int(flags.sum()),
        "n_judged": verdict.tests,
        "n_opened": int(verdict.opens.sum()),
    }
    show(
        Report(figures, [Section("persons", "Persons to look into", PERSON_COLUMNS, rows)]),
        as_json=as_json,
    )
