"""Shares and envelopes: published vectors, every subset, and what fewer hands or a wrong passphrase give."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaogong.foundation.signing import envelopes, sharing


class TestField:
    """FIPS 197, section 4.2."""

    @pytest.mark.parametrize(("one", "other", "product"), [(0x57, 0x83, 0xC1), (0x57, 0x13, 0xFE), (0x57, 0x02, 0xAE)])
    def test_multiplies_as_aes_does(self, one: int, other: int, product: int) -> None:
        assert sharing.multiply(one, other) == sharing.multiply(other, one) == product


class TestShares:
    def test_give_the_published_secret(self) -> None:
        """draft-mcgrew-tss-03, test case 1: "test" and a zero byte in two shares."""
        shares = {1: bytes.fromhex("B9FA07E185"), 2: bytes.fromhex("F5409B4511")}
        assert sharing.combine(shares) == b"test\0"

    def test_are_dealt_as_published(self) -> None:
        """The coefficients that the draft's two shares imply deal the same two shares."""
        noise = bytes(one ^ secret for one, secret in zip(bytes.fromhex("B9FA07E185"), b"test\0", strict=True))
        dealt = sharing.split(b"test\0", threshold=2, shares=2, noise=lambda _length: noise)
        assert {x: each.hex().upper() for x, each in dealt.items()} == {1: "B9FA07E185", 2: "F5409B4511"}

    @given(st.binary(min_size=1, max_size=40), st.integers(2, 4), st.integers(0, 3))
    def test_any_so_many_give_it_back(self, secret: bytes, threshold: int, more: int) -> None:
        dealt = sharing.split(secret, threshold=threshold, shares=threshold + more)
        for chosen in combinations(dealt.items(), threshold):
            assert sharing.combine(dict(chosen)) == secret

    def test_one_fewer_fits_every_secret(self) -> None:
        """For each value of the secret there is a polynomial through the shares that are known: they say nothing."""
        known = {1: b"\x4d", 2: b"\x9c"}
        third = {sharing.combine(known | {3: bytes([guess])}) for guess in range(256)}
        assert len(third) == 256

    def test_one_fewer_do_not_give_it(self) -> None:
        secret = bytes(range(32))
        dealt = sharing.split(secret, threshold=3, shares=5)
        assert sharing.combine({x: dealt[x] for x in (2, 4)}) != secret

    @pytest.mark.parametrize(("threshold", "shares"), [(1, 3), (4, 3), (2, 256)])
    def test_refuses_what_is_no_sharing(self, threshold: int, shares: int) -> None:
        with pytest.raises(ValueError, match="threshold"):
            sharing.split(b"secret", threshold=threshold, shares=shares)


class TestEnvelopes:
    def test_open_to_their_holder_in_their_context(self) -> None:
        private, public = envelopes.make_pair()
        sealed = envelopes.seal_to(public, b"a share", context="share:1")
        assert envelopes.open_with(private, sealed, context="share:1") == b"a share"
        for other, context in ((envelopes.make_pair()[0], "share:1"), (private, "share:2")):
            with pytest.raises(envelopes.CannotOpenEnvelope):
                envelopes.open_with(other, sealed, context=context)

    def test_notice_one_changed_bit(self) -> None:
        private, public = envelopes.make_pair()
        sealed = envelopes.seal_to(public, b"a share", context="c")
        for place in (0, 40, len(sealed) - 1):
            changed = bytearray(sealed)
            changed[place] ^= 1
            with pytest.raises(envelopes.CannotOpenEnvelope):
                envelopes.open_with(private, bytes(changed), context="c")

    def test_a_passphrase_is_the_same_however_it_is_composed(self) -> None:
        shut = envelopes.shut(b"private", "café 风车 石榴", context="k")
        assert envelopes.open_by("cafe\u0301 风车 石榴", shut, context="k") == b"private"
        with pytest.raises(envelopes.CannotOpenEnvelope):
            envelopes.open_by("cafe 风车 石榴", shut, context="k")
