"""Refusals of people without a post are seen where their record lies, and nowhere else."""

from __future__ import annotations

import inspect
from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kaogong.certificates import services as certificates
from kaogong.foundation.audit import selectors, whereabouts
from kaogong.foundation.audit.models import TrailEntry
from kaogong.foundation.kernel.ids import uuid7
from kaogong.foundation.kernel.refusals import NotFound, Refusal
from kaogong.registration import services as registration
from tests.architecture.test_services import _dotted, _service_files
from tests.support.cast import candidate, officer
from tests.support.identity import make_person
from tests.support.sittings import DAY, announced_sitting, clock, days_after

OF_THE_COUNTRY = {
    "Batch", "Blueprint", "Event", "Key", "Point", "Provision", "Run", "Series", "Standard", "Task",
}  # fmt: skip
"""What the whole country shares, and jobs that carry an id of their own: a refusal lies nowhere in particular."""


@pytest.mark.django_db
class TestWhoSeesIt:
    @pytest.fixture
    def line(self) -> TrailEntry:
        """A candidate of Nanjing is refused: applications for the sitting closed long ago."""
        sitting, person = announced_sitting(), make_person()
        late = clock(days_after(sitting.held_on, 100), 9)
        with pytest.raises(Refusal):
            registration.start(actor=candidate(person.pk), at=late, sitting_id=sitting.pk, person_id=person.pk)
        line = TrailEntry.objects.get(is_refused=True, target_id=str(sitting.pk))
        assert line.region_code == sitting.region_code
        return line

    @pytest.mark.parametrize(
        ("region", "is_seen"), [("", True), ("32", True), ("3201", True), ("3202", False), ("37", False)]
    )
    def test_auditors_of_the_place(self, line: TrailEntry, region: str, is_seen: bool) -> None:
        auditor = officer("audit.read", region=region)
        assert selectors.entries(actor=auditor).filter(pk=line.pk).exists() is is_seen

    def test_nobody_else(self, line: TrailEntry) -> None:
        assert not selectors.entries(actor=officer("registration.see", region="3201")).exists()


@pytest.mark.django_db
class TestRegionOf:
    def test_costs_one_look(self) -> None:
        person = make_person()
        with CaptureQueriesContext(connection) as queries:
            assert whereabouts.region_of({"person_id": person.pk}) == person.region_code
        assert len(queries) == 1

    def test_goes_on_to_the_next_record(self) -> None:
        person = make_person()
        arguments = {"refusal": "x.Y", "series_id": uuid7(), "certificate_id": uuid7(), "person_id": str(person.pk)}
        assert whereabouts.region_of(arguments) == person.region_code

    def test_a_record_that_never_was_lies_nowhere(self) -> None:
        assert whereabouts.region_of({"person_id": uuid7(), "sitting_id": "no id"}) == ""

    def test_a_refusal_about_nothing_known_still_leaves_its_line(self) -> None:
        nowhere = uuid7()
        with pytest.raises(NotFound):
            certificates.revoke(
                actor=officer("certificates.revoke"),
                at=clock(DAY, 9),
                certificate_id=nowhere,
                basis="测试依据六字",
            )
        assert TrailEntry.objects.get(target_id=str(nowhere)).region_code == ""


class TestTheTable:
    @pytest.mark.parametrize("word", sorted(whereabouts.known()))
    def test_each_way_leads_to_a_region(self, word: str) -> None:
        label, path = whereabouts.known()[word]
        model = apps.get_model(label)
        *steps, last = path.split("__")
        for step in steps:
            model = model._meta.get_field(step).related_model  # type: ignore[assignment]  # a foreign key has one
        assert last == "region_code"
        assert model._meta.get_field(last)

    def test_every_deed_about_one_record_is_in_it(self) -> None:
        words = {
            whereabouts.word_of(names[0])
            for file in _service_files()
            for _name, function in inspect.getmembers(import_module(_dotted(file)), inspect.isfunction)
            if getattr(function, "is_command", False)
            and (names := [each for each in inspect.signature(function).parameters if each.endswith("_id")])
        }
        assert words - whereabouts.known().keys() - OF_THE_COUNTRY == set()
