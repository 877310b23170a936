"""Audit: the trail of every deed and every refusal, signed as written, sealed into a Merkle tree, and verifiable.

Owns the trail's entries and its seals. Fills the kernel's port at start-up. Promises that a row altered, removed or
slipped in by a database administrator is found and named.
"""
