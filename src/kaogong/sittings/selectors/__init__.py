"""Every read of rounds and sittings: what the public sees once announced, and what officers see within their reach."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID

from django.db.models import Count, Max, Min, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from kaogong.foundation.kernel.actors import Actor
from kaogong.foundation.kernel.clauses import Clause
from kaogong.foundation.kernel.refusals import NotFound
from kaogong.sittings import policies
from kaogong.sittings.models import Round, Sitting, SittingMove, SittingPart, SittingRoom
from kaogong.sittings.rules import LEVEL_NAMES, PART_NAMES, ROOM_KINDS, Check
from kaogong.sittings.selectors.readiness import Needed, checks_of, is_within_territory, people_for, scope_of
from kaogong.sittings.states import ROUND, SITTING
from kaogong.standards import selectors as standards

__all__ = [
    "LEVEL_NAMES",
    "PART_NAMES",
    "ROOM_KINDS",
    "ROUND",
    "SITTING",
    "Check",
    "Needed",
    "bookings",
    "checks_of",
    "fee_basis",
    "fees_of",
    "held_before_tickets",
    "is_open",
    "is_within_territory",
    "may",
    "moves_by_sitting",
    "moves_of",
    "next_round_number",
    "next_sitting_number",
    "of_id",
    "open_rounds",
    "open_sittings_at",
    "part",
    "parts_by_sitting",
    "parts_of",
    "people_for",
    "public_round",
    "public_rounds",
    "public_sitting",
    "rooms_of",
    "rooms_of_sittings",
    "round_for",
    "round_of",
    "rounds_for",
    "rounds_with_places",
    "scope_of",
    "sitting",
    "sittings_for",
    "sittings_of",
    "today",
]

PUBLIC_STATES = ("announced", "completed")
LIVE = ("scheduled", "published", "held")
PART_ORDER = {"theory": 0, "skill": 1, "review": 2}


# ---------------------------------------------------------------- the public
def public_rounds(
    *,
    text: str = "",
    region_prefix: str = "",
    occupation_code: str = "",
    level: int | None = None,
    open_at: datetime | None = None,
) -> QuerySet[Round]:
    """Rounds that were announced, the latest first; cancelled ones stay visible once they had been announced."""
    announced = Q(state__in=PUBLIC_STATES) | Q(state="cancelled", announced_at__isnull=False)
    found = Round.objects.filter(announced).select_related("organisation").order_by("-applications_until", "number")
    if text:
        words = Q(name__icontains=text) | Q(number__icontains=text) | Q(occupation_name__icontains=text)
        found = found.filter(words)
    if region_prefix:
        found = found.filter(region_code__startswith=region_prefix)
    if occupation_code:
        found = found.filter(occupation_code=occupation_code)
    if level:
        found = found.filter(level=level)
    if open_at is not None:
        found = found.filter(state="announced", applications_from__lte=open_at, applications_until__gt=open_at)
    return found


def open_rounds(at: datetime) -> QuerySet[Round]:
    """Rounds that take applications at that moment, the earliest to close first."""
    return public_rounds(open_at=at).order_by("applications_until")


def rounds_with_places(rounds: QuerySet[Round]) -> QuerySet[Round]:
    """The same rounds with `places`, `taken`, `sitting_count`, `first_day`, `last_day`: over their live sittings."""
    live = Sitting.objects.filter(round=OuterRef("pk"), state__in=LIVE).order_by().values("round")
    return rounds.annotate(
        places=Coalesce(Subquery(live.annotate(total=Sum("capacity")).values("total")), 0),
        taken=Coalesce(Subquery(live.annotate(total=Sum("claimed")).values("total")), 0),
        sitting_count=Coalesce(Subquery(live.annotate(total=Count("pk")).values("total")), 0),
        first_day=Subquery(live.annotate(day=Min("held_on")).values("day")),
        last_day=Subquery(live.annotate(day=Max("held_on")).values("day")),
    )


def open_sittings_at(station_id: UUID, at: datetime) -> QuerySet[Sitting]:
    """Sittings of a station that take applications at that moment, full or not."""
    rounds = public_rounds(open_at=at).order_by()
    return _sittings().filter(station_id=station_id, state="scheduled", round__in=rounds).order_by("held_on")


def public_round(round_id: UUID) -> Round:
    """One announced round. Raises NotFound."""
    found = public_rounds().filter(pk=round_id).first()
    if found is None:
        raise NotFound
    return found


def public_sitting(sitting_id: UUID) -> Sitting:
    """One sitting of an announced round. Raises NotFound."""
    found = _sittings().filter(pk=sitting_id, round__in=public_rounds().order_by()).first()
    if found is None:
        raise NotFound
    return found


def fees_of(round_: Round) -> list[tuple[str, int]]:
    """The fees of the parts that the round's level has, in fen, by the parts' names."""
    parts = standards.parts(round_.standard_id, round_.level)
    return [(PART_NAMES[part.code], round_.fees[part.code]) for part in parts if part.code in round_.fees]


def fee_basis(round_: Round) -> Clause | str:
    """What the round's fees rest on: a clause of the rule library, or the words that the planner gave."""
    text = str(round_.fees.get("basis", ""))
    try:
        clause = Clause.parse(text)
    except ValueError:
        return text
    return clause if clause.instrument.isascii() and clause.instrument.islower() else text


def is_open(sitting: Sitting, at: datetime) -> bool:
    """Whether the sitting takes applications at that moment: announced, in its window, not yet seated, not full."""
    round_ = sitting.round
    in_window = round_.applications_from <= at < round_.applications_until
    return (
        round_.state == "announced"
        and in_window
        and sitting.state == "scheduled"
        and sitting.claimed < sitting.capacity
    )


# ---------------------------------------------------------------- officers
def rounds_for(actor: Actor, *powers: str) -> QuerySet[Round]:
    """Rounds within the actor's reach, in any state, the latest first."""
    return (
        Round.objects.filter(policies.rounds_visible_to(actor, *powers))
        .select_related("organisation", "standard")
        .order_by("-drafted_at", "-id")
    )


def round_for(actor: Actor, round_id: UUID) -> Round:
    """One round within the actor's reach. Raises NotFound."""
    found = rounds_for(actor).filter(pk=round_id).first()
    if found is None:
        raise NotFound
    return found


def sittings_for(actor: Actor, *powers: str) -> QuerySet[Sitting]:
    """Sittings within the actor's reach, by day."""
    return _sittings().filter(policies.sittings_visible_to(actor, *powers)).order_by("held_on", "number")


def sitting(actor: Actor, sitting_id: UUID) -> Sitting:
    """One sitting: within an officer's reach; for the public and candidates, of an announced round. Raises NotFound."""
    if actor.kind in {"public", "person"} or not actor.grants:
        return public_sitting(sitting_id)
    found = sittings_for(actor).filter(pk=sitting_id).first()
    if found is None:
        raise NotFound
    return found


def may(actor: Actor, power: str, sitting: Sitting) -> bool:
    """Whether the actor holds `power` over the sitting: by region, as organiser, or as the station that holds it."""
    return policies.may(actor, power, sitting)


def today(actor: Actor, day: date) -> QuerySet[Sitting]:
    """Live sittings within reach on that day."""
    return sittings_for(actor).filter(held_on=day, state__in=LIVE)


# ---------------------------------------------------------------- for modules downstream, which check their own scope
def of_id(sitting_id: UUID) -> Sitting:
    """One sitting, unscoped: for a module that has found its own row under scope. Raises NotFound."""
    found = _sittings().filter(pk=sitting_id).first()
    if found is None:
        raise NotFound
    return found


def held_before_tickets(sitting_id: UUID) -> bool:
    """Whether the tickets of a sitting are not out yet; while the transaction lasts none can be published."""
    held = Sitting.objects.select_for_update().filter(pk=sitting_id, state="scheduled")
    return held.first() is not None


def round_of(sitting_id: UUID) -> Round:
    """The round of a sitting. Raises NotFound."""
    return of_id(sitting_id).round


def sittings_of(round_id: UUID) -> QuerySet[Sitting]:
    """The sittings of a round, by day."""
    return _sittings().filter(round_id=round_id).order_by("held_on", "number")


def parts_of(sitting_id: UUID) -> list[SittingPart]:
    """The parts of a sitting: theory, skill, review."""
    found = SittingPart.objects.filter(sitting_id=sitting_id).select_related("sitting")
    return sorted(found, key=lambda part: PART_ORDER.get(part.part, 9))


def part(part_id: UUID) -> SittingPart:
    """One part with its sitting and round. Raises NotFound."""
    found = (
        SittingPart.objects.filter(pk=part_id)
        .select_related("sitting__round", "sitting__station__organisation", "sitting__organisation")
        .first()
    )
    if found is None:
        raise NotFound
    return found


def rooms_of(part_id: UUID) -> QuerySet[SittingRoom]:
    """The rooms of a part, by their numbers."""
    return SittingRoom.objects.filter(part_id=part_id).select_related("room").order_by("number")


def rooms_of_sittings(sitting_ids: Collection[UUID]) -> QuerySet[SittingRoom]:
    """The rooms of several sittings, with part and room."""
    found = SittingRoom.objects.filter(part__sitting__in=sitting_ids)
    return found.select_related("room", "part__sitting").order_by("part__starts_at", "number")


def parts_by_sitting(sitting_ids: Collection[UUID]) -> dict[UUID, list[SittingPart]]:
    """The parts of several sittings in one look, in their order."""
    found: dict[UUID, list[SittingPart]] = {each: [] for each in sitting_ids}
    for part in SittingPart.objects.filter(sitting__in=sitting_ids):
        found[part.sitting_id].append(part)
    return {key: sorted(parts, key=lambda part: PART_ORDER.get(part.part, 9)) for key, parts in found.items()}


def moves_by_sitting(sitting_ids: Collection[UUID]) -> dict[UUID, list[SittingMove]]:
    """The moves of several sittings in one look, the latest first."""
    found: dict[UUID, list[SittingMove]] = {each: [] for each in sitting_ids}
    for move in SittingMove.objects.filter(sitting__in=sitting_ids).order_by("-moved_at"):
        found[move.sitting_id].append(move)
    return found


def bookings(station_id: UUID, day: date) -> QuerySet[SittingRoom]:
    """What the rooms of a station are given to on that day, by live sittings."""
    found = SittingRoom.objects.filter(room__station=station_id, part__sitting__held_on=day, is_live=True)
    return found.select_related("room", "part__sitting").order_by("part__starts_at")


def moves_of(sitting_id: UUID) -> QuerySet[SittingMove]:
    """How often and why a sitting was moved, the latest first."""
    return SittingMove.objects.filter(sitting_id=sitting_id).order_by("-moved_at")


def next_round_number(region_prefix: str, year: int) -> str:
    """The next free number of a year and territory: `2026-3201-003`."""
    stem = f"{year}-{region_prefix:0<4.4}-"
    numbers = Round.objects.filter(number__startswith=stem).values_list("number", flat=True)
    taken = [int(number.removeprefix(stem)) for number in numbers if number.removeprefix(stem).isdecimal()]
    return f"{stem}{max(taken, default=0) + 1:03d}"


def next_sitting_number(round_: Round) -> str:
    """The next free number within a round: `2026-3201-003-02`."""
    last = Sitting.objects.filter(round=round_).order_by("-number").values_list("number", flat=True).first()
    return f"{round_.number}-{int(last.rsplit('-', 1)[1]) + 1 if last else 1:02d}"


def _sittings() -> QuerySet[Sitting]:
    return Sitting.objects.select_related("round", "station__organisation", "organisation")
