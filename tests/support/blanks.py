"""Blanks for tests: printings and stock, made through the real services."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import count

from kaogong.blanks import services
from kaogong.blanks.models import Holding, Series
from kaogong.foundation.kernel.actors import Actor, service
from kaogong.foundation.organisations.models import Organisation

AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
KEEPER = service("测试保管", "blanks.receive", "blanks.move", "blanks.see")
_order = count(1)


def make_series(*, prefix: str = "A", width: int = 7, paper: str = "", key: str = "", actor: Actor = KEEPER) -> Series:
    """Register a printing: serials `A0000001` and on."""
    order = next(_order)
    return services.order_series(
        actor=actor,
        at=AT,
        key=key or f"T{order:05d}",
        name=f"测试印制批{order}",
        prefix=prefix,
        width=width,
        paper=paper,
    )


def stock_up(
    body: Organisation,
    *,
    series: Series | None = None,
    first: int = 1,
    last: int = 100,
    paper: str = "",
    actor: Actor = KEEPER,
    at: datetime = AT,
) -> Series:
    """Receive a range into a body's stock; returns the series."""
    printing = series or make_series(paper=paper)
    services.receive(
        actor=actor,
        at=at,
        series_id=printing.pk,
        organisation_id=body.pk,
        first=first,
        last=last,
        reference="测试到货单",
    )
    return printing


def holdings(series: Series) -> list[tuple[str, str, int, int]]:
    """Where all serials of a series are: (body, place, first, last), by serial."""
    rows = Holding.objects.filter(series=series).select_related("organisation").order_by("serials")
    return [(row.organisation.name, row.place, row.serials.lower, row.serials.upper - 1) for row in rows]
