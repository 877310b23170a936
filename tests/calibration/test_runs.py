"""Runs of calibration on answers given through the real services: what is taken, what is left out, who may, and what
is found again of parameters that the answers were drawn from."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import timedelta
from uuid import UUID

import numpy as np
import pytest
from django.db import IntegrityError, connection, transaction
from procrastinate.contrib.django.models import ProcrastinateJob
from typer.testing import CliRunner

from kaogong.calibration import selectors, services, tasks
from kaogong.calibration.models import Run
from kaogong.cli.bank import app
from kaogong.delivery import services as delivery
from kaogong.delivery.models import Answer, Attempt
from kaogong.foundation.audit import selectors as audit
from kaogong.foundation.kernel.actors import Actor, service
from kaogong.foundation.kernel.refusals import NotFound, NotPermitted
from kaogong.itembank import selectors as bank
from kaogong.itembank.models import Item, ItemStatistic, PaperItem
from kaogong.itembank.policies import Home
from kaogong.scoring import services as scoring
from tests.support.cast import officer, outsider
from tests.support.delivery import BELL, START, Hall, begin, check_in, make_hall, open_doors, save
from tests.support.identity import make_person
from tests.support.itembank import ELECTRICIAN, LEVEL, make_cleared_item, marker
from tests.support.registration import make_admitted, next_name
from tests.support.regulations import make_provision
from tests.support.scoring import MARKING, PUBLISHING, scorer
from tests.support.sittings import DAY, announced_sitting

pytestmark = pytest.mark.django_db

AT = PUBLISHING + timedelta(days=1)
CALIBRATOR = service("测试定标", "itembank.calibrate")
READER = service("测试审计", "audit.read")
FALSE = {"A": "B", "B": "C", "C": "D", "D": "A", "T": "F", "F": "T"}
Chance = Callable[[UUID, float, str], float]


def approver(region: str = "32") -> Actor:
    """Reviews the statistics of a provincial sub-bank."""
    return officer("itembank.approve", "itembank.calibrate", "itembank.view", region=region, name="终审陈主任")


def calibrate(actor: Actor = CALIBRATOR, **options: object) -> services.Outcome:
    """A trial run over the day of the tests."""
    asked = {"purpose": "trial", "since": DAY, "until": DAY, "at": AT} | options
    return services.run(actor=actor, occupation_code=ELECTRICIAN, level=LEVEL, **asked)  # type: ignore[arg-type]


def sat(count: int, chance: Chance, rng: np.random.Generator, *, publish: bool = True, absent: int = 0) -> Hall:
    """A theory held and published: every other candidate is a woman, each answers right with `chance`(version, θ, sex).

    The last `absent` never come.
    """
    sitting = announced_sitting()
    persons = [make_person(name=next_name(), sex="12"[number % 2]) for number in range(count + absent)]
    registrations = [make_admitted(sitting, person=each) for each in persons]
    hall = open_doors(make_hall(sitting=sitting, registrations=registrations, parts=("theory",)))
    assert hall.paper is not None
    versions = dict(PaperItem.objects.filter(paper=hall.paper).values_list("position", "version"))
    keys = bank.answer_key(hall.paper.pk, marker(region="")).answers
    for index in range(count):
        theta = float(rng.normal(0.5, 1.0))
        given = {
            position: key.answer
            if rng.random() < chance(versions[position], theta, persons[index].sex)
            else FALSE[key.answer]
            for position, key in keys.items()
        }
        check_in(hall, index)
        begin(hall, index)
        save(hall, given, index)
        delivery.submit(actor=hall.candidate(index), at=START, attempt_id=hall.attempt(index).pk)
    delivery.close_part(actor=hall.invigilator, at=BELL, part_id=hall.theory.pk)
    if publish:
        scoring.mark_part(actor=scorer(), at=MARKING, part_id=hall.theory.pk)
        scoring.draft_results(actor=scorer(), at=PUBLISHING, sitting_id=hall.sitting.pk)
        scoring.finalise(actor=scorer(), at=PUBLISHING, sitting_id=hall.sitting.pk)
    return hall


def figures(*, one: int, cases: int, group: int = 1000) -> None:
    """Provisions fit for a small test: a season has more people."""
    trial = {"required": True, "per_paper": {"single": 6}, "cases": cases}
    make_provision("itembank.trial", trial, occupation=ELECTRICIAN)
    value = {"one": one, "two": 5000, "smaller_group": group, "both_groups": group}
    make_provision("itembank.calibration", value, occupation=ELECTRICIAN)


def newest(items: list[Item]) -> Mapping[UUID, ItemStatistic]:
    """The statistics of the items' newest versions, by item."""
    found = bank.newest_statistics([bank.current_version(each).pk for each in items])
    return {each.version.item_id: each for each in found.values()}


class TestRecovery:
    def test_what_answers_were_drawn_from_is_found_again(self) -> None:
        """Six items on trial among a paper's hundred, 75 persons: easy to hard, one wrong key, one unfair to women."""
        figures(one=60, cases=60, group=30)
        tried = [make_cleared_item() for _each in range(6)]
        known = {bank.current_version(each).pk: place for place, each in enumerate(tried)}
        truth = [-1.2, -0.4, 0.4, 1.2]
        rng = np.random.default_rng(11)
        spread: dict[UUID, float] = {}

        def chance(version: UUID, theta: float, sex: str) -> float:
            place = known.get(version)
            if place is None:
                return float(1 / (1 + np.exp(-(theta - spread.setdefault(version, float(rng.normal()))))))
            if place == 4:
                return float(1 / (1 + np.exp(1.5 * theta)))
            if place == 5:
                return 0.85 if sex == "1" else 0.2
            return float(1 / (1 + np.exp(-(theta - truth[place]))))

        for _hall in range(3):
            sat(25, chance, rng)
        outcome = calibrate()
        assert outcome.run is not None
        assert (outcome.run.cases, outcome.run.sittings, outcome.run.model) == (75, 3, "1pl")
        assert outcome.findings.report["founds_scale"] is True
        assert outcome.ended == 6
        found = newest(tried)
        # The run founds the scale: mean 0 and SD 1 of these persons; truth was drawn with mean 0.5, and so near SD 1.
        for place, b in enumerate(truth):
            each = found[tried[place].pk]
            assert each.cases == 75
            assert each.b == pytest.approx(b - 0.5, abs=0.9)
        hardness = [found[tried[place].pk].b or 0.0 for place in range(4)]
        assert hardness == sorted(hardness)
        wrong_key, unfair = found[tried[4].pk], found[tried[5].pk]
        assert wrong_key.r is not None
        assert wrong_key.r < 0
        assert {"poor", "key"} <= set(wrong_key.flags)
        assert [(row["by"], row["class"]) for row in unfair.dif if row["class"] == "C"] == [("sex", "C")]
        assert not [
            row
            for place in range(4)
            for row in found[tried[place].pk].dif
            if row["by"] == "sex" and row["class"] == "C"
        ]
        on = PUBLISHING.date()
        barred = {
            place: {line.name for line in bank.verdict_of(bank.standing_of(each), on).failing}
            for place, each in enumerate(Item.objects.filter(pk__in=[t.pk for t in tried]).order_by("created_at", "pk"))
        }
        assert "答案核查" in barred[4]
        assert "公平性（DIF）" in barred[5]

        # A second run has a scale: the items in use hold it, and trial items are told of alone.
        again = calibrate(at=AT + timedelta(hours=1))
        assert again.findings.report["founds_scale"] is False
        assert again.run is not None
        assert again.run.digest == outcome.run.digest
        assert {UUID(each.name) for each in again.findings.items} == set(known)
        assert again.findings.report["fixed"] >= 50
        for item in tried[:4]:
            assert newest([item])[item.pk].b == pytest.approx(found[item.pk].b, abs=0.3)


class TestWhatIsTaken:
    @pytest.fixture
    def rng(self) -> np.random.Generator:
        return np.random.default_rng(3)

    def test_neither_the_absent_nor_the_unpublished_nor_other_days(self, rng: np.random.Generator) -> None:
        figures(one=1000, cases=1000)
        tried = make_cleared_item()
        sat(4, lambda *_each: 0.7, rng, absent=1)
        sat(2, lambda *_each: 0.7, rng, publish=False)
        outcome = calibrate()
        assert outcome.run is not None
        assert outcome.run.cases == 4
        assert outcome.run.report["left_out"] == {"absent": 1, "unpublished": 2}
        statistic = newest([tried])[tried.pk]
        assert (statistic.cases, statistic.b, statistic.exposure) == (4, None, 1.0)
        tried.refresh_from_db()
        assert tried.state == "trial"
        with pytest.raises(services.NothingToCalibrate) as told:
            calibrate(since=DAY + timedelta(days=1), until=DAY + timedelta(days=9))
        assert str(told.value.clause) == "kaogong-itembank-rules/calibration"

    def test_answers_changed_behind_the_receipt_are_left_out(self, rng: np.random.Generator) -> None:
        figures(one=1000, cases=1000)
        make_cleared_item()
        hall = sat(3, lambda *_each: 0.7, rng)
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("ALTER TABLE delivery_answer DISABLE TRIGGER USER")
        first = Answer.objects.filter(attempt=hall.attempt(0)).order_by("position")[0]
        Answer.objects.filter(pk=first.pk).update(answer=FALSE[first.answer])
        outcome = calibrate()
        assert outcome.run is not None
        assert (outcome.run.cases, outcome.run.report["left_out"]) == (2, {"altered": 1})

    def test_whoever_sat_in_another_language_is_counted_apart(self, rng: np.random.Generator) -> None:
        figures(one=1000, cases=1000)
        tried = make_cleared_item()
        hall = sat(4, lambda *_each: 0.7, rng)
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("ALTER TABLE delivery_attempt DISABLE TRIGGER USER")
        Attempt.objects.filter(pk=hall.attempt(0).pk).update(language="ug")
        outcome = calibrate()
        assert outcome.run is not None
        assert outcome.run.report["left_out"] == {"other_language": 1}
        statistic = newest([tried])[tried.pk]
        assert (statistic.cases, statistic.exposure, statistic.language) == (3, 1.0, "zh-hans")
        Attempt.objects.filter(pk__in=[hall.attempt(place).pk for place in range(4)]).update(language="ug")
        with pytest.raises(services.NothingToCalibrate):
            calibrate()

    def test_another_territorys_sittings_are_not(self, rng: np.random.Generator) -> None:
        figures(one=1000, cases=1000)
        make_cleared_item()
        sat(2, lambda *_each: 0.7, rng)
        with pytest.raises(services.NothingToCalibrate):
            calibrate(approver("51"))
        with pytest.raises(services.NothingToCalibrate):  # an officer cannot choose another home
            calibrate(approver("51"), home=Home("32", None))
        assert calibrate(approver("32")).run is not None


class TestWhoMay:
    def test_the_power_is_asked_for_and_the_outsider_finds_no_run(self) -> None:
        for stranger in (outsider("itembank.view"), officer("itembank.approve", "itembank.view", region="32")):
            with pytest.raises(NotPermitted):
                calibrate(stranger)
        made = Run.objects.create(
            occupation_code=ELECTRICIAN,
            level=LEVEL,
            purpose="trial",
            since=DAY,
            until=DAY,
            sittings=1,
            cases=1,
            items=1,
            digest="0" * 64,
            region_code="32",
            run_at=AT,
            run_by="终审陈主任",
        )
        assert selectors.run(approver("32"), made.pk) == made
        for stranger in (outsider("itembank.view"), approver("51"), officer("scoring.see", region="32")):
            with pytest.raises(NotFound):
                selectors.run(stranger, made.pk)
        with pytest.raises(IntegrityError, match="a run is fixed"), transaction.atomic():
            Run.objects.update(cases=2)

    def test_a_run_is_ordered_with_a_sound_window_and_made_by_the_job(self) -> None:
        with pytest.raises(services.WrongWindow):
            services.order_run(
                actor=approver(),
                at=AT,
                occupation_code=ELECTRICIAN,
                level=LEVEL,
                purpose="trial",
                since=DAY,
                until=DAY - timedelta(days=1),
            )
        figures(one=1000, cases=1000)
        make_cleared_item()
        sat(2, lambda *_each: 0.7, np.random.default_rng(5))
        services.order_run(
            actor=approver(), at=AT, occupation_code=ELECTRICIAN, level=LEVEL, purpose="trial", since=DAY, until=DAY
        )
        job = ProcrastinateJob.objects.get(task_name="calibration.run")
        made = selectors.run(approver(), UUID(tasks.run(**job.args)))
        assert (made.cases, made.run_by, made.region_code) == (2, "终审陈主任", "32")
        told = [each.action for each in audit.entries(actor=READER, target_id=str(made.pk))]
        assert told == ["calibration.run"]

    def test_a_look_writes_nothing_but_the_line_that_answers_were_read(self) -> None:
        figures(one=1000, cases=1000)
        make_cleared_item()
        sat(2, lambda *_each: 0.7, np.random.default_rng(5))
        outcome = calibrate(keep=False)
        assert outcome.run is None
        assert len(outcome.findings.items) == 1
        assert not Run.objects.exists()
        assert not ItemStatistic.objects.exists()


class TestShell:
    def test_tells_machines_all_that_was_found(self) -> None:
        figures(one=1000, cases=1000)
        tried = make_cleared_item()
        sat(2, lambda *_each: 0.7, np.random.default_rng(5))
        window = ["--since", DAY.isoformat(), "--until", DAY.isoformat()]
        shell = CliRunner()
        seen = shell.invoke(app, ["calibrate", ELECTRICIAN, "5", *window, "--dry-run", "--json"])
        assert seen.exit_code == 0, seen.output
        told = json.loads(seen.stdout)
        assert (told["run"], told["cases"], told["report"]["notes"][0]) == (None, 2, "few")
        assert [each["number"] for each in told["items"]] == [tried.number]
        assert not Run.objects.exists()
        kept = shell.invoke(app, ["calibrate", ELECTRICIAN, "5", *window])
        assert kept.exit_code == 0, kept.output
        assert str(Run.objects.get().pk) in kept.stdout
        refused = shell.invoke(app, ["calibrate", ELECTRICIAN, "4", *window])
        assert refused.exit_code == 1
