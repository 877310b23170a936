"""The life of a card."""

from __future__ import annotations

from kaogong.foundation.kernel.lifecycles import Lifecycle, Move

CARD = Lifecycle(
    name="card",
    title="考评员证卡",
    initial="granted",
    states={"granted": "有效", "suspended": "暂停", "withdrawn": "注销"},
    moves=(
        Move("suspend", "暂停", ("granted",), "suspended"),
        Move("resume", "恢复", ("suspended",), "granted"),
        Move("withdraw", "注销", ("granted", "suspended"), "withdrawn"),
    ),
)
