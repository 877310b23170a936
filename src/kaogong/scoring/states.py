"""The lives of a result and of a recheck."""

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
