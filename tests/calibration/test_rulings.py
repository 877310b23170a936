"""Keys ruled on after the examination: the next run counts the ruled answer, void questions count nothing, and what
was learnt before is known to be of the old key."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import numpy as np
import pytest

from kaogong.calibration import selectors
from kaogong.foundation.kernel.refusals import NotPermitted
from kaogong.itembank import selectors as bank
from kaogong.itembank.models import Item, ItemStatistic, PaperItem
from kaogong.itembank.services import Learnt, record_statistics
from kaogong.scoring import selectors as scoring
from tests.calibration.test_runs import AT, CALIBRATOR, FALSE, approver, calibrate, figures, sat
from tests.scoring.test_objections import file, uphold
from tests.support.cast import officer
from tests.support.delivery import Hall
from tests.support.itembank import make_cleared_item, marker

pytestmark = pytest.mark.django_db
AFTER = AT + timedelta(days=10)


def version_at(hall: Hall, position: int) -> UUID:
    assert hall.paper is not None
    return PaperItem.objects.get(paper=hall.paper, position=position).version_id


def learnt(version: UUID) -> ItemStatistic:
    """The newest statistic of a version."""
    return bank.newest_statistics([version])[version]


@pytest.fixture
def hall() -> Hall:
    """Four sat; everybody answers the first question wrongly, by the key as it was, and all others rightly."""
    figures(one=1000, cases=1000)
    make_cleared_item()
    wrong: list[UUID] = []

    def chance(version: UUID, _theta: float, _sex: str) -> float:
        wrong[:] = wrong or [version]
        return 0.0 if version == wrong[0] else 1.0

    return sat(4, chance, np.random.default_rng(3))


def a_single(hall: Hall) -> tuple[int, str]:
    """A scored place whose one option of several is right, not the first, with its key."""
    assert hall.paper is not None
    keys = bank.answer_key(hall.paper.pk, marker(region="")).answers
    return next(
        (place, key.answer)
        for place, key in sorted(keys.items())
        if place > 1 and key.type == "single" and key.is_scored
    )


class TestTheNextRun:
    def test_counts_the_ruled_answer(self, hall: Hall) -> None:
        place, key = a_single(hall)
        version = version_at(hall, place)
        calibrate(purpose="live")
        before = learnt(version)
        assert before.p == 1.0
        ruling = uphold(file(hall, place), "key", answers=[FALSE[key]])
        outcome = calibrate(purpose="live", at=AFTER)
        after = learnt(version)
        assert (after.p, after.cases) == (0.0, 4)
        assert outcome.run is not None
        assert outcome.run.report["rulings"] == [ruling.number]
        assert bank.of_old_key([before, after]) == {before.pk}

    def test_counts_each_of_several_and_looks_for_no_distractor_among_them(self, hall: Hall) -> None:
        place, key = a_single(hall)
        uphold(file(hall, place), "several", answers=[key, FALSE[key]])
        calibrate(purpose="live", at=AFTER)
        found = learnt(version_at(hall, place))
        assert found.p == 1.0
        assert "key" not in found.flags

    def test_leaves_a_void_question_out(self, hall: Hall) -> None:
        place, _key = a_single(hall)
        version = version_at(hall, place)
        uphold(file(hall, place), "void")
        outcome = calibrate(purpose="live", at=AFTER)
        assert str(version) not in outcome.gathered.answers.responses.items
        assert outcome.run is not None
        assert outcome.run.report["left_out"]["void"] == 1
        assert version not in bank.newest_statistics([version])


class TestWhatWasLearntBefore:
    def test_is_no_scale_is_watched_and_bars_promotion(self, hall: Hall) -> None:
        place, key = a_single(hall)
        version = version_at(hall, place)
        told = Learnt(version, cases=4, p=0.5, r=0.3, a=1.0, b=0.0, se_b=0.1)
        record_statistics(actor=CALIBRATOR, at=AT, run_id=UUID(int=1), purpose="live", rows=[told])
        assert version in bank.known_parameters([version])
        ruling = uphold(file(hall, place), "key", answers=[FALSE[key]])
        assert ruling.decided_at is not None
        assert bank.known_parameters([version]) == {}
        standing = bank.standing_of(Item.objects.get(pk=learnt(version).version.item_id))
        assert standing.is_of_old_key
        limit = bank.watch(standing.item.occupation_code, AT.date())
        assert bank.reasons_to_watch(standing, limit) == ["key"]
        assert "答案核查" in {line.name for line in bank.verdict_of(standing, AT.date()).failing}
        # Learnt anew, it stands on its own again.
        later = ruling.decided_at + timedelta(minutes=1)
        record_statistics(actor=CALIBRATOR, at=later, run_id=UUID(int=2), purpose="live", rows=[told])
        assert version in bank.known_parameters([version])
        assert not bank.standing_of(standing.item).is_of_old_key

    def test_who_may_not_mark_reads_no_ruled_answer(self) -> None:
        with pytest.raises(NotPermitted):
            scoring.rulings_on(officer("itembank.calibrate", "itembank.view", region="32"), [])


class TestExposure:
    @pytest.mark.parametrize(
        ("uses", "cases", "share", "is_over"),
        [
            (3, 200, 0.3, True),
            (2, 900, 1.0, False),
            (9, 199, 1.0, False),
            (9, 900, 0.25, False),
            (None, 900, 1.0, False),
        ],
    )
    def test_tells_of_wear_only_where_the_item_came_back_before_many(
        self, hall: Hall, uses: int | None, cases: int, share: float, *, is_over: bool
    ) -> None:
        version = version_at(hall, 1)
        told = Learnt(version, cases=cases, exposure=share, uses=uses)
        record_statistics(actor=CALIBRATOR, at=AT, run_id=UUID(int=1), purpose="live", rows=[told])
        standing = bank.standing_of(Item.objects.get(pk=learnt(version).version.item_id))
        limit = bank.watch(standing.item.occupation_code, AT.date())
        assert bank.reasons_to_watch(standing, limit) == (["exposure"] if is_over else [])

    def test_a_run_counts_the_days_on_which_an_item_was_met(self, hall: Hall) -> None:
        calibrate(purpose="live")
        assert learnt(version_at(hall, 1)).uses == 1


class TestHealth:
    def test_says_how_many_are_on_the_scale_and_how_many_a_paper_holds(self, hall: Hall) -> None:
        calibrate(purpose="live")
        assert hall.paper is not None
        seen = selectors.health_of(approver(), hall.paper.blueprint_id, AT.date())
        assert (seen.on_scale, seen.length, seen.curve) == (0, 100, None)
        assert seen.last is not None
        assert seen.last.report["notes"][0] == "few"
