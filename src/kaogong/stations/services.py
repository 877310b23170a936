"""What happens to stations: they are established, licensed, suspended, revoked; rooms are added and closed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext_noop as _

from kaogong.foundation.kernel import trail
from kaogong.foundation.kernel.actors import Actor
from kaogong.foundation.kernel.clauses import Clause
from kaogong.foundation.kernel.commands import command
from kaogong.foundation.kernel.refusals import NotFound, Refusal
from kaogong.foundation.organisations import selectors as organisations
from kaogong.foundation.outbox import announcing
from kaogong.regulations.selectors import provision
from kaogong.stations import policies, selectors
from kaogong.stations.events import LicenceChanged
from kaogong.stations.models import Licence, Room, Scope, Station
from kaogong.stations.rules import latest_end
from kaogong.stations.states import LICENCE

HOUSE = "kaogong-stations-rules"
ScopeLine = tuple[str, str, Sequence[int]]
"""An occupation's code, its name, and the levels."""


class NotAStation(Refusal):
    """The body is of a kind that has no examination site."""

    message = _("“{name}”不是鉴定所（站）、评价组织或用人单位、院校，不能设立考点。")
    advice = _("请先按机构类别登记该单位。")
    clause = Clause("labour-1993-134", "station-approval")


class StationExists(Refusal):
    """The body already has its station."""

    message = _("“{name}”已经登记为鉴定所（站）。")
    advice = _("请直接打开该所（站）的档案办理。")
    clause = Clause(HOUSE, "one-licence")


class LicenceOverlaps(Refusal):
    """Another licence of the station, not revoked, has days in common."""

    message = _("{since} 至 {until} 与该所（站）另一份未吊销的许可重叠。")
    advice = _("续证请从旧证期满次日起；换证请先吊销旧证。")
    clause = Clause(HOUSE, "one-licence")


class LicenceNumberTaken(Refusal):
    """Another licence bears the number."""

    message = _("许可证编号 {number} 已被使用。")
    advice = _("请核对编号。")
    clause = Clause(HOUSE, "one-licence")
    field = "number"


class TermWrong(Refusal):
    """The term ends before it begins or is longer than the rules allow."""

    message = _("许可期 {since} 至 {until} 不成立：{reason}。")
    advice = _("请核对起止日期。")
    clause = Clause(HOUSE, "term")
    field = "until"


class ScopeEmpty(Refusal):
    """A licence without a line of scope, or a line without levels, allows nothing."""

    message = _("许可范围不完整：{reason}。")
    advice = _("请至少写明一个职业及其等级。")
    clause = Clause("labour-1993-134", "station-scope")
    field = "scopes"


class ReasonMissing(Refusal):
    """A change of state without its reason."""

    message = _("没有写明理由。")
    advice = _("请写明理由及依据的文件。")
    clause = Clause(HOUSE, "reasons")
    field = "reason"


class RoomNameTaken(Refusal):
    """The station has a room of that name."""

    message = _("该所（站）已有名为“{name}”的考场。")
    advice = _("请换一个名称，例如加楼层。")
    clause = Clause(HOUSE, "rooms")
    field = "name"


class RoomTooLarge(Refusal):
    """More places than a room may have, or none."""

    message = _("{rows} 排 × {columns} 列不能作为一个考场（上限 {maximum} 个座位）。")
    advice = _("请核对排数与列数，或分为几个考场。")
    clause = Clause(HOUSE, "rooms")
    field = "rows"


SITES = frozenset({"station", "social_body", "enterprise", "college"})


@command
def establish_station(
    *, actor: Actor, at: datetime, organisation_id: UUID, region_code: str = "", head: str = "", phone: str = ""
) -> Station:
    """Enter a body as an appraisal station. Needs `stations.license` over its region or as its industry body.

    Two at once: the table keeps one station for each body, the later is refused with StationExists.
    """
    body = organisations.get(organisation_id)
    if body.kind not in SITES:
        raise NotAStation(name=body.name)
    station = Station(organisation=body, region_code=region_code or body.region_code, head=head, phone=phone)
    policies.require(actor, "stations.license", station)
    try:
        with transaction.atomic():
            station.save(force_insert=True)
    except IntegrityError as error:
        raise StationExists(name=body.name) from error
    trail.record(actor=actor, action="stations.established", target=station, organisation=body.pk)
    return station


@command
def grant_licence(
    *,
    actor: Actor,
    at: datetime,
    station_id: UUID,
    number: str,
    since: date,
    until: date,
    scopes: Sequence[ScopeLine],
    issued_by_id: UUID | None = None,
) -> Licence:
    """Grant a licence for a term (both days included) and a scope of (code, name, levels).

    Refuses an overlap with another licence that is not revoked: the database holds it, so of two at once one wins.
    """
    station = _station(actor, station_id)
    policies.require(actor, "stations.license", station)
    _check_term(since, until, station.region_code)
    _check_scopes(scopes)
    issuer = issued_by_id or _granting_body(actor, station)
    licence = Licence(station=station, number=number.strip(), since=since, until=until, issued_by_id=issuer)
    try:
        with transaction.atomic():
            licence.save(force_insert=True)
            scope_lines = Scope.objects.bulk_create(
                Scope(licence=licence, occupation_code=code, occupation_name=name, levels=sorted(set(levels)))
                for code, name, levels in scopes
            )
    except IntegrityError as error:
        if "one_licence_at_a_time" in str(error):
            raise LicenceOverlaps(since=since, until=until) from error
        raise LicenceNumberTaken(number=number) from error
    trail.record(
        actor=actor,
        action="stations.licence_granted",
        target=licence,
        attest=trail.Attest.AS_IT_IS,
        station=station.pk,
        number=licence.number,
        scope=[f"{code}:{','.join(map(str, sorted(levels)))}" for code, _name, levels in scopes],
    )
    trail.record_each(
        actor=actor,
        action="stations.scope_granted",
        targets=scope_lines,
        attest=trail.Attest.AS_IT_IS,
        licence=licence.pk,
    )
    _announce(licence, station, at)
    return licence


@command
def suspend_licence(*, actor: Actor, at: datetime, licence_id: UUID, reason: str) -> Licence:
    """Suspend a licence: from now on its station is out of scope for everything."""
    return _change(actor, at, licence_id, "suspend", reason)


@command
def resume_licence(*, actor: Actor, at: datetime, licence_id: UUID, reason: str) -> Licence:
    """Let a suspended licence hold again."""
    return _change(actor, at, licence_id, "resume", reason)


@command
def revoke_licence(*, actor: Actor, at: datetime, licence_id: UUID, reason: str) -> Licence:
    """Revoke a licence for good; its days become free for a new one."""
    return _change(actor, at, licence_id, "revoke", reason)


@command
def add_room(
    *, actor: Actor, at: datetime, station_id: UUID, name: str, kind: str, rows: int, columns: int, address: str = ""
) -> Room:
    """Add a room of `rows` × `columns` places, for "theory" or "practical". Needs `stations.edit` over the station."""
    station = _station(actor, station_id)
    policies.require(actor, "stations.edit", station)
    maximum = provision("stations.room_places_max", on=localdate(at), region_code=station.region_code)
    if not 1 <= rows * columns <= maximum.number:
        raise RoomTooLarge(rows=rows, columns=columns, maximum=maximum.number, clause=maximum.clause)
    address = address or station.organisation.address
    room = Room(station=station, name=name.strip(), kind=Room.Kind(kind), rows=rows, columns=columns, address=address)
    try:
        with transaction.atomic():
            room.save(force_insert=True)
    except IntegrityError as error:
        raise RoomNameTaken(name=name) from error
    trail.record(actor=actor, action="stations.room_added", target=room, station=station.pk, places=room.places)
    return room


@command
def close_room(*, actor: Actor, at: datetime, room_id: UUID, reason: str) -> Room:
    """Take a room out of use: no new sitting may have it; sittings already planned keep it until they are moved."""
    return _open(actor, room_id, is_open=False, reason=reason)


@command
def reopen_room(*, actor: Actor, at: datetime, room_id: UUID, reason: str) -> Room:
    """Put a room back into use."""
    return _open(actor, room_id, is_open=True, reason=reason)


def _station(actor: Actor, station_id: UUID) -> Station:
    return selectors.station_for(actor, station_id)


def _granting_body(actor: Actor, station: Station) -> UUID:
    """The body in whose name the actor licenses: the first whose grant reaches the station."""
    for grant in actor.grants:
        bodies = {station.organisation_id, station.organisation.parent_id} & grant.reach.organisations
        if "stations.license" in grant.powers and (grant.reach.covers(region=station.region_code) or bodies):
            return grant.organisation_id
    return station.organisation.parent_id or station.organisation_id


def _check_term(since: date, until: date, region_code: str) -> None:
    if until < since:
        raise TermWrong(since=since, until=until, reason="止日早于起日", clause=Clause(HOUSE, "one-licence"))
    years = provision("stations.licence_years_max", on=since, region_code=region_code)
    if until > latest_end(since, years.number):
        raise TermWrong(since=since, until=until, reason=f"超过最长 {years.number} 年", clause=years.clause)


def _check_scopes(scopes: Sequence[ScopeLine]) -> None:
    if not scopes:
        raise ScopeEmpty(reason="没有写明任何职业")
    codes = [code for code, _name, _levels in scopes]
    for code, _name, levels in scopes:
        if not levels or not set(levels) <= {1, 2, 3, 4, 5}:
            raise ScopeEmpty(reason=f"职业 {code} 的等级须在一至五级之内")
        if codes.count(code) > 1:
            raise ScopeEmpty(reason=f"职业 {code} 写了两次")


def _change(actor: Actor, at: datetime, licence_id: UUID, verb: str, reason: str) -> Licence:
    visible = selectors.stations_for(actor)
    licence = Licence.objects.select_for_update().filter(pk=licence_id, station__in=visible).first()
    if licence is None:
        raise NotFound
    station = _station(actor, licence.station_id)
    policies.require(actor, "stations.license", station)
    if not reason.strip():
        raise ReasonMissing
    licence.state = LICENCE.after(verb, licence.state)
    licence.state_reason = reason.strip()
    licence.state_since = localdate(at)
    licence.save(update_fields=["state", "state_reason", "state_since"])
    action = {"suspend": "suspended", "resume": "resumed", "revoke": "revoked"}[verb]
    trail.record(
        actor=actor,
        action=f"stations.licence_{action}",
        target=licence,
        attest=trail.Attest.AS_IT_IS,
        reason=reason.strip(),
        station=station.pk,
    )
    _announce(licence, station, at)
    return licence


def _open(actor: Actor, room_id: UUID, *, is_open: bool, reason: str) -> Room:
    room = Room.objects.select_for_update().filter(pk=room_id, station__in=selectors.stations_for(actor)).first()
    if room is None:
        raise NotFound
    policies.require(actor, "stations.edit", _station(actor, room.station_id))
    if not reason.strip():
        raise ReasonMissing
    room.is_open = is_open
    room.save(update_fields=["is_open"])
    action = "stations.room_reopened" if is_open else "stations.room_closed"
    trail.record(actor=actor, action=action, target=room, reason=reason.strip(), station=room.station_id)
    return room


def _announce(licence: Licence, station: Station, at: datetime) -> None:
    event = LicenceChanged(
        region_code=station.region_code,
        station_id=station.pk,
        licence_id=licence.pk,
        state=licence.state,
        on=localdate(at),
    )
    announcing.announce(event, at=at)
