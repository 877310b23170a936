from __future__ import annotations

from django.db import models
from django.db.models import Q

from kaogong.certificates.states import CERTIFICATE
from kaogong.foundation.kernel.records import Record


class Counter(Record):
    """The clerk of running numbers: the last one given for a regime, year, body and level."""

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


class Certificate(Record):
    """An award in the register: number, printed fields as they were that day, issuer and signature."""

    number = models.CharField("证书编号", max_length=22, unique=True, db_collation="C")
    regime = models.CharField("编号规则", max_length=20)
    result = models.OneToOneField("scoring.Result", on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey("identity.Person", on_delete=models.PROTECT, related_name="+")
    name = models.CharField("姓名", max_length=100)
    sex = models.CharField(max_length=1)
    born_on = models.DateField()
    document_masked = models.CharField(max_length=30)
    document_digest = models.CharField(max_length=80)
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
    state = models.CharField(max_length=20, choices=CERTIFICATE.choices(), default=CERTIFICATE.initial)
    key_id = models.CharField(max_length=40)
    signature = models.BinaryField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="certificate_number_has_a_known_shape",
                condition=Q(number__regex=r"^(\d{16}|[YS]\d{4}\d{2}\d{6}\d{2}[1-5]\d{6})$"),
            ),
        ]
        indexes = [models.Index(fields=["person"])]

    def __str__(self) -> str:
        return self.number


class Copy(Record):
    """A printed booklet of a certificate: the blank it was printed on, and the remark a replacement carries."""

    certificate = models.ForeignKey(Certificate, on_delete=models.PROTECT, related_name="+")
    series = models.ForeignKey("blanks.Series", on_delete=models.PROTECT, related_name="+")
    serial = models.BigIntegerField("流水码")
    blank_serial = models.CharField("流水码（印刷）", max_length=20)
    number = models.PositiveSmallIntegerField("第几本", default=1)
    remark = models.CharField("备注", max_length=60, blank=True)
    printed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["series", "serial"], name="blank_used_once"),
            models.UniqueConstraint(fields=["certificate", "number"], name="copy_number_once"),
        ]

    def __str__(self) -> str:
        return self.blank_serial


class StatusChange(Record):
    """One event in a certificate's history, with its basis."""

    certificate = models.ForeignKey(Certificate, on_delete=models.PROTECT, related_name="+")
    move = models.CharField(max_length=12)
    basis = models.CharField("依据", max_length=300)
    clause = models.CharField(max_length=120, blank=True)
    changed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.move} {self.changed_at:%Y-%m-%d}"
