"""Bodies, stations, licences and rooms for tests: furniture made through the real services."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from itertools import count

from kaogong.foundation.kernel.actors import Actor, service
from kaogong.foundation.organisations.models import Organisation
from kaogong.stations import services
from kaogong.stations.models import Licence, Room, Station

AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
LICENSOR = service("测试许可", "stations.license", "stations.edit")
ELECTRICIAN = "6-31-01-03"
SCOPES: tuple[tuple[str, str, Sequence[int]], ...] = ((ELECTRICIAN, "电工", (5, 4, 3)),)
_order = count(1)


def make_body(
    *,
    name: str = "",
    kind: str = "prefecture_centre",
    region_code: str = "320100",
    parent: Organisation | None = None,
    opened_on: date = date(2000, 1, 1),
) -> Organisation:
    """Put a body into the matrix; without `name` each gets its own."""
    return Organisation.objects.create(
        name=name or f"测试机构{next(_order)}号", kind=kind, region_code=region_code, parent=parent, opened_on=opened_on
    )


def make_centre(*, region_code: str = "320100", kind: str = "prefecture_centre", name: str = "") -> Organisation:
    """A centre that organises rounds: by default the one of Nanjing."""
    return make_body(name=name or f"测试鉴定中心{next(_order)}号", kind=kind, region_code=region_code)


def make_station(
    *,
    name: str = "",
    region_code: str = "320102",
    kind: str = "station",
    centre: Organisation | None = None,
    licensed: bool = True,
    since: date = date(2025, 1, 1),
    until: date = date(2027, 12, 31),
    scopes: Sequence[tuple[str, str, Sequence[int]]] = SCOPES,
    rooms: Sequence[tuple[str, int, int]] = (("theory", 6, 5), ("practical", 2, 5)),
    actor: Actor = LICENSOR,
    at: datetime = AT,
) -> Station:
    """A station with a licence for the electrician's levels 5 to 3, a theory room of 30 and 10 work places."""
    body = make_body(name=name or f"测试鉴定站{next(_order)}号", kind=kind, region_code=region_code, parent=centre)
    station = services.establish_station(actor=actor, at=at, organisation_id=body.pk, region_code=region_code)
    if licensed:
        make_licence(station, since=since, until=until, scopes=scopes, actor=actor, at=at)
    for position, (room_kind, rows, columns) in enumerate(rooms, start=1):
        make_room(station, name=f"{position:02d} 号", kind=room_kind, rows=rows, columns=columns, actor=actor, at=at)
    return station


def make_licence(
    station: Station,
    *,
    number: str = "",
    since: date = date(2025, 1, 1),
    until: date = date(2027, 12, 31),
    scopes: Sequence[tuple[str, str, Sequence[int]]] = SCOPES,
    actor: Actor = LICENSOR,
    at: datetime = AT,
) -> Licence:
    """Grant a licence."""
    issuer = station.organisation.parent_id or station.organisation_id
    return services.grant_licence(
        actor=actor,
        at=at,
        station_id=station.pk,
        number=number or f"测许{next(_order):06d}",
        since=since,
        until=until,
        scopes=scopes,
        issued_by_id=issuer,
    )


def make_room(
    station: Station,
    *,
    name: str = "",
    kind: str = "theory",
    rows: int = 6,
    columns: int = 5,
    actor: Actor = LICENSOR,
    at: datetime = AT,
) -> Room:
    """Add a room."""
    return services.add_room(
        actor=actor,
        at=at,
        station_id=station.pk,
        name=name or f"考场 {next(_order)}",
        kind=kind,
        rows=rows,
        columns=columns,
        address="测试路 1 号",
    )
