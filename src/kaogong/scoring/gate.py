"""What every deed of scoring asks first: the power over the sitting, and that nobody decides on herself."""

from __future__ import annotations

from kaogong.foundation.identity import selectors as identity
from kaogong.foundation.kernel.actors import Actor
from kaogong.foundation.kernel.refusals import NotPermitted
from kaogong.registration.models import Registration
from kaogong.regulations.selectors import Provision, provision
from kaogong.scoring.refusals import MarkedByOneself
from kaogong.sittings import selectors as sittings
from kaogong.sittings.models import Sitting


def figure(key: str, sitting: Sitting) -> Provision:
    """A figure of the rule library, for the sitting's day, place, track and occupation. Raises NoProvision."""
    round_ = sitting.round
    return provision(
        key,
        on=sitting.held_on,
        region_code=sitting.region_code,
        track=round_.track,
        occupation_code=round_.occupation_code,
    )


def require(actor: Actor, power: str, sitting: Sitting) -> None:
    """Raise NotPermitted without the power there, MarkedByOneself for somebody who sits there herself."""
    if not sittings.may(actor, power, sitting):
        raise NotPermitted(power=power)
    herself = identity.is_human("person", actor.person_id)
    if Registration.objects.filter(herself, sitting=sitting).exists():
        raise MarkedByOneself
