"""Reading the trail: lines in the actor's reach, the proof that one is sealed, and how the whole stands."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from kaogong.foundation.audit import attesting, encoding, policies, sealing
from kaogong.foundation.audit.models import Check, Seal, TrailEntry
from kaogong.foundation.kernel.actors import Actor
from kaogong.foundation.kernel.refusals import NotFound
from kaogong.foundation.signing import keys, merkle

Line = TrailEntry
"""The name by which the doors know a line."""


def entries(
    *,
    actor: Actor,
    target_type: str = "",
    target_id: str = "",
    action: str = "",
    who: str = "",
    is_refused: bool | None = None,
    since: datetime | None = None,
    before: datetime | None = None,
) -> QuerySet[TrailEntry]:
    """Lines in the actor's reach, newest first; outsiders get none.

    `action` finds itself and everything below it (`registration` finds `registration.admitted`); `who` is part of a
    name; `since` and `before` bound the business time, the latter exclusively.
    """
    found = TrailEntry.objects.filter(policies.visible_to(actor))
    exact: dict[str, object] = {"target_type": target_type, "target_id": target_id, "is_refused": is_refused}
    found = found.filter(**{name: value for name, value in exact.items() if value not in ("", None)})
    if action:
        found = found.filter(Q(action=action) | Q(action__startswith=f"{action.rstrip('.')}."))
    if who:
        found = found.filter(actor_name__contains=who)
    if since is not None:
        found = found.filter(at__gte=since)
    if before is not None:
        found = found.filter(at__lt=before)
    return found.order_by("-recorded_at", "-id")


def entry(*, actor: Actor, entry_id: UUID) -> TrailEntry:
    """One line in the actor's reach. Raises NotFound."""
    line = entries(actor=actor).filter(pk=entry_id).first()
    if line is None:
        raise NotFound
    return line


def sealed_among(lines: Iterable[TrailEntry]) -> set[UUID]:
    """Which of these lines a seal has reached."""
    reached = {course.cluster: course.after for course in sealing.courses()}
    return {
        line.pk
        for line in lines
        if (after := reached.get(line.cluster)) is not None and (line.transaction, line.pk) <= after
    }


@dataclass(frozen=True, slots=True)
class Proof:
    """That a line is sealed: with the leaf, its index and these siblings anyone can recompute the signed root."""

    seal: Seal
    index: int
    size: int
    leaf: bytes
    siblings: list[bytes]
    root: bytes
    is_genuine: bool
    """The line's own signature holds."""
    is_included: bool
    """Leaf and siblings give the sealed root."""


def proof(*, actor: Actor, entry_id: UUID) -> Proof | None:
    """The proof for one line as it stands now; None while it is not sealed yet. Raises NotFound."""
    line = entry(actor=actor, entry_id=entry_id)
    seal = _seal_of(line)
    if seal is None or line.id not in seal.entry_ids:
        return None
    hashes = encoding.leaf_hashes(seal)
    index = seal.entry_ids.index(line.id)
    leaf = merkle.leaf_hash(encoding.entry_leaf(line))
    siblings = merkle.inclusion_proof(hashes, index)
    root = bytes(seal.root)
    return Proof(
        seal=seal,
        index=index,
        size=len(hashes),
        leaf=leaf,
        siblings=siblings,
        root=root,
        is_genuine=attesting.is_genuine(line),
        is_included=merkle.verify_inclusion(leaf=leaf, index=index, size=len(hashes), proof=siblings, root=root),
    )


def is_genuine(*, actor: Actor, entry_id: UUID) -> bool:
    """Whether the line's own signature holds, sealed or not. Raises NotFound."""
    return attesting.is_genuine(entry(actor=actor, entry_id=entry_id))


def evidence(*, actor: Actor, entry_id: UUID) -> dict[str, object] | None:
    """Everything a stranger needs to check the line without us; None while it is not sealed. Raises NotFound.

    Check `signature` over the UTF-8 bytes of `message` with the public key (Ed25519, RFC 8032); hash message, line
    feed and signature in hexadecimal to the leaf, and with `siblings` to `seal.root` (RFC 9162, 2.1.3.2); check the
    seal's signature over `seal.message` in which the root stands.
    """
    found = proof(actor=actor, entry_id=entry_id)
    if found is None:
        return None
    line, seal = entry(actor=actor, entry_id=entry_id), found.seal
    return {
        "message": encoding.entry_message(line).decode(),
        "signature": bytes(line.signature).hex(),
        "key_id": line.key_id,
        "public_key": keys.public_pem(line.key_id),
        "leaf": found.leaf.hex(),
        "index": found.index,
        "size": found.size,
        "siblings": [each.hex() for each in found.siblings],
        "seal": {
            "message": encoding.seal_message(seal).decode(),
            "root": found.root.hex(),
            "digest": seal.digest,
            "signature": bytes(seal.signature).hex(),
            "key_id": seal.key_id,
            "public_key": keys.public_pem(seal.key_id),
        },
    }


def _seal_of(line: TrailEntry) -> Seal | None:
    """The first seal of the line's cluster that reaches as far as the line."""
    reaches = Q(through_transaction__gt=line.transaction) | Q(
        through_transaction=line.transaction, through_id__gte=line.id
    )
    return Seal.objects.filter(reaches, cluster=line.cluster).order_by("number").first()


@dataclass(frozen=True, slots=True)
class Standing:
    """How the trail stands: its newest seal, how many lines wait for the next one, and what the last check found."""

    newest: Seal | None
    waiting: int
    last_check: Check | None


def standing(*, actor: Actor) -> Standing | None:
    """How the whole trail stands; None for whoever may not read the trail."""
    if not actor.holds(policies.POWER):
        return None
    return Standing(
        newest=Seal.objects.order_by("-number").first(),
        waiting=sum(_unsealed(course).count() for course in sealing.courses()),
        last_check=Check.objects.order_by("-finished_at").first(),
    )


def _unsealed(course: sealing.Course) -> QuerySet[TrailEntry]:
    return sealing.Course(course.cluster, course.after, below=None).lines()


def findings(*, actor: Actor) -> list[dict[str, str]]:
    """What the last check found: in full for whoever reads the whole country's trail, for others what is in reach."""
    last = Check.objects.order_by("-finished_at").first() if actor.holds(policies.POWER) else None
    if last is None:
        return []
    if actor.may(policies.POWER):
        return list(last.findings)
    named = [each["entry_id"] for each in last.findings if each["entry_id"]]
    within = {str(pk) for pk in entries(actor=actor).filter(pk__in=named).values_list("pk", flat=True)}
    return [each for each in last.findings if each["entry_id"] in within]


def actions(*, actor: Actor) -> list[str]:
    """The first words of actions (module names) that occur in the actor's reach, for a filter."""
    found = TrailEntry.objects.filter(policies.visible_to(actor)).order_by().values_list("action", flat=True).distinct()
    return sorted({action.partition(".")[0] for action in found})


def has_deeds_to_seal() -> bool:
    """Whether a line waits that is more than the note of the last sealing (which would beget another for ever)."""
    return any(course.lines().exclude(action__in=HOUSEKEEPING).exists() for course in sealing.courses())


HOUSEKEEPING = ("audit.sealed", "audit.checked")
