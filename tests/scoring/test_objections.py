"""Objections to questions: in time, one's own, decided once by an outsider to the item, re-scored by another."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from kaogong.delivery import selectors as delivery
from kaogong.foundation.audit import attesting
from kaogong.foundation.audit.models import TrailEntry
from kaogong.foundation.kernel.actors import Actor
from kaogong.foundation.kernel.refusals import NotFound, NotPermitted, WrongState
from kaogong.foundation.outbox.models import OutboxEvent
from kaogong.itembank.models import Item
from kaogong.scoring import selectors, services
from kaogong.scoring.models import Dispute, Mark, Objection, Result
from tests.support.cast import officer, outsider
from tests.support.delivery import EVENING, Hall, key_of
from tests.support.regulations import make_provision
from tests.support.scoring import PUBLISHING, closed_hall, mark, publish, rechecker, result_of, scorer
from tests.support.sittings import CHINA

pytestmark = pytest.mark.django_db
ASKING = PUBLISHING + timedelta(days=1)
DECIDING = PUBLISHING + timedelta(days=4)
SIGNING = PUBLISHING + timedelta(days=5)


def judge(region: str = "3201") -> Actor:
    """An expert of the bank who had no hand in any item of the tests."""
    return officer("scoring.decide_objection", region=region, name="题库曹专家")


def published(**options: Any) -> Hall:
    hall = closed_hall(**options)
    publish(hall)
    return hall


def number_of(hall: Hall, position: int, index: int = 0) -> int:
    """Under which number that candidate saw the place of the paper."""
    order = delivery.order_of(hall.attempt(index))
    return next(number for number, place in enumerate(order, 1) if place.position == position)


def wrong_place(hall: Hall, index: int = 0) -> int:
    """A place of the paper that the candidate answered wrongly."""
    assert hall.paper is not None
    key, given = key_of(hall.paper), delivery.submission(hall.attempt(index).pk)
    return next(position for position in sorted(key) if given[position] != key[position])


def file(hall: Hall, position: int = 1, index: int = 0, *, at: datetime = ASKING, **changes: Any) -> Objection:
    options = {"kind": "key", "text": "标准答案与教材不符"} | changes
    number = options.pop("number", None) or number_of(hall, position, index)
    return services.object_to_question(
        actor=options.pop("actor", None) or hall.candidate(index),
        at=at,
        attempt_id=hall.attempt(index).pk,
        number=number,
        **options,
    )


def uphold(found: Objection, effect: str = "void", *, actor: Actor | None = None, answers: Any = ()) -> Dispute:
    return services.uphold_objections(
        actor=actor or judge(),
        at=DECIDING,
        dispute_id=found.dispute_id,
        effect=effect,
        answers=answers,
        reason="经核对，题意不清，影响作答",
    )


def rescore(dispute: Dispute, actor: Actor | None = None) -> Dispute:
    who = actor or scorer()
    seen = services.preview_rescoring(actor=who, at=SIGNING, dispute_id=dispute.pk)
    return services.rescore(actor=who, at=SIGNING, dispute_id=dispute.pk, expected=seen.token)


class TestObject:
    def test_opens_a_dispute_with_the_day_of_its_ruling(self) -> None:
        found = file(published())
        assert found.dispute.state == "open"
        assert found.dispute.answer_until > ASKING.date()
        assert [each.pk for each in selectors.disputes_for(judge())] == [found.dispute_id]

    def test_the_number_she_saw_leads_to_the_place_she_answered(self) -> None:
        hall = published(theory=(80, 70))
        first, second = file(hall, 5), file(hall, 5, 1)
        assert first.dispute_id == second.dispute_id
        places = delivery.order_of(hall.attempt(1))
        assert places[second.shown_as - 1].position == 5
        assert selectors.disputes_for(judge()).get().objections == 2  # type: ignore[attr-defined]  # annotated

    def test_she_sees_numbers_types_and_her_answers_and_no_content(self) -> None:
        hall = published()
        rows = selectors.own_questions(hall.candidate(), hall.attempt().pk)
        given = delivery.submission(hall.attempt().pk)
        assert [row.number for row in rows] == list(range(1, len(given) + 1))
        assert sorted(row.answer for row in rows) == sorted(given.values())
        assert not {"stem", "options", "key"} & set(type(rows[0]).__slots__)

    def test_before_publication_too(self) -> None:
        hall = closed_hall()
        assert file(hall, at=EVENING + timedelta(hours=2)).dispute.state == "open"

    def test_on_the_last_day_and_not_a_day_later(self) -> None:
        hall = published()
        until = selectors.objection_window(hall.attempt(), ASKING).until
        assert until is not None
        file(hall, 1, at=datetime.combine(until, time(23, 59), tzinfo=CHINA))
        with pytest.raises(services.ObjectionTooLate) as told:
            file(hall, 2, at=datetime.combine(until + timedelta(days=1), time(0, 0), tzinfo=CHINA))
        assert str(told.value.clause) == "kaogong-scoring-rules/objection-days"
        assert told.value.facts["days"] == 5

    @pytest.mark.parametrize("number", [-1, 10_000])
    def test_needs_a_question_of_the_paper(self, number: int) -> None:
        with pytest.raises(services.NoSuchQuestion):
            file(published(), number=number)

    @pytest.mark.parametrize("changes", [{"text": "  "}, {"kind": "dislike"}])
    def test_needs_a_kind_and_words(self, changes: dict[str, str]) -> None:
        with pytest.raises(services.ObjectionWithoutWords):
            file(published(), **changes)

    def test_once_to_each_question(self) -> None:
        hall = published()
        file(hall)
        with pytest.raises(services.ObjectedAlready):
            file(hall)

    def test_no_flood(self) -> None:
        hall = published()
        for position in range(1, 6):
            file(hall, position)
        with pytest.raises(services.TooManyObjections) as told:
            file(hall, 6)
        assert told.value.facts["most"] == 5
        assert Objection.objects.count() == 5

    def test_not_to_anothers_paper(self) -> None:
        hall = published(theory=(80, 70))
        with pytest.raises(NotFound):
            file(hall, actor=hall.candidate(1))
        with pytest.raises(NotFound):
            selectors.own_questions(hall.candidate(1), hall.attempt(0).pk)

    def test_not_by_an_officer_who_was_not_on_duty(self) -> None:
        hall = published()
        with pytest.raises(NotPermitted):
            file(hall, actor=scorer())
        with pytest.raises(NotFound):
            file(hall, actor=outsider("delivery.run", "scoring.see"))

    def test_by_who_was_on_duty_beside_her_own(self) -> None:
        hall = published()
        file(hall)
        found = file(hall, actor=hall.invigilator, kind="print")
        assert found.is_official
        assert Dispute.objects.count() == 1
        assert [each.is_official for each in selectors.objections_of_attempt(hall.attempt().pk)] == [False]

    def test_not_to_a_part_that_was_not_sat(self) -> None:
        hall = published(theory=(None,))
        with pytest.raises(services.ObjectionToWhatWasNotSat):
            file(hall, number=1)
        with pytest.raises(services.ObjectionToWhatWasNotSat):
            services.object_to_question(
                actor=hall.candidate(),
                at=ASKING,
                attempt_id=hall.attempt(0, "skill").pk,
                number=1,
                kind="key",
                text="工件图纸不清",
            )

    def test_not_to_a_question_that_was_ruled_on(self) -> None:
        hall = published(theory=(80, 70))
        services.dismiss_objections(actor=judge(), at=DECIDING, dispute_id=file(hall).dispute_id, reason="答案无误")
        with pytest.raises(services.RuledAlready):
            file(hall, 1, 1, at=DECIDING)

    def test_what_was_said_is_kept(self) -> None:
        file(published())
        with pytest.raises(IntegrityError), transaction.atomic():
            Objection.objects.update(text="改写")


class TestQueue:
    def test_what_waits_comes_first(self) -> None:
        hall = published()
        decided, waiting = file(hall, 1), file(hall, 2)
        services.dismiss_objections(actor=judge(), at=DECIDING, dispute_id=decided.dispute_id, reason="答案无误")
        listed = [each.pk for each in selectors.disputes_for(judge())]
        assert listed == [waiting.dispute_id, decided.dispute_id]


class TestRule:
    def test_dismissed_changes_no_mark_and_is_public_with_its_reason(self) -> None:
        hall = published()
        found = file(hall)
        assert not selectors.public_disputes(hall.sitting.round_id)
        services.dismiss_objections(actor=judge(), at=DECIDING, dispute_id=found.dispute_id, reason="答案无误")
        assert Mark.objects.filter(version=2).count() == 0
        assert [each.reason for each in selectors.public_disputes(hall.sitting.round_id)] == ["答案无误"]

    def test_tells_those_who_objected(self) -> None:
        hall = published(theory=(80, 70))
        found = file(hall)
        file(hall, 1, 1)
        services.dismiss_objections(actor=judge(), at=DECIDING, dispute_id=found.dispute_id, reason="答案无误")
        told = OutboxEvent.objects.filter(name="scoring.objection_decided")
        registrations = {str(each.pk) for each in hall.registrations}
        assert {each.payload["registration_id"] for each in told} == registrations

    def test_upheld_freezes_the_item(self) -> None:
        dispute = uphold(file(published()))
        assert Item.objects.get(pk=dispute.version.item_id).state == "frozen"

    def test_opening_the_question_leaves_a_line(self) -> None:
        found = file(published())
        view = services.open_disputed(actor=judge(), at=DECIDING, dispute_id=found.dispute_id)
        assert view.version.pk == found.dispute.version_id
        assert TrailEntry.objects.filter(action="itembank.item_viewed", target_id=str(view.item.pk)).exists()

    def test_needs_a_reason(self) -> None:
        found = file(published())
        with pytest.raises(services.RulingWithoutReason):
            services.dismiss_objections(actor=judge(), at=DECIDING, dispute_id=found.dispute_id, reason=" ")

    def test_needs_the_power(self) -> None:
        found = file(published())
        with pytest.raises(NotPermitted):
            uphold(found, actor=scorer())
        with pytest.raises(NotFound):
            uphold(found, actor=outsider("scoring.decide_objection"))
        with pytest.raises(NotFound):
            services.open_disputed(actor=outsider("scoring.decide_objection"), at=DECIDING, dispute_id=found.dispute_id)

    @pytest.mark.parametrize("hand", ["author_key", "reviewer_key", "approver_key"])
    def test_not_by_who_had_a_hand_in_the_item(self, hand: str) -> None:
        found = file(published())
        who = judge()
        Item.objects.filter(pk=found.dispute.version.item_id).update(**{hand: str(who.person_id)})
        for deed in (
            lambda: uphold(found, actor=who),
            lambda: services.open_disputed(actor=who, at=DECIDING, dispute_id=found.dispute_id),
        ):
            with pytest.raises(services.HadAHandInIt):
                deed()
        assert Dispute.objects.get().state == "open"

    def test_not_by_a_candidate_of_the_round(self) -> None:
        hall = published(theory=(80, 70))
        herself = replace(judge(), person_id=hall.registrations[1].person_id)
        with pytest.raises(services.HadAHandInIt):
            uphold(file(hall), actor=herself)

    def test_not_by_who_objected(self) -> None:
        hall = published()
        found = file(hall, actor=hall.invigilator)
        with pytest.raises(services.HadAHandInIt):
            uphold(found, actor=replace(judge(), person_id=hall.invigilator.person_id))

    def test_happens_once(self) -> None:
        found = file(published())
        uphold(found)
        with pytest.raises(WrongState):
            services.dismiss_objections(actor=judge(), at=DECIDING, dispute_id=found.dispute_id, reason="无误")

    @pytest.mark.parametrize(
        ("effect", "answers"),
        [("key", ()), ("key", ("A", "B")), ("key", ("Z",)), ("several", ("A",)), ("several", ("A", "Q")), ("oops", ())],
    )
    def test_refuses_answers_that_do_not_fit(self, effect: str, answers: tuple[str, ...]) -> None:
        found = file(published())
        with pytest.raises(services.RulingFaulty):
            uphold(found, effect, answers=answers)
        assert Dispute.objects.get().state == "open"

    def test_refuses_the_key_as_it_was(self) -> None:
        hall = published()
        assert hall.paper is not None
        with pytest.raises(services.RulingFaulty):
            uphold(file(hall), "key", answers=(key_of(hall.paper)[1],))

    def test_stands_as_it_was_given(self) -> None:
        uphold(file(published()))
        for change in ({"reason": "改写"}, {"effect": "removed"}, {"state": "open"}):
            with pytest.raises(IntegrityError), transaction.atomic():
                Dispute.objects.update(**change)

    def test_the_answers_are_not_in_the_table(self) -> None:
        hall = published()
        position = wrong_place(hall)
        dispute = uphold(file(hall, position), "several", answers=("A", "B") if _single(hall, position) else ("T", "F"))
        dispute.refresh_from_db()
        assert b"[" not in bytes(dispute.answers_sealed)[:4]
        assert not attesting.doubted([dispute])


def _single(hall: Hall, position: int) -> bool:
    return next(p for p in delivery.order_of(hall.attempt()) if p.position == position).version.type == "single"


class TestRescore:
    def test_full_marks_to_all_makes_a_pass(self) -> None:
        hall = published(theory=(59, 70))
        before = result_of(hall)
        line, worth = Decimal(before.parts["theory"]["pass_mark"]), Decimal(before.parts["theory"]["mark"])
        assert worth < line
        places = _wrong_places(hall)
        for position in places[: _needed(hall, line - worth)]:
            rescore(uphold(file(hall, position)))
        after = result_of(hall)
        assert Decimal(after.parts["theory"]["mark"]) >= line
        assert (after.is_passed, before.is_passed) == (True, False)
        assert after.version > 1
        assert Result.objects.get(pk=before.pk).state == "superseded"
        assert Dispute.objects.order_by("number").last().counts["to_passed"] == 1  # type: ignore[union-attr]

    def test_the_list_says_before_and_after_and_the_marks_keep_it(self) -> None:
        hall = published(theory=(59, 80))
        dispute = uphold(file(hall, _wrong_places(hall)[0]))
        seen = services.preview_rescoring(actor=scorer(), at=SIGNING, dispute_id=dispute.pk)
        assert Mark.objects.filter(version=2).count() == 0
        done = services.rescore(actor=scorer(), at=SIGNING, dispute_id=dispute.pk, expected=seen.token)
        marks = list(selectors.rescored_marks(done))
        assert [(m.working["before"], m.value) for m in marks] == [
            (f"{c.before.value:.2f}", c.after.value) for c in seen.changes
        ]
        assert all(m.value > Decimal(m.working["before"]) for m in marks)
        assert done.counts["changed"] == len(marks) > 0
        assert not attesting.doubted([*marks, done, result_of(hall)])

    def test_tells_those_whose_result_changed(self) -> None:
        hall = published(theory=(59, 80))
        rescore(uphold(file(hall, _wrong_places(hall)[0])))
        told = OutboxEvent.objects.filter(name="scoring.result_rescored")
        changed = Result.objects.filter(version=2).values_list("registration", flat=True)
        assert {each.payload["registration_id"] for each in told} == {str(each) for each in changed} != set()

    def test_everybody_gains_whether_she_objected_or_not(self) -> None:
        hall = published(theory=(50, 40))
        rescore(uphold(file(hall, _wrong_places(hall, 1)[-1], 1)))
        assert result_of(hall, 0).version == result_of(hall, 1).version == 2

    def test_a_wrong_key_never_takes_a_published_pass(self) -> None:
        hall = published(theory=(60,))
        before = result_of(hall)
        assert before.parts["theory"]["is_passed"]
        dispute = uphold(file(hall, 1), "key", answers=(_other(hall, 1),))
        seen = services.preview_rescoring(actor=scorer(), at=SIGNING, dispute_id=dispute.pk)
        assert [(c.is_kept, c.part_passed_before, c.part_passed_after) for c in seen.changes] == [(True, True, True)]
        done = rescore(dispute)
        assert (done.counts["kept"], done.counts["changed"]) == (1, 0)
        assert result_of(hall).pk == before.pk

    def test_unless_the_rules_say_so(self) -> None:
        hall = published(theory=(60,))
        make_provision("scoring.rescoring_keeps_passes", False, region="320000")
        dispute = uphold(file(hall, 1), "key", answers=(_other(hall, 1),))
        done = rescore(dispute)
        assert done.counts["to_failed"] == 1
        assert not result_of(hall).is_passed

    def test_a_wrong_key_takes_marks_of_who_fails_anyway(self) -> None:
        hall = published(theory=(40,))
        before = Decimal(result_of(hall).parts["theory"]["mark"])
        rescore(uphold(file(hall, 1), "key", answers=(_other(hall, 1),)))
        assert Decimal(result_of(hall).parts["theory"]["mark"]) < before

    def test_several_answers_count(self) -> None:
        hall = published(theory=(50,))
        position = _wrong_places(hall)[0]
        assert hall.paper is not None
        given = delivery.submission(hall.attempt().pk)[position]
        before = Decimal(result_of(hall).parts["theory"]["mark"])
        rescore(uphold(file(hall, position), "several", answers=(key_of(hall.paper)[position], given)))
        assert Decimal(result_of(hall).parts["theory"]["mark"]) > before

    def test_left_out_with_the_rest_worth_more_where_the_rules_say_so(self) -> None:
        hall = published(theory=(50,))
        make_provision("scoring.void_item", "removed", region="320000")
        before = Decimal(result_of(hall).parts["theory"]["mark"])
        dispute = uphold(file(hall, _wrong_places(hall)[0]))
        assert dispute.effect == "removed"
        rescore(dispute)
        worth = next(iter(delivery.order_of(hall.attempt()))).marks
        mark_ = Mark.objects.get(version=2)
        assert mark_.value > before
        assert mark_.value <= before * 100 / (100 - worth) + 1

    def test_two_persons_sign(self) -> None:
        hall = published(theory=(59,))
        both = officer("scoring.decide_objection", "scoring.finalise", "scoring.mark", "scoring.see")
        dispute = uphold(file(hall, _wrong_places(hall)[0]), actor=both)
        with pytest.raises(services.RescoredByTheJudge):
            rescore(dispute, both)
        assert Mark.objects.filter(version=2).count() == 0

    def test_needs_the_power(self) -> None:
        dispute = uphold(file(published(theory=(59,))))
        with pytest.raises(NotPermitted):
            rescore(dispute, judge())
        with pytest.raises(NotFound):
            rescore(dispute, outsider("scoring.finalise", "scoring.mark"))

    def test_signs_what_was_seen_and_nothing_else(self) -> None:
        hall = published(theory=(59,))
        places = _wrong_places(hall)
        first, second = uphold(file(hall, places[0])), file(hall, places[1])
        seen = services.preview_rescoring(actor=scorer(), at=SIGNING, dispute_id=first.pk)
        uphold(second)
        with pytest.raises(services.PreviewOutdated):
            services.rescore(actor=scorer(), at=SIGNING, dispute_id=first.pk, expected=seen.token)
        assert result_of(hall).version == 1

    def test_happens_once(self) -> None:
        dispute = rescore(uphold(file(published(theory=(59,)), 1)))
        with pytest.raises(WrongState):
            rescore(dispute)

    def test_not_before_a_ruling(self) -> None:
        with pytest.raises(WrongState):
            rescore(file(published()).dispute)

    def test_waits_for_a_recheck_of_who_would_change(self) -> None:
        hall = published(theory=(59,))
        dispute = uphold(file(hall, _wrong_places(hall)[0]))
        asked = services.request_recheck(
            actor=hall.candidate(), at=ASKING, result_id=result_of(hall).pk, part="skill", reason="合分"
        )
        with pytest.raises(services.RecheckStillOpen):
            rescore(dispute)
        services.uphold(actor=rechecker(), at=DECIDING, recheck_id=asked.pk, finding="无误")
        assert rescore(dispute).state == "rescored"

    def test_leaves_a_mark_that_people_corrected(self) -> None:
        hall = published(theory=(0, 59))
        asked = services.request_recheck(
            actor=hall.candidate(), at=ASKING, result_id=result_of(hall).pk, part="theory", reason="零分"
        )
        services.correct(
            actor=rechecker(), at=DECIDING, recheck_id=asked.pk, kind="entry", finding="登分差错", value=Decimal(72)
        )
        done = rescore(uphold(file(hall, 3)))
        assert done.counts["by_hand"] == 1
        assert result_of(hall).parts["theory"]["mark"] == "72.00"

    def test_a_mark_altered_in_the_database_stops_it(self) -> None:
        hall = published(theory=(59,))
        dispute = uphold(file(hall, _wrong_places(hall)[0]))
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            cursor.execute("UPDATE scoring_mark SET value = 12 WHERE part = 'theory'")
            cursor.execute("SET LOCAL session_replication_role = origin")
        with pytest.raises(services.MarksAltered):
            rescore(dispute)

    def test_a_ruling_before_the_marks_governs_the_marks(self) -> None:
        plain, hall = published(theory=(50,)), closed_hall(theory=(50,))
        found = file(hall, _wrong_places(hall)[0], at=EVENING + timedelta(hours=1))
        services.uphold_objections(
            actor=judge(),
            at=EVENING + timedelta(hours=2),
            dispute_id=found.dispute_id,
            effect="void",
            reason="题意不清",
        )
        publish(hall)
        given = Mark.objects.get(attempt=hall.attempt())
        assert given.value > Mark.objects.get(attempt=plain.attempt()).value
        assert given.working["rulings"] == [found.dispute.number]
        done = rescore(Dispute.objects.get())
        assert done.counts["changed"] == 0

    def test_a_draft_is_drafted_anew(self) -> None:
        hall = closed_hall(theory=(50,))
        mark(hall)
        services.draft_results(actor=scorer(), at=EVENING + timedelta(hours=2), sitting_id=hall.sitting.pk)
        rescore(uphold(file(hall, _wrong_places(hall)[0], at=EVENING + timedelta(hours=3))))
        with pytest.raises(services.MarksChanged):
            services.finalise(actor=scorer(), at=SIGNING, sitting_id=hall.sitting.pk)
        services.draft_results(actor=scorer(), at=SIGNING, sitting_id=hall.sitting.pk)
        assert services.finalise(actor=scorer(), at=SIGNING, sitting_id=hall.sitting.pk)


def _wrong_places(hall: Hall, index: int = 0) -> list[int]:
    assert hall.paper is not None
    key, given = key_of(hall.paper), delivery.submission(hall.attempt(index).pk)
    return [position for position in sorted(key) if given[position] != key[position]]


def _needed(hall: Hall, missing: Decimal) -> int:
    worth = next(iter(delivery.order_of(hall.attempt()))).marks
    return int(-(-missing // worth))


def _other(hall: Hall, position: int) -> str:
    assert hall.paper is not None
    return {"A": "B", "B": "C", "C": "D", "D": "A", "T": "F", "F": "T"}[key_of(hall.paper)[position]]
