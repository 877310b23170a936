from __future__ import annotations

from django.db import models

from kaogong.foundation.kernel.records import Record


class TrailEntry(Record):
    """One line of the trail. Append-only by trigger; `signature` is made by a key that the database does not hold."""

    transaction = models.BigIntegerField("事务号", editable=False)
    at = models.DateTimeField("业务时间")
    recorded_at = models.DateTimeField("登记时间")
    actor_kind = models.CharField(max_length=10)
    actor_name = models.CharField("经办人", max_length=100)
    account_id = models.UUIDField(null=True)
    person_id = models.UUIDField(null=True)
    posts = models.JSONField("岗位", default=list)
    door = models.CharField("入口", max_length=10)
    action = models.CharField("动作", max_length=80)
    target_type = models.CharField(max_length=60, blank=True)
    target_id = models.CharField(max_length=60, blank=True)
    region_code = models.CharField(max_length=6, blank=True)
    reason = models.TextField("事由", blank=True)
    facts = models.JSONField("事实", default=dict)
    is_refused = models.BooleanField("被拒绝", default=False)
    clause = models.CharField("依据", max_length=120, blank=True)
    key_id = models.CharField("签名密钥", max_length=40)
    signature = models.BinaryField("签名")

    class Meta:
        indexes = [models.Index(fields=["target_type", "target_id"]), models.Index(fields=["action"])]

    def __str__(self) -> str:
        return f"{self.action} {self.target_type} {self.target_id}"
