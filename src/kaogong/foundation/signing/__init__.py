"""Signing: what makes a record trustworthy without trusting the database that keeps it.

Signing keys behind a port (`keys`), authenticated encryption (`encryption`), plain and keyed digests (`digests`),
one spelling of a JSON value (`canonical`) and the one Merkle tree (`merkle`). Owns no tables. Keys live outside the
database, always; `places` is the only file that asks the settings where. `canonical` and `merkle` are pure.
"""
