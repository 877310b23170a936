"""Sub-banks: who finds which, what their papers must keep of the nation's bank, their terms and evaluations."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from threading import Barrier
from uuid import UUID

import pytest
from django.db import DatabaseError, connections, transaction
from django.utils import timezone
from tests.support.cast import officer
from tests.support.itembank import ELECTRICIAN, LEVEL, NOW, bank_blueprint, make_item, make_paper, single, truth
from tests.support.regulations import make_provision

from kaogong.foundation.kernel.actors import Actor, Reach
from kaogong.foundation.kernel.ids import uuid7
from kaogong.foundation.kernel.refusals import NotFound, NotPermitted, Refusal, WrongState
from kaogong.itembank import policies, selectors, services
from kaogong.itembank.models import Blueprint, Item, Paper, PaperItem, Point, Range
from kaogong.itembank.network import BankEvaluation, SubBank
from kaogong.itembank.rules.subbanks import Standing, kind_of, last_day, local_at_most, may_be_used
from kaogong.itembank.selectors.papers import items_of
from kaogong.itembank.tasks import assemble_set

TODAY = timezone.localdate(NOW)
NANJING, SUZHOU = "3201", "3205"
VERDICT = BankEvaluation.Verdict
PASSED, FAILED = VERDICT.PASSED, VERDICT.FAILED


def nation() -> Actor:
    return officer("itembank.approve", "itembank.view", region="", name="国家题库 主管")


def local(*powers: str, region: str = NANJING) -> Actor:
    return officer(*(powers or ("itembank.approve", "itembank.view")), region=region, name="分库 经办")


def industry(*powers: str, body: UUID) -> Actor:
    """Somebody of an industry's centre: a body, no territory."""
    whole = officer(*powers, organisation=body)
    return replace(whole, grants=(replace(whole.grants[0], reach=Reach((), frozenset({body}))),))


def proposed(actor: Actor | None = None) -> SubBank:
    return services.propose_sub_bank(
        actor=actor or local(),
        at=NOW,
        occupation_code=ELECTRICIAN,
        level=LEVEL,
        name="国家题库南京分库",
        reason="试点",
    )


def opened(actor: Actor | None = None, since: date = TODAY) -> SubBank:
    return services.open_sub_bank(actor=nation(), at=NOW, sub_bank_id=proposed(actor).pk, since=since)


def evaluated(
    bank: SubBank, verdict: BankEvaluation.Verdict = PASSED, *, panel: Sequence[str] = ("甲", "乙", "丙")
) -> BankEvaluation:
    later = NOW + timedelta(days=30)
    return services.evaluate_sub_bank(
        actor=nation(),
        at=later,
        sub_bank_id=bank.pk,
        held_from=TODAY + timedelta(days=10),
        held_to=TODAY + timedelta(days=12),
        panel=panel,
        findings="题库建设符合要求。",
        verdict=verdict,
    )


def local_item(point: Point, *, region: str = NANJING, writer: Actor | None = None, is_true: bool = False) -> Item:
    """An item of a prefecture that its own three persons passed."""
    item = make_item(
        truth() if is_true else single(), actor=writer or local("itembank.write", region=region), point_id=point.pk
    )
    services.review_item(actor=local("itembank.review", region=region), at=NOW, item_id=item.pk)
    return services.approve_item(actor=local("itembank.approve", region=region), at=NOW, item_id=item.pk)


def local_point(bank: SubBank, place: int = 0, name: str = "本地电网的规定") -> Point:
    under = selectors.ranges_for_points(bank)[place]
    return services.add_local_point(
        actor=local("itembank.write"),
        at=NOW,
        sub_bank_id=bank.pk,
        codes=under.codes,
        name=name,
        importance=Point.Importance.CORE,
    )


def locals_in(paper: Paper) -> int:
    return sum(each.version.item.region_code != "" for each in items_of(paper))


class TestRules:
    def test_kinds_of_homes(self) -> None:
        assert [kind_of(code, has_body=True) for code in ("32", "3201", "320102", "")] == [
            "province",
            "prefecture",
            "prefecture",
            "industry",
        ]
        assert kind_of("", has_body=False) == ""

    @pytest.mark.parametrize(("total", "percent", "most"), [(100, 70, 30), (99, 70, 29), (10, 100, 0), (10, 0, 10)])
    def test_local_items_are_rounded_in_favour_of_the_nation(self, total: int, percent: int, most: int) -> None:
        assert local_at_most(total, percent) == most

    def test_a_term_holds_on_both_its_days_and_on_no_other(self) -> None:
        bank = [Standing("open", date(2026, 3, 1), date(2028, 2, 29))]
        days = (date(2026, 2, 28), date(2026, 3, 1), date(2028, 2, 29), date(2028, 3, 1))
        assert [may_be_used("prefecture", bank, day) for day in days] == [False, True, True, False]

    def test_only_provinces_go_without_a_record_and_a_suspended_one_counts(self) -> None:
        suspended = [Standing("suspended", date(2026, 1, 1), date(2028, 1, 1))]
        assert may_be_used("province", [], TODAY)
        assert not may_be_used("prefecture", [], TODAY)
        assert not may_be_used("industry", [], TODAY)
        assert not may_be_used("province", suspended, TODAY)

    def test_last_days(self) -> None:
        assert last_day(date(2026, 3, 1), 2) == date(2028, 2, 29)
        assert last_day(date(2028, 2, 29), 1) == date(2029, 2, 28)


@pytest.mark.django_db
class TestOpening:
    def test_from_the_proposal_to_the_term(self) -> None:
        bank = opened()
        assert (bank.state, bank.kind, bank.region_code) == ("open", "prefecture", NANJING)
        assert (bank.since, bank.until) == (TODAY, date(2028, 3, 1))
        assert bank.blueprint == bank_blueprint()

    def test_the_nation_proposes_none(self) -> None:
        with pytest.raises(services.NationalHome):
            proposed(nation())

    def test_a_home_has_one(self) -> None:
        proposed()
        with pytest.raises(services.SubBankExists):
            proposed()

    def test_a_body_does_not_open_its_own(self) -> None:
        bank = proposed()
        with pytest.raises(NotPermitted):
            services.open_sub_bank(actor=local(), at=NOW, sub_bank_id=bank.pk, since=TODAY)

    def test_whoever_proposed_it_does_not_open_it_from_another_post(self) -> None:
        me = local()
        bank = proposed(me)
        promoted = replace(me, grants=(*me.grants, *nation().grants))
        with pytest.raises(services.OwnProposal):
            services.open_sub_bank(actor=promoted, at=NOW, sub_bank_id=bank.pk, since=TODAY)

    def test_another_prefecture_does_not_find_it(self) -> None:
        bank = opened()
        with pytest.raises(NotFound):
            selectors.sub_bank(local(region=SUZHOU), bank.pk)
        with pytest.raises(NotFound):
            services.close_sub_bank(actor=local(region=SUZHOU), at=NOW, sub_bank_id=bank.pk, reason="x")

    def test_an_industry_is_found_by_its_own_people_and_the_nations(self) -> None:
        body = uuid7()
        bank = proposed(industry("itembank.approve", body=body))
        assert (bank.kind, bank.region_code) == ("industry", "")
        assert selectors.sub_bank(industry("itembank.view", body=body), bank.pk) == bank
        assert selectors.sub_bank(nation(), bank.pk) == bank
        for stranger in (industry("itembank.view", body=uuid7()), local(), local(region="32")):
            with pytest.raises(NotFound):
                selectors.sub_bank(stranger, bank.pk)

    def test_a_refused_one_may_be_proposed_anew(self) -> None:
        bank = proposed()
        with pytest.raises(services.NoReason):
            services.refuse_sub_bank(actor=nation(), at=NOW, sub_bank_id=bank.pk, reason=" ")
        services.refuse_sub_bank(actor=nation(), at=NOW, sub_bank_id=bank.pk, reason="题量不足")
        assert proposed().pk != bank.pk


@pytest.mark.django_db
class TestLocalPoints:
    def test_hang_under_a_national_range_and_leave_the_blueprint_as_it_was(self) -> None:
        bank, blueprint = opened(), bank_blueprint()
        before = (selectors.table_of_blueprint(blueprint), selectors.coverage(blueprint).point_count)
        one, two = local_point(bank), local_point(bank, name="本地用电安全")
        assert [each.codes[-1] for each in (one, two)] == ["L01", "L02"]
        assert one.weighted_range is not None
        assert (selectors.table_of_blueprint(blueprint), selectors.coverage(blueprint).point_count) == before

    def test_a_range_that_is_none_is_refused(self) -> None:
        with pytest.raises(services.NotARange):
            services.add_local_point(
                actor=local("itembank.write"),
                at=NOW,
                sub_bank_id=opened().pk,
                codes=["Z"],
                name="无",
                importance=Point.Importance.CORE,
            )

    def test_take_items_of_their_own_bank_only(self) -> None:
        point = local_point(opened())
        assert local_item(point).region_code == NANJING
        for other in (local("itembank.write", region=SUZHOU), officer("itembank.write", region="")):
            with pytest.raises(services.WrongPoint):
                make_item(actor=other, point_id=point.pk)

    def test_are_named_to_their_own_people_only(self) -> None:
        point = local_point(opened())
        code = "-".join(point.codes)
        assert selectors.point_by_code(ELECTRICIAN, LEVEL, code, local()) == point
        assert selectors.point_by_code(ELECTRICIAN, LEVEL, code, local(region=SUZHOU)) is None
        assert selectors.point_by_code(ELECTRICIAN, LEVEL, code) is None

    def test_the_database_keeps_a_national_point_from_becoming_local(self) -> None:
        bank, point = opened(), selectors.points_of(bank_blueprint().pk)[0]
        with pytest.raises(DatabaseError, match="fixed"), transaction.atomic():
            Point.objects.filter(pk=point.pk).update(sub_bank=bank)

    def test_follow_the_next_blueprint_with_their_items(self) -> None:
        bank = opened()
        point = local_point(bank)
        item = local_item(point)
        old = bank.blueprint
        new = _same_blueprint_again()
        services.approve_blueprint(actor=nation(), at=NOW + timedelta(hours=1), blueprint_id=new.pk)
        bank.refresh_from_db()
        point.refresh_from_db()
        item.refresh_from_db()
        assert (bank.blueprint, point.blueprint, item.point) == (new, new, point)
        assert old != new
        found = selectors.candidates_of(local("itembank.assemble"), new, TODAY)
        assert item.number in {each.number for each in found}


def _same_blueprint_again() -> Blueprint:
    """A draft with the ranges and points of the shipped blueprint."""
    old = bank_blueprint()
    new = Blueprint.objects.create(
        standard=old.standard,
        occupation_code=old.occupation_code,
        level=old.level,
        title=old.title,
        drafted_at=NOW,
        drafted_by="x",
    )
    ranges = {
        tuple(each.codes): Range.objects.create(
            blueprint=new, codes=each.codes, name=each.name, percent=each.percent, is_weighted=each.is_weighted
        )
        for each in selectors.ranges_of(old.pk)
    }
    Point.objects.bulk_create(
        Point(
            blueprint=new,
            range=ranges[tuple(each.range.codes)],
            weighted_range=ranges[tuple(each.weighted_range.codes)] if each.weighted_range else None,
            codes=each.codes,
            name=each.name,
            importance=each.importance,
        )
        for each in selectors.points_of(old.pk)
    )
    return new


@pytest.mark.django_db
class TestPapers:
    def test_keep_the_nations_share_and_say_so(self) -> None:
        opened()
        make_provision(
            "itembank.national_percent_at_least",
            {"province": 60, "industry": 60, "prefecture": 97},
            occupation=ELECTRICIAN,
        )
        for point in selectors.points_of(bank_blueprint().pk)[:12]:
            local_item(point)
        paper = make_paper(actor=local("itembank.assemble"))
        assert 1 <= locals_in(paper) <= 3
        said = paper.report["national"]
        assert said == {"items": 100 - locals_in(paper), "local": locals_in(paper), "local_at_most": 3}
        assert selectors.check_paper(paper).is_whole

    def test_are_refused_with_the_clause_when_the_nations_bank_is_too_small(self) -> None:
        opened()
        make_provision(
            "itembank.national_percent_at_least",
            {"province": 60, "industry": 60, "prefecture": 100},
            occupation=ELECTRICIAN,
        )
        weighted = selectors.points_of(bank_blueprint().pk)[0].weighted_range
        points = list(selectors.points_of(bank_blueprint().pk).filter(weighted_range=weighted))
        for point in points:
            Item.objects.filter(point=point, region_code="").update(state="limited")
        for number, point in enumerate(points):
            local_item(point, is_true=number % 3 == 0)
        with pytest.raises(services.NotEnoughItems) as refused:
            make_paper(actor=local("itembank.assemble"))
        share = selectors.national_share(policies.Home(NANJING, uuid7()), ELECTRICIAN, TODAY)
        assert share is not None
        assert refused.value.clause == share.clause
        assert refused.value.problems[0].field == "国家题库比例"

    def test_a_national_paper_takes_nothing_local(self) -> None:
        opened()
        item = local_item(selectors.points_of(bank_blueprint().pk)[0])
        whole = officer("itembank.assemble", region="")
        numbers = {each.number for each in selectors.candidates_of(whole, bank_blueprint(), TODAY)}
        assert numbers
        assert item.number not in numbers
        assert "national" not in make_paper(actor=whole).report

    def test_another_prefecture_takes_nothing_of_it(self) -> None:
        opened()
        item = local_item(selectors.points_of(bank_blueprint().pk)[0])
        mine = {each.number for each in selectors.candidates_of(local("itembank.assemble"), bank_blueprint(), TODAY)}
        other = selectors.candidates_of(local("itembank.assemble", region=SUZHOU), bank_blueprint(), TODAY)
        assert item.number in mine
        assert item.number not in {each.number for each in other}

    def test_a_prefecture_without_a_bank_uses_the_nations_items_only(self) -> None:
        item = local_item(selectors.points_of(bank_blueprint().pk)[0])
        found = selectors.candidates_of(local("itembank.assemble"), bank_blueprint(), TODAY)
        assert item.number not in {each.number for each in found}
        assert make_paper(actor=local("itembank.assemble")).report["national"]["local"] == 0

    def test_a_bank_whose_term_ended_gives_no_new_paper(self) -> None:
        opened(since=date(2023, 3, 1))
        with pytest.raises(services.SubBankLapsed) as refused:
            make_paper(actor=local("itembank.assemble"))
        assert refused.value.clause.article == "sub-banks"

    def test_a_set_of_papers_keeps_the_share_and_proves_it(self) -> None:
        opened()
        make_provision(
            "itembank.national_percent_at_least",
            {"province": 60, "industry": 60, "prefecture": 99},
            occupation=ELECTRICIAN,
        )
        for point in selectors.points_of(bank_blueprint().pk)[:6]:
            Item.objects.filter(point=point, region_code="").update(state="limited")
            local_item(point)
        found = services.order_set(
            actor=local("itembank.assemble"),
            at=NOW,
            occupation_code=ELECTRICIAN,
            level=LEVEL,
            size=2,
            seed=3,
            number="NJ-SET",
        )
        assemble_set(str(found.pk))
        found.refresh_from_db()
        assert found.state == "sealed"
        assert any(row["message"].startswith("分库试题至多") and row["most"] <= 1 for row in found.report["rules"])
        assert all(locals_in(each) <= 1 for each in Paper.objects.filter(paper_set=found))


@pytest.mark.django_db
class TestReading:
    def national(self) -> Item:
        item = Item.objects.filter(region_code="", state="approved", occupation_code=ELECTRICIAN).first()
        assert item is not None
        return item

    def test_a_prefecture_finds_national_items_and_does_not_open_them(self) -> None:
        item = self.national()
        reader = local("itembank.view")
        assert selectors.item(reader, item.pk) == item
        with pytest.raises(services.SealedUntilUsed):
            services.view_item(actor=reader, at=NOW, item_id=item.pk)
        with pytest.raises(services.SealedUntilUsed):
            services.view_translation(actor=reader, at=NOW, item_id=item.pk, language="bo")
        with pytest.raises(services.NothingToExport):
            services.export_items(
                actor=reader, at=NOW, occupation_code=ELECTRICIAN, level=LEVEL, kind="qti", reason="想看"
            )

    def test_nor_by_way_of_a_paper_until_that_is_used(self) -> None:
        paper = make_paper(actor=local("itembank.assemble"))
        reader = local("itembank.view")
        with pytest.raises(services.SealedUntilUsed):
            services.view_paper(actor=reader, at=NOW, paper_id=paper.pk)
        with pytest.raises(services.SealedUntilUsed):
            services.export_paper(actor=reader, at=NOW, paper_id=paper.pk, reason="想看")
        services.use_paper(actor=local("itembank.assemble"), at=NOW, paper_id=paper.pk)
        assert len(services.view_paper(actor=reader, at=NOW, paper_id=paper.pk)) == 100
        item = PaperItem.objects.filter(paper=paper)[0].version.item
        assert services.view_item(actor=reader, at=NOW, item_id=item.pk).content.stem

    def test_the_nation_and_the_province_open_a_paper_before_it_is_used(self) -> None:
        paper = make_paper(actor=local("itembank.assemble"))
        for region in ("", "32"):
            reader = local("itembank.view", region=region)
            assert len(services.view_paper(actor=reader, at=NOW, paper_id=paper.pk)) == 100

    def test_an_industry_neither(self) -> None:
        with pytest.raises(services.SealedUntilUsed):
            services.view_item(actor=industry("itembank.view", body=uuid7()), at=NOW, item_id=self.national().pk)

    def test_the_provinces_centre_works_at_the_national_bank(self) -> None:
        assert services.view_item(actor=local("itembank.view", region="32"), at=NOW, item_id=self.national().pk)

    def test_the_nation_opens_a_local_one_and_another_prefecture_does_not_find_it(self) -> None:
        item = local_item(selectors.points_of(bank_blueprint().pk)[0])
        assert services.view_item(actor=nation(), at=NOW, item_id=item.pk)
        with pytest.raises(NotFound):
            services.view_item(actor=local("itembank.view", region=SUZHOU), at=NOW, item_id=item.pk)


@pytest.mark.django_db
class TestEvaluations:
    def test_passing_gives_a_new_term_with_the_figures_of_the_day(self) -> None:
        bank = opened()
        local_point(bank)
        said = evaluated(bank)
        bank.refresh_from_db()
        assert (bank.state, bank.until) == ("open", date(2029, 3, 13))
        assert said.figures["points"] == 1

    def test_failing_suspends_and_passing_later_lets_it_go_on(self) -> None:
        bank = opened()
        evaluated(bank, FAILED)
        with pytest.raises(services.SubBankLapsed):
            make_paper(actor=local("itembank.assemble"))
        evaluated(bank, VERDICT.CONDITIONAL)
        bank.refresh_from_db()
        assert (bank.state, bank.until) == ("open", date(2027, 3, 13))

    def test_a_panel_is_several_different_persons(self) -> None:
        with pytest.raises(services.PanelTooSmall):
            evaluated(opened(), panel=["甲", "甲 ", "乙", ""])

    def test_days_must_have_passed(self) -> None:
        with pytest.raises(services.EvaluationNotYet):
            services.evaluate_sub_bank(
                actor=nation(),
                at=NOW,
                sub_bank_id=opened().pk,
                held_from=TODAY,
                held_to=TODAY + timedelta(days=1),
                panel=["甲", "乙", "丙"],
                findings="好",
                verdict=PASSED,
            )

    def test_the_body_does_not_evaluate_itself(self) -> None:
        bank = opened()
        with pytest.raises(NotPermitted):
            services.evaluate_sub_bank(
                actor=local(),
                at=NOW,
                sub_bank_id=bank.pk,
                held_from=TODAY,
                held_to=TODAY,
                panel=["甲", "乙", "丙"],
                findings="好",
                verdict=PASSED,
            )

    def test_the_record_is_fixed_in_the_database(self) -> None:
        said = evaluated(opened())
        with pytest.raises(DatabaseError, match="fixed"), transaction.atomic():
            BankEvaluation.objects.filter(pk=said.pk).update(verdict="failed")

    def test_a_closed_bank_is_not_evaluated(self) -> None:
        bank = opened()
        services.close_sub_bank(actor=nation(), at=NOW, sub_bank_id=bank.pk, reason="试点结束")
        with pytest.raises(WrongState):
            evaluated(bank)


@pytest.mark.concurrency
def test_of_two_proposals_at_once_one_stands(real_database: str) -> None:
    barrier, me = Barrier(2), local()

    def run() -> object:
        barrier.wait()
        try:
            return proposed(me)
        except Refusal as refusal:
            return refusal
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        outcomes = [future.result() for future in [pool.submit(run), pool.submit(run)]]
    assert sum(isinstance(each, services.SubBankExists) for each in outcomes) == 1
    assert SubBank.objects.count() == 1
