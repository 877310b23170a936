"""The one Merkle tree: roots, proofs that a leaf is in a tree, proofs that a tree only grew, and their checks.

Source: RFC 9162 (2021), section 2.1: a leaf is hashed as SHA-256(0x00 ‖ leaf), a node as SHA-256(0x01 ‖ left ‖ right);
a tree of n leaves splits at the largest power of two smaller than n. All hashes are 32 bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import sha256

EMPTY = sha256(b"").digest()
"""The root of a tree without leaves."""


def leaf_hash(leaf: bytes) -> bytes:
    """The hash of a leaf's bytes."""
    return sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of an inner node over its children's hashes."""
    return sha256(b"\x01" + left + right).digest()


def root(hashes: Iterable[bytes]) -> bytes:
    """The root over leaf hashes, in their order. Runs in linear time and logarithmic memory."""
    growing = Frontier()
    for each in hashes:
        growing.append(each)
    return growing.root()


class Frontier:
    """A tree that grows at its right edge: keeps only the roots of its full subtrees, largest first."""

    def __init__(self, size: int = 0, peaks: Sequence[bytes] = ()) -> None:
        if len(peaks) != size.bit_count():
            raise ValueError(f"a tree of {size} leaves has {size.bit_count()} full subtrees, not {len(peaks)}")
        self.size = size
        self.peaks = list(peaks)

    def append(self, leaf: bytes) -> None:
        """Add the hash of the next leaf."""
        self.peaks.append(leaf)
        carry = self.size
        while carry & 1:
            right = self.peaks.pop()
            self.peaks[-1] = node_hash(self.peaks[-1], right)
            carry >>= 1
        self.size += 1

    def root(self) -> bytes:
        """The root of the tree as it stands."""
        if not self.peaks:
            return EMPTY
        total = self.peaks[-1]
        for peak in reversed(self.peaks[:-1]):
            total = node_hash(peak, total)
        return total


def inclusion_proof(hashes: Sequence[bytes], index: int) -> list[bytes]:
    """The sibling hashes from leaf `index` up to the root, lowest first (RFC 9162, 2.1.3.1). Raises IndexError."""
    if not 0 <= index < len(hashes):
        raise IndexError(index)
    proof: list[bytes] = []
    low, high = 0, len(hashes)
    while high - low > 1:
        middle = low + _split(high - low)
        if index < middle:
            proof.append(root(hashes[middle:high]))
            high = middle
        else:
            proof.append(root(hashes[low:middle]))
            low = middle
    return proof[::-1]


def verify_inclusion(*, leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether the leaf hash stands at `index` in the tree of `size` leaves with that root (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    position, last, total = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if position & 1 or position == last:
            total = node_hash(sibling, total)
            while not position & 1 and position:
                position, last = position >> 1, last >> 1
        else:
            total = node_hash(total, sibling)
        position, last = position >> 1, last >> 1
    return last == 0 and total == root


def consistency_proof(hashes: Sequence[bytes], old_size: int) -> list[bytes]:
    """Hashes that show the first `old_size` leaves are still the beginning of the tree (RFC 9162, 2.1.4.1).

    Empty when `old_size` is 0 or all of the leaves. Raises ValueError for a size that the tree does not have.
    """
    size = len(hashes)
    if not 0 <= old_size <= size:
        raise ValueError(f"a tree of {size} leaves never had {old_size}")
    if old_size in {0, size}:
        return []
    proof: list[bytes] = []
    low, high, is_whole = 0, size, True
    while low + _old(old_size, low) != high:
        middle = low + _split(high - low)
        if old_size <= middle:
            proof.append(root(hashes[middle:high]))
            high = middle
        else:
            proof.append(root(hashes[low:middle]))
            low, is_whole = middle, False
    if not is_whole:
        proof.append(root(hashes[low:high]))
    return proof[::-1]


def verify_consistency(*, old_size: int, size: int, old_root: bytes, root: bytes, proof: Sequence[bytes]) -> bool:
    """Whether the tree with `root` begins with the tree with `old_root` (RFC 9162, 2.1.4.2)."""
    if not 0 <= old_size <= size:
        return False
    if old_size == size:
        return not proof and old_root == root
    if old_size == 0:
        return not proof and old_root == EMPTY
    path = list(proof)
    if old_size & (old_size - 1) == 0:
        path.insert(0, old_root)
    if not path:
        return False
    position, last = old_size - 1, size - 1
    while position & 1:
        position, last = position >> 1, last >> 1
    old_total = new_total = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if position & 1 or position == last:
            old_total, new_total = node_hash(sibling, old_total), node_hash(sibling, new_total)
            while not position & 1 and position:
                position, last = position >> 1, last >> 1
        else:
            new_total = node_hash(new_total, sibling)
        position, last = position >> 1, last >> 1
    return last == 0 and old_total == old_root and new_total == root


def _split(size: int) -> int:
    """The largest power of two smaller than `size` (at least 2)."""
    return 1 << (size - 1).bit_length() - 1


def _old(old_size: int, low: int) -> int:
    """How many of the old leaves lie at or right of `low`."""
    return old_size - low
