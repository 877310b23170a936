"""Outbox: facts that must not be lost, committed with the deed and read later.

Owns the table of events and who has read how far. Knows no domain; `notices` and `statistics` read it.
"""
