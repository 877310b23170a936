"""Every lifecycle is sound, and its drawing in docs/river.md is the one its table gives."""

from __future__ import annotations

from pathlib import Path

import pytest
from scripts import river

from kaogong.foundation.kernel.lifecycles import Lifecycle

PROJECT = Path(__file__).parents[2]


@pytest.mark.parametrize("lifecycle", river.lifecycles(), ids=lambda lifecycle: lifecycle.name)
class TestLifecycle:
    def test_reaches_every_state(self, lifecycle: Lifecycle) -> None:
        assert lifecycle.unreachable() == frozenset()

    def test_is_the_only_one_of_its_name(self, lifecycle: Lifecycle) -> None:
        assert [each.name for each in river.lifecycles()].count(lifecycle.name) == 1


def test_the_river_page_is_fresh() -> None:
    assert (PROJECT / "docs/river.md").read_text(encoding="utf-8") == river.page(), "run: make river"
