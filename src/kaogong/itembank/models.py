from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from kaogong.foundation.kernel.records import Record
from kaogong.foundation.signing.fields import DigestField, SealedField, SignerField
from kaogong.itembank import network  # noqa: F401  # so that Django finds its tables
from kaogong.itembank.rules import languages
from kaogong.itembank.rules.items import TYPES, stem_of_item, stem_of_row
from kaogong.itembank.states import BLUEPRINT, IMPORT, ITEM, PAPER, PAPER_SET, REVIEWS, TRANSLATION


class Blueprint(Record):
    """鉴定要素细目表: what a level's theory papers are drawn from; fixed by `approve`."""

    class Norm(models.TextChoices):
        ORDINARY = "ordinary", "普通题库"
        EXEMPLARY = "exemplary", "精品题库"

    standard = models.ForeignKey("standards.StandardVersion", on_delete=models.PROTECT, related_name="+")
    occupation_code = models.CharField("职业编码", max_length=10)
    level = models.PositiveSmallIntegerField("等级")
    title = models.CharField("名称", max_length=120)
    norm = models.CharField("建库标准", max_length=10, choices=Norm, default=Norm.ORDINARY)
    state = models.CharField(max_length=20, choices=BLUEPRINT.choices(), default=BLUEPRINT.initial)
    digest = models.CharField("内容摘要", max_length=64, blank=True)
    drafted_at = models.DateTimeField("编制时间")
    drafted_by = models.CharField("编制人", max_length=100, blank=True)
    approved_at = models.DateTimeField("审定时间", null=True, blank=True)
    approved_by = models.CharField("审定人", max_length=100, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="approved_blueprint_has_a_digest", condition=Q(state="drafted") | ~Q(digest="")
            ),
            models.UniqueConstraint(
                fields=["standard", "level"], condition=Q(state="approved"), name="one_approved_blueprint"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Range(Record):
    """鉴定范围: a node of the blueprint above the points, with its share; its code is a tuple, never joined."""

    blueprint = models.ForeignKey(Blueprint, on_delete=models.PROTECT, related_name="+")
    codes = ArrayField(models.CharField(max_length=6), verbose_name="代码")
    name = models.CharField("鉴定范围", max_length=120)
    percent = models.PositiveSmallIntegerField("鉴定比重", null=True, blank=True)
    is_weighted = models.BooleanField("组卷范围", default=False, help_text="权重表中的一项；试卷按它分配题数")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["blueprint", "codes"], name="range_code_once")]

    def __str__(self) -> str:
        return f"{'-'.join(self.codes)} {self.name}"


class Point(Record):
    """鉴定点: the smallest unit, core (X), general (Y) or auxiliary (Z). One with a sub-bank is that bank's own."""

    class Importance(models.TextChoices):
        CORE = "X", "核心要素"
        GENERAL = "Y", "一般要素"
        AUXILIARY = "Z", "辅助要素"

    blueprint = models.ForeignKey(Blueprint, on_delete=models.PROTECT, related_name="+")
    range = models.ForeignKey(Range, on_delete=models.PROTECT, related_name="+")
    weighted_range = models.ForeignKey(
        Range, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="组卷范围"
    )
    codes = ArrayField(models.CharField(max_length=6), verbose_name="代码")
    name = models.CharField("鉴定点", max_length=160)
    importance = models.CharField("重要程度", max_length=1, choices=Importance)
    sub_bank = models.ForeignKey(
        "itembank.SubBank", on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="分库"
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["blueprint", "codes"], name="point_code_once")]

    def __str__(self) -> str:
        return f"{'-'.join(self.codes)} {self.name}"


class Item(Record):
    """An item through all its versions. Without a point it is an unbound draft that no paper can take."""

    class Origin(models.TextChoices):
        WRITTEN = "written", "本系统命题"
        IMPORTED = "imported", "导入"
        REFERENCE = "reference", "随系统提供"

    occupation_code = models.CharField("职业编码", max_length=10)
    level = models.PositiveSmallIntegerField("等级")
    point = models.ForeignKey(Point, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    number = models.CharField("题号", max_length=40)
    latest = models.PositiveSmallIntegerField("最新版本", default=1)
    state = models.CharField(max_length=20, choices=ITEM.choices(), default=ITEM.initial)
    origin = models.CharField("来源", max_length=12, choices=Origin, default=Origin.WRITTEN)
    region_code = models.CharField("题库所属地区", max_length=6, blank=True, help_text="空为国家题库")
    organisation_id = models.UUIDField("所属机构", null=True, blank=True)
    author = models.CharField("命题人", max_length=100, blank=True)
    author_key = models.CharField(max_length=64, blank=True)
    reviewer = models.CharField("审题人", max_length=100, blank=True)
    reviewer_key = models.CharField(max_length=64, blank=True)
    reviewed_at = models.DateTimeField("审题时间", null=True, blank=True)
    approver = models.CharField("终审人", max_length=100, blank=True)
    approver_key = models.CharField(max_length=64, blank=True)
    approved_at = models.DateTimeField("终审时间", null=True, blank=True)
    in_use_since = models.DateTimeField("启用时间", null=True, blank=True)
    note = models.CharField("审题意见", max_length=300, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["occupation_code", "level", "state"])]
        constraints = [
            models.CheckConstraint(
                name="item_passes_three_persons",
                condition=Q(origin="reference")
                | Q(state__in=["drafted", "reviewed", "retired"])
                | (
                    ~Q(author_key=F("reviewer_key"))
                    & ~Q(reviewer_key=F("approver_key"))
                    & ~Q(author_key=F("approver_key"))
                ),
            ),
            models.CheckConstraint(
                name="item_in_use_has_a_point", condition=Q(state__in=["drafted", "reviewed"]) | Q(point__isnull=False)
            ),
            models.UniqueConstraint(fields=["occupation_code", "level", "number"], name="item_number_once"),
        ]

    def __str__(self) -> str:
        return self.number


class ItemVersion(Record):
    """One immutable version of an item; stem, options, key and explanation are sealed in `content_sealed`."""

    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveSmallIntegerField("版本")
    type = models.CharField("题型", max_length=12, choices=list(TYPES.items()))
    content_sealed = SealedField("题目内容（密文）", purpose="itembank.item")
    digest = DigestField(
        "内容摘要",
        purpose="itembank.content",
        fixed="试卷的签名包含它",
        help_text="带密钥：判断题的答案不能由摘要猜出",
    )
    stem_digest = DigestField(
        "题干摘要", purpose="itembank.stem", source="content_sealed", text=stem_of_item, db_index=True
    )
    difficulty = models.PositiveSmallIntegerField("难度")
    consistency = models.PositiveSmallIntegerField("一致性")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["item", "version"], name="item_version_once"),
            models.CheckConstraint(name="difficulty_1_to_5", condition=Q(difficulty__gte=1, difficulty__lte=5)),
            models.CheckConstraint(name="consistency_1_to_5", condition=Q(consistency__gte=1, consistency__lte=5)),
        ]

    def __str__(self) -> str:
        return f"{self.item_id}@{self.version}"


class ItemReview(Record):
    """What one reviewer said of one version, for one of the three reviews; a version passes each of them once."""

    class Verdict(models.TextChoices):
        PASSED = "passed", "通过"
        RETURNED = "returned", "退回"

    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveSmallIntegerField("版本")
    kind = models.CharField("审查类别", max_length=10, choices=list(REVIEWS.items()))
    verdict = models.CharField("结论", max_length=10, choices=Verdict)
    opinion = models.CharField("意见", max_length=300, blank=True)
    reviewer = models.CharField("审题人", max_length=100)
    reviewer_key = models.CharField(max_length=64)
    author_key = models.CharField(max_length=64)
    reviewed_at = models.DateTimeField("时间")

    class Meta:
        constraints = [
            models.CheckConstraint(name="nobody_reviews_her_own_item", condition=~Q(author_key=F("reviewer_key"))),
            models.UniqueConstraint(
                fields=["item", "version", "kind"], condition=Q(verdict="passed"), name="review_passed_once"
            ),
            models.CheckConstraint(name="returned_item_has_an_opinion", condition=Q(verdict="passed") | ~Q(opinion="")),
        ]

    def __str__(self) -> str:
        return f"{self.item_id}@{self.version} {self.kind}"


class ItemRelation(Record):
    """Two items of one bank that must not meet in a paper, until somebody ends it; `first` has the smaller id.

    Enemies give each other away; items of one lineage are variants of each other, and so are the relatives of these.
    """

    class Kind(models.TextChoices):
        ENEMY = "enemy", "不能同卷"
        LINEAGE = "lineage", "同源"

    first = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="+")
    second = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField("关系", max_length=10, choices=Kind)
    reason = models.CharField("理由", max_length=300)
    noted_by = models.CharField("登记人", max_length=100)
    noted_at = models.DateTimeField("登记时间")
    ended_by = models.CharField("解除人", max_length=100, blank=True)
    ended_at = models.DateTimeField("解除时间", null=True, blank=True)
    ended_because = models.CharField("解除理由", max_length=300, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="item_relation_is_of_two_in_order", condition=Q(first__lt=F("second"))),
            models.CheckConstraint(
                name="item_relation_ended_for_a_reason", condition=Q(ended_at__isnull=True) | ~Q(ended_because="")
            ),
            models.UniqueConstraint(
                fields=["first", "second", "kind"], condition=Q(ended_at__isnull=True), name="item_relation_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first_id} {self.kind} {self.second_id}"


class ItemTranslation(Record):
    """语言版本: one item version in another language, with those who worked at it; fixed by `approve`.

    It holds no key: the key and the point are those of the version. It is worked at by the body whose home it names,
    which may be a province's for an item of the national bank, and serves everywhere. One that belongs to an older
    version than the item's latest is out of date (stale), and still serves the papers that hold that version.
    """

    version = models.ForeignKey(ItemVersion, on_delete=models.PROTECT, related_name="+")
    language = models.CharField("语言", max_length=10, choices=languages.CHOICES)
    region_code = models.CharField("翻译机构地区", max_length=6, blank=True)
    organisation_id = models.UUIDField("翻译机构", null=True, blank=True)
    content_sealed = SealedField("译文（密文）", purpose="itembank.translation")
    digest = DigestField("内容摘要", purpose="itembank.translation", fixed="审定的语言版本不可更改")
    state = models.CharField(max_length=20, choices=TRANSLATION.choices(), default=TRANSLATION.initial)
    translator = models.CharField("翻译", max_length=100)
    translator_key = models.CharField(max_length=64)
    translated_at = models.DateTimeField("翻译时间")
    editor = models.CharField("编辑", max_length=100, blank=True)
    editor_key = models.CharField(max_length=64, blank=True)
    edited_at = models.DateTimeField("编辑时间", null=True, blank=True)
    proofreader = models.CharField("校对", max_length=100, blank=True)
    proofreader_key = models.CharField(max_length=64, blank=True)
    proofread_at = models.DateTimeField("校对时间", null=True, blank=True)
    reviewer = models.CharField("审定", max_length=100, blank=True)
    reviewer_key = models.CharField(max_length=64, blank=True)
    reviewed_at = models.DateTimeField("审定时间", null=True, blank=True)
    note = models.CharField("意见", max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["version", "language"], condition=~Q(state="retired"), name="one_translation_of_a_version"
            ),
            models.CheckConstraint(
                name="translation_is_passed_by_others",
                condition=~Q(translator_key=F("editor_key"))
                & ~Q(translator_key=F("reviewer_key"))
                & (Q(reviewer_key="") | (~Q(editor_key=F("reviewer_key")) & ~Q(proofreader_key=F("reviewer_key")))),
            ),
            models.CheckConstraint(
                name="translation_in_use_went_all_the_way",
                condition=~Q(state="approved") | (~Q(editor_key="") & ~Q(proofreader_key="") & ~Q(reviewer_key="")),
            ),
        ]
        indexes = [models.Index(fields=["language", "state"])]

    def __str__(self) -> str:
        return f"{self.version_id} {self.language}"


class ItemStatistic(Record):
    """What a run of calibration learnt of one version in one language. A run is never overwritten: the newest counts.

    Difficulty `p` is the share right (0-1); `r` the corrected item-total correlation; `a`, `b`, `c` the parameters of
    the response model on the scale of the bank (logistic, D = 1), each with its standard error; `flags` names of
    `psychometrics.classical` and of the rules on trial and drift.
    """

    version = models.ForeignKey(ItemVersion, on_delete=models.PROTECT, related_name="+")
    language = models.CharField("语言", max_length=10, default="zh-hans")
    run_id = models.UUIDField()
    purpose = models.CharField(max_length=10, choices=[("trial", "试测"), ("live", "在用监测")])
    cases = models.PositiveIntegerField("作答人数")
    p = models.FloatField("难度（通过率）", null=True)
    r = models.FloatField("区分度（校正题总相关）", null=True)
    upper_lower = models.FloatField("高低分组差", null=True)
    model = models.CharField("模型", max_length=8, blank=True)
    a = models.FloatField(null=True)
    b = models.FloatField(null=True)
    c = models.FloatField(null=True)
    se_a = models.FloatField(null=True)
    se_b = models.FloatField(null=True)
    se_c = models.FloatField(null=True)
    exposure = models.FloatField("曝光率", null=True)
    uses = models.PositiveSmallIntegerField("使用的考试日数", null=True)
    drift = models.FloatField("漂移（稳健 z）", null=True)
    dif = models.JSONField("DIF", default=list, help_text="{by, focal, delta, class}")
    flags = models.JSONField("标记", default=list)
    as_of = models.DateTimeField("截至")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "language", "run_id"], name="statistic_once_in_a_run"),
            models.CheckConstraint(name="p_is_a_share", condition=Q(p__isnull=True) | Q(p__gte=0, p__lte=1)),
        ]
        indexes = [models.Index(fields=["version", "language", "-as_of"])]

    def __str__(self) -> str:
        return f"{self.version_id} {self.purpose}"


class PaperSet(Record):
    """A set of parallel papers, ordered by a person, assembled in the background, sealed all at once or not at all.

    `progress` counts the stages that the assembly has passed, of `STAGES`; `report` is the proof, or which rules
    clashed: see `rules.sets`.
    """

    STAGES = 6

    blueprint = models.ForeignKey(Blueprint, on_delete=models.PROTECT, related_name="+")
    number = models.CharField("编号前缀", max_length=36, unique=True)
    size = models.PositiveSmallIntegerField("份数")
    seed = models.BigIntegerField("随机种子")
    avoid = models.JSONField("回避的试卷", default=list)
    state = models.CharField(max_length=20, choices=PAPER_SET.choices(), default=PAPER_SET.initial)
    progress = models.PositiveSmallIntegerField("进度", default=0)
    report = models.JSONField("组卷报告", default=dict)
    ordered_at = models.DateTimeField("下达时间")
    ordered_by = models.CharField("组卷人", max_length=100)
    ordered_by_key = models.CharField(max_length=64)
    ended_at = models.DateTimeField("结束时间", null=True, blank=True)
    occupation_code = models.CharField("职业编码", max_length=10)
    level = models.PositiveSmallIntegerField("等级")
    region_code = models.CharField("组卷机构地区", max_length=6, blank=True)
    organisation_id = models.UUIDField("组卷机构", null=True, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(name="set_has_two_papers_or_more", condition=Q(size__gte=2))]

    def __str__(self) -> str:
        return self.number


class Resemblance(Record):
    """Two item versions that are alike, the older one first, and what a person said of them."""

    class Verdict(models.TextChoices):
        OPEN = "open", "待判断"
        DISTINCT = "distinct", "不是重复"
        KIN = "kin", "同源"

    first = models.ForeignKey(ItemVersion, on_delete=models.PROTECT, related_name="+")
    second = models.ForeignKey(ItemVersion, on_delete=models.PROTECT, related_name="+")
    likeness = models.FloatField("相近程度", help_text="0 至 1")
    found_at = models.DateTimeField("发现时间")
    verdict = models.CharField("判断", max_length=10, choices=Verdict, default=Verdict.OPEN)
    note = models.CharField("说明", max_length=300, blank=True)
    judged_at = models.DateTimeField("判断时间", null=True, blank=True)
    judged_by = models.CharField("判断人", max_length=100, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="resemblance_once"),
            models.CheckConstraint(name="resemblance_older_first", condition=Q(first__lt=F("second"))),
            models.CheckConstraint(name="likeness_is_a_share", condition=Q(likeness__gte=0, likeness__lte=1)),
            models.CheckConstraint(
                name="judged_resemblance_is_stamped",
                condition=Q(verdict="open", judged_at__isnull=True)
                | (~Q(verdict="open") & Q(judged_at__isnull=False) & ~Q(judged_by="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first_id} {self.second_id}"


class Paper(Record):
    """A sealed list of item versions, with the seed and the report of its assembly, signed."""

    blueprint = models.ForeignKey(Blueprint, on_delete=models.PROTECT, related_name="+")
    number = models.CharField("试卷编号", max_length=40, unique=True)
    seed = models.BigIntegerField("随机种子")
    report = models.JSONField("组卷报告")
    digest = models.CharField("摘要", max_length=64)
    signature = models.BinaryField("签名")
    key_id = SignerField("签名密钥", max_length=60)
    state = models.CharField(max_length=20, choices=PAPER.choices(), default=PAPER.initial)
    sealed_at = models.DateTimeField("封存时间")
    sealed_by = models.CharField("组卷人", max_length=100)
    occupation_code = models.CharField("职业编码", max_length=10)
    level = models.PositiveSmallIntegerField("等级")
    region_code = models.CharField("组卷机构地区", max_length=6, blank=True)
    organisation_id = models.UUIDField("组卷机构", null=True, blank=True)
    voided_because = models.CharField("作废原因", max_length=200, blank=True)
    paper_set = models.ForeignKey(PaperSet, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["occupation_code", "level"])]

    def __str__(self) -> str:
        return self.number


class PaperItem(Record):
    """One question of a paper, in its place, worth so many marks."""

    paper = models.ForeignKey(Paper, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField("题序")
    version = models.ForeignKey(ItemVersion, on_delete=models.PROTECT, related_name="+")
    marks = models.DecimalField("分值", max_digits=5, decimal_places=2)
    is_scored = models.BooleanField("计分", default=True, help_text="试测题不计分；考生看不出是哪几道")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["paper", "position"], name="paper_position_once"),
            models.UniqueConstraint(fields=["paper", "version"], name="paper_item_once"),
            models.CheckConstraint(name="paper_item_is_worth_something", condition=Q(marks__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.position}"


class PracticalTask(Record):
    """操作技能试题: one task of a module, with preparation, steps and the criteria of its score sheet (sum 100)."""

    standard = models.ForeignKey("standards.StandardVersion", on_delete=models.PROTECT, related_name="+")
    occupation_code = models.CharField("职业编码", max_length=10)
    level = models.PositiveSmallIntegerField("等级")
    module_code = models.CharField("模块", max_length=10)
    module_name = models.CharField("模块名称", max_length=100)
    weight = models.PositiveSmallIntegerField("模块比重（%）")
    code = models.CharField("编号", max_length=20)
    title = models.CharField("名称", max_length=120)
    minutes = models.PositiveSmallIntegerField("时长（分钟）")
    preparation_minutes = models.PositiveSmallIntegerField("准备时间（分钟）", default=0)
    content_sealed = SealedField(
        "内容（密文）", purpose="itembank.practical", help_text="试题、操作程序、准备清单、违规规定"
    )
    criteria = models.JSONField("评分要素", help_text="code、text、marks、deduction；合计 100")
    is_illustrative = models.BooleanField("示例", default=False)
    digest = DigestField(purpose="itembank.practical", fixed="操作技能试题一经入库不可更改")

    class Meta:
        constraints = [
            models.CheckConstraint(name="module_weight_is_a_percentage", condition=Q(weight__gte=1, weight__lte=100)),
            models.UniqueConstraint(fields=["standard", "level", "code"], name="practical_task_code_once"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"


class ImportBatch(Record):
    """A staged import: analysed whole, waiting for a person to commit its good rows at once or not at all."""

    file_name = models.CharField(max_length=200)
    file_digest = models.CharField("文件摘要", max_length=64)
    encoding = models.CharField("编码", max_length=10)
    profile = models.CharField("题型代码方言", max_length=20)
    columns = models.JSONField("列对应", default=dict)
    occupation_code = models.CharField("职业编码", max_length=10)
    level = models.PositiveSmallIntegerField("等级")
    state = models.CharField(max_length=20, choices=IMPORT.choices(), default=IMPORT.initial)
    good_rows = models.PositiveIntegerField("可入库行数")
    bad_rows = models.PositiveIntegerField("待修改行数")
    unbound_rows = models.PositiveIntegerField("未归入鉴定点的行数", default=0)
    region_code = models.CharField(max_length=6, blank=True)
    organisation_id = models.UUIDField(null=True, blank=True)
    staged_at = models.DateTimeField("暂存时间")
    staged_by = models.CharField("经办人", max_length=100)
    staged_by_key = models.CharField(max_length=64, blank=True)
    committed_at = models.DateTimeField("入库时间", null=True, blank=True)
    committed_by = models.CharField("入库人", max_length=100, blank=True)
    discarded_at = models.DateTimeField("放弃时间", null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="committed_import_is_stamped", condition=~Q(state="committed") | Q(committed_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return self.file_name


class ImportRow(Record):
    """One row of a staged import: good ones hold the sealed item, bad ones the reason and their place."""

    batch = models.ForeignKey(ImportBatch, on_delete=models.PROTECT, related_name="+")
    line = models.PositiveIntegerField("行号")
    content_sealed = SealedField("题目（密文）", purpose="itembank.import", null=True)
    stem_digest = DigestField(purpose="itembank.stem", source="content_sealed", text=stem_of_row, blank=True)
    problems = models.JSONField("问题", default=list)
    place = models.CharField("在文件中的位置", max_length=200, blank=True)
    original_sealed = SealedField(
        "原文（密文）", purpose="itembank.original", null=True, help_text="题包中未能读入的试题，原样保留"
    )
    item = models.ForeignKey(Item, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["batch", "line"], name="import_line_once")]

    def __str__(self) -> str:
        return f"{self.line}"
