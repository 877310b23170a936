"""What happens in calibration: a run is ordered, and a run is made, whose findings go to the item bank."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext_noop as _
from procrastinate.contrib.django import app

from kaogong.calibration import gathering, scale
from kaogong.calibration.gathering import Gathered, Progress, Scope
from kaogong.calibration.models import Run
from kaogong.calibration.rules.analysing import PURPOSES, Findings, ItemFindings, analyse
from kaogong.foundation.kernel import trail
from kaogong.foundation.kernel.actors import Actor, service
from kaogong.foundation.kernel.clauses import Clause
from kaogong.foundation.kernel.commands import command
from kaogong.foundation.kernel.refusals import NotPermitted, Refusal
from kaogong.itembank import services as bank
from kaogong.itembank.policies import Home, home_of
from psychometrics import irt

POWER = "itembank.calibrate"
CLAUSE = Clause("kaogong-itembank-rules", "calibration")
READER = service("题库定标：读取作答", "scoring.mark")
"""Keys are read by the system for the run: whoever orders one sees figures, never a key or a person's answers."""


class NothingToCalibrate(Refusal):
    """No sealed answers of published sittings in the window."""

    message = _("{since} 至 {until} 没有可用于定标的作答（场次须已结束并发布成绩）。")
    advice = _("请放宽日期范围，或等成绩发布后再定标。")
    clause = CLAUSE


class WrongWindow(Refusal):
    """The window ends before it begins, or the purpose is none."""

    message = _("定标的日期范围或目的不对。")
    advice = _("开始日期不晚于结束日期；目的为试测或在用监测。")
    clause = CLAUSE
    field = "until"


@dataclass(frozen=True)
class Outcome:
    """A run made: None for `run` when it was only to be looked at."""

    run: Run | None
    findings: Findings
    gathered: Gathered
    ended: int


@command
def order_run(
    *, actor: Actor, at: datetime, occupation_code: str, level: int, purpose: str, since: date, until: date
) -> None:
    """Have a run made in the background (task `calibration.run`), in the actor's name and for her bank's home.

    Raises NotPermitted, WrongWindow. Two at once make two runs: statistics are appended, the newest counts.
    """
    home = _home(actor)
    _require_window(purpose, since, until)
    trail.record(
        actor=actor,
        action="calibration.ordered",
        occupation=occupation_code,
        level=level,
        purpose=purpose,
        since=since,
        until=until,
    )
    app.configure_task("calibration.run").defer(
        occupation_code=occupation_code,
        level=level,
        purpose=purpose,
        since=since.isoformat(),
        until=until.isoformat(),
        region_code=home.region_code,
        organisation_id=str(home.organisation_id or ""),
        ordered_by=actor.name,
    )


@command
def run(
    *,
    actor: Actor,
    at: datetime,
    occupation_code: str,
    level: int,
    purpose: str,
    since: date,
    until: date,
    home: Home | None = None,
    ordered_by: str = "",
    keep: bool = True,
    progress: Progress | None = None,
) -> Outcome:
    """Calibrate the items of a bank on the sealed answers of a window, and report to the bank what was learnt.

    With `keep` false nothing is written but the line in the trail that says the answers were read. `home` narrows the
    sittings to a territory or body; only the system may choose it. Two at once in one bank: the second waits until the
    first is written, and stands on the scale that it founded; answers are read before. What rulings made of keys holds.
    Raises NotPermitted, WrongWindow, NothingToCalibrate.
    """
    own = _home(actor)
    where = home if home is not None and actor.kind == "service" else own
    _require_window(purpose, since, until)
    scope = Scope(occupation_code, level, since, until, where)
    gathered = gathering.gather(READER, scope, progress)
    if gathered is None:
        raise NothingToCalibrate(since=since.isoformat(), until=until.isoformat())
    if keep:
        _lock_scale(occupation_code, level)
    on = timezone.localdate(at)
    findings = analyse(gathered.answers, purpose, _known(gathered), scale.settings_on(occupation_code, on), progress)
    if not keep:
        trail.record(actor=actor, action="calibration.run", kept=False, cases=_cases(gathered), digest=gathered.digest)
        return Outcome(None, findings, gathered, 0)
    made = Run.objects.create(
        occupation_code=occupation_code,
        level=level,
        purpose=purpose,
        since=since,
        until=until,
        sittings=gathered.sittings,
        cases=_cases(gathered),
        items=len(findings.items),
        model=findings.model,
        digest=gathered.digest,
        report=dict(findings.report) | {"left_out": dict(gathered.left_out), "rulings": list(gathered.rulings)},
        region_code=where.region_code,
        organisation_id=where.organisation_id,
        run_at=at,
        run_by=ordered_by or actor.name,
    )
    ended = bank.record_statistics(
        actor=actor, at=at, run_id=made.pk, purpose=purpose, rows=[_learnt(each) for each in findings.items]
    )
    trail.record(
        actor=actor, action="calibration.run", target=made, cases=made.cases, items=made.items, digest=made.digest
    )
    return Outcome(made, findings, gathered, ended)


def _lock_scale(occupation_code: str, level: int) -> None:
    """Let one run at a time stand on a bank's scale, until the transaction ends: two would found two scales."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"calibration:{occupation_code}:{level}"]
        )


def _home(actor: Actor) -> Home:
    """Whose bank the actor calibrates for. Raises NotPermitted."""
    if not actor.holds(POWER):
        raise NotPermitted(power=POWER)
    return home_of(actor, POWER)


def _require_window(purpose: str, since: date, until: date) -> None:
    if purpose not in PURPOSES or since > until:
        raise WrongWindow


def _cases(gathered: Gathered) -> int:
    return gathered.answers.responses.n_persons


def _known(gathered: Gathered) -> irt.Items | None:
    """Parameters of the items in use that the bank knows; None when it knows none."""
    answers = gathered.answers
    return scale.known_items(
        [UUID(name) for name, is_trial in zip(answers.responses.items, answers.is_trial, strict=True) if not is_trial]
    )


def _learnt(found: ItemFindings) -> bank.Learnt:
    return bank.Learnt(
        version_id=UUID(found.name),
        cases=found.cases,
        p=found.p,
        r=found.r,
        upper_lower=found.upper_lower,
        model=found.model,
        a=found.a,
        b=found.b,
        se_a=found.se_a,
        se_b=found.se_b,
        exposure=found.exposure,
        uses=found.uses,
        drift=found.drift,
        dif=found.dif,
        flags=found.flags,
    )
