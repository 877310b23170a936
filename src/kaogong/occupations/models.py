from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from kaogong.foundation.kernel.records import Record


class Edition(Record):
    """One edition of the classification of occupations."""

    key = models.CharField("版本", max_length=20, unique=True)
    title = models.CharField("名称", max_length=100)
    in_force_on = models.DateField("发布日期")
    note = models.CharField("说明", max_length=300, blank=True)

    def __str__(self) -> str:
        return self.title


class Occupation(Record):
    """A node of the classification: 1 大类, 2 中类, 3 小类, 4 细类 (the occupation itself)."""

    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="+")
    code = models.CharField("编码", max_length=10)
    name = models.CharField("名称", max_length=120)
    level = models.PositiveSmallIntegerField("层级")
    parent_code = models.CharField("上级编码", max_length=10, blank=True)
    is_green = models.BooleanField("绿色职业", default=False)
    is_digital = models.BooleanField("数字职业", default=False)
    name_bigrams = ArrayField(models.CharField(max_length=4), default=list)
    name_pinyin = models.CharField(max_length=400, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["edition", "code"], name="occupation_code_once_per_edition")]
        indexes = [
            GinIndex(fields=["name_bigrams"], name="occupation_name_bigrams"),
            models.Index(fields=["edition", "parent_code"]),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"
