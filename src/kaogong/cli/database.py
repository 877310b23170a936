"""`kaogong db`: the embedded cluster up and down, and the tables and reference data in it."""

from __future__ import annotations

from datetime import UTC, datetime

import typer
from django.core.management import call_command
from django.db import connection
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from kaogong.cli import reference
from kaogong.cli.cluster import own_cluster

app = typer.Typer(no_args_is_help=True)
console = Console()
MARK = "Kaogong demo season"
"""How a database that holds an invented season is marked, in its own comment."""
ELSEWHERE = "DATABASE_URL names a database elsewhere: start and stop it there."


@app.command()
def up() -> None:
    """Start the embedded database (created when missing) and make its tables."""
    cluster = own_cluster()
    if cluster is None:
        console.print(ELSEWHERE)
    else:
        console.print(str(cluster.up()))
        cluster.create_database("kaogong")


@app.command()
def down() -> None:
    """Stop the embedded database; its data stay."""
    cluster = own_cluster()
    if cluster is None:
        console.print(ELSEWHERE)
        return
    cluster.down()
    console.print(str(cluster.status()))


@app.command()
def status() -> None:
    """Say whether the embedded database runs, where and as whom."""
    cluster = own_cluster()
    if cluster is None:
        console.print(ELSEWHERE)
        return
    standing = cluster.status()
    console.print(str(standing))
    raise typer.Exit(0 if standing.running else 1)


@app.command()
def migrate() -> None:
    """Bring tables and reference data up to date; safe to run again."""
    prepare()


def prepare() -> None:
    """Migrate, then load the reference data that the product ships, module by module."""
    with Progress(
        SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn(), console=console, transient=False
    ) as progress:
        tables = progress.add_task("数据库结构", total=1)
        call_command("migrate", verbosity=0, interactive=False)
        call_command("createcachetable", verbosity=0)
        progress.update(tables, completed=1)
        modules = [name for name, _ in reference.loaders()]
        loading = progress.add_task("参考数据", total=len(modules))

        def turn(name: str) -> None:
            progress.update(loading, description=f"参考数据：{name}", advance=1)

        reference.load(at=datetime.now(UTC), each=turn)
        progress.update(loading, description="参考数据", completed=len(modules))


def demo_remark() -> str | None:
    """The remark on the database when it holds a demo season; None for any other."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = current_database()"
        )
        (remark,) = cursor.fetchone()
    return remark if remark and remark.startswith(MARK) else None
