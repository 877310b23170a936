"""`python -m psychometrics pace TIMES.csv`: answers too quick, rhythms unlike everybody's, and who did not try."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from psychometrics import forensics, responses, tables
from psychometrics.cli.output import Column, Report, Section, Value, progress, show
from psychometrics.errors import UnreadableFile, WrongValue
from psychometrics.forensics import NO_VERDICT, Control
from psychometrics.forensics.times import EFFORT, QUICK, Pace, QuickRights
from psychometrics.responses import Responses

ITEM_COLUMNS = (
    Column("item", "its name"),
    Column("typical", "median seconds of a person of average speed", 1),
    Column("precision", "1 / standard deviation of log seconds at a given speed", 2),
    Column("threshold", "seconds below which nobody can have read it", 1),
    Column("fidelity", "share of answers that took longer, 0 to 1"),
)
PERSON_COLUMNS = (
    Column("person", "the name in the file, or p1, p2 and so on"),
    Column("opens", "whether an inquiry opens"),
    Column("speed", "log seconds saved against the average", 2),
    Column("misfit_p", "chance of a rhythm so unlike everybody's, 0 to 1", 4, is_chance=True),
    Column("quick", "quick right answers on hard items", 0),
    Column("expected", "how many such there would be", 2),
    Column("quick_p", "chance of so many, 0 to 1", 4, is_chance=True),
    Column("effort", "share of answers that took their time, 0 to 1; below 0.90 the paper says little"),
)


def run(
    file: Annotated[Path, typer.Argument(help="CSV: one row a person, one column an item, seconds; `person` optional")],
    answers: Annotated[
        Path | None, typer.Option(help="CSV of points, the same persons and items: quick rights")
    ] = None,
    items: Annotated[Path | None, typer.Option(help="with --answers, CSV of parameters: item, model, a, b, c")] = None,
    quick: Annotated[float, typer.Option(help="residuals below this are quick")] = QUICK,
    level: Annotated[
        float, typer.Option(help="of false inquiries, 0 to 1, half of it for each of the two tests")
    ] = 0.01,
    control: Annotated[
        Control, typer.Option(help="level of any false inquiry, or of their share among those opened")
    ] = Control.BENJAMINI_HOCHBERG,
    as_json: Annotated[bool, typer.Option("--json", help="JSON instead of tables")] = False,
) -> None:
    """Response times by the lognormal model. A statistic opens an inquiry; it never decides one.

    Output: meaning, n_persons, speed_sd, n_opened, n_careless; `items` (item, typical, precision, threshold,
    fidelity); `persons` who open an inquiry or took little care (person, opens, speed, misfit_p, quick, expected,
    quick_p, effort), the most surprising first.
    """
    given = responses.read_csv(file)
    with progress("labour and speed", quiet=as_json) as advance:
        model = forensics.fit_times(given.scores, progress=advance)
    found = forensics.pace(given.scores, model)
    tried = forensics.effort(given.scores, forensics.normative_thresholds(given.scores))
    rights = _rights(found, given, answers, items, quick)
    stages = forensics.inquire_in_stages(rights.p, found.p, level=level, control=control)
    opens, careless = stages.near.opens | stages.far.opens, tried.persons < EFFORT
    columns = (found.speed, found.p, rights.count, rights.expected, rights.p, tried.persons)
    persons: list[list[Value]] = [
        [given.persons[place], bool(opens[place]), *(float(each[place]) for each in columns)]
        for place in np.lexsort((np.fmin(rights.p, found.p), ~opens)).tolist()
        if opens[place] or careless[place]
    ]
    by_item = (model.typical, model.precision, tried.thresholds, tried.items)
    of_items: list[list[Value]] = [
        [name, *(float(each[place]) for each in by_item)] for place, name in enumerate(given.items)
    ]
    figures: dict[str, Value] = {
        "meaning": NO_VERDICT,
        "n_persons": given.n_persons,
        "speed_sd": model.speed_sd,
        "n_opened": int(opens.sum()),
        "n_careless": int(careless.sum()),
    }
    sections = [
        Section("items", "Items", ITEM_COLUMNS, of_items),
        Section("persons", "Persons to look into", PERSON_COLUMNS, persons),
    ]
    show(Report(figures, sections), as_json=as_json)


def _rights(found: Pace, times: Responses, answers: Path | None, items: Path | None, quick: float) -> QuickRights:
    """Quick right answers; nothing without the answers."""
    if answers is None:
        none = np.full(times.n_persons, np.nan)
        return QuickRights(none, none, none)
    if items is None:
        raise WrongValue("quick right answers need the items' parameters: --items")
    given = responses.read_csv(answers)
    if given.persons != times.persons or given.items != times.items:
        raise UnreadableFile(f"{answers}: persons and items are to be those of the times, in the same order")
    return forensics.quick_rights(found, given, tables.read_parameters(items).items, limit=quick)
