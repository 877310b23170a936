"""Who may see and arrange the seats of a sitting: its office, its station, and the members of its panel."""

from __future__ import annotations

from kaogong.foundation.kernel.actors import Actor
from kaogong.foundation.kernel.refusals import NotPermitted
from kaogong.seating.models import PanelMember
from kaogong.sittings import selectors as sittings
from kaogong.sittings.models import Sitting

SEEING = ("seating.see", "seating.arrange", "seating.appoint", "delivery.run", "delivery.deliver", "delivery.see")


def may_see(actor: Actor, sitting: Sitting) -> bool:
    """Whether the actor may see all seats of the sitting: by a power over it, or as a member of its panel."""
    if any(sittings.may(actor, power, sitting) for power in SEEING):
        return True
    return is_on_duty(actor, sitting)


def is_on_duty(actor: Actor, sitting: Sitting) -> bool:
    """Whether the actor is a live member of a panel of the sitting."""
    if actor.person_id is None:
        return False
    return PanelMember.objects.filter(part__sitting=sitting, person=actor.person_id, released_at__isnull=True).exists()


def require(actor: Actor, power: str, sitting: Sitting) -> None:
    """Raise NotPermitted unless the actor holds `power` over the sitting."""
    if not sittings.may(actor, power, sitting):
        raise NotPermitted(power=power)
