from __future__ import annotations

import time

from kaogong.foundation.kernel.ids import uuid7


def test_is_a_version_7_uuid_of_now() -> None:
    made = uuid7()

    assert made.version == 7
    assert made.variant == "specified in RFC 4122"
    assert abs((made.int >> 80) - time.time_ns() // 1_000_000) < 1000


def test_later_ones_sort_later() -> None:
    first = uuid7()
    time.sleep(0.002)

    assert first < uuid7()


def test_a_thousand_in_a_hurry_are_distinct() -> None:
    assert len({uuid7() for _ in range(1000)}) == 1000
