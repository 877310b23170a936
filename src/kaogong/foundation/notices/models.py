"""The table of notices: what was said to whom, by which channel, and whether it went out."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from kaogong.foundation.kernel.records import Record
from kaogong.foundation.signing.fields import SealedField


class Notice(Record):
    """One message to one person by one channel: its words, and whether it went out. The address stays sealed."""

    class Channel(models.TextChoices):
        SMS = "sms", "短信"
        MAIL = "mail", "邮件"

    event = models.UUIDField(null=True, blank=True)
    person_id = models.UUIDField(null=True, blank=True)
    channel = models.CharField(max_length=6, choices=Channel)
    to_sealed = SealedField(
        "去向（密文）", purpose="notices.notice.to", null=True, blank=True, help_text="发出时的地址"
    )
    to_masked = models.CharField(max_length=80)
    template = models.CharField(max_length=60)
    text = models.TextField()
    region_code = models.CharField(max_length=6, blank=True)
    subject = models.CharField("标题", max_length=100, blank=True)
    queued_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.CharField(max_length=300, blank=True)
    given_up_at = models.DateTimeField("放弃时间", null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["event", "person_id", "channel", "template"], name="notice_sent_once_per_event"
            ),
            models.CheckConstraint(
                name="notice_sent_has_an_address", condition=Q(sent_at__isnull=True) | Q(to_sealed__isnull=False)
            ),
            models.CheckConstraint(
                name="notice_sent_or_given_up", condition=Q(sent_at__isnull=True) | Q(given_up_at__isnull=True)
            ),
        ]
        indexes = [
            models.Index(fields=["-queued_at"]),
            models.Index(fields=["person_id", "-queued_at"]),
        ]

    def __str__(self) -> str:
        return f"{self.template} {self.to_masked}"
