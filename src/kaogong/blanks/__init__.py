"""Blanks: numbered blank certificates in a double-entry ledger.

Owns where every blank serial is. No serial is ever in two places.
"""
