"""What every test stands on: the prepared database with its reference data, and real commits where they are needed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from pytest_django.plugin import DjangoDbBlocker

from tests.support.database import copied_database


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """Load the reference data once into the test database; every test sees it and none changes it."""
    from kaogong.cli import reference

    with django_db_blocker.unblock():
        reference.load(at=datetime(2026, 1, 5, 1, 0, tzinfo=UTC))


@pytest.fixture
def real_database(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    """A copy of the database where commits are real; gives its URL. For concurrency tests and for servers."""
    with django_db_blocker.unblock(), copied_database() as url:
        yield url
