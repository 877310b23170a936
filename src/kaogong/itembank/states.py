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
    states={"drafted": "命题中", "reviewed": "已审题", "approved": "在用", "frozen": "冻结", "retired": "淘汰"},
    moves=(
        Move("review", "审题通过", ("drafted",), "reviewed"),
        Move("return", "退回修改", ("reviewed",), "drafted"),
        Move("approve", "终审启用", ("reviewed",), "approved"),
        Move("revise", "修订", ("drafted", "approved", "frozen"), "drafted"),
        Move("freeze", "冻结", ("approved",), "frozen"),
        Move("thaw", "解冻", ("frozen",), "approved"),
        Move("retire", "淘汰", ("approved", "frozen"), "retired"),
    ),
)

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
