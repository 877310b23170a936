"""Background work on the trail: sealing every minute, checking every night or when asked."""

from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app

from kaogong.foundation.audit import selectors, services, verification
from kaogong.foundation.kernel.actors import service

SEALER = service("轨迹封存", services.SEAL)
CHECKER = service("轨迹核验", services.READ, services.SEAL)


@app.periodic(cron="* * * * *", periodic_id="audit.seal")
@app.task(name="audit.seal", queueing_lock="audit.seal", pass_context=False)
def seal(timestamp: int = 0) -> int:
    """Seal what waits, run after run until nothing does; returns how many lines were sealed."""
    total = 0
    while selectors.has_deeds_to_seal():
        outcome = services.seal(actor=SEALER, at=timezone.now())
        total += outcome.lines
        if not outcome.lines:
            break
    return total


@app.periodic(cron="30 2 * * *", periodic_id="audit.check")
@app.task(name="audit.check", queueing_lock="audit.check")
def check(timestamp: int = 0) -> int:
    """Verify the whole trail and keep the report; returns how many findings there were."""
    started_at = timezone.now()
    report = verification.verify()
    services.keep_check(actor=CHECKER, at=timezone.now(), started_at=started_at, report=report)
    return len(report.findings)
