"""What seating prints: the admission ticket, the list to sign in, the sheet on the door."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.utils.timezone import localdate, localtime
from django.utils.translation import gettext as _

from kaogong.foundation.documents.forms import (
    AdmissionTicket,
    AttendanceList,
    AttendanceRow,
    DoorList,
    DoorSeat,
    TicketPart,
)
from kaogong.foundation.documents.typesetting import Document, typeset
from kaogong.foundation.identity import selectors as identity
from kaogong.foundation.kernel.actors import Actor
from kaogong.foundation.kernel.refusals import NotFound
from kaogong.itembank.selectors import CHINESE, language_name
from kaogong.regulations.selectors import NoProvision, provision
from kaogong.seating.models import PanelMember, Seat, Ticket
from kaogong.seating.selectors.seats import (
    grouped_number,
    seat_map,
    seats_of,
    ticket_numbers,
    ticket_of,
    visible_sitting,
)
from kaogong.sittings import selectors as sittings
from kaogong.sittings.models import Sitting, SittingPart
from kaogong.sittings.selectors import LEVEL_NAMES, PART_NAMES


def ticket_form(actor: Actor, registration_id: UUID) -> AdmissionTicket:
    """The ticket as fields. Raises NotFound when there is none yet or the actor may not see it."""
    ticket = ticket_of(registration_id, actor)
    if ticket is None:
        raise NotFound
    registration = ticket.registration
    sitting = sittings.of_id(registration.sitting_id)
    station = sitting.station.organisation
    return AdmissionTicket(
        issuer=station.name,
        round_title=sitting.round.name,
        name=registration.printed_name,
        masked_id_number=registration.person.document_masked,
        photo=bytes(registration.photo) if registration.photo else None,
        ticket_number=grouped_number(ticket),
        occupation=sitting.round.occupation_name,
        level=LEVEL_NAMES[sitting.round.level],
        parts=tuple(_part(seat, station.name) for seat in seats_of(registration_id)),
        rules=_rules(sitting),
        issued_on=localdate(ticket.published_at),
        qr=ticket.number,
    )


def ticket_pdf(actor: Actor, registration_id: UUID, at: datetime) -> Document:
    """The ticket as a PDF, dated by its publication. Raises NotFound as `ticket_form`."""
    return typeset(ticket_form(actor, registration_id), at=at)


def _part(seat: Seat, place: str) -> TicketPart:
    part = seat.part
    wave = _("（第 {wave} 批）").format(wave=seat.wave) if part.waves > 1 else ""
    return TicketPart(
        part=PART_NAMES[part.part] + wave,
        starts_at=localtime(part.wave_starts_at(seat.wave)),
        ends_at=localtime(part.wave_ends_at(seat.wave)),
        place=place,
        address=seat.room.room.address,
        room=f"{seat.room.number:02d}（{seat.room.room.name}）",
        seat=f"{seat.number:02d}",
    )


def _rules(sitting: Sitting) -> tuple[str, ...]:
    texts = [
        _("凭本准考证和有效身份证件原件入场，两者姓名须一致。"),
        _("请提前到场，按准考证所列考场、座位号就座。"),
        _("手机等通信工具关机后交由监考员集中保管。"),
        _("操作技能考核须按要求穿戴劳动防护用品，遵守安全操作规程。"),
        _("如遇改期，准考证号不变，请留意通知并重新打印。"),
    ]
    try:
        late = provision("delivery.late_entry_minutes", on=sitting.held_on, region_code=sitting.region_code)
    except NoProvision:
        return tuple(texts)
    return (*texts[:2], _("开考 {minutes} 分钟后不得入场。").format(minutes=late.value), *texts[2:])


def attendance_pdf(actor: Actor, room_id: UUID, wave: int, at: datetime) -> Document:
    """The list that the candidates of one room and wave sign. Raises NotFound."""
    shown = seat_map(room_id, wave)
    part = shown.room.part
    sitting = visible_sitting(actor, part.sitting_id)
    given = sorted((seat for row in shown.rows for seat in row if seat), key=lambda seat: seat.number)
    numbers = ticket_numbers([seat.registration_id for seat in given])
    form = AttendanceList(
        station=sitting.station.organisation.name,
        round_title=sitting.round.name,
        sitting_title=sitting.number,
        occupation=sitting.round.occupation_name,
        level=LEVEL_NAMES[sitting.round.level],
        part=PART_NAMES[part.part],
        room=_room_words(shown.room.number, shown.room.room.name, wave, part),
        starts_at=localtime(part.wave_starts_at(wave)),
        ends_at=localtime(part.wave_ends_at(wave)),
        rows=tuple(
            AttendanceRow(
                seat=f"{seat.number:02d}",
                ticket_number=numbers.get(seat.registration_id, ""),
                name=seat.registration.printed_name,
                masked_id_number=seat.registration.person.document_masked,
                remark=_paper_in(seat, part),
            )
            for seat in given
        ),
        invigilators=_watching(part, shown.room.pk),
    )
    return typeset(form, at=at)


def _paper_in(seat: Seat, part: SittingPart) -> str:
    """The language of the candidate's paper, where it is not Chinese."""
    language = seat.registration.language
    return language_name(language).partition("（")[0] if part.part == "theory" and language != CHINESE else ""


def _watching(part: SittingPart, room_id: UUID) -> int:
    found = PanelMember.objects.filter(part=part, room=room_id, role="invigilator", released_at__isnull=True)
    return max(2, found.count())


def _room_words(number: int, name: str, wave: int, part: SittingPart) -> str:
    words = f"{number:02d}（{name}）"
    return _("{room} 第 {wave} 批").format(room=words, wave=wave) if part.waves > 1 else words


def door_pdf(actor: Actor, room_id: UUID, wave: int, at: datetime) -> Document:
    """The sheet on the door of a room: the seats with the names' first character only. Raises NotFound."""
    shown = seat_map(room_id, wave)
    part = shown.room.part
    sitting = visible_sitting(actor, part.sitting_id)
    given = [seat for row in shown.rows for seat in row if seat]
    numbers = ticket_numbers([seat.registration_id for seat in given])
    form = DoorList(
        station=sitting.station.organisation.name,
        round_title=sitting.round.name,
        sitting_title=sitting.number,
        room=_room_words(shown.room.number, shown.room.room.name, wave, part),
        occupations=(f"{sitting.round.occupation_name} {LEVEL_NAMES[sitting.round.level]}",),
        part=PART_NAMES[part.part],
        starts_at=localtime(part.wave_starts_at(wave)),
        ends_at=localtime(part.wave_ends_at(wave)),
        front=_("讲台") if part.part == "theory" else _("考评席"),
        rows=len(shown.rows),
        columns=shown.room.room.columns,
        seats=tuple(
            DoorSeat(
                row=seat.row,
                column=seat.column,
                seat=f"{seat.number:02d}",
                ticket_number=numbers.get(seat.registration_id, ""),
                name=masked_name(seat.registration.printed_name),
            )
            for seat in given
        ),
    )
    return typeset(form, at=at)


def masked_name(name: str) -> str:
    """A name as strangers may read it: its first character, the rest as circles."""
    return name[:1] + "○" * min(len(name) - 1, 2)


def own_tickets(actor: Actor) -> list[Ticket]:
    """The actor's own tickets, the next day first."""
    if actor.person_id is None:
        return []
    found = Ticket.objects.filter(identity.is_human("registration__person", actor.person_id)).select_related(
        "registration__sitting"
    )
    return list(found.defer("registration__photo").order_by("-registration__sitting__held_on"))
