"""Real commits for tests that need several connections or a server: a copy of the test database, dropped afterwards.

Django's own way (TransactionTestCase) truncates every table afterwards, which the append-only triggers forbid and
which would lose the reference data; copying the prepared database is faster and true.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from django.db import connection, connections
from psycopg import sql


@contextmanager
def copied_database() -> Iterator[str]:
    """Point Django at a fresh copy of its database while the block runs; yields the copy's URL."""
    settings = connection.settings_dict
    source = str(settings["NAME"])
    copy = f"{source}_{secrets.token_hex(4)}"
    connections.close_all()
    address = {
        "host": str(settings["HOST"]),
        "port": str(settings["PORT"]),
        "user": str(settings["USER"]),
        "password": str(settings["PASSWORD"]),
    }
    with psycopg.connect(dbname="postgres", autocommit=True, **address) as maintenance:  # type: ignore[arg-type]  # all text
        maintenance.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(copy), sql.Identifier(source))
        )
    settings["NAME"] = copy
    try:
        yield "postgresql://{user}:{password}@{host}:{port}/{name}".format(name=copy, **address)
    finally:
        connections.close_all()
        settings["NAME"] = source
        with psycopg.connect(dbname="postgres", autocommit=True, **address) as maintenance:  # type: ignore[arg-type]  # all text
            maintenance.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(copy)))
