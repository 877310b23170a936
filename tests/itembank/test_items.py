"""Items written, reviewed, approved, opened; each by whom, and what cannot be done."""

from __future__ import annotations

from datetime import timedelta
from itertools import count
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from tests.support.cast import officer, outsider
from tests.support.itembank import (
    ELECTRICIAN,
    LEVEL,
    NOW,
    approver,
    assembler,
    bank_blueprint,
    deliverer,
    make_approved_item,
    make_cleared_item,
    make_item,
    make_paper,
    reviewer,
    single,
    some_point,
    truth,
    writer,
)
from tests.support.regulations import make_provision

from kaogong.foundation.audit import selectors as audit
from kaogong.foundation.kernel.actors import Actor, service
from kaogong.foundation.kernel.refusals import NotFound, NotPermitted, WrongState
from kaogong.foundation.signing.encryption import CannotOpen
from kaogong.itembank import sealing, selectors, services
from kaogong.itembank.models import Item, ItemReview, ItemStatistic, ItemVersion, PaperItem

pytestmark = pytest.mark.django_db


class TestDraft:
    def test_belongs_to_the_writers_sub_bank(self) -> None:
        item = make_item()
        assert (item.state, item.region_code, item.latest) == ("drafted", "32", 1)

    def test_is_numbered_by_type_and_point(self) -> None:
        first, second = make_item(truth()), make_item(truth())
        head = f"C-{'-'.join(some_point().codes)}-"
        assert first.number.startswith(head)
        assert int(second.number.removeprefix(head)) == int(first.number.removeprefix(head)) + 1

    def test_without_a_point_is_unbound(self) -> None:
        item = make_item(is_bound=False)
        assert (item.point, item.number) == (None, "B-U-00001")

    def test_seals_the_content(self) -> None:
        content = single("熔断器在电路中的密封测试（　）。")
        version = selectors.current_version(make_item(content))
        assert "密封测试".encode() not in bytes(version.content_sealed)
        assert sealing.open_item(version.content_sealed, version_id=version.pk) == content

    def test_refuses_a_stem_that_the_bank_has(self) -> None:
        make_item(single("同一个题干（　）。"))
        with pytest.raises(services.Duplicate, match="B-"):
            make_item(single("同一个题干( )"))

    def test_a_retired_items_stem_may_return(self) -> None:
        item = make_approved_item(single("淘汰后重来（　）。"))
        services.retire_item(actor=approver(), at=NOW, item_id=item.pk, reason="技术淘汰")
        assert make_item(single("淘汰后重来（　）。")).state == "drafted"

    def test_refuses_a_faulty_item_at_its_field(self) -> None:
        with pytest.raises(services.ItemFaulty) as refused:
            make_item(single(key="E"))
        assert refused.value.field == "key"

    def test_refuses_a_number_that_is_taken(self) -> None:
        item = make_item()
        with pytest.raises(services.NumberTaken):
            services.draft_item(
                actor=writer(),
                at=NOW,
                occupation_code=ELECTRICIAN,
                level=LEVEL,
                content=single(),
                difficulty=3,
                consistency=5,
                number=item.number,
            )

    def test_refuses_a_point_of_another_level(self) -> None:
        with pytest.raises(services.WrongPoint):
            services.draft_item(
                actor=writer(),
                at=NOW,
                occupation_code=ELECTRICIAN,
                level=4,
                content=single(),
                difficulty=3,
                consistency=5,
                point_id=some_point().pk,
            )

    def test_needs_the_power(self) -> None:
        with pytest.raises(NotPermitted):
            make_item(actor=reviewer())


class TestReview:
    def test_passes_an_item(self) -> None:
        item = services.review_item(actor=reviewer(), at=NOW, item_id=make_item().pk, note="可用")
        assert (item.state, item.reviewer, item.note) == ("reviewed", "审题王老师", "可用")

    def test_not_by_its_author(self) -> None:
        both = officer("itembank.write", "itembank.review", region="32")
        item = make_item(actor=both)
        with pytest.raises(services.SamePerson, match="命题人"):
            services.review_item(actor=both, at=NOW, item_id=item.pk)

    def test_not_without_a_point(self) -> None:
        with pytest.raises(services.Unbound):
            services.review_item(actor=reviewer(), at=NOW, item_id=make_item(is_bound=False).pk)

    def test_happens_once(self) -> None:
        item = make_item()
        services.review_item(actor=reviewer(), at=NOW, item_id=item.pk)
        with pytest.raises(WrongState):
            services.review_item(actor=reviewer(), at=NOW, item_id=item.pk)

    def test_needs_the_power(self) -> None:
        with pytest.raises(NotPermitted):
            services.review_item(actor=approver(), at=NOW, item_id=make_item().pk)

    def test_outsiders_cannot_even_find_it(self) -> None:
        with pytest.raises(NotFound):
            services.review_item(actor=outsider("itembank.review"), at=NOW, item_id=make_item().pk)


class TestThreeReviews:
    def test_each_is_passed_once_and_all_make_it_reviewed(self) -> None:
        item = make_item()
        first = services.review_item(actor=reviewer(), at=NOW, item_id=item.pk, kinds=["content"])
        assert first.state == "drafted"
        with pytest.raises(services.ReviewedAlready, match="内容审查"):
            services.review_item(actor=reviewer(), at=NOW, item_id=item.pk, kinds=["content", "language"])
        last = services.review_item(actor=reviewer(), at=NOW, item_id=item.pk)
        assert last.state == "reviewed"
        assert selectors.reviews_passed(last) == {"content", "language", "technical"}

    def test_nobody_who_reviewed_any_of_it_approves(self) -> None:
        item, both = make_item(), officer("itembank.review", "itembank.approve", region="32")
        services.review_item(actor=both, at=NOW, item_id=item.pk, kinds=["language"])
        services.review_item(actor=reviewer(), at=NOW, item_id=item.pk)
        with pytest.raises(services.SamePerson, match="审题人"):
            services.approve_item(actor=both, at=NOW, item_id=item.pk)

    def test_fault_is_found_with_an_opinion(self) -> None:
        item = make_item()
        with pytest.raises(services.NoOpinion):
            services.object_to_item(actor=reviewer(), at=NOW, item_id=item.pk, kinds=["technical"], opinion=" ")
        services.object_to_item(actor=reviewer(), at=NOW, item_id=item.pk, kinds=["technical"], opinion="两个答案都对")
        (said,) = selectors.reviews_of(item)
        assert (said.verdict, said.kind, said.opinion) == ("returned", "technical", "两个答案都对")
        item.refresh_from_db()
        assert (item.state, item.note) == ("drafted", "两个答案都对")

    def test_what_was_sent_back_is_revised_before_it_is_reviewed_again(self) -> None:
        item = services.review_item(actor=reviewer(), at=NOW, item_id=make_item().pk)
        services.return_item(actor=approver(), at=NOW, item_id=item.pk, note="选项 C 也对")
        with pytest.raises(services.ReviewedAlready):
            services.review_item(actor=reviewer(), at=NOW, item_id=item.pk)
        services.revise_item(actor=writer(), at=NOW, item_id=item.pk, content=single(), difficulty=3, consistency=5)
        assert services.review_item(actor=reviewer(), at=NOW, item_id=item.pk).state == "reviewed"

    def test_the_table_itself_keeps_the_verdicts(self) -> None:
        services.review_item(actor=reviewer(), at=NOW, item_id=make_item().pk)
        with pytest.raises(IntegrityError, match="a review is fixed"), transaction.atomic():
            ItemReview.objects.update(verdict="returned")


GOOD_STATISTICS = {"cases": 260, "p": 0.7, "r": 0.35, "upper_lower": 0.4, "a": 1.1, "b": -0.4, "se_b": 0.2}
CALIBRATOR = service("测试定标", "itembank.calibrate")
_minutes = count(1)


def record(item: Item, **figures: Any) -> int:
    """Report statistics of an item's newest version, a minute after the last; returns how many trials ended."""
    learnt = services.Learnt(selectors.current_version(item).pk, **figures)
    at = NOW + timedelta(minutes=next(_minutes))
    return services.record_statistics(actor=CALIBRATOR, at=at, run_id=uuid4(), purpose="trial", rows=[learnt])


class TestTrial:
    @pytest.fixture
    def five_a_paper(self) -> None:
        value = {"required": True, "per_paper": {"single": 5}, "cases": 200}
        make_provision("itembank.trial", value, occupation=ELECTRICIAN)

    def test_where_it_is_asked_for_nothing_goes_round_it(self, five_a_paper: None) -> None:
        item = services.review_item(actor=reviewer(), at=NOW, item_id=make_item().pk)
        with pytest.raises(services.TrialRequired) as told:
            services.approve_item(actor=approver(), at=NOW, item_id=item.pk)
        assert str(told.value.clause) == "kaogong-itembank-rules/trial"

    def test_the_whole_way_into_use(self, five_a_paper: None) -> None:
        author = officer("itembank.write", "itembank.view", "itembank.approve", region="32")
        item = make_cleared_item(author)
        assert (item.state, item.in_use_since) == ("cleared", None)
        paper = make_paper()
        item.refresh_from_db()
        assert item.state == "trial"
        (place,) = PaperItem.objects.filter(paper=paper, is_scored=False)
        assert place.version.item_id == item.pk
        assert paper.report["trial"] == [item.number]
        assert selectors.check_paper(paper).is_whole
        assert services.end_trial(actor=approver(), at=NOW, item_id=item.pk).state == "assessed"
        with pytest.raises(services.SamePerson):
            services.promote_item(actor=author, at=NOW, item_id=item.pk, reason="统计合格")
        with pytest.raises(services.NotReady) as told:
            services.promote_item(actor=approver(), at=NOW, item_id=item.pk, reason="统计合格")
        assert str(told.value.clause) == "kaogong-itembank-rules/promotion"
        record(item, **GOOD_STATISTICS)
        promoted = services.promote_item(actor=approver(), at=NOW, item_id=item.pk, reason="统计合格")
        assert (promoted.state, promoted.in_use_since) == ("approved", NOW)

    def test_the_run_that_brings_enough_answers_ends_the_trial(self, five_a_paper: None) -> None:
        few, enough, waiting = make_cleared_item(), make_cleared_item(), make_item()
        make_paper()
        assert record(few, cases=199) == 0
        assert record(enough, cases=200) == 1
        assert record(waiting, cases=500) == 0
        states = {item.pk: item.state for item in Item.objects.filter(pk__in=[few.pk, enough.pk, waiting.pk])}
        assert states == {few.pk: "trial", enough.pk: "assessed", waiting.pk: "drafted"}

    def test_a_failing_line_bars_promotion_whoever_signs(self, five_a_paper: None) -> None:
        item = make_cleared_item()
        make_paper()
        record(item, **GOOD_STATISTICS)
        record(item, **GOOD_STATISTICS | {"r": 0.02})  # the newest counts
        with pytest.raises(services.NotReady) as told:
            services.promote_item(actor=approver(), at=NOW, item_id=item.pk, reason="统计合格")
        assert [each.name for each in told.value.lines] == ["区分度（校正题总相关）"]
        services.try_again(actor=approver(), at=NOW, item_id=item.pk, reason="再试一季")
        item.refresh_from_db()
        assert item.state == "trial"

    def test_statistics_come_from_who_calibrates_and_are_fixed(self) -> None:
        item = make_item()
        version = selectors.current_version(item)
        for stranger in (approver(), outsider("itembank.write")):
            with pytest.raises(NotPermitted):
                services.record_statistics(
                    actor=stranger, at=NOW, run_id=uuid4(), purpose="live", rows=[services.Learnt(version.pk, 300)]
                )
        with pytest.raises(NotFound):
            services.record_statistics(
                actor=officer("itembank.calibrate", region="51"),
                at=NOW,
                run_id=uuid4(),
                purpose="live",
                rows=[services.Learnt(version.pk, 300)],
            )
        record(item, cases=300)
        with pytest.raises(IntegrityError, match="a statistic is fixed"), transaction.atomic():
            ItemStatistic.objects.update(r=0.9)

    def test_candidates_cannot_tell_them(self, five_a_paper: None) -> None:
        for _n in range(5):
            make_cleared_item()
        paper = make_paper()
        questions = selectors.questions_for_delivery(paper.pk, deliverer())
        assert len(questions) == 105
        assert len({each.marks for each in questions if each.type == "single"}) == 1
        assert not hasattr(questions[0], "is_scored")

    def test_a_flag_turned_in_the_table_breaks_the_seal(self, five_a_paper: None) -> None:
        make_cleared_item()
        paper = make_paper()
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("ALTER TABLE itembank_paperitem DISABLE TRIGGER USER")
            cursor.execute("UPDATE itembank_paperitem SET is_scored = true")
        assert "清单与封存时的摘要不符" in selectors.check_paper(paper).findings

    def test_a_leak_before_use_sends_it_back_to_the_trial(self) -> None:
        item = make_cleared_item()
        services.freeze_item(actor=approver(), at=NOW, item_id=item.pk, reason="疑似泄露")
        assert services.thaw_item(actor=approver(), at=NOW, item_id=item.pk, reason="查无实据").state == "cleared"

    def test_a_limited_item_is_in_no_new_paper(self) -> None:
        item = make_approved_item()
        services.limit_item(actor=approver(), at=NOW, item_id=item.pk, reason="曝光率超过上限")
        assert item.number not in {each.number for each in selectors.candidates_of(assembler(), bank_blueprint())}
        services.release_item(actor=approver(), at=NOW, item_id=item.pk, reason="停用一年")
        assert item.number in {each.number for each in selectors.candidates_of(assembler(), bank_blueprint())}


class TestApprove:
    def test_puts_it_in_use(self) -> None:
        item = make_approved_item()
        assert (item.state, item.approver) == ("approved", "终审陈主任")

    def test_not_by_its_reviewer(self) -> None:
        both = officer("itembank.review", "itembank.approve", region="32")
        item = make_item()
        services.review_item(actor=both, at=NOW, item_id=item.pk)
        with pytest.raises(services.SamePerson, match="审题人"):
            services.approve_item(actor=both, at=NOW, item_id=item.pk)

    def test_not_by_its_author(self) -> None:
        both = officer("itembank.write", "itembank.approve", region="32")
        item = make_item(actor=both)
        services.review_item(actor=reviewer(), at=NOW, item_id=item.pk)
        with pytest.raises(services.SamePerson, match="命题人"):
            services.approve_item(actor=both, at=NOW, item_id=item.pk)

    def test_the_table_itself_refuses_two_persons(self) -> None:
        item = make_approved_item()
        with pytest.raises(IntegrityError, match="three_persons"), transaction.atomic():
            Item.objects.filter(pk=item.pk).update(reviewer_key=item.author_key)

    def test_not_before_review(self) -> None:
        with pytest.raises(WrongState):
            services.approve_item(actor=approver(), at=NOW, item_id=make_item().pk)

    def test_a_reviewed_item_may_be_returned(self) -> None:
        item = services.review_item(actor=reviewer(), at=NOW, item_id=make_item().pk)
        returned = services.return_item(actor=approver(), at=NOW, item_id=item.pk, note="选项 C 也对")
        assert (returned.state, returned.note) == ("drafted", "选项 C 也对")

    def test_needs_the_power(self) -> None:
        item = services.review_item(actor=reviewer(), at=NOW, item_id=make_item().pk)
        with pytest.raises(NotPermitted):
            services.approve_item(actor=writer(), at=NOW, item_id=item.pk)


class TestRevise:
    def test_makes_a_version_and_starts_review_anew(self) -> None:
        item = make_approved_item()
        services.revise_item(actor=writer(), at=NOW, item_id=item.pk, content=single(), difficulty=4, consistency=5)
        item.refresh_from_db()
        assert (item.state, item.latest, item.reviewer_key, item.approved_at) == ("drafted", 2, "", None)
        assert [version.version for version in selectors.versions_of(item)] == [2, 1]

    def test_may_keep_its_own_stem(self) -> None:
        item = make_item(single("只改选项（　）。"))
        changed = single("只改选项（　）。", options=("一", "二"))
        services.revise_item(actor=writer(), at=NOW, item_id=item.pk, content=changed, difficulty=3, consistency=5)
        assert selectors.current_version(Item.objects.get(pk=item.pk)).version == 2

    def test_a_retired_item_stays_as_it_is(self) -> None:
        item = make_approved_item()
        services.retire_item(actor=approver(), at=NOW, item_id=item.pk, reason="过时")
        with pytest.raises(WrongState):
            services.revise_item(actor=writer(), at=NOW, item_id=item.pk, content=single(), difficulty=3, consistency=5)

    def test_a_province_cannot_revise_the_national_bank(self) -> None:
        national = selectors.items_for(writer()).filter(region_code="").first()
        assert national is not None
        with pytest.raises(NotPermitted):
            services.revise_item(
                actor=writer(), at=NOW, item_id=national.pk, content=single(), difficulty=3, consistency=5
            )

    def test_binding_gives_a_draft_its_point(self) -> None:
        item = make_item(is_bound=False)
        assert services.bind_item(actor=writer(), at=NOW, item_id=item.pk, point_id=some_point(3).pk).point_id


class TestFreeze:
    def test_takes_it_from_the_papers_and_back(self) -> None:
        item = make_approved_item()
        assert _is_candidate(item)
        services.freeze_item(actor=approver(), at=NOW, item_id=item.pk, reason="疑似泄密")
        assert not _is_candidate(item)
        services.thaw_item(actor=approver(), at=NOW, item_id=item.pk, reason="查明未泄")
        assert _is_candidate(item)

    def test_a_draft_cannot_be_frozen(self) -> None:
        with pytest.raises(WrongState):
            services.freeze_item(actor=approver(), at=NOW, item_id=make_item().pk, reason="误")


def _is_candidate(item: Item) -> bool:
    """Whether a paper may take the item."""
    blueprint = selectors.blueprint_for(ELECTRICIAN, LEVEL)
    return any(each.number == item.number for each in selectors.candidates_of(assembler(), blueprint))


class TestView:
    def test_opens_the_newest_version_and_leaves_a_line(self) -> None:
        item = make_item(truth("看得见的判断。"))
        actor = writer()
        seen = services.view_item(actor=actor, at=NOW, item_id=item.pk)
        assert seen.content.stem == "看得见的判断。"
        lines = audit.entries(
            actor=officer("audit.read", region=""), target_id=str(item.pk), action="itembank.item_viewed"
        )
        assert len(lines) == 1

    @pytest.mark.parametrize("power", ["itembank.assemble", "itembank.import"])
    def test_who_only_assembles_or_imports_does_not_read(self, power: str) -> None:
        item = make_item()
        with pytest.raises(NotPermitted):
            services.view_item(actor=officer(power, region="32"), at=NOW, item_id=item.pk)

    @pytest.mark.parametrize("actor", [outsider("itembank.view"), officer("registration.see", region="32")])
    def test_outsiders_cannot_even_find_it(self, actor: Actor) -> None:
        with pytest.raises(NotFound):
            services.view_item(actor=actor, at=NOW, item_id=make_item().pk)

    def test_a_prefecture_finds_the_bank_of_its_province(self) -> None:
        item = make_item()
        assert selectors.item(officer("itembank.view", region="3201"), item.pk) == item

    def test_lists_do_not_load_the_content(self) -> None:
        make_item()
        version = selectors.items_with_versions(writer()).first()
        assert version is not None
        assert "content_sealed" in version.get_deferred_fields()


class TestFixity:
    @pytest.mark.parametrize("change", [{"difficulty": 1}, {"digest": "k1:0"}, {"version": 9}, {"type": "truefalse"}])
    def test_a_version_cannot_change(self, change: dict[str, object]) -> None:
        version = selectors.current_version(make_item())
        with pytest.raises(DatabaseError, match="fixed"), transaction.atomic():
            ItemVersion.objects.filter(pk=version.pk).update(**change)

    def test_a_version_cannot_be_deleted(self) -> None:
        version = selectors.current_version(make_item())
        with pytest.raises(DatabaseError, match="fixed"), transaction.atomic():
            version.delete()

    def test_it_may_be_sealed_anew_under_another_key(self) -> None:
        content = single()
        version = selectors.current_version(make_item(content))
        fresh = sealing.seal_item(content, version_id=version.pk)
        assert ItemVersion.objects.filter(pk=version.pk).update(content_sealed=fresh) == 1

    def test_content_moved_to_another_item_does_not_open(self) -> None:
        one, other = selectors.current_version(make_item()), selectors.current_version(make_item())
        with pytest.raises(CannotOpen):
            sealing.open_item(one.content_sealed, version_id=other.pk)
