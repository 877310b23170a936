"""The lives of a result, of a recheck and of a disputed question."""

from __future__ import annotations

from kaogong.foundation.kernel.lifecycles import Lifecycle, Move

RESULT = Lifecycle(
    name="result",
    title="鉴定成绩",
    initial="drafted",
    states={"drafted": "待发布", "final": "已发布", "superseded": "已被更正"},
    moves=(
        Move("finalise", "发布", ("drafted",), "final"),
        Move("supersede", "更正", ("final",), "superseded"),
    ),
)

RECHECK = Lifecycle(
    name="recheck",
    title="成绩复核",
    initial="requested",
    states={"requested": "待复核", "upheld": "维持原成绩", "corrected": "已更正"},
    moves=(
        Move("uphold", "维持", ("requested",), "upheld"),
        Move("correct", "更正", ("requested",), "corrected"),
    ),
)

DISPUTE = Lifecycle(
    name="dispute",
    title="试题异议",
    initial="open",
    states={"open": "待裁定", "dismissed": "异议不成立", "upheld": "异议成立，待重新评分", "rescored": "已重新评分"},
    moves=(
        Move("dismiss", "驳回", ("open",), "dismissed"),
        Move("uphold", "成立", ("open",), "upheld"),
        Move("rescore", "重新评分", ("upheld",), "rescored"),
    ),
)
