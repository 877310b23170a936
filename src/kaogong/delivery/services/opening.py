"""The custodians' half of papers' keys: made at the delivery, put together at the release, given back at a move."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from kaogong.delivery.models import Custody, CustodyShare, PaperCopy
from kaogong.delivery.papers import PaperLocked, Question, Said, join, seal
from kaogong.delivery.selectors.answers import lock_of
from kaogong.delivery.services.refusals import SharesMissing, ShareSpoiled
from kaogong.foundation.kernel.actors import Actor
from kaogong.foundation.signing import digests, encryption, envelopes, sharing
from kaogong.itembank import selectors as itembank

HALF_BYTES = 32


def half_context(copy_id: UUID) -> str:
    """What a copy's second half is sealed for, inside and out."""
    return f"delivery.paper_half:{copy_id}"


def handed_context(share_id: UUID) -> str:
    """What a share that was handed in is sealed for."""
    return f"delivery.share_handed:{share_id}"


def questions_of(actor: Actor, copy: PaperCopy) -> list[Question]:
    """The paper's questions with the approved versions of exactly these item versions in the round's languages."""
    offered = copy.part.sitting.round.languages
    questions = itembank.questions_for_delivery(copy.paper_id, actor)
    found = itembank.approved_translations([each.version_id for each in questions]) if offered else {}

    def said(question: itembank.Question) -> dict[str, Said]:
        versions = found.get(question.version_id, {})
        return {tag: Said(versions[tag].stem, versions[tag].options) for tag in offered if tag in versions}

    return [Question(each.position, each.type, each.stem, tuple(each.options), said(each)) for each in questions]


def lock_up(copy: PaperCopy, questions: Sequence[Question]) -> None:
    """Fill in a copy's content and keys afresh, under its custody where it has one."""
    half = os.urandom(HALF_BYTES) if copy.custody else b""
    sealed = seal(questions, lock_of(copy), half=half)
    copy.content_sealed, copy.key_sealed, copy.digest = sealed.content, sealed.key, sealed.digest
    copy.questions = len(questions)
    copy.half_sealed = None
    if copy.custody:
        context = half_context(copy.pk)
        envelope = envelopes.seal_to(bytes.fromhex(copy.custody.public_key), half, context=context)
        copy.half_sealed = encryption.seal(envelope, context=context)


def unlock(copies: Sequence[PaperCopy], at: datetime) -> None:
    """Make whole the keys of those copies that stand under custodians. Raises SharesMissing, ShareSpoiled."""
    kept = [copy for copy in copies if copy.custody]
    if not kept or kept[0].custody is None:
        return
    # One custody a part: the table refuses to end one that copies stand under.
    custody = Custody.objects.select_for_update().get(pk=kept[0].custody.pk)
    private = _combined(custody)
    for copy in kept:
        context = half_context(copy.pk)
        try:
            envelope = encryption.open_sealed(bytes(copy.half_sealed or b""), context=context)
            half = envelopes.open_with(private, envelope, context=context)
        except (encryption.CannotOpen, envelopes.CannotOpenEnvelope) as error:
            raise PaperLocked("the custodians' half does not open") from error
        copy.key_sealed = join(
            bytes(copy.content_sealed), bytes(copy.key_sealed), half, lock_of(copy), digest=copy.digest, at=at
        )


def forget_shares(copies: Sequence[PaperCopy]) -> None:
    """Once nothing of their custody is left to open, wipe what was handed in."""
    for custody_id in {copy.custody_id for copy in copies if copy.custody_id}:
        if not PaperCopy.objects.filter(custody=custody_id, released_at__isnull=True).exists():
            CustodyShare.objects.filter(custody=custody_id).update(handed_sealed=None)


def give_back(sitting_id: UUID) -> None:
    """What was handed in for a sitting that moved is wiped: its keepers hand in again when the new hour comes."""
    waiting = PaperCopy.objects.filter(part__sitting=sitting_id, released_at__isnull=True, custody__isnull=False)
    shares = CustodyShare.objects.filter(custody__in=waiting.order_by().values("custody"))
    shares.update(handed_sealed=None, handed_at=None)


def _combined(custody: Custody) -> bytes:
    """The part's private key out of the shares that lie here; the first that is not what was dealt is named."""
    handed = list(
        CustodyShare.objects.filter(custody=custody)
        .exclude(handed_sealed=None)
        .select_related("key__account")
        .order_by("number")
    )
    if len(handed) < custody.threshold:
        raise SharesMissing(handed=len(handed), threshold=custody.threshold)
    good: dict[int, bytes] = {}
    spoiled: list[CustodyShare] = []
    for share in handed:
        try:
            clear = encryption.open_sealed(bytes(share.handed_sealed or b""), context=handed_context(share.pk))
        except encryption.CannotOpen:
            clear = b""
        if digests.plain(clear) == share.digest:
            good[share.number] = clear
        else:
            spoiled.append(share)
    if len(good) < custody.threshold:
        raise ShareSpoiled(number=spoiled[0].number, name=str(spoiled[0].key.account))
    private = sharing.combine(dict(list(good.items())[: custody.threshold]))
    if envelopes.public_of(private).hex() != custody.public_key:
        # Each share is the one that the row vouches for, so the rows themselves were altered.
        raise PaperLocked("the shares do not give the part's key")
    return private
