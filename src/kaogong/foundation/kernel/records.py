"""What every table of ours has: a time-ordered UUID as its key; and records that the trail vouches for."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, ClassVar

from django.db import models

from kaogong.foundation.kernel.ids import uuid7


class Record(models.Model):
    """Abstract: a row with a version-7 UUID."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)

    class Meta:
        abstract = True


class Attested(Record):
    """Abstract: a record whose content the trail vouches for, so that one altered behind the services is found.

    The deed that brings it into a state, or changes one of the fields in `ATTESTED`, records its line with
    `attest=trail.Attest.AS_IT_IS`, after the change and under the record's lock; the line then carries the digest of
    `statement()`. A field that changes without its deed's line would be called altered by the next verification.
    Fields that a turn-over of keys writes anew (sealed values, keyed digests) do not belong among them.
    """

    ATTESTED: ClassVar[tuple[str, ...]]
    CALLED: ClassVar[str]
    """What people call such a record, for findings."""

    class Meta:
        abstract = True

    def is_vouched_for(self) -> bool:
        """Whether there is anything to attest yet: a draft is nobody's word."""
        return True

    def statement(self) -> dict[str, Any] | None:
        """What is attested, as JSON values in one spelling whether just written or read back; None for a draft."""
        if not self.is_vouched_for():
            return None
        fields = (self._meta.get_field(name) for name in self.ATTESTED)
        return {"id": str(self.pk)} | {
            each.name: _spelt(each, getattr(self, each.attname)) for each in fields if isinstance(each, models.Field)
        }


def _spelt(field: models.Field[Any, Any], value: Any) -> Any:
    """A column's value as JSON, the same before it is saved and after it was read."""
    if value is None:
        return None
    if isinstance(field, models.ForeignKey):
        return str(value)
    if isinstance(field, models.DecimalField):
        return f"{Decimal(value):.{field.decimal_places}f}"
    value = field.to_python(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if value is None or isinstance(value, bool | int | str | list | dict):
        return value
    return str(value)
