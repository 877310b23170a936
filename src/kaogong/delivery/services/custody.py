"""Several hands on the key of a part's papers: custodians named, shares handed in, and what if too few come."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from django.utils.timezone import localdate

from kaogong.delivery import policies, selectors
from kaogong.delivery.models import CustodianKey, Custody, CustodyShare, EntryTry, PaperCopy
from kaogong.delivery.selectors import custody as custodies
from kaogong.delivery.services.opening import handed_context, lock_up, questions_of
from kaogong.delivery.services.refusals import (
    CustodiansTooFew,
    CustodyOver,
    EmergencyNotAsked,
    EmergencyWithoutReason,
    HandInPaused,
    HandInTooEarly,
    MayNotKeep,
    NoEmergencyYet,
    PapersAlreadyThere,
    PartHasNoPaper,
    PassphraseTooShort,
    ShareAlreadyHandedIn,
    SharesEnough,
    ShareSpoiled,
    TwoHandsNeeded,
    WrongPassphrase,
)
from kaogong.delivery.wording import moment
from kaogong.foundation.access import selectors as access
from kaogong.foundation.identity import selectors as identity
from kaogong.foundation.kernel import trail
from kaogong.foundation.kernel.actors import Actor
from kaogong.foundation.kernel.commands import command
from kaogong.foundation.kernel.ids import uuid7
from kaogong.foundation.kernel.refusals import NotFound, NotPermitted
from kaogong.foundation.signing import digests, encryption, envelopes, sharing
from kaogong.regulations.selectors import provision
from kaogong.sittings import selectors as sittings
from kaogong.sittings.models import SittingPart
from kaogong.sittings.selectors import PART_NAMES


@command
def choose_passphrase(*, actor: Actor, at: datetime, passphrase: str) -> CustodianKey:
    """Make the actor's own key pair, its private half shut by this passphrase; an earlier pair is retired.

    Shares dealt to the earlier pair still want the earlier passphrase. Of two at once the second stands. Needs a post.
    """
    account = access.own_account(actor)
    if not access.holds_posts(account, at):
        raise NotPermitted(power="delivery.keep")
    least = provision("delivery.custodian_passphrase_length", on=localdate(at))
    if len(passphrase) < int(least.value) or len(set(passphrase)) < 4:
        raise PassphraseTooShort(least=least.value, clause=least.clause)
    type(account).objects.select_for_update().get(pk=account.pk)
    CustodianKey.objects.filter(account=account, retired_at__isnull=True).update(retired_at=at)
    private, public = envelopes.make_pair()
    made = CustodianKey(id=uuid7(), account=account, public_key=public.hex(), made_at=at)
    context = _key_context(made.pk)
    made.private_sealed = encryption.seal(envelopes.shut(private, passphrase, context=context), context=context)
    made.save(force_insert=True)
    trail.record(actor=actor, action="delivery.passphrase_chosen", target=made)
    return made


@command
def name_custodians(
    *, actor: Actor, at: datetime, part_id: UUID, account_ids: Collection[UUID], threshold: int
) -> Custody:
    """Deal the key of a part's papers to these custodians, of whom `threshold` open them; before any paper is there.

    Naming anew ends the earlier custody. Two who name at once: the later stands, with a line for each.
    """
    part = selectors.part_for(actor, part_id)
    if not sittings.may(actor, "delivery.deliver", part.sitting):
        raise NotPermitted(power="delivery.deliver")
    if part.part == "skill":
        raise PartHasNoPaper(part=PART_NAMES.get(part.part, part.part))
    SittingPart.objects.select_for_update().get(pk=part.pk)
    if PaperCopy.objects.filter(part=part).exists():
        raise PapersAlreadyThere
    keys = [each for each in custodies.custodian_choices(actor, part) if each.account_id in set(account_ids)]
    if len(keys) < len(set(account_ids)):
        raise NotFound
    _require_numbers(part, len(keys), threshold)
    for key in keys:
        if reasons := custodies.why_not(key.account, part):
            raise MayNotKeep(name=str(key.account), reasons="；".join(reasons))
    Custody.objects.filter(part=part, ended_at__isnull=True).update(ended_at=at)
    private, public = envelopes.make_pair()
    made = Custody.objects.create(
        part=part, threshold=threshold, public_key=public.hex(), named_at=at, named_by=actor.name
    )
    dealt = sharing.split(private, threshold=threshold, shares=len(keys))
    CustodyShare.objects.bulk_create(
        _dealt(made, key, number, dealt[number]) for number, key in enumerate(keys, start=1)
    )
    trail.record(
        actor=actor,
        action="delivery.custodians_named",
        target=made,
        part=part.pk,
        threshold=threshold,
        keepers=[str(key.account_id) for key in keys],
    )
    return made


@command
def hand_in_share(*, actor: Actor, at: datetime, share_id: UUID, passphrase: str) -> CustodyShare:
    """Hand in one's own share, within the span before the start. It lies sealed here until the release.

    The passphrase opens the share in this process's memory and is kept nowhere. Two custodians at once: both are taken
    in, one after the other; the same share twice: the second is told when the first came.
    """
    keeping = custodies.own_keeping(actor, share_id, at)
    custody = Custody.objects.select_for_update().get(pk=keeping.share.custody_id)
    share = CustodyShare.objects.select_related("key__account").get(pk=share_id)
    part = keeping.share.custody.part
    if custodies.is_over(custody):
        raise CustodyOver
    if share.handed_at is not None:
        raise ShareAlreadyHandedIn(handed_at=moment(share.handed_at))
    if at < keeping.opens_at:
        raise HandInTooEarly(opens_at=moment(keeping.opens_at), clause=custodies.rule("hand_in_minutes", part).clause)
    if reasons := custodies.why_not(share.key.account, part):
        raise MayNotKeep(name=str(share.key.account), reasons="；".join(reasons))
    _require_no_pause(share, part, at)
    clear = _opened(share, passphrase)
    if digests.plain(clear) != share.digest:
        raise ShareSpoiled(number=share.number, name=str(share.key.account))
    share.handed_sealed, share.handed_at = encryption.seal(clear, context=handed_context(share.pk)), at
    share.save(update_fields=["handed_sealed", "handed_at"])
    trail.record(
        actor=actor,
        action="delivery.share_handed_in",
        target=share,
        part=part.pk,
        number=share.number,
        handed=custodies.handed_in(custody),
        threshold=custody.threshold,
    )
    return share


@command
def note_wrong_passphrase(*, actor: Actor, at: datetime, share_id: UUID) -> None:
    """Count a wrong passphrase for one's own share; called by the door after WrongPassphrase."""
    keeping = custodies.own_keeping(actor, share_id, at)
    EntryTry.objects.create(key=_tries_key(share_id), tried_at=at)
    trail.record(actor=actor, action="delivery.passphrase_wrong", target=keeping.share)


@command
def ask_emergency(*, actor: Actor, at: datetime, part_id: UUID, reason: str) -> Custody:
    """Ask that a part's papers be released without enough shares, with the reason; the first of two signatures.

    Not before shares are due, and not while enough lie here. A later asking replaces the earlier.
    """
    part = selectors.part_for(actor, part_id)
    if not (policies.may_run(actor, part) or sittings.may(actor, "delivery.deliver", part.sitting)):
        raise NotPermitted(power="delivery.deliver")
    custody = _in_need(part, at)
    if not reason.strip():
        raise EmergencyWithoutReason
    custody.asked_at, custody.asked_by, custody.reason = at, actor.name, reason.strip()[:400]
    custody.asked_account, custody.asked_person = actor.account_id, actor.person_id
    custody.save(update_fields=["asked_at", "asked_by", "reason", "asked_account", "asked_person"])
    trail.record(
        actor=actor, action="delivery.emergency_asked", target=custody, part=part.pk, reason=custody.reason,
        handed=custodies.handed_in(custody), threshold=custody.threshold,
    )  # fmt: skip
    return custody


@command
def approve_emergency(*, actor: Actor, at: datetime, part_id: UUID) -> Custody:
    """Approve it, by another human being: each waiting paper is sealed anew from the bank, under its hour alone.

    The hour still holds. Two who approve at once: one does, the other is told that it is over.
    """
    part = selectors.part_for(actor, part_id)
    if not sittings.may(actor, "delivery.deliver", part.sitting):
        raise NotPermitted(power="delivery.deliver")
    custody = _in_need(part, at)
    if custody.asked_at is None:
        raise EmergencyNotAsked
    if _is_asker(actor, custody):
        raise TwoHandsNeeded
    custody.waived_at, custody.waived_by = at, actor.name
    custody.save(update_fields=["waived_at", "waived_by"])
    copies = list(PaperCopy.objects.select_for_update().filter(custody=custody, released_at__isnull=True))
    for copy in copies:
        copy.custody = None
        lock_up(copy, questions_of(actor, copy))
        copy.save(update_fields=["custody", "half_sealed", "content_sealed", "key_sealed", "digest", "questions"])
    CustodyShare.objects.filter(custody=custody).update(handed_sealed=None)
    trail.record(
        actor=actor, action="delivery.emergency_approved", target=custody, part=part.pk, reason=custody.reason,
        by=custody.asked_by, copies=len(copies),
    )  # fmt: skip
    return custody


def _in_need(part: SittingPart, at: datetime) -> Custody:
    custody = custodies.live_custody(part.pk, for_update=True)
    if custody is None or custodies.is_over(custody):
        raise CustodyOver
    if at < (opens := custodies.opens_at(part)):
        raise NoEmergencyYet(opens_at=moment(opens))
    if custodies.handed_in(custody) >= custody.threshold:
        raise SharesEnough
    return custody


def _is_asker(actor: Actor, custody: Custody) -> bool:
    if actor.account_id is not None and actor.account_id == custody.asked_account:
        return True
    return custody.asked_person is not None and identity.is_same_human(custody.asked_person, actor.person_id)


def _require_numbers(part: SittingPart, custodians: int, threshold: int) -> None:
    rule = custodies.rule("custodians", part)
    least = dict(rule.value)
    if custodians < least["custodians"] or not least["threshold"] <= threshold < custodians:
        raise CustodiansTooFew(**least, clause=rule.clause)


def _require_no_pause(share: CustodyShare, part: SittingPart, at: datetime) -> None:
    most = provision("delivery.entry_tries", on=localdate(at), region_code=part.sitting.region_code)
    pause = provision("delivery.entry_pause_seconds", on=localdate(at), region_code=part.sitting.region_code)
    since = at - timedelta(seconds=int(pause.value))
    if EntryTry.objects.filter(key=_tries_key(share.pk), tried_at__gt=since).count() >= int(most.value):
        raise HandInPaused(seconds=pause.value)


def _dealt(custody: Custody, key: CustodianKey, number: int, clear: bytes) -> CustodyShare:
    share = CustodyShare(id=uuid7(), custody=custody, key=key, number=number, digest=digests.plain(clear))
    context = _share_context(share.pk)
    envelope = envelopes.seal_to(bytes.fromhex(key.public_key), clear, context=context)
    share.share_sealed = encryption.seal(envelope, context=context)
    return share


def _opened(share: CustodyShare, passphrase: str) -> bytes:
    key_context, context = _key_context(share.key_id), _share_context(share.pk)
    try:
        shut = encryption.open_sealed(bytes(share.key.private_sealed), context=key_context)
        envelope = encryption.open_sealed(bytes(share.share_sealed), context=context)
    except encryption.CannotOpen as error:
        raise ShareSpoiled(number=share.number, name=str(share.key.account)) from error
    try:
        private = envelopes.open_by(passphrase, shut, context=key_context)
    except envelopes.CannotOpenEnvelope:
        raise WrongPassphrase from None
    try:
        return envelopes.open_with(private, envelope, context=context)
    except envelopes.CannotOpenEnvelope as error:
        raise ShareSpoiled(number=share.number, name=str(share.key.account)) from error


def _key_context(key_id: UUID) -> str:
    return f"delivery.custodian_key:{key_id}"


def _share_context(share_id: UUID) -> str:
    return f"delivery.share:{share_id}"


def _tries_key(share_id: UUID) -> str:
    return f"custodian-share:{share_id}"
