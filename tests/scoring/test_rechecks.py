"""Rechecks: in time, clerical, by somebody else; a correction makes a new result and leaves the old one."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from kaogong.delivery import selectors as delivery
from kaogong.foundation.kernel.refusals import NotFound, NotPermitted, WrongState
from kaogong.scoring import selectors, services
from kaogong.scoring.models import Mark, Recheck, Result
from tests.support.cast import candidate, outsider
from tests.support.delivery import Hall
from tests.support.scoring import PUBLISHING, closed_hall, publish, rechecker, result_of, scorer
from tests.support.sittings import CHINA

pytestmark = pytest.mark.django_db
ASKING = PUBLISHING + timedelta(days=1)
DECIDING = PUBLISHING + timedelta(days=4)


def published(**options: object) -> Hall:
    hall = closed_hall(**options)  # type: ignore[arg-type]  # passed on
    publish(hall)
    return hall


def ask(hall: Hall, *, part: str = "skill", at: datetime = ASKING, reason: str = "合分有误") -> Recheck:
    return services.request_recheck(
        actor=hall.candidate(), at=at, result_id=result_of(hall).pk, part=part, reason=reason
    )


class TestRequest:
    def test_is_queued_with_the_day_of_its_answer(self) -> None:
        hall = published(theory=(80,), skill=("0.55",))
        found = ask(hall)
        assert found.state == "requested"
        assert found.answer_until > ASKING.date()
        assert list(selectors.rechecks_for(rechecker())) == [found]

    def test_on_the_last_day(self) -> None:
        hall = published()
        last = result_of(hall).recheck_until
        assert last is not None
        assert ask(hall, at=datetime.combine(last, time(23, 59), tzinfo=CHINA)).state == "requested"

    def test_not_a_day_later(self) -> None:
        hall = published()
        last = result_of(hall).recheck_until
        assert last is not None
        with pytest.raises(services.RecheckTooLate) as told:
            ask(hall, at=datetime.combine(last + timedelta(days=1), time(0, 0), tzinfo=CHINA))
        assert str(told.value.clause) == "recheck-practice/deadline"
        assert told.value.facts["days"] == 10

    def test_not_of_a_machine_marked_part_with_a_mark(self) -> None:
        hall = published(theory=(59,))
        with pytest.raises(services.RecheckOfObjective) as told:
            ask(hall, part="theory")
        assert str(told.value.clause) == "recheck-practice/objective"

    @pytest.mark.parametrize("right", [0, None])
    def test_of_a_machine_marked_part_with_zero_or_absence(self, right: int | None) -> None:
        hall = published(theory=(right,))
        assert ask(hall, part="theory").part == "theory"

    def test_once_for_each_part(self) -> None:
        hall = published()
        ask(hall)
        with pytest.raises(services.RecheckTwice):
            ask(hall)

    def test_needs_a_reason_and_a_part(self) -> None:
        hall = published()
        with pytest.raises(services.RecheckWithoutReason):
            ask(hall, reason=" ")
        with pytest.raises(services.UnknownPart):
            ask(hall, part="review")

    def test_nobody_asks_for_another(self) -> None:
        hall = published()
        from kaogong.foundation.kernel.ids import uuid7

        with pytest.raises(NotFound):
            services.request_recheck(
                actor=candidate(uuid7()), at=ASKING, result_id=result_of(hall).pk, part="skill", reason="代问"
            )

    def test_the_office_may_ask_for_the_candidate(self) -> None:
        hall = published()
        assert services.request_recheck(
            actor=rechecker(), at=ASKING, result_id=result_of(hall).pk, part="skill", reason="考生来函"
        )


class TestUphold:
    def test_keeps_the_result(self) -> None:
        hall = published()
        services.uphold(actor=rechecker(), at=DECIDING, recheck_id=ask(hall).pk, finding="合分无误")
        assert result_of(hall).version == 1
        assert Recheck.objects.get().state == "upheld"

    def test_happens_once(self) -> None:
        hall = published()
        found = ask(hall)
        services.uphold(actor=rechecker(), at=DECIDING, recheck_id=found.pk, finding="合分无误")
        with pytest.raises(WrongState):
            services.uphold(actor=rechecker(), at=DECIDING, recheck_id=found.pk, finding="合分无误")

    def test_not_by_the_one_who_marked(self) -> None:
        hall = closed_hall()
        who = scorer()
        publish(hall, actor=who)
        with pytest.raises(services.DecidedByTheMarker):
            services.uphold(actor=who, at=DECIDING, recheck_id=ask(hall).pk, finding="无误")

    def test_not_by_an_examiner_of_that_candidate(self) -> None:
        hall = published()
        found = ask(hall)
        examiner = replace(rechecker(), person_id=hall.examiners[1].person_id)
        with pytest.raises(services.DecidedByTheMarker):
            services.uphold(actor=examiner, at=DECIDING, recheck_id=found.pk, finding="无误")

    def test_needs_a_finding(self) -> None:
        hall = published()
        with pytest.raises(services.RecheckWithoutFinding):
            services.uphold(actor=rechecker(), at=DECIDING, recheck_id=ask(hall).pk, finding="")

    def test_needs_the_power(self) -> None:
        hall = published()
        found = ask(hall)
        with pytest.raises(NotPermitted):
            services.uphold(actor=hall.candidate(), at=DECIDING, recheck_id=found.pk, finding="无误")
        with pytest.raises(NotFound):
            services.uphold(actor=outsider("scoring.recheck"), at=DECIDING, recheck_id=found.pk, finding="无误")


class TestCorrect:
    def test_makes_a_new_mark_and_a_new_result(self) -> None:
        hall = published(theory=(80,), skill=("0.55",))
        before = result_of(hall)
        assert not before.is_passed
        after = services.correct(
            actor=rechecker(),
            at=DECIDING,
            recheck_id=ask(hall).pk,
            kind="adding",
            finding="第一名考评员合分漏加",
            value=Decimal("61.50"),
        )
        assert (after.version, after.supersedes_id, after.is_passed) == (2, before.pk, True)
        before.refresh_from_db()
        assert before.state == "superseded"
        assert before.parts["skill"]["mark"] != "61.50"
        versions = Mark.objects.filter(registration=hall.registrations[0], part="skill").order_by("version")
        assert [each.version for each in versions] == [1, 2]
        assert versions[1].working["corrects"] == 1

    def test_the_candidate_sees_the_new_one_and_the_old(self) -> None:
        hall = published(theory=(80,), skill=("0.55",))
        after = services.correct(
            actor=rechecker(), at=DECIDING, recheck_id=ask(hall).pk, kind="adding", finding="漏加", value=Decimal(70)
        )
        assert list(selectors.own_results(hall.candidate())) == [after]
        assert len(selectors.history_of(after)) == 2

    def test_works_the_mark_out_again_from_the_sheets(self) -> None:
        hall = published(theory=(80,), skill=("0.55",))
        sheet = delivery.score_sheets(hall.attempt(0, "skill").pk)[0]
        old = Mark.objects.get(registration=hall.registrations[0], part="skill").value
        services.correct(
            actor=rechecker(),
            at=DECIDING,
            recheck_id=ask(hall).pk,
            kind="entry",
            finding="登分差错",
            sheet_totals={sheet.pk: sheet.total + 30},
        )
        new = Mark.objects.get(registration=hall.registrations[0], part="skill", version=2)
        gain = Decimal(30) * sheet.draw.task.weight / 100 / 3
        assert abs(new.value - old - gain) <= Decimal("0.01")
        assert str(sheet.pk) in new.working["corrected_sheets"]

    def test_an_absence_that_was_none(self) -> None:
        hall = published(theory=(None,))
        after = services.correct(
            actor=rechecker(),
            at=DECIDING,
            recheck_id=ask(hall, part="theory").pk,
            kind="omission",
            finding="答题卡夹在空卷袋内，漏评",
            value=Decimal(72),
        )
        assert after.parts["theory"]["outcome"] == "scored"
        assert after.is_passed

    @pytest.mark.parametrize("value", ["100.01", "-1", "61.555", "NaN", "Infinity"])
    def test_refuses_what_is_no_mark(self, value: str) -> None:
        hall = published()
        with pytest.raises(services.CorrectionFaulty):
            services.correct(
                actor=rechecker(),
                at=DECIDING,
                recheck_id=ask(hall).pk,
                kind="adding",
                finding="差错",
                value=Decimal(value),
            )

    def test_refuses_the_same_mark(self) -> None:
        hall = published()
        same = Mark.objects.get(registration=hall.registrations[0], part="skill").value
        with pytest.raises(services.CorrectionFaulty):
            services.correct(
                actor=rechecker(), at=DECIDING, recheck_id=ask(hall).pk, kind="adding", finding="差错", value=same
            )

    def test_refuses_another_judgement(self) -> None:
        hall = published()
        with pytest.raises(services.NotClerical) as told:
            services.correct(
                actor=rechecker(),
                at=DECIDING,
                recheck_id=ask(hall).pk,
                kind="lenience",
                finding="评分偏严",
                value=Decimal(90),
            )
        assert str(told.value.clause) == "recheck-practice/clerical"

    def test_not_by_the_one_who_marked(self) -> None:
        hall = closed_hall()
        who = scorer()
        publish(hall, actor=who)
        with pytest.raises(services.DecidedByTheMarker):
            services.correct(
                actor=who, at=DECIDING, recheck_id=ask(hall).pk, kind="adding", finding="差错", value=Decimal(90)
            )

    def test_a_corrected_part_is_not_rechecked_again(self) -> None:
        hall = published()
        services.correct(
            actor=rechecker(), at=DECIDING, recheck_id=ask(hall).pk, kind="adding", finding="差错", value=Decimal(90)
        )
        with pytest.raises(services.RecheckTwice):
            ask(hall)

    def test_nobody_issues_while_a_recheck_waits(self) -> None:
        hall = published()
        assert selectors.passes_waiting(hall.sitting.pk).count() == 1
        found = ask(hall)
        assert selectors.passes_waiting(hall.sitting.pk).count() == 0
        services.uphold(actor=rechecker(), at=DECIDING, recheck_id=found.pk, finding="无误")
        assert selectors.passes_waiting(hall.sitting.pk).count() == 1

    def test_a_decided_recheck_and_an_old_result_are_fixed(self) -> None:
        hall = published()
        services.correct(
            actor=rechecker(), at=DECIDING, recheck_id=ask(hall).pk, kind="adding", finding="差错", value=Decimal(90)
        )
        with pytest.raises(IntegrityError), transaction.atomic():
            Recheck.objects.update(finding="改写")
        with pytest.raises(IntegrityError), transaction.atomic():
            Result.objects.filter(state="superseded").update(is_passed=True, parts={})
