"""The life of a certificate."""

from __future__ import annotations

from kaogong.foundation.kernel.lifecycles import Lifecycle, Move

CERTIFICATE = Lifecycle(
    name="certificate",
    title="证书",
    initial="issued",
    states={"issued": "有效", "suspended": "暂停使用", "revoked": "已撤销"},
    moves=(
        Move("replace", "补发", ("issued",), "issued"),
        Move("correct", "更正", ("issued",), "issued"),
        Move("suspend", "暂停", ("issued",), "suspended"),
        Move("resume", "恢复", ("suspended",), "issued"),
        Move("revoke", "撤销", ("issued", "suspended"), "revoked"),
    ),
)
