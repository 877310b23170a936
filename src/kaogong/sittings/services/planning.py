"""A round is drafted, its sittings are planned with their rooms, and it is announced."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.timezone import localdate, localtime

from kaogong.foundation.kernel import trail
from kaogong.foundation.kernel.actors import Actor
from kaogong.foundation.kernel.commands import command
from kaogong.foundation.kernel.refusals import NotFound
from kaogong.foundation.organisations import selectors as organisations
from kaogong.foundation.outbox import announcing
from kaogong.foundation.regions import selectors as regions
from kaogong.itembank.selectors import LANGUAGES
from kaogong.regulations.selectors import provision
from kaogong.sittings import policies, selectors
from kaogong.sittings.events import RoundAnnounced
from kaogong.sittings.models import Round, Sitting, SittingPart, SittingRoom
from kaogong.sittings.rules import PART_NAMES, ROOM_KINDS, PartPlan, capacity, overlapping, part_end
from kaogong.sittings.services import refusals
from kaogong.sittings.states import ROUND
from kaogong.standards import selectors as standards
from kaogong.standards.models import StandardVersion
from kaogong.stations import selectors as stations
from kaogong.stations.models import Room, Station

ATTEMPTS = 5
"""How often a number that somebody else took in the meantime is drawn again."""


@command
def draft_round(
    *,
    actor: Actor,
    at: datetime,
    name: str,
    track: str,
    organisation_id: UUID,
    occupation_code: str,
    level: int,
    applications_from: datetime,
    applications_until: datetime,
    number: str = "",
    fees: Mapping[str, Any] | None = None,
    notice: str = "",
    languages: Sequence[str] = (),
) -> Round:
    """Draft a round for an occupation and level; it pins the standard in force when applications close.

    `fees` maps parts to amounts in fen, with `basis` for the words; left out, the library's reference figures are
    taken. `languages` (tags, beside Chinese) are those in which the theory may be sat. Without `number` the next of
    the year and territory is drawn (`2026-3201-003`); two at once get two numbers.
    Needs `sittings.plan` over the organising body or its region.
    """
    body = organisations.get(organisation_id)
    actor.require("sittings.plan", region=body.region_code, organisation=body.pk)
    if applications_until <= applications_from:
        raise refusals.WindowWrong
    if unknown := set(languages) - LANGUAGES.keys():
        raise refusals.LanguageUnknown(language=sorted(unknown)[0])
    standard = _standard(occupation_code, level, localdate(applications_until))
    draft = Round(
        name=name.strip(),
        track=track,
        organisation=body,
        region_code=body.region_code,
        standard=standard,
        occupation_code=occupation_code,
        occupation_name=standard.occupation.name,
        level=level,
        applications_from=applications_from,
        applications_until=applications_until,
        fees=dict(fees) if fees is not None else _reference_fees(occupation_code, level, at, body.region_code),
        notice=notice.strip(),
        languages=[tag for tag in LANGUAGES if tag in languages],
        drafted_at=at,
    )
    _save_numbered(draft, number.strip(), regions.territory(body.region_code)[0] or "0000", localdate(at).year)
    trail.record(
        actor=actor, action="sittings.round_drafted", target=draft, number=draft.number, occupation=occupation_code
    )
    return draft


def _standard(occupation_code: str, level: int, on: date) -> StandardVersion:
    try:
        standard = standards.in_force(occupation_code, on)
    except NotFound as missing:
        raise refusals.NoStandard(occupation=occupation_code, on=on, level=level) from missing
    if not standards.parts(standard.pk, level):
        raise refusals.NoStandard(occupation=occupation_code, on=on, level=level)
    return standard


def _reference_fees(occupation_code: str, level: int, at: datetime, region_code: str) -> dict[str, Any]:
    found = provision("sittings.fees", on=localdate(at), region_code=region_code, occupation_code=occupation_code)
    fees: dict[str, Any] = dict(found.value.get(str(level), {}))
    return {**fees, "basis": str(found.clause)}


def _save_numbered(draft: Round, number: str, prefix: str, year: int) -> None:
    for attempt in range(1, ATTEMPTS + 1):
        draft.number = number or selectors.next_round_number(prefix, year)
        try:
            with transaction.atomic():
                draft.save(force_insert=True)
        except IntegrityError as error:
            if number or attempt == ATTEMPTS:
                raise refusals.RoundNumberTaken(number=draft.number) from error
        else:
            return


@dataclass(frozen=True, slots=True)
class _Planned:
    """One part with what it was copied from: its hours and the rooms with their places."""

    plan: PartPlan
    minutes: int
    gap_minutes: int
    ends_at: datetime
    rooms: Sequence[tuple[Room, int]]


@command
def add_sitting(
    *, actor: Actor, at: datetime, round_id: UUID, station_id: UUID, held_on: date, parts: Sequence[PartPlan]
) -> Sitting:
    """Plan a sitting of a drafted round at a station, with its parts and rooms; its capacity follows from them.

    A room may be given once at a time: the database holds it, so of two plans at once the later gets RoomTaken.
    A station out of scope or out of the territory may be planned and is refused when the round is announced.
    """
    round_ = _drafted(actor, round_id, "sittings.plan")
    station = stations.station(station_id)
    planned = [_plan(round_, station, plan, held_on) for plan in parts]
    _check_day(planned, held_on)
    sitting = Sitting(
        round=round_,
        number=selectors.next_sitting_number(round_),
        station=station,
        organisation=round_.organisation,
        region_code=station.region_code,
        held_on=held_on,
        capacity=capacity(([places for _room, places in each.rooms], each.plan.waves) for each in planned),
    )
    sitting.save(force_insert=True)
    _save_parts(sitting, planned)
    trail.record(
        actor=actor,
        action="sittings.sitting_planned",
        target=sitting,
        number=sitting.number,
        station=station.pk,
        held_on=held_on,
        capacity=sitting.capacity,
    )
    return sitting


@command
def drop_sitting(*, actor: Actor, at: datetime, sitting_id: UUID) -> None:
    """Take a planned sitting out of a round that is still drafted; its rooms become free."""
    sitting = selectors.sittings_for(actor).filter(pk=sitting_id).first()
    if sitting is None:
        raise NotFound
    round_ = _drafted(actor, sitting.round_id, "sittings.plan")
    trail.record(actor=actor, action="sittings.sitting_dropped", target=sitting, number=sitting.number, round=round_.pk)
    SittingRoom.objects.filter(part__sitting=sitting).delete()
    SittingPart.objects.filter(sitting=sitting).delete()
    Sitting.objects.filter(pk=sitting.pk).delete()


@command
def announce(*, actor: Actor, at: datetime, round_id: UUID) -> Round:
    """Announce a round: from now on the public sees it. Refused while any check is red, with that check's clause.

    Needs `sittings.announce`. Two at once: one announces, the other finds it announced already (WrongState).
    """
    round_ = _locked(actor, round_id)
    policies.require_round(actor, "sittings.announce", round_)
    state = ROUND.after("announce", round_.state)
    for check in selectors.checks_of(round_, localdate(at)):
        if not check.passed:
            subject = f"{check.title}（{check.sitting}）" if check.sitting else check.title
            raise refusals.OF_CHECK[check.key](subject=subject, reason=check.text, clause=check.clause)
    round_.state = state
    round_.announced_at = at
    round_.save(update_fields=["state", "announced_at"])
    trail.record(actor=actor, action="sittings.round_announced", target=round_, number=round_.number)
    announcing.announce(
        RoundAnnounced(
            region_code=round_.region_code,
            round_id=round_.pk,
            number=round_.number,
            occupation_code=round_.occupation_code,
            level=round_.level,
        ),
        at=at,
    )
    return round_


def _locked(actor: Actor, round_id: UUID) -> Round:
    visible = selectors.round_for(actor, round_id)
    return Round.objects.select_for_update().get(pk=visible.pk)


def _drafted(actor: Actor, round_id: UUID, power: str) -> Round:
    """The round, locked, while it may still be planned. Raises NotFound, NotPermitted, WrongState."""
    round_ = _locked(actor, round_id)
    policies.require_round(actor, power, round_)
    ROUND.after("announce", round_.state)
    return round_


def _plan(round_: Round, station: Station, plan: PartPlan, held_on: date) -> _Planned:
    standard_part = next((p for p in standards.parts(round_.standard_id, round_.level) if p.code == plan.part), None)
    name = PART_NAMES.get(plan.part, plan.part)
    if standard_part is None:
        raise refusals.PlanIncomplete(reason=f"标准的这一等级没有“{name}”这一科目", field="parts")
    waves_max = provision("sittings.waves_max", on=held_on, region_code=station.region_code)
    if not 1 <= plan.waves <= waves_max.number:
        raise refusals.PlanIncomplete(
            reason=f"{name}的批数须在 1 至 {waves_max.number} 之间", field="waves", clause=waves_max.clause
        )
    gap = provision("sittings.wave_gap_minutes", on=held_on, region_code=station.region_code).number
    ends_at = part_end(plan.starts_at, minutes=standard_part.minutes, waves=plan.waves, gap_minutes=gap)
    return _Planned(plan, standard_part.minutes, gap, ends_at, _rooms(station, plan, held_on))


def _rooms(station: Station, plan: PartPlan, held_on: date) -> list[tuple[Room, int]]:
    name = PART_NAMES.get(plan.part, plan.part)
    if not plan.room_ids or len(set(plan.room_ids)) != len(plan.room_ids):
        raise refusals.PlanIncomplete(reason=f"{name}没有考场，或同一考场选了两次", field="rooms")
    rooms = {room.pk: room for room in stations.rooms(station.pk, include_closed=True)}
    limit = provision("sittings.theory_room_places", on=held_on, region_code=station.region_code).number
    found = []
    for room_id in plan.room_ids:
        room = rooms.get(room_id)
        if room is None:
            raise refusals.RoomUnsuitable(room=room_id, part=name, reason="不是该所（站）的考场")
        if not room.is_open:
            raise refusals.RoomUnsuitable(room=room.name, part=name, reason="已停用")
        if room.kind not in ROOM_KINDS[plan.part]:
            raise refusals.RoomUnsuitable(room=room.name, part=name, reason="考场类别不符")
        usable = min(room.places, limit) if plan.part == "theory" else room.places
        found.append((room, _places(plan, room, usable)))
    return found


def _places(plan: PartPlan, room: Room, usable: int) -> int:
    places = plan.places.get(room.pk, usable)
    if not 1 <= places <= usable:
        raise refusals.PlanIncomplete(reason=f"考场“{room.name}”的座位数须在 1 至 {usable} 之间", field="rooms")
    return places


def _check_day(planned: Sequence[_Planned], held_on: date) -> None:
    if not planned:
        raise refusals.PlanIncomplete(reason="没有安排任何科目", field="parts")
    names = [each.plan.part for each in planned]
    if len(set(names)) != len(names):
        raise refusals.PlanIncomplete(reason="同一科目写了两次", field="parts")
    if any(localdate(moment) != held_on for each in planned for moment in (each.plan.starts_at, each.ends_at)):
        raise refusals.PlanIncomplete(reason=f"各科目须在 {held_on} 当日之内开始和结束", field="parts")
    if overlapping([(each.plan.starts_at, each.ends_at) for each in planned]):
        raise refusals.PlanIncomplete(reason="科目之间时间重叠，考生无法都参加", field="parts")


def _save_parts(sitting: Sitting, planned: Sequence[_Planned]) -> None:
    # One order for everybody, so that two who plan the same rooms at once wait for each other instead of deadlocking.
    for each in sorted(planned, key=lambda each: each.plan.part):
        part = SittingPart.objects.create(
            sitting=sitting,
            part=each.plan.part,
            starts_at=each.plan.starts_at,
            ends_at=each.ends_at,
            waves=each.plan.waves,
            minutes=each.minutes,
            gap_minutes=each.gap_minutes,
        )
        period = (part.starts_at, part.ends_at)
        rooms = [
            SittingRoom(part=part, room=room, number=number, places=places, period=period)
            for number, (room, places) in enumerate(each.rooms, start=1)
        ]
        try:
            with transaction.atomic():
                SittingRoom.objects.bulk_create(sorted(rooms, key=lambda room: room.room_id))
        except IntegrityError as error:
            raise refusals.RoomTaken(period=_hours(part)) from error


def _hours(part: SittingPart) -> str:
    return f"{localtime(part.starts_at):%Y-%m-%d %H:%M}–{localtime(part.ends_at):%H:%M}"
