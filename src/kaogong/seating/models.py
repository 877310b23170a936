from __future__ import annotations

from django.db import models
from django.db.models import Q

from kaogong.foundation.kernel.records import Record


class Seat(Record):
    """A candidate's place in a room for one part (and wave) of a sitting."""

    room = models.ForeignKey("sittings.SittingRoom", on_delete=models.PROTECT, related_name="+")
    part = models.ForeignKey("sittings.SittingPart", on_delete=models.PROTECT, related_name="+")
    registration = models.ForeignKey("registration.Registration", on_delete=models.PROTECT, related_name="+")
    wave = models.PositiveSmallIntegerField("批", default=1)
    number = models.PositiveSmallIntegerField("座位号")
    row = models.PositiveSmallIntegerField("排")
    column = models.PositiveSmallIntegerField("列")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["room", "wave", "number"], name="seat_once"),
            models.UniqueConstraint(fields=["part", "registration"], name="one_seat_per_part"),
        ]

    def __str__(self) -> str:
        return f"{self.number:02d}"


class Ticket(Record):
    """准考证: its number ends with the theory seat (or, without theory, the practical place)."""

    registration = models.OneToOneField("registration.Registration", on_delete=models.PROTECT, related_name="+")
    number = models.CharField("准考证号", max_length=24, unique=True)
    region_code = models.CharField(max_length=6)
    published_at = models.DateTimeField("发布时间")

    def __str__(self) -> str:
        return self.number


class PanelMember(Record):
    """One person on duty at one part of a sitting: panel leader, examiner, invigilator or supervisor."""

    class Role(models.TextChoices):
        LEADER = "leader", "考评组长"
        EXAMINER = "examiner", "考评员"
        INVIGILATOR = "invigilator", "监考员"
        SUPERVISOR = "supervisor", "质量督导员"

    part = models.ForeignKey("sittings.SittingPart", on_delete=models.PROTECT, related_name="+")
    room = models.ForeignKey("sittings.SittingRoom", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    person = models.ForeignKey("identity.Person", on_delete=models.PROTECT, related_name="+")
    card = models.ForeignKey("personnel.Card", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    role = models.CharField(max_length=12, choices=Role)
    appointed_at = models.DateTimeField()
    released_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["part", "person"], condition=Q(released_at__isnull=True), name="one_duty_per_part"
            ),
            models.UniqueConstraint(
                fields=["part"], condition=Q(role="leader", released_at__isnull=True), name="one_leader_per_part"
            ),
        ]

    def __str__(self) -> str:
        return self.role
