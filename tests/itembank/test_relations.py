"""What must not meet in a paper: noted and ended by the right people, kept by every paper, never erased."""

from __future__ import annotations

import random
from fractions import Fraction
from itertools import combinations

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from tests.support.cast import officer, outsider
from tests.support.itembank import NOW, approver, make_approved_item, make_item, make_paper, reviewer, writer

from kaogong.foundation.kernel.refusals import NotFound, NotPermitted
from kaogong.itembank import selectors, services
from kaogong.itembank.models import Item, ItemRelation, PaperItem
from kaogong.itembank.rules import assembly
from kaogong.itembank.rules.relations import foes, lineages

ENEMY, LINEAGE = ItemRelation.Kind.ENEMY, ItemRelation.Kind.LINEAGE


class TestRules:
    def test_a_relatives_relative_is_one_too(self) -> None:
        assert lineages([("a", "b"), ("c", "d"), ("b", "e")]) == [frozenset("abe"), frozenset("cd")]

    def test_two_families_join(self) -> None:
        assert lineages([("a", "b"), ("c", "d"), ("a", "d")]) == [frozenset("abcd")]

    def test_enmity_is_mutual_and_not_handed_on(self) -> None:
        found = foes([("a", "b"), ("b", "c")], [])
        assert found == {"a": frozenset("b"), "b": frozenset("ac"), "c": frozenset("b")}

    @pytest.mark.parametrize("seed", range(30))
    def test_families_part_whoever_is_in_one(self, seed: int) -> None:
        chance = random.Random(seed)
        pairs = [(chance.randrange(10), chance.randrange(10)) for _n in range(seed % 12)]
        families = lineages(pairs)
        assert all(not one & other for one, other in combinations(families, 2))
        assert all(any({one, other} <= family for family in families) for one, other in pairs)


def _bank(points: int = 30) -> list[assembly.Candidate]:
    return [
        assembly.Candidate(f"v{point}-{k}", f"n{point:02d}-{k}", f"P{point:02d}", "R", "single", "X", 3)
        for point in range(points)
        for k in range(2)
    ]


ORDER = assembly.Order(
    [assembly.RangeShare("R", "范围", 100)], [assembly.Section("single", 20, Fraction(1))], Fraction(1)
)


class TestDraw:
    @pytest.mark.parametrize("seed", range(20))
    def test_no_paper_has_both_of_a_pair(self, seed: int) -> None:
        bank = _bank()
        chance = random.Random(seed)
        pairs = [tuple(each.version for each in chance.sample(bank, 2)) for _n in range(15)]
        against = foes([(one, other) for one, other in pairs], [])
        drawn = {each.version for each in assembly.draw(bank, ORDER, seed=seed, foes=against).items}
        assert len(drawn) == 20
        assert not any({one, other} <= drawn for one, other in pairs)

    def test_says_so_when_it_cannot_be(self) -> None:
        bank = _bank(points=20)
        against = foes([], [frozenset(each.version for each in bank)])
        with pytest.raises(assembly.Infeasible, match="不能同卷"):
            assembly.draw(bank, ORDER, seed=1, foes=against)

    def test_sows_no_foe_beside_another(self) -> None:
        paper = assembly.draw(_bank(), ORDER, seed=1).items
        trial = [assembly.Candidate(f"t{n}", f"t{n}", f"T{n}", "R", "single", "X", 3) for n in range(4)]
        against = foes([("t0", paper[0].version)], [frozenset({"t1", "t2"})])
        sown = {
            each.version
            for each, scored in assembly.sow(trial, paper, {"single": 4}, seed=5, foes=against)
            if not scored
        }
        assert "t3" in sown
        assert "t0" not in sown
        assert len(sown & {"t1", "t2"}) == 1


def relate(one: Item, other: Item, kind: ItemRelation.Kind = ENEMY, *, actor: object = None) -> ItemRelation:
    """Note a relation by the real service."""
    return services.relate_items(
        actor=actor or writer(),
        at=NOW,
        item_id=one.pk,
        number=other.number,
        kind=kind,
        reason="一题的题干是另一题的答案",
    )


@pytest.mark.django_db
class TestRelate:
    def test_is_seen_from_both_sides(self) -> None:
        one, other = make_item(), make_item()
        relate(one, other)
        assert [each.other for each in selectors.relations_of(writer(), one)] == [other]
        assert [each.other for each in selectors.relations_of(writer(), other)] == [one]

    def test_refuses_the_same_twice_from_either_side(self) -> None:
        one, other = make_item(), make_item()
        relate(one, other)
        with pytest.raises(services.RelatedAlready):
            relate(other, one)
        relate(other, one, LINEAGE)

    def test_refuses_itself_another_bank_and_no_reason(self) -> None:
        one, other = make_item(), make_item()
        with pytest.raises(services.NotInThisBank):
            relate(one, one)
        Item.objects.filter(pk=other.pk).update(level=4)
        with pytest.raises(services.NotInThisBank):
            relate(one, other)
        with pytest.raises(services.NoReason):
            services.relate_items(
                actor=writer(), at=NOW, item_id=one.pk, number=make_item().number, kind=ENEMY, reason="  "
            )

    def test_another_provinces_item_is_not_there(self) -> None:
        one, other = make_item(), make_item(actor=writer("37"))
        with pytest.raises(services.NotInThisBank):
            relate(one, other)

    def test_needs_the_power_and_the_reach(self) -> None:
        one, other = make_item(), make_item()
        with pytest.raises(NotPermitted):
            relate(one, other, actor=reviewer())
        for stranger in (outsider(), officer("itembank.write", region="37")):
            with pytest.raises(NotFound):
                relate(one, other, actor=stranger)

    def test_is_ended_for_a_reason_by_whoever_approves(self) -> None:
        one, other = make_item(), make_item()
        relation = relate(one, other)
        with pytest.raises(NotPermitted):
            services.end_relation(actor=writer(), at=NOW, item_id=one.pk, relation_id=relation.pk, reason="误记")
        with pytest.raises(NotFound):
            services.end_relation(actor=outsider(), at=NOW, item_id=one.pk, relation_id=relation.pk, reason="误记")
        with pytest.raises(NotFound):
            services.end_relation(
                actor=approver(), at=NOW, item_id=make_item().pk, relation_id=relation.pk, reason="误记"
            )
        services.end_relation(actor=approver(), at=NOW, item_id=other.pk, relation_id=relation.pk, reason="误记")
        assert selectors.relations_of(writer(), one) == []
        relate(one, other)

    def test_the_row_is_never_changed_nor_erased(self) -> None:
        relation = relate(make_item(), make_item())
        for change in ({"kind": "lineage"}, {"reason": "x"}):
            with pytest.raises(DatabaseError, match="ended, not changed"), transaction.atomic():
                ItemRelation.objects.filter(pk=relation.pk).update(**change)
        with pytest.raises(DatabaseError, match="ended, not changed"), transaction.atomic():
            relation.delete()
        with pytest.raises(IntegrityError), transaction.atomic():
            ItemRelation.objects.filter(pk=relation.pk).update(ended_at=NOW)

    def test_no_paper_takes_both(self) -> None:
        seeds = range(4)
        pairs = []
        for seed in seeds:
            places = PaperItem.objects.filter(paper=make_paper(seed=seed)).select_related("version__item")
            one, other = (places[number].version.item for number in (3, 60 + seed))
            pairs.append((seed, one, other))
        boss = officer("itembank.write", region="")
        for _seed, one, other in pairs:
            services.relate_items(actor=boss, at=NOW, item_id=one.pk, number=other.number, kind=LINEAGE, reason="改写")
        for seed, one, other in pairs:
            items = set(PaperItem.objects.filter(paper=make_paper(seed=seed)).values_list("version__item", flat=True))
            assert len(items) == 100
            assert not {one.pk, other.pk} <= items

    def test_a_lineage_holds_through_an_item_out_of_use(self) -> None:
        one, between, other = make_approved_item(), make_approved_item(), make_approved_item()
        relate(one, between, LINEAGE)
        relate(between, other, LINEAGE)
        services.freeze_item(actor=approver(), at=NOW, item_id=between.pk, reason="泄题")
        bank = selectors.candidates_of(
            officer("itembank.assemble", region="32"), selectors.blueprint_for("6-31-01-03", 5)
        )
        versions = {str(selectors.current_version(each).pk) for each in (one, other)}
        against = selectors.foes_among(bank)
        assert set(against) == versions
