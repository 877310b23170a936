"""The lives of a round and of a sitting."""

from __future__ import annotations

from kaogong.foundation.kernel.lifecycles import Lifecycle, Move

ROUND = Lifecycle(
    name="round",
    title="鉴定批次",
    initial="drafted",
    states={"drafted": "编制中", "announced": "已公告", "completed": "已结束", "cancelled": "已取消"},
    moves=(
        Move("announce", "公告", ("drafted",), "announced"),
        Move("complete", "结束", ("announced",), "completed"),
        Move("cancel", "取消", ("drafted", "announced"), "cancelled"),
    ),
)

SITTING = Lifecycle(
    name="sitting",
    title="鉴定场次",
    initial="scheduled",
    states={"scheduled": "已安排", "published": "准考证已发布", "held": "已考", "cancelled": "已取消", "void": "作废"},
    moves=(
        Move("publish", "发布座位与准考证", ("scheduled",), "published"),
        Move("move", "改期", ("scheduled",), "scheduled"),
        Move("move", "改期", ("published",), "published"),
        Move("hold", "考毕", ("published",), "held"),
        Move("cancel", "取消", ("scheduled", "published"), "cancelled"),
        Move("void", "作废", ("held",), "void"),
    ),
)
