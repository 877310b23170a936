"""What every table of ours has: a time-ordered UUID as its key."""

from __future__ import annotations

from django.db import models

from kaogong.foundation.kernel.ids import uuid7


class Record(models.Model):
    """Abstract: a row with a version-7 UUID."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)

    class Meta:
        abstract = True
