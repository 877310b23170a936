"""Certificates: numbered by regime, issued, replaced, suspended, revoked, and verified by anyone.

Owns the register. A number is never repeated and never skipped; what was issued stays on record.
"""
