"""What the papers of the drawn tasks say about their sitting, and from when the station may prepare."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.timezone import localtime

from kaogong.foundation.documents.forms import Fact
from kaogong.itembank.selectors import Occasion
from kaogong.regulations.selectors import provision
from kaogong.sittings import selectors as sittings
from kaogong.sittings.models import SittingPart


def preparation_since(part: SittingPart) -> datetime:
    """The moment from which the preparation notice may be printed: midnight, so many days before the part's day."""
    day = localtime(part.starts_at).replace(hour=0, minute=0, second=0, microsecond=0)
    rule = provision("delivery.preparation_notice_days", on=day.date(), region_code=part.sitting.region_code)
    return day - timedelta(days=int(rule.value))


def occasion_of(part: SittingPart) -> Occasion:
    """Where and when the drawn tasks are worked on."""
    sitting = part.sitting
    start, end = localtime(part.starts_at), localtime(part.ends_at)
    rooms = "、".join(f"{room.room.name}（{room.places} 个工位）" for room in sittings.rooms_of(part.pk))
    return Occasion(
        station=sitting.station.organisation.name,
        round_title=sitting.round.name,
        sitting_title=sitting.number,
        facts=(
            Fact(label="场次", value=sitting.number),
            Fact(label="考核时间", value=f"{start:%Y年%-m月%-d日 %H:%M} 至 {end:%H:%M}，分 {part.waves} 批"),
            Fact(label="考场", value=rooms),
        ),
    )
