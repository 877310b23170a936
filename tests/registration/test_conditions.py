"""Entry conditions held against records: the vectors of the domain paper, and a day short or over everywhere."""

from __future__ import annotations

from datetime import date

import pytest

from kaogong.registration import rules
from kaogong.registration.rules import Award, Case, Course, Record, School, Service, Spell

OWN = "6-31-01-03"
RELATED = "6-29-02-12"
OTHER = "4-04-05-05"
ON = date(2026, 4, 3)
CASE = Case(OWN, frozenset({RELATED}), ON, 365)

CERTIFICATE_5 = {"kind": "certificate", "level": 5, "occupation": "same_or_related"}
YEARS_AFTER = {"kind": "years", "at_least": 4, "mode": "cumulative", "since": "certificate", "level": 5}
LEVEL_4 = (
    rules.condition("4-1", "五级后满 4 年", [CERTIFICATE_5, YEARS_AFTER]),
    rules.condition("4-2", "累计满 6 年", [{"kind": "years", "at_least": 6, "mode": "cumulative", "since": "start"}]),
    rules.condition("4-3", "学校途径", [{"kind": "schooling", "route": "secondary_skill", "final_year_counts": True}]),
)
COLLEGE_ROUTE = rules.condition(
    "3-4",
    "大专加四级后 2 年",
    [
        {"kind": "schooling", "route": "college", "final_year_counts": False},
        {"kind": "certificate", "level": 4},
        {"kind": "years", "at_least": 2, "mode": "cumulative", "since": "certificate", "level": 4},
    ],
)


def worked(since: date, until: date | None = None, code: str = OWN) -> Spell:
    return Spell(code, since, until)


def met(record: Record) -> list[str]:
    return [each.code for each in rules.judge(record, conditions=LEVEL_4, case=CASE).alternatives if each.is_met]


class TestDomainVectors:
    """exam-affairs §13."""

    def test_a_level_5_certificate_and_four_years_exactly_may_sit_level_4(self) -> None:
        record = Record(awards=(Award(OWN, 5, date(2022, 4, 3)),), work=(worked(date(2022, 4, 3)),))
        assert met(record) == ["4-1"]

    def test_a_day_less_than_four_years_may_not(self) -> None:
        record = Record(awards=(Award(OWN, 5, date(2022, 4, 4)),), work=(worked(date(2020, 9, 1)),))
        alternative = rules.judge(record, conditions=LEVEL_4, case=CASE).alternative("4-1")

        assert alternative is not None
        assert [str(each) for each in alternative.missing] == ["还差 1 天"]

    def test_six_years_without_a_certificate_may(self) -> None:
        assert met(Record(work=(worked(date(2020, 4, 3)),))) == ["4-2"]

    def test_a_day_less_than_six_years_may_not(self) -> None:
        assert met(Record(work=(worked(date(2020, 4, 4)),))) == []

    def test_a_final_year_student_of_a_technical_school_may(self) -> None:
        student = School("secondary_skill", OWN, date(2026, 7, 1), is_final_year=True)
        assert met(Record(schooling=(student,))) == ["4-3"]

    def test_a_student_before_the_final_year_may_not(self) -> None:
        student = School("secondary_skill", OWN, date(2027, 7, 1))
        assert met(Record(schooling=(student,))) == []

    @pytest.mark.parametrize(("since", "is_met"), [(date(2024, 4, 3), True), (date(2024, 4, 4), False)])
    def test_college_with_level_4_and_two_years(self, since: date, is_met: bool) -> None:
        record = Record(
            awards=(Award(OWN, 4, since),),
            work=(worked(date(2018, 1, 1)),),
            schooling=(School("college", OWN, date(2017, 7, 1)),),
        )
        assert rules.shortfalls(record, condition=COLLEGE_ROUTE, case=CASE).is_met is is_met

    def test_a_college_student_in_the_final_year_does_not_count_where_it_is_not_said(self) -> None:
        record = Record(
            awards=(Award(OWN, 4, date(2020, 1, 1)),),
            work=(worked(date(2018, 1, 1)),),
            schooling=(School("college", OWN, date(2026, 7, 1), is_final_year=True),),
        )
        alternative = rules.shortfalls(record, condition=COLLEGE_ROUTE, case=CASE)
        assert [str(each) for each in alternative.missing] == ["尚未毕业：2026-07-01 毕业"]


class TestYears:
    def judge(self, *spells: Spell, at_least: int = 4, mode: str = "cumulative") -> rules.Worked:
        spans = rules.spans_of(spells, codes={OWN, RELATED}, since=None, on=ON)
        return rules.worked(spans, at_least=at_least, mode=mode, days_in_year=365)  # type: ignore[arg-type]  # one of two

    def test_overlapping_work_counts_once(self) -> None:
        found = self.judge(worked(date(2022, 4, 3)), worked(date(2022, 4, 3), code=RELATED))
        assert (found.years, found.days) == (4, 0)

    def test_a_gap_is_not_counted(self) -> None:
        found = self.judge(worked(date(2018, 1, 1), date(2020, 1, 1)), worked(date(2024, 4, 3)))
        assert (found.years, found.is_enough) == (4, True)

    def test_continuous_years_are_those_of_the_longest_time(self) -> None:
        spells = (worked(date(2018, 1, 1), date(2020, 6, 1)), worked(date(2023, 4, 3)))
        assert self.judge(*spells).is_enough
        found = self.judge(*spells, mode="continuous")
        assert (found.years, found.short) == (3, (1, 0, 0))

    def test_beginning_the_day_after_is_no_break(self) -> None:
        spells = (worked(date(2022, 4, 3), date(2024, 2, 29)), worked(date(2024, 3, 1)))
        assert self.judge(*spells, mode="continuous").is_enough

    def test_beginning_two_days_after_is_a_break(self) -> None:
        spells = (worked(date(2022, 4, 3), date(2024, 2, 28)), worked(date(2024, 3, 1)))
        assert not self.judge(*spells, mode="continuous").is_enough

    @pytest.mark.parametrize(("extra", "is_enough"), [(182, False), (183, True)])
    def test_left_over_days_make_a_year_of_365(self, extra: int, is_enough: bool) -> None:
        first = worked(date(2019, 1, 1), date.fromordinal(date(2020, 1, 1).toordinal() + 182))
        second = worked(date(2021, 1, 1), date.fromordinal(date(2023, 1, 1).toordinal() + extra))
        assert self.judge(first, second).is_enough is is_enough

    def test_other_occupations_do_not_count(self) -> None:
        assert self.judge(worked(date(2010, 1, 1), code=OTHER)).spans == ()

    def test_work_after_the_last_day_does_not_count(self) -> None:
        assert not self.judge(worked(date(2022, 4, 4), date(2027, 1, 1))).is_enough

    def test_work_that_begins_after_the_last_day_is_nothing(self) -> None:
        assert self.judge(worked(date(2026, 5, 1))).short == (4, 0, 0)

    def test_a_leap_day_has_its_anniversary(self) -> None:
        case = Case(OWN, frozenset(), date(2028, 2, 29), 365)
        spans = rules.spans_of([worked(date(2024, 2, 29))], codes={OWN}, since=None, on=case.on)
        assert rules.worked(spans, at_least=4, mode="cumulative", days_in_year=365).is_enough

    @pytest.mark.parametrize(
        ("since", "words"),
        [
            (date(2022, 7, 3), "3 个月"),
            (date(2022, 4, 4), "1 天"),
            (date(2023, 6, 13), "1 年 2 个月 10 天"),
        ],
    )
    def test_what_is_missing_is_said_in_words(self, since: date, words: str) -> None:
        assert rules.length_in_words(self.judge(worked(since)).short) == words


class TestCertificates:
    def certificate(self, *awards: Award, scope: str = "same_or_related") -> rules.Finding:
        condition = rules.condition("x", "", [{"kind": "certificate", "level": 5, "occupation": scope}])
        return rules.shortfalls(Record(awards=awards), condition=condition, case=CASE).findings[0]

    def test_a_related_occupation_counts(self) -> None:
        assert self.certificate(Award(RELATED, 5, date(2020, 1, 1))).is_met

    def test_unless_the_condition_asks_for_the_same(self) -> None:
        assert not self.certificate(Award(RELATED, 5, date(2020, 1, 1)), scope="same").is_met

    def test_another_level_does_not_count(self) -> None:
        assert str(self.certificate(Award(OWN, 4, date(2020, 1, 1))).missing).startswith("没有本职业或相关职业的")

    def test_one_awarded_on_the_last_day_counts_and_a_day_later_does_not(self) -> None:
        assert self.certificate(Award(OWN, 5, ON)).is_met
        assert not self.certificate(Award(OWN, 5, date(2026, 4, 4))).is_met

    def test_the_register_and_a_declaration_are_told_apart(self) -> None:
        registered = self.certificate(Award(OWN, 5, date(2020, 1, 1), "1210012003500025", is_registered=True))
        declared = self.certificate(Award(OWN, 5, date(2020, 1, 1), "1210012003500025"))
        assert str(registered.evidence[0]).endswith("（本系统登记）")
        assert str(declared.evidence[0]).endswith("（自报，须核原件）")

    def test_years_run_from_the_earliest_certificate(self) -> None:
        record = Record(
            awards=(Award(RELATED, 5, date(2024, 1, 1)), Award(OWN, 5, date(2022, 4, 3))),
            work=(worked(date(2015, 1, 1)),),
        )
        assert "4-1" in met(record)

    def test_without_a_certificate_years_after_it_have_no_beginning(self) -> None:
        alternative = rules.judge(Record(work=(worked(date(2022, 1, 1)),)), conditions=LEVEL_4, case=CASE).alternative(
            "4-1"
        )
        assert alternative is not None
        assert str(alternative.missing[1]).endswith("取证后的年限无从起算")

    def test_our_register_replaces_a_declaration_of_the_same_number(self) -> None:
        record = Record(awards=(Award(OWN, 5, date(2010, 1, 1), "77"),))
        joined = record.with_awards([Award(OWN, 5, date(2024, 1, 1), "77", is_registered=True)])
        assert [award.awarded_on for award in joined.awards] == [date(2024, 1, 1)]


class TestOtherClauses:
    def judge(self, record: Record, **clause: object) -> rules.Finding:
        condition = rules.condition("x", "", [clause])
        return rules.shortfalls(record, condition=condition, case=CASE).findings[0]

    @pytest.mark.parametrize(("hours", "is_met"), [(400, True), (399, False)])
    def test_training_hours(self, hours: int, is_met: bool) -> None:
        record = Record(training=(Course(hours, date(2026, 1, 1)),))
        assert self.judge(record, kind="training", hours=400).is_met is is_met

    def test_training_that_ends_after_the_last_day_is_not_counted(self) -> None:
        record = Record(training=(Course(399, date(2026, 1, 1)), Course(100, date(2026, 5, 1))))
        assert str(self.judge(record, kind="training", hours=400).missing) == "还差 1 学时"

    @pytest.mark.parametrize(("ended_on", "is_met"), [(ON, True), (date(2026, 4, 4), False)])
    def test_an_apprenticeship_must_have_ended(self, ended_on: date, is_met: bool) -> None:
        record = Record(apprenticeships=(Service(RELATED, ended_on),))
        assert self.judge(record, kind="apprenticeship").is_met is is_met

    @pytest.mark.parametrize(("held", "is_met"), [(ON, True), (date(2026, 4, 4), False), (None, False)])
    def test_reserve_technicians(self, held: date | None, is_met: bool) -> None:
        assert self.judge(Record(reserve_technician_on=held), kind="reserve_technician").is_met is is_met

    def test_a_school_of_another_route_does_not_count(self) -> None:
        record = Record(schooling=(School("college", OWN, date(2020, 7, 1)),))
        finding = self.judge(record, kind="schooling", route="technician_college")
        assert str(finding.missing).startswith("没有高级技工学校")

    def test_a_major_outside_the_related_ones_does_not_count(self) -> None:
        record = Record(schooling=(School("college", OTHER, date(2020, 7, 1)),))
        assert not self.judge(record, kind="schooling", route="college").is_met


class TestTree:
    def test_keeps_every_alternative_with_its_clauses(self) -> None:
        tree = rules.judge(Record(work=(worked(date(2020, 4, 3)),)), conditions=LEVEL_4, case=CASE)

        assert tree.is_met
        assert [(each["code"], each["is_met"]) for each in tree.plain()["alternatives"]] == [
            ("4-1", False),
            ("4-2", True),
            ("4-3", False),
        ]

    def test_an_unmet_tree_is_not_met(self) -> None:
        assert not rules.judge(Record(), conditions=LEVEL_4, case=CASE).is_met
