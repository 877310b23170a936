"""The life of a licence."""

from __future__ import annotations

from kaogong.foundation.kernel.lifecycles import Lifecycle, Move

LICENCE = Lifecycle(
    name="licence",
    title="鉴定许可",
    initial="granted",
    states={"granted": "有效", "suspended": "暂停", "revoked": "吊销"},
    moves=(
        Move("suspend", "暂停", ("granted",), "suspended"),
        Move("resume", "恢复", ("suspended",), "granted"),
        Move("revoke", "吊销", ("granted", "suspended"), "revoked"),
    ),
)
