"""What a dishonest candidate tries: the paper early, another's things, more time, other money, somebody else's page."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from kaogong.delivery import selectors as delivery
from kaogong.delivery import services as sitting
from kaogong.delivery.models import Answer, PaperCopy
from kaogong.foundation.kernel.actors import PUBLIC, Actor
from kaogong.foundation.kernel.refusals import NotFound, NotPermitted, Refusal
from kaogong.itembank import selectors as itembank
from kaogong.itembank import services as banking
from kaogong.registration import selectors as registration
from kaogong.registration import services as applying
from kaogong.registration.models import Registration
from kaogong.seating import selectors as seating
from tests.support.cast import candidate, officer
from tests.support.delivery import (
    BELL,
    MORNING,
    START,
    Hall,
    begin,
    begun_hall,
    entries,
    make_hall,
    save,
    seat_everyone,
)
from tests.support.doors import browser
from tests.support.registration import APPRENTICE, make_drafted, make_submitted, picture
from tests.support.sittings import APPLYING, announced_sitting

pytestmark = pytest.mark.django_db
SECONDS_EARLY = START - timedelta(seconds=1)


def stems(hall: Hall) -> list[str]:
    """What nobody may have read yet."""
    assert hall.paper is not None
    return [each.stem for each in itembank.questions_for_delivery(hall.paper.pk, officer("delivery.deliver"))]


class TestThePaperBeforeTheStart:
    """By every way that a candidate, checked in and in her seat, could try."""

    EARLY: dict[str, Callable[[Hall, Actor], object]] = {
        "start": lambda h, a: sitting.start(actor=a, at=SECONDS_EARLY, attempt_id=h.attempt().pk, device="m"),
        "own_paper": lambda h, a: delivery.own_paper(a, h.attempt().pk, device="m", at=SECONDS_EARLY),
        "own_paper later by her clock": lambda h, a: delivery.own_paper(a, h.attempt().pk, device="m", at=BELL),
        "questions_of": lambda h, a: delivery.answers.questions_of(PaperCopy.objects.get().pk, at=BELL),  # type: ignore[attr-defined]  # the module behind
        "questions_for_delivery": lambda h, a: itembank.questions_for_delivery(h.paper.pk, a),  # type: ignore[union-attr]  # delivered
        "answer_key": lambda h, a: itembank.answer_key(h.paper.pk, a),  # type: ignore[union-attr]  # delivered
        "view_paper": lambda h, a: banking.view_paper(actor=a, at=MORNING, paper_id=h.paper.pk),  # type: ignore[union-attr]  # delivered
        "release": lambda h, a: sitting.release_papers(actor=a, at=START, part_id=h.theory.pk),
        "copies_of": lambda h, a: delivery.copies_of(h.theory.pk, a),
        "room_code": lambda h, a: delivery.room_code(a, h.theory.pk, h.room.pk, at=MORNING),
    }

    @pytest.mark.parametrize("way", EARLY)
    def test_is_shut(self, way: str) -> None:
        hall = seat_everyone(make_hall())
        with pytest.raises((Refusal, delivery.PaperLocked)):
            self.EARLY[way](hall, hall.candidate())

    @pytest.mark.parametrize("path", ["paper/", "start.json", "status.json", "waiting/", "receipt/", "answers.json"])
    def test_no_address_of_the_machine_shows_a_stem(self, path: str) -> None:
        hall = seat_everyone(make_hall())
        machine = Client()
        session = machine.session
        session["examroom.machine"] = {
            "attempt": str(hall.attempt().pk), "person": str(hall.registrations[0].person_id), "name": "孙同学",
        }  # fmt: skip
        session.save()
        for answer in (
            machine.get(f"/room/exam/{path}"),
            machine.post(f"/room/exam/{path}", '{"device": "m", "entries": []}', content_type="application/json"),
        ):
            assert not any(stem in answer.text for stem in stems(hall))


class TestAnothersThings:
    """Somebody who sat in the same room knows every id, and gets nothing by it."""

    ASKS: dict[str, Callable[[Hall, Actor], object]] = {
        "start": lambda h, a: sitting.start(actor=a, at=START, attempt_id=h.attempt(1).pk, device="m"),
        "answers": lambda h, a: sitting.save_answers(
            actor=a, at=START, attempt_id=h.attempt(1).pk, device="m", entries=entries({1: "A"})
        ),
        "hand in": lambda h, a: sitting.submit(actor=a, at=START, attempt_id=h.attempt(1).pk),
        "paper": lambda h, a: delivery.own_paper(a, h.attempt(1).pk, device="m", at=START),
        "waiting": lambda h, a: delivery.waiting(a, h.attempt(1).pk, START),
        "receipt": lambda h, a: delivery.receipt_of(a, h.attempt(1).pk),
        "ticket": lambda h, a: seating.ticket_form(a, h.registrations[1].pk),
        "application": lambda h, a: registration.get_registration(a, h.registrations[1].pk),
        "photo": lambda h, a: registration.photo_of(a, h.registrations[1].pk),
        "evidence": lambda h, a: registration.evidence_of(a, h.registrations[1].pk),
        "withdraw": lambda h, a: applying.withdraw(actor=a, at=APPLYING, registration_id=h.registrations[1].pk),
        "check in": lambda h, a: sitting.check_in(
            actor=a, at=MORNING, attempt_id=h.attempt(1).pk, document_tail=h.tail(1)
        ),
    }

    @pytest.mark.parametrize("ask", ASKS)
    def test_is_not_found(self, ask: str) -> None:
        hall = begun_hall(candidates=2)
        with pytest.raises((NotFound, NotPermitted)):
            self.ASKS[ask](hall, hall.candidate())

    PAGES = ("registration", "registration-receipt", "registration-check", "registration-photo-file", "ticket",
             "ticket-pdf", "registration-evidence")  # fmt: skip

    @pytest.mark.parametrize("name", PAGES)
    def test_nor_are_its_pages(self, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
        hall = make_hall(candidates=2)
        answer = browser(monkeypatch, hall.candidate()).get(
            reverse(f"candidate:{name}", args=[hall.registrations[1].pk])
        )
        assert answer.status_code == 404

    def test_a_log_of_one_attempt_does_not_go_into_another(self) -> None:
        """The binding is the server's: an attempt named in the body is not even read."""
        hall = begun_hall(candidates=2)
        save(hall, {1: "A"}, 0)
        machine = Client()
        session = machine.session
        session["examroom.machine"] = {
            "attempt": str(hall.attempt(0).pk), "person": str(hall.registrations[0].person_id), "name": "孙同学",
        }  # fmt: skip
        session.save()
        machine.post(
            "/room/exam/answers.json",
            f'{{"attempt": "{hall.attempt(1).pk}", "device": "m9", "entries": []}}',
            content_type="application/json",
        )
        assert not Answer.objects.filter(attempt=hall.attempt(1)).exists()


class TestTheClock:
    def test_nothing_is_taken_after_the_end_and_its_grace(self) -> None:
        hall = begun_hall()
        ends_at = hall.attempt().ends_at
        assert ends_at is not None
        with pytest.raises(sitting.TimeOver):
            save(hall, {1: "A"}, at=ends_at + timedelta(minutes=5))

    def test_her_own_clock_counts_for_nothing(self) -> None:
        hall = begun_hall()
        ends_at = hall.attempt().ends_at
        assert ends_at is not None
        early = [sitting.Entry(1, 1, "A", START)]
        with pytest.raises(sitting.TimeOver):
            sitting.save_answers(
                actor=hall.candidate(), at=ends_at + timedelta(hours=1), attempt_id=hall.attempt().pk, device="m",
                entries=early,
            )  # fmt: skip

    def test_another_machine_does_not_start_it_anew(self) -> None:
        hall = begun_hall()
        before = hall.attempt().ends_at
        begin(hall, at=START + timedelta(minutes=30), device="m2")
        assert hall.attempt().ends_at == before

    def test_a_receipt_with_another_digest_is_not_genuine(self) -> None:
        hall = begun_hall()
        save(hall, {1: "A"})
        receipt = sitting.submit(actor=hall.candidate(), at=START, attempt_id=hall.attempt().pk)
        assert delivery.is_genuine(receipt)
        assert not delivery.is_genuine({**receipt, "digest": "0" * 64})
        assert not delivery.is_genuine({**receipt, "answered": 100})


class TestTampering:
    """Fields that no form shows are not read."""

    @pytest.fixture
    def own(self) -> Registration:
        return make_drafted(announced_sitting())

    def test_fee_state_and_person_cannot_be_posted(self, own: Registration, monkeypatch: pytest.MonkeyPatch) -> None:
        fee = own.fee
        extra = {
            "fee": "0", "paid_at": "2026-03-01", "state": "admitted", "person": str(uuid4()), "printed_name": "别人",
            "has_place": "on", "admitted_at": "2026-03-01", "registration_id": str(uuid4()),
        }  # fmt: skip
        reader = browser(monkeypatch, candidate(own.person_id))
        for name, given in (
            ("parts", {"parts": list(own.parts)}),
            ("where", {"residence_code": "320102", "source": "society", "employer": "", "employer_code": ""}),
            ("condition", {"condition_code": "5-2"}),
        ):
            reader.post(reverse(f"candidate:registration-{name}", args=[own.pk]), {**extra, **given})
        before = own
        own = Registration.objects.get(pk=before.pk)
        assert (own.fee, own.paid_at, own.state, own.has_place) == (fee, None, "drafted", False)
        assert (own.person_id, own.printed_name, own.admitted_at) == (before.person_id, "", None)

    def test_a_part_cannot_be_left_out_to_pay_less(self, own: Registration, monkeypatch: pytest.MonkeyPatch) -> None:
        address = reverse("candidate:registration-parts", args=[own.pk])
        answer = browser(monkeypatch, candidate(own.person_id)).post(address, {"parts": ["theory"]})
        assert answer.status_code == 422
        assert Registration.objects.get(pk=own.pk).fee == own.fee

    def test_after_the_hand_in_nothing_changes(self) -> None:
        handed_in = make_submitted(announced_sitting())
        herself = candidate(handed_in.person_id)
        with pytest.raises(Refusal):
            applying.claim(
                actor=herself, at=APPLYING, registration_id=handed_in.pk, condition_code="5-1", facts=APPRENTICE
            )
        with pytest.raises(Refusal):
            applying.set_photo(actor=herself, at=APPLYING, registration_id=handed_in.pk, content=picture())

    def test_a_form_from_another_site_is_refused(self, own: Registration, monkeypatch: pytest.MonkeyPatch) -> None:
        reader = browser(monkeypatch, candidate(own.person_id))
        reader.handler.enforce_csrf_checks = True
        answer = reader.post(reverse("candidate:registration-withdraw", args=[own.pk]), {"reason": "别人发来的"})
        assert answer.status_code == 403
        assert Registration.objects.get(pk=own.pk).state == "drafted"

    @pytest.mark.parametrize(
        "wish", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
    )
    def test_nobody_is_led_elsewhere(self, wish: str) -> None:
        for path, data in (
            ("/ui/display/", {"next": wish}),
            ("/account/login/", {"login": "nobody", "password": "x", "next": wish}),
        ):
            answer = Client(headers={"referer": wish}).post(path, data)
            assert "evil" not in answer.headers.get("Location", "")
            assert not answer.headers.get("Location", "").startswith("javascript")


def png(width: int, height: int, *, data: bytes = b"\0" * 1000) -> bytes:
    """A PNG whose head claims that size, whatever it holds."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(data)) + chunk(b"IEND", b"")


def zipped(size: int) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bomb", bytes(size))
    return out.getvalue()


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<html><script>alert(1)</script></html>"


class TestUploads:
    """Files that are not what they say."""

    @pytest.mark.parametrize(
        "content",
        [png(30_000, 40_000), png(10**9, 1), png(480, 640), SVG, HTML, b"", zipped(10_000_000), b"\xff\xd8\xff" + SVG],
        ids=["huge", "endless", "half a picture", "svg", "html", "nothing", "zip bomb", "jpeg in name only"],
    )
    def test_are_no_photo(self, content: bytes) -> None:
        own = make_drafted(announced_sitting())
        with pytest.raises(Refusal):
            applying.set_photo(actor=candidate(own.person_id), at=APPLYING, registration_id=own.pk, content=content)
        assert Registration.objects.get(pk=own.pk).photo is None

    def test_a_picture_that_is_also_a_page_loses_the_page(self) -> None:
        own = make_drafted(announced_sitting())
        applying.set_photo(
            actor=candidate(own.person_id), at=APPLYING, registration_id=own.pk, content=picture(exif=True) + HTML
        )
        kept = bytes(Registration.objects.get(pk=own.pk).photo or b"")
        assert b"<script>" not in kept
        assert b"Exif" not in kept

    @pytest.mark.parametrize(
        "content", [SVG, HTML, zipped(1000), b"GIF89a", b""], ids=["svg", "html", "zip", "gif", "-"]
    )
    def test_are_no_evidence(self, content: bytes) -> None:
        own = make_drafted(announced_sitting())
        with pytest.raises(Refusal):
            applying.hand_in(
                actor=candidate(own.person_id), at=APPLYING, registration_id=own.pk, kind="other", title="证明",
                content=content, content_type="image/png",
            )  # fmt: skip

    def test_evidence_is_served_as_what_it_is_and_never_guessed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        own = make_drafted(announced_sitting())
        paper = applying.hand_in(
            actor=candidate(own.person_id), at=APPLYING, registration_id=own.pk, kind="other",
            title="../../etc/passwd\r\nX-Evil: 1", content=picture() + HTML, content_type="text/html",
        )  # fmt: skip
        reader = browser(monkeypatch, officer("registration.decide"))
        answer = reader.get(reverse("office:registration-evidence", args=[own.pk, paper.pk]))
        assert answer.headers["Content-Type"] == "image/jpeg"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "passwd" not in answer.headers["Content-Disposition"]
        assert "X-Evil" not in answer.headers

    def test_a_path_in_a_file_name_goes_nowhere(self, monkeypatch: pytest.MonkeyPatch) -> None:
        own = make_drafted(announced_sitting())
        file = SimpleUploadedFile("../../../../tmp/evil.jpg", picture(), content_type="image/jpeg")
        address = reverse("candidate:registration-evidence", args=[own.pk])
        given: dict[str, Any] = {"kind": "other", "title": "证明", "content": file}
        assert browser(monkeypatch, candidate(own.person_id)).post(address, given).status_code == 302


class TestStoredMarkup:
    """What a candidate writes is shown as written, to her and to the office."""

    EVIL = "<img src=x onerror=alert(1)>"

    def test_is_escaped_on_every_page_and_harmless_in_files(self, monkeypatch: pytest.MonkeyPatch) -> None:
        evil = self.EVIL
        waiting = make_submitted(announced_sitting(), employer="=cmd|'/c calc'!A1")
        Registration.objects.filter(pk=waiting.pk).update(employer=evil)
        clerk = browser(monkeypatch, officer("registration.decide", "registration.see"))
        for address in (reverse("office:registration", args=[waiting.pk]), reverse("office:registrations")):
            page = clerk.get(address).text
            assert evil not in page
        Registration.objects.filter(pk=waiting.pk).update(employer="=cmd|'/c calc'!A1")
        file = clerk.get(reverse("office:registrations"), {"export": "csv"}).content.decode("utf-8-sig")
        assert not any(cell.startswith("=") for line in file.splitlines() for cell in line.split(","))
        sheet = clerk.get(reverse("office:registrations"), {"export": "xlsx"}).content
        with zipfile.ZipFile(io.BytesIO(sheet)) as book:
            assert b"<f>" not in book.read("xl/worksheets/sheet1.xml")

    def test_reasons_of_a_withdrawal_too(self, monkeypatch: pytest.MonkeyPatch) -> None:
        waiting = make_submitted(announced_sitting())
        applying.withdraw(actor=candidate(waiting.person_id), at=APPLYING, registration_id=waiting.pk, reason=self.EVIL)
        page = browser(monkeypatch, officer("registration.see")).get(reverse("office:registration", args=[waiting.pk]))
        assert self.EVIL not in page.text


def test_the_public_reaches_no_service_of_a_candidate() -> None:
    hall = begun_hall()
    for deed in (
        lambda: sitting.submit(actor=PUBLIC, at=START, attempt_id=hall.attempt().pk),
        lambda: delivery.own_paper(PUBLIC, hall.attempt().pk, device="m", at=START),
        lambda: applying.withdraw(actor=PUBLIC, at=APPLYING, registration_id=hall.registrations[0].pk),
    ):
        with pytest.raises(NotFound):
            deed()
