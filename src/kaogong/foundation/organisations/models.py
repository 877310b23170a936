from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from kaogong.foundation.kernel.records import Record


class Organisation(Record):
    """A body in the matrix of territory and industry."""

    class Kind(models.TextChoices):
        MINISTRY = "ministry", "人力资源社会保障部"
        NATIONAL_CENTRE = "national_centre", "部鉴定中心"
        PROVINCIAL_DEPARTMENT = "provincial_department", "省级人社部门"
        PROVINCIAL_CENTRE = "provincial_centre", "省级鉴定中心"
        PREFECTURE_DEPARTMENT = "prefecture_department", "地市人社部门"
        PREFECTURE_CENTRE = "prefecture_centre", "地市鉴定中心"
        INDUSTRY_CENTRE = "industry_centre", "行业鉴定中心"
        CORPS_CENTRE = "corps_centre", "兵团鉴定中心"
        STATION = "station", "鉴定所（站）"
        SOCIAL_BODY = "social_body", "社会培训评价组织"
        ENTERPRISE = "enterprise", "用人单位"
        COLLEGE = "college", "院校"

    name = models.CharField("名称", max_length=100)
    kind = models.CharField("类别", max_length=30, choices=Kind)
    region_code = models.CharField("行政区划", max_length=6, blank=True, help_text="空为全国")
    industry_code = models.CharField("行业代码", max_length=2, blank=True)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    institution_code = models.CharField("机构编码（8位）", max_length=8, unique=True, null=True, blank=True)
    evaluation_code = models.CharField("评价机构代码（13位）", max_length=13, unique=True, null=True, blank=True)
    address = models.CharField("地址", max_length=200, blank=True)
    opened_on = models.DateField("设立日期")
    closed_on = models.DateField("撤销日期", null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="organisation_closes_after_it_opens",
                condition=Q(closed_on__isnull=True) | Q(closed_on__gte=F("opened_on")),
            ),
        ]
        indexes = [models.Index(fields=["region_code"]), models.Index(fields=["parent"])]

    def __str__(self) -> str:
        return self.name


class CodeTableEntry(Record):
    """One row of the code table (代码表) of institution codes; `is_confirmed` says whether a source has it."""

    prefix = models.CharField("前两位", max_length=2)
    name = models.CharField("省份或行业", max_length=60)
    is_industry = models.BooleanField(default=False)
    is_confirmed = models.BooleanField(default=False)
    region_code = models.CharField(max_length=6, blank=True)
    source = models.CharField("依据", max_length=200)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["prefix"], name="code_table_prefix_once")]

    def __str__(self) -> str:
        return f"{self.prefix} {self.name}"
