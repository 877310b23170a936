from __future__ import annotations

from datetime import datetime, timedelta

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q

from kaogong.foundation.kernel.records import Record
from kaogong.sittings.states import ROUND, SITTING


class Round(Record):
    """批次: what a centre announces: an occupation and level on a track, when to apply, and its sittings."""

    number = models.CharField("批次编号", max_length=30, unique=True)
    name = models.CharField("名称", max_length=120)
    track = models.CharField("类别", max_length=40)
    organisation = models.ForeignKey("organisations.Organisation", on_delete=models.PROTECT, related_name="+")
    region_code = models.CharField("行政区划", max_length=6)
    standard = models.ForeignKey("standards.StandardVersion", on_delete=models.PROTECT, related_name="+")
    occupation_code = models.CharField("职业编码", max_length=10)
    occupation_name = models.CharField("职业", max_length=120)
    level = models.PositiveSmallIntegerField("等级")
    applications_from = models.DateTimeField("报名开始")
    applications_until = models.DateTimeField("报名截止")
    fees = models.JSONField("收费（分）", default=dict, help_text="科目→金额（分），另记依据")
    notice = models.TextField("公告内容", blank=True)
    languages = ArrayField(
        models.CharField(max_length=10), verbose_name="可选用的文字", default=list, blank=True, help_text="中文之外"
    )
    state = models.CharField(max_length=20, choices=ROUND.choices(), default=ROUND.initial)
    announced_at = models.DateTimeField("公告时间", null=True, blank=True)
    drafted_at = models.DateTimeField("编制时间")
    state_reason = models.CharField("状态说明", max_length=200, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="round_opens_before_it_closes", condition=Q(applications_until__gt=F("applications_from"))
            ),
            models.CheckConstraint(
                name="announced_round_is_stamped",
                condition=Q(state__in=["drafted", "cancelled"]) | Q(announced_at__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["occupation_code", "level"]), models.Index(fields=["applications_until"])]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"


class Sitting(Record):
    """场次: one exam, one day, one place."""

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="+")
    number = models.CharField("场次编号", max_length=30, unique=True)
    station = models.ForeignKey("stations.Station", on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey("organisations.Organisation", on_delete=models.PROTECT, related_name="+")
    region_code = models.CharField("行政区划", max_length=6)
    held_on = models.DateField("考试日期")
    capacity = models.PositiveIntegerField("容量", help_text="由考场座位与工位推算")
    claimed = models.PositiveIntegerField("已占名额", default=0)
    state = models.CharField(max_length=20, choices=SITTING.choices(), default=SITTING.initial)
    state_reason = models.CharField("状态说明", max_length=200, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="sitting_not_oversold", condition=Q(claimed__lte=F("capacity"))),
        ]
        indexes = [models.Index(fields=["held_on"])]

    def __str__(self) -> str:
        return self.number


class SittingPart(Record):
    """One part (theory, skill, review) of a sitting: when it starts and ends, and in how many waves it runs.

    `minutes` is copied from the standard and `gap_minutes` from the rule library, so that neither moves afterwards.
    """

    sitting = models.ForeignKey(Sitting, on_delete=models.PROTECT, related_name="+")
    part = models.CharField("科目", max_length=10)
    starts_at = models.DateTimeField("开始")
    ends_at = models.DateTimeField("结束")
    waves = models.PositiveSmallIntegerField("批数", default=1)
    minutes = models.PositiveSmallIntegerField("每批时长（分钟）")
    gap_minutes = models.PositiveSmallIntegerField("批间间隔（分钟）", default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["sitting", "part"], name="sitting_part_once"),
            models.CheckConstraint(name="sitting_part_ends_later", condition=Q(ends_at__gt=F("starts_at"))),
        ]

    def __str__(self) -> str:
        return f"{self.part} {self.starts_at:%Y-%m-%d %H:%M}"

    def wave_starts_at(self, wave: int) -> datetime:
        """When wave number `wave` (from 1) begins."""
        return self.starts_at + timedelta(minutes=(wave - 1) * (self.minutes + self.gap_minutes))

    def wave_ends_at(self, wave: int) -> datetime:
        """When wave number `wave` (from 1) ends."""
        return self.wave_starts_at(wave) + timedelta(minutes=self.minutes)


class SittingRoom(Record):
    """A room given to one part of a sitting, with the places used there.

    `period` repeats the part's hours and `is_live` whether the sitting still stands, so that the table itself refuses
    a room given twice at one time.
    """

    part = models.ForeignKey(SittingPart, on_delete=models.PROTECT, related_name="+")
    room = models.ForeignKey("stations.Room", on_delete=models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField("考场号")
    places = models.PositiveSmallIntegerField("座位（工位）数")
    period = DateTimeRangeField("占用时段")
    is_live = models.BooleanField("占用中", default=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="sitting_room_has_places", condition=Q(places__gte=1)),
            ExclusionConstraint(
                name="room_given_once_at_a_time",
                expressions=[("room", RangeOperators.EQUAL), ("period", RangeOperators.OVERLAPS)],
                condition=Q(is_live=True),
            ),
            models.UniqueConstraint(fields=["part", "room"], name="sitting_room_once"),
            models.UniqueConstraint(fields=["part", "number"], name="sitting_room_number_once"),
        ]

    def __str__(self) -> str:
        return f"{self.number:02d}"


class SittingMove(Record):
    """One change of a sitting's day: from when to when, why, and whether an emergency excused the short notice."""

    sitting = models.ForeignKey(Sitting, on_delete=models.PROTECT, related_name="+")
    from_day = models.DateField("原日期")
    to_day = models.DateField("新日期")
    reason = models.CharField("原因", max_length=200)
    is_emergency = models.BooleanField("紧急情况", default=False)
    moved_at = models.DateTimeField("办理时间")

    class Meta:
        constraints = [models.CheckConstraint(name="sitting_move_goes_elsewhere", condition=~Q(from_day=F("to_day")))]
        indexes = [models.Index(fields=["sitting", "moved_at"])]

    def __str__(self) -> str:
        return f"{self.from_day}→{self.to_day}"
