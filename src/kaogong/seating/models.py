"""Tables of seating: arrangements and their seats, tickets and the order of sittings on a day, panel members."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from kaogong.foundation.kernel.records import Record


class Arrangement(Record):
    """One drawing of a sitting's seats: its seed, and how many neighbours of one school or employer it left."""

    sitting = models.ForeignKey("sittings.Sitting", on_delete=models.PROTECT, related_name="+")
    seed = models.CharField("随机种子", max_length=60)
    candidates = models.PositiveIntegerField("考生数")
    violations = models.PositiveIntegerField("同校同单位相邻对数")
    left_out = models.PositiveIntegerField("未缴费未编排", default=0)
    arranged_at = models.DateTimeField("编排时间")
    arranged_by_name = models.CharField("编排人", max_length=60, blank=True)

    class Meta:
        indexes = [models.Index(fields=["sitting", "-arranged_at"])]

    def __str__(self) -> str:
        return self.seed


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
            # Judged at the end of the statement: two who change places do so in one.
            models.UniqueConstraint(
                fields=["room", "wave", "number"], name="seat_once", deferrable=models.Deferrable.IMMEDIATE
            ),
            models.UniqueConstraint(fields=["part", "registration"], name="one_seat_per_part"),
            models.CheckConstraint(name="seat_counts_from_one", condition=Q(number__gte=1, row__gte=1, column__gte=1)),
        ]
        indexes = [models.Index(fields=["registration"])]

    def __str__(self) -> str:
        return f"{self.number:02d}"


class TicketSeries(Record):
    """The place of a sitting among those of its day: part of the ticket numbers, given once and kept when it moves.

    A sitting takes a further place (`issue` 2, 3, …) for tickets of seats that changed hands.
    """

    sitting = models.ForeignKey("sittings.Sitting", on_delete=models.PROTECT, related_name="+")
    issue = models.PositiveSmallIntegerField("次", default=1)
    held_on = models.DateField("首次确定的考试日期")
    sequence = models.PositiveSmallIntegerField("当日场次序号")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["held_on", "sequence"], name="ticket_series_once_a_day"),
            models.UniqueConstraint(fields=["sitting", "issue"], name="ticket_series_once_an_issue"),
            models.CheckConstraint(name="ticket_series_counts_from_one", condition=Q(sequence__gte=1)),
        ]

    def __str__(self) -> str:
        return f"{self.held_on} {self.sequence:03d}"


class ValidTickets(models.Manager["Ticket"]):
    """The tickets that stand: whoever asks for a candidate's ticket means this one."""

    def get_queryset(self) -> models.QuerySet[Ticket]:
        """Without those that a change of seat made void."""
        return super().get_queryset().filter(void_at__isnull=True)


class Ticket(Record):
    """准考证: its number ends with the theory seat (or, without theory, the practical place).

    A change of seat makes it void, and another takes its place; `objects` finds those that stand, `printed` all.
    """

    registration = models.ForeignKey("registration.Registration", on_delete=models.PROTECT, related_name="+")
    number = models.CharField("准考证号", max_length=24, unique=True)
    region_code = models.CharField(max_length=6)
    published_at = models.DateTimeField("发布时间")
    void_at = models.DateTimeField("作废时间", null=True, blank=True)

    printed = models.Manager["Ticket"]()
    objects = ValidTickets()

    class Meta:
        default_manager_name = "objects"
        constraints = [
            models.UniqueConstraint(
                fields=["registration"], condition=Q(void_at__isnull=True), name="one_ticket_that_stands"
            )
        ]

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
    release_reason = models.CharField("解除原因", max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["part", "person"], condition=Q(released_at__isnull=True), name="one_duty_per_part"
            ),
            models.UniqueConstraint(
                fields=["part"], condition=Q(role="leader", released_at__isnull=True), name="one_leader_per_part"
            ),
            models.CheckConstraint(
                name="examiners_have_a_card", condition=~Q(role__in=["leader", "examiner"]) | Q(card__isnull=False)
            ),
        ]
        indexes = [models.Index(fields=["person"])]

    def __str__(self) -> str:
        return self.role

    @property
    def role_label(self) -> str:
        """The role in words."""
        return str(self.Role(self.role).label)

    @property
    def is_examiner(self) -> bool:
        """Whether the person assesses: examiners and their leader."""
        return self.role in {self.Role.LEADER, self.Role.EXAMINER}
