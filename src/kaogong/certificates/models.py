"""Tables of certificates: running numbers, the register, printed copies, status history, askers' buckets."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from kaogong.certificates.states import CERTIFICATE
from kaogong.foundation.kernel.records import Attested, Record
from kaogong.foundation.signing.fields import DigestField, SignerField


class Counter(Record):
    """The clerk of running numbers: the last one given for a regime, year, body and level. The number is the judge."""

    regime = models.CharField(max_length=20)
    year = models.PositiveSmallIntegerField()
    body_code = models.CharField(max_length=13)
    level = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["regime", "year", "body_code", "level"], name="one_counter"),
        ]

    def __str__(self) -> str:
        return f"{self.regime} {self.year} {self.body_code} {self.level}: {self.last}"


class Reckoning(Record):
    """What is known to be out of one counter after a restore: numbers up to `last`, and on what basis.

    The tables know of numbers below `first` only: those from `first` to `last` were given out between the backup and
    the restore, or may have been, and stand as unaccounted. None when `last` is `first` - 1. Append-only.
    """

    restore_id = models.UUIDField(editable=False)
    restored_at = models.DateTimeField("恢复时间")
    regime = models.CharField(max_length=20)
    year = models.PositiveSmallIntegerField()
    body = models.ForeignKey("organisations.Organisation", on_delete=models.PROTECT, related_name="+")
    body_code = models.CharField(max_length=13)
    level = models.PositiveSmallIntegerField()
    first = models.PositiveIntegerField("起")
    last = models.PositiveIntegerField("止")
    basis = models.CharField("依据", max_length=300)
    region_code = models.CharField(max_length=6, blank=True)
    reckoned_at = models.DateTimeField("清点时间")
    reckoned_by = models.CharField("经办人", max_length=100)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="reckoning_never_goes_back", condition=Q(first__gte=1, last__gte=models.F("first") - 1)
            ),
        ]
        indexes = [
            models.Index(fields=["regime", "year", "body_code", "level", "restore_id"], name="reckoning_by_counter"),
        ]

    def __str__(self) -> str:
        return f"{self.body_code} {self.year} {self.level}: {self.first}–{self.last}"

    @property
    def count(self) -> int:
        """How many numbers stand as unaccounted."""
        return self.last - self.first + 1


class Certificate(Attested):
    """An award in the register: number, printed fields as they were that day, issuer and signature.

    Only `state` ever changes, and `name` by a signed correction in the history (a trigger refuses the rest). The
    signature covers every field as first printed; what was corrected since stands signed in the history.
    """

    number = models.CharField("证书编号", max_length=22, unique=True, db_collation="C")
    regime = models.CharField("编号规则", max_length=20)
    result = models.OneToOneField("scoring.Result", on_delete=models.PROTECT, related_name="+")
    registration = models.OneToOneField("registration.Registration", on_delete=models.PROTECT, related_name="+")
    sitting = models.ForeignKey("sittings.Sitting", on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey("identity.Person", on_delete=models.PROTECT, related_name="+")
    name = models.CharField("姓名", max_length=100)
    sex = models.CharField(max_length=1)
    born_on = models.DateField()
    document_kind = models.CharField(max_length=20)
    document_masked = models.CharField(max_length=30)
    document_digest = DigestField(purpose="identity.person.document", fixed="证书的签名包含它；证书上的二维码同理")
    occupation_code = models.CharField(max_length=10)
    occupation_name = models.CharField("职业", max_length=120)
    level = models.PositiveSmallIntegerField("等级")
    parts = models.JSONField("成绩")
    issuer = models.ForeignKey("organisations.Organisation", on_delete=models.PROTECT, related_name="+")
    issuer_name = models.CharField("核发机构", max_length=100)
    body = models.ForeignKey("organisations.Organisation", on_delete=models.PROTECT, related_name="+")
    body_name = models.CharField("鉴定机构", max_length=100)
    region_code = models.CharField(max_length=6)
    issued_on = models.DateField("发证日期")
    issued_at = models.DateTimeField("核发时间")
    state = models.CharField(max_length=20, choices=CERTIFICATE.choices(), default=CERTIFICATE.initial)
    key_id = SignerField(max_length=40)
    signature = models.BinaryField()

    ATTESTED = (
        "number",
        "regime",
        "result",
        "registration",
        "person",
        "name",
        "born_on",
        "document_kind",
        "occupation_code",
        "level",
        "parts",
        "issuer",
        "body",
        "issued_on",
        "state",
    )
    CALLED = "证书"

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="certificate_number_has_a_known_shape",
                condition=Q(number__regex=r"^(\d{16}|[YS]\d{12}\d{2}[1-5]\d{6})$"),
            ),
            models.CheckConstraint(name="certificate_level_is_known", condition=Q(level__gte=1, level__lte=5)),
        ]
        indexes = [
            models.Index(fields=["person"]),
            models.Index(fields=["sitting"]),
            models.Index(fields=["region_code", "-issued_at"], name="certificate_by_region"),
            models.Index(fields=["issuer", "-issued_at"], name="certificate_by_issuer"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def state_label(self) -> str:
        """The state in words."""
        return CERTIFICATE.states[self.state]


class Copy(Record):
    """A printed booklet of a certificate: the blank it is printed on, and the remark that a replacement carries."""

    certificate = models.ForeignKey(Certificate, on_delete=models.PROTECT, related_name="+")
    series = models.ForeignKey("blanks.Series", on_delete=models.PROTECT, related_name="+")
    serial = models.BigIntegerField("流水码")
    blank_serial = models.CharField("流水码（印刷）", max_length=24)
    number = models.PositiveSmallIntegerField("第几本", default=1)
    remark = models.CharField("备注", max_length=60, blank=True)
    notice = models.CharField("遗失声明", max_length=200, blank=True)
    printed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["series", "serial"], name="blank_used_once"),
            models.UniqueConstraint(fields=["certificate", "number"], name="copy_number_once"),
        ]

    def __str__(self) -> str:
        return self.blank_serial


class StatusChange(Record):
    """One event in a certificate's history, with its basis; numbered and signed, so that none can be slipped in."""

    certificate = models.ForeignKey(Certificate, on_delete=models.PROTECT, related_name="+")
    sequence = models.PositiveSmallIntegerField("第几次")
    move = models.CharField(max_length=12)
    state = models.CharField("变更后", max_length=20, choices=CERTIFICATE.choices())
    basis = models.CharField("依据", max_length=300)
    clause = models.CharField(max_length=120, blank=True)
    facts = models.JSONField(default=dict)
    changed_at = models.DateTimeField()
    changed_by = models.CharField("经办人", max_length=100)
    key_id = SignerField(max_length=40)
    signature = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["certificate", "sequence"], name="status_change_once"),
        ]

    def __str__(self) -> str:
        return f"{self.move} {self.changed_at:%Y-%m-%d}"


class Bucket(models.Model):
    """How many questions a network may still ask of the verification page. Holds no address, only its keyed digest.

    Unlogged: a crash forgets it, which does no harm.
    """

    network = models.CharField(primary_key=True, max_length=80, db_collation="C")
    tokens = models.FloatField()
    refilled_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["refilled_at"])]

    def __str__(self) -> str:
        return self.network
