"""The lives of an application to sit, and of a list of many."""

from __future__ import annotations

from kaogong.foundation.kernel.lifecycles import Lifecycle, Move

REGISTRATION = Lifecycle(
    name="registration",
    title="报名",
    initial="drafted",
    states={
        "drafted": "填写中",
        "submitted": "待资格审核",
        "returned": "退回补正",
        "admitted": "审核通过",
        "refused": "审核不通过",
        "withdrawn": "已撤回",
    },
    moves=(
        Move("submit", "提交", ("drafted", "returned"), "submitted"),
        Move("return", "退回补正", ("submitted",), "returned"),
        Move("admit", "审核通过", ("submitted",), "admitted"),
        Move("refuse", "审核不通过", ("submitted",), "refused"),
        Move("reopen", "撤销审核通过", ("admitted",), "submitted"),
        Move("withdraw", "撤回", ("drafted", "submitted", "returned", "admitted"), "withdrawn"),
    ),
)

ROSTER = Lifecycle(
    name="roster",
    title="报名名单",
    initial="reading",
    states={"reading": "核对中", "staged": "待提交", "committed": "已提交", "discarded": "已放弃"},
    moves=(
        Move("finish", "核对完毕", ("reading",), "staged"),
        Move("recheck", "重新核对", ("staged",), "reading"),
        Move("commit", "提交", ("staged",), "committed"),
        Move("discard", "放弃", ("reading", "staged"), "discarded"),
    ),
)
