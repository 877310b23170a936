"""Photos and papers that are handed in."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image

from kaogong.foundation.audit.models import TrailEntry
from kaogong.foundation.kernel.refusals import NotFound, NotPermitted, WrongState
from kaogong.registration import selectors, services
from kaogong.registration.models import Evidence, Registration
from tests.support.cast import candidate, officer, outsider
from tests.support.identity import make_person
from tests.support.registration import make_drafted, make_submitted, picture
from tests.support.sittings import APPLYING, announced_sitting

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7\n..."


@pytest.fixture
def registration() -> Registration:
    return make_drafted(announced_sitting())


def me(registration: Registration) -> Any:
    return candidate(registration.person_id)


class TestPhoto:
    def set_photo(self, registration: Registration, content: bytes, **options: Any) -> Registration:
        given = {"actor": me(registration), "at": APPLYING, **options}
        return services.set_photo(registration_id=registration.pk, content=content, **given)

    @pytest.mark.parametrize("kind", ["JPEG", "PNG"])
    def test_is_kept_as_a_clean_jpeg_of_the_printed_size(self, registration: Registration, kind: str) -> None:
        self.set_photo(registration, picture(kind=kind))
        kept = selectors.photo_of(me(registration), registration.pk)
        assert kept is not None
        with Image.open(io.BytesIO(kept)) as image:
            assert (image.format, image.size) == ("JPEG", (390, 567))

    def test_forgets_where_it_was_taken(self, registration: Registration) -> None:
        self.set_photo(registration, picture(exif=True))
        kept = selectors.photo_of(me(registration), registration.pk)
        assert kept is not None
        with Image.open(io.BytesIO(kept)) as image:
            assert dict(image.getexif()) == {}

    @pytest.mark.parametrize("content", [b"", b"GIF89a....", picture()[:200], b"<svg onload='x'/>"])
    def test_other_files_are_refused(self, registration: Registration, content: bytes) -> None:
        with pytest.raises(services.PhotoUnreadable):
            self.set_photo(registration, content)

    @pytest.mark.parametrize("size", [(100, 130), (640, 480), (480, 480), (239, 400)])
    def test_small_or_lying_pictures_are_refused(self, registration: Registration, size: tuple[int, int]) -> None:
        with pytest.raises(services.PhotoSizeWrong):
            self.set_photo(registration, picture(*size))

    def test_a_picture_of_absurd_size_is_refused_before_it_is_unpacked(self, registration: Registration) -> None:
        with pytest.raises(services.PhotoSizeWrong):
            self.set_photo(registration, picture(7000, 9000, kind="PNG"))

    def test_a_large_file_is_refused(self, registration: Registration) -> None:
        with pytest.raises(services.PhotoTooLarge):
            self.set_photo(registration, picture() + b"\0" * 1_048_576)

    def test_is_closed_once_submitted(self) -> None:
        with pytest.raises(WrongState):
            self.set_photo(make_submitted(announced_sitting()), picture())

    def test_another_candidate_cannot_even_find_it(self, registration: Registration) -> None:
        stranger = candidate(make_person().pk)
        with pytest.raises(NotFound):
            self.set_photo(registration, picture(), actor=stranger)
        with pytest.raises(NotFound):
            selectors.photo_of(stranger, registration.pk)


class TestEvidence:
    def hand_in(self, registration: Registration, content: bytes = PDF, **options: Any) -> Evidence:
        given = {"actor": me(registration), "at": APPLYING, "kind": "apprenticeship", "title": "学徒证明", **options}
        return services.hand_in(registration_id=registration.pk, content=content, **given)

    def test_is_sealed(self, registration: Registration) -> None:
        evidence = self.hand_in(registration)
        assert PDF not in bytes(evidence.content_sealed or b"")
        assert selectors.evidence_content(evidence) == PDF

    def test_opening_it_leaves_a_line_in_the_trail(self, registration: Registration) -> None:
        evidence = self.hand_in(registration)
        opened = services.open_evidence(
            actor=officer("registration.decide"),
            at=APPLYING,
            registration_id=registration.pk,
            evidence_id=evidence.pk,
        )
        assert (opened.content, opened.content_type) == (PDF, "application/pdf")
        assert TrailEntry.objects.filter(action="registration.evidence_opened").count() == 1

    def test_copied_to_another_row_it_does_not_open(self, registration: Registration) -> None:
        from kaogong.foundation.signing.encryption import CannotOpen

        one, other = self.hand_in(registration), self.hand_in(registration, picture())
        other.content_sealed = one.content_sealed
        with pytest.raises(CannotOpen):
            selectors.evidence_content(other)

    @pytest.mark.parametrize("content", [b"MZ\x90\0", b"<html>", b"PK\x03\x04"])
    def test_other_kinds_are_refused_whatever_they_say_they_are(
        self, registration: Registration, content: bytes
    ) -> None:
        with pytest.raises(services.EvidenceKindWrong):
            self.hand_in(registration, content, content_type="application/pdf")

    @pytest.mark.parametrize("content", [b"", b"%PDF-" + b"0" * 5_242_880])
    def test_empty_and_large_files_are_refused(self, registration: Registration, content: bytes) -> None:
        with pytest.raises(services.EvidenceTooLarge):
            self.hand_in(registration, content)

    def test_there_is_an_end_to_it(self, registration: Registration) -> None:
        for _each in range(12):
            self.hand_in(registration)
        with pytest.raises(services.EvidenceTooMany):
            self.hand_in(registration)

    def test_may_be_taken_back_until_submitted(self, registration: Registration) -> None:
        evidence = self.hand_in(registration)
        services.remove_evidence(
            actor=me(registration), at=APPLYING, registration_id=registration.pk, evidence_id=evidence.pk
        )
        assert selectors.evidence_of(me(registration), registration.pk) == []

    def test_outsiders_cannot_even_find_it(self, registration: Registration) -> None:
        evidence = self.hand_in(registration)
        with pytest.raises(NotFound):
            services.open_evidence(
                actor=outsider("registration.decide"),
                at=APPLYING,
                registration_id=registration.pk,
                evidence_id=evidence.pk,
            )
        with pytest.raises(NotFound):
            selectors.evidence_of(outsider("registration.decide"), registration.pk)

    def test_an_officer_without_the_power_hands_in_nothing(self, registration: Registration) -> None:
        with pytest.raises(NotPermitted):
            self.hand_in(registration, actor=officer("registration.see"))
