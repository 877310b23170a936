"""What is handed in with an application: the photo, and papers that support the claim."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.timezone import localdate
from PIL import Image, ImageOps, UnidentifiedImageError

from kaogong.foundation.kernel import trail
from kaogong.foundation.kernel.actors import Actor
from kaogong.foundation.kernel.commands import command
from kaogong.foundation.kernel.ids import uuid7
from kaogong.foundation.kernel.refusals import NotFound
from kaogong.foundation.signing import digests, encryption
from kaogong.registration import refusals, selectors
from kaogong.registration.models import Evidence, Registration
from kaogong.registration.services.applying import _editable
from kaogong.regulations.selectors import provision

KINDS = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png", b"%PDF-": "application/pdf"}
"""How a file of each kind begins: what the sender says of its kind is not believed."""
KILOBYTE = 1024


@dataclass(frozen=True, slots=True)
class OpenedEvidence:
    """A paper in the clear, as it was handed in."""

    title: str
    content: bytes
    content_type: str


@command
def set_photo(*, actor: Actor, at: datetime, registration_id: UUID, content: bytes) -> Registration:
    """Take the photo for ticket and certificate: JPEG or PNG, upright, within the limits; kept as a clean JPEG.

    Raises PhotoTooLarge, PhotoUnreadable, PhotoSizeWrong.
    """
    registration = _editable(actor, registration_id)
    registration.photo = _clean_photo(content, registration, at)
    registration.save(update_fields=["photo"])
    trail.record(
        actor=actor, action="registration.photo_set", target=registration, digest=digests.plain(registration.photo)
    )
    return registration


def _clean_photo(content: bytes, registration: Registration, at: datetime) -> bytes:
    """Turn upright, cut to the printed shape, encode anew: what the camera wrote beside the picture is dropped."""
    on, region = localdate(at), registration.region_code
    limit = provision("registration.photo_bytes_max", on=on, region_code=region).number
    if len(content) > limit:
        raise refusals.PhotoTooLarge(size=len(content) // KILOBYTE, limit=limit // KILOBYTE)
    pixels = provision("registration.photo_pixels", on=on, region_code=region).value
    try:
        # A picture that claims far more pixels than we allow is refused by its head, before it is unpacked.
        with Image.open(io.BytesIO(content), formats=("JPEG", "PNG")) as picture:
            _check_pixels(picture.size, {"min": [1, 1], "max": [max(pixels["max"])] * 2})
            upright = ImageOps.exif_transpose(picture).convert("RGB")
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError, ValueError) as error:
        raise refusals.PhotoUnreadable from error
    _check_pixels(upright.size, pixels, upright_only=True)
    printed = ImageOps.fit(upright, tuple(pixels["printed"]), method=Image.Resampling.LANCZOS, centering=(0.5, 0.4))
    clean = io.BytesIO()
    printed.save(clean, "JPEG", quality=90, optimize=True)
    return clean.getvalue()


def _check_pixels(size: tuple[int, int], pixels: dict[str, list[int]], *, upright_only: bool = False) -> None:
    (width, height), least, most = size, pixels["min"], pixels["max"]
    within = least[0] <= width <= most[0] and least[1] <= height <= most[1]
    if not within or (upright_only and width >= height):
        raise refusals.PhotoSizeWrong(
            width=width, height=height, least="×".join(map(str, least)), most="×".join(map(str, most))
        )


@command
def hand_in(
    *,
    actor: Actor,
    at: datetime,
    registration_id: UUID,
    kind: str,
    title: str,
    content: bytes,
    content_type: str = "",
) -> Evidence:
    """Hand in a paper for the clause kind that it supports ("certificate", "years", …); it is sealed at once.

    The kind of file is read from its first bytes, whatever `content_type` says. Raises EvidenceTooLarge,
    EvidenceKindWrong, EvidenceTooMany.
    """
    registration = _editable(actor, registration_id)
    title = title.strip()[:120] or "申报材料"
    found_type = _check_evidence(registration, title, content, at)
    evidence_id = uuid7()
    evidence = Evidence(
        id=evidence_id,
        registration=registration,
        kind=kind,
        title=title,
        content_sealed=encryption.seal(content, context=selectors.evidence_context(evidence_id)),
        content_type=found_type,
        size=len(content),
        digest=digests.plain(content),
        handed_in_at=at,
    )
    evidence.save(force_insert=True)
    trail.record(
        actor=actor,
        action="registration.evidence_handed_in",
        target=registration,
        evidence=evidence.pk,
        kind=kind,
        digest=evidence.digest,
        declared_type=content_type,
    )
    return evidence


def _check_evidence(registration: Registration, title: str, content: bytes, at: datetime) -> str:
    on, region = localdate(at), registration.region_code
    limit = provision("registration.evidence_bytes_max", on=on, region_code=region).number
    if not 0 < len(content) <= limit:
        raise refusals.EvidenceTooLarge(title=title, size=len(content) // KILOBYTE, limit=limit // KILOBYTE)
    most = provision("registration.evidence_count_max", on=on, region_code=region).number
    if Evidence.objects.filter(registration=registration).count() >= most:
        raise refusals.EvidenceTooMany(limit=most)
    for beginning, content_type in KINDS.items():
        if content.startswith(beginning):
            return content_type
    raise refusals.EvidenceKindWrong(title=title)


@command
def remove_evidence(*, actor: Actor, at: datetime, registration_id: UUID, evidence_id: UUID) -> None:
    """Take back a paper while the application may still be filled in."""
    registration = _editable(actor, registration_id)
    evidence = Evidence.objects.filter(registration=registration, pk=evidence_id).first()
    if evidence is None:
        raise NotFound
    trail.record(
        actor=actor,
        action="registration.evidence_removed",
        target=registration,
        evidence=evidence.pk,
        digest=evidence.digest,
    )
    evidence.delete()


@command
def open_evidence(*, actor: Actor, at: datetime, registration_id: UUID, evidence_id: UUID) -> OpenedEvidence:
    """Read a paper in the clear: whoever reviews or entered it, and each reading leaves a line in the trail."""
    registration = selectors.get_registration(actor, registration_id)
    evidence = Evidence.objects.filter(registration=registration, pk=evidence_id).first()
    if evidence is None:
        raise NotFound
    trail.record(actor=actor, action="registration.evidence_opened", target=registration, evidence=evidence.pk)
    return OpenedEvidence(evidence.title, selectors.evidence_content(evidence), evidence.content_type)
