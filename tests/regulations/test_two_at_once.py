"""Two editors of the rule library at once: one figure holds, never two."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from threading import Barrier

import pytest
from django.db import connection

from kaogong.foundation.kernel.clauses import Clause
from kaogong.regulations import selectors, services
from tests.support.cast import officer
from tests.support.regulations import make_provision

AT = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
EDITOR = officer("regulations.edit", region="32")


@pytest.mark.concurrency
@pytest.mark.parametrize("since", [(date(2027, 1, 1), date(2027, 1, 1)), (date(2027, 1, 1), date(2027, 3, 1))])
def test_no_day_has_two_figures(real_database: str, since: tuple[date, date]) -> None:
    make_provision("test.minutes", 30)
    start = Barrier(2)

    def deed(value: int, day: date) -> Callable[[], object]:
        def enter() -> object:
            start.wait()
            try:
                return services.enter_provision(
                    actor=EDITOR,
                    at=AT,
                    key="test.minutes",
                    value=value,
                    clause=Clause("kaogong-house-rules", "figures"),
                    region_code="320000",
                    since=day,
                    certainty="L",
                    reason="省里来文",
                )
            except services.NotBefore as refusal:
                return refusal
            finally:
                connection.close()

        return enter

    with ThreadPoolExecutor(2) as pool:
        futures = [pool.submit(deed(value, day)) for value, day in zip((15, 20), since, strict=True)]
        found = [future.result() for future in futures]
    won = [each for each in found if not isinstance(each, services.NotBefore)]
    figure = selectors.provision("test.minutes", on=date(2027, 6, 1), region_code="320100")
    assert won
    assert figure.value in {getattr(each, "value", None) for each in won}
