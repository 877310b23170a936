"""Tables of identity: persons, and the corrections of their names."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q

from kaogong.foundation.kernel.records import Attested, Record
from kaogong.foundation.signing.fields import DigestField, SealedField


class Person(Attested):
    """One human being. The name is in the clear; document number and contacts are sealed."""

    class Document(models.TextChoices):
        RESIDENT = "resident", "居民身份证"
        OFFICER = "officer", "军官证"
        HK_MACAO = "hk_macao", "港澳居民来往内地通行证"
        TAIWAN = "taiwan", "台湾居民来往大陆通行证"
        PERMANENT = "permanent", "外国人永久居留身份证"
        PASSPORT = "passport", "护照"

    class Sex(models.TextChoices):
        MALE = "1", "男"
        FEMALE = "2", "女"

    name = models.CharField("姓名", max_length=100)
    name_bigrams = ArrayField(models.CharField(max_length=4), default=list)
    name_pinyin = models.CharField(max_length=400, blank=True)
    name_initials = models.CharField(max_length=60, blank=True)
    sex = models.CharField("性别", max_length=1, choices=Sex)
    born_on = models.DateField("出生日期")
    ethnic_code = models.CharField("民族", max_length=2, blank=True)
    document_kind = models.CharField("证件类型", max_length=20, choices=Document, default=Document.RESIDENT)
    document_sealed = SealedField("证件号（密文）", purpose="identity.person.document")
    document_digest = DigestField(
        purpose="identity.person.document",
        source="document_sealed",
        text=lambda person, number: f"{person.document_kind}:{number.decode()}",
    )
    document_masked = models.CharField("证件号（掩码）", max_length=30)
    document_warning = models.CharField("证件提示", max_length=200, blank=True)
    phone_sealed = SealedField(purpose="identity.person.phone", null=True, blank=True)
    phone_digest = DigestField(purpose="identity.person.phone", source="phone_sealed", blank=True)
    phone_masked = models.CharField("手机（掩码）", max_length=20, blank=True)
    mail_sealed = SealedField(purpose="identity.person.mail", null=True, blank=True)
    mail_masked = models.CharField("邮箱（掩码）", max_length=80, blank=True)
    region_code = models.CharField(max_length=6, blank=True)
    organisation = models.ForeignKey(
        "organisations.Organisation", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    merged_into = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    entered_at = models.DateTimeField("录入时间")
    is_self_entered = models.BooleanField("本人自行填报", default=False)

    ATTESTED = ("name", "sex", "born_on", "document_kind")
    CALLED = "人员"

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["document_kind", "document_digest"],
                condition=Q(merged_into__isnull=True),
                name="person_document_once",
            ),
            models.CheckConstraint(name="person_not_merged_into_itself", condition=~Q(merged_into=F("id"))),
            models.CheckConstraint(name="person_has_a_name", condition=~Q(name="")),
            models.CheckConstraint(name="person_has_a_digest", condition=~Q(document_digest="")),
        ]
        indexes = [
            GinIndex(fields=["name_bigrams"], name="person_name_bigrams"),
            models.Index(fields=["name_pinyin"], name="person_name_pinyin", opclasses=["varchar_pattern_ops"]),
            models.Index(fields=["name_initials"], name="person_name_initials", opclasses=["varchar_pattern_ops"]),
            models.Index(fields=["region_code"], name="person_region", opclasses=["varchar_pattern_ops"]),
            models.Index(fields=["document_digest"], name="person_document_digest"),
            models.Index(fields=["phone_digest"], name="person_phone_digest"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.document_masked}"


class NameCorrection(Record):
    """A legal name corrected, with the document it rests on."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    old_name = models.CharField(max_length=100)
    new_name = models.CharField(max_length=100)
    document = models.CharField("依据的证明", max_length=200)
    corrected_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.old_name}→{self.new_name}"
