"""Seats, panels and tickets on the office desk."""

from kaogong.web.office.views.seating.arranging import arrange, index, plan, publish
from kaogong.web.office.views.seating.moving import move_seat
from kaogong.web.office.views.seating.people import appoint, people, release
from kaogong.web.office.views.seating.printing import attendance, door

__all__ = [
    "appoint",
    "arrange",
    "attendance",
    "door",
    "index",
    "move_seat",
    "people",
    "plan",
    "publish",
    "release",
]
