"""What a command prints: the same report as tables for people and as JSON for machines, and progress on long work."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

Value = str | float | int | bool | None


class Advance(Protocol):
    """How far the work has come: `done` of `total` units."""

    def __call__(self, done: int, total: int) -> None: ...


PAGE = 200
"""Columns of text where nobody's window says how many: a file or a pipe. No figure is ever cut short."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a report: its name in JSON, what it means (unit, range), and how many decimals people see.

    A chance that these decimals would show as nothing is shown with an exponent.
    """

    name: str
    meaning: str
    decimals: int = 3
    is_chance: bool = False


@dataclass(slots=True)
class Section:
    """One table of a report."""

    name: str
    title: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Value]] = ()
    notes: Sequence[str] = ()


@dataclass(slots=True)
class Report:
    """What an analysis found: single figures, then tables."""

    figures: dict[str, Value] = field(default_factory=dict)
    sections: list[Section] = field(default_factory=list)

    def as_json(self) -> str:
        """One JSON object: the figures by name, each table as a list of objects. Numbers that are none become null."""
        plain: dict[str, object] = {name: _plain(value) for name, value in self.figures.items()}
        for section in self.sections:
            names = [column.name for column in section.columns]
            plain[section.name] = [
                {name: _plain(value) for name, value in zip(names, row, strict=True)} for row in section.rows
            ]
        return json.dumps(plain, ensure_ascii=False, indent=2)


def show(report: Report, *, as_json: bool) -> None:
    """Print a report."""
    if as_json:
        print(report.as_json())
        return
    console = Console()
    if not console.is_terminal:
        console = Console(width=PAGE)
    for name, value in report.figures.items():
        console.print(f"[bold]{name}[/bold]  {_shown(value, 4)}")
    for section in report.sections:
        table = Table(title=section.title, title_justify="left", header_style="bold")
        for column in section.columns:
            table.add_column(column.name, justify="left" if column is section.columns[0] else "right", overflow="fold")
        for row in section.rows:
            table.add_row(
                *(
                    _shown(value, each.decimals, each.is_chance)
                    for value, each in zip(row, section.columns, strict=True)
                )
            )
        console.print(table)
        for note in section.notes:
            console.print(f"[dim]{note}[/dim]")


@contextmanager
def progress(what: str, *, quiet: bool = False) -> Iterator[Advance]:
    """A progress bar on standard error while something long runs; silent with `quiet` and where nobody looks."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=quiet or not console.is_terminal) as bar:
        task = bar.add_task(what, total=None)

        def advance(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)

        yield advance


def _plain(value: Value) -> Value:
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _shown(value: Value, decimals: int, is_chance: bool = False) -> str:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return "—"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if is_chance and isinstance(value, float) and 0 < value < 10.0**-decimals:
        return f"{value:.0e}"
    return f"{value:.{decimals}f}" if isinstance(value, float) else str(value)
