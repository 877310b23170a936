from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import Deferrable, F, Func, Q

from kaogong.foundation.kernel.records import Attested, Record


class Certainty(models.TextChoices):
    """How far a rule is known: the tags of the domain papers, in words."""

    NATIONAL = "N", "国家规定"
    LOCAL = "L", "地方或行业规定"
    SECONDARY = "C", "转述，未见原文"
    UNVERIFIED = "U", "未核实"
    HOUSE = "H", "本系统规则"
    ILLUSTRATIVE = "I", "示例数据"


class Instrument(Record):
    """A law, rule or notice, or the rules of this system, with its dates in force."""

    key = models.SlugField("键", max_length=60, unique=True)
    title = models.CharField("名称", max_length=200)
    issuer = models.CharField("发布机关", max_length=100)
    number = models.CharField("文号", max_length=60, blank=True)
    issued_on = models.DateField("发布日期", null=True)
    in_force_on = models.DateField("施行日期", null=True)
    repealed_on = models.DateField("废止日期", null=True)
    region_code = models.CharField("适用地区", max_length=6, blank=True, help_text="空为全国")
    certainty = models.CharField("可靠程度", max_length=1, choices=Certainty)
    source = models.CharField("出处", max_length=300, blank=True)
    file = models.CharField("随附文件", max_length=60, blank=True, help_text="规则库随附的文件名；空为本机录入")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="instrument_repealed_after_it_came",
                condition=Q(repealed_on__isnull=True)
                | Q(in_force_on__isnull=True)
                | Q(repealed_on__gt=F("in_force_on")),
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Article(Record):
    """One clause of an instrument, in our own words, with its own dates when they differ."""

    instrument = models.ForeignKey(Instrument, on_delete=models.PROTECT, related_name="+")
    article = models.CharField("条款", max_length=40)
    heading = models.CharField("标题", max_length=100)
    text = models.TextField("内容（转述）")
    in_force_on = models.DateField("施行日期", null=True)
    until = models.DateField("失效日期", null=True)
    certainty = models.CharField("可靠程度", max_length=1, choices=Certainty)
    file = models.CharField("随附文件", max_length=60, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["instrument", "article", "in_force_on"], nulls_distinct=False, name="article_once_a_day"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.instrument} {self.article}"


class Provision(Attested):
    """A figure that a rule needs, with the clause that sets it: dated, and as narrow as its clause is."""

    key = models.CharField("键", max_length=80)
    title = models.CharField("名称", max_length=100)
    value = models.JSONField("值")
    unit = models.CharField("单位", max_length=20, blank=True)
    article = models.ForeignKey(Article, on_delete=models.PROTECT, related_name="+")
    region_code = models.CharField("适用地区", max_length=6, blank=True)
    track = models.CharField("适用类别", max_length=40, blank=True)
    occupation_code = models.CharField("适用职业", max_length=10, blank=True)
    since = models.DateField("起")
    until = models.DateField("止", null=True)
    certainty = models.CharField("可靠程度", max_length=1, choices=Certainty)
    file = models.CharField("随附文件", max_length=60, blank=True)

    ATTESTED = (
        "key",
        "value",
        "unit",
        "article",
        "region_code",
        "track",
        "occupation_code",
        "since",
        "until",
        "certainty",
    )
    CALLED = "规定数值"

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="provision_ends_after_it_begins", condition=Q(until__isnull=True) | Q(until__gt=F("since"))
            ),
            models.UniqueConstraint(
                fields=["key", "region_code", "track", "occupation_code", "since"], name="provision_begins_once"
            ),
            ExclusionConstraint(
                name="provision_one_in_force",
                expressions=[
                    ("key", RangeOperators.EQUAL),
                    ("region_code", RangeOperators.EQUAL),
                    ("track", RangeOperators.EQUAL),
                    ("occupation_code", RangeOperators.EQUAL),
                    (Func("since", "until", function="daterange"), RangeOperators.OVERLAPS),
                ],
                deferrable=Deferrable.DEFERRED,
                violation_error_message="同一事项在同一范围内不能有两项同时有效的规定。",
            ),
        ]
        indexes = [models.Index(fields=["key"])]

    def __str__(self) -> str:
        return f"{self.key}={self.value}"
