"""A station hands in papers for one application, and one for everybody on a list."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localdate, now

from kaogong.registration.models import Evidence
from kaogong.sittings.models import Sitting
from tests.registration.test_rosters import as_csv, line
from tests.support.cast import officer, outsider
from tests.support.doors import browser
from tests.support.registration import PDF, make_submitted
from tests.support.sittings import announced_sitting
from tests.web.station.test_roster_pages import upload

pytestmark = pytest.mark.django_db
POWERS = ("registration.enter", "registration.see", "persons.enter", "persons.see")


@pytest.fixture
def sitting() -> Sitting:
    at = now()
    return announced_sitting(
        days=(localdate() + timedelta(days=45),),
        opens=at - timedelta(days=1),
        closes=at + timedelta(days=10),
        at=at - timedelta(days=2),
    )


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch, sitting: Sitting) -> Client:
    """The clerk of the station alone: no territory."""
    return browser(monkeypatch, officer(*POWERS, region="99", organisation=sitting.station.organisation_id))


def at(name: str, *args: object) -> str:
    return reverse(f"station:{name}", args=args)


def paper() -> SimpleUploadedFile:
    return SimpleUploadedFile("证明.pdf", PDF)


def test_one_paper_for_one_application(desk: Client, sitting: Sitting) -> None:
    waiting = make_submitted(sitting, at=now(), proven=False)
    page = at("registration-papers", waiting.pk)
    assert page in desk.get(at("registrations")).text
    assert "还没有材料" in desk.get(page).text
    assert desk.post(page, {"kind": "apprenticeship", "content": paper()}).status_code == 302
    kept = Evidence.objects.get(registration=waiting)
    assert (kept.kind, kept.proof, kept.title) == ("apprenticeship", "apprenticeship", "学徒期满证明")
    assert "还没有材料" not in desk.get(page).text


def test_one_paper_for_everybody_on_a_list(desk: Client, sitting: Sitting) -> None:
    roster = upload(desk, sitting, as_csv(line(70)))
    page = at("roster-papers", roster.pk)
    given = {"kind": "schooling/enrolment", "title": "盖章名册", "content": paper()}
    assert desk.post(page, given).status_code == 302
    assert "盖章名册" in desk.get(page).text
    wrong = SimpleUploadedFile("a.exe", b"MZ....")
    assert desk.post(page, {**given, "content": wrong}).status_code == 422


def test_another_province_finds_nothing(monkeypatch: pytest.MonkeyPatch, desk: Client, sitting: Sitting) -> None:
    waiting = make_submitted(sitting, at=now(), proven=False)
    roster = upload(desk, sitting, as_csv(line(71)))
    stranger = browser(monkeypatch, outsider(*POWERS))
    assert stranger.get(at("registration-papers", waiting.pk)).status_code == 404
    assert stranger.get(at("roster-papers", roster.pk)).status_code == 404
