"""`python -m psychometrics <analysis> FILE.csv …`: finds the command of each analysis and runs it."""

from __future__ import annotations

import sys
from importlib import import_module

import typer

from psychometrics.errors import PsychometricsError

COMMANDS: tuple[str, ...] = ()
"""Modules of `psychometrics.cli` that have a command: `run` and its help."""

app = typer.Typer(
    help="Analyses of tests on plain CSV files: one row a person, one column an item.", no_args_is_help=True
)


def commands() -> typer.Typer:
    """The application with every command. A command is called as its module, with dashes."""
    for name in COMMANDS:
        app.command(name.replace("_", "-"))(import_module(f"psychometrics.cli.{name}").run)
    return app


def main() -> None:
    """Run, and say in one line what is wrong with the input: exit status 2."""
    try:
        commands()()
    except PsychometricsError as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        raise SystemExit(2) from None
