"""What is handed in with an application: the photo, and papers that support the claim."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q
from django.utils.timezone import localdate
from PIL import Image, ImageOps, UnidentifiedImageError

from kaogong.foundation.kernel import trail
from kaogong.foundation.kernel.actors import Actor
from kaogong.foundation.kernel.commands import command
from kaogong.foundation.kernel.ids import uuid7
from kaogong.foundation.kernel.refusals import NotFound, NotPermitted, WrongState
from kaogong.foundation.signing import digests, encryption
from kaogong.registration import policies, refusals, rules, selectors
from kaogong.registration.models import Evidence, Registration, Roster
from kaogong.registration.services.applying import EDITABLE, _editable, _locked
from kaogong.registration.states import REGISTRATION, ROSTER
from kaogong.regulations.selectors import provision
from kaogong.sittings.models import Sitting

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
    proof: str = "",
) -> Evidence:
    """Hand in a paper for the clause kind that it supports ("certificate", "years", …); it is sealed at once.

    `proof` says which paper it is; without it the first that the kind accepts. Possible until the review. The kind of
    file is read from its first bytes, whatever `content_type` says. Raises EvidenceTooLarge, EvidenceKindWrong,
    EvidenceTooMany, ProofNotAccepted.
    """
    registration = _open_for_papers(actor, registration_id)
    title = title.strip()[:120] or "申报材料"
    found_type = _check_evidence(registration, title, content, at)
    evidence = _sealed(content, found_type, at, kind=kind, title=title)
    evidence.registration = registration
    evidence.proof = _proof(registration.sitting, kind, proof)
    evidence.save(force_insert=True)
    trail.record(
        actor=actor,
        action="registration.evidence_handed_in",
        target=registration,
        evidence=evidence.pk,
        kind=kind,
        proof=evidence.proof,
        digest=evidence.digest,
        declared_type=content_type,
    )
    return evidence


def _sealed(content: bytes, content_type: str, at: datetime, *, kind: str, title: str) -> Evidence:
    evidence_id = uuid7()
    return Evidence(
        id=evidence_id,
        kind=kind,
        title=title,
        content_sealed=encryption.seal(content, context=selectors.evidence_context(evidence_id)),
        content_type=content_type,
        size=len(content),
        digest=digests.plain(content),
        handed_in_at=at,
    )


def _open_for_papers(actor: Actor, registration_id: UUID) -> Registration:
    """The application, locked, while papers may still come: until it is reviewed. Raises NotFound, WrongState."""
    registration = _locked(actor, registration_id)
    policies.require_enter(actor, registration)
    if registration.state not in (*EDITABLE, "submitted"):
        raise WrongState(title=REGISTRATION.title, state=REGISTRATION.states[registration.state], move="补交材料")
    return registration


def _proof(sitting: Sitting, kind: str, proof: str) -> str:
    """The proof as it is kept: one that the kind accepts, "" for papers beside the conditions."""
    accepted = selectors.accepted_proofs(sitting).get(kind, ((), ""))[0]
    if proof and proof not in accepted:
        raise refusals.ProofNotAccepted(proof=rules.PROOFS.get(proof, proof))
    return proof or (accepted[0] if accepted else "")


@command
def promise(*, actor: Actor, at: datetime, registration_id: UUID) -> Evidence:
    """Sign, as the candidate and nobody else, the promise that stands for a proof of one's years of work.

    Kept with the words that were promised. Raises PromiseByAnother, ProofNotAccepted where none is allowed.
    """
    registration = _open_for_papers(actor, registration_id)
    if not policies.is_own(actor, registration):
        raise refusals.PromiseByAnother
    _proof(registration.sitting, "years", "work_promise")
    words = selectors.promise_words(registration, at)
    evidence = _sealed(words.encode(), "text/plain; charset=utf-8", at, kind="years", title="工作年限承诺书")
    evidence.registration, evidence.proof = registration, "work_promise"
    evidence.save(force_insert=True)
    trail.record(
        actor=actor,
        action="registration.promised",
        target=registration,
        evidence=evidence.pk,
        digest=evidence.digest,
    )
    return evidence


@command
def see_original(*, actor: Actor, at: datetime, registration_id: UUID, kind: str, proof: str) -> Evidence:
    """State, as the reviewer, that the original of a paper was shown at the counter: it counts as looked at.

    Needs `registration.decide`; whoever had a hand in the application gets ReviewedByApplicant. Raises
    ProofNotAccepted; a promise has no original.
    """
    registration = _locked(actor, registration_id)
    policies.require(actor, "registration.decide", registration)
    if policies.had_a_hand_in(actor, registration):
        raise refusals.ReviewedByApplicant
    if registration.state != "submitted":
        raise WrongState(title=REGISTRATION.title, state=REGISTRATION.states[registration.state], move="核对原件")
    if not proof or proof == "work_promise":
        raise refusals.ProofNotAccepted(proof=rules.PROOFS.get(proof, proof))
    evidence = Evidence(
        registration=registration,
        kind=kind,
        proof=_proof(registration.sitting, kind, proof),
        title="当面核对原件",
        handed_in_at=at,
        seen_at=at,
        seen_by_name=actor.name[:60],
    )
    evidence.save(force_insert=True)
    trail.record(
        actor=actor,
        action="registration.original_seen",
        target=registration,
        evidence=evidence.pk,
        kind=kind,
        proof=proof,
    )
    return evidence


@command
def hand_in_for_list(
    *, actor: Actor, at: datetime, roster_id: UUID, proof: str, kind: str, title: str, content: bytes
) -> Evidence:
    """Hand in one paper for everybody on a list, such as a stamped register of pupils; before or after it is committed.

    A promise is everybody's own and cannot come so. Raises as `hand_in`.
    """
    roster = selectors.get_roster(actor, roster_id)
    if not policies.may_enter_list(actor, roster):
        raise NotPermitted(power="registration.enter")
    if roster.state == "discarded":
        raise WrongState(title=ROSTER.title, state=roster.state_label, move="补交材料")
    if not proof or proof == "work_promise":
        raise refusals.ProofNotAccepted(proof=rules.PROOFS.get(proof, proof))
    title = title.strip()[:120] or "申报材料"
    found_type = _check_evidence(roster, title, content, at)
    evidence = _sealed(content, found_type, at, kind=kind, title=title)
    evidence.roster = roster
    evidence.proof = _proof(roster.sitting, kind, proof)
    evidence.save(force_insert=True)
    trail.record(
        actor=actor,
        action="registration.list_evidence_handed_in",
        target=roster,
        evidence=evidence.pk,
        kind=kind,
        proof=proof,
        digest=evidence.digest,
    )
    return evidence


def _check_evidence(owner: Registration | Roster, title: str, content: bytes, at: datetime) -> str:
    on, region = localdate(at), owner.sitting.region_code
    limit = provision("registration.evidence_bytes_max", on=on, region_code=region).number
    if not 0 < len(content) <= limit:
        raise refusals.EvidenceTooLarge(title=title, size=len(content) // KILOBYTE, limit=limit // KILOBYTE)
    most = provision("registration.evidence_count_max", on=on, region_code=region).number
    its = Q(registration=owner) if isinstance(owner, Registration) else Q(roster=owner)
    if Evidence.objects.filter(its).count() >= most:
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
    """Read a paper in the clear: whoever reviews or entered it, and each reading leaves a line in the trail.

    Opened by somebody who may decide the application, it counts as looked at, for a list's paper as for one's own.
    """
    registration = selectors.get_registration(actor, registration_id)
    evidence = _found(registration, evidence_id)
    if evidence.seen_at is None and selectors.may_decide(actor, registration):
        evidence.seen_at, evidence.seen_by_name = at, actor.name[:60]
        evidence.save(update_fields=["seen_at", "seen_by_name"])
    trail.record(actor=actor, action="registration.evidence_opened", target=registration, evidence=evidence.pk)
    return OpenedEvidence(evidence.title, selectors.evidence_content(evidence), evidence.content_type)


def _found(registration: Registration, evidence_id: UUID) -> Evidence:
    """A paper of the application or of the list it came on. Raises NotFound."""
    its = Q(registration=registration)
    if registration.roster_id is not None:
        its |= Q(roster=registration.roster_id)
    evidence = Evidence.objects.filter(its, pk=evidence_id).first()
    if evidence is None:
        raise NotFound
    return evidence
