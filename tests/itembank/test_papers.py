"""Papers sealed from the shipped bank: what they are like, who may read what, and that they stay whole."""

from __future__ import annotations

import time
from collections import Counter
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction
from tests.support.cast import officer, outsider
from tests.support.itembank import (
    ELECTRICIAN,
    NOW,
    TRAINER,
    approver,
    assembler,
    deliverer,
    make_approved_item,
    make_cleared_item,
    make_item,
    make_paper,
    marker,
    writer,
)
from tests.support.regulations import make_provision

from kaogong.foundation.kernel.actors import service
from kaogong.foundation.kernel.refusals import NotFound, NotPermitted, WrongState
from kaogong.itembank import selectors, services
from kaogong.itembank.models import ItemVersion, Paper, PaperItem

pytestmark = pytest.mark.django_db


class TestAssemble:
    def test_gives_eighty_and_twenty_worth_a_hundred(self) -> None:
        places = PaperItem.objects.filter(paper=make_paper()).select_related("version")
        assert Counter(place.version.type for place in places) == {"single": 80, "truefalse": 20}
        assert sum(place.marks for place in places) == Decimal(100)
        assert [place.position for place in places.order_by("position")] == list(range(1, 101))

    def test_gives_every_range_its_weight(self) -> None:
        report = make_paper().report
        assert [(each["name"], each["items"], each["marks"]) for each in report["ranges"]] == [
            ("职业道德", 5, "5"),
            ("基础知识", 20, "20"),
            ("电器安装和线路敷设", 35, "35"),
            ("继电控制电路装调维修", 25, "25"),
            ("基本电子电路装调维修", 15, "15"),
        ]

    def test_takes_at_most_one_item_per_point(self) -> None:
        points = PaperItem.objects.filter(paper=make_paper()).values_list("version__item__point", flat=True)
        assert len(set(points)) == 100

    def test_the_same_seed_gives_the_same_paper(self) -> None:
        one, other = make_paper(seed=5), make_paper(seed=5)
        assert selectors.overlap(one.pk, other.pk) == 100

    def test_two_papers_share_at_most_a_fifth(self) -> None:
        papers = [make_paper(seed=1)]
        for seed in range(2, 6):
            papers.append(make_paper(seed=seed, avoid=[paper.pk for paper in papers]))
        shared = [selectors.overlap(a.pk, b.pk) for i, a in enumerate(papers) for b in papers[:i]]
        assert max(shared) <= 20

    def test_takes_no_draft_and_no_unbound_item(self) -> None:
        drafts = {make_item().number, make_item(is_bound=False).number}
        for seed in range(3):
            numbers = PaperItem.objects.filter(paper=make_paper(seed=seed)).values_list("version__item__number")
            assert not drafts & {number for (number,) in numbers}

    def test_does_not_take_another_provinces_item(self) -> None:
        item = make_approved_item()
        other = officer("itembank.assemble", region="37")
        blueprint = selectors.blueprint_for(item.occupation_code, item.level)
        assert item.number not in {each.number for each in selectors.candidates_of(other, blueprint)}
        assert item.number in {each.number for each in selectors.candidates_of(assembler(), blueprint)}

    def test_refuses_where_there_is_no_blueprint(self) -> None:
        with pytest.raises(services.NoBlueprint):
            services.assemble(actor=assembler(), at=NOW, occupation_code=TRAINER, level=5, seed=1, number="X", avoid=[])

    def test_refuses_a_number_twice(self) -> None:
        make_paper(number="SJ-TWICE")
        with pytest.raises(services.PaperNumberTaken):
            make_paper(number="SJ-TWICE")

    def test_refuses_an_unknown_paper_to_avoid(self) -> None:
        with pytest.raises(NotFound):
            make_paper(avoid=[uuid4()])

    def test_refuses_too_much_sharing_with_its_clause(self) -> None:
        papers: list[Paper] = []
        refusal = None
        while refusal is None:
            try:
                papers.append(make_paper(seed=len(papers), avoid=[paper.pk for paper in papers]))
            except services.NotEnoughItems as refused:
                refusal = refused
        assert "重复" in str(refusal)
        assert refusal.clause.article == "sharing"
        assert 8 <= len(papers) <= 40

    def test_says_which_range_lacks_what(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("UPDATE itembank_item SET state = 'frozen' WHERE number LIKE 'C-B-C-%'")
        with pytest.raises(services.NotEnoughItems, match="基本电子电路装调维修：需要 3 道判断题") as refused:
            make_paper()
        assert refused.value.clause.instrument == "item-bank-technique"

    def test_needs_the_power(self) -> None:
        with pytest.raises(NotPermitted):
            make_paper(actor=writer())

    def test_is_quick(self) -> None:
        started = time.perf_counter()
        make_paper()
        assert time.perf_counter() - started < 2


class TestSealed:
    def test_is_whole(self) -> None:
        assert selectors.check_paper(make_paper()).is_whole

    def test_tells_a_changed_report(self) -> None:
        paper = make_paper()
        paper.report["total"] = 99
        assert selectors.check_paper(paper).findings == ["清单与封存时的摘要不符", "清单的签名不成立"]

    def test_tells_a_digest_made_to_fit(self) -> None:
        paper = make_paper()
        paper.seed = 1
        paper.digest = "0" * 64
        assert "清单的签名不成立" in selectors.check_paper(paper).findings

    @pytest.mark.parametrize("change", [{"seed": 1}, {"digest": "x"}, {"report": {}}, {"number": "other"}])
    def test_the_paper_cannot_change(self, change: dict[str, object]) -> None:
        paper = make_paper()
        with pytest.raises(DatabaseError, match="fixed"), transaction.atomic():
            Paper.objects.filter(pk=paper.pk).update(**change)

    def test_no_place_can_change_or_go(self) -> None:
        paper = make_paper()
        with pytest.raises(DatabaseError, match="fixed"), transaction.atomic():
            PaperItem.objects.filter(paper=paper, position=1).update(marks=2)
        with pytest.raises(DatabaseError, match="fixed"), transaction.atomic():
            PaperItem.objects.filter(paper=paper, position=1).delete()

    def test_holds_item_versions_that_a_revision_does_not_touch(self) -> None:
        paper = make_paper()
        before = selectors.manifest_of(paper)
        place = PaperItem.objects.filter(paper=paper).select_related("version__item").first()
        assert place is not None
        national = officer("itembank.write", "itembank.view", region="")
        seen = services.view_item(actor=national, at=NOW, item_id=place.version.item_id)
        services.revise_item(
            actor=national, at=NOW, item_id=place.version.item_id, content=seen.content, difficulty=1, consistency=1
        )
        assert selectors.manifest_of(paper) == before


class TestReading:
    def test_delivery_gets_questions_without_keys(self) -> None:
        questions = selectors.questions_for_delivery(make_paper().pk, deliverer())
        assert len(questions) == 100
        assert not hasattr(questions[0], "key")
        assert (questions[0].type, len(questions[0].options), questions[0].marks) == ("single", 4, Decimal(1))
        assert (questions[99].type, questions[99].options) == ("truefalse", ())

    def test_a_service_of_the_exam_room_gets_them_too(self) -> None:
        paper = make_paper()
        assert len(selectors.questions_for_delivery(paper.pk, service("考场", "delivery.deliver"))) == 100

    def test_scoring_gets_the_key(self) -> None:
        paper = make_paper()
        key = selectors.answer_key(paper.pk, marker())
        assert set(key.answers) == set(range(1, 101))
        assert {each.answer for each in key.answers.values()} == {"A", "B", "C", "D", "T", "F"}
        assert sum(each.marks for each in key.answers.values()) == 100
        assert selectors.answer_key(paper.pk, marker()).version == key.version

    def test_not_by_whoever_knows_an_item(self) -> None:
        """Author, reviewer and assembler are never one person: she would know the paper."""
        make_provision(
            "itembank.trial",
            {"required": False, "per_paper": {"single": 1}, "cases": 200},
            occupation=ELECTRICIAN,
        )
        both = officer("itembank.write", "itembank.assemble", "itembank.view", region="32")
        make_cleared_item(both)
        with pytest.raises(services.SamePerson, match="组卷人"):
            make_paper(actor=both)
        assert make_paper().report["trial"]

    def test_two_papers_have_two_keys(self) -> None:
        one, other = make_paper(seed=1), make_paper(seed=2)
        versions = {selectors.answer_key(paper.pk, marker()).version for paper in (one, other)}
        assert len(versions) == 2

    def test_who_delivers_gets_no_key_and_who_marks_no_questions(self) -> None:
        paper = make_paper()
        with pytest.raises(NotPermitted):
            selectors.answer_key(paper.pk, deliverer())
        with pytest.raises(NotPermitted):
            selectors.questions_for_delivery(paper.pk, marker())

    def test_who_writes_items_does_not_find_papers(self) -> None:
        paper = make_paper()
        with pytest.raises(NotFound):
            selectors.paper(officer("itembank.write", region="32"), paper.pk)

    def test_outsiders_cannot_even_find_it(self) -> None:
        paper = make_paper()
        for power in ("itembank.view", "delivery.deliver", "scoring.mark"):
            with pytest.raises(NotFound):
                selectors.paper(outsider(power), paper.pk)

    def test_a_whole_paper_is_opened_on_the_record(self) -> None:
        opened = services.view_paper(actor=assembler(), at=NOW, paper_id=make_paper().pk)
        assert len(opened) == 100
        assert opened[0][1].key

    def test_opening_six_hundred_items_is_quick(self) -> None:
        versions = list(ItemVersion.objects.all()[:600])
        from kaogong.itembank import sealing

        started = time.perf_counter()
        for version in versions:
            sealing.open_item(version.content_sealed, version_id=version.pk)
        assert time.perf_counter() - started < 1


class TestLife:
    def test_used_for_several_sittings(self) -> None:
        paper = make_paper()
        services.use_paper(actor=deliverer(), at=NOW, paper_id=paper.pk)
        assert services.use_paper(actor=deliverer(), at=NOW, paper_id=paper.pk).state == "used"

    def test_void_is_the_end(self) -> None:
        paper = make_paper()
        services.void_paper(actor=assembler(), at=NOW, paper_id=paper.pk, reason="疑似泄密")
        with pytest.raises(WrongState):
            services.use_paper(actor=deliverer(), at=NOW, paper_id=paper.pk)

    def test_who_may_not_assemble_may_not_void(self) -> None:
        paper = make_paper()
        with pytest.raises(NotFound):
            services.void_paper(actor=approver(), at=NOW, paper_id=paper.pk, reason="误")
        with pytest.raises(NotPermitted):
            services.void_paper(actor=deliverer(), at=NOW, paper_id=paper.pk, reason="误")
