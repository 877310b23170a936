from __future__ import annotations

from django.db import models

from kaogong.foundation.kernel.records import Record


class OutboxEvent(Record):
    """A fact as it was announced, in the order of `position`; never changed."""

    position = models.BigIntegerField(unique=True, db_default=models.Value(0), editable=False)
    name = models.CharField("事件", max_length=80)
    payload = models.JSONField("内容")
    region_code = models.CharField(max_length=6, blank=True)
    happened_at = models.DateTimeField("发生时间")
    announced_at = models.DateTimeField("登记时间", auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.name} {self.pk}"
