"""Every power that a role gives has its words."""

from __future__ import annotations

from kaogong.foundation.access.roles import ROLES
from kaogong.web.office.views.power_words import WORDS, powers_in_words


class TestWords:
    def test_no_role_gives_a_power_without_words(self) -> None:
        assert {power for role in ROLES for power in role.powers} <= set(WORDS)

    def test_stand_in_the_tables_order(self) -> None:
        assert powers_in_words(["scoring.see", "audit.read"]) == ["查阅审计轨迹", "查看成绩"]
