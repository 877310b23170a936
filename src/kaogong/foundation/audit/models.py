from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from kaogong.foundation.kernel.records import Record
from kaogong.foundation.signing.fields import SignerField


class TrailEntry(Record):
    """One line of the trail. Append-only by trigger; `signature` is made by a key that the database does not hold.

    `cluster` and `transaction` say in which transaction of which PostgreSQL cluster the line was written; the sealer
    takes lines in that order. `posts` are the actor's posts of that day.
    """

    cluster = models.BigIntegerField("数据库集群", editable=False)
    transaction = models.BigIntegerField("事务号", editable=False)
    at = models.DateTimeField("业务时间")
    recorded_at = models.DateTimeField("登记时间")
    actor_kind = models.CharField(max_length=10)
    actor_name = models.TextField("经办人")
    account_id = models.UUIDField(null=True)
    person_id = models.UUIDField(null=True)
    posts = models.JSONField("岗位", default=list)
    door = models.CharField("入口", max_length=20)
    action = models.CharField("动作", max_length=120)
    target_type = models.CharField(max_length=60, blank=True)
    target_id = models.CharField(max_length=120, blank=True)
    region_code = models.CharField(max_length=6, blank=True)
    reason = models.TextField("事由", blank=True)
    facts = models.JSONField("事实", default=dict)
    is_refused = models.BooleanField("被拒绝", default=False)
    clause = models.CharField("依据", max_length=200, blank=True)
    key_id = SignerField("签名密钥", max_length=40)
    signature = models.BinaryField("签名")

    class Meta:
        indexes = [
            models.Index(fields=["cluster", "transaction", "id"]),
            models.Index(fields=["target_id"]),
            models.Index(fields=["action", "-recorded_at"]),
            models.Index(fields=["-recorded_at"]),
            models.Index(fields=["account_id", "-recorded_at"]),
            models.Index(fields=["-recorded_at"], condition=models.Q(is_refused=True), name="audit_refused_lines"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.target_type} {self.target_id}"


class Seal(models.Model):
    """A run of lines, closed for good: their ids and leaf hashes in order, the Merkle root over them, signed.

    Each seal carries the digest of the one before, so that the newest vouches for all. `through_transaction` and
    `through_id` are its last line, of `cluster`; the next seal goes on from there.
    """

    number = models.BigIntegerField("封存号", primary_key=True)
    cluster = models.BigIntegerField("数据库集群")
    through_transaction = models.BigIntegerField()
    through_id = models.UUIDField()
    entry_ids = ArrayField(models.UUIDField(), verbose_name="条目")
    leaf_hashes = models.BinaryField("叶")
    root = models.BinaryField("根")
    previous = models.CharField("上一封存", max_length=64, blank=True, unique=True)
    digest = models.CharField("摘要", max_length=64, unique=True)
    sealed_at = models.DateTimeField("封存时间")
    key_id = SignerField("签名密钥", max_length=40)
    signature = models.BinaryField("签名")

    class Meta:
        indexes = [models.Index(fields=["cluster", "through_transaction", "through_id"])]
        constraints = [
            models.CheckConstraint(name="audit_seal_is_not_empty", condition=models.Q(entry_ids__len__gt=0)),
            models.CheckConstraint(name="audit_seal_numbers_begin_at_one", condition=models.Q(number__gte=1)),
        ]

    def __str__(self) -> str:
        return f"封存 {self.number}"


class Check(Record):
    """What one verification of the whole trail found, kept so that a page can say when it was last sound."""

    started_at = models.DateTimeField()
    finished_at = models.DateTimeField("核验时间")
    lines = models.BigIntegerField("行数")
    seals = models.BigIntegerField("封存数")
    waiting = models.BigIntegerField("待封存")
    findings = models.JSONField("发现", default=list)
    finding_count = models.IntegerField("发现数")
    notes = models.JSONField("说明", default=list)

    class Meta:
        indexes = [models.Index(fields=["-finished_at"])]

    def __str__(self) -> str:
        return f"{self.finished_at:%Y-%m-%d %H:%M} {self.finding_count}"
