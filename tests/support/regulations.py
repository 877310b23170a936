"""Provisions for tests: a rule of the test's own, hung on a clause of the house rules."""

from __future__ import annotations

from datetime import date
from typing import Any

from kaogong.regulations import models


def make_provision(
    key: str = "test.figure",
    value: Any = 1,
    *,
    region: str = "",
    track: str = "",
    occupation: str = "",
    since: date = date(2000, 1, 1),
    until: date | None = None,
) -> models.Provision:
    """A provision in force from `since`, everywhere unless narrowed."""
    return models.Provision.objects.create(
        key=key,
        title="测试数值",
        value=value,
        article=models.Article.objects.get(instrument__key="kaogong-house-rules", article="figures"),
        region_code=region,
        track=track,
        occupation_code=occupation,
        since=since,
        until=until,
        certainty="I",
    )
