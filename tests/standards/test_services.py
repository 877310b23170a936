"""Standards drafted, published, withdrawn; and that what is published stays as it is."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import DatabaseError, connection, transaction
from tests.support.cast import officer
from tests.support.standards import NOW, TODAY, document, drafter, electrician, make_draft, make_standard

from kaogong.cli.reference import LOADER
from kaogong.foundation.audit import selectors as audit
from kaogong.foundation.kernel.actors import PUBLIC
from kaogong.foundation.kernel.refusals import NotFound, NotPermitted, WrongState
from kaogong.standards import selectors, services
from kaogong.standards.models import EntryCondition, Function, Part, StandardVersion, Statement, Task, Weight

pytestmark = pytest.mark.django_db


class TestDraft:
    def test_lays_down_every_table(self) -> None:
        draft = make_draft()
        assert draft.state == "drafted"
        assert [each.name for each in selectors.weights(draft.pk, "theory", 5)] == ["职业道德", "轴类加工"]
        assert selectors.contents(draft.pk, 5)[0].tasks[0].skills[0].text == "能装夹短轴"
        assert selectors.conditions(draft.pk, 5)[0].parsed[0].kind == "years"

    def test_replaces_an_earlier_draft_of_the_same_edition(self) -> None:
        first = make_draft()
        second = make_draft(title="车工国家职业技能标准（再稿）")
        assert second.pk == first.pk
        assert selectors.get(drafter(), first.pk).title == "车工国家职业技能标准（再稿）"
        assert Function.objects.filter(standard=first).count() == 1

    def test_takes_in_faults_of_sense_for_later_repair(self) -> None:
        draft = make_draft(assessment=[])
        assert [fault.place for fault in selectors.faults(draft)][:1] == ["鉴定要求 · 五级"]

    def test_refuses_faults_of_shape_with_their_list(self) -> None:
        with pytest.raises(services.Unreadable) as refused:
            make_draft(title="", weights="none")
        assert len(refused.value.faults) == 2
        assert not StandardVersion.objects.filter(edition="2026").exists()

    def test_refuses_an_occupation_that_is_not_in_the_classification(self) -> None:
        with pytest.raises(services.UnknownOccupation):
            make_draft(occupation_code="9-99-99-99")

    def test_refuses_to_redraft_what_is_published(self) -> None:
        make_standard()
        with pytest.raises(services.EditionPublished):
            make_draft()

    def test_needs_the_power_everywhere(self) -> None:
        provincial = officer("standards.draft", region="32")
        with pytest.raises(NotPermitted):
            services.draft(actor=provincial, at=NOW, document=document())


class TestPublish:
    def test_fixes_the_content_with_its_digest(self) -> None:
        standard = make_standard()
        assert standard.state == "published"
        assert standard.digest == selectors.digest_of(selectors.standard(standard.pk))
        assert standard.published_at == NOW

    def test_refuses_weights_of_99_and_says_where(self) -> None:
        weights = document()["weights"]
        weights[1]["levels"]["5"] = 94
        draft = make_draft(weights=weights)
        with pytest.raises(services.NotPublishable, match="权重表 · 理论知识 · 五级"):
            services.publish(actor=drafter(), at=NOW, standard_id=draft.pk)

    def test_refuses_an_unknown_kind_of_condition(self) -> None:
        conditions = document()["conditions"]
        conditions[0]["all"] = [{"kind": "luck"}]
        draft = make_draft(conditions=conditions)
        with pytest.raises(services.NotPublishable, match="luck"):
            services.publish(actor=drafter(), at=NOW, standard_id=draft.pk)

    def test_happens_once(self) -> None:
        standard = make_standard()
        with pytest.raises(WrongState):
            services.publish(actor=drafter(), at=NOW, standard_id=standard.pk)

    def test_needs_the_power(self) -> None:
        draft = make_draft()
        with pytest.raises(NotPermitted):
            services.publish(actor=officer("standards.draft", region=""), at=NOW, standard_id=draft.pk)

    def test_outsiders_cannot_even_find_a_draft(self) -> None:
        draft = make_draft()
        with pytest.raises(NotFound):
            services.publish(actor=officer("standards.publish", region="37"), at=NOW, standard_id=draft.pk)
        with pytest.raises(NotFound):
            selectors.get(PUBLIC, draft.pk)

    def test_leaves_its_digest_in_the_trail(self) -> None:
        standard = make_standard()
        reader = officer("audit.read", region="")
        lines = audit.entries(actor=reader, target_type="StandardVersion", target_id=str(standard.pk))
        assert {line.action for line in lines} == {"standards.drafted", "standards.published"}


def _row_of(model: type[Weight]) -> object:
    """A row of the shipped standard."""
    path = "task__function__standard" if model is Statement else "standard"
    return model.objects.filter(**{path: electrician()}).values_list("pk", flat=True)[0]


class TestFixity:
    @pytest.mark.parametrize("model", [Statement, Weight, EntryCondition, Part])
    def test_no_row_of_a_published_standard_can_be_deleted(self, model: type[Weight]) -> None:
        with pytest.raises(DatabaseError, match="fixed"), transaction.atomic():
            model.objects.filter(pk=_row_of(model)).delete()

    def test_no_sentence_can_be_changed(self) -> None:
        with pytest.raises(DatabaseError, match="fixed"), transaction.atomic():
            Statement.objects.filter(task__function__standard=electrician()).update(text="能做别的")

    def test_no_row_can_be_slipped_in(self) -> None:
        function = Function.objects.filter(standard=electrician()).first()
        with pytest.raises(DatabaseError, match="fixed"), transaction.atomic():
            Task.objects.create(function=function, code="9.9", name="多出来的")

    def test_the_version_itself_cannot_change_but_by_its_moves(self) -> None:
        standard = electrician()
        for change in ("title = 'x'", "digest = 'x'", "state = 'drafted'"):
            with pytest.raises(DatabaseError, match="fixed"), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(f"UPDATE standards_standardversion SET {change} WHERE id = %s", [standard.pk])

    def test_the_version_cannot_be_deleted(self) -> None:
        with pytest.raises(DatabaseError, match="fixed"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("DELETE FROM standards_standardversion WHERE id = %s", [electrician().pk])


class TestWithdraw:
    def test_ends_it_from_a_day(self) -> None:
        standard = make_standard()
        day = date(2026, 6, 1)
        services.withdraw(actor=drafter(), at=NOW, standard_id=standard.pk, withdrawn_on=day, reason="新版施行")
        assert selectors.in_force(standard.occupation_code, date(2026, 5, 31)).pk == standard.pk
        with pytest.raises(NotFound):
            selectors.in_force(standard.occupation_code, day)

    def test_not_before_it_began(self) -> None:
        standard = make_standard()
        with pytest.raises(services.WithdrawnTooEarly):
            services.withdraw(
                actor=drafter(), at=NOW, standard_id=standard.pk, withdrawn_on=date(2025, 1, 1), reason="误"
            )

    def test_a_draft_cannot_be_withdrawn(self) -> None:
        with pytest.raises(WrongState):
            services.withdraw(actor=drafter(), at=NOW, standard_id=make_draft().pk, withdrawn_on=TODAY, reason="误")

    def test_needs_the_power(self) -> None:
        standard = make_standard()
        with pytest.raises(NotPermitted):
            services.withdraw(
                actor=officer("standards.draft", region=""),
                at=NOW,
                standard_id=standard.pk,
                withdrawn_on=TODAY,
                reason="误",
            )


class TestSelectors:
    def test_the_latest_in_force_wins(self) -> None:
        make_standard()
        later = make_standard(edition="2027", in_force_on=date(2026, 2, 1))
        assert selectors.in_force("6-18-01-01", TODAY).pk == later.pk
        assert selectors.in_force("6-18-01-01", date(2026, 1, 15)).edition == "2026"

    def test_a_draft_is_not_in_force(self) -> None:
        make_draft()
        with pytest.raises(NotFound):
            selectors.in_force("6-18-01-01", TODAY)

    def test_the_electrician_as_shipped(self) -> None:
        standard = electrician()
        assert [part.code for part in selectors.parts(standard.pk, 1)] == ["theory", "skill", "review"]
        assert sum(weight.percent for weight in selectors.weights(standard.pk, "theory", 5)) == 100
        assert [each.code for each in selectors.conditions(standard.pk, 5)] == ["5-1", "5-2"]
        assert "6-31-01-10" in selectors.related_codes(standard.pk)
        assert selectors.ratios(standard.pk)["practical_examiners"]["odd"] is True

    def test_numbers_sort_as_numbers(self) -> None:
        functions = document()["functions"]
        task = functions[0]["tasks"][0]
        task["skills"] = [{"code": f"1.1.{n}", "text": f"能做{n}"} for n in (10, 9, 1)]
        draft = make_draft(functions=functions)
        skills = selectors.contents(draft.pk, 5)[0].tasks[0].skills
        assert [skill.code for skill in skills] == ["1.1.1", "1.1.9", "1.1.10"]

    def test_the_weight_table_has_a_cell_per_level(self) -> None:
        rows = dict(selectors.weight_table(electrician().pk, "theory"))
        cells = rows["电器安装和线路敷设"]
        assert [cell.percent if cell else None for cell in cells] == [35, None, None, None, None]

    @pytest.mark.parametrize("text", ["电工", "6-31", "绝缘电阻", "继电控制电路"])
    def test_search_finds_by_name_code_and_sentence(self, text: str) -> None:
        assert electrician() in selectors.search(PUBLIC, text)

    def test_search_finds_nothing_for_nonsense(self) -> None:
        assert not selectors.search(PUBLIC, "不存在的词语").exists()

    def test_content_survives_the_tables(self) -> None:
        draft = make_draft()
        content = selectors.content_of(draft)
        assert content.weights[1].is_illustrative
        assert content.functions[0].tasks[0].knowledge[0].text == "卡盘知识"

    def test_differences_between_versions(self) -> None:
        first = make_standard()
        second = make_draft(edition="2027", title="车工国家职业技能标准（新）")
        assert [each.place for each in selectors.differences(first, second)] == ["名称"]


class TestReference:
    def test_loading_again_changes_nothing(self) -> None:
        before = electrician().digest
        assert services.load_reference(actor=LOADER, at=NOW) == []
        assert electrician().digest == before

    def test_only_the_loader_loads(self) -> None:
        with pytest.raises(NotPermitted):
            services.load_reference(actor=drafter(), at=NOW)
