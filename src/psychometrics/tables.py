"""Tables of parameters as CSV files: what calibration writes and scoring, equating, assembly and adaptive tests read.

One row an item, on the logistic scale (D = 1, see `irt`). Columns, found by name; any others are left alone:

==================  ==================================================================================================
`item`              its name
`model`             `rasch`, `1pl`, `2pl`, `3pl`, `grm` or `gpcm`
`a`                 slope, above 0; may be blank for `rasch` (1)
`b`, or `b1` … `bk` difficulty, thresholds of `grm` ascending, steps of `gpcm`; blank beyond an item's own
`c`                 lower asymptote in [0, 1) of `3pl`; blank for the others
`a_se`, `b_se` …    standard error of the column before `_se`; blank where the parameter was fixed or held by the model
==================  ==================================================================================================

Curves of options (Bock 1972) have a row for each option: `item`, `option`, `slope`, `intercept`, and their `_se`.
Numbers are written with all their digits: what is read is what was written.
"""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from psychometrics import irt
from psychometrics.errors import UnreadableFile, WrongShape, WrongValue
from psychometrics.responses import BLANKS, Floats

Row = Mapping[str, str]

MODELS = {
    "rasch": irt.Model.LOGISTIC,
    "1pl": irt.Model.LOGISTIC,
    "2pl": irt.Model.LOGISTIC,
    "3pl": irt.Model.LOGISTIC,
    "grm": irt.Model.GRADED,
    "gpcm": irt.Model.PARTIAL_CREDIT,
}
"""What may stand in the column `model`, and which curves it means."""
SE = "_se"


@dataclass(frozen=True)
class Parameters:
    """Items with what a table says of them: `models` (items,) of the names in `MODELS`, and standard errors.

    `a_errors` (items,), `b_errors` (items, most categories - 1), `c_errors` (items,), NaN where there is none. Make one
    with `parameters` or `read_parameters`.
    """

    items: irt.Items
    models: tuple[str, ...]
    a_errors: Floats
    b_errors: Floats
    c_errors: Floats


@dataclass(frozen=True)
class Options:
    """Curves of options: `labels` of each item's options in order, standard errors (items, most options) or NaN."""

    items: irt.Nominal
    labels: tuple[tuple[str, ...], ...]
    slope_errors: Floats
    intercept_errors: Floats


def parameters(
    items: irt.Items,
    models: Sequence[str] | None = None,
    *,
    a_errors: Floats | None = None,
    b_errors: Floats | None = None,
    c_errors: Floats | None = None,
) -> Parameters:
    """A table of items; without `models` dichotomous items are `2pl`, or `3pl` when c is above 0.

    Raises WrongShape (models or errors that do not belong to these items), WrongValue (a model of other curves).
    """
    named = tuple(_models(items) if models is None else models)
    if len(named) != items.n:
        raise WrongShape(f"{len(named)} models for {items.n} items")
    for name, model, item in zip(named, items.model.tolist(), items.names, strict=True):
        if MODELS.get(name) != model:
            raise WrongValue(f"{item} is no {name} item")
    shapes = (items.a.shape, items.b.shape, items.c.shape)
    errors = [
        np.full(shape, np.nan) if given is None else np.asarray(given, dtype=np.float64)
        for given, shape in zip((a_errors, b_errors, c_errors), shapes, strict=True)
    ]
    if any(each.shape != shape for each, shape in zip(errors, shapes, strict=True)):
        raise WrongShape("standard errors are shaped as their parameters")
    return Parameters(items, named, *errors)


# ------------------------------------------------------------------------------------------------ items
def write_parameters(path: Path, table: Parameters) -> None:
    """Write a table as CSV, UTF-8; columns of standard errors only when there are any."""
    items = table.items
    steps = ["b"] if items.is_dichotomous else [f"b{step}" for step in range(1, items.b.shape[1] + 1)]
    with_errors = any(np.isfinite(each).any() for each in (table.a_errors, table.b_errors, table.c_errors))
    header = ["item", "model", "a", *steps, "c"]
    if with_errors:
        header += [name + SE for name in ("a", *steps, "c")]
    rows = []
    for place, (name, model) in enumerate(zip(items.names, table.models, strict=True)):
        asymptote = items.c[place] if model == "3pl" else math.nan
        values = [items.a[place], *items.b[place], asymptote]
        if with_errors:
            values += [table.a_errors[place], *table.b_errors[place], table.c_errors[place]]
        rows.append([name, model, *map(_cell, values)])
    _write(path, header, rows)


def read_parameters(path: Path) -> Parameters:
    """A table from a CSV file, the items in its order. UTF-8, with or without byte-order mark.

    Raises UnreadableFile (a column that is missing, a model unknown, a number that is none or lacks, with the line),
    and WrongValue for parameters that make no curves (a slope of 0, thresholds that do not ascend, a name twice).
    """
    header, rows = _read(path, ("item", "model"))
    steps = _steps(path, header)
    read = [_item(_where(path, line), row, steps) for line, row in enumerate(rows, start=2)]
    values = np.array([each for _, each in read])
    names = [row["item"].strip() for row in rows]
    models = tuple(model for model, _ in read)
    size = len(steps)
    a, b, c, errors = values[:, 0], values[:, 1 : size + 1], values[:, size + 1], values[:, size + 2 :]
    items = _made(np.array([MODELS[model] for model in models]), a, b, c, names)
    most = items.b.shape[1]
    return Parameters(items, models, errors[:, 0].copy(), errors[:, 1 : most + 1].copy(), errors[:, -1].copy())


def _models(items: irt.Items) -> list[str]:
    plain = {irt.Model.GRADED: "grm", irt.Model.PARTIAL_CREDIT: "gpcm"}
    kinds = map(irt.Model, items.model.tolist())
    return [plain.get(kind, "3pl" if c > 0 else "2pl") for kind, c in zip(kinds, items.c.tolist(), strict=True)]


def _steps(path: Path, header: Sequence[str]) -> list[str]:
    numbered = sorted((name for name in header if re.fullmatch(r"b[1-9]\d*", name)), key=lambda name: int(name[1:]))
    if numbered and "b" not in header and numbered == [f"b{step}" for step in range(1, len(numbered) + 1)]:
        return numbered
    if "b" in header and not numbered:
        return ["b"]
    raise UnreadableFile(f"{path}: difficulties stand in one column b, or in b1, b2 and so on")


def _item(where: str, row: Row, steps: Sequence[str]) -> tuple[str, list[float]]:
    """Its model, then a, every b, c and their standard errors."""
    model = row["model"].strip().lower()
    if model not in MODELS:
        raise UnreadableFile(f"{where}, model: {model!r} is none of {', '.join(MODELS)}")
    names = ["a", *steps, "c"]
    values = [_number(row, name, where) for name in names]
    if model == "rasch" and math.isnan(values[0]):
        values[0] = 1.0
    lacks = [0, 1] + ([len(names) - 1] if model == "3pl" else [])
    for place in lacks:
        if math.isnan(values[place]):
            raise UnreadableFile(f"{where}, {names[place]}: a {model} item needs it")
    if model == "rasch" and values[0] != 1:
        raise UnreadableFile(f"{where}, a: the slope of a rasch item is 1")
    if MODELS[model] is irt.Model.LOGISTIC and not all(map(math.isnan, values[2:-1])):
        raise UnreadableFile(f"{where}, {steps[1]}: a {model} item has one difficulty")
    if model != "3pl" and not (math.isnan(values[-1]) or values[-1] == 0):
        raise UnreadableFile(f"{where}, c: a {model} item has no lower asymptote")
    values[-1] = 0.0 if math.isnan(values[-1]) else values[-1]
    return model, values + [_number(row, name + SE, where) for name in names]


def _made(kinds: Floats, a: Floats, b: Floats, c: Floats, names: Sequence[str]) -> irt.Items:
    parts, order = [], []
    for kind in np.unique(kinds):
        mine = np.flatnonzero(kinds == kind)
        own = [names[place] for place in mine.tolist()]
        if kind == irt.Model.LOGISTIC:
            parts.append(irt.logistic(b[mine, 0], a[mine], c[mine], names=own))
        else:
            make = irt.graded if kind == irt.Model.GRADED else irt.partial_credit
            parts.append(make(a[mine], b[mine], names=own))
        order.append(mine)
    return irt.joined(parts).take(np.argsort(np.concatenate(order)))


# ------------------------------------------------------------------------------------------------ options
def write_options(path: Path, table: Options) -> None:
    """Write curves of options as CSV, a row an option; columns of standard errors only when there are any."""
    columns = [table.items.slopes, table.items.intercepts]
    header = ["item", "option", "slope", "intercept"]
    if np.isfinite(table.slope_errors).any():
        columns += [table.slope_errors, table.intercept_errors]
        header += ["slope" + SE, "intercept" + SE]
    rows = [
        [name, label, *(_cell(column[place, option]) for column in columns)]
        for place, (name, labels) in enumerate(zip(table.items.names, table.labels, strict=True))
        for option, label in enumerate(labels)
    ]
    _write(path, header, rows)


def read_options(path: Path) -> Options:
    """Curves of options from a CSV file; an item's rows may stand anywhere, its options keep their order.

    Slopes and intercepts are measured from their item's mean. Raises UnreadableFile (as `read_parameters`; an option
    twice; an item of one option).
    """
    _, rows = _read(path, ("item", "option", "slope", "intercept"))
    found: dict[str, dict[str, list[float]]] = {}
    for line, row in enumerate(rows, start=2):
        where, label = _where(path, line), row["option"].strip()
        values = [_number(row, name, where) for name in ("slope", "intercept", "slope" + SE, "intercept" + SE)]
        if any(map(math.isnan, values[:2])):
            raise UnreadableFile(f"{where}: an option needs a slope and an intercept")
        if label in found.setdefault(row["item"].strip(), {}):
            raise UnreadableFile(f"{where}: option {label!r} stands twice")
        found[row["item"].strip()][label] = values
    if single := [name for name, each in found.items() if len(each) < 2]:
        raise UnreadableFile(f"{path}: only one option of {single[0]}")
    made = np.full((4, len(found), max(map(len, found.values()))), np.nan)
    for place, each in enumerate(found.values()):
        made[:, place, : len(each)] = np.array(list(each.values())).T
    made[:2] -= np.nanmean(made[:2], axis=2, keepdims=True)
    labels = tuple(tuple(each) for each in found.values())
    return Options(irt.Nominal(made[0], made[1], tuple(found)), labels, made[2], made[3])


# ------------------------------------------------------------------------------------------------ files
def _read(path: Path, needed: Sequence[str]) -> tuple[list[str], list[dict[str, str]]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            lines = list(csv.reader(file))
    except UnicodeDecodeError as error:
        raise UnreadableFile(f"{path}: is not UTF-8 text at byte {error.start}") from None
    header = [name.strip() for name in lines[0]] if lines else []
    if missing := [name for name in needed if name not in header]:
        raise UnreadableFile(f"{path}: no column {', '.join(missing)}")
    if len(set(header)) != len(header):
        raise UnreadableFile(f"{path}: a column is named twice")
    if len(lines) < 2:
        raise UnreadableFile(f"{path}: no row under the header")
    for line, cells in enumerate(lines[1:], start=2):
        if len(cells) != len(header):
            raise UnreadableFile(f"{_where(path, line)}: {len(cells)} cells under {len(header)} columns")
    return header, [dict(zip(header, cells, strict=True)) for cells in lines[1:]]


def _write(path: Path, header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([header, *rows])


def _number(row: Row, name: str, where: str) -> float:
    cell = row.get(name, "").strip()
    if cell in BLANKS:
        return math.nan
    try:
        value = float(cell)
    except ValueError:
        raise UnreadableFile(f"{where}, {name}: {cell!r} is no number") from None
    if not math.isfinite(value):
        raise UnreadableFile(f"{where}, {name}: {cell!r} is no finite number")
    return value


def _cell(value: float) -> str:
    return "" if math.isnan(value) else repr(float(value))


def _where(path: Path, line: int) -> str:
    return f"{path}, line {line}"
