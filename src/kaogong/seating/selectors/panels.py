"""Panels as others read them: who is on duty, what is still lacking, who could be asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from django.db.models import Count, QuerySet

from kaogong.foundation.identity import selectors as identity
from kaogong.foundation.kernel.actors import Actor
from kaogong.foundation.kernel.refusals import NotFound
from kaogong.personnel import rules as personnel_rules
from kaogong.personnel import selectors as personnel
from kaogong.personnel.models import Card
from kaogong.registration.models import Registration
from kaogong.regulations.selectors import provision, provisions
from kaogong.seating import rules
from kaogong.seating.models import PanelMember, Seat
from kaogong.seating.rules import PanelCheck, PanelRule, RoomFacts
from kaogong.seating.selectors.seats import visible_sitting
from kaogong.sittings import selectors as sittings
from kaogong.sittings.models import Sitting, SittingPart
from kaogong.standards import selectors as standards

RATIO = {"theory": "theory_invigilators_per_candidates", "skill": "practical_examiners", "review": "review_panel"}
ROLE_ORDER = {"leader": 0, "examiner": 1, "invigilator": 2, "supervisor": 3}


def panel(part_id: UUID) -> list[PanelMember]:
    """The live members of a part, leader first. Without scope: for modules that checked theirs over the sitting."""
    found = PanelMember.objects.filter(part=part_id, released_at__isnull=True).select_related("person", "card", "room")
    return sorted(found, key=lambda each: (ROLE_ORDER[each.role], each.appointed_at, str(each.pk)))


def panels_of(actor: Actor, sitting_id: UUID) -> Mapping[UUID, list[PanelMember]]:
    """The live members of every part of a sitting, for its office, station and panel. Raises NotFound."""
    sitting = visible_sitting(actor, sitting_id)
    return {part.pk: panel(part.pk) for part in sittings.parts_of(sitting.pk)}


def duty_reference(sitting: Sitting, part: SittingPart) -> str:
    """Under which reference a duty stands in the diary: the sitting's number and the part."""
    return f"{sitting.number}/{part.part}"


def member(part_id: UUID, person_id: UUID | None) -> PanelMember | None:
    """The live duty of a person at a part, if there is one."""
    if person_id is None:
        return None
    found = PanelMember.objects.filter(part=part_id, person=person_id, released_at__isnull=True)
    return found.select_related("part__sitting", "card", "room").first()


def duties_of(actor: Actor) -> QuerySet[PanelMember]:
    """The actor's own live duties, by time."""
    found = PanelMember.objects.filter(released_at__isnull=True)
    found = found.filter(identity.is_human("person", actor.person_id))
    return found.select_related("part__sitting__round", "part__sitting__station__organisation", "room").order_by(
        "part__starts_at"
    )


def candidates_of(part: SittingPart) -> QuerySet[Registration]:
    """Whoever may come to sit this part: submitted or admitted, with this part. They decide who must stand aside."""
    return Registration.objects.filter(
        sitting=part.sitting_id, state__in=["submitted", "admitted"], parts__contains=[part.part]
    ).select_related("person")


def panel_rule(part: SittingPart, sitting: Sitting) -> PanelRule:
    """How many people the part needs, by its standard's ratios and, where these are silent, by the rule library."""
    keys = {
        "theory": ("seating.invigilators_per_room", "seating.candidates_per_invigilator"),
        "skill": ("seating.examiners_minimum", "seating.candidates_per_examiner"),
        "review": ("seating.examiners_minimum", "seating.candidates_per_examiner"),
    }[part.part]
    found = provisions(
        *keys,
        "seating.examiners_odd",
        on=sitting.held_on,
        region_code=sitting.region_code,
        track=sitting.round.track,
        occupation_code=sitting.round.occupation_code,
    )
    minimum, ratio = (found[key] for key in keys)
    general = PanelRule(
        minimum=minimum.number,
        candidates_per_person=ratio.number,
        is_odd=part.part != "theory" and bool(found["seating.examiners_odd"].value),
        clause=minimum.clause,
        ratio_clause=ratio.clause,
    )
    return rules.rule_from(standards.ratios(sitting.round.standard_id).get(RATIO[part.part]), otherwise=general)


def checks_of(part: SittingPart) -> list[PanelCheck]:
    """What was looked at before tickets may be published, for one part: met or not, with its clause."""
    sitting = sittings.of_id(part.sitting_id)
    rule = panel_rule(part, sitting)
    members = panel(part.pk)
    sizes = _sizes(part)
    if part.part == "theory":
        return rules.invigilator_checks(_rooms(part, members, sizes), rule)
    at_once: dict[int, int] = {}
    for (_room, wave), size in sizes.items():
        at_once[wave] = at_once.get(wave, 0) + size
    return rules.examiner_checks(
        examiners=sum(each.is_examiner for each in members),
        leaders=sum(each.role == PanelMember.Role.LEADER for each in members),
        candidates_at_once=max(at_once.values(), default=0),
        rule=rule,
    )


def _sizes(part: SittingPart) -> dict[tuple[UUID, int], int]:
    rows = Seat.objects.filter(part=part.pk).order_by().values("room", "wave").annotate(size=Count("pk"))
    return {(row["room"], row["wave"]): row["size"] for row in rows}


def _rooms(part: SittingPart, members: Sequence[PanelMember], sizes: Mapping[tuple[UUID, int], int]) -> list[RoomFacts]:
    found = []
    for room in sittings.rooms_of(part.pk):
        largest = max((size for (of_room, _wave), size in sizes.items() if of_room == room.pk), default=0)
        watching = sum(each.role == PanelMember.Role.INVIGILATOR and each.room_id == room.pk for each in members)
        if largest:
            found.append(RoomFacts(room.number, largest, watching))
    return found


def is_ready(sitting_id: UUID) -> bool:
    """Whether every part of a sitting in which somebody sits has the people it needs."""
    seated = set(Seat.objects.filter(part__sitting=sitting_id).values_list("part_id", flat=True))
    return all(check.is_met for part in sittings.parts_of(sitting_id) if part.pk in seated for check in checks_of(part))


def eligible_cards(actor: Actor, part: SittingPart) -> list[Card]:
    """Cards within the actor's reach whose holders may assess this part on its day and are free then."""
    sitting = sittings.of_id(part.sitting_id)
    if not sittings.sittings_for(actor).filter(pk=sitting.pk).exists():
        raise NotFound
    round_ = sitting.round
    cards = [
        card
        for card in personnel.cards_for(actor).filter(
            occupation_code=round_.occupation_code, state="granted", since__lte=sitting.held_on
        )
        if not personnel.shortfalls(
            card, occupation_code=round_.occupation_code, level=round_.level, on=sitting.held_on
        )
    ]
    free = personnel.available(part.starts_at, part.ends_at, {card.person_id for card in cards})
    return [card for card in cards if card.person_id in free]


def rotation_notes(part: SittingPart) -> list[str]:
    """What the rule of rotation would have otherwise: advice only, since the rule itself is not verified."""
    sitting = sittings.of_id(part.sitting_id)
    limit = provision("personnel.max_consecutive", on=sitting.held_on, region_code=sitting.region_code)
    share = provision("personnel.min_rotation", on=sitting.held_on, region_code=sitting.region_code)
    members = [each for each in panel(part.pk) if each.is_examiner]
    before = _earlier_panels(part, sitting.station_id, sitting.held_on)
    notes = [
        f"{each.person.name}在本机构已连续执考 {times} 次（不宜超过 {limit.number} 次）"
        for each in members
        if (times := personnel_rules.consecutive(each.person_id, before)) >= limit.number
    ]
    rotated = personnel_rules.rotated_share({each.person_id for each in members}, before[-1] if before else ())
    if members and rotated < share.decimal:
        notes.append(f"与上一场相比更换了 {rotated:.0%} 的考评员（不宜少于 {share.decimal:.0%}）")
    return notes


def _earlier_panels(part: SittingPart, station_id: UUID, on: date) -> list[set[UUID]]:
    """The examiners of this station's earlier sittings of the same part, the latest last."""
    rows = PanelMember.objects.filter(
        part__part=part.part,
        part__sitting__station=station_id,
        part__sitting__held_on__lt=on,
        part__sitting__state__in=["scheduled", "published", "held"],
        role__in=["leader", "examiner"],
        released_at__isnull=True,
    )
    panels: dict[tuple[date, UUID], set[UUID]] = {}
    for held_on, of_part, person in rows.values_list("part__sitting__held_on", "part_id", "person_id"):
        panels.setdefault((held_on, of_part), set()).add(person)
    return [panels[key] for key in sorted(panels)]
