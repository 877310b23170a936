"""How a line of the trail is spelt before it is signed, and how line and signature together become a leaf.

The spelling is canonical JSON over every column but the signature, after a word that says what is signed. Both sides
use it: the writer before the row exists, the sealer and the verifier from the row as it is stored.
"""

from __future__ import annotations

from datetime import UTC, datetime

from kaogong.foundation.audit.models import Seal, TrailEntry
from kaogong.foundation.signing import canonical, digests

ENTRY = b"kaogong trail entry 1\n"
SEAL = b"kaogong trail seal 1\n"
HASH_BYTES = 32


def entry_message(entry: TrailEntry) -> bytes:
    """The bytes that are signed for a line: all of its columns but the signature."""
    return ENTRY + canonical.encode(
        {
            "id": str(entry.id),
            "cluster": str(entry.cluster),
            "transaction": str(entry.transaction),
            "at": moment(entry.at),
            "recorded_at": moment(entry.recorded_at),
            "actor_kind": entry.actor_kind,
            "actor_name": entry.actor_name,
            "account_id": str(entry.account_id or ""),
            "person_id": str(entry.person_id or ""),
            "posts": entry.posts,
            "door": entry.door,
            "action": entry.action,
            "target_type": entry.target_type,
            "target_id": entry.target_id,
            "region_code": entry.region_code,
            "reason": entry.reason,
            "facts": entry.facts,
            "is_refused": entry.is_refused,
            "clause": entry.clause,
            "key_id": entry.key_id,
        }
    )


def entry_leaf(entry: TrailEntry) -> bytes:
    """The bytes of the Merkle leaf: the signed message and its signature."""
    return entry_message(entry) + b"\n" + bytes(entry.signature).hex().encode()


def seal_message(seal: Seal) -> bytes:
    """The bytes that are signed for a seal: through the root they cover every leaf, through `previous` every seal."""
    return SEAL + canonical.encode(
        {
            "number": seal.number,
            "cluster": str(seal.cluster),
            "through_transaction": str(seal.through_transaction),
            "through_id": str(seal.through_id),
            "count": len(seal.entry_ids),
            "entry_ids": digests.plain(b"".join(each.bytes for each in seal.entry_ids)),
            "root": bytes(seal.root).hex(),
            "previous": seal.previous,
            "sealed_at": moment(seal.sealed_at),
            "key_id": seal.key_id,
        }
    )


def leaf_hashes(seal: Seal) -> list[bytes]:
    """The leaf hashes of a seal, one for each line, in order."""
    joined = bytes(seal.leaf_hashes)
    return [joined[start : start + HASH_BYTES] for start in range(0, len(joined), HASH_BYTES)]


def moment(when: datetime) -> str:
    """A time in UTC with its microseconds: what PostgreSQL keeps, neither more nor less."""
    return when.astimezone(UTC).isoformat(timespec="microseconds")
