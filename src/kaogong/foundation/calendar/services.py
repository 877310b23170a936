"""Writes of the calendar: a year's holiday notice is entered or amended; the known years are seeded."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_noop as _

from kaogong.foundation.calendar import seed
from kaogong.foundation.calendar.models import SpecialDay, YearNotice
from kaogong.foundation.calendar.rules import Special
from kaogong.foundation.kernel import trail
from kaogong.foundation.kernel.actors import Actor
from kaogong.foundation.kernel.clauses import Clause
from kaogong.foundation.kernel.commands import command
from kaogong.foundation.kernel.refusals import HOUSE, NotFound, Refusal

CALENDAR = Clause(HOUSE, "calendar")


class NoticeExists(Refusal):
    """The year has its notice already."""

    message = _("{year} 年的放假通知已经录入。")
    advice = _("通知有变动的，请用“更正通知”，并写明事由。")
    clause = CALENDAR
    field = "year"


class FaultyNotice(Refusal):
    """The days do not make a holiday notice of that year."""

    message = _("{day}：{fault}。")
    advice = _("请对照通知原文核对日期。")
    clause = CALENDAR
    field = "days"


@command
def enter_notice(*, actor: Actor, at: datetime, year: int, instrument: str, days: Mapping[date, Special]) -> YearNotice:
    """Enter the holiday notice of a year that has none; deadlines that were provisional for its lack become firm.

    Two who enter one year at once: one wins, the other is refused with NoticeExists. Needs calendar.edit everywhere.
    """
    actor.require("calendar.edit")
    _check(year, days)
    try:
        with transaction.atomic():
            notice = YearNotice.objects.create(year=year, instrument=instrument, entered_at=at)
    except IntegrityError as clash:
        raise NoticeExists(year=year) from clash
    _write(notice, days)
    trail.record(actor=actor, action="calendar.notice_entered", target=notice, year=year, instrument=instrument)
    return notice


@command
def amend_notice(
    *, actor: Actor, at: datetime, year: int, instrument: str, days: Mapping[date, Special], reason: str
) -> YearNotice:
    """Replace the days of a year's notice after a later one; the seed will not touch the year again."""
    actor.require("calendar.edit")
    _check(year, days)
    notice = YearNotice.objects.select_for_update().filter(year=year).first()
    if notice is None:
        raise NotFound
    before = notice.instrument
    notice.instrument, notice.entered_at, notice.is_seeded = instrument, at, False
    notice.save(update_fields=["instrument", "entered_at", "is_seeded"])
    SpecialDay.objects.filter(notice=notice).delete()
    _write(notice, days)
    trail.record(
        actor=actor, action="calendar.notice_amended", target=notice, reason=reason, before=before, after=instrument
    )
    return notice


@command
def load_reference(*, actor: Actor, at: datetime) -> dict[str, int]:
    """Seed the years that the calendar library knows. Years entered or amended by hand stay as they are.

    Loading again changes nothing.
    """
    actor.require("reference.load")
    written = 0
    for year, days in seed.years().items():
        notice, _new = YearNotice.objects.get_or_create(
            year=year, defaults={"instrument": seed.instrument(year), "entered_at": at, "is_seeded": True}
        )
        if notice.is_seeded and _stored(notice) != days:
            SpecialDay.objects.filter(notice=notice).delete()
            _write(notice, days)
            written += len(days)
    counts = {"years": YearNotice.objects.count(), "written": written}
    trail.record(actor=actor, action="calendar.loaded", counts=counts)
    return counts


def _check(year: int, days: Mapping[date, Special]) -> None:
    if not days:
        raise FaultyNotice(day=f"{year}年", fault="没有任何放假或上班日")
    for day, special in days.items():
        # New Year's bridge may fall into the last days of the December before.
        if not date(year - 1, 12, 25) <= day <= date(year, 12, 31):
            raise FaultyNotice(day=day, fault=f"不在{year}年之内")
        if special.is_workday and day.weekday() < 5:
            raise FaultyNotice(day=day, fault="本来就是工作日，不需要调休上班")
    taken = SpecialDay.objects.filter(day__in=days).exclude(notice__year=year).first()
    if taken is not None:
        raise FaultyNotice(day=taken.day, fault="已由另一年份的通知规定")


def _write(notice: YearNotice, days: Mapping[date, Special]) -> None:
    SpecialDay.objects.bulk_create(
        SpecialDay(day=day, is_workday=special.is_workday, name=special.name, notice=notice)
        for day, special in days.items()
    )


def _stored(notice: YearNotice) -> dict[date, Special]:
    return {row.day: Special(row.is_workday, row.name) for row in SpecialDay.objects.filter(notice=notice)}
