"""The blueprint, the shipped bank and the practical tasks."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from uuid import UUID, uuid4

import pytest
from django.db import DatabaseError, transaction
from tests.support.cast import candidate, officer
from tests.support.itembank import LEVEL, NOW, TODAY, assembler, bank_blueprint, writer
from tests.support.standards import electrician, make_standard

from kaogong.cli.reference import LOADER
from kaogong.foundation.kernel.actors import Actor
from kaogong.foundation.kernel.refusals import NotFound, NotPermitted, WrongState
from kaogong.itembank import hooks, selectors, services
from kaogong.itembank.models import Blueprint, Item, ItemVersion, Point, PracticalTask, Range
from kaogong.standards.selectors import weights

pytestmark = pytest.mark.django_db


def points_file(ethics: int = 10, knowledge: int = 190) -> list[dict[str, str]]:
    """Points of the small standard of tests.support.standards: weights 5 and 95."""
    rows = []
    for number in range(ethics + knowledge):
        is_ethics = number < ethics
        rows.append(
            {
                "range1_code": "A" if is_ethics else "B",
                "range1_name": "基本要求" if is_ethics else "相关知识",
                "range2_code": "A",
                "range2_name": "职业道德" if is_ethics else "轴类加工",
                "point": f"{number:03d}",
                "name": f"要点{number}",
                "importance": "Z" if number % 33 == 32 else "Y" if number % 9 == 8 else "X",
            }
        )
    return rows


def national(*powers: str) -> Actor:
    return officer(*powers, region="", name="部中心题库处")


def make_blueprint(**changes: int) -> Blueprint:
    """A drafted blueprint of the small standard."""
    return services.draft_blueprint(
        actor=national("itembank.write"),
        at=NOW,
        standard_id=make_standard().pk,
        level=5,
        title="车工五级细目表",
        rows=points_file(**changes),
    )


class TestBlueprint:
    def test_takes_its_shares_from_the_standard(self) -> None:
        blueprint = make_blueprint()
        shares = {each.name: each.percent for each in selectors.ranges_of(blueprint.pk) if each.is_weighted}
        assert shares == {"职业道德": 5, "轴类加工": 95}

    def test_approval_fixes_it(self) -> None:
        blueprint = services.approve_blueprint(
            actor=national("itembank.approve"), at=NOW, blueprint_id=make_blueprint().pk
        )
        assert (blueprint.state, len(blueprint.digest)) == ("approved", 64)
        with pytest.raises(DatabaseError, match="fixed"), transaction.atomic():
            Point.objects.filter(blueprint=blueprint).update(importance="Z")
        with pytest.raises(DatabaseError, match="fixed"), transaction.atomic():
            Range.objects.filter(blueprint=blueprint, is_weighted=True).update(percent=50)

    def test_approval_refuses_too_few_points_and_says_where(self) -> None:
        blueprint = make_blueprint(ethics=9, knowledge=191)
        with pytest.raises(services.BlueprintFaulty, match="职业道德：有 9 个鉴定点"):
            services.approve_blueprint(actor=national("itembank.approve"), at=NOW, blueprint_id=blueprint.pk)

    def test_a_new_one_retires_the_old(self) -> None:
        actor = national("itembank.approve", "itembank.write")
        first = services.approve_blueprint(actor=actor, at=NOW, blueprint_id=make_blueprint().pk)
        second = services.draft_blueprint(
            actor=actor, at=NOW, standard_id=first.standard_id, level=5, title="再版", rows=points_file()
        )
        services.approve_blueprint(actor=actor, at=NOW, blueprint_id=second.pk)
        first.refresh_from_db()
        assert first.state == "retired"
        assert selectors.blueprint_for(first.occupation_code, 5).pk == second.pk

    def test_approval_happens_once(self) -> None:
        with pytest.raises(WrongState):
            services.approve_blueprint(actor=national("itembank.approve"), at=NOW, blueprint_id=bank_blueprint().pk)

    def test_approval_needs_the_power_for_the_nation(self) -> None:
        with pytest.raises(NotPermitted):
            services.approve_blueprint(
                actor=officer("itembank.approve", region="32"), at=NOW, blueprint_id=make_blueprint().pk
            )

    def test_who_has_no_business_in_the_bank_does_not_find_it(self) -> None:
        with pytest.raises(NotFound):
            selectors.blueprint(officer("registration.see", region=""), bank_blueprint().pk)

    def test_an_unreadable_file_saves_nothing(self) -> None:
        rows = points_file()
        rows[3]["importance"] = "重要"
        with pytest.raises(services.BlueprintUnreadable, match="第 5 行"):
            services.draft_blueprint(
                actor=national("itembank.write"),
                at=NOW,
                standard_id=electrician().pk,
                level=4,
                title="错表",
                rows=rows,
            )
        assert not Blueprint.objects.filter(title="错表").exists()


class TestShippedBank:
    def test_its_blueprint_satisfies_the_rules(self) -> None:
        assert selectors.blueprint_faults(bank_blueprint(), TODAY) == []

    def test_has_two_points_per_percent(self) -> None:
        covered = selectors.coverage(bank_blueprint())
        shares = {weight.name: weight.percent for weight in weights(electrician().pk, "theory", LEVEL)}
        assert {each.range.name: each.point_count for each in covered.ranges} == {
            name: percent * 2 for name, percent in shares.items()
        }

    def test_has_six_hundred_items_in_use_at_every_point(self) -> None:
        covered = selectors.coverage(bank_blueprint())
        assert (covered.items_in_use, covered.empty_points, covered.unbound) == (600, 0, 0)

    def test_keys_are_balanced(self) -> None:
        from kaogong.itembank import sealing

        contents = [sealing.open_item(v.content_sealed, version_id=v.pk) for v in ItemVersion.objects.all()]
        singles = Counter(each.key for each in contents if each.type == "single")
        truths = Counter(each.key for each in contents if each.type == "truefalse")
        assert all(0.2 <= count / singles.total() <= 0.3 for count in singles.values())
        assert 0.45 <= truths["T"] / truths.total() <= 0.55

    def test_no_two_stems_are_alike(self) -> None:
        digests = list(ItemVersion.objects.values_list("stem_digest", flat=True))
        assert len(set(digests)) == len(digests) == 600

    def test_says_that_it_came_with_the_system(self) -> None:
        assert set(Item.objects.values_list("origin", flat=True)) == {"reference"}

    def test_loading_again_changes_nothing(self) -> None:
        assert services.load_reference(actor=LOADER, at=NOW) == {"blueprints": 0, "items": 0, "tasks": 0}

    def test_only_the_loader_loads(self) -> None:
        with pytest.raises(NotPermitted):
            services.load_reference(actor=writer(), at=NOW)


class TestPracticalTasks:
    def test_three_modules_weigh_a_hundred(self) -> None:
        modules = selectors.practical_modules(electrician().pk, LEVEL)
        assert [module.weight for module in modules] == [40, 35, 25]
        assert all(len(module.tasks) >= 2 for module in modules)

    def test_every_score_sheet_sums_to_a_hundred(self) -> None:
        for task in selectors.practical_tasks(electrician().pk, LEVEL):
            content = selectors.task_content(assembler(), task.pk, NOW)
            assert content.full_marks == 100
            assert content.steps
            assert content.preparation["equipment"]

    def test_lists_do_not_load_the_content(self) -> None:
        task = selectors.practical_tasks(electrician().pk, LEVEL)[0]
        assert "content_sealed" in task.get_deferred_fields()

    def test_a_candidate_does_not_find_it(self) -> None:
        task = selectors.practical_tasks(electrician().pk, LEVEL)[0]
        with pytest.raises(NotFound):
            selectors.task_content(candidate(uuid4()), task.pk, NOW)

    def test_who_examines_now_reads_it_by_a_downstream_answer(self, monkeypatch: pytest.MonkeyPatch) -> None:
        task = selectors.practical_tasks(electrician().pk, LEVEL)[0]
        examiner = candidate(uuid4(), name="考评员")

        def answer(actor: Actor, task_id: UUID, at: datetime) -> bool:
            return actor.person_id == examiner.person_id and task_id == task.pk

        monkeypatch.setattr(hooks, "_task_readers", [answer])
        assert services.view_task(actor=examiner, at=NOW, task_id=task.pk).full_marks == 100
        with pytest.raises(NotFound):
            services.view_task(actor=candidate(uuid4()), at=NOW, task_id=task.pk)

    def test_a_task_cannot_change(self) -> None:
        with pytest.raises(DatabaseError, match="fixed"), transaction.atomic():
            PracticalTask.objects.update(criteria=[])
