"""After a restore no number is given twice: counters are closed until somebody says how far they were."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils.timezone import localdate

from kaogong.blanks import services as blanks
from kaogong.certificates import numbers, rules, selectors, services
from kaogong.certificates.models import Certificate, Counter, Reckoning
from kaogong.certificates.rules import QUALIFICATION
from kaogong.foundation.audit.models import TrailEntry
from kaogong.foundation.kernel.actors import Actor
from kaogong.foundation.kernel.refusals import NotFound, NotPermitted
from tests.support.blanks import KEEPER
from tests.support.cast import officer, outsider
from tests.support.certificates import ISSUING, Season, make_season
from tests.support.restores import note_restore

BASIS = "南京印务打印清单第3册"


def body_code(season: Season) -> str:
    return str(season.hall.sitting.station.organisation.institution_code)


def director(season: Season) -> Actor:
    region = season.centre.region_code.rstrip("0")
    return officer("certificates.reckon", region=region, organisation=season.centre.pk, name="郑主任")


def reckon(season: Season, last: int, **options: Any) -> services.Reckoned:
    plain = {"regime": "qualification-16", "year": 2026, "level": 5, "basis": BASIS, "at": ISSUING}
    given = {"actor": director(season), "body_code": body_code(season), "last": last}
    return services.reckon_numbers(**plain | given | options)


def count_shelf(season: Season, *, counted: int = 100, lowest: int = 1) -> None:
    blanks.count_stock(
        actor=KEEPER,
        at=ISSUING,
        series_id=season.series.pk,
        organisation_id=season.centre.pk,
        counted=counted,
        lowest=lowest,
        basis="两人清点",
    )


@pytest.fixture
def season() -> Season:
    return make_season(candidates=2)


@pytest.mark.django_db
class TestTheGate:
    def test_is_closed_by_a_restore(self, season: Season) -> None:
        note_restore()
        with pytest.raises(services.GateClosed) as refused:
            season.issue()
        assert [(check.key, str(check.clause)) for check in refused.value.checks] == [
            ("reckoned", "kaogong-certificates-rules/after-restore"),
            ("counted", "kaogong-blanks-rules/after-restore"),
        ]
        assert not Certificate.objects.exists()

    def test_opens_when_both_were_reckoned_and_goes_on_behind(self, season: Season) -> None:
        note_restore()
        reckon(season, 120)
        count_shelf(season, counted=90, lowest=11)
        report = season.issue()
        assert [rules.parse(each.number).running for each in report.issued] == [121, 122]
        assert report.serials == ("A0000011", "A0000012")

    def test_says_the_next_number_when_it_is_open(self, season: Season) -> None:
        note_restore()
        reckon(season, 120)
        count_shelf(season)
        plan = selectors.plan(season.issuer, season.hall.sitting.pk, at=ISSUING)
        assert plan.passes
        assert f"26{body_code(season)}500121" in next(each.text for each in plan.checks if each.key == "reckoned")

    def test_another_restore_closes_it_again(self, season: Season) -> None:
        note_restore()
        reckon(season, 120)
        note_restore()
        plan = selectors.plan(season.issuer, season.hall.sitting.pk, at=ISSUING)
        assert [each.key for each in plan.failed] == ["reckoned", "counted"]

    def test_a_year_that_begins_after_the_restore_is_open(self, season: Season) -> None:
        note_restore()
        year = TrailEntry.objects.get(action="audit.restored").recorded_at.year + 1
        counter = {"body_code": body_code(season), "level": 5}
        assert selectors.counters.closed_by(QUALIFICATION, year=year, **counter) is None
        assert selectors.counters.closed_by(QUALIFICATION, year=year - 1, **counter) is not None

    def test_a_replacement_waits_for_the_count(self, season: Season) -> None:
        certificate = season.issue().issued[0]
        note_restore()
        with pytest.raises(blanks.NotCounted):
            services.replace(
                actor=season.issuer,
                at=ISSUING,
                certificate_id=certificate.pk,
                reason="damaged",
                notice="",
            )


@pytest.mark.django_db
class TestReckonNumbers:
    def test_what_was_skipped_stands_unaccounted(self, season: Season) -> None:
        season.issue()
        note_restore()
        reckon(season, 5)
        (standing,) = selectors.counters_for(director(season))
        number = f"26{body_code(season)}5000"
        assert (standing.last, standing.closed_by) == (5, None)
        assert [(first, last) for first, last, _how in standing.unaccounted] == [(f"{number}03", f"{number}05")]
        for running, is_known in ((2, True), (3, False), (5, False), (6, True)):
            assert (selectors.unaccounted(director(season), f"{number}{running:02d}") is None) is is_known

    def test_a_stranger_gets_the_answer_of_no_such_number(self, season: Season) -> None:
        note_restore()
        reckon(season, 5)
        lost, never = (f"26{body_code(season)}5{running:05d}" for running in (3, 90))
        answers = [selectors.verify(number, "王电工", ISSUING) for number in (lost, never)]
        assert [each.outcome for each in answers] == ["no_match", "no_match"]
        restored = TrailEntry.objects.get(action="audit.restored")
        assert selectors.days_without_record() == [localdate(restored.recorded_at)]

    def test_nothing_more_may_be_out(self, season: Season) -> None:
        season.issue()
        note_restore()
        assert reckon(season, 2).reckoning.count == 0
        assert selectors.days_without_record() == []

    def test_never_goes_back(self, season: Season) -> None:
        season.issue()
        note_restore()
        with pytest.raises(services.NotBack, match="500002"):
            reckon(season, 1)
        assert Counter.objects.get().last == 2
        with pytest.raises(DatabaseError, match="only grow"), transaction.atomic():
            Counter.objects.update(last=1)

    def test_a_higher_number_found_later_moves_it_on(self, season: Season) -> None:
        note_restore()
        reckon(season, 10)
        count_shelf(season)
        season.issue()
        later = reckon(season, 15)
        assert (later.given_since, later.reckoning.first, later.reckoning.last) == (2, 13, 15)
        assert Counter.objects.get().last == 15

    def test_in_ordinary_times_no_number_is_skipped(self, season: Season) -> None:
        with pytest.raises(services.NothingRestored):
            reckon(season, 120)

    def test_asks_on_what_it_rests(self, season: Season) -> None:
        note_restore()
        with pytest.raises(services.BasisTooShort):
            reckon(season, 120, basis="听说")

    def test_stops_at_the_regimes_last_number(self, season: Season) -> None:
        note_restore()
        with pytest.raises(services.NumbersUsedUp):
            reckon(season, 100_000)

    def test_leaves_a_line(self, season: Season) -> None:
        note_restore()
        reckoning = reckon(season, 120).reckoning
        line = TrailEntry.objects.get(action="certificates.numbers_reckoned")
        assert (line.target_id, line.reason, line.facts["last"]) == (str(reckoning.pk), BASIS, 120)

    def test_needs_the_power(self, season: Season) -> None:
        note_restore()
        with pytest.raises(NotPermitted):
            reckon(season, 120, actor=officer("certificates.see", region="32"))

    def test_outsiders_cannot_even_find_it(self, season: Season) -> None:
        note_restore()
        with pytest.raises(NotFound):
            reckon(season, 120, actor=outsider("certificates.reckon"))
        assert selectors.counters_for(outsider("certificates.reckon")) == []

    def test_stands_for_ever(self, season: Season) -> None:
        note_restore()
        reckon(season, 120)
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            Reckoning.objects.update(last=1)


@pytest.mark.concurrency
class TestTogether:
    def test_an_issue_during_a_reckoning_goes_on_behind_it(self, real_database: str) -> None:
        season = make_season(candidates=3)
        note_restore()
        reckon(season, 10)
        count_shelf(season)

        def act(turn: int) -> object:
            try:
                return season.issue().count if turn else reckon(season, 20).given_since
            finally:
                connection.close()

        with ThreadPoolExecutor(2) as pool:
            given_since, issued = pool.map(act, (0, 1))
        running = sorted(rules.parse(each).running for each in Certificate.objects.values_list("number", flat=True))
        assert issued == 3
        assert running == ([11, 12, 13] if given_since == 3 else [21, 22, 23])
        assert Counter.objects.get().last == (20 if given_since == 3 else 23)

    def test_a_reckoning_waits_for_a_numbering_under_way(self, real_database: str) -> None:
        season = make_season(candidates=1)
        note_restore()
        counter = {"year": 2026, "body_code": body_code(season), "level": 5}

        def act() -> services.Reckoned:
            try:
                return reckon(season, 9)
            finally:
                connection.close()

        with ThreadPoolExecutor(1) as pool:
            with transaction.atomic():
                numbers.advance(QUALIFICATION, **counter, count=4)
                waiting = pool.submit(act)
                with pytest.raises(TimeoutError):
                    waiting.result(timeout=0.5)
            reckoned = waiting.result(timeout=20)
        assert (reckoned.reckoning.first, reckoned.reckoning.last) == (5, 9)
