"""Gathers what the checks before an announcement look at, and what a sitting needs in people."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from kaogong.foundation.kernel.clauses import Clause
from kaogong.foundation.kernel.refusals import NotFound
from kaogong.foundation.organisations import selectors as organisations
from kaogong.regulations.selectors import provision
from kaogong.sittings.models import Round, Sitting, SittingPart, SittingRoom
from kaogong.sittings.rules import (
    Check,
    RoundFacts,
    SittingFacts,
    announcement_checks,
    capacity,
    people_needed,
)
from kaogong.standards import selectors as standards
from kaogong.stations import selectors as stations
from kaogong.stations.models import Station
from kaogong.tracks import selectors as tracks

RATIO_OF_PART = {
    "theory": ("theory_invigilators_per_candidates", "监考人员"),
    "skill": ("practical_examiners", "考评员"),
    "review": ("review_panel", "评审委员"),
}


@dataclass(frozen=True, slots=True)
class Needed:
    """How many people one part needs when `candidates` come, and by which ratio of the standard."""

    part: str
    role: str
    candidates: int
    count: int
    certainty: str
    source: str


def checks_of(round_: Round, on: date) -> list[Check]:
    """Everything that must hold before the round is announced on that day: each green or red, with its clause."""
    return announcement_checks(_round_facts(round_, on))


def people_for(sitting: Sitting, candidates: int | None = None) -> list[Needed]:
    """Invigilators and examiners that the sitting needs, part by part: for its capacity unless told how many come."""
    ratios = standards.ratios(sitting.round.standard_id)
    count = sitting.capacity if candidates is None else candidates
    found = []
    for part in SittingPart.objects.filter(sitting=sitting).order_by("starts_at"):
        key, role = RATIO_OF_PART[part.part]
        ratio = ratios.get(key)
        if ratio is None:
            continue
        at_once = -(-count // part.waves)
        rooms = SittingRoom.objects.filter(part=part).count()
        needed = people_needed(at_once, ratio, rooms=rooms)
        found.append(Needed(part.part, role, at_once, needed, ratio.get("certainty", ""), ratio.get("source", "")))
    return found


def scope_of(sitting: Sitting, on: date) -> stations.ScopeVerdict:
    """Whether the sitting's station may appraise the round's occupation and level on that day."""
    round_ = sitting.round
    return stations.scope_on(sitting.station_id, round_.occupation_code, round_.level, on)


def is_within_territory(round_: Round, station: Station, on: date) -> bool:
    """Whether a station lies in the organiser's territory, or under it in its line of industry, on that day."""
    reach = organisations.reach_of(round_.organisation, on)
    bodies = {station.organisation_id, *organisations.superior_chain(station.organisation_id)}
    return reach.covers(region=station.region_code) or bool(bodies & reach.organisations)


def _round_facts(round_: Round, on: date) -> RoundFacts:
    sittings = list(
        Sitting.objects.filter(round=round_, state="scheduled")
        .select_related("station__organisation")
        .order_by("held_on", "number")
    )
    notice = provision("sittings.notice_days", on=on, region_code=round_.region_code, track=round_.track)
    return RoundFacts(
        on=on,
        track=tracks.name_of(round_.track),
        organiser=round_.organisation.name,
        organiser_kind=round_.organisation.kind,
        level=round_.level,
        applications_until=round_.applications_until,
        fees=round_.fees,
        notice_days=notice.number,
        notice_clause=notice.clause,
        organisers=_rule(round_, "organisers", on),
        levels=_rule(round_, "levels", on),
        sites=_rule(round_, "sites", on),
        has_standard=_standard_holds(round_, {each.held_on for each in sittings} or {on}),
        sittings=[_sitting_facts(round_, each) for each in sittings],
    )


def _rule(round_: Round, topic: str, on: date) -> tuple[Collection[Any], Clause] | None:
    try:
        found = tracks.rule(round_.track, topic, on)
    except tracks.NoTrackRule:
        return None
    return found.value, found.clause


def _standard_holds(round_: Round, days: Collection[date]) -> bool:
    try:
        return all(standards.in_force(round_.occupation_code, day).pk == round_.standard_id for day in days)
    except NotFound:
        return False


def _sitting_facts(round_: Round, sitting: Sitting) -> SittingFacts:
    parts = list(SittingPart.objects.filter(sitting=sitting).order_by("starts_at"))
    rooms = list(SittingRoom.objects.filter(part__in=parts).select_related("room"))
    places = [([room.places for room in rooms if room.part_id == part.pk], part.waves) for part in parts]
    scope = stations.scope_on(sitting.station_id, round_.occupation_code, round_.level, sitting.held_on)
    body = sitting.station.organisation
    return SittingFacts(
        number=sitting.number,
        held_on=sitting.held_on,
        station=body.name,
        site_kind=body.kind,
        is_within_territory=is_within_territory(round_, sitting.station, sitting.held_on),
        is_in_scope=scope.is_within,
        scope_reason=scope.reason,
        scope_clause=scope.clause,
        capacity=capacity(places),
        first_start=min(part.starts_at for part in parts) if parts else round_.applications_until,
        parts=[part.part for part in parts],
        faulty_rooms=sorted({room.room.name for room in rooms if not room.room.is_open}),
    )
