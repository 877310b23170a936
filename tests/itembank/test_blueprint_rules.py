"""What a blueprint must satisfy. No database."""

from __future__ import annotations

from kaogong.itembank.rules.blueprints import Requirements, faults_of, read_points

WEIGHTS = {"职业道德": 40, "相关知识甲": 60}
REQUIRED = Requirements(
    points_per_percent=1, points_at_least=100, core_at_least=80, general_at_most=15, auxiliary_at_most=5
)


def rows(
    ethics: int = 40, knowledge: int = 60, *, importance: str = "X" * 85 + "Y" * 12 + "Z" * 3
) -> list[dict[str, str]]:
    """A points file with so many points in two ranges, importance in turn."""
    made = []
    for number in range(ethics + knowledge):
        in_ethics = number < ethics
        made.append(
            {
                "range1_code": "A" if in_ethics else "B",
                "range1_name": "基本要求" if in_ethics else "相关知识",
                "range2_code": "A",
                "range2_name": "职业道德" if in_ethics else "相关知识甲",
                "point": f"{number:03d}",
                "name": f"鉴定点{number}",
                "importance": importance[number % len(importance)],
            }
        )
    return made


def faults(entries: list[dict[str, str]], required: Requirements = REQUIRED) -> list[str]:
    """The faults as field and text."""
    table, problems = read_points(entries, WEIGHTS)
    assert problems == []
    return [f"{problem.field}：{problem}" for problem in faults_of(table, weights=WEIGHTS, requirements=required)]


class TestRead:
    def test_ranges_take_their_share_from_the_weight_table(self) -> None:
        table, _ = read_points(rows(), WEIGHTS)
        assert [(entry.name, entry.percent) for entry in table.weighted] == [("职业道德", 40), ("相关知识甲", 60)]

    def test_a_range_above_sums_what_lies_below(self) -> None:
        table, _ = read_points(rows(), WEIGHTS)
        assert next(entry for entry in table.ranges if entry.codes == ("B",)).percent == 60

    def test_codes_stay_tuples(self) -> None:
        table, _ = read_points(rows(1, 0), WEIGHTS)
        assert table.points[0].codes == ("A", "A", "000")

    def test_an_unknown_importance_is_told_with_its_line(self) -> None:
        _, problems = read_points([*rows(2, 0), rows(1, 0)[0] | {"importance": "W"}], WEIGHTS)
        assert [(problem.field, str(problem)) for problem in problems] == [("第 4 行", "重要程度“W”不是 X、Y、Z")]

    def test_two_names_for_one_range_are_told(self) -> None:
        _, problems = read_points([*rows(1, 0), rows(1, 0)[0] | {"range2_name": "别名"}], WEIGHTS)
        assert str(problems[0]) == "同一鉴定范围代码有两个名称"

    def test_a_row_without_range_or_point_is_told(self) -> None:
        _, problems = read_points(
            [{"point": "001", "name": "甲", "importance": "X"}, rows(1, 0)[0] | {"name": ""}], WEIGHTS
        )
        assert [str(problem) for problem in problems] == ["缺少鉴定范围代码", "缺少鉴定点代码或名称"]


class TestFaults:
    def test_a_right_table_has_none(self) -> None:
        assert faults(rows()) == []

    def test_a_range_with_too_few_points(self) -> None:
        assert faults(rows(39, 61)) == ["职业道德：有 39 个鉴定点，应不少于比重 40 的 1 倍即 40 个"]

    def test_too_few_points_in_all(self) -> None:
        found = faults(rows(40, 60), Requirements(1, 120, 80, 15, 5))
        assert found == ["全表：共 100 个鉴定点，应不少于 120 个"]

    def test_importance_out_of_proportion(self) -> None:
        found = faults(rows(importance="X" * 70 + "Y" * 20 + "Z" * 10))
        assert [line.split("：")[0] for line in found] == ["X", "Y", "Z"]
        assert "占 70.0%，应不少于 80%" in found[0]

    def test_exactly_on_the_limits_is_enough(self) -> None:
        assert faults(rows(importance="X" * 80 + "Y" * 15 + "Z" * 5)) == []

    def test_a_code_that_stands_twice(self) -> None:
        entries = rows()
        entries[1]["point"] = entries[0]["point"]
        assert faults(entries) == ["A-A-000：鉴定点代码出现了 2 次"]

    def test_a_name_that_stands_twice_in_a_range(self) -> None:
        entries = rows()
        entries[1]["name"] = entries[0]["name"]
        assert faults(entries) == ["A-A：鉴定点“鉴定点0”出现了 2 次"]

    def test_a_weight_without_its_range(self) -> None:
        table, _ = read_points(rows(100, 0), WEIGHTS)
        found = faults_of(table, weights=WEIGHTS, requirements=REQUIRED)
        assert [problem.field for problem in found] == ["相关知识甲"]

    def test_points_outside_every_weighted_range(self) -> None:
        table, _ = read_points(rows(), {"职业道德": 40})
        found = faults_of(table, weights={"职业道德": 40}, requirements=REQUIRED)
        assert str(found[0]) == "有 60 个鉴定点不在任何有比重的范围内"
