"""Who may see and run a part: its panel, the station that holds it, the office of its territory; who sits it."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.db.models import Q

from kaogong.delivery.models import Attempt
from kaogong.foundation.identity import selectors as identity
from kaogong.foundation.kernel.actors import Actor
from kaogong.foundation.kernel.refusals import NotPermitted
from kaogong.foundation.kernel.scope import NOTHING
from kaogong.seating.models import PanelMember
from kaogong.sittings import selectors as sittings
from kaogong.sittings.models import SittingPart

RUNNING = ("leader", "examiner", "invigilator")
ASSESSING = ("leader", "examiner")
SEEING = ("delivery.see", "delivery.run", "delivery.deliver", "scoring.mark", "scoring.see")


def duties(actor: Actor, part_id: UUID, roles: Collection[str] = RUNNING) -> list[PanelMember]:
    """The actor's own places on the panel of a part, in those roles, not released."""
    if actor.person_id is None:
        return []
    mine = identity.is_human("person", actor.person_id)
    found = PanelMember.objects.filter(mine, part=part_id, released_at__isnull=True, role__in=roles)
    return list(found.select_related("room"))


def parts_visible_to(actor: Actor, *powers: str) -> Q:
    """Parts (of `SittingPart`) of sittings within reach of those powers, and parts that the actor is on duty at."""
    found = Q(sitting__in=sittings.sittings_for(actor, *(powers or SEEING)).order_by().values("pk"))
    return found | (Q(pk__in=_on_duty(actor)) if actor.person_id else NOTHING)


def attempts_visible_to(actor: Actor) -> Q:
    """Attempts of parts within reach, and the actor's own."""
    within = Q(part__in=SittingPart.objects.filter(parts_visible_to(actor)).values("pk"))
    return within | identity.is_human("registration__person", actor.person_id)


def may_run(actor: Actor, part: SittingPart) -> bool:
    """Whether the actor runs the part: on its panel, or at its station or office with `delivery.run`."""
    return bool(duties(actor, part.pk)) or sittings.may(actor, "delivery.run", part.sitting)


def require_run(actor: Actor, part: SittingPart) -> None:
    """Raise NotPermitted unless the actor runs the part."""
    if not may_run(actor, part):
        raise NotPermitted(power="delivery.run")


def require_run_for(actor: Actor, attempt: Attempt) -> None:
    """Raise NotPermitted unless the actor runs the part, and is not the candidate: nobody runs the own exam."""
    require_run(actor, attempt.part)
    if is_own(actor, attempt):
        raise NotPermitted(power="delivery.run")


def is_own(actor: Actor, attempt: Attempt) -> bool:
    """Whether it is the actor's own attempt, under her record or one that was merged into it."""
    sitting_it = attempt.registration.person
    return actor.person_id is not None and actor.person_id in {sitting_it.pk, sitting_it.merged_into_id}


def _on_duty(actor: Actor) -> object:
    found = PanelMember.objects.filter(identity.is_human("person", actor.person_id), released_at__isnull=True)
    return found.order_by().values("part")
