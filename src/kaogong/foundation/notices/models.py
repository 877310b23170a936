from __future__ import annotations

from django.db import models

from kaogong.foundation.kernel.records import Record


class Notice(Record):
    """One message to one person by one channel: its words, and whether it went out. The address stays sealed."""

    class Channel(models.TextChoices):
        SMS = "sms", "短信"
        MAIL = "mail", "邮件"

    event = models.UUIDField(null=True, blank=True)
    person_id = models.UUIDField(null=True, blank=True)
    channel = models.CharField(max_length=6, choices=Channel)
    to_sealed = models.BinaryField()
    to_masked = models.CharField(max_length=80)
    template = models.CharField(max_length=60)
    text = models.TextField()
    queued_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["event", "person_id", "channel", "template"], name="notice_sent_once_per_event"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.template} {self.to_masked}"
