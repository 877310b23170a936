"""`python -m psychometrics <analysis> FILE.csv …`: finds the command of each analysis and runs it."""

from __future__ import annotations

import sys
from importlib import import_module
from pkgutil import iter_modules

import typer

from psychometrics import cli
from psychometrics.errors import PsychometricsError

PLUMBING = {"main", "output"}
"""Modules of `psychometrics.cli` that are no analysis; each other one has a command: its function `run`."""


def commands(asked: str = "") -> typer.Typer:
    """The application with the command asked for, or with every one. A command is called as its module, with dashes.

    One alone is imported where it is known: SciPy's larger parts take seconds, and most analyses need few of them.
    """
    app = typer.Typer(no_args_is_help=True, add_completion=False)
    app.callback()(analyses)
    names = {module.name.replace("_", "-"): module.name for module in iter_modules(cli.__path__)}
    wanted = [asked] if asked in names else sorted(names)
    for command in wanted:
        if names[command] not in PLUMBING:
            app.command(command)(import_module(f"psychometrics.cli.{names[command]}").run)
    return app


def analyses() -> None:
    """Analyses of tests on plain CSV files: one row a person, one column an item."""


def main() -> None:
    """Run, and say in one line what is wrong with the input: exit status 2."""
    try:
        commands(sys.argv[1] if len(sys.argv) > 1 else "")()
    except PsychometricsError as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        raise SystemExit(2) from None
