"""A season whose every free text is an attacker's: what all pages, papers and files of all desks make of it.

One season is played and planted for the whole file; each test looks at the answers of one walk through the site.
"""

from __future__ import annotations

import csv
import io
import logging
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

import pytest
from django.conf import settings
from django.test import Client
from django.urls import resolve, reverse
from pytest_django.plugin import DjangoDbBlocker
from rich.console import Console

from kaogong.foundation.access.models import Account
from kaogong.foundation.kernel.actors import Actor, Reach
from kaogong.foundation.kernel.ids import uuid7
from kaogong.itembank import selectors as itembank
from kaogong.itembank.models import Paper
from kaogong.registration import services as applying
from kaogong.scoring.models import Result
from kaogong.web.ui.exports import FORMULA
from tests.attacks.planting import EVIL, TYPED, Form, Visit, addresses, clear_texts, plant, walk
from tests.attacks.test_hostile_addresses import everything
from tests.support.cast import candidate, officer
from tests.support.database import copied_database
from tests.support.doors import browser
from tests.support.identity import make_person
from tests.support.registration import make_drafted, picture
from tests.support.sittings import APPLYING, announced_sitting
from tests.web import matrix

# A phone of the mainland, or a resident number with its date of birth, not inside a longer figure.
NUMBERS = "(^|[^0-9A-Za-z.])(1[3-9][0-9]{9}|[1-9][0-9]{5}(19|20)[0-9]{9}[0-9Xx])([^0-9A-Za-z]|$)"
LOGGED = NUMBERS.replace("(^|", "(?:^|") + "|Kaogong-2026-demo"
MUST_BE_PLANTED = {
    "identity.Person": "name", "organisations.Organisation": "name", "registration.Registration": "employer",
    "audit.TrailEntry": "reason", "sittings.Round": "notice", "stations.Station": "head",
    "access.Account": "display_name", "certificates.StatusChange": "basis", "registration.Evidence": "title",
    "delivery.Incident": "text",
}  # fmt: skip


@dataclass
class Played:
    """What the season left before it was planted: clear numbers by column, item texts by column, and its log."""

    numbers: dict[str, list[str]] = field(default_factory=dict)
    stems: dict[str, list[str]] = field(default_factory=dict)
    log: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def played() -> Played:
    return Played()


@contextmanager
def noted(lines: list[str]) -> Iterator[None]:
    """Every line of the log at its most talkative, but the SQL itself."""
    handler = logging.Handler(logging.DEBUG)
    handler.emit = lambda record: lines.append(record.getMessage())  # type: ignore[method-assign]  # all it shall do
    root, sql = logging.getLogger(), logging.getLogger("django.db.backends")
    before = root.level, sql.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    sql.setLevel(logging.INFO)
    try:
        yield
    finally:
        root.removeHandler(handler)
        root.setLevel(before[0])
        sql.setLevel(before[1])


def some_stems() -> list[str]:
    """The words of a few questions, as they stand in the first papers."""
    papers = Paper.objects.order_by("pk").values_list("pk", flat=True)[:2]
    reader = officer("delivery.deliver", region="")
    return [each.stem for paper in papers for each in itembank.questions_for_delivery(paper, reader)[:15]]


@pytest.fixture(scope="module")
def planted(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, played: Played
) -> Iterator[dict[str, list[str]]]:
    """The season, played and planted; what was planted."""
    with django_db_blocker.unblock(), copied_database():
        from kaogong.cli.demo import playing

        with noted(played.log):
            playing.play(size=24, seed=3, console=Console(quiet=True))
        played.numbers = clear_texts(NUMBERS)
        played.stems = clear_texts("|".join(re.escape(stem[:30]).replace('"', r"\"") for stem in some_stems()))
        own = make_drafted(announced_sitting())
        applying.hand_in(
            actor=candidate(own.person_id), at=APPLYING, registration_id=own.pk, kind="other", title="证明",
            content=picture(), content_type="image/jpeg",
        )  # fmt: skip
        yield plant()


def claimant() -> Actor:
    """A candidate with an account, whose pages show everything of hers; officers who keep keys are persons too."""
    sat = Result.objects.filter(state="final").values("registration__person")
    account = Account.objects.filter(person__in=sat, last_login__isnull=True).order_by("created_at").first()
    assert account is not None
    assert account.person_id is not None
    return replace(candidate(account.person_id), account_id=account.pk)


@pytest.fixture(scope="module")
def visits(planted: dict[str, list[str]], django_db_blocker: DjangoDbBlocker) -> list[Visit]:
    """The walk: somebody who may enter everywhere, then a candidate."""
    seen: list[Visit] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(settings, "ALLOWED_HOSTS", ["testserver"])
        for actor in (everything(), claimant()):
            client = browser(patch, actor)
            client.raise_request_exception = False
            starts = addresses() if actor.kind == "officer" else ["/my/", "/my/profile/", "/my/certificates/"]
            seen += walk(client, starts, each=2)
    return seen


def test_the_texts_that_people_write_are_planted(planted: dict[str, list[str]]) -> None:
    assert {table for table, column in MUST_BE_PLANTED.items() if column not in planted[table]} == set()


class TestSecrets:
    """What an honest season leaves behind in the clear, in every table and in the log."""

    def test_no_document_number_and_no_phone_stands_in_any_column(
        self, planted: dict[str, list[str]], played: Played
    ) -> None:
        """The trail, the outbox, the jobs, sessions and the libraries' tables among them."""
        assert played.numbers == {}

    def test_no_question_stands_in_any_column(self, planted: dict[str, list[str]], played: Played) -> None:
        assert played.stems == {}

    def test_nor_in_the_log(self, planted: dict[str, list[str]], played: Played) -> None:
        assert [line for line in played.log if re.search(LOGGED, line)] == []


def test_most_pages_are_really_shown(visits: list[Visit]) -> None:
    shown = {visit.name for visit in visits if visit.response.status_code == 200}
    assert len(shown) > 100, sorted({row.name for row in matrix.rows()} - shown)


HEALTH = "/health/"
"""Says 503 in earnest here: no worker seals the trail of a test."""


def test_no_page_falls_over_a_text(visits: list[Visit]) -> None:
    assert [visit.path for visit in visits if visit.response.status_code >= 500 and visit.path != HEALTH] == []


def test_no_text_becomes_an_element_an_attribute_or_a_script(visits: list[Visit]) -> None:
    assert {visit.path: found for visit in visits if (found := visit.seen().breaches)} == {}
    assert any(visit.kind == "text/html" and "&lt;kgx" in visit.body.decode() for visit in visits), "it is shown"


def test_no_text_runs_in_a_paper(visits: list[Visit]) -> None:
    """Typst would have stopped at `#panic()`; a paper that is drawn took it as text."""
    papers = {visit.name: visit.body for visit in visits if visit.kind == "application/pdf"}
    assert {"candidate:ticket-pdf", "office:certificate-pdf", "candidate:result-notice"} <= papers.keys()
    assert all(body.startswith(b"%PDF-") for body in papers.values())


def test_no_cell_of_a_file_computes(visits: list[Visit]) -> None:
    files = [visit for visit in visits if visit.kind == "text/csv" or "spreadsheetml" in visit.kind]
    assert len({visit.name for visit in files}) > 12
    for visit in files:
        if visit.kind == "text/csv":
            rows = csv.reader(io.StringIO(visit.body.decode("utf-8-sig")))
            assert [cell for row in rows for cell in row if cell.startswith(FORMULA)] == [], visit.path
        else:
            with zipfile.ZipFile(io.BytesIO(visit.body)) as book:
                assert b"<f>" not in book.read("xl/worksheets/sheet1.xml"), visit.path
                assert not any("rels" in name and b"External" in book.read(name) for name in book.namelist()), (
                    visit.path
                )


def test_every_answer_is_fenced(visits: list[Visit]) -> None:
    """Errors, files and papers as much as pages."""
    for visit in visits:
        given = visit.response.headers
        assert "frame-ancestors 'none'" in given["Content-Security-Policy"], visit.path
        assert "unsafe" not in given["Content-Security-Policy"], visit.path
        assert given["X-Content-Type-Options"] == "nosniff", visit.path
        assert given["X-Frame-Options"] == "DENY", visit.path
        assert given["Referrer-Policy"] == "same-origin", visit.path


def test_nothing_shown_to_somebody_signed_in_is_kept_by_the_browser(visits: list[Visit]) -> None:
    """Whoever sits down at the machine next cannot go back to it, nor a proxy hand it out."""
    assert {
        visit.path for visit in visits if "no-store" not in visit.response.headers.get("Cache-Control", "")
    } == set()


def test_files_are_kept_under_names_of_ours(visits: list[Visit]) -> None:
    for visit in visits:
        if visit.response.status_code == 200 and visit.kind not in {"text/html", "application/json"}:
            named = visit.response.headers["Content-Disposition"]
            assert named.startswith(("attachment", "inline")), visit.path
            assert named.isascii(), visit.path
            assert "kgx" not in named, visit.path


# The national bank is found by whoever works in any bank; its items are changed by nobody of a province.
NATIONAL = {"office:blueprint", "office:blueprint-approve", "office:item", "office:item-bind", "office:item-open",
            "office:item-revise", "office:item-relate", "office:blueprint-differences", "office:statistic"}  # fmt: skip


class TestOthersRecords:
    """Every address with the id of a real record, asked and sent to by somebody to whom it does not belong."""

    def opened(self, actor: Actor, desks: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> set[str]:
        """The names of addresses that answered with anything but "not found"."""
        client = browser(monkeypatch, actor)
        found = set()
        for path in addresses():
            if path.startswith(desks) and re.search("/0[0-9a-f]{7}-", path):
                for status in (client.get(path).status_code, client.post(path, {"reason": "想看一看"}).status_code):
                    if status not in {403, 404, 405}:
                        found.add(resolve(path).view_name)
        return found

    def test_are_not_there_for_all_powers_of_another_province(
        self, planted: dict[str, list[str]], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        whole, body = everything(), uuid7()
        elsewhere = replace(whole.grants[0], organisation_id=body, reach=Reach(("37",), frozenset({body})))
        outsider = replace(whole, grants=(elsewhere,))
        assert self.opened(outsider, ("/office/", "/station/", "/room/"), monkeypatch) <= NATIONAL

    def test_are_not_there_for_another_candidate(
        self, planted: dict[str, list[str]], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        stranger = candidate(make_person().pk)
        open_round = {"candidate:registration-start"}
        assert self.opened(stranger, ("/my/", "/room/", "/office/", "/station/"), monkeypatch) <= open_round


class TestForms:
    """Every form met on the walk, sent with the attacker's text and with too much of it in all its fields."""

    FILLINGS = (EVIL, "长" * 20_000, "\x00", "-1", "9" * 400, "2026-02-30")

    def test_are_refused_or_done_and_never_fall_over(
        self, visits: list[Visit], monkeypatch: pytest.MonkeyPatch, django_db_blocker: DjangoDbBlocker
    ) -> None:
        client = browser(monkeypatch, everything())
        client.raise_request_exception = False
        fallen, breached = [], {}
        for path, form in self.forms(visits):
            for text in self.FILLINGS:
                answer = client.post(path, form.filled(text))
                visit = Visit(path, "", answer)
                if answer.status_code >= 500:
                    fallen.append((path, text[:40], repr(getattr(answer, "exc_info", (0, 0))[1])[:300]))
                if found := visit.seen().breaches:
                    breached[path] = found
        assert (fallen, breached) == ([], {})

    @staticmethod
    def forms(visits: list[Visit]) -> Iterator[tuple[str, Form]]:
        """Each kind of form once, unless nothing is typed into it, or it would sign out."""
        known = set()
        for visit in visits:
            for form in visit.seen().forms:
                path = form.action or visit.path
                kind = (visit.name, tuple(form.fields))
                typed = any(sort in TYPED for sort, _value in form.fields.values())
                if kind not in known and typed and path.startswith("/") and path != reverse("account_logout"):
                    known.add(kind)
                    yield path, form


def test_a_stranger_is_kept_from_nothing_public(
    planted: dict[str, list[str]], django_db_blocker: DjangoDbBlocker
) -> None:
    """The public pages of the planted site, without anybody signed in: shown, fenced, clean."""
    seen = list(
        walk(Client(raise_request_exception=False), ["/", "/rules/", "/rounds/", "/stations/", "/standards/"], each=2)
    )
    assert [visit.path for visit in seen if visit.response.status_code >= 500 and visit.path != HEALTH] == []
    assert {visit.path: found for visit in seen if (found := visit.seen().breaches)} == {}
