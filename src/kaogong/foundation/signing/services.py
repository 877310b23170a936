"""What is done with keys: made, turned over, withdrawn; and what they keep moved to the newest. Each leaves its line.

Deeds of the shell: no post holds `keys.turn`. Files do not roll back with a transaction: a key that was made by a deed
which then failed is in force without a line, and `kaogong keys status` says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time

from django.utils import timezone

from kaogong.foundation.kernel import trail
from kaogong.foundation.kernel.actors import Actor
from kaogong.foundation.kernel.clauses import Clause
from kaogong.foundation.kernel.commands import command
from kaogong.foundation.kernel.refusals import HOUSE, Refusal
from kaogong.foundation.signing import custody, keys, ring
from kaogong.foundation.signing.withdrawals import Withdrawal

TURN = "keys.turn"
LEAST_REASON = 4


class NoReason(Refusal):
    """A change of keys without a reason that can be read years later."""

    message = "请写明事由（至少{least}个字）。"
    advice = "例如：年度轮换；王工离职；2026年11月24日失窃。"
    clause = Clause(HOUSE, "keys")
    field = "reason"


class NothingMissing(Refusal):
    """All keys are there."""

    message = "密钥齐全，没有需要制作的。"
    advice = "更换密钥用 kaogong keys rotate。"
    clause = Clause(HOUSE, "keys")


class RingInEnvironment(Refusal):
    """A ring that the environment gives cannot be changed by us."""

    message = "{title}由环境变量 {variable} 给出，命令改不了它。"
    advice = "请把它的值写入文件 {file}（权限 0600），去掉环境变量并重启服务，然后再更换。"
    clause = Clause(HOUSE, "keys")


class KeyUnknown(Refusal):
    """No public key of that id is in the trust list."""

    message = "没有编号为 {key_id} 的签名密钥。"
    advice = "用 kaogong keys status 查看全部编号。"
    clause = Clause(HOUSE, "keys")


class KeyInForce(Refusal):
    """A key that still signs is not withdrawn."""

    message = "{key_id} 仍在使用，不能撤销。"
    advice = "请先用 kaogong keys rotate signing 更换这一用途的密钥。"
    clause = Clause(HOUSE, "keys")


class DayAhead(Refusal):
    """A withdrawal from a day to come."""

    message = "撤销起始日 {day} 在今天之后。"
    advice = "请写密钥最后可信之日的次日，最晚为今天。"
    clause = Clause(HOUSE, "keys")
    field = "since"


@dataclass(frozen=True, slots=True)
class Turned:
    """The id of a key before and after; `old` is empty for a first one."""

    what: str
    old: str
    new: str


@command
def make(*, actor: Actor, at: datetime, reason: str) -> list[Turned]:
    """Make each key that is missing, and say so in the trail; those that are there stay.

    On an empty database this is the beginning. On one in use it says that the old ones are lost for good: what they
    sealed never opens again; signatures hold as long as the public keys are there. Two at once end with the same keys.
    """
    actor.require(TURN)
    _read_reason(reason)
    lacking = custody.missing()
    if not lacking:
        raise NothingMissing
    made = []
    for what in sorted(lacking, key=lambda each: each not in keys.PURPOSES):
        if what in keys.PURPOSES:
            made.append(Turned(what, "", keys.make(what)))
        else:
            taken = {count.key_id for each in custody.holders() for count in each.counts() if count.ring == what}
            made.append(Turned(what, "", ring.make(ring.place(what), taken=frozenset(taken))))
    trail.record(actor=actor, action="signing.keys_made", reason=reason, keys={each.what: each.new for each in made})
    return made


@command
def rotate_signing(*, actor: Actor, at: datetime, purpose: str, reason: str) -> Turned:
    """Begin a new generation for a purpose; the old private key is deleted, its public key stays trusted."""
    actor.require(TURN)
    _read_reason(reason)
    old = keys.current(purpose)
    turned = Turned(purpose, old, keys.rotate(purpose))
    trail.record(actor=actor, action="signing.key_rotated", reason=reason, old_key=turned.old, new_key=turned.new)
    return turned


@command
def rotate_ring(*, actor: Actor, at: datetime, which: str, reason: str) -> Turned:
    """Put a fresh key in front of a ring (`encryption` or `digest`). What lies under the others moves by `reseal`."""
    actor.require(TURN)
    _read_reason(reason)
    place = ring.place(which)
    if place.is_in_environment:
        raise RingInEnvironment(title=place.title, variable=place.variable, file=str(place.file))
    old = ring.load(place).current
    turned = Turned(which, old, ring.rotate(place))
    trail.record(actor=actor, action="signing.ring_rotated", reason=reason, old_key=turned.old, new_key=turned.new)
    return turned


@command
def reseal(*, actor: Actor, at: datetime, holder: str, after: custody.RowId | None, limit: int = 500) -> custody.Moved:
    """Move the next rows of one holder to the current keys, while the site runs.

    Rows that others hold at this moment are passed over: ask again from the beginning until none waits. Two at once
    share the work. What was moved stays moved when it stops in the middle.
    """
    actor.require(TURN)
    moved = custody.holder(holder).move(after=after, limit=limit)
    current = {place.key: ring.load(place).current for place in ring.PLACES}
    trail.record(
        actor=actor, action="signing.resealed", holder=holder, rows=moved.rows, faults=moved.faults, keys=current
    )
    return moved


@command
def withdraw(*, actor: Actor, at: datetime, key_id: str, since: date, reason: str) -> Withdrawal:
    """Trust a retired signing key no more for what is dated that day or later. Cannot be taken back.

    Refused for a key in force, an unknown one, and a day to come.
    """
    actor.require(TURN)
    _read_reason(reason)
    if key_id not in keys.known():
        raise KeyUnknown(key_id=key_id)
    if key_id == keys.current(key_id.partition("-")[0]):
        raise KeyInForce(key_id=key_id)
    if since > timezone.localtime(at).date():
        raise DayAhead(day=since)
    moment = timezone.make_aware(datetime.combine(since, time.min), timezone.get_default_timezone())
    withdrawal = keys.withdraw(key_id, since=moment, reason=reason, at=at)
    trail.record(actor=actor, action="signing.key_withdrawn", reason=reason, key=key_id, since=since, by=withdrawal.by)
    return withdrawal


def _read_reason(reason: str) -> None:
    if len(reason.strip()) < LEAST_REASON:
        raise NoReason(least=LEAST_REASON)
