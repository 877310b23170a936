"""Rounds in the office: the list, drafting step by step, sittings with their rooms, checks, the announcement."""

from __future__ import annotations

from kaogong.web.office.views.rounds.announcing import announce, cancel_round, checks, complete
from kaogong.web.office.views.rounds.drafting import choose, draft
from kaogong.web.office.views.rounds.lists import detail, index
from kaogong.web.office.views.rounds.sittings import cancel_sitting, choose_station, drop, move, plan, sitting

__all__ = [
    "announce",
    "cancel_round",
    "cancel_sitting",
    "checks",
    "choose",
    "choose_station",
    "complete",
    "detail",
    "draft",
    "drop",
    "index",
    "move",
    "plan",
    "sitting",
]
