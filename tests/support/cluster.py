"""Gives the test run a throw-away PostgreSQL of its own, before Django reads its settings.

Loaded as a pytest plugin (`-p tests.support.cluster`). Workers of xdist inherit the address from the first process.
`KAOGONG_TEST_DATABASE_URL` takes another server instead (CI's second leg uses Debian's PostgreSQL 15).
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
    if "PYTEST_XDIST_WORKER" in os.environ:
        return
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
