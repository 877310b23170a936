"""The life of an attempt: one candidate at one part of a sitting."""

from __future__ import annotations

from kaogong.foundation.kernel.lifecycles import Lifecycle, Move

ATTEMPT = Lifecycle(
    name="attempt",
    title="应试",
    initial="expected",
    states={
        "expected": "待到场",
        "present": "已签到",
        "started": "作答中",
        "submitted": "已交卷",
        "sealed": "已封存",
        "absent": "缺考",
        "late": "迟到未准入场",
        "barred": "违纪取消",
    },
    moves=(
        Move("check_in", "核验签到", ("expected",), "present"),
        Move("turn_away", "迟到不准入场", ("expected",), "late"),
        Move("mark_absent", "登记缺考", ("expected", "present"), "absent"),
        Move("start", "开始作答", ("present",), "started"),
        Move("submit", "交卷", ("started",), "submitted"),
        Move("bar", "取消考试资格", ("present", "started", "submitted"), "barred"),
        Move("seal", "封存", ("submitted",), "sealed"),
    ),
)

FINISHED = frozenset({"sealed", "absent", "late", "barred"})
"""States from which nothing leads on: the part can be marked when every attempt is in one of them."""
