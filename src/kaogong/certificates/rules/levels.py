"""Levels in their order: the digit runs downward (5 is the lowest, 1 the highest), so compare ranks, never digits.

Source: 国家职业资格五级–一级; the eight-level opinion of 2022 adds an apprentice below and two levels above.
"""

from __future__ import annotations

LEVEL_NAMES = {5: "五级/初级工", 4: "四级/中级工", 3: "三级/高级工", 2: "二级/技师", 1: "一级/高级技师"}
LEVEL_NAMES_ENGLISH = {
    5: "Level 5 (Elementary)",
    4: "Level 4 (Intermediate)",
    3: "Level 3 (Advanced)",
    2: "Level 2 (Technician)",
    1: "Level 1 (Senior technician)",
}
ORDER: tuple[int | str, ...] = ("apprentice", 5, 4, 3, 2, 1, "special", "chief")
"""学徒工, 初级工 … 高级技师, 特级技师, 首席技师: from the lowest to the highest."""


def rank(level: int | str) -> int:
    """The place of a level from the lowest (0, an apprentice) to the highest (7, a chief technician).

    Raises ValueError for what is no level.
    """
    if level not in ORDER:
        raise ValueError(f"no such level: {level!r}")
    return ORDER.index(level)
