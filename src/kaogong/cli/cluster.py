"""Brings the development database up before Django reads its settings, unless `DATABASE_URL` names another."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import localpostgres

PROJECT = Path(__file__).resolve().parents[3]
HELP = {"--help", "-h"}


def own_cluster() -> localpostgres.Cluster | None:
    """The embedded cluster of this project, or None when `DATABASE_URL` names a database elsewhere."""
    if os.environ.get("DATABASE_URL"):
        return None
    return localpostgres.Cluster(Path(os.environ.get("KAOGONG_VAR", PROJECT / "var")) / "postgres")


def use_cluster(arguments: Sequence[str]) -> None:
    """Start the embedded cluster and make its database, unless only help is asked for."""
    cluster = own_cluster()
    if cluster is None or not arguments or HELP.intersection(arguments):
        return
    cluster.up()
    cluster.create_database("kaogong")
