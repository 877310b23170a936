"""What every test stands on: the prepared database with its reference data, and real commits where they are needed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.test.utils import setup_databases, teardown_databases
from pytest_django.plugin import DjangoDbBlocker

from tests.support.database import copied_database

pytest_plugins = ["tests.support.browser", "tests.support.site"]


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None, django_db_modify_db_settings: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    """Make the test database and load the reference data once; every test sees it and none changes it.

    In place of pytest-django's own, which makes none when only tests with `real_database` are selected.
    """
    from kaogong.cli import reference

    with django_db_blocker.unblock():
        made = setup_databases(verbosity=0, interactive=False, aliases={"default"})
        reference.load(at=datetime(2026, 1, 5, 1, 0, tzinfo=UTC))
    yield
    with django_db_blocker.unblock():
        teardown_databases(made, verbosity=0)


@pytest.fixture
def real_database(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    """A copy of the database where commits are real; gives its URL. For concurrency tests and for servers."""
    with django_db_blocker.unblock(), copied_database() as url:
        yield url
