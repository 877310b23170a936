"""The life of a standard version."""

from __future__ import annotations

from kaogong.foundation.kernel.lifecycles import Lifecycle, Move

STANDARD = Lifecycle(
    name="standard",
    title="职业技能标准",
    initial="drafted",
    states={"drafted": "编写中", "published": "已颁布", "withdrawn": "已废止"},
    moves=(
        Move("publish", "颁布", ("drafted",), "published"),
        Move("withdraw", "废止", ("published",), "withdrawn"),
    ),
)
