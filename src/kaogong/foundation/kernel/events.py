"""An event is a fact announced, past tense; `outbox` commits it together with the deed."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import Decimal
from typing import ClassVar
from uuid import UUID

Plain = str | int | bool | None | list["Plain"] | dict[str, "Plain"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Base of all facts. `name` is dotted and stable: `registration.admitted`. Fields must be plain or listed below.

    Never carries secrets: no document numbers, contacts or item content. Readers look those up under their own scope.
    """

    name: ClassVar[str]
    region_code: str = ""

    def payload(self) -> dict[str, Plain]:
        """The fields as JSON values: UUID, dates and decimals become text. Raises TypeError for anything else."""
        return {f.name: _plain(getattr(self, f.name)) for f in fields(self)}


def _plain(value: object) -> Plain:
    if value is None or isinstance(value, str | int | bool):
        return value
    if isinstance(value, UUID | Decimal):
        return str(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, tuple | list):
        return [_plain(each) for each in value]
    raise TypeError(f"an event may not carry {type(value).__name__}")
