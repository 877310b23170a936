"""Parallel sets: ordered by a person, assembled by the job to every rule, or refused with the rules that clash."""

from __future__ import annotations

from collections import Counter
from itertools import combinations
from uuid import UUID, uuid4

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from tests.support.cast import officer, outsider
from tests.support.itembank import ELECTRICIAN, LEVEL, NOW, TRAINER, assembler, make_cleared_item, make_paper, writer
from tests.support.regulations import make_provision

from kaogong.foundation.audit import selectors as audit
from kaogong.foundation.kernel.actors import Actor
from kaogong.foundation.kernel.refusals import NotFound, NotPermitted, WrongState
from kaogong.itembank import selectors, services
from kaogong.itembank.models import Item, ItemRelation, ItemStatistic, ItemVersion, Paper, PaperItem, PaperSet
from kaogong.itembank.rules import solving
from kaogong.itembank.tasks import assemble_set

pytestmark = pytest.mark.django_db


def order(size: int = 4, *, number: str = "PX-2026", actor: Actor | None = None, **facts: object) -> PaperSet:
    """A set of 电工 level 5, ordered."""
    return services.order_set(
        actor=actor or assembler(),
        at=NOW,
        occupation_code=ELECTRICIAN,
        level=LEVEL,
        size=size,
        seed=7,
        number=number,
        **facts,  # type: ignore[arg-type]  # what a test adds
    )


def assembled(found: PaperSet) -> PaperSet:
    """The set after the job."""
    assemble_set(str(found.pk))
    return PaperSet.objects.get(pk=found.pk)


def versions_of(found: PaperSet) -> list[frozenset[UUID]]:
    """The scored item versions of each paper of a set."""
    papers = Paper.objects.filter(paper_set=found).order_by("number")
    return [
        frozenset(PaperItem.objects.filter(paper=paper, is_scored=True).values_list("version", flat=True))
        for paper in papers
    ]


def calibrate(*, exposed: frozenset[UUID] = frozenset()) -> None:
    """Statistics for every item in use: parameters that differ, and exposure above the limit for some."""
    run = uuid4()
    versions = ItemVersion.objects.filter(item__state="approved").order_by("item__number")
    ItemStatistic.objects.bulk_create(
        ItemStatistic(
            version=version,
            run_id=run,
            purpose="live",
            cases=500,
            model="2pl",
            a=0.5 + (place * 7 % 11) / 8,
            b=-2 + (place * 5 % 17) / 4,
            exposure=0.9 if version.pk in exposed else 0.1,
            as_of=NOW,
        )
        for place, version in enumerate(versions)
    )


class TestSeal:
    def test_every_paper_keeps_every_rule(self) -> None:
        found = assembled(order(4))
        assert (found.state, found.progress) == ("sealed", PaperSet.STAGES)
        papers = list(Paper.objects.filter(paper_set=found).order_by("number"))
        assert [paper.number for paper in papers] == [f"PX-2026-0{place}" for place in range(1, 5)]
        for paper in papers:
            places = PaperItem.objects.filter(paper=paper).select_related("version__item__point__weighted_range")
            assert Counter(each.version.type for each in places) == {"single": 80, "truefalse": 20}
            assert len({each.version.item.point_id for each in places}) == 100
            ranges = Counter(each.version.item.point.weighted_range.percent for each in places)
            assert ranges == {5: 5, 20: 20, 35: 35, 25: 25, 15: 15}
            assert selectors.check_paper(paper).is_whole
            assert paper.report["set"] == {"number": "PX-2026", "place": papers.index(paper) + 1, "of": 4}
            assert all(float(row["slack"]) >= 0 for row in paper.report["proof"])
        sets = versions_of(found)
        assert max(len(one & other) for one, other in combinations(sets, 2)) <= 20
        assert max(Counter(version for paper in sets for version in paper).values()) == 1
        means = found.report["goal"][0]["papers"]
        assert max(means) - min(means) <= 1

    def test_the_same_order_gives_the_same_papers(self) -> None:
        assert versions_of(assembled(order(3))) == versions_of(assembled(order(3, number="PX-AGAIN")))

    def test_keeps_enemies_and_lineage_apart(self) -> None:
        free = versions_of(assembled(order(3)))
        boss = officer("itembank.write", region="")
        pairs = []
        for paper, kind in zip(free, ("enemy", "lineage", "enemy"), strict=True):
            one, other = (ItemVersion.objects.get(pk=pk).item for pk in sorted(paper)[:2])
            services.relate_items(
                actor=boss, at=NOW, item_id=one.pk, number=other.number, kind=ItemRelation.Kind(kind), reason="提示"
            )
            pairs.append(set(sorted(paper)[:2]))
        found = assembled(order(3, number="PX-NEXT"))
        assert not any(pair <= paper for pair in pairs for paper in versions_of(found))
        assert {"enemies", "lineage"} <= {row["field"] for row in found.report["rules"]}

    def test_shares_little_with_papers_that_exist(self) -> None:
        known = [make_paper(seed=seed) for seed in (1, 2)]
        found = assembled(order(3, avoid=[paper.pk for paper in known]))
        for paper in Paper.objects.filter(paper_set=found):
            shared = [selectors.overlap(paper.pk, other.pk) for other in known]
            assert max(shared) <= 20
            assert paper.report["shared"] == shared

    def test_holds_information_level_and_lets_the_worn_rest(self) -> None:
        worn = frozenset(versions_of(assembled(order(2)))[0])
        some = frozenset(sorted(worn)[:20])
        calibrate(exposed=some)
        found = assembled(order(3, number="PX-IRT"))
        assert not some & frozenset().union(*versions_of(found))
        rows = {row["label"]: row for row in found.report["goal"]}
        assert set(rows) == {"difficulty", "θ=-1", "θ=0", "θ=1"}
        for row in rows.values():
            assert all(abs(value / row["target"] - 1) < 0.02 for value in row["papers"])

    def test_sows_items_on_trial_into_each(self) -> None:
        make_provision(
            "itembank.trial", {"required": False, "per_paper": {"single": 1}, "cases": 200}, occupation=ELECTRICIAN
        )
        item = make_cleared_item()
        found = assembled(order(2))
        unscored = PaperItem.objects.filter(paper__paper_set=found, is_scored=False)
        assert [each.version.item_id for each in unscored] == [item.pk, item.pk]
        assert Item.objects.get(pk=item.pk).state == "trial"

    def test_leaves_out_what_the_assembler_worked_on(self) -> None:
        boss = assembler()
        mine = ItemVersion.objects.get(pk=min(versions_of(assembled(order(2)))[0])).item
        Item.objects.filter(pk=mine.pk).update(author_key=str(boss.person_id or boss.account_id))
        found = assembled(order(2, number="PX-MINE", actor=boss))
        assert found.state == "sealed"
        current = selectors.current_version(mine).pk
        assert all(current not in paper for paper in versions_of(found))

    def test_leaves_its_lines_in_the_trail(self) -> None:
        found = assembled(order(2))
        reader = officer("audit.read", region="")
        lines = audit.entries(actor=reader, target_id=str(found.pk))
        assert sorted(each.action for each in lines) == ["itembank.set_ordered", "itembank.set_sealed"]


class TestRefuse:
    def test_names_the_rules_that_clash_and_seals_nothing(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("UPDATE itembank_item SET state = 'frozen' WHERE number LIKE 'C-B-C-%'")
        found = assembled(order(3))
        assert found.state == "impossible"
        assert [row["field"] for row in found.report["clash"]] == ["cell"]
        assert found.report["clash"][0]["facts"]["range"] == "基本电子电路装调维修"
        assert found.report["clash"][0]["clause"] == "kaogong-itembank-rules/assembly"
        assert found.report["is_proved"]
        assert not Paper.objects.filter(paper_set=found).exists()

    def test_twenty_papers_come_from_six_hundred_items_but_not_without_sharing(self) -> None:
        assert assembled(order(20)).state == "sealed"
        make_provision("itembank.shared_percent_at_most", 0, occupation=ELECTRICIAN)
        found = assembled(order(20, number="PX-APART"))
        assert found.state == "impossible"
        fields = {row["field"] for row in found.report["clash"]}
        assert fields & {"exposure", "overlap"}
        assert {row["clause"] for row in found.report["clash"]} <= {
            f"kaogong-itembank-rules/{article}" for article in ("assembly", "sets", "sharing")
        }

    def test_a_number_taken_meanwhile_closes_it(self) -> None:
        found = order(2)
        make_paper(number="PX-2026-02")
        found = assembled(found)
        assert found.state == "impossible"
        assert "PX-2026-02" in str(selectors.Problem.of(found.report["clash"][0]))
        assert Paper.objects.filter(number__startswith="PX-2026").count() == 1

    def test_a_bank_that_moved_is_looked_at_anew(self) -> None:
        found = order(2)
        made = solving.assemble(selectors.set_order(found))
        gone = ItemVersion.objects.get(pk=UUID(made.papers[1][0].version)).item
        Item.objects.filter(pk=gone.pk).update(state="frozen")
        with pytest.raises(services.BankMoved):
            services.seal_set(actor=selectors.assembler_of(found), at=timezone.now(), set_id=found.pk, made=made)
        found = assembled(found)
        assert found.state == "sealed"
        assert all(selectors.current_version(gone).pk not in paper for paper in versions_of(found))

    def test_what_was_withdrawn_is_not_sealed(self) -> None:
        found = order(2)
        made = solving.assemble(selectors.set_order(found))
        services.withdraw_set(actor=assembler(), at=NOW, set_id=found.pk)
        with pytest.raises(WrongState):
            services.seal_set(actor=selectors.assembler_of(found), at=timezone.now(), set_id=found.pk, made=made)
        assert assembled(found).state == "withdrawn"
        assert not Paper.objects.filter(paper_set=found).exists()


class TestOrder:
    @pytest.mark.parametrize("size", [0, 1, 21])
    def test_refuses_a_size_outside_the_rules(self, size: int) -> None:
        with pytest.raises(services.WrongSize):
            order(size)

    def test_refuses_a_number_that_is_taken(self) -> None:
        make_paper(number="PX-2026-03")
        with pytest.raises(services.PaperNumberTaken):
            order(3)
        order(2)
        with pytest.raises(services.PaperNumberTaken):
            order(2)

    def test_needs_a_blueprint_the_power_and_papers_that_are_there(self) -> None:
        with pytest.raises(services.NoBlueprint):
            services.order_set(actor=assembler(), at=NOW, occupation_code=TRAINER, level=5, size=2, seed=1, number="X")
        with pytest.raises(NotPermitted):
            order(2, actor=writer())
        with pytest.raises(NotFound):
            order(2, avoid=[uuid4()])

    def test_an_outsider_finds_none(self) -> None:
        found = order(2)
        for stranger in (outsider(), officer("itembank.assemble", region="37")):
            assert not selectors.sets_for(stranger).exists()
            with pytest.raises(NotFound):
                services.withdraw_set(actor=stranger, at=NOW, set_id=found.pk)

    def test_who_only_sees_cannot_withdraw(self) -> None:
        found = order(2)
        with pytest.raises(NotPermitted):
            services.withdraw_set(actor=officer("itembank.view", region="32"), at=NOW, set_id=found.pk)

    def test_the_order_cannot_be_changed(self) -> None:
        found = order(2)
        for change in ({"seed": 8}, {"size": 5}, {"ordered_by_key": "x"}):
            with pytest.raises(DatabaseError, match="order of papers is fixed"), transaction.atomic():
                PaperSet.objects.filter(pk=found.pk).update(**change)

    def test_the_job_finds_the_bank_of_the_body_that_ordered(self) -> None:
        found = order(2)
        worker = selectors.assembler_of(found)
        assert not worker.may("itembank.assemble", region="37")
        assert {each.version for each in selectors.candidates_for_set(found)} == {
            each.version for each in selectors.candidates_of(assembler(), found.blueprint)
        }
