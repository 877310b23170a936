"""Envelopes that only one holder opens: sealed to an X25519 key, and that key shut by its holder's passphrase.

To a key: a fresh X25519 pair, HKDF-SHA-256 over the agreed secret with both public keys and the context, AES-256-GCM
(RFC 7748, RFC 5869, SP 800-38D). By a passphrase: Argon2id with RFC 9106's second recommended parameters (64 MiB, 3
passes, 4 lanes). Neither needs a key of the server's; what lies in the database is sealed by `encryption` besides, so
that nobody tries passphrases on a stolen dump alone.
"""

from __future__ import annotations

import os
import unicodedata

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

PUBLIC_BYTES, SALT_BYTES, NONCE_BYTES = 32, 16, 12
PASSES, LANES, KIBIBYTES = 3, 4, 64 * 1024


class CannotOpenEnvelope(Exception):
    """Not the key or the passphrase that it was shut with, or not what was shut."""


def make_pair() -> tuple[bytes, bytes]:
    """A fresh private key and its public key, 32 bytes each."""
    private = X25519PrivateKey.generate()
    return private.private_bytes_raw(), private.public_key().public_bytes_raw()


def public_of(private: bytes) -> bytes:
    """The public key of a private one."""
    return X25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()


def seal_to(public: bytes, clear: bytes, *, context: str) -> bytes:
    """What only the holder of the private key opens, in that context."""
    fresh = X25519PrivateKey.generate()
    sender = fresh.public_key().public_bytes_raw()
    agreed = fresh.exchange(X25519PublicKey.from_public_bytes(public))
    nonce = os.urandom(NONCE_BYTES)
    return sender + nonce + AESGCM(_key(agreed, sender, public, context)).encrypt(nonce, clear, context.encode())


def open_with(private: bytes, sealed: bytes, *, context: str) -> bytes:
    """The clear bytes. Raises CannotOpenEnvelope."""
    sender, rest = sealed[:PUBLIC_BYTES], sealed[PUBLIC_BYTES:]
    try:
        agreed = X25519PrivateKey.from_private_bytes(private).exchange(X25519PublicKey.from_public_bytes(sender))
        key = _key(agreed, sender, public_of(private), context)
        return AESGCM(key).decrypt(rest[:NONCE_BYTES], rest[NONCE_BYTES:], context.encode())
    except (InvalidTag, ValueError):
        raise CannotOpenEnvelope from None


def shut(clear: bytes, passphrase: str, *, context: str) -> bytes:
    """What only the passphrase opens, in that context."""
    salt, nonce = os.urandom(SALT_BYTES), os.urandom(NONCE_BYTES)
    return salt + nonce + AESGCM(_stretched(passphrase, salt)).encrypt(nonce, clear, context.encode())


def open_by(passphrase: str, sealed: bytes, *, context: str) -> bytes:
    """The clear bytes. Raises CannotOpenEnvelope for another passphrase."""
    salt, rest = sealed[:SALT_BYTES], sealed[SALT_BYTES:]
    try:
        key = _stretched(passphrase, salt)
        return AESGCM(key).decrypt(rest[:NONCE_BYTES], rest[NONCE_BYTES:], context.encode())
    except (InvalidTag, ValueError):
        raise CannotOpenEnvelope from None


def _key(agreed: bytes, sender: bytes, receiver: bytes, context: str) -> bytes:
    return HKDF(
        SHA256(), length=32, salt=None, info=b"kaogong envelope\0" + sender + receiver + context.encode()
    ).derive(agreed)


def _stretched(passphrase: str, salt: bytes) -> bytes:
    # One spelling for one passphrase: keyboards compose characters differently.
    typed = unicodedata.normalize("NFKC", passphrase).encode()
    return Argon2id(salt=salt, length=32, iterations=PASSES, lanes=LANES, memory_cost=KIBIBYTES).derive(typed)
