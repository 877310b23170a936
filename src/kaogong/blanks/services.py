"""What happens to blanks: ordered, received, transferred, taken for printing, spoilt, destroyed.

Every deed holds the lock of the bodies it touches until it ends, so two that take at once get different serials: the
second waits for the first and then takes what follows.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_noop as _

from kaogong.blanks import booking, rules, selectors
from kaogong.blanks.booking import Account
from kaogong.blanks.events import BlanksReceived, BlanksSpoilt, BlanksTransferred
from kaogong.blanks.models import Movement, Place, Series, StockCount
from kaogong.foundation.audit import restores
from kaogong.foundation.kernel import trail
from kaogong.foundation.kernel.actors import Actor
from kaogong.foundation.kernel.clauses import Clause
from kaogong.foundation.kernel.commands import command
from kaogong.foundation.kernel.refusals import NotPermitted, Refusal
from kaogong.foundation.organisations import selectors as organisations
from kaogong.foundation.organisations.models import Organisation
from kaogong.foundation.outbox import announcing

HOUSE = "kaogong-blanks-rules"
TAKING = ("certificates.issue", "certificates.replace", "certificates.print", "blanks.move")


class SeriesExists(Refusal):
    """Another printing bears the key."""

    message = _("印制批 {key} 已经登记。")
    advice = _("请核对印制批编号；同一批分几次到货时直接办理入库。")
    clause = Clause(HOUSE, "series")
    field = "key"


class SeriesWrong(Refusal):
    """The prefix or the width is not one that can be printed."""

    message = _("印制批 {key} 的{what}不成立：{reason}。")
    advice = _("请按空白证书上印的流水码填写字头和位数。")
    clause = Clause(HOUSE, "series")


class RangeWrong(Refusal):
    """The range is empty, begins below 1 or has more digits than the series."""

    message = _("流水码区间 {first}–{last} 不成立：{reason}。")
    advice = _("请核对起止流水码。")
    clause = Clause(HOUSE, "series")
    field = "last"


class AlreadyReceived(Refusal):
    """Some of the range was received before: wherever it is now, it is never received again."""

    message = _("{overlap} 已经入过库，不能再次入库。")
    advice = _("请核对到货单；如曾调出，请由原持有机构调回。")
    clause = Clause(HOUSE, "never-again")
    field = "first"


class NotHeld(Refusal):
    """The range, or part of it, is not where the deed would take it from."""

    message = _("{serials} 中有流水码不在“{organisation}”的{place}中。")
    advice = _("请在台账中查看该区间现在何处；可能刚被他人调出或使用。")
    clause = Clause(HOUSE, "ledger")
    field = "first"


class StockEmpty(Refusal):
    """The body has fewer blanks in stock than are needed."""

    message = _("“{organisation}”的空白证书库存不足：需要 {needed} 本，现有 {available} 本。")
    advice = _("请先申领或调拨空白证书。")
    clause = Clause(HOUSE, "lowest-first")


class NotCounted(Refusal):
    """After a restore the shelf is counted before anything is taken from it: the ledger lacks what was used since."""

    message = _("数据库由备份恢复后，“{organisation}”的{series}尚未盘点，不能取用。")
    advice = _("请由空白证书保管岗位清点架上实数，登记盘点后再办理。")
    clause = Clause(HOUSE, "after-restore")


class NothingRestored(Refusal):
    """A count that books blanks as used belongs to a restore; in ordinary times the ledger knows."""

    message = _("没有登记过数据库恢复，不需要恢复后的盘点。")
    advice = _("账实不符时，请查台账，按调拨或作废办理。")
    clause = Clause(HOUSE, "after-restore")


class CountDiffers(Refusal):
    """What was counted cannot be explained by blanks taken in order since the backup."""

    message = _("{series}盘点 {counted} 本、最小流水码 {lowest}，与台账不符：{reason}。")
    advice = _("请核对实物；恢复前另有入库、调拨或作废的，先按流水码区间补记，再盘点。")
    clause = Clause(HOUSE, "after-restore")
    field = "counted"


class ReasonMissing(Refusal):
    """Blanks are spoilt and destroyed for a reason that is written down."""

    message = _("请写明{what}的原因。")
    advice = _("原因和流水码一并备案。")
    clause = Clause("bilingual-certificate", "spoilt")
    field = "reason"


class SameBody(Refusal):
    """A transfer goes to another body."""

    message = _("“{organisation}”就是这些空白证书的持有机构。")
    advice = _("请选择另一个机构。")
    clause = Clause(HOUSE, "ledger")
    field = "to_organisation"


@dataclass(frozen=True, slots=True)
class TakenSerial:
    """One blank taken for printing: its series, its serial, and the serial as printed."""

    series_id: UUID
    serial: int
    printed: str


@command
def order_series(
    *, actor: Actor, at: datetime, key: str, name: str, prefix: str, width: int, paper: str = ""
) -> Series:
    """Register a printing of blanks; `paper` is the kind of certificate it is for (empty: any)."""
    if not actor.holds("blanks.receive"):
        raise NotPermitted(power="blanks.receive")
    if not key or not name:
        raise SeriesWrong(key=key or "（空）", what="编号或名称", reason="不能为空", field="key" if not key else "name")
    if len(prefix) > 8 or not (prefix == "" or prefix.isalnum()):
        raise SeriesWrong(key=key, what="字头", reason="只能是不超过8位的字母或数字", field="prefix")
    if not 1 <= width <= 15:
        raise SeriesWrong(key=key, what="位数", reason="应为1至15", field="width")
    if paper not in dict(selectors.papers()):
        raise SeriesWrong(key=key, what="用途", reason="没有这种证书", field="paper")
    try:
        with transaction.atomic():
            series = Series.objects.create(key=key, name=name, prefix=prefix, width=width, paper=paper, ordered_at=at)
    except IntegrityError as error:
        raise SeriesExists(key=key) from error
    trail.record(actor=actor, action="blanks.series_ordered", target=series, key=key, prefix=prefix, width=width)
    return series


@command
def receive(
    *, actor: Actor, at: datetime, series_id: UUID, organisation_id: UUID, first: int, last: int, reference: str = ""
) -> Movement:
    """Take a range into a body's stock as it comes from the print works; both ends are included.

    Of two that receive one range at once, one wins and the other is told that it was received.
    """
    body = organisations.get(organisation_id)
    actor.require("blanks.receive", region=body.region_code, organisation=body.pk)
    series = selectors.series_of(series_id)
    serials = _range(series, first, last)
    booking.hold(body.pk)
    booking.hold(series.pk)
    if overlap := booking.received(series, serials):
        raise AlreadyReceived(overlap="、".join(selectors.printed_range(series, each) for each in overlap))
    movement = booking.move(
        series, serials, None, Account(body, Place.STOCK), kind="receive", actor=actor, at=at, reference=reference
    )
    words: dict[str, Any] = {"first": series.printed(first), "last": series.printed(last)}
    trail.record(
        actor=actor, action="blanks.received", target=movement, organisation=body.pk, series=series.key, **words
    )
    announcing.announce(
        BlanksReceived(
            region_code=body.region_code,
            series_id=series.pk,
            organisation_id=body.pk,
            count=rules.size(serials),
            **words,
        ),
        at=at,
    )
    return movement


@command
def transfer(
    *,
    actor: Actor,
    at: datetime,
    series_id: UUID,
    first: int,
    last: int,
    to_organisation_id: UUID,
    from_organisation_id: UUID | None = None,
    reference: str = "",
) -> Movement:
    """Move a range from one body's stock to another's; without `from_organisation_id`, from whoever holds it.

    The giving side's power is asked: what one does not hold one cannot send.
    """
    series = selectors.series_of(series_id)
    serials = _range(series, first, last)
    target = organisations.get(to_organisation_id)
    source = organisations.get(from_organisation_id) if from_organisation_id else _holder(actor, series, serials)
    actor.require("blanks.move", region=source.region_code, organisation=source.pk)
    if source.pk == target.pk:
        raise SameBody(organisation=source.name)
    booking.hold(source.pk, target.pk)
    movement = _moved(
        series,
        serials,
        Account(source, Place.STOCK),
        Account(target, Place.STOCK),
        kind="transfer",
        actor=actor,
        at=at,
        reference=reference,
    )
    words: dict[str, Any] = {"first": series.printed(first), "last": series.printed(last)}
    trail.record(
        actor=actor,
        action="blanks.transferred",
        target=movement,
        source=source.pk,
        destination=target.pk,
        series=series.key,
        **words,
    )
    announcing.announce(
        BlanksTransferred(
            region_code=target.region_code,
            series_id=series.pk,
            source_id=source.pk,
            target_id=target.pk,
            count=rules.size(serials),
            **words,
        ),
        at=at,
    )
    return movement


@command
def take(
    *, actor: Actor, at: datetime, organisation_id: UUID, count: int, reference: str, paper: str = ""
) -> list[TakenSerial]:
    """Take the next `count` blanks of a body's stock for printing, lowest serial first, skipping none.

    Two that take at once get different serials: the second waits for the first. When the deed around it fails, the
    serials are back in stock.
    """
    body = organisations.get(organisation_id)
    if not any(actor.may(power, region=body.region_code, organisation=body.pk) for power in TAKING):
        raise NotPermitted(power=TAKING[0])
    booking.hold(body.pk)
    if uncounted := selectors.uncounted(body.pk, paper=paper):
        raise NotCounted(organisation=body.name, series="、".join(each.name for each in uncounted))
    rows = list(selectors.in_stock(body.pk, paper=paper))
    found = rules.lowest(selectors.stretches(rows), count)
    available = sum(each.end - each.first for each in found)
    if available < count:
        raise StockEmpty(organisation=body.name, needed=count, available=available)
    order_of = selectors.order_of(rows)
    series_of = {order_of[row.series_id]: row.series for row in rows}
    taken: list[TakenSerial] = []
    for stretch in found:
        series = series_of[stretch.order]
        movement = booking.move(
            series,
            (stretch.first, stretch.end),
            Account(body, Place.STOCK),
            Account(body, Place.USED),
            kind="use",
            actor=actor,
            at=at,
            reference=reference,
        )
        trail.record(
            actor=actor,
            action="blanks.used",
            target=movement,
            series=series.key,
            serials=selectors.printed_range(series, (stretch.first, stretch.end)),
            reference=reference,
        )
        taken += [
            TakenSerial(series.pk, serial, series.printed(serial)) for serial in range(stretch.first, stretch.end)
        ]
    return taken


@command
def count_stock(
    *,
    actor: Actor,
    at: datetime,
    series_id: UUID,
    organisation_id: UUID,
    counted: int,
    lowest: int | None,
    basis: str,
) -> StockCount:
    """Count a shelf after a restore: so many blanks of a series lie there, `lowest` first (None: the shelf is empty).

    What the ledger has too many was taken since the backup, lowest serials first, and is booked as used; certificates
    printed on it are not in the register. Waits for whoever takes from the stock, and holds it until it is done.
    Raises CountDiffers when blanks taken in order do not explain the difference.
    """
    body = organisations.get(organisation_id)
    actor.require("blanks.move", region=body.region_code, organisation=body.pk)
    restore = restores.last()
    if restore is None:
        raise NothingRestored
    if not basis.strip():
        raise ReasonMissing(what=_("盘点"), field="basis")
    series = selectors.series_of(series_id)
    booking.hold(body.pk)
    stock = selectors.stock_of(series.pk, body.pk)
    gone, reason = rules.taken_since(stock, counted=counted, lowest=lowest)
    if reason:
        shown = series.printed(lowest) if lowest is not None else "—"
        raise CountDiffers(series=series.name, counted=counted, lowest=shown, reason=reason)
    for serials in gone:
        booking.move(
            series,
            serials,
            Account(body, Place.STOCK),
            Account(body, Place.USED),
            kind="use",
            actor=actor,
            at=at,
            reference=f"恢复备份后盘点 {restore.on:%Y-%m-%d}",
            reason=basis.strip()[:200],
        )
    count = StockCount.objects.create(
        series=series,
        organisation=body,
        restore_id=restore.id,
        counted=counted,
        missing=sum(rules.size(each) for each in gone),
        basis=basis.strip()[:200],
        region_code=body.region_code,
        counted_at=at,
        counted_by=actor.name,
    )
    trail.record(
        actor=actor,
        action="blanks.counted",
        target=count,
        reason=basis.strip(),
        organisation=body.pk,
        series=series.key,
        counted=counted,
        serials="、".join(selectors.printed_range(series, each) for each in gone),
    )
    return count


@command
def spoil(
    *,
    actor: Actor,
    at: datetime,
    series_id: UUID,
    organisation_id: UUID,
    first: int,
    last: int,
    reason: str,
    reference: str = "",
    from_place: str = "stock",
) -> Movement:
    """Write off a range that was damaged in stock, or misprinted (`from_place="used"`); it is never used again."""
    body = organisations.get(organisation_id)
    powers = ("blanks.move",) if from_place == Place.STOCK else TAKING
    if not any(actor.may(power, region=body.region_code, organisation=body.pk) for power in powers):
        raise NotPermitted(power=powers[0])
    if not reason.strip():
        raise ReasonMissing(what="作废")
    series = selectors.series_of(series_id)
    serials = _range(series, first, last)
    booking.hold(body.pk)
    movement = _moved(
        series,
        serials,
        Account(body, Place(from_place)),
        Account(body, Place.SPOILT),
        kind="spoil",
        actor=actor,
        at=at,
        reference=reference,
        reason=reason.strip(),
    )
    words: dict[str, Any] = {"first": series.printed(first), "last": series.printed(last)}
    trail.record(
        actor=actor, action="blanks.spoilt", target=movement, reason=reason.strip(), series=series.key, **words
    )
    announcing.announce(
        BlanksSpoilt(
            region_code=body.region_code,
            series_id=series.pk,
            organisation_id=body.pk,
            reason=reason.strip(),
            **words,
        ),
        at=at,
    )
    return movement


@command
def destroy(
    *,
    actor: Actor,
    at: datetime,
    series_id: UUID,
    organisation_id: UUID,
    first: int,
    last: int,
    reason: str,
    reference: str = "",
) -> Movement:
    """Record that spoilt blanks were destroyed under witness; their serials stay on record."""
    body = organisations.get(organisation_id)
    actor.require("blanks.move", region=body.region_code, organisation=body.pk)
    if not reason.strip():
        raise ReasonMissing(what="销毁")
    series = selectors.series_of(series_id)
    serials = _range(series, first, last)
    booking.hold(body.pk)
    movement = _moved(
        series,
        serials,
        Account(body, Place.SPOILT),
        Account(body, Place.DESTROYED),
        kind="destroy",
        actor=actor,
        at=at,
        reference=reference,
        reason=reason.strip(),
    )
    trail.record(
        actor=actor,
        action="blanks.destroyed",
        target=movement,
        reason=reason.strip(),
        series=series.key,
        serials=selectors.printed_range(series, serials),
    )
    return movement


def _range(series: Series, first: int, last: int) -> rules.Range:
    highest = 10**series.width - 1
    reason = ""
    if first < 1:
        reason = "流水码从1起"
    elif last < first:
        reason = "止号小于起号"
    elif last > highest:
        reason = f"超过{series.width}位"
    if reason:
        raise RangeWrong(first=first, last=last, reason=reason, field="first" if first < 1 else "last")
    return first, last + 1


def _holder(actor: Actor, series: Series, serials: rules.Range) -> Organisation:
    """The body in whose stock the first serial of the range is. Raises NotFound outside the actor's reach."""
    return selectors.where_is(series.pk, serials[0], actor=actor).organisation


def _moved(
    series: Series,
    serials: rules.Range,
    source: Account,
    target: Account,
    *,
    kind: str,
    actor: Actor,
    at: datetime,
    reference: str,
    reason: str = "",
) -> Movement:
    try:
        return booking.move(
            series, serials, source, target, kind=kind, actor=actor, at=at, reference=reference, reason=reason
        )
    except booking.Elsewhere as error:
        raise NotHeld(
            serials=selectors.printed_range(series, serials),
            organisation=source.organisation.name,
            place=Place(source.place).label,
        ) from error
