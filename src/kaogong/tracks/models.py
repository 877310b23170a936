from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from kaogong.foundation.kernel.records import Record


class Track(Record):
    """One of the six evaluation tracks."""

    key = models.CharField(max_length=40, unique=True)
    name = models.CharField("名称", max_length=60)
    description = models.CharField("说明", max_length=400, blank=True)

    def __str__(self) -> str:
        return self.name


class TrackRule(Record):
    """One cell of a track's rule table: a topic, its value, its clause and its dates."""

    track = models.ForeignKey(Track, on_delete=models.PROTECT, related_name="+")
    topic = models.CharField("事项", max_length=60)
    value = models.JSONField("规则")
    clause = models.CharField("依据", max_length=120)
    since = models.DateField("起")
    until = models.DateField("止", null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["track", "topic", "since"], name="track_rule_once_a_day"),
            models.CheckConstraint(
                name="track_rule_ends_after_it_begins", condition=Q(until__isnull=True) | Q(until__gt=F("since"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.track} {self.topic}"
