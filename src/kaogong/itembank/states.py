"""The lives of a blueprint, an item, a paper and an import."""

from __future__ import annotations

from kaogong.foundation.kernel.lifecycles import Lifecycle, Move

BLUEPRINT = Lifecycle(
    name="blueprint",
    title="鉴定要素细目表",
    initial="drafted",
    states={"drafted": "编制中", "approved": "已审定", "retired": "已停用"},
    moves=(
        Move("approve", "审定", ("drafted",), "approved"),
        Move("retire", "停用", ("approved",), "retired"),
    ),
)

ITEM = Lifecycle(
    name="item",
    title="试题",
    initial="drafted",
    states={
        "drafted": "命题中",
        "reviewed": "已审题",
        "cleared": "待试测",
        "trial": "试测中",
        "assessed": "待统计审查",
        "approved": "在用",
        "limited": "限用",
        "frozen": "冻结",
        "retired": "淘汰",
    },
    moves=(
        Move("review", "审题通过", ("drafted",), "reviewed"),
        Move("return", "退回修改", ("reviewed", "cleared", "assessed"), "drafted"),
        Move("approve", "终审启用", ("reviewed",), "approved"),
        Move("clear", "终审通过，送试测", ("reviewed",), "cleared"),
        Move("try", "投入试测", ("cleared",), "trial"),
        Move("assess", "结束试测", ("trial",), "assessed"),
        Move("retry", "继续试测", ("assessed",), "trial"),
        Move("promote", "统计审查通过，启用", ("assessed",), "approved"),
        Move("limit", "限用", ("approved",), "limited"),
        Move("release", "解除限用", ("limited",), "approved"),
        Move("revise", "修订", ("drafted", "cleared", "assessed", "approved", "limited", "frozen"), "drafted"),
        Move("freeze", "冻结", ("cleared", "trial", "assessed", "approved", "limited"), "frozen"),
        Move("thaw", "解冻", ("frozen",), "approved"),
        Move("thaw_untried", "解冻，送试测", ("frozen",), "cleared"),
        Move("retire", "淘汰", ("cleared", "assessed", "approved", "limited", "frozen"), "retired"),
    ),
)
REVIEWS = {"content": "内容审查", "language": "语言文字审查", "technical": "命题技术审查"}
"""What an item is reviewed for before its final review (命题技术标准; item-bank §1.7)."""

PAPER = Lifecycle(
    name="paper",
    title="试卷",
    initial="sealed",
    states={"sealed": "已封存", "used": "已启用", "void": "作废"},
    moves=(
        Move("use", "启用", ("sealed",), "used"),
        Move("void", "作废", ("sealed", "used"), "void"),
    ),
)

PAPER_SET = Lifecycle(
    name="paper_set",
    title="成套试卷",
    initial="ordered",
    states={"ordered": "组卷中", "sealed": "已封存", "impossible": "不能组成", "withdrawn": "已撤回"},
    moves=(
        Move("seal", "封存", ("ordered",), "sealed"),
        Move("refuse", "判定不能组成", ("ordered",), "impossible"),
        Move("withdraw", "撤回", ("ordered",), "withdrawn"),
    ),
)

IMPORT = Lifecycle(
    name="import",
    title="导入批",
    initial="staged",
    states={"staged": "待入库", "committed": "已入库", "discarded": "已放弃"},
    moves=(
        Move("commit", "入库", ("staged",), "committed"),
        Move("discard", "放弃", ("staged",), "discarded"),
    ),
)

TRANSLATION = Lifecycle(
    name="translation",
    title="语言版本",
    initial="translating",
    states={
        "translating": "翻译中",
        "edited": "已编辑",
        "proofread": "已校对",
        "approved": "已审定",
        "retired": "停用",
    },
    moves=(
        Move("write", "保存译文", ("translating",), "translating"),
        Move("edit", "编辑通过", ("translating",), "edited"),
        Move("proofread", "校对通过", ("edited",), "proofread"),
        Move("approve", "审定启用", ("proofread",), "approved"),
        Move("return", "退回翻译", ("edited", "proofread"), "translating"),
        Move("retire", "停用", ("translating", "edited", "proofread", "approved"), "retired"),
    ),
)

SUB_BANK = Lifecycle(
    name="sub_bank",
    title="分库",
    initial="proposed",
    states={"proposed": "申报中", "open": "运行中", "suspended": "已停用", "closed": "已撤销"},
    moves=(
        Move("open", "批准设立", ("proposed",), "open"),
        Move("refuse", "不予批准", ("proposed",), "closed"),
        Move("evaluate", "登记评估", ("open", "suspended"), "open"),
        Move("suspend", "停用", ("open",), "suspended"),
        Move("close", "撤销", ("open", "suspended"), "closed"),
    ),
)
