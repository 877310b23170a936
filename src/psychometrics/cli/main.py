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


def commands() -> typer.Typer:
    """The application with every command. A command is called as its module, with dashes."""
    app = typer.Typer(no_args_is_help=True, add_completion=False)
    app.callback()(analyses)
    for module in iter_modules(cli.__path__):
        if module.name not in PLUMBING:
            app.command(module.name.replace("_", "-"))(import_module(f"psychometrics.cli.{module.name}").run)
    return app


def analyses() -> None:
    """Analyses of tests on plain CSV files: one row a person, one column an item."""


def main() -> None:
    """Run, and say in one line what is wrong with the input: exit status 2."""
    try:
        commands()()
    except PsychometricsError as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        raise SystemExit(2) from None
