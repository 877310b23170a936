from __future__ import annotations

from django.db import models
from django.db.models import Q

from kaogong.foundation.kernel.records import Record
from kaogong.standards.rules import ConditionClause, parse_clauses
from kaogong.standards.states import STANDARD


class StandardVersion(Record):
    """One version of a national occupational skill standard. Fixed, with a digest of its content, by `publish`."""

    occupation = models.ForeignKey("occupations.Occupation", on_delete=models.PROTECT, related_name="+")
    occupation_code = models.CharField("职业编码", max_length=10)
    edition = models.CharField("版本", max_length=20)
    title = models.CharField("名称", max_length=120)
    instrument = models.CharField("颁布文号", max_length=80, blank=True)
    state = models.CharField(max_length=20, choices=STANDARD.choices(), default=STANDARD.initial)
    published_on = models.DateField("颁布日期", null=True, blank=True)
    in_force_on = models.DateField("施行日期", null=True, blank=True)
    withdrawn_on = models.DateField("废止日期", null=True, blank=True)
    overview = models.JSONField("职业概况", default=dict, help_text="定义、环境、能力特征、文化程度、培训要求及其来源")
    ratios = models.JSONField("人员配比", default=dict)
    source = models.CharField("来源说明", max_length=400, blank=True)
    levels = models.JSONField("等级", default=list, help_text="本标准所设等级，由低（5）到高（1）")
    digest = models.CharField("内容摘要", max_length=64, blank=True)
    drafted_at = models.DateTimeField("编写时间")
    drafted_by = models.CharField("编写人", max_length=100, blank=True)
    published_at = models.DateTimeField("发布操作时间", null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["occupation_code", "edition"], name="standard_edition_once"),
            models.CheckConstraint(
                name="published_standard_is_in_force_from_a_day",
                condition=Q(state="drafted") | Q(in_force_on__isnull=False, published_at__isnull=False),
            ),
            models.CheckConstraint(
                name="withdrawn_standard_has_its_day", condition=~Q(state="withdrawn") | Q(withdrawn_on__isnull=False)
            ),
            models.CheckConstraint(
                name="published_standard_has_a_digest", condition=Q(state="drafted") | ~Q(digest="")
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Function(Record):
    """职业功能: a main part of the work at one level."""

    standard = models.ForeignKey(StandardVersion, on_delete=models.PROTECT, related_name="+")
    level = models.PositiveSmallIntegerField("等级")
    code = models.CharField("序号", max_length=10)
    name = models.CharField("职业功能", max_length=100)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["standard", "level", "code"], name="function_code_once")]

    def __str__(self) -> str:
        return f"{self.level} {self.code} {self.name}"


class Task(Record):
    """工作内容 within a function."""

    function = models.ForeignKey(Function, on_delete=models.PROTECT, related_name="+")
    code = models.CharField("序号", max_length=10)
    name = models.CharField("工作内容", max_length=100)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["function", "code"], name="task_code_once")]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class Statement(Record):
    """技能要求 or 相关知识要求 of a task."""

    class Kind(models.TextChoices):
        SKILL = "skill", "技能要求"
        KNOWLEDGE = "knowledge", "相关知识要求"

    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind)
    code = models.CharField("序号", max_length=12)
    text = models.CharField("内容", max_length=300)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["task", "kind", "code"], name="statement_code_once")]

    def __str__(self) -> str:
        return f"{self.code} {self.text}"


class Weight(Record):
    """One cell of the weight tables (权重表): the share of a row at one level, in percent."""

    class Kind(models.TextChoices):
        THEORY = "theory", "理论知识"
        SKILL = "skill", "技能要求"

    standard = models.ForeignKey(StandardVersion, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind)
    level = models.PositiveSmallIntegerField("等级")
    name = models.CharField("项目", max_length=100)
    function_code = models.CharField("职业功能序号", max_length=10, blank=True)
    position = models.PositiveSmallIntegerField("次序")
    percent = models.PositiveSmallIntegerField("比重（%）")
    is_illustrative = models.BooleanField("示例", default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["standard", "kind", "level", "name"], name="weight_once"),
            models.CheckConstraint(name="weight_is_a_percentage", condition=Q(percent__gte=1, percent__lte=100)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.level} {self.name} {self.percent}%"


class EntryCondition(Record):
    """申报条件: one alternative for a level; its clauses must all hold. A level's alternatives are joined by OR."""

    standard = models.ForeignKey(StandardVersion, on_delete=models.PROTECT, related_name="+")
    level = models.PositiveSmallIntegerField("等级")
    code = models.CharField("编号", max_length=10)
    number = models.CharField("条号", max_length=10, blank=True)
    text = models.CharField("条件", max_length=400)
    clauses = models.JSONField("规则", help_text="各条须同时满足；kind 见 standards.rules")
    certainty = models.CharField("可靠程度", max_length=1)
    source = models.CharField("出处", max_length=200, blank=True)
    reading = models.CharField("取义", max_length=200, blank=True, help_text="转述有两种读法时取哪一种")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["standard", "code"], name="entry_condition_once")]

    @property
    def parsed(self) -> tuple[ConditionClause, ...]:
        """The clauses, typed. Raises UnknownClause for a draft whose clauses cannot be read."""
        return parse_clauses(self.clauses)

    def __str__(self) -> str:
        return f"{self.code} {self.text}"


class Part(Record):
    """考核科目: what is examined at a level: theory, skill, and for levels 2 and 1 the comprehensive review."""

    standard = models.ForeignKey(StandardVersion, on_delete=models.PROTECT, related_name="+")
    level = models.PositiveSmallIntegerField("等级")
    code = models.CharField("科目", max_length=10)
    name = models.CharField("名称", max_length=60)
    method = models.CharField("方式", max_length=200, blank=True)
    minutes = models.PositiveSmallIntegerField("时长（分钟）")
    full_marks = models.PositiveSmallIntegerField("满分", default=100)
    pass_marks = models.PositiveSmallIntegerField("合格分")
    is_illustrative = models.BooleanField("示例", default=False, help_text="有数值没有公开来源")
    illustrative = models.JSONField("示例项", default=list, help_text="没有公开来源的字段名")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["standard", "level", "code"], name="part_once")]

    def __str__(self) -> str:
        return f"{self.level} {self.name}"


class RelatedOccupation(Record):
    """相关职业: an occupation whose certificates and years count for this standard's conditions."""

    standard = models.ForeignKey(StandardVersion, on_delete=models.PROTECT, related_name="+")
    occupation_code = models.CharField("职业编码", max_length=10)
    name = models.CharField("名称", max_length=120)
    is_illustrative = models.BooleanField("示例", default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["standard", "occupation_code"], name="related_once")]

    def __str__(self) -> str:
        return f"{self.occupation_code} {self.name}"
