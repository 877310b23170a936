"""What the library says on a day, from the database."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError, connection

from kaogong.cli.reference import LOADER
from kaogong.foundation.kernel.actors import service
from kaogong.foundation.kernel.clauses import Clause
from kaogong.foundation.kernel.refusals import NotPermitted
from kaogong.regulations import models, selectors, services
from tests.support.regulations import make_provision

AT = datetime(2026, 1, 5, 1, 0, tzinfo=UTC)
DAY = AT.date()
pytestmark = pytest.mark.django_db


class TestProvision:
    def test_comes_with_its_clause_and_certainty(self) -> None:
        make_provision(value=30)
        found = selectors.provision("test.figure", on=DAY)
        assert (found.number, str(found.clause), found.certainty_label) == (
            30,
            "kaogong-house-rules/figures",
            "示例数据",
        )

    def test_the_most_specific_wins(self) -> None:
        make_provision(value=1)
        make_provision(value=2, region="320000")
        assert selectors.provision("test.figure", on=DAY, region_code="320102").value == 2
        assert selectors.provision("test.figure", on=DAY, region_code="330102").value == 1

    def test_without_one_nothing_is_decided(self) -> None:
        make_provision(since=date(2030, 1, 1))
        with pytest.raises(selectors.NoProvision) as refusal:
            selectors.provision("test.figure", on=DAY)
        assert "test.figure" in str(refusal.value)

    def test_several_at_once_cost_one_query(self, django_assert_num_queries: object) -> None:
        make_provision("test.one", 1)
        make_provision("test.two", 2)
        with django_assert_num_queries(1):  # type: ignore[operator]  # a fixture of pytest-django
            found = selectors.provisions("test.one", "test.two", on=DAY)
        assert {key: each.value for key, each in found.items()} == {"test.one": 1, "test.two": 2}

    def test_several_at_once_refuse_the_first_that_lacks(self) -> None:
        make_provision("test.one", 1)
        with pytest.raises(selectors.NoProvision):
            selectors.provisions("test.one", "test.none", on=DAY)

    def test_the_database_refuses_two_in_force_at_once(self) -> None:
        make_provision(value=1)
        make_provision(value=2, since=date(2010, 1, 1))
        with pytest.raises(IntegrityError), connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


class TestClause:
    def test_reads_as_people_cite_it(self) -> None:
        found = selectors.clause(Clause("kaogong-house-rules", "scope"))
        assert found is not None
        assert (found.label, found.url) == ("《考工系统规则》管辖范围", "/rules/kaogong-house-rules/scope/")

    def test_an_unknown_one_is_none(self) -> None:
        assert selectors.clause(Clause("kaogong-house-rules", "nothing")) is None
        assert selectors.clause(Clause("nothing", "1")) is None

    def test_stands_as_it_stood_on_the_day(self) -> None:
        instrument = models.Instrument.objects.get(key="kaogong-house-rules")
        for text, since, until in (
            ("旧文", date(2000, 1, 1), date(2010, 1, 1)),
            ("新文", date(2010, 1, 1), None),
        ):
            models.Article.objects.create(
                instrument=instrument,
                article="test",
                heading="试",
                text=text,
                in_force_on=since,
                until=until,
                certainty="I",
            )
        clause = Clause("kaogong-house-rules", "test")
        found = [selectors.clause(clause, day) for day in (date(2009, 12, 31), date(2010, 1, 1), None)]
        assert [each and each.text for each in found] == ["旧文", "新文", "新文"]

    def test_shows_the_figures_it_sets(self) -> None:
        make_provision()
        found = selectors.provisions_of(Clause("kaogong-house-rules", "figures"))
        assert "test.figure" in [each.key for each in found]


class TestInstruments:
    def test_words_of_articles_find_their_instrument(self) -> None:
        assert "kaogong-house-rules" in [row.key for row in selectors.instruments("调休")]

    def test_narrowed_by_certainty(self) -> None:
        assert {row.certainty for row in selectors.instruments(certainty="L")} == {"L"}

    def test_repealed_ones_are_not_in_force(self) -> None:
        models.Instrument.objects.filter(key="gb-11643-1999").update(repealed_on=date(2020, 1, 1))
        assert "gb-11643-1999" not in [row.key for row in selectors.instruments(on=DAY)]
        assert "gb-11643-1999" in [row.key for row in selectors.instruments(on=date(2019, 1, 1))]

    def test_articles_count_in_their_order(self) -> None:
        numbers = [text.clause.article for text in selectors.articles("appraisal-policy-2011")]
        counted = [number for number in numbers if number.isdecimal()]
        assert counted == sorted(counted, key=int)
        assert numbers[: len(counted)] == counted  # those with a name come after
        found = selectors.instrument("appraisal-policy-2011")
        assert found is not None
        assert found.article_count == len(numbers)  # type: ignore[attr-defined]  # annotated


class TestLoadReference:
    def test_loading_again_changes_nothing(self) -> None:
        before = dict(models.Provision.objects.values_list("pk", "value"))
        assert services.load_reference(actor=LOADER, at=AT)["removed"] == 0
        assert dict(models.Provision.objects.values_list("pk", "value")) == before

    def test_what_was_entered_by_hand_stays(self) -> None:
        kept = make_provision()
        services.load_reference(actor=LOADER, at=AT)
        assert models.Provision.objects.filter(pk=kept.pk).exists()

    def test_what_the_files_dropped_goes(self) -> None:
        gone = make_provision()
        models.Provision.objects.filter(pk=gone.pk).update(file="old.toml")
        assert services.load_reference(actor=LOADER, at=AT)["removed"] == 1

    def test_needs_the_power(self) -> None:
        with pytest.raises(NotPermitted):
            services.load_reference(actor=service("别人"), at=AT)
