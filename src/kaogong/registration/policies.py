"""Who may see an application: the candidate, the office of its territory or body, and the school that entered it."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db.models import Q

from kaogong.foundation.audit import selectors as audit
from kaogong.foundation.identity import selectors as identity
from kaogong.foundation.kernel.actors import Actor, Reach, service
from kaogong.foundation.kernel.refusals import NotPermitted
from kaogong.foundation.kernel.scope import within
from kaogong.registration.models import Registration, Roster
from kaogong.sittings import selectors as sittings

TRAIL = service("经手核对", "audit.read")
FILLING_IN = (
    "registration.claimed",
    "registration.parts_chosen",
    "registration.photo_set",
    "registration.evidence_handed_in",
    "registration.evidence_removed",
)
"""Lines of whoever wrote into an application that somebody else began and handed in."""
SEEING = ("registration.see", "registration.enter", "registration.decide", "registration.collect_fee")


def reach_of(actor: Actor, *powers: str) -> Reach:
    """How far `powers` (by default any power over registrations) reach together."""
    total = Reach()
    for power in powers or SEEING:
        total |= actor.reach(power)
    return total


def visible_to(actor: Actor, *powers: str) -> Q:
    """Applications within reach by territory, by responsible body or by the school, and the actor's own."""
    reach = reach_of(actor, *powers)
    found = within(reach)
    if reach.organisations:
        found |= Q(through__in=reach.organisations) | Q(sitting__station__organisation__in=reach.organisations)
    if actor.person_id is not None and not powers:
        found |= Q(person=actor.person_id)
    return found


def rosters_visible_to(actor: Actor) -> Q:
    """Lists for sittings of the territory or of a station in reach, and those of the actor's own body."""
    reach = reach_of(actor, "registration.enter", "registration.decide")
    found = within(reach, region="sitting__region_code", organisation="sitting__organisation")
    if reach.organisations:
        found |= Q(organisation__in=reach.organisations) | Q(sitting__station__organisation__in=reach.organisations)
    return found


def may_enter_list(actor: Actor, roster: Roster) -> bool:
    """Whether the actor may go on with a list: for her school or employer, or over the sitting."""
    if roster.is_through:
        return actor.may("registration.enter", organisation=roster.organisation_id)
    return sittings.may(actor, "registration.enter", roster.sitting)


def is_own(actor: Actor, registration: Registration) -> bool:
    """Whether it is the actor's own application."""
    return actor.person_id is not None and actor.person_id == registration.person_id


def may_enter(actor: Actor, registration: Registration) -> bool:
    """Whether the actor may fill in, submit and withdraw it: the candidate, the station, or the school behind it."""
    if is_own(actor, registration):
        return True
    by_school = registration.through_id is not None and actor.may(
        "registration.enter", organisation=registration.through_id
    )
    return by_school or sittings.may(actor, "registration.enter", registration.sitting)


def require_enter(actor: Actor, registration: Registration) -> None:
    """Raise NotPermitted unless the actor may fill it in."""
    if not may_enter(actor, registration):
        raise NotPermitted(power="registration.enter")


def had_a_hand_in(actor: Actor, registration: Registration) -> bool:
    """Whether the actor applied, entered, filled in or submitted it: such a one may not decide it."""
    hands = {registration.entered_by, registration.submitted_by} - {None}
    # Under whichever record: after a merge her own application may stand under the one that was given up.
    herself = set(identity.all_ids(actor.person_id)) if actor.person_id else set()
    if registration.person_id in herself or actor.account_id in hands:
        return True
    lines = audit.entries(actor=TRAIL, target_id=str(registration.pk), is_refused=False)
    return actor.account_id is not None and lines.filter(account_id=actor.account_id, action__in=FILLING_IN).exists()


def those_with_own_hand(actor: Actor, registrations: Sequence[Registration]) -> set[UUID]:
    """The same for many at once, in a few queries: the applications that the actor may not decide."""
    herself = set(identity.all_ids(actor.person_id)) if actor.person_id else set()
    found = {
        each.pk
        for each in registrations
        if each.person_id in herself or actor.account_id in {each.entered_by, each.submitted_by} - {None}
    }
    if actor.account_id is not None:
        ids = {str(each.pk): each.pk for each in registrations}
        lines = audit.entries(actor=TRAIL, is_refused=False).filter(
            account_id=actor.account_id, action__in=FILLING_IN, target_id__in=ids
        )
        found |= {ids[target] for target in lines.values_list("target_id", flat=True)}
    return found


def require(actor: Actor, power: str, registration: Registration) -> None:
    """Raise NotPermitted unless the actor holds `power` over the sitting that was applied for."""
    if not sittings.may(actor, power, registration.sitting):
        raise NotPermitted(power=power)
