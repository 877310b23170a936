"""Documents: their shape, their sense, and how two versions differ. No database."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from tests.support.standards import document

import kaogong.standards
from kaogong.standards import rules

REFERENCE = Path(kaogong.standards.__file__).parent / "reference"


def content(**changes: Any) -> rules.Content:
    """The small document's content, which must have the right shape."""
    found, faults = rules.read(document(**changes))
    assert found is not None, faults
    return found


def faults(**changes: Any) -> list[str]:
    """The faults of sense of the small document with changes."""
    return [str(fault) for fault in rules.faults_of(content(**changes))]


class TestShape:
    def test_the_small_document_has_no_fault(self) -> None:
        assert faults() == []

    @pytest.mark.parametrize("key", ["occupation_code", "edition", "title"])
    def test_a_missing_name_is_told_by_its_key(self, key: str) -> None:
        found, problems = rules.read(document(**{key: ""}))
        assert found is None
        assert any(key in str(problem) for problem in problems)

    def test_levels_must_be_levels(self) -> None:
        assert rules.read(document(levels=[6]))[0] is None
        assert rules.read(document(levels="5"))[0] is None

    def test_a_date_may_be_iso_text(self) -> None:
        assert content(in_force_on="2026-02-03").in_force_on == date(2026, 2, 3)

    def test_a_wrong_date_is_told(self) -> None:
        assert "不是日期" in str(rules.read(document(in_force_on="2026-13-01"))[1][0])

    def test_a_percentage_of_zero_is_told_with_its_row(self) -> None:
        spoilt = document()
        spoilt["weights"][0]["levels"]["5"] = 0
        _, problems = rules.read(spoilt)
        assert str(problems[0]).startswith("权重表 · 职业道德")

    def test_a_weight_of_an_unknown_function_is_told(self) -> None:
        spoilt = document()
        spoilt["weights"][1]["function"] = "铣削"
        assert "铣削" in str(rules.read(spoilt)[1][0])

    def test_a_missing_pass_mark_is_told_with_its_level(self) -> None:
        spoilt = document()
        del spoilt["assessment"][0]["parts"][1]["pass_marks"]
        _, problems = rules.read(spoilt)
        assert str(problems[0]).startswith("鉴定要求 · 五级 · skill")

    def test_text_longer_than_its_column_is_told(self) -> None:
        assert "最多 120 个" in str(rules.read(document(title="长" * 121))[1][0])

    @pytest.mark.parametrize("value", ["text", 7, [1, 2], {"a": 1}])
    def test_nonsense_in_place_of_tables_never_raises(self, value: object) -> None:
        for key in ("functions", "weights", "conditions", "assessment", "related_occupations", "ratios"):
            found, problems = rules.read(document(**{key: value}))
            assert found is None or rules.faults_of(found) or key in {"ratios", "related_occupations"}, problems


class TestSense:
    def test_weights_of_99_are_refused_with_table_and_level(self) -> None:
        spoilt = document()["weights"]
        spoilt[1]["levels"]["5"] = 94
        assert faults(weights=spoilt) == ["权重表 · 理论知识 · 五级：各项比重合计为 99，应为 100"]

    def test_a_missing_table_sums_to_0(self) -> None:
        only_theory = [row for row in document()["weights"] if row["kind"] == "theory"]
        assert faults(weights=only_theory) == ["权重表 · 技能要求 · 五级：各项比重合计为 0，应为 100"]

    def test_an_unknown_weight_table(self) -> None:
        rows = document()["weights"]
        rows[0]["kind"] = "morals"
        assert any("morals" in fault for fault in faults(weights=rows))

    def test_an_unknown_kind_of_condition(self) -> None:
        conditions = document()["conditions"]
        conditions[0]["all"] = [{"kind": "luck"}]
        assert faults(conditions=conditions) == ["申报条件 · 5-1：不认识的条件类型“luck”"]

    def test_a_condition_without_clauses(self) -> None:
        conditions = document()["conditions"]
        conditions[0]["all"] = []
        assert faults(conditions=conditions) == ["申报条件 · 5-1：条件没有规则"]

    def test_a_level_without_conditions_functions_parts(self) -> None:
        found = faults(levels=[5, 4])
        assert "申报条件 · 四级：没有申报条件" in found
        assert "工作要求 · 四级：没有职业功能" in found
        assert "鉴定要求 · 四级：没有科目“theory”及其合格线" in found

    def test_a_level_that_the_standard_does_not_have(self) -> None:
        conditions = document()["conditions"]
        conditions[0]["level"] = 3
        assert "申报条件 · 三级：标准没有设这个等级" in faults(conditions=conditions)

    def test_without_the_rule_that_every_part_must_pass(self) -> None:
        assessment = document()["assessment"]
        del assessment[0]["every_part_must_pass"]
        assert faults(assessment=assessment) == ["鉴定要求 · 五级：没有写明各科均须合格"]

    @pytest.mark.parametrize("marks", [0, 101])
    def test_a_pass_mark_outside_full_marks(self, marks: int) -> None:
        assessment = document()["assessment"]
        assessment[0]["parts"][0]["pass_marks"] = marks
        assert faults(assessment=assessment) == ["鉴定要求 · 五级 · theory：合格分须大于 0 且不超过满分"]

    def test_a_code_that_stands_twice(self) -> None:
        functions = document()["functions"]
        functions[0]["tasks"][0]["skills"] *= 2
        assert faults(functions=functions) == ["工作要求 · 五级 · 1.1 · 技能要求：编号“1.1.1”出现了 2 次"]

    def test_a_task_without_knowledge(self) -> None:
        functions = document()["functions"]
        functions[0]["tasks"][0]["knowledge"] = []
        assert faults(functions=functions) == ["工作要求 · 五级 · 1.1：工作内容没有相关知识要求"]

    def test_no_date_in_force(self) -> None:
        changed = document()
        del changed["in_force_on"]
        found, _ = rules.read(changed)
        assert found is not None
        assert [str(fault) for fault in rules.faults_of(found)] == ["文件：缺少施行日期"]


class TestReference:
    @pytest.mark.parametrize("path", sorted(REFERENCE.glob("*.toml")), ids=lambda path: path.stem)
    def test_what_we_ship_has_no_fault(self, path: Path) -> None:
        found, problems = rules.read(tomllib.loads(path.read_text(encoding="utf-8")))
        assert found is not None, problems
        assert rules.faults_of(found) == []

    def test_the_electrician_has_five_levels_in_full(self) -> None:
        found, _ = rules.read(tomllib.loads((REFERENCE / "electrician-6-31-01-03.toml").read_text(encoding="utf-8")))
        assert found is not None
        assert found.levels == (5, 4, 3, 2, 1)
        assert {part.code for part in found.parts if part.level == 1} == {"theory", "skill", "review"}


class TestDifferences:
    def test_the_same_content_does_not_differ(self) -> None:
        assert rules.differences(content(), content()) == []

    def test_a_changed_sentence_and_a_new_condition(self) -> None:
        functions = document()["functions"]
        functions[0]["tasks"][0]["skills"][0]["text"] = "能装夹长轴"
        conditions = document()["conditions"]
        conditions.append({**conditions[0], "code": "5-2", "text": "学徒期满。", "all": [{"kind": "apprenticeship"}]})
        found = rules.differences(content(), content(functions=functions, conditions=conditions))
        assert [(each.before, each.after) for each in found] == [("能装夹短轴", "能装夹长轴"), ("", "学徒期满。")]
