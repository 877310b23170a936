"""The way of an application: its steps, which are done, and where one goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _

from kaogong.registration import selectors
from kaogong.web.ui.shapes import Step

if TYPE_CHECKING:
    from uuid import UUID

    from kaogong.foundation.kernel.actors import Actor
    from kaogong.registration.models import Registration

STEPS = ("parts", "where", "condition", "facts", "evidence", "photo", "check")


def labels() -> dict[str, str]:
    """What each step is called."""
    return {
        "parts": _("科目"),
        "where": _("所在地"),
        "condition": _("申报条件"),
        "facts": _("经历"),
        "evidence": _("材料"),
        "photo": _("照片"),
        "check": _("核对提交"),
    }


def address(step: str, registration_id: UUID) -> str:
    """Where a step is answered."""
    return reverse(f"candidate:registration-{step}", args=[registration_id])


def done(registration: Registration, *, has_photo: bool, papers: int) -> dict[str, bool]:
    """Which steps have their answer."""
    verdict = selectors.verdict_words(registration)
    chosen = verdict.chosen
    return {
        "parts": bool(registration.parts),
        "where": bool(registration.source),
        "condition": bool(registration.condition_code),
        "facts": bool(chosen and chosen.is_met and not verdict.faults),
        "evidence": papers > 0,
        "photo": has_photo,
        "check": registration.state not in {"drafted", "returned"},
    }


def steps(actor: Actor, registration: Registration, current: str) -> list[Step]:
    """The stepper: what is done can be gone back to."""
    answered = answers_given(actor, registration)
    names = labels()
    return [
        Step(
            names[step],
            "current" if step == current else "done" if answered[step] else "todo",
            address(step, registration.pk) if answered[step] and step != current else "",
        )
        for step in STEPS
    ]


def answers_given(actor: Actor, registration: Registration) -> dict[str, bool]:
    """Which steps have their answer, looked up."""
    has_photo = selectors.photo_of(actor, registration.pk) is not None
    return done(registration, has_photo=has_photo, papers=len(selectors.evidence_of(actor, registration.pk)))


def next_step(actor: Actor, registration: Registration, after: str = "") -> str:
    """The address of the step that follows `after`, or of the first without an answer."""
    if after:
        return address(STEPS[STEPS.index(after) + 1], registration.pk)
    answered = answers_given(actor, registration)
    return address(next((step for step in STEPS if not answered[step]), "check"), registration.pk)
