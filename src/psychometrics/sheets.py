"""Plain CSV sheets that are no matrix of responses: judgements, ratings, groups; errors name the line."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from psychometrics.errors import UnreadableFile
from psychometrics.responses import BLANKS, Floats


@dataclass(frozen=True, slots=True)
class Sheet:
    """A CSV file as text: `columns` by name, `rows` of cells without the blanks around them."""

    path: Path
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def texts(self, column: str) -> list[str]:
        """The cells of a column. Raises UnreadableFile when there is no such column."""
        if column not in self.columns:
            raise UnreadableFile(f"{self.path}: no column {column!r}; there are: {', '.join(self.columns)}")
        place = self.columns.index(column)
        return [row[place] for row in self.rows]

    def numbers(self, columns: Sequence[str]) -> Floats:
        """The cells of some columns as numbers, (rows, columns), NaN where blank. Raises UnreadableFile."""
        return np.array([self._column(name) for name in columns], dtype=np.float64).reshape(len(columns), -1).T

    def besides(self, *columns: str) -> list[str]:
        """The names of all other columns, in order. Raises UnreadableFile when there is none."""
        others = [name for name in self.columns if name not in columns]
        if not others:
            raise UnreadableFile(f"{self.path}: a column besides {', '.join(columns)} is needed")
        return others

    def _column(self, name: str) -> list[float]:
        return [self._number(cell, line, name) for line, cell in enumerate(self.texts(name), start=2)]

    def _number(self, cell: str, line: int, name: str) -> float:
        if cell in BLANKS:
            return float("nan")
        try:
            return float(cell)
        except ValueError:
            raise UnreadableFile(f"{self.path}, line {line}, {name}: {cell!r} is no number") from None


def read_sheet(path: Path) -> Sheet:
    """A sheet from a CSV file in UTF-8 with a header; at least one row. Raises UnreadableFile with the line."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = [tuple(cell.strip() for cell in row) for row in csv.reader(file)]
    if len(rows) < 2:
        raise UnreadableFile(f"{path}: a header and at least one row are needed")
    header, body = rows[0], rows[1:]
    if len(set(header)) != len(header):
        raise UnreadableFile(f"{path}: a column is named twice")
    for line, row in enumerate(body, start=2):
        if len(row) != len(header):
            raise UnreadableFile(f"{path}, line {line}: {len(row)} cells under {len(header)} columns")
    return Sheet(path, header, tuple(body))
