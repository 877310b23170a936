"""Certificates: numbered by regime, issued, replaced, suspended, revoked, and verified by anyone.

Owns the register. A number is never repeated and never skipped; what was issued is signed and stays on record, with
every change of its status. `selectors.verify` answers a stranger who holds a number and a name.
"""
