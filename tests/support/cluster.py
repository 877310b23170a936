"""Gives the test run a throw-away PostgreSQL of its own, before Django reads its settings.

Loaded as a pytest plugin (`-p tests.support.cluster`). Each worker of xdist has its own cluster: the trail's sealer
waits for every older transaction of its cluster, so another worker's open test would keep its lines unsealed.
`KAOGONG_TEST_DATABASE_URL` takes another server instead, for a run in one process.
"""

from __future__ import annotations

import os
import tempfile
from contextlib import ExitStack
from pathlib import Path

import pytest

import localpostgres

_open = ExitStack()


def pytest_addoption(parser: pytest.Parser) -> None:
    """The first hook that runs: earlier than pytest-django, which reads the settings."""
    scratch = Path(_open.enter_context(tempfile.TemporaryDirectory(prefix="kaogong-test-")))
    os.environ["KAOGONG_VAR"] = str(scratch / "var")
    os.environ["KAOGONG_KEYS"] = str(scratch / "var" / "keys")
    if given := os.environ.get("KAOGONG_TEST_DATABASE_URL"):
        os.environ["DATABASE_URL"] = given
        return
    cluster = _open.enter_context(localpostgres.throwaway())
    os.environ["DATABASE_URL"] = cluster.url("kaogong")


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the cluster and remove what it left."""
    _open.close()
