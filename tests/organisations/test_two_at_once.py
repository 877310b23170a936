"""Two registrars at once: never one code for two bodies."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier

import pytest
from django.db import connection

from kaogong.foundation.organisations import services
from tests.support.organisations import MATRIX, make_organisation

AT = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)


def at_once(*deeds: Callable[[], object]) -> list[object]:
    """Run the deeds in threads that start together; gives results, and exceptions in their places."""
    start = Barrier(len(deeds))

    def run(deed: Callable[[], object]) -> object:
        start.wait()
        try:
            return deed()
        except Exception as refusal:  # the test looks at what came
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(run, deeds))


@pytest.mark.concurrency
class TestCodes:
    def test_assigned_at_once_differ(self, real_database: str) -> None:
        bodies = [make_organisation("station", region="320102").pk for _ in range(4)]
        found = at_once(
            *(
                lambda body=body: services.assign_code(  # type: ignore[misc]  # bound early on purpose
                    actor=MATRIX, at=AT, organisation_id=body, prefecture="01", kind=2
                )
                for body in bodies
            )
        )
        codes = [getattr(each, "institution_code", each) for each in found]
        assert sorted(map(str, codes)) == ["10012001", "10012002", "10012003", "10012004"]

    def test_entered_at_once_one_wins(self, real_database: str) -> None:
        found = at_once(
            lambda: make_organisation("station", region="320102", institution_code="10012009"),
            lambda: make_organisation("station", region="320104", institution_code="10012009"),
        )
        assert sum(isinstance(each, services.CodeTaken) for each in found) == 1
