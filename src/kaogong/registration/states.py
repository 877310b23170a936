"""The life of an application to sit."""

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
        Move("withdraw", "撤回", ("drafted", "submitted", "returned", "admitted"), "withdrawn"),
    ),
)
