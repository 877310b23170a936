"""§7: a page or record of another province → "not found"; in every module, by id and in every list."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.plugin import DjangoDbBlocker

from kaogong.blanks import selectors as blanks
from kaogong.certificates import selectors as certificates
from kaogong.certificates.models import Certificate
from kaogong.delivery import selectors as delivery
from kaogong.foundation.access import selectors as access
from kaogong.foundation.access.models import Post
from kaogong.foundation.access.roles import ROLES
from kaogong.foundation.audit import selectors as audit
from kaogong.foundation.audit.models import TrailEntry
from kaogong.foundation.identity import selectors as identity
from kaogong.foundation.kernel.actors import Actor
from kaogong.foundation.kernel.refusals import NotFound
from kaogong.foundation.organisations import selectors as organisations
from kaogong.itembank import selectors as itembank
from kaogong.itembank import services as banking
from kaogong.itembank.models import ImportBatch, Item
from kaogong.personnel import selectors as personnel
from kaogong.personnel.models import Card
from kaogong.registration import selectors as registration
from kaogong.registration import services as applying
from kaogong.registration.models import Evidence
from kaogong.scoring import selectors as scoring
from kaogong.scoring import services as marking
from kaogong.scoring.models import Recheck, Result
from kaogong.seating import selectors as seating
from kaogong.seating.models import Seat
from kaogong.sittings import selectors as sittings
from kaogong.stations import selectors as stations
from tests.support import itembank as bank
from tests.support.access import make_account, make_body, make_post
from tests.support.cast import candidate, officer
from tests.support.certificates import ISSUING, Season, make_season
from tests.support.database import copied_database
from tests.support.delivery import Hall
from tests.support.doors import browser
from tests.support.registration import make_drafted, picture
from tests.support.scoring import PUBLISHING, closed_hall, publish
from tests.support.sittings import APPLYING, announced_sitting

EVERY = frozenset().union(*(role.powers for role in ROLES))
INSIDER = officer(*EVERY, region="32", name="本省全权")
OUTSIDER = officer(*EVERY, region="37", name="外省全权")


@dataclass
class World:
    """One of everything in Jiangsu."""

    hall: Hall
    season: Season
    result: Result
    recheck: Recheck
    certificate: Certificate
    evidence: Evidence
    item: Item
    batch: ImportBatch
    post: Post
    card: Card
    line: TrailEntry

    @property
    def registration(self) -> Any:
        return self.hall.registrations[0]

    @property
    def seat(self) -> Seat:
        return Seat.objects.filter(registration=self.registration)[0]


def _build() -> World:
    hall = closed_hall(theory=(80,), skill=("0.5",))
    (result,) = publish(hall)
    recheck = marking.request_recheck(
        actor=hall.candidate(), at=PUBLISHING, result_id=result.pk, part="skill", reason="漏分"
    )
    season = make_season()
    drafted = make_drafted(announced_sitting())
    evidence = applying.hand_in(
        actor=candidate(drafted.person_id), at=APPLYING, registration_id=drafted.pk, kind="other", title="证明",
        content=picture(),
    )  # fmt: skip
    batch = itembank_batch()
    body = make_body(region_code="320100")
    return World(
        hall=hall,
        season=season,
        result=result,
        recheck=recheck,
        certificate=season.issue().issued[0],
        evidence=evidence,
        item=bank.make_item(),
        batch=batch,
        post=make_post(account=make_account(), organisation=body),
        card=Card.objects.filter(person__in=[each.person_id for each in hall.examiners])[0],
        line=TrailEntry.objects.filter(region_code__startswith="32").latest("recorded_at"),
    )


def itembank_batch() -> ImportBatch:
    return banking.stage_import(
        actor=bank.importer(), at=bank.NOW, file_name="题库.csv", content=bank.csv_file("题,判断,,,,,对"),
        column_map=bank.COLUMNS, occupation_code=bank.TRAINER, level=5,
    )  # fmt: skip


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """Built once in a database of this file's own; nothing here writes."""
    with django_db_blocker.unblock(), copied_database():
        yield _build()


@pytest.fixture
def _open(django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    with django_db_blocker.unblock():
        yield


Look = Callable[[World, Actor], object]
RECORDS: dict[str, Look] = {
    "access.account": lambda w, a: access.account(a, w.post.account_id),
    "access.post": lambda w, a: access.post(a, w.post.pk),
    "audit.entry": lambda w, a: audit.entry(actor=a, entry_id=w.line.pk),
    "blanks.where_is": lambda w, a: blanks.where_is(w.season.series.pk, 1, actor=a),
    "certificates.certificate_for": lambda w, a: certificates.certificate_for(a, w.certificate.pk),
    "certificates.pdf": lambda w, a: certificates.pdf(a, w.certificate.pk, site="https://x.example"),
    "certificates.plan": lambda w, a: certificates.plan(a, w.season.hall.sitting.pk, at=ISSUING),
    "delivery.part_for": lambda w, a: delivery.part_for(a, w.hall.theory.pk),
    "delivery.attempt_for": lambda w, a: delivery.attempt_for(a, w.hall.attempt().pk),
    "delivery.attempt_by_ticket": lambda w, a: delivery.attempt_by_ticket(a, w.hall.theory.pk, w.hall.ticket()),
    "delivery.room_of": lambda w, a: delivery.room_of(a, w.hall.theory.pk, w.hall.room.pk),
    "delivery.room_picture": lambda w, a: delivery.room_picture(a, w.hall.theory.pk, w.hall.room.pk, at=PUBLISHING),
    "delivery.room_code": lambda w, a: delivery.room_code(a, w.hall.theory.pk, w.hall.room.pk, at=PUBLISHING),
    "delivery.copies_of": lambda w, a: delivery.copies_of(w.hall.theory.pk, a),
    "delivery.incidents_of": lambda w, a: delivery.incidents_of(w.hall.theory.pk, a),
    "identity.get_person": lambda w, a: identity.get_person(a, w.registration.person_id),
    "identity.name_corrections": lambda w, a: identity.name_corrections(a, w.registration.person_id),
    "itembank.item": lambda w, a: itembank.item(a, w.item.pk),
    "itembank.paper": lambda w, a: itembank.paper(a, w.hall.paper.pk),
    "itembank.import_batch": lambda w, a: itembank.import_batch(a, w.batch.pk),
    "itembank.questions_for_delivery": lambda w, a: itembank.questions_for_delivery(w.hall.paper.pk, a),
    "itembank.answer_key": lambda w, a: itembank.answer_key(w.hall.paper.pk, a),
    "organisations.organisation_of": lambda w, a: organisations.organisation_of(a, w.season.centre.pk),
    "personnel.card_for": lambda w, a: personnel.card_for(a, w.card.pk),
    "registration.get_registration": lambda w, a: registration.get_registration(a, w.registration.pk),
    "registration.evidence_of": lambda w, a: registration.evidence_of(a, w.evidence.registration_id),
    "registration.photo_of": lambda w, a: registration.photo_of(a, w.registration.pk) or "",
    "registration.admitted_of": lambda w, a: registration.admitted_of(w.hall.sitting.pk, a),
    "scoring.result": lambda w, a: scoring.result(a, w.result.pk),
    "scoring.recheck": lambda w, a: scoring.recheck(a, w.recheck.pk),
    "scoring.marks_of_sitting": lambda w, a: scoring.marks_of_sitting(w.hall.sitting.pk, a),
    "scoring.overview": lambda w, a: scoring.overview(w.hall.sitting.pk, a),
    "seating.seats_of_sitting": lambda w, a: seating.seats_of_sitting(a, w.hall.sitting.pk),
    "seating.seat_for": lambda w, a: seating.seat_for(a, w.seat.pk),
    "seating.tickets_of": lambda w, a: seating.tickets_of(a, w.hall.sitting.pk),
    "seating.panels_of": lambda w, a: seating.panels_of(a, w.hall.sitting.pk),
    "seating.ticket_form": lambda w, a: seating.ticket_form(a, w.registration.pk),
    "sittings.round_for": lambda w, a: sittings.round_for(a, w.hall.sitting.round_id),
    "sittings.sitting": lambda w, a: sittings.sitting(a, w.hall.sitting.pk),
    "stations.station_for": lambda w, a: stations.station_for(a, w.hall.sitting.station_id),
}
"""What is looked up by its id."""

LISTS: dict[str, Look] = {
    "access.accounts_for": lambda w, a: access.accounts_for(a),
    "access.posts_for": lambda w, a: access.posts_for(a),
    "audit.entries": lambda w, a: audit.entries(actor=a).filter(region_code__startswith="32"),
    "blanks.stock": lambda w, a: blanks.stock(a),
    "certificates.certificates_for": lambda w, a: certificates.certificates_for(a),
    "delivery.parts_for": lambda w, a: delivery.parts_for(a),
    "delivery.attempts_for": lambda w, a: delivery.attempts_for(a),
    "delivery.attempts_of": lambda w, a: delivery.attempts_of(w.hall.theory.pk, a),
    "identity.persons_for": lambda w, a: identity.persons_for(a),
    "identity.search": lambda w, a: identity.search(a, w.registration.legal_name),
    "itembank.items_for": lambda w, a: itembank.items_for(a).exclude(region_code=""),
    "itembank.papers_for": lambda w, a: itembank.papers_for(a).exclude(region_code=""),
    "itembank.batches_for": lambda w, a: itembank.batches_for(a),
    "personnel.cards_for": lambda w, a: personnel.cards_for(a),
    "registration.registrations_for": lambda w, a: registration.registrations_for(a),
    "registration.of_sitting": lambda w, a: registration.of_sitting(w.hall.sitting.pk, a),
    "scoring.results_for": lambda w, a: scoring.results_for(a),
    "scoring.rechecks_for": lambda w, a: scoring.rechecks_for(a),
    "scoring.sittings_to_score": lambda w, a: scoring.sittings_to_score(a),
    "sittings.rounds_for": lambda w, a: sittings.rounds_for(a),
    "sittings.sittings_for": lambda w, a: sittings.sittings_for(a),
    "sittings.today": lambda w, a: sittings.today(a, w.hall.sitting.held_on),
    "stations.stations_for": lambda w, a: stations.stations_for(a),
}
"""What is found by looking around."""


@pytest.mark.usefixtures("_open")
class TestRecordsOfAnotherProvince:
    """A record of another province, by its id."""

    @pytest.mark.parametrize("name", RECORDS)
    def test_is_not_found(self, world: World, name: str) -> None:
        with pytest.raises(NotFound):
            RECORDS[name](world, OUTSIDER)

    @pytest.mark.parametrize("name", RECORDS)
    def test_is_there_for_the_own_province(self, world: World, name: str) -> None:
        assert RECORDS[name](world, INSIDER) is not None


@pytest.mark.usefixtures("_open")
class TestListsOfAnotherProvince:
    """Lists show nothing of another province."""

    @pytest.mark.parametrize("name", LISTS)
    def test_are_empty(self, world: World, name: str) -> None:
        assert list(LISTS[name](world, OUTSIDER)) == []  # type: ignore[call-overload]  # all give rows

    @pytest.mark.parametrize("name", LISTS)
    def test_show_the_own_province(self, world: World, name: str) -> None:
        assert list(LISTS[name](world, INSIDER)) != []  # type: ignore[call-overload]  # all give rows


PAGES: dict[str, Callable[[World], list[object]]] = {
    "office:account": lambda w: [w.post.account_id],
    "office:card": lambda w: [w.card.pk],
    "office:certificate": lambda w: [w.certificate.pk],
    "office:import": lambda w: [w.batch.pk],
    "office:issue": lambda w: [w.season.hall.sitting.pk],
    "office:item": lambda w: [w.item.pk],
    "office:organisation": lambda w: [w.season.centre.pk],
    "office:paper": lambda w: [w.hall.paper.pk],
    "office:person": lambda w: [w.registration.person_id],
    "office:recheck": lambda w: [w.recheck.pk],
    "office:registration": lambda w: [w.registration.pk],
    "office:result": lambda w: [w.result.pk],
    "office:round": lambda w: [w.hall.sitting.round_id],
    "office:scoring-sitting": lambda w: [w.hall.sitting.pk],
    "office:seating-plan": lambda w: [w.hall.sitting.pk],
    "office:sitting": lambda w: [w.hall.sitting.pk],
    "office:station": lambda w: [w.hall.sitting.station_id],
    "office:trail-detail": lambda w: [w.line.pk],
    "examroom:attempt": lambda w: [w.hall.attempt().pk],
    "examroom:part": lambda w: [w.hall.theory.pk],
    "station:seating-rooms": lambda w: [w.hall.sitting.pk],
    "candidate:registration": lambda w: [w.registration.pk],
    "candidate:result": lambda w: [w.result.pk],
    "candidate:ticket": lambda w: [w.registration.pk],
}


@pytest.mark.usefixtures("_open")
class TestPagesOfAnotherProvince:
    """A page of another province answers as one that does not exist."""

    @pytest.mark.parametrize("name", PAGES)
    def test_is_not_found(self, world: World, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
        reader: Client = browser(monkeypatch, OUTSIDER)
        answer = reader.get(reverse(name, args=PAGES[name](world)))
        assert answer.status_code == 404
        assert world.registration.legal_name not in answer.text

    @pytest.mark.parametrize("name", [name for name in PAGES if not name.startswith("candidate:")])
    def test_is_there_for_the_own_province(self, world: World, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
        assert browser(monkeypatch, INSIDER).get(reverse(name, args=PAGES[name](world))).status_code == 200
