"""`bookmark`: a panel's cut from bookmarks in a booklet ordered by difficulty."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from psychometrics.cli.output import Column, Report, Section, show
from psychometrics.errors import UnreadableFile
from psychometrics.sheets import read_sheet
from psychometrics.standard_setting import Place, booklet, bookmark
from psychometrics.tables import read_parameters

TABLE = "table"


def run(
    file: Annotated[Path, typer.Argument(help="CSV: a row a judge; columns judge, pages (mastered), optional table.")],
    parameters: Annotated[Path, typer.Option(help="CSV of the parameters of the booklet's items.")],
    probability: Annotated[float, typer.Option(help="With which a page counts as mastered, in (0, 1).")] = 2 / 3,
    place: Annotated[Place, typer.Option(help="Which page's ability a bookmark stands for.")] = Place.LAST,
    confidence: Annotated[float, typer.Option(help="Of the intervals, between 0 and 1.")] = 0.95,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object instead of tables.")] = False,
) -> None:
    """Cut by the bookmark method (Mitzel, Lewis, Patz & Green 2001): how many pages a borderline person masters.

    Reports theta and its error, low, high, median; the same cut in expected points with its error; between_tables, how
    alike judges at a table are; each judge's theta; and the booklet: page, item, score and theta.
    """
    sheet = read_sheet(file)
    pages = booklet(read_parameters(parameters).items, probability=probability)
    tables = sheet.texts(TABLE) if TABLE in sheet.columns else None
    mastered = sheet.numbers(["pages"])[:, 0]
    if (mastered != mastered).any():
        raise UnreadableFile(f"{file}: every judge places a bookmark")
    found = bookmark(pages, mastered, tables=tables, place=place, confidence=confidence)
    figures = {
        "theta": found.ability.cut,
        "theta_error": found.ability.error,
        "theta_low": found.ability.low,
        "theta_high": found.ability.high,
        "theta_median": found.median,
        "points": found.points.cut,
        "points_error": found.points.error,
        "between_tables": found.between_tables,
    }
    columns = [Column("judge", "who"), Column("theta", "ability of the bookmark")]
    judges = list(zip(sheet.texts("judge"), found.cuts.tolist(), strict=True))
    of_pages = [
        Column("page", "place in the booklet"),
        Column("item", "which"),
        Column("score", "points reached", 0),
        Column("theta", "where it is mastered"),
    ]
    names = [pages.items.names[item] for item in pages.item]
    rows = list(zip(range(1, len(names) + 1), names, pages.score.tolist(), pages.theta.tolist(), strict=True))
    sections = [Section("judges", "Judges", columns, judges), Section("booklet", "Booklet", of_pages, rows)]
    show(Report(dict(figures), sections), as_json=as_json)
