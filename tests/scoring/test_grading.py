"""Written answers marked by people: two who do not see each other, a third where they differ, and never a name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.http import HttpRequest, HttpResponseBase
from django.test import Client
from django.urls import reverse

from kaogong.delivery import services as delivery
from kaogong.foundation.access import middleware
from kaogong.foundation.audit import selectors as audit
from kaogong.foundation.kernel.actors import Actor
from kaogong.foundation.kernel.refusals import NotFound, NotPermitted
from kaogong.personnel import services as personnel
from kaogong.scoring import rules, selectors, services
from kaogong.scoring.models import HandMark
from tests.delivery.test_concurrency import at_once
from tests.support import itembank
from tests.support.cast import officer, outsider
from tests.support.delivery import BELL, START, Hall, begin, deliver, make_hall, save, seat_everyone
from tests.support.identity import make_person
from tests.support.scoring import MARKING, rechecker, scorer

ANSWER = "先断电，再验电，挂接地线。"


class TestRules:
    @pytest.mark.parametrize(
        ("totals", "earned"),
        [
            ([], None),
            (["1"], None),
            (["1", "1.4"], "1.2"),
            (["1", "1.5"], None),
            (["0", "2", "1.5"], "1.75"),
            (["0", "2", "0.5"], "0.25"),
            (["0", "2", "1"], "1.5"),
            (["2", "0", "1"], "1.5"),
        ],
    )
    def test_two_who_agree_or_the_third_and_the_nearer(self, totals: list[str], earned: str | None) -> None:
        found = rules.hand_mark([Decimal(each) for each in totals], apart=Decimal("0.4"))
        assert found == (None if earned is None else Decimal(earned))

    @pytest.mark.parametrize(
        ("marks", "faults"),
        [
            (["1.2", "0.5"], {}),
            (["0", "0"], {}),
            (["1.1", "0.5"], {0: "step"}),
            (["1.5", "-0.5"], {0: "range", 1: "range"}),
            (["NaN", None], {0: "range", 1: "missing"}),
            (["1"], {1: "missing"}),
        ],
    )
    def test_a_criterion_gives_steps_or_all_it_has(self, marks: list[Any], faults: dict[int, str]) -> None:
        given = [None if each is None else Decimal(each) for each in marks]
        assert rules.hand_faults(given, [Decimal("1.2"), Decimal("0.8")], step=Decimal("0.5")) == faults


def marker(name: str = "阅卷甲") -> Actor:
    return officer("scoring.grade", region="3201", name=name)


def written_hall(*, candidates: int = 1, is_closed: bool = True) -> Hall:
    """A sitting that is over, where everybody wrote a short answer worth two marks and nothing else."""
    hall = make_hall(candidates=candidates, delivered=False)
    hall.paper = itembank.make_mixed_paper()
    deliver(hall, hall.paper)
    seat_everyone(hall)
    place = itembank.places_of(hall.paper, "short")[0]
    for index in range(candidates):
        begin(hall, index)
        save(hall, {place: ANSWER}, index)
        delivery.submit(actor=hall.candidate(index), at=START, attempt_id=hall.attempt(index).pk)
    if is_closed:
        delivery.close_part(actor=hall.invigilator, at=BELL, part_id=hall.theory.pk)
    return hall


def next_code(hall: Hall, who: Actor) -> str:
    return selectors.desk(who, selectors.part_to_grade(who, hall.theory.pk)).next_code


def grade(hall: Hall, who: Actor, *marks: str, code: str = "") -> HandMark:
    return services.grade(
        actor=who,
        at=MARKING,
        part_id=hall.theory.pk,
        code=code or next_code(hall, who),
        marks=[Decimal(each) for each in marks],
    )


def mark_theory(hall: Hall) -> int:
    return services.mark_part(actor=scorer(), at=MARKING, part_id=hall.theory.pk)


@pytest.mark.django_db
class TestGrading:
    def test_two_who_agree_settle_it_and_only_then_the_part_is_marked(self) -> None:
        hall, first, second = written_hall(), marker(), marker("阅卷乙")
        grade(hall, first, "1", "0.5")
        with pytest.raises(services.AnswersUnmarked) as told:
            mark_theory(hall)
        assert told.value.facts["count"] == 1
        assert str(told.value.clause) == "kaogong-scoring-rules/hand-marking"
        grade(hall, second, "1", "0.8")
        assert next_code(hall, marker("阅卷丙")) == ""
        assert mark_theory(hall) == 1
        mark = selectors.mark_of(hall.attempt().pk)
        assert mark is not None
        assert mark.value == Decimal("1.65")
        assert list(mark.working["by_hand"].values()) == ["1.65"]

    def test_a_third_marks_where_two_differ(self) -> None:
        hall = written_hall()
        grade(hall, marker(), "0", "0")
        grade(hall, marker("阅卷乙"), "1", "0.5")
        third = marker("阅卷丙")
        assert selectors.desk(third, selectors.part_to_grade(third, hall.theory.pk)).third == 1
        grade(hall, third, "1", "0")
        mark_theory(hall)
        mark = selectors.mark_of(hall.attempt().pk)
        assert mark is not None
        assert mark.value == Decimal("1.25")

    def test_nobody_marks_twice(self) -> None:
        hall, first = written_hall(), marker()
        code = next_code(hall, first)
        grade(hall, first, "1", "0.5")
        assert next_code(hall, first) == ""
        for deed in (lambda: grade(hall, first, "1", "0.5", code=code), lambda: opened(hall, first, code)):
            with pytest.raises(services.GradedAlready):
                deed()
        with pytest.raises(services.GradedAlready):  # the same human by another account
            grade(hall, replace(marker("同一人"), person_id=first.person_id), "1", "0.5", code=code)
        assert HandMark.objects.count() == 1

    def test_nobody_marks_what_is_settled(self) -> None:
        hall, late = written_hall(), marker("阅卷丙")
        code = next_code(hall, late)
        grade(hall, marker(), "1", "0.5")
        grade(hall, marker("阅卷乙"), "1", "0.5")
        with pytest.raises(services.GradedAlready):
            grade(hall, late, "1", "0.5", code=code)

    def test_the_second_sees_what_the_first_saw_and_no_name(self) -> None:
        hall, first, second = written_hall(), marker(), marker("阅卷乙")
        code = next_code(hall, first)
        before = opened(hall, first, code)
        grade(hall, first, "1", "0.5")
        after = opened(hall, second, code)
        assert before == after
        assert [most for _text, most in after.criteria] == [Decimal("1.2"), Decimal("0.8")]
        registration = hall.registrations[0]
        for secret in (registration.legal_name, hall.ticket(), str(registration.pk), str(hall.attempt().pk), "阅卷甲"):
            assert secret not in repr(after)

    @pytest.mark.parametrize(
        "marks", [("1.3", "0"), ("0.3", "0"), ("1",), ("1", "0.5", "0"), ("NaN", "0"), ("-1", "0")]
    )
    def test_refuses_marks_that_do_not_fit(self, marks: tuple[str, ...]) -> None:
        hall = written_hall()
        with pytest.raises(services.HandMarksFaulty):
            grade(hall, marker(), *marks)
        assert not HandMark.objects.exists()

    def test_outsiders_and_others_find_nothing(self) -> None:
        hall = written_hall()
        code = next_code(hall, marker())
        for stranger in (outsider("scoring.grade"), officer("scoring.see", region="3201"), hall.candidate()):
            with pytest.raises(NotFound):
                opened(hall, stranger, code)
            assert selectors.parts_to_grade(stranger) == []
        with pytest.raises(NotFound):
            opened(hall, marker(), "0" * 24)

    def test_a_marker_finds_neither_names_nor_papers(self) -> None:
        from kaogong.delivery.selectors import attempt_for
        from kaogong.itembank.selectors import answer_key, papers_for

        hall = written_hall()
        assert hall.paper is not None
        with pytest.raises(NotFound):
            attempt_for(marker(), hall.attempt().pk)
        assert not papers_for(marker()).exists()
        with pytest.raises((NotFound, NotPermitted)):
            answer_key(hall.paper.pk, marker())

    def test_nothing_before_the_part_is_closed(self) -> None:
        hall = written_hall(is_closed=False)
        with pytest.raises(NotFound):
            next_code(hall, marker())

    def test_who_sits_there_marks_nothing(self) -> None:
        hall = written_hall()
        code = next_code(hall, marker())
        herself = replace(marker(), person_id=hall.registrations[0].person_id)
        assert next_code(hall, herself) == ""
        with pytest.raises(services.MarkedByOneself):
            opened(hall, herself, code)

    def test_a_relative_is_neither_offered_nor_shown_the_answer(self) -> None:
        hall = written_hall(candidates=2)
        aunt = make_person(name="阅卷的姨")
        related = replace(marker(), person_id=aunt.pk)
        personnel.relate(
            actor=officer("personnel.relate", region="3201"),
            at=MARKING,
            first_id=aunt.pk,
            second_id=hall.registrations[0].person_id,
            kind="related",
            source="本人申报",
        )
        codes = {next_code(hall, marker())}
        grade(hall, related, "1", "0.5")
        assert next_code(hall, related) == ""
        marked = HandMark.objects.get()
        assert marked.attempt_id == hall.attempt(1).pk
        other = marker("阅卷乙")
        while code := next_code(hall, other):
            codes.add(code)
            grade(hall, other, "1", "0.5")
        refused = 0
        for code in codes:
            try:
                opened(hall, related, code)
            except NotFound:
                refused += 1
            except services.GradedAlready:
                pass
        assert refused == 1

    def test_what_was_given_stays_and_an_altered_mark_is_found(self) -> None:
        hall = written_hall()
        given = grade(hall, marker(), "1", "0.5")
        grade(hall, marker("阅卷乙"), "1", "0.5")
        with pytest.raises(IntegrityError), transaction.atomic():
            HandMark.objects.filter(pk=given.pk).update(total=2)
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            cursor.execute("UPDATE scoring_handmark SET total = 1.9 WHERE id = %s", [given.pk])
            cursor.execute("SET LOCAL session_replication_role = origin")
        with pytest.raises(services.MarksAltered):
            mark_theory(hall)

    def test_the_trail_knows_who_read_and_marked(self) -> None:
        hall, first = written_hall(), marker()
        opened(hall, first, next_code(hall, first))
        given = grade(hall, first, "1", "0.5")
        reader = officer("audit.read", region="")
        read = audit.entries(actor=reader, target_id=str(hall.theory.pk))
        assert "scoring.script_opened" in {line.action for line in read}
        lines = audit.entries(actor=reader, target_id=str(given.pk))
        assert [line.action for line in lines] == ["scoring.graded"]

    def test_a_written_part_may_be_rechecked_but_not_by_its_marker(self) -> None:
        from kaogong.scoring.models import Recheck, Result
        from kaogong.scoring.services.rechecks import _had_a_hand

        hall, first = written_hall(), marker()
        grade(hall, first, "1", "0.5")
        grade(hall, marker("阅卷乙"), "1", "0.5")
        mark_theory(hall)
        recheck = Recheck(result=Result(registration=hall.registrations[0]), part="theory")
        assert _had_a_hand(first, recheck)
        assert not _had_a_hand(rechecker(), recheck)


def opened(hall: Hall, who: Actor, code: str) -> selectors.OpenScript:
    return services.open_script(actor=who, at=MARKING, part_id=hall.theory.pk, code=code)


Browse = Callable[[Actor], Client]


@pytest.fixture
def enter(monkeypatch: pytest.MonkeyPatch) -> Browse:
    """A browser in which the given actor has signed in."""

    def browser(actor: Actor) -> Client:
        def call(self: middleware.ActorOfRequest, request: HttpRequest) -> HttpResponseBase:
            request.actor = actor  # type: ignore[attr-defined]  # as the middleware does
            return self.get_response(request)

        monkeypatch.setattr(middleware.ActorOfRequest, "__call__", call)
        return Client()

    return browser


@pytest.mark.django_db
class TestPages:
    def test_from_the_list_to_the_last_answer(self, enter: Browse) -> None:
        hall, who = written_hall(candidates=2), marker()
        browser = enter(who)
        assert hall.sitting.round.name in browser.get(reverse("office:grading")).text
        place = reverse("office:grading-script", args=[hall.theory.pk, next_code(hall, who)])
        page = browser.get(place)
        assert ANSWER in page.text
        assert "说出验电" in page.text
        for registration in hall.registrations:
            assert registration.legal_name not in page.text
        assert browser.post(place, {"mark_1": "1.3", "mark_2": "0"}).status_code == 422
        assert browser.post(place, {"mark_1": "0.3", "mark_2": "0"}).status_code == 422
        after = browser.post(place, {"mark_1": "1", "mark_2": "0.5"})
        assert after.url == reverse("office:grading-script", args=[hall.theory.pk, next_code(hall, who)])  # type: ignore[attr-defined]  # a redirect
        last = browser.post(after.url, {"mark_1": "1.2", "mark_2": "0.8"}, follow=True)  # type: ignore[attr-defined]  # a redirect
        assert "没有待您评的作答" in last.text
        assert browser.get(place).status_code == 422

    def test_the_outsider_and_the_powerless(self, enter: Browse) -> None:
        hall = written_hall()
        place = reverse("office:grading-part", args=[hall.theory.pk])
        assert enter(outsider("scoring.grade")).get(place).status_code == 404
        assert enter(officer("scoring.see", region="3201")).get(place).status_code == 403


@pytest.mark.concurrency
def test_of_three_at_once_who_agree_two_mark(real_database: str) -> None:
    hall = written_hall()
    code = next_code(hall, marker())
    deeds = [partial(grade, hall, marker(f"阅卷{n}"), "1", "0.5", code=code) for n in range(3)]
    found = at_once(*deeds)
    assert sorted(type(each).__name__ for each in found) == ["GradedAlready", "HandMark", "HandMark"]
    assert sorted(HandMark.objects.values_list("turn", flat=True)) == [1, 2]
