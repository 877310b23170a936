"""Reckoning: after a restore, what is known to be out of each counter, so that no number is given twice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_noop as _

from kaogong.certificates import numbers
from kaogong.certificates.models import Reckoning
from kaogong.certificates.rules import LEVEL_NAMES, generate, regime_of
from kaogong.certificates.selectors import counters
from kaogong.certificates.services.refusals import NumbersUsedUp
from kaogong.foundation.audit import restores
from kaogong.foundation.kernel import trail
from kaogong.foundation.kernel.actors import Actor
from kaogong.foundation.kernel.clauses import Clause
from kaogong.foundation.kernel.commands import command
from kaogong.foundation.kernel.refusals import Refusal
from kaogong.regulations.selectors import provision

AFTER_RESTORE = Clause("kaogong-certificates-rules", "after-restore")


class NothingRestored(Refusal):
    """Numbers are skipped only after a restore: in ordinary times none may be."""

    message = _("没有登记过数据库恢复，编号不能跳过。")
    advice = _("恢复备份后，请先用 scripts/note-restore 登记，再清点编号。")
    clause = AFTER_RESTORE


class NotBack(Refusal):
    """The register has already given more than what is said to be the last."""

    message = _("登记簿已编到 {given}，清点的最后一号 {last} 比它小；编号只进不退。")
    advice = _("确无更大的号发出的，请填登记簿的最后一号；若该号另有持证人，就是重号，请撤销后发的一本并另行核发。")
    clause = AFTER_RESTORE
    field = "last"


class BasisTooShort(Refusal):
    """What is known to be out rests on something that is written down: print shop, stock book, verification log."""

    message = _("请写明清点的依据（不少于 {least} 个字）：印制单位、领用登记、查询记录或持证人来函。")
    advice = _("依据写入登记簿，长期保存。")
    clause = AFTER_RESTORE
    field = "basis"


@dataclass(frozen=True, slots=True)
class Reckoned:
    """What a reckoning did: its record, and how many numbers were given since the restore before it was known."""

    reckoning: Reckoning
    given_since: int


@command
def reckon_numbers(
    *, actor: Actor, at: datetime, regime: str, year: int, body_code: str, level: int, last: int, basis: str
) -> Reckoned:
    """Say that numbers up to `last` are known to be out of a counter, and on what basis; opens it after a restore.

    The counter goes on after `last`; what it had not given itself stands as unaccounted since the restore. It waits
    for whoever is numbering from the counter, and whoever comes meanwhile waits for it. May be said again when a
    higher number turns up. Needs `certificates.reckon` over the body that appraises. Raises NotBack for less than
    the register has given.
    """
    of = regime_of(regime)
    body = counters.body_of(actor, body_code)
    actor.require("certificates.reckon", region=body.region_code, organisation=body.pk)
    restore = restores.last()
    if restore is None:
        raise NothingRestored
    least = provision("certificates.basis_length", on=restore.on, region_code=body.region_code).number
    if len(basis.strip()) < least:
        raise BasisTooShort(least=least)
    counter: dict[str, Any] = {"year": year, "body_code": body_code, "level": level}
    try:
        first = numbers.skip_to(of, **counter, last=last)
    except numbers.UsedUp as error:
        raise NumbersUsedUp(
            clause=of.clause, body=body.name, year=year, level=LEVEL_NAMES[level], capacity=of.capacity
        ) from error
    if first > last + 1:
        given = generate(of, **counter, running=first - 1)
        raise NotBack(given=given, last=generate(of, **counter, running=last) if last > 0 else 0)
    own = {"regime": of.key, **counter, "restore_id": restore.id}
    before = Reckoning.objects.filter(**own).order_by("-last").first()
    reckoning = Reckoning.objects.create(
        **own,
        restored_at=restore.at,
        body=body,
        first=first,
        last=last,
        basis=basis.strip()[:300],
        region_code=body.region_code,
        reckoned_at=at,
        reckoned_by=actor.name,
    )
    given_since = first - 1 - before.last if before else 0
    trail.record(
        actor=actor,
        action="certificates.numbers_reckoned",
        target=reckoning,
        reason=basis.strip(),
        restore=restore.id,
        body_code=body_code,
        year=year,
        level=level,
        first=first,
        last=last,
        given_since=given_since,
    )
    return Reckoned(reckoning, given_since)
