"""Papers under lock: no page, no role, no copy of the database reads them before the start."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from kaogong.delivery import selectors, services
from kaogong.delivery.models import PaperCopy
from kaogong.delivery.papers import Lock, PaperLocked, Question, rebind, seal, unseal
from kaogong.delivery.selectors.answers import lock_of, questions_of
from kaogong.foundation.kernel.ids import uuid7
from kaogong.foundation.kernel.refusals import NotFound, NotPermitted
from kaogong.foundation.outbox.models import OutboxEvent
from kaogong.sittings import services as sittings
from tests.support import itembank
from tests.support.cast import officer, outsider
from tests.support.delivery import (
    DELIVERER,
    MORNING,
    START,
    begin,
    deliver,
    make_hall,
    open_doors,
    overseer,
    seat_everyone,
)
from tests.support.sittings import DAY, PLANNER, days_after

QUESTIONS = [Question(1, "single", "火线是？", ("相线", "零线")), Question(2, "truefalse", "安全第一。", ())]


class TestSeal:
    lock = Lock(uuid7(), uuid7(), START)

    def test_opens_at_its_hour(self) -> None:
        sealed = seal(QUESTIONS, self.lock)
        assert unseal(sealed.content, sealed.key, self.lock, digest=sealed.digest, at=START) == QUESTIONS

    def test_stays_shut_a_moment_before(self) -> None:
        sealed = seal(QUESTIONS, self.lock)
        with pytest.raises(PaperLocked):
            unseal(sealed.content, sealed.key, self.lock, digest=sealed.digest, at=START - timedelta(microseconds=1))

    def test_shows_nothing_of_its_text(self) -> None:
        sealed = seal(QUESTIONS, self.lock)
        assert "火线".encode() not in sealed.content + sealed.key

    def test_is_no_longer_opened_by_a_changed_hour(self) -> None:
        sealed = seal(QUESTIONS, self.lock)
        early = Lock(self.lock.copy_id, self.lock.part_id, START - timedelta(days=1))
        with pytest.raises(PaperLocked):
            unseal(sealed.content, sealed.key, early, digest=sealed.digest, at=START)

    def test_does_not_open_in_another_row(self) -> None:
        sealed = seal(QUESTIONS, self.lock)
        with pytest.raises(PaperLocked):
            unseal(sealed.content, sealed.key, Lock(uuid7(), self.lock.part_id, START), digest=sealed.digest, at=START)

    def test_notices_other_content(self) -> None:
        sealed = seal(QUESTIONS, self.lock)
        with pytest.raises(PaperLocked):
            unseal(sealed.content, sealed.key, self.lock, digest="0" * 64, at=START)

    def test_moves_with_its_sitting(self) -> None:
        sealed = seal(QUESTIONS, self.lock)
        later = Lock(self.lock.copy_id, self.lock.part_id, START + timedelta(days=2))
        key = rebind(sealed.key, self.lock, later)
        assert unseal(sealed.content, key, later, digest=sealed.digest, at=later.not_before) == QUESTIONS
        with pytest.raises(PaperLocked):
            unseal(sealed.content, key, self.lock, digest=sealed.digest, at=START)


@pytest.mark.django_db
class TestDeliver:
    def test_locks_the_paper_until_the_start(self) -> None:
        hall = make_hall()
        copy = PaperCopy.objects.get(part=hall.theory)
        assert copy.not_before == START
        assert copy.questions == 100
        assert copy.released_at is None
        assert hall.paper is not None
        hall.paper.refresh_from_db()
        assert hall.paper.state == "used"

    def test_happens_once_for_a_paper(self) -> None:
        hall = make_hall()
        assert hall.paper is not None
        with pytest.raises(services.AlreadyDelivered):
            deliver(hall, hall.paper)

    def test_refuses_a_void_paper(self) -> None:
        hall = make_hall(delivered=False)
        paper = itembank.make_paper()
        from kaogong.itembank import services as bank

        bank.void_paper(actor=itembank.assembler(), at=MORNING, paper_id=paper.pk, reason="泄密演练")
        with pytest.raises(services.PaperDoesNotFit):
            deliver(hall, paper)

    def test_the_practical_part_takes_none(self) -> None:
        hall = make_hall(delivered=False)
        with pytest.raises(services.PartHasNoPaper):
            services.deliver_paper(
                actor=DELIVERER, at=MORNING, part_id=hall.skill.pk, paper_id=itembank.make_paper().pk
            )

    def test_needs_the_power(self) -> None:
        hall = make_hall(delivered=False)
        with pytest.raises(NotPermitted):
            services.deliver_paper(
                actor=overseer(), at=MORNING, part_id=hall.theory.pk, paper_id=itembank.make_paper().pk
            )

    def test_outsiders_cannot_even_find_it(self) -> None:
        hall = make_hall(delivered=False)
        with pytest.raises(NotFound):
            services.deliver_paper(
                actor=outsider("delivery.deliver"),
                at=MORNING,
                part_id=hall.theory.pk,
                paper_id=itembank.make_paper().pk,
            )


@pytest.mark.django_db
class TestRelease:
    def test_waits_for_the_start(self) -> None:
        hall = make_hall()
        with pytest.raises(services.TooEarly):
            services.release_papers(actor=hall.invigilator, at=START - timedelta(seconds=1), part_id=hall.theory.pk)

    def test_opens_at_the_start(self) -> None:
        hall = make_hall()
        assert services.release_papers(actor=hall.invigilator, at=START, part_id=hall.theory.pk) == 1
        assert PaperCopy.objects.get(part=hall.theory).released_by == hall.invigilator.name
        assert OutboxEvent.objects.filter(name="delivery.papers_released").exists()

    def test_tells_the_second_who_was_first(self) -> None:
        hall = make_hall()
        services.release_papers(actor=hall.invigilator, at=START, part_id=hall.theory.pk)
        with pytest.raises(services.AlreadyReleased) as told:
            services.release_papers(actor=hall.invigilator, at=START, part_id=hall.theory.pk)
        assert hall.invigilator.name in str(told.value)

    def test_needs_a_paper(self) -> None:
        hall = make_hall(delivered=False)
        with pytest.raises(services.NoPaperDelivered):
            services.release_papers(actor=hall.invigilator, at=START, part_id=hall.theory.pk)

    def test_is_for_those_on_duty(self) -> None:
        hall = make_hall()
        with pytest.raises(NotPermitted):
            services.release_papers(actor=overseer(), at=START, part_id=hall.theory.pk)
        with pytest.raises(NotFound):
            services.release_papers(actor=outsider("delivery.run"), at=START, part_id=hall.theory.pk)

    def test_follows_a_sitting_that_moves(self) -> None:
        hall = make_hall()
        sittings.move(
            actor=PLANNER,
            at=MORNING,
            sitting_id=hall.sitting.pk,
            to=days_after(DAY, 7),
            reason="台风",
            is_emergency=True,
        )
        copy = PaperCopy.objects.get(part=hall.theory)
        assert copy.not_before == START + timedelta(days=7)
        with pytest.raises(services.TooEarly):
            services.release_papers(actor=hall.invigilator, at=START, part_id=hall.theory.pk)
        services.release_papers(actor=hall.invigilator, at=copy.not_before, part_id=hall.theory.pk)
        assert len(questions_of(copy.pk, at=copy.not_before)) == 100


@pytest.mark.django_db
class TestNobodyReadsItBefore:
    """As those would try who want the questions early."""

    def test_the_candidate_cannot_start(self) -> None:
        hall = seat_everyone(make_hall())
        with pytest.raises(services.NotReleased):
            services.start(
                actor=hall.candidate(), at=START - timedelta(minutes=1), attempt_id=hall.attempt().pk, device="m1"
            )

    def test_the_candidate_cannot_start_while_it_is_not_released(self) -> None:
        hall = seat_everyone(make_hall())
        with pytest.raises(services.NotReleased):
            services.start(actor=hall.candidate(), at=START, attempt_id=hall.attempt().pk, device="m1")

    def test_the_candidates_page_is_shut(self) -> None:
        hall = seat_everyone(make_hall())
        with pytest.raises(PaperLocked):
            selectors.own_paper(hall.candidate(), hall.attempt().pk, device="m1", at=START)

    def test_a_bribed_clerk_sees_copies_without_content(self) -> None:
        hall = open_doors(make_hall())
        clerk = officer("delivery.see", "delivery.run", "delivery.deliver", region="3201")
        copy = selectors.copies_of(hall.theory.pk, clerk).get()
        assert {"content_sealed", "key_sealed"} <= copy.get_deferred_fields()
        with pytest.raises(NotFound):
            selectors.own_paper(clerk, hall.attempt().pk, device="m1", at=START)

    def test_a_clerk_cannot_put_the_clock_forward(self) -> None:
        hall = make_hall()
        clerk = officer("delivery.run", region="3201")
        with pytest.raises(services.TooEarly):
            services.release_papers(actor=clerk, at=START - timedelta(minutes=1), part_id=hall.theory.pk)

    def test_the_copy_of_a_database_opens_nothing(self) -> None:
        hall = make_hall()
        copy = PaperCopy.objects.get(part=hall.theory)
        everything = bytes(copy.content_sealed) + bytes(copy.key_sealed)
        for question in itembank_questions(hall):
            assert question.encode() not in everything

    def test_an_hour_changed_in_the_table_spoils_the_seal(self) -> None:
        hall = make_hall()
        copy = PaperCopy.objects.get(part=hall.theory)
        early = START - timedelta(days=1)
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE delivery_papercopy SET not_before = %s, released_at = %s WHERE id = %s", [early, early, copy.pk]
            )
        with pytest.raises(PaperLocked):
            questions_of(copy.pk, at=START)

    def test_a_release_before_the_hour_is_refused_by_the_table(self) -> None:
        hall = make_hall()
        with pytest.raises(IntegrityError), transaction.atomic():
            PaperCopy.objects.filter(part=hall.theory).update(released_at=START - timedelta(hours=1))

    def test_a_released_copy_is_fixed(self) -> None:
        hall = seat_everyone(make_hall())
        begin(hall)
        with pytest.raises(IntegrityError), transaction.atomic():
            PaperCopy.objects.filter(part=hall.theory).update(digest="0" * 64)


def itembank_questions(hall: object) -> list[str]:
    """The stems of the delivered paper."""
    from kaogong.itembank import selectors as bank

    return [each.stem for each in bank.questions_for_delivery(hall.paper.pk, DELIVERER)]  # type: ignore[attr-defined]  # Hall


@pytest.mark.django_db
def test_neighbours_get_different_papers_when_there_are_two() -> None:
    hall = make_hall(candidates=2)
    deliver(hall, itembank.make_paper(seed=99, avoid=[hall.paper.pk] if hall.paper else []))
    seat_everyone(hall)
    for index in range(2):
        begin(hall, index)
    assert hall.attempt(0).paper_copy_id != hall.attempt(1).paper_copy_id


def test_lock_names_one_moment_whatever_the_zone() -> None:
    from datetime import UTC

    copy, part = uuid7(), uuid7()
    assert Lock(copy, part, START).context == Lock(copy, part, START.astimezone(UTC)).context
    assert lock_of(PaperCopy(id=copy, part_id=part, not_before=START)).context == Lock(copy, part, START).context
