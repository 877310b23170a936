"""What others may read of stations. Licences, scopes and rooms are public; lists for officers are scoped."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from kaogong.foundation.kernel.actors import Actor
from kaogong.foundation.kernel.refusals import NotFound
from kaogong.stations import policies
from kaogong.stations.models import Licence, Room, Scope, Station
from kaogong.stations.rules import LicenceFacts, ScopeVerdict, scope_verdict
from kaogong.stations.states import LICENCE

__all__ = [
    "LICENCE",
    "ScopeVerdict",
    "directory",
    "licences",
    "licensed_on",
    "may",
    "of_organisation",
    "room",
    "rooms",
    "scope_on",
    "scopes_in_force",
    "scopes_of",
    "station",
    "station_for",
    "stations_for",
    "stations_in_scope",
]


def directory(
    *,
    text: str = "",
    region_prefix: str = "",
    occupation_code: str = "",
    level: int | None = None,
    on: date | None = None,
) -> QuerySet[Station]:
    """All stations, for the public: filtered by a part of the name, region, and what they may appraise on a day."""
    found = Station.objects.select_related("organisation").order_by("region_code", "organisation__name")
    if text:
        found = found.filter(organisation__name__icontains=text)
    if region_prefix:
        found = found.filter(region_code__startswith=region_prefix)
    if occupation_code or level or on:
        found = found.filter(pk__in=_licensed(occupation_code, level, on))
    return found


def _licensed(occupation_code: str, level: int | None, on: date | None) -> QuerySet[Scope, UUID]:
    scopes = Scope.objects.filter(licence__state="granted")
    if occupation_code:
        scopes = scopes.filter(occupation_code=occupation_code)
    if level:
        scopes = scopes.filter(levels__contains=[level])
    if on:
        scopes = scopes.filter(licence__since__lte=on, licence__until__gte=on)
    return scopes.values_list("licence__station_id", flat=True)


def stations_for(actor: Actor, *powers: str) -> QuerySet[Station]:
    """Stations within the actor's reach (of `powers`, or of any power about stations and sittings)."""
    return (
        Station.objects.filter(policies.visible_to(actor, *powers))
        .select_related("organisation")
        .order_by("region_code", "organisation__name")
    )


def station_for(actor: Actor, station_id: UUID) -> Station:
    """One station within the actor's reach. Raises NotFound."""
    found = stations_for(actor).filter(pk=station_id).first()
    if found is None:
        raise NotFound
    return found


def station(station_id: UUID) -> Station:
    """One station, as the public knows it. Raises NotFound."""
    found = Station.objects.select_related("organisation").filter(pk=station_id).first()
    if found is None:
        raise NotFound
    return found


def of_organisation(organisation_id: UUID) -> Station | None:
    """The station of a body, if it is one."""
    return Station.objects.select_related("organisation").filter(organisation_id=organisation_id).first()


def stations_in_scope(actor: Actor, occupation_code: str, level: int, on: date) -> QuerySet[Station]:
    """Stations within reach that may appraise this occupation and level on that day."""
    return stations_for(actor).filter(pk__in=_licensed(occupation_code, level, on))


def licensed_on(on: date) -> QuerySet[Licence, UUID]:
    """The stations that hold a granted licence on that day, by their ids."""
    live = Licence.objects.filter(state="granted", since__lte=on, until__gte=on)
    return live.values_list("station_id", flat=True)


def licences_ending(actor: Actor, since: date, until: date) -> QuerySet[Licence]:
    """The last licences of stations that the actor may license that end between those days, the earliest first."""
    found = Licence.objects.filter(state="granted", until__gte=since, until__lt=until)
    later = Licence.objects.filter(station=OuterRef("station"), state="granted", until__gt=OuterRef("until"))
    within = stations_for(actor, "stations.license").order_by()
    return found.filter(~Exists(later), station__in=within).order_by("until", "id")


def may(actor: Actor, power: str, station: Station) -> bool:
    """Whether the actor holds `power` over the station: by region, as its body or as its superior."""
    return policies.may(actor, power, station.region_code, (station.organisation_id, station.organisation.parent_id))


def licences(station_id: UUID) -> QuerySet[Licence]:
    """A station's licences, the latest first."""
    return Licence.objects.filter(station_id=station_id).select_related("issued_by").order_by("-since", "-id")


def scopes_of(licence_ids: Collection[UUID]) -> QuerySet[Scope]:
    """The lines of those licences' scopes, by occupation."""
    return Scope.objects.filter(licence_id__in=licence_ids).order_by("occupation_code")


def scopes_in_force(station_id: UUID, on: date) -> QuerySet[Scope]:
    """What the station may appraise on that day: the lines of the granted licence whose term holds it."""
    return Scope.objects.filter(
        licence__station_id=station_id, licence__state="granted", licence__since__lte=on, licence__until__gte=on
    ).order_by("occupation_code")


def scope_on(station_id: UUID, occupation_code: str, level: int, on: date) -> ScopeVerdict:
    """Whether the station may appraise this occupation and level on that day; else why not, with the clause."""
    of_day = list(Licence.objects.filter(station_id=station_id, since__lte=on, until__gte=on))
    lines: dict[UUID, dict[str, list[int]]] = {each.pk: {} for each in of_day}
    for line in Scope.objects.filter(licence__in=of_day):
        lines[line.licence_id][line.occupation_code] = line.levels
    facts = [LicenceFacts(each.number, each.since, each.until, each.state, lines[each.pk]) for each in of_day]
    return scope_verdict(facts, occupation_code=occupation_code, level=level, on=on)


def rooms(station_id: UUID, kind: str = "", *, include_closed: bool = False) -> QuerySet[Room]:
    """A station's rooms in use, of one kind ("theory", "practical") or all, by name."""
    found = Room.objects.filter(station_id=station_id).order_by("kind", "name")
    if kind:
        found = found.filter(kind=kind)
    return found if include_closed else found.filter(is_open=True)


def room(room_id: UUID) -> Room:
    """One room. Raises NotFound."""
    found = Room.objects.select_related("station__organisation").filter(pk=room_id).first()
    if found is None:
        raise NotFound
    return found
