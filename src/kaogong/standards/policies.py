"""Who may see a standard: everyone a published or withdrawn one; drafts only those who draft or publish."""

from __future__ import annotations

from django.db.models import Q

from kaogong.foundation.kernel.actors import Actor

WORKERS = ("standards.draft", "standards.publish", "reference.load")


def works_on_drafts(actor: Actor) -> bool:
    """Whether the actor drafts or publishes standards. Standards are national: the power must reach everywhere."""
    return any(actor.may(power) for power in WORKERS)


def visible_to(actor: Actor) -> Q:
    """The versions that the actor may see."""
    return Q() if works_on_drafts(actor) else ~Q(state="drafted")
