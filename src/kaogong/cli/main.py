"""`kaogong`: the shell's door. Starts Django, gathers the sub-commands, and says every failure in one sentence."""

from __future__ import annotations

import os
import sys

import django
import typer
from rich.console import Console

errors = Console(stderr=True)


def build() -> typer.Typer:
    """Assemble the command line. Django must be set up: the sub-commands import services."""
    from kaogong.cli import access, audit, bank, certificate, database, keys, server  # noqa: PLC0415  # after django.setup()
    from kaogong.cli.demo import playing  # noqa: PLC0415  # after django.setup()

    app = typer.Typer(
        name="kaogong",
        help="考工 Kaogong: open software for a country's occupational-skills appraisal.",
        no_args_is_help=True,
        rich_markup_mode="rich",
        pretty_exceptions_enable=False,
    )
    app.add_typer(database.app, name="db", help="The database: up, down, status, migrate.")
    app.add_typer(audit.app, name="audit", help="The trail: verify, seal, show.")
    app.add_typer(bank.app, name="bank", help="The item bank: import, calibrate.")
    app.add_typer(certificate.app, name="certificate", help="Certificates: verify; numbers and blanks after a restore.")
    app.add_typer(keys.app, name="keys", help="Keys: status, make, rotate, reseal, withdraw.")
    app.add_typer(access.app, name="access", help="Accounts: the first administrator.")
    app.command(name="demo")(playing.demo)
    app.command(name="serve")(server.serve)
    app.command(name="worker")(server.worker)
    return app


def run() -> None:
    """The entry point of the `kaogong` command."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kaogong.config.settings")
    import localpostgres  # noqa: PLC0415  # beside its use: only the shell starts clusters
    from kaogong.foundation.signing.places import KeysUnusable  # noqa: PLC0415  # beside its use

    try:
        if sys.argv[1:2] == ["demo"]:
            os.environ.setdefault("KAOGONG_SECOND_FACTOR", "off")
        database_commands = len(sys.argv) > 1 and sys.argv[1] == "db"
        if not database_commands:
            from kaogong.cli.cluster import use_cluster  # noqa: PLC0415  # before Django reads its settings

            use_cluster(sys.argv[1:])
        django.setup()
        build()()
    except (localpostgres.ClusterError, KeysUnusable) as failure:
        errors.print(f"[red]{failure}[/red]")
        raise SystemExit(1) from failure
