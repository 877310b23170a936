"""The Merkle tree against the vectors of Certificate Transparency, against its definition, and against forgers."""

from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaogong.foundation.signing import merkle

# The eight leaves, roots and proofs of the reference implementation of Certificate Transparency (RFC 6962/9162).
LEAVES = [
    bytes.fromhex(each)
    for each in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
HASHES = [merkle.leaf_hash(leaf) for leaf in LEAVES]


def by_definition(hashes: list[bytes]) -> bytes:
    """RFC 9162, 2.1.1, word for word."""
    if not hashes:
        return sha256(b"").digest()
    if len(hashes) == 1:
        return hashes[0]
    split = 1
    while split * 2 < len(hashes):
        split *= 2
    return sha256(b"\x01" + by_definition(hashes[:split]) + by_definition(hashes[split:])).digest()


class TestKnownVectors:
    def test_the_empty_tree(self) -> None:
        assert merkle.root([]).hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

    @pytest.mark.parametrize("size", range(1, 9))
    def test_roots(self, size: int) -> None:
        assert merkle.root(HASHES[:size]).hex() == ROOTS[size - 1]

    @pytest.mark.parametrize(
        ("index", "size", "proof"),
        [
            (0, 1, []),
            (
                0,
                8,
                [
                    "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
                    "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                    "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
                ],
            ),
            (
                5,
                8,
                [
                    "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
                    "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
                    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
                ],
            ),
            (2, 3, ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"]),
            (
                1,
                5,
                [
                    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
                    "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                    "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
                ],
            ),
        ],
    )
    def test_inclusion(self, index: int, size: int, proof: list[str]) -> None:
        assert [each.hex() for each in merkle.inclusion_proof(HASHES[:size], index)] == proof

    @pytest.mark.parametrize(
        ("old_size", "size", "proof"),
        [
            (1, 1, []),
            (
                1,
                8,
                [
                    "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
                    "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                    "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
                ],
            ),
            (
                6,
                8,
                [
                    "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
                    "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
                    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
                ],
            ),
            (
                2,
                5,
                [
                    "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                    "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
                ],
            ),
        ],
    )
    def test_consistency(self, old_size: int, size: int, proof: list[str]) -> None:
        assert [each.hex() for each in merkle.consistency_proof(HASHES[:size], old_size)] == proof


trees = st.lists(st.binary(max_size=8), min_size=1, max_size=130).map(
    lambda leaves: [merkle.leaf_hash(leaf) for leaf in leaves]
)
unlike = st.lists(st.integers(), min_size=1, max_size=130, unique=True).map(
    lambda leaves: [merkle.leaf_hash(str(leaf).encode()) for leaf in leaves]
)


class TestProperties:
    @given(trees)
    def test_the_root_is_as_defined(self, tree: list[bytes]) -> None:
        assert merkle.root(tree) == by_definition(tree)

    @given(trees)
    def test_a_frontier_can_be_put_down_and_taken_up(self, tree: list[bytes]) -> None:
        grown = merkle.Frontier()
        for leaf in tree:
            grown = merkle.Frontier(grown.size, grown.peaks)
            grown.append(leaf)
        assert grown.root() == merkle.root(tree)

    @given(unlike, st.data())
    def test_every_leaf_proves_its_place_and_no_other(self, tree: list[bytes], data: st.DataObject) -> None:
        index = data.draw(st.integers(0, len(tree) - 1))
        other = data.draw(st.integers(0, len(tree) - 1))
        proof = merkle.inclusion_proof(tree, index)
        holds = merkle.verify_inclusion(
            leaf=tree[index], index=other, size=len(tree), proof=proof, root=merkle.root(tree)
        )
        assert holds == (index == other)

    @given(unlike, st.data())
    def test_a_proof_with_one_bit_turned_fails(self, tree: list[bytes], data: st.DataObject) -> None:
        index = data.draw(st.integers(0, len(tree) - 1))
        proof = [tree[index], *merkle.inclusion_proof(tree, index)]
        where = data.draw(st.integers(0, len(proof) - 1))
        proof[where] = bytes([proof[where][0] ^ 1]) + proof[where][1:]
        leaf, *siblings = proof
        root = merkle.root(tree)
        assert not merkle.verify_inclusion(leaf=leaf, index=index, size=len(tree), proof=siblings, root=root)

    @given(unlike, st.data())
    def test_a_longer_or_shorter_proof_fails(self, tree: list[bytes], data: st.DataObject) -> None:
        index = data.draw(st.integers(0, len(tree) - 1))
        proof, root = merkle.inclusion_proof(tree, index), merkle.root(tree)
        for forged in ([*proof, root], proof[:-1]):
            if forged != proof:
                assert not merkle.verify_inclusion(
                    leaf=tree[index], index=index, size=len(tree), proof=forged, root=root
                )

    @given(unlike, st.data())
    def test_a_tree_that_only_grew_proves_it(self, tree: list[bytes], data: st.DataObject) -> None:
        old_size = data.draw(st.integers(0, len(tree)))
        assert merkle.verify_consistency(
            old_size=old_size,
            size=len(tree),
            old_root=merkle.root(tree[:old_size]),
            root=merkle.root(tree),
            proof=merkle.consistency_proof(tree, old_size),
        )

    @given(unlike, st.data())
    def test_a_tree_with_another_past_cannot(self, tree: list[bytes], data: st.DataObject) -> None:
        old_size = data.draw(st.integers(1, len(tree)))
        changed = data.draw(st.integers(0, old_size - 1))
        past = [*tree[:changed], merkle.leaf_hash(b"another"), *tree[changed + 1 : old_size]]
        assert not merkle.verify_consistency(
            old_size=old_size,
            size=len(tree),
            old_root=merkle.root(past),
            root=merkle.root(tree),
            proof=merkle.consistency_proof(tree, old_size),
        )


class TestBounds:
    @pytest.mark.parametrize("index", [-1, 3])
    def test_no_proof_for_a_leaf_that_is_not_there(self, index: int) -> None:
        with pytest.raises(IndexError):
            merkle.inclusion_proof(HASHES[:3], index)
        assert not merkle.verify_inclusion(leaf=HASHES[0], index=index, size=3, proof=[], root=HASHES[0])

    def test_no_proof_for_a_size_that_never_was(self) -> None:
        with pytest.raises(ValueError):
            merkle.consistency_proof(HASHES[:3], 4)
        assert not merkle.verify_consistency(old_size=4, size=3, old_root=b"", root=b"", proof=[])

    def test_an_empty_proof_proves_nothing(self) -> None:
        assert not merkle.verify_consistency(
            old_size=3, size=5, old_root=merkle.root(HASHES[:3]), root=merkle.root(HASHES[:5]), proof=[]
        )

    def test_a_frontier_must_fit_its_size(self) -> None:
        with pytest.raises(ValueError):
            merkle.Frontier(3, HASHES[:1])
