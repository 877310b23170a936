"""Places of a sitting are claimed and given back. Called by `registration` inside its own command."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import Exists, F, OuterRef
from django.utils.timezone import localtime

from kaogong.foundation.kernel import trail
from kaogong.foundation.kernel.actors import Actor
from kaogong.foundation.kernel.commands import command
from kaogong.foundation.kernel.refusals import NotFound
from kaogong.sittings import selectors
from kaogong.sittings.models import Round, Sitting
from kaogong.sittings.services import refusals


@command
def claim_place(*, actor: Actor, at: datetime, sitting_id: UUID, count: int = 1) -> None:
    """Take `count` places of a sitting, all or none, if the round is open at that moment and they are free.

    One conditional UPDATE: of two at once for the last place exactly one gets it, the other RoundFull. Raises
    RoundNotOpen, RoundClosed or RoundFull, and NotFound for a sitting that was never announced.
    """
    open_round = Round.objects.filter(
        pk=OuterRef("round"), state="announced", applications_from__lte=at, applications_until__gt=at
    )
    # No join: PostgreSQL looks again at the row's own columns after waiting for a rival, not at joined ones.
    taken = Sitting.objects.filter(
        Exists(open_round), pk=sitting_id, state="scheduled", claimed__lte=F("capacity") - count
    ).update(claimed=F("claimed") + count)
    if not taken:
        raise _why_not(sitting_id, at)
    trail.record(actor=actor, action="sittings.place_claimed", sitting=sitting_id, count=count)


def _why_not(sitting_id: UUID, at: datetime) -> Exception:
    sitting = selectors.of_id(sitting_id)
    round_ = sitting.round
    if round_.announced_at is None:
        return NotFound()
    if at < round_.applications_from:
        opens = f"{localtime(round_.applications_from):%Y-%m-%d %H:%M}"
        return refusals.RoundNotOpen(number=round_.number, opens=opens)
    if round_.state != "announced" or sitting.state != "scheduled" or at >= round_.applications_until:
        closed = f"{localtime(round_.applications_until):%Y-%m-%d %H:%M}"
        return refusals.RoundClosed(number=round_.number, closed=closed)
    return refusals.RoundFull(number=sitting.number, capacity=sitting.capacity)


@command
def release_place(*, actor: Actor, at: datetime, sitting_id: UUID, count: int = 1) -> None:
    """Give places back. Raises NotFound when fewer than `count` were claimed, which would be a mistake of ours."""
    given_back = Sitting.objects.filter(pk=sitting_id, claimed__gte=count).update(claimed=F("claimed") - count)
    if not given_back:
        raise NotFound
    trail.record(actor=actor, action="sittings.place_released", sitting=sitting_id, count=count)
