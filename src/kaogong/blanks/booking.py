"""Booking: one double entry, and the holdings that it cuts and joins. Called by services, inside their command."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.db.backends.postgresql.psycopg_any import NumericRange

from kaogong.blanks import rules
from kaogong.blanks.models import Holding, Movement, Place, Series
from kaogong.foundation.kernel.actors import Actor
from kaogong.foundation.organisations.models import Organisation


class Elsewhere(Exception):
    """Some of the range is not in the account that it should leave."""


@dataclass(frozen=True, slots=True)
class Account:
    """A body and one of its places."""

    organisation: Organisation
    place: Place


def hold(*keys: UUID) -> None:
    """Hold the locks of these bodies (or series) until the transaction ends; always in one order, against deadlock."""
    with connection.cursor() as cursor:
        for key in sorted({str(each) for each in keys}):
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"kaogong.blanks:{key}"])


def received(series: Series, serials: rules.Range) -> list[rules.Range]:
    """Those serials of the range that were received before, as ranges."""
    rows = Holding.objects.filter(series=series, serials__overlap=NumericRange(*serials))
    inside = [(max(row.serials.lower, serials[0]), min(row.serials.upper, serials[1])) for row in rows]
    return rules.joined(inside)


def move(
    series: Series,
    serials: rules.Range,
    source: Account | None,
    target: Account,
    *,
    kind: str,
    actor: Actor,
    at: datetime,
    reference: str = "",
    reason: str = "",
) -> Movement:
    """Book a range from `source` (None: the print works) to `target`. Raises Elsewhere.

    The caller holds the lock of both bodies.
    """
    if source is not None:
        _cut(series, serials, source)
    _join(series, serials, target)
    return Movement.objects.create(
        series=series,
        serials=NumericRange(*serials),
        kind=kind,
        source=source.organisation if source else None,
        source_place=source.place if source else Place.OUTSIDE,
        target=target.organisation,
        target_place=target.place,
        reference=reference,
        reason=reason,
        region_code=target.organisation.region_code,
        moved_by=actor.name,
        moved_at=at,
    )


def _cut(series: Series, serials: rules.Range, source: Account) -> None:
    rows = list(
        Holding.objects.select_for_update()
        .filter(
            series=series,
            organisation=source.organisation,
            place=source.place,
            serials__overlap=NumericRange(*serials),
        )
        .order_by("serials")
    )
    inside = [(max(row.serials.lower, serials[0]), min(row.serials.upper, serials[1])) for row in rows]
    if rules.joined(inside) != [serials]:
        raise Elsewhere
    for row, taken in zip(rows, inside, strict=True):
        left = rules.without((row.serials.lower, row.serials.upper), taken)
        if not left:
            row.delete()
            continue
        row.serials = NumericRange(*left[0])
        row.save(update_fields=["serials"])
        for rest in left[1:]:
            _open(series, rest, source)


def _join(series: Series, serials: rules.Range, target: Account) -> None:
    """Add the range to an account, grown onto a neighbour where there is one, so that a season stays a few rows."""
    own = Holding.objects.select_for_update().filter(
        series=series, organisation=target.organisation, place=target.place
    )
    before = own.filter(serials__endswith=serials[0]).first()
    after = own.filter(serials__startswith=serials[1]).first()
    if after is not None:
        serials = (serials[0], after.serials.upper)
        after.delete()
    if before is None:
        _open(series, serials, target)
        return
    before.serials = NumericRange(before.serials.lower, serials[1])
    before.save(update_fields=["serials"])


def _open(series: Series, serials: rules.Range, account: Account) -> Holding:
    return Holding.objects.create(
        series=series,
        serials=NumericRange(*serials),
        organisation=account.organisation,
        place=account.place,
        region_code=account.organisation.region_code,
    )
