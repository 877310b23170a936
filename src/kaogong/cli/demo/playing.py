"""`kaogong demo`: prepares an empty database, plays the season, tells what happened, and serves the site."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer
from django.db import connection
from psycopg import sql
from rich.console import Console

from kaogong.cli import database, server
from kaogong.cli.database import MARK, demo_remark
from kaogong.cli.demo import (
    announcing,
    applying,
    arranging,
    founding,
    issuing,
    opening,
    reviewing,
    scoring,
    sitting_day,
    telling,
    translating,
    trying,
)
from kaogong.cli.demo.answering import Model
from kaogong.cli.demo.people import Registry
from kaogong.cli.demo.season import BEIJING, Days, Season

console = Console(width=max(Console().width, 100))


def demo(
    size: Annotated[int, typer.Option(help="How many people apply.", min=24)] = 2000,
    seed: Annotated[int, typer.Option(help="The same seed plays the same season.")] = 1,
    serve: Annotated[bool, typer.Option(help="Serve the site afterwards.")] = True,
    port: Annotated[int, typer.Option(help="Port of the site.")] = 8000,
) -> None:
    """Play one appraisal season of one prefecture through the services, print it, and serve the site."""
    _fresh_database()
    database.prepare()
    season = play(size=size, seed=seed, console=console)
    site = f"http://127.0.0.1:{port}"
    telling.tell(season, site)
    _mark(f"{MARK}: finished {datetime.now(BEIJING):%Y-%m-%d %H:%M}, {size} applicants, seed {seed}")
    if serve:
        server.serve(port=port)


def play(*, size: int, seed: int, console: Console) -> Season:
    """Play the chapters in order and return the season."""
    season = Season(
        seed=seed,
        size=size,
        days=Days(datetime.now(BEIJING).date()),
        console=console,
        registry=Registry(seed),
        model=Model(seed),
    )
    founding.found(season)
    trying.prepare(season)
    translating.prepare(season)
    announcing.announce(season)
    applying.apply(season)
    reviewing.review(season)
    translating.choose(season)
    arranging.arrange(season)
    plan = [(each, "nanjing") for each in season.sittings["main"]] + [
        (each, "skills") for each in season.sittings["body"]
    ]
    sitting_day.hold(season, plan, "秋季")
    scoring.score(season)
    scoring.resit(season)
    trying.calibrate(season)
    issuing.issue(season)
    opening.open_round(season)
    opening.candidates(season)
    return season


def _fresh_database() -> None:
    """Begin on an empty database: a database of an earlier demo is made anew, anything else is left alone."""
    standing = demo_remark()
    if standing is None:
        if _has_tables():
            console.print(
                "[red]这个数据库里已有数据，又不是演示数据：演示只在空库或自己的演示库里进行。没有改动任何内容。[/red]"
            )
            raise typer.Exit(1)
        console.print("在空库中开始新的一季演示。")
    else:
        console.print(f"发现上一季演示（{standing.removeprefix(MARK).lstrip(': ')}）；清空后重新开始新的一季。")
        _empty()
    _mark(f"{MARK}: begun {datetime.now(BEIJING):%Y-%m-%d %H:%M}")


def _has_tables() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT 1 FROM pg_tables WHERE schemaname = 'public')")
        return bool(cursor.fetchone()[0])


def _mark(remark: str) -> None:
    name = sql.Identifier(str(connection.settings_dict["NAME"]))
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("COMMENT ON DATABASE {} IS {}").format(name, sql.Literal(remark)).as_string())


def _empty() -> None:
    """Drop everything of the demo: its schema goes whole, triggers and all."""
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
