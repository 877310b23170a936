"""The secrets of second factors, which allauth keeps sealed in JSON: counted and moved as sealed columns are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from allauth.mfa.models import Authenticator
from django.db.models import QuerySet

from kaogong.foundation.access.adapters import TOTP
from kaogong.foundation.signing import encryption, ring
from kaogong.foundation.signing.custody import UNREADABLE, Count, Moved, RowId

SECRETS = ("secret", "seed")
"""Where allauth keeps what `SecondFactorAdapter.encrypt` gave it: of an authenticator app, of recovery codes."""


class Authenticators:
    """allauth's authenticators as a holder of sealed values. There are no more of them than people with posts."""

    label = "mfa.Authenticator"

    def counts(self) -> list[Count]:
        found = Counter(_key_of(value) for data in _rows().values_list("data", flat=True) for value in _sealed(data))
        column = f"{self.label}.data"
        return [Count(column, ring.ENCRYPTION.key, key_id, number) for key_id, number in sorted(found.items())]

    def sample(self) -> Iterator[Count]:
        yield from self.counts()

    def is_empty(self) -> bool:
        return not _rows().exists()

    def waiting(self) -> int:
        return len(self._stale(None))

    def move(self, *, after: RowId | None, limit: int) -> Moved:
        stale = self._stale(after)
        taken = stale[:limit]
        moved = Moved(after=taken[-1] if len(stale) > limit else None)
        for each in _rows().filter(pk__in=taken).select_for_update(skip_locked=True, no_key=True):
            try:
                each.data |= {name: _moved(each.data[name]) for name in SECRETS if name in each.data}
            except encryption.CannotOpen as fault:
                moved.faults.append(f"{self.label} {each.pk}：{fault}")
            else:
                each.save(update_fields=["data"])
                moved.rows += 1
        return moved

    def _stale(self, after: RowId | None) -> list[int]:
        current = ring.load(ring.ENCRYPTION).current
        rows = _rows() if after is None else _rows().filter(pk__gt=after)
        found = rows.values_list("pk", "data")
        return [pk for pk, data in found if any(_key_of(value) != current for value in _sealed(data))]


def _rows() -> QuerySet[Any]:
    rows: QuerySet[Any] = Authenticator.objects.order_by("pk")
    return rows


def _sealed(data: dict[str, Any]) -> list[str]:
    return [data[name] for name in SECRETS if name in data]


def _key_of(value: str) -> str:
    try:
        return encryption.key_of(bytes.fromhex(value))
    except (ValueError, encryption.CannotOpen):
        return UNREADABLE


def _moved(value: str) -> str:
    try:
        return encryption.reseal(bytes.fromhex(value), context=TOTP).hex()
    except ValueError:
        raise encryption.CannotOpen("not sealed by us") from None
