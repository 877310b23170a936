from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now

from kaogong.foundation.kernel.records import Record


class Cluster(models.Func):
    """The identity of the PostgreSQL cluster: transaction numbers mean something only within one.

    Written as a function of ours so that it can be a column's default (see the migration).
    """

    function = "kaogong_cluster"
    output_field: ClassVar[models.Field] = models.BigIntegerField()  # type: ignore[type-arg]  # as Django reads it


class CurrentTransaction(models.Func):
    """The 64-bit number (xid8) of the running transaction; never wraps around."""

    template = "(pg_current_xact_id()::text::bigint)"
    output_field: ClassVar[models.Field] = models.BigIntegerField()  # type: ignore[type-arg]  # as Django reads it


class OutboxEvent(Record):
    """A fact as it was announced. Never changed, but for its `position`, given once when it is committed for good.

    `ordinal` orders the facts of one transaction. Numbers drawn while others are still writing would leave holes
    that a reader, having passed, never sees filled; so positions are dealt later (see `sequencing`).
    """

    position = models.BigIntegerField("次序", unique=True, null=True, editable=False)
    cluster = models.BigIntegerField(db_default=Cluster(), editable=False)
    transaction = models.BigIntegerField("事务号", db_default=CurrentTransaction(), editable=False)
    ordinal = models.BigIntegerField(db_default=models.Func(models.Value("outbox_ordinal"), function="nextval"))
    name = models.CharField("事件", max_length=80)
    payload = models.JSONField("内容")
    region_code = models.CharField(max_length=6, blank=True)
    happened_at = models.DateTimeField("发生时间")
    announced_at = models.DateTimeField("登记时间", db_default=Now())

    class Meta:
        indexes = [
            models.Index(
                name="outbox_unpositioned",
                fields=["cluster", "transaction", "ordinal"],
                condition=models.Q(position__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.pk}"


class Reader(models.Model):
    """How far one subscriber has read: everything up to `position` was handed over."""

    name = models.CharField("读者", max_length=120, primary_key=True)
    position = models.BigIntegerField("已读至", default=0)
    read_at = models.DateTimeField("最近读取", null=True)

    def __str__(self) -> str:
        return f"{self.name} ≤ {self.position}"


class Handled(models.Model):
    """An event that a reader has dealt with, kept so that a second delivery changes nothing."""

    reader = models.CharField(max_length=120)
    event_id = models.UUIDField()
    handled_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(name="outbox_handled_once", fields=["reader", "event_id"])]

    def __str__(self) -> str:
        return f"{self.reader} {self.event_id}"
