"""The papers of practical tasks: who gets which copy and when, what stands on it, the one line that it leaves."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import pytest
from django.utils.timezone import localtime
from pypdf import PdfReader

from kaogong.delivery import selectors, services
from kaogong.foundation.audit.models import TrailEntry
from kaogong.foundation.documents.typesetting import Document
from kaogong.foundation.kernel.refusals import NotFound, NotPermitted
from kaogong.itembank import selectors as itembank
from kaogong.itembank import services as bank
from kaogong.itembank.models import PracticalTask
from tests.support.cast import candidate, officer, outsider
from tests.support.delivery import DELIVERER, MORNING, SKILL_START, draw, make_hall, overseer
from tests.support.itembank import NOW

pytestmark = pytest.mark.django_db


def words(document: Document) -> str:
    return "".join("".join(page.extract_text().split()) for page in PdfReader(BytesIO(document.pdf)).pages)


def lines() -> list[TrailEntry]:
    return list(TrailEntry.objects.filter(action__endswith="task_printed").order_by("pk"))


class TestPreparation:
    def test_names_everything_to_prepare_and_no_task(self) -> None:
        hall = make_hall()
        draws = draw(hall)
        leader = hall.examiners[0]
        text = words(services.print_preparation(actor=leader, at=MORNING, part_id=hall.skill.pk))
        for each in draws:
            content = itembank.task_content(DELIVERER, each.task_id, MORNING)
            listed = [row["name"] for rows in content.preparation.values() for row in rows]
            assert [name for name in listed if "".join(name.split()) not in text] == []
            assert "".join(content.statement.split())[:20] not in text
        assert "合计100%" in text
        assert leader.name in text
        assert f"{localtime(MORNING):%Y-%m-%d%H:%M:%S}" in text
        (line,) = lines()
        assert line.facts["paper"] == "preparation"
        assert line.facts["tasks"] == [each.task.code for each in draws]

    def test_from_its_day_on(self) -> None:
        hall = make_hall()
        draw(hall)
        since = selectors.preparation_since(hall.skill)
        assert (localtime(hall.skill.starts_at).date() - localtime(since).date()).days == 30
        with pytest.raises(services.PreparationNotYet):
            services.print_preparation(actor=DELIVERER, at=since - timedelta(seconds=1), part_id=hall.skill.pk)
        assert services.print_preparation(actor=DELIVERER, at=since, part_id=hall.skill.pk).pages

    def test_not_before_the_draw(self) -> None:
        with pytest.raises(services.NotDrawn):
            services.print_preparation(actor=DELIVERER, at=MORNING, part_id=make_hall().skill.pk)

    def test_needs_the_duty_or_the_power(self) -> None:
        hall = make_hall()
        draw(hall)
        with pytest.raises(NotPermitted):
            services.print_preparation(actor=overseer(), at=MORNING, part_id=hall.skill.pk)
        for stranger in (outsider("delivery.deliver"), hall.candidate()):
            with pytest.raises(NotFound):
                services.print_preparation(actor=stranger, at=MORNING, part_id=hall.skill.pk)
        assert lines() == []


class TestDrawn:
    @pytest.mark.parametrize(("paper", "title"), [("task", "操作技能考核试题"), ("score", "操作技能考核评分记录表")])
    def test_an_examiner_prints_it_from_the_day_before(self, paper: str, title: str) -> None:
        hall = make_hall()
        first = draw(hall)[0]
        examiner, before = hall.examiners[1], SKILL_START - timedelta(days=1)
        with pytest.raises(NotFound):
            services.print_drawn(
                actor=examiner, at=before - timedelta(minutes=1), part_id=hall.skill.pk, draw_id=first.pk, paper=paper
            )
        document = services.print_drawn(actor=examiner, at=before, part_id=hall.skill.pk, draw_id=first.pk, paper=paper)
        text = words(document)
        assert title in text
        assert examiner.name in text
        assert "合计100%" in text
        (line,) = lines()
        assert (line.facts["paper"], line.facts["tasks"]) == (paper, [first.task.code])

    def test_is_closed_to_who_only_sees_the_part_and_to_outsiders(self) -> None:
        hall = make_hall()
        first = draw(hall)[0]
        for other in (overseer(), hall.invigilator, hall.candidate(), outsider("delivery.deliver")):
            with pytest.raises(NotFound):
                services.print_drawn(actor=other, at=SKILL_START, part_id=hall.skill.pk, draw_id=first.pk, paper="task")

    def test_knows_no_draw_of_another_part_and_no_other_paper(self) -> None:
        hall = make_hall()
        first = draw(hall)[0]
        for part, paper in ((hall.theory, "task"), (hall.skill, "preparation"), (hall.skill, "key")):
            with pytest.raises(NotFound):
                services.print_drawn(actor=DELIVERER, at=MORNING, part_id=part.pk, draw_id=first.pk, paper=paper)


class TestBank:
    def test_the_bank_prints_each_paper_on_the_record(self) -> None:
        task = PracticalTask.objects.order_by("code").first()
        assert task is not None
        reader = officer("itembank.view", region="", name="题库处")
        for paper in itembank.TASK_PAPERS:
            text = words(bank.print_task(actor=reader, at=NOW, task_id=task.pk, paper=paper))
            assert reader.name in text
            assert task.code in text
        assert [line.facts["paper"] for line in lines()] == list(itembank.TASK_PAPERS)
        assert {line.facts["code"] for line in lines()} == {task.code}

    def test_outsiders_and_unknown_papers_are_not_found(self) -> None:
        task = PracticalTask.objects.order_by("code").first()
        assert task is not None
        with pytest.raises(NotFound):
            bank.print_task(actor=candidate(task.pk), at=NOW, task_id=task.pk, paper="task")
        with pytest.raises(NotFound):
            bank.print_task(actor=DELIVERER, at=NOW, task_id=task.pk, paper="key")

    def test_refuses_weights_that_are_no_whole(self) -> None:
        task = PracticalTask.objects.order_by("code").first()
        assert task is not None
        extra = PracticalTask.objects.get(pk=task.pk)
        extra.pk, extra.module_code, extra.code, extra.weight = None, "9", "9-1", 10
        PracticalTask.objects.bulk_create([extra])
        with pytest.raises(itembank.WeightsNotWhole):
            bank.print_task(actor=DELIVERER, at=NOW, task_id=task.pk, paper="task")
