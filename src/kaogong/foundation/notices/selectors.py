"""What others may ask about notices."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from kaogong.foundation.identity import selectors as persons
from kaogong.foundation.kernel.actors import Actor
from kaogong.foundation.notices import policies
from kaogong.foundation.notices.models import Notice
from kaogong.foundation.notices.templates import TEMPLATES

CHANNELS: tuple[tuple[str, str], ...] = tuple(Notice.Channel.choices)
STATES: tuple[tuple[str, str], ...] = (("sent", "已发出"), ("waiting", "待发送"), ("failed", "未能发出"))
SUBJECTS: tuple[tuple[str, str], ...] = tuple((each.event, each.subject) for each in TEMPLATES)
CONTEXT = "notices.notice.to"

_IN_STATE = {
    "sent": Q(sent_at__isnull=False),
    "waiting": Q(sent_at__isnull=True, given_up_at__isnull=True),
    "failed": Q(given_up_at__isnull=False),
}


def notices_for(
    actor: Actor, *, text: str = "", channel: str = "", state: str = "", event: str = ""
) -> QuerySet[Notice]:
    """Notices in the actor's reach, the latest first; `text` looks in the words and the masked address."""
    found = Notice.objects.filter(policies.visible_to(actor))
    if text:
        found = found.filter(Q(text__icontains=text) | Q(to_masked__icontains=text))
    if channel:
        found = found.filter(channel=channel)
    if event:
        found = found.filter(template=event)
    if state in _IN_STATE:
        found = found.filter(_IN_STATE[state])
    return found.order_by("-queued_at", "-pk")


def own_notices(actor: Actor) -> QuerySet[Notice]:
    """What was said to the person who asks, the latest first."""
    if actor.person_id is None:
        return Notice.objects.none()
    return Notice.objects.filter(person_id__in=persons.all_ids(actor.person_id)).order_by("-queued_at", "-pk")


def is_waiting(notice_id: UUID) -> bool:
    """Whether a notice is still to be sent. Without scope: for the background job."""
    return Notice.objects.filter(_IN_STATE["waiting"], pk=notice_id).exists()


def state_of(notice: Notice) -> str:
    """`sent`, `waiting` or `failed`."""
    if notice.sent_at is not None:
        return "sent"
    return "failed" if notice.given_up_at is not None else "waiting"


def given_up_since(moment: datetime) -> int:
    """How many messages were given up since then. Without scope: a count for whoever watches the site."""
    return Notice.objects.filter(given_up_at__gte=moment).count()
