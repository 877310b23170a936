"""What happens to seats, tickets and panels, in the trade's verbs."""

from __future__ import annotations

from kaogong.seating.refusals import (
    AlreadyOnDuty,
    CardMissing,
    CardNotValid,
    LeaderStands,
    MustStandAside,
    NobodyToSeat,
    NoSuchSeat,
    OwnEmployer,
    PanelIncomplete,
    RoomMissing,
    SeatsPublished,
    SeatsStale,
    SeatTaken,
    SeedMissing,
    TicketNumbersExhausted,
    TooFewPlaces,
    UnknownRole,
    WrongRoom,
)
from kaogong.seating.services.appointing import appoint, follow_move, free_panels, release_member
from kaogong.seating.services.arranging import arrange, move_seat, publish

__all__ = [
    "AlreadyOnDuty",
    "CardMissing",
    "CardNotValid",
    "LeaderStands",
    "MustStandAside",
    "NoSuchSeat",
    "NobodyToSeat",
    "OwnEmployer",
    "PanelIncomplete",
    "RoomMissing",
    "SeatTaken",
    "SeatsPublished",
    "SeatsStale",
    "SeedMissing",
    "TicketNumbersExhausted",
    "TooFewPlaces",
    "UnknownRole",
    "WrongRoom",
    "appoint",
    "arrange",
    "follow_move",
    "free_panels",
    "move_seat",
    "publish",
    "release_member",
]
