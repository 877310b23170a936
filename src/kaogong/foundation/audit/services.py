"""What is done to the trail as a whole: sealing it, and checking it. Lines are written only through `@command`."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from kaogong.foundation.audit import sealing
from kaogong.foundation.audit.models import Check
from kaogong.foundation.audit.verification import Report
from kaogong.foundation.kernel import trail
from kaogong.foundation.kernel.actors import Actor
from kaogong.foundation.kernel.commands import command
from kaogong.foundation.kernel.refusals import NotPermitted

READ, SEAL = "audit.read", "audit.seal"
FINDINGS_KEPT = 1000


@command
def seal(*, actor: Actor, at: datetime) -> sealing.Outcome:
    """Seal the lines that are committed for good. Two at once take turns; the second seals what is left.

    Refused lines (without a valid signature) are named in the trail.
    """
    actor.require(SEAL)
    outcome = sealing.run(at=at)
    trail.record(
        actor=actor,
        action="audit.sealed",
        seals=[each.number for each in outcome.seals],
        lines=outcome.lines,
        refused_lines=[str(each) for each in outcome.refused[:FINDINGS_KEPT]],
    )
    return outcome


@command
def ask_for_check(*, actor: Actor, at: datetime) -> bool:
    """Have the whole trail checked in the background. False when a check is already waiting."""
    if not actor.holds(READ):  # a check covers the whole trail and tells nothing of what is beyond one's reach
        raise NotPermitted(power=READ)
    trail.record(actor=actor, action="audit.check_asked")
    try:
        with transaction.atomic():  # a second one in the queue breaks only the savepoint
            app.configure_task("audit.check", queueing_lock="audit.check").defer()
    except AlreadyEnqueued:
        return False
    return True


@command
def keep_check(*, actor: Actor, at: datetime, started_at: datetime, report: Report) -> Check:
    """Keep what a verification found. `at` is when it ended."""
    actor.require(SEAL)
    check = Check.objects.create(
        started_at=started_at,
        finished_at=at,
        lines=report.lines,
        seals=report.seals,
        waiting=report.waiting,
        finding_count=len(report.findings),
        findings=[
            {"kind": each.kind, "entry_id": str(each.entry_id or ""), "seal": each.seal, "words": each.words}
            for each in report.findings[:FINDINGS_KEPT]
        ],
        notes=report.notes,
    )
    trail.record(
        actor=actor, action="audit.checked", lines=report.lines, seals=report.seals, findings=len(report.findings)
    )
    return check
